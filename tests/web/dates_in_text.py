"""Reads a page for days and moments: which stand outside `<time>`, and which `<time>` lacks the exact one."""

import re
from html.parser import HTMLParser
from typing import Final

VOID: Final = {"meta", "link", "input", "br", "hr", "img"}
APART: Final = {"time", "title", "h1", "nav", "code", "pre", "script", "style", "textarea", "option", "svg"}
"""What is not read as a sentence of the page."""
QUOTED: Final = {"paper", "quote", "as-typed", "value", "hash", "hidden", "hint", "claim-field", "letter", "letters"}
"""Classes of what somebody wrote, or wrote on paper, left as it was written; and of what is only read aloud."""
MONTHS: Final = "January|February|March|April|May|June|July|August|September|October|November|December"
DAY: Final = re.compile(rf"\d+月\d+日|\b\d{{1,2}} (?:{MONTHS})\b")
ISO: Final = re.compile(r"\b20\d\d-\d\d-\d\d\b")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "time" and not (given.get("datetime") and given.get("title")):
            self.faults.append(f"<time> without its exact one: {given}")
        if tag not in VOID:
            self.open.append((tag, given.get("class") or ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A drawn line or a mark: it holds no words."""

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tags = {tag for tag, _ in self.open}
        classes = {name for _, names in self.open for name in names.split()}
        if tags & APART or classes & QUOTED:
            return
        if DAY.search(data) or (ISO.search(data) and "table" not in tags):
            self.faults.append(" ".join(data.split()))


def loose_dates(page: str) -> list[str]:
    """Each text with a day outside `<time>`, and each `<time>` without `datetime` or `title`."""
    reader = _Reader()
    reader.feed(page)
    return reader.faults
