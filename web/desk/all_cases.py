"""The list of all cases that a reader may read."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement

from cases.lists.worklists import count, is_open, rows
from cases.model.tables import Case
from extensions import db
from web.case.list_row import CaseRow
from web.desk.alarms import alarms
from web.site.access import EVERYBODY, identity, requires
from web.site.forms import number_in
from workflow.definition import AUDITOR, Party

pages = Blueprint("all_cases", __name__)

PAGE = 50
LAST = 1000


@pages.get("/cases")
@requires(roles=EVERYBODY)
def index() -> ResponseReturnValue:
    """The cases that the reader may read: the firm's own, a bureau's, all of them for the office."""
    shown = request.args.get("show", "open")
    conditions = _conditions(shown)
    page = min(max(number_in(request.args.get("page"), 1), 1), LAST)
    found = rows(db.session(), identity(), *conditions, most=PAGE + 1, skip=PAGE * (page - 1), newest=shown == "closed")
    here = found[:PAGE]
    return render_template(
        "desk/cases.html",
        staff=Party.ENTERPRISE not in identity().parties,
        rows=sorted(map(CaseRow, here), key=lambda one: not one.my_turn),
        shown=shown,
        page=page,
        more=len(found) > PAGE,
        counts={name: count(db.session(), identity(), *_conditions(name)) for name in ("open", "closed", "all")},
        alarms=alarms() if identity().holds(AUDITOR) else None,
    )


def _conditions(shown: str) -> tuple[ColumnElement[bool], ...]:
    if shown == "closed":
        return (Case.closed_at.is_not(None),)
    return () if shown == "all" else (is_open(),)
