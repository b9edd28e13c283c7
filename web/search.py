"""Finding a case by what is written on a letter: its number, the firm, the credit code, the document number."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from cases.kinds import all_kinds
from cases.subjects import subjects_of
from cases.worklists import search
from extensions import db
from web.bounds import number_in
from web.cases import listed
from web.desk_view import about
from web.doors import EVERYBODY, door, standing

pages = Blueprint("search", __name__)

PAGE = 50
LAST = 1000


@pages.get("/search")
@door(roles=EVERYBODY)
def find() -> ResponseReturnValue:
    """What was found among the cases that the reader may read, the newest first; a firm finds its own.

    Asked with Enter (`go`), the only one that was found opens at once.
    """
    asked = request.args.get("q", "").strip()
    page = min(max(number_in(request.args.get("page"), 1), 1), LAST)
    found = search(db.session(), standing(), asked, most=PAGE, skip=PAGE * (page - 1))
    if found.count == 1 and request.args.get("go"):
        return redirect(f"/cases/{found.rows[0].number}")
    subjects = subjects_of(db.session(), [row.case_id for row in found.rows])
    lines = [(listed(row), about(row, subjects[row.case_id])) for row in found.rows]
    short = bool(asked) and len("".join(asked.split())) < 2
    return render_template(
        "search.html", asked=asked, short=short, lines=lines, count=found.count, page=page, first=PAGE * (page - 1) + 1,
        more=found.count > PAGE * page, kinds=all_kinds(),
    )  # fmt: skip
