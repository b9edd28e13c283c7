"""Figures and days over the API: a month by body, and the last day of a limit with its proof."""

from datetime import date
from typing import Annotated

from flask import Response, abort
from pydantic import Field, StringConstraints

from cases.figures.statistics import THE_WHOLE, Body, Figures, month_figures
from cases.model.months import Month
from extensions import db
from registry.organisations import Bureau
from registry.tokens import READ_FIGURES
from web.api.asked import Asked
from web.api.cases import named_body
from web.api.door import answer, pages, query, takes
from web.api.models import ShownCount, ShownFigures, ShownMonth, ShownProofDay
from web.public.calculator import CountQuestion, read_question
from web.site.access import identity, today, world
from workflow.calendar import Unit
from workflow.definition import FILER, OFFICER
from workflow.refusal import Forbidden, say

Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class CountAsked(Asked):
    """The question of the calculator: from a day, so many units."""

    start: Day
    n: Annotated[str, StringConstraints(pattern=r"^\d{1,4}$")]
    unit: Unit = Unit.WORKDAY
    roll: Annotated[str, StringConstraints(pattern="^[01]$")] = Field(
        "0", description="1: a last day that is off moves to the next working day."
    )


@pages.get("/figures/<month>")
@takes(READ_FIGURES, ShownMonth, 404)
def figures(month: str) -> Response:
    """What was closed in a month, how late and in how many working days: all bodies for the office, a bureau its own
    beside the whole."""
    asked, who = Month.read(month), identity()
    if asked is None or str(asked) != month or asked > Month.of(today()):
        abort(404)
    if who.holds(FILER):
        raise Forbidden(say("The figures of bodies are for bureaus and the office: use a token of somebody there."))
    found = month_figures(db.session(), asked)
    bureaus = {bureau.id: bureau for bureau in db.session().query(Bureau)}
    seen = [body for body in found if who.holds(OFFICER) or body == THE_WHOLE or body[1] in who.bureau_ids]
    return answer(ShownMonth(month=month, bodies=[_figures(body, found[body], bureaus) for body in seen]))


@pages.get("/calendar/due")
@takes(READ_FIGURES, ShownCount, 422, query=CountAsked)
def due() -> Response:
    """The last day of a limit by the calendar in force, with its proof, day by day."""
    asked = query(CountAsked)
    typed = {"start": [asked.start], "n": [asked.n], "unit": [str(asked.unit)], "roll": [asked.roll]}
    found = read_question(typed, CountQuestion(date.min, 0)).answer(world().calendar)
    days = [ShownProofDay.model_validate(day) for day in found.days]
    return answer(ShownCount(due=found.due, provisional=found.provisional, days=days))


def _figures(body: Body, of: Figures, bureaus: dict[int, Bureau]) -> ShownFigures:
    party, id = body
    bureau = named_body(bureaus[id]) if id is not None else None
    counted = {name: getattr(of, name) for name in ShownFigures.model_fields if name not in ("party", "bureau")}
    return ShownFigures(party=party, bureau=bureau, **counted)
