"""Finding a case by what is written on a letter: its number, the firm, the credit code, the document number."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cases.subjects import subjects_of
from cases.worklists import search
from extensions import db
from web.cases import where_it_stands
from web.desk_view import about, firm_of
from web.doors import EVERYBODY, door, standing

pages = Blueprint("search", __name__)

MOST = 50


@pages.get("/search")
@door(roles=EVERYBODY)
def find() -> ResponseReturnValue:
    """What was found among the cases that the reader may read; a firm finds its own."""
    asked = request.args.get("q", "").strip()
    found = search(db.session(), standing(), asked, most=MOST + 1)
    subjects = subjects_of(db.session(), [row.case_id for row in found])
    lines = [(row, firm_of(row), about(row, subjects[row.case_id]), where_it_stands(row)) for row in found[:MOST]]
    short = bool(asked) and len("".join(asked.split())) < 2
    return render_template("search.html", asked=asked, short=short, lines=lines, more=len(found) > MOST, most=MOST)
