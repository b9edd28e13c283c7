"""One row of the overdue board: a body's open cases by the days left, and in whose hands its closed ones were."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from cases.months import Month
from cases.statistics import THE_OFFICE, Body, Figures, month_figures
from cases.worklists import board
from extensions import db
from registry.organisations import Bureau
from web.assessment_view import Row, hands_of
from web.board import drawn_from
from web.board_view import MOST_LATE, entries, row_of
from web.bodies import Names, body_names
from web.doors import door, standing
from web.month_words import month_words
from web.pager import page_of
from web.parts.bars import Bar, bars
from web.world import today
from workflow.definition import AUDITOR, CHIEF, OFFICER, Party

pages = Blueprint("board_body", __name__)

MONTHS = 6
PAGE = 100
"""Cases of a body on a page."""


@pages.get("/overdue/office")
@door(roles=(OFFICER, CHIEF, AUDITOR))
def office() -> ResponseReturnValue:
    """Our own office is not left out."""
    return _page(None)


@pages.get("/overdue/<int:id>")
@door(roles=(OFFICER, CHIEF, AUDITOR))
def bureau(id: int) -> ResponseReturnValue:
    """Every open case whose next deadline is this bureau's."""
    return _page(db.session().get(Bureau, id) or abort(404))


def _page(body: Bureau | None) -> ResponseReturnValue:
    id, names = body.id if body else None, body_names(db.session())
    marks = [mark for mark in board(db.session(), standing())[0] if row_of(mark) == id]
    lines, figures = entries(marks, **drawn_from(marks, [mark.row.case_id for mark in marks]))
    return render_template(
        "overdue_body.html", shown=page_of(lines, PAGE), figures=figures, name=names.whole[id] if id else names.office,
        short=names.short[id] if id else names.office, body_id=id, hands=_months(id, names),
        to_send=[line.late for line in lines if line.late and not line.late.rung][:MOST_LATE],
        may_send=standing().holds(CHIEF),
    )  # fmt: skip


def _months(id: int | None, names: Names) -> tuple[Bar, ...]:
    """In whose hands the closed cases of this body were: the months that had any, the newest first."""
    this, body = Month.of(today()), (str(Party.BUREAU), id) if id else THE_OFFICE
    rows = [_row(body, this.on(-n)) for n in range(MONTHS)]
    return bars(hands_of(row for row in rows if row.of.closed))


def _row(body: Body, month: Month) -> Row:
    return Row(body, month_words(month), month_words(month), month_figures(db.session(), month).get(body, Figures()))
