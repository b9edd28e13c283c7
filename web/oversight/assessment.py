"""The assessment of bureaus and office by month: a page, and the same as a sheet."""

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from cases.figures.statistics import first_month, month_figures, trend
from cases.model.months import Month
from extensions import db
from registry.organisations import stood_between
from web.oversight.assessment_sheet import sheet_of
from web.oversight.assessment_view import Assessment, assessment
from web.site.access import identity, law, now, requires, today
from web.site.language import body_names, month_words
from workflow.definition import AUDITOR, CHIEF, HEAD, OFFICER

pages = Blueprint("assessment", __name__)

READERS = (OFFICER, CHIEF, AUDITOR, HEAD)
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/assessment")
@requires(roles=READERS)
def show() -> ResponseReturnValue:
    """A month, the last whole one where none is named: all bodies, or the head's own bureau beside the whole."""
    first, month = first_month(db.session()), _month()
    return render_template(
        "oversight/assessment.html",
        view=_view(month),
        title=month_words(month),
        first=first,
        own=_only() is not None,
        months=list((first or month).up_to(Month.of(today()))),
        month_words=month_words,
    )


@pages.get("/assessment.xlsx")
@requires(roles=READERS)
def sheet() -> ResponseReturnValue:
    """The same month as a sheet, with the same rows."""
    view = _view(_month())
    answer = Response(sheet_of(view, law().place, now()), mimetype=SHEET)
    answer.headers["Content-Disposition"] = f'attachment; filename="assessment-{view.month}.xlsx"'
    return answer


def _view(month: Month) -> Assessment:
    session, this = db.session(), Month.of(today())
    figures, first = month_figures(session, month), first_month(session) or month
    before = [point for point in trend(session, month) if point.month >= min(first, month)]
    stood = stood_between(session, month.first, month.end)
    return assessment(month, month == this, figures, before, body_names(session), _only(), stood)


def _month() -> Month:
    """The month of the address; one that is none, or is to come, is not there. Named none: the last whole one, or this
    one where nothing was closed before it."""
    this = Month.of(today())
    if request.args.get("month"):
        asked = Month.read(request.args["month"])
        return asked if asked and asked <= this else abort(404)
    first = first_month(db.session())
    return this.on(-1) if first and first < this else this


def _only() -> set[int] | None:
    """The bureaus whose rows the reader sees; None for the office and the auditor, who see all."""
    who = identity()
    return None if who.holds(OFFICER, CHIEF, AUDITOR) else set(who.bureau_ids)
