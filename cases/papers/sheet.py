"""Reads the sheet of a paper as plain data for its PDF, so that page and PDF cannot say two things."""

import re
from html.parser import HTMLParser
from typing import Any, Final

import segno

from notifications.languages import LANGUAGES, day_in_full
from notifications.papers import Paper
from notifications.printing import printed
from workflow.letters import PaperForm

Part = dict[str, Any]
"""A paragraph, heading or table: its kind, its class, and its runs or its rows."""
GAP: Final = re.compile(r"\s+")
WORDS: Final = ("p", "h1", "h2", "th", "td")
AROUND: Final = ("article", "div", "a", "thead", "tbody", "br", "b", "span", "small", "table", "tr")
SVG: Final = '<svg xmlns="http://www.w3.org/2000/svg"'


def sheet_data(
    paper: Paper, form: PaperForm, language: str = LANGUAGES[0], ledger: str = "", site: str = ""
) -> dict[str, Any]:
    """What the PDF of a paper says and how it is laid out; the arguments are those of `printed`."""
    sheet = _Sheet(str(printed(paper, form, language, ledger, site=site)))
    day = paper.issued_on
    return {
        "language": language,
        "layout": "decision" if form.decides else "letter",
        "specimen": paper.specimen,
        "issued": {"year": day.year, "month": day.month, "day": day.day},
        "dated": day_in_full(day, language),
        "issuer": sheet.words("head")[:1].upper() + sheet.words("head")[1:],
        "number": paper.number,
        "title": sheet.words("title"),
        "leads": [part["runs"] for part in sheet.parts if part["place"] == "lead"],
        "body": [part for part in sheet.parts if part["place"] == "body"],
        "checking": [*sheet.case_named(), *(part["runs"] for part in sheet.parts if part["place"] == "checking")],
        "ring": [
            words for part in sheet.parts if part["place"] == "ring" for _, words in part["runs"] if words.strip()
        ],
        "sample": sheet.words("sample"),
        "link": sheet.link,
        "square_says": sheet.link_says,
        "square": _square(sheet.link) if sheet.link else "",
    }


def _square(link: str) -> str:
    return str(segno.make(link, error="m", micro=False).svg_inline(border=0)).replace("<svg", SVG, 1)


class _Sheet(HTMLParser):
    """The parts of a sheet in their order, each with the place that it has there.

    Raises ValueError at a tag that it does not know: what a new sheet says is not left out in silence.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[Part] = []
        self.link = self.link_says = ""
        self._place, self._drawn, self._styles = "", 0, [""]
        self._table: Part | None = None
        self._open: Part | None = None
        self.feed(html)

    def words(self, place: str) -> str:
        return " ".join("".join(words for _, words in part["runs"]) for part in self.parts if part["place"] == place)

    def case_named(self) -> list[list[list[str]]]:
        """The line that names the case, if the sheet has it beside its number."""
        runs = [run for part in self.parts if part["place"] == "numbers" for run in part["runs"] if run[1].strip()]
        return [[run] for run in runs[1:]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        names = given.get("class", "").split()
        self._drawn += tag == "svg"
        if self._drawn:
            return
        if tag not in (*WORDS, *AROUND):
            raise ValueError(f"a paper's sheet holds <{tag}>, which its PDF does not know")
        if "square" in names:
            self.link, self.link_says = given["href"], given["aria-label"]
        elif "foot-of" in names:
            self._place = "checking"
        elif tag == "table":
            self._table = {"kind": "table", "place": "body", "rows": []}
            self.parts.append(self._table)
        elif tag == "tr" and self._table:
            self._table["rows"].append([])
        elif tag in WORDS:
            self._begin(tag, names)
        elif tag in ("b", "span", "small"):
            self._styles.append("mark" if "mark" in names else "" if tag == "span" else "b")
        elif tag == "br":
            self._say(" ")

    def _begin(self, tag: str, names: list[str]) -> None:
        self._open = {"kind": tag, "runs": []}
        if tag in ("th", "td"):
            assert self._table
            self._table["rows"][-1].append(self._open)
            return
        self._open["place"] = self._place_of(tag, names)
        self.parts.append(self._open)

    def _place_of(self, tag: str, names: list[str]) -> str:
        """Where a paragraph stands: by its class, else by what came before it."""
        for name in ("head", "second", "numbers", "ring", "sample"):
            if name in names:
                return name
        if tag == "h1":
            self._place = "body"
            return "title"
        if "flush" in names:
            return "signature" if self._place == "checking" else "lead"
        return self._place

    def handle_endtag(self, tag: str) -> None:
        if tag == "svg":
            self._drawn -= 1
        elif self._drawn:
            return
        elif tag in WORDS and self._open:
            self._open["runs"] = _trimmed(self._open["runs"])
            self._open = None
        elif tag in ("b", "span", "small"):
            self._styles.pop()

    def handle_data(self, data: str) -> None:
        if not self._drawn:
            self._say(data)

    def _say(self, words: str) -> None:
        if self._open is not None:
            self._open["runs"].append([self._styles[-1], GAP.sub(" ", words)])
        elif words.strip():
            raise ValueError(f"a paper's sheet says {words.strip()!r} outside a paragraph")


def _trimmed(runs: list[list[str]]) -> list[list[str]]:
    """The runs without gaps at both ends."""
    if runs:
        runs[0][1] = runs[0][1].lstrip()
        runs[-1][1] = runs[-1][1].rstrip()
    return [run for run in runs if run[1]]
