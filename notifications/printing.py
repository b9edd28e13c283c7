"""Prints a paper: its kept values on the sheet of its form, in Chinese, or in English as a reading.

It asks no table and reads no clock, so the same paper always gives the same sheet.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import urlencode

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from config import ROOT
from notifications.languages import LANGUAGES, Basis, catalog, day_in_full, put, span
from notifications.papers import PROVISIONAL_DAY, Paper
from workflow.calendar import ProvisionalDay
from workflow.letters import PaperForm
from workflow.refusal import Message

OFTEN_MISSING: Final = """
    kind_code ended new_due record issuer enterprise enterprise_code bureau materials due whole_due
    question where words letter reasons grounds limits remedies signers ledger return_due days_late leading_group_on
    findings claims free route opened_by_bureau changed_on document received_on facts shown_until
    review_of review_open law views asked_by
    nowhere refile return_basis missing
"""
"""What a form says only where it was given; anything else that is missing is a bug, and raises."""
LABELS: Final = ("kind", "stage", "next_stage", "result", "what")
"""Values that older papers keep as a message id, not in both languages."""
GAP_BEFORE_A_UNIT: Final = re.compile(r"(?<=[0-9]) (?=[\u4e2a\u65e5\u5929\u6708\u5e74\u5c0f])")
"""The characters with which ge, ri, tian, yue, nian and xiaoshi begin."""


def printed(
    paper: Paper,
    form: PaperForm,
    language: str = LANGUAGES[0],
    ledger: str = "",
    specimen: bool | None = None,
    site: str = "",
) -> Markup:
    """The paper as the inside of a page.

    `ledger` is the hash at the head of its case when it was issued; `specimen` says whether it is one, where the
    paper itself does not settle it. `site` is the address of the pages where anybody can check it, if there is one:
    then a code leads there. Raises UndefinedError where the paper lacks what its form says.
    """
    sheet = _sheets(language).select_template([f"papers/{paper.form}.html", "papers/general.html"])
    return Markup(
        sheet.render(**paper_context(paper, language, ledger, specimen), form=form, check=_check(paper, site))
    )


CHECK_PAGE: Final = "/papers/check"


def _check(paper: Paper, site: str) -> dict[str, object]:
    """Where the paper can be checked, as text, as a link that fills in number and code, and as a square of dots.

    The number goes without its brackets: what is shorter has larger dots.
    """
    if not site:
        return {}
    short = f"{paper.series}{paper.year}-{paper.n}"
    link = f"{site}{CHECK_PAGE}?{urlencode({'n': short, 'c': paper.check_code})}"
    return {"page": f"{site.partition('://')[2]}{CHECK_PAGE}", "link": link, "dots": _dots(link)}


@lru_cache(maxsize=200)
def _dots(link: str) -> Markup:
    """To find the best of the squares takes longer than to draw the page, and a paper is opened more than once."""
    square = segno.make(link, error="m", micro=False)
    return Markup(square.svg_inline(svgclass="qr", lineclass=None, omitsize=True, border=0))


def addressee(paper: Paper, form: PaperForm, language: str = LANGUAGES[0]) -> str:
    """Whom the paper is sent to."""
    return str(paper_context(paper, language)["v"].get(form.to) or "")


def paper_context(
    paper: Paper, language: str = LANGUAGES[0], ledger: str = "", specimen: bool | None = None
) -> dict[str, Any]:
    """What a sheet is printed from: the paper's number, code and day, and its values `v` in the language."""
    values = {name: _in_language(name, value, language) for name, value in paper.values.items()}
    shown = SimpleNamespace(
        form=paper.form,
        number=paper.number,
        case_number=paper.case_number,
        spoken_code=paper.spoken_code,
        issued_on=paper.issued_on,
        specimen=paper.specimen if specimen is None else specimen,
    )
    return {
        "paper": shown,
        "v": {**dict.fromkeys(OFTEN_MISSING.split()), **values, **({"ledger": ledger} if ledger else {})},
        "language": language,
    }


def _in_language(name: str, value: Any, language: str) -> Any:
    """A kept value: texts in both languages become the one, labels are translated, lists and tables go on inside."""
    if isinstance(value, str) and name in LABELS:
        return _message(value, language)
    if isinstance(value, Mapping):
        if set(value) == {PROVISIONAL_DAY}:
            return ProvisionalDay.fromisoformat(value[PROVISIONAL_DAY])
        if set(value) <= set(LANGUAGES):
            return _tight(put(value, language, date.min), language)
        return {inner: _in_language(inner, part, language) for inner, part in value.items()}
    if isinstance(value, list):
        return [_in_language("", part, language) for part in value]
    return value


@cache
def _sheets(language: str) -> Environment:
    """The sheets in a language; they are not the pages' templates, whose words follow the reader's choice."""
    sheets = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = catalog(language)
    sheets.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    sheets.tests["provisional"] = lambda day: isinstance(day, ProvisionalDay)
    sheets.filters |= {
        "day": lambda day: day_in_full(date.fromisoformat(day) if isinstance(day, str) else day, language),
        "basis": lambda kept: put(Basis.kept(kept), language, date.min),
        "lasting": lambda n, unit: _tight(put(span(n, unit), language, date.min), language),
        "message": lambda id: _message(id, language),
        "first_large": lambda text: text[:1].upper() + text[1:],
    }
    return sheets


def _tight(text: str, language: str) -> str:
    """On paper no gap stands between a number and its Chinese unit of time; on a page the browser draws it. An address
    that was entered with gaps keeps them."""
    return GAP_BEFORE_A_UNIT.sub("", text) if language == LANGUAGES[0] else text


def _message(id: str, language: str) -> str:
    return put(Message(id), language, date.min)
