"""One row of the overdue board: a body's open cases by the days left, and in whose hands its closed ones were."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from cases.figures.board import board, on_row_of
from cases.figures.statistics import THE_OFFICE, Body, Figures, month_figures
from cases.lists.worklists import rows
from cases.model.months import Month
from cases.model.tables import Case
from cases.model.words import subjects_of
from extensions import db
from registry.organisations import Bureau
from web.case.list_row import Moment
from web.oversight.assessment_view import Row, hands_of
from web.oversight.board_view import MOST_LATE, Entry, Placed, entry, figures_of, placed
from web.parts.bars import ValueBar, bars
from web.site.access import identity, requires
from web.site.bodies import Names, body_names
from web.site.context import today, world
from web.site.dates import month_words
from web.site.pager import page_of
from workflow.definition import AUDITOR, CHIEF, OFFICER, Party

pages = Blueprint("board_body", __name__)

MONTHS = 6
PAGE = 100
"""Cases of a body on a page."""


@pages.get("/overdue/office")
@requires(roles=(OFFICER, CHIEF, AUDITOR))
def office() -> ResponseReturnValue:
    """Our own office is not left out."""
    return _page(None)


@pages.get("/overdue/<int:id>")
@requires(roles=(OFFICER, CHIEF, AUDITOR))
def bureau(id: int) -> ResponseReturnValue:
    """Every open case whose next deadline is this bureau's."""
    return _page(db.session().get(Bureau, id) or abort(404))


def _page(body: Bureau | None) -> ResponseReturnValue:
    session, id, names = db.session(), body.id if body else None, body_names(db.session())
    marks, _unread = board(session, identity(), on_row_of(id))
    cases = placed(marks, Moment(world().calendar, today()))
    shown = page_of(cases, PAGE)
    return render_template(
        "oversight/board_body.html",
        shown=shown,
        lines=_entries(shown.rows, names),
        figures=figures_of(cases),
        name=names.whole[id] if id else names.office,
        short=names.short[id] if id else names.office,
        body_id=id,
        hands=_months(id, names),
        to_send=[one for one in cases if one.late and not one.mark.supervised_at][:MOST_LATE],
        may_send=identity().holds(CHIEF),
    )


def _entries(cases: Sequence[Placed], names: Names) -> list[Entry]:
    """The cases of a page in words."""
    session, ids = db.session(), [one.mark.case_id for one in cases]
    row_of = {row.case_id: row for row in rows(session, identity(), Case.id.in_(ids))}
    about = subjects_of(session, ids)
    return [entry(one, row_of[one.mark.case_id], about[one.mark.case_id], world(), names) for one in cases]


def _months(id: int | None, names: Names) -> tuple[ValueBar, ...]:
    """In whose hands the closed cases of this body were: the months that had any, the newest first."""
    this, body = Month.of(today()), (str(Party.BUREAU), id) if id else THE_OFFICE
    rows = [_row(body, this.on(-n)) for n in range(MONTHS)]
    return bars(hands_of(row for row in rows if row.of.closed))


def _row(body: Body, month: Month) -> Row:
    return Row(body, month_words(month), month_words(month), month_figures(db.session(), month).get(body, Figures()))
