"""Finding a case by what is written on a letter, among those that a reader may read.

While somebody types the field offers a few, found in the same way as the page finds them.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases.lists.worklists import WorkRow, search
from extensions import db
from web.case.list_row import CaseRow
from web.parts.words import Words
from web.site.access import EVERYBODY, identity, requires
from web.site.forms import page_number

pages = Blueprint("search", __name__)
PAGE = 50
FEW = 6
"""Suggestions beside the field: as many as are taken in at a glance."""


@dataclass(frozen=True)
class FoundCase:
    """A case that the field offers: of a firm its newest, how many `others` of it were found, and on whose desk it is.

    `firm` is empty where the list does not name it, or where it is this case that was asked for.
    """

    line: CaseRow
    firm: str
    others: int
    desk: Words


@pages.get("/search")
@requires(roles=EVERYBODY)
def find() -> ResponseReturnValue:
    """What was found among the cases that the reader may read, the newest first; a firm finds its own.

    Asked with Enter (`go`), the only one that was found opens at once.
    """
    asked = request.args.get("q", "").strip()
    page = page_number()
    found, total = search(db.session(), identity(), asked, most=PAGE, skip=PAGE * (page - 1))
    if request.args.get("as") == "suggestions":
        offered = list(_suggestions(asked, found))[:FEW]
        more = total > len(offered)
        return render_template("parts/suggestions.html", asked=asked, offered=offered, count=total, more=more)
    if total == 1 and request.args.get("go"):
        return redirect(url_for("cases.show", number=found[0].number))
    short = bool(asked) and len("".join(asked.split())) < 2
    return render_template(
        "desk/search.html",
        asked=asked,
        short=short,
        lines=CaseRow.of(found),
        count=total,
        page=page,
        first=PAGE * (page - 1) + 1,
        more=total > PAGE * page,
    )


def _suggestions(asked: str, rows: Sequence[WorkRow]) -> Iterator[FoundCase]:
    """Of each firm the newest case, of what has been asked for by its number every one."""
    words = asked.casefold().split()
    by_firm = Counter(row.enterprise_id for row in rows if not _itself(CaseRow(row), words))
    for line in map(CaseRow, rows):
        itself = _itself(line, words)
        if itself or line.row.enterprise_id in by_firm:
            others = 0 if itself else by_firm.pop(line.row.enterprise_id) - 1
            firm = "" if itself or not isinstance(line.firm, str) else line.firm
            yield FoundCase(line, firm, others, line.desk)


def _itself(line: CaseRow, words: list[str]) -> bool:
    """Whether it is this case that was asked for, or one that does not show whose it is, and no firm."""
    named = f"{line.number} {line.row.document_number}".casefold()
    return bool(line.definition.closed_to) or all(word in named for word in words)
