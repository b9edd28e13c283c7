"""The first page, for everybody: the calculator as a sentence, the ways in, the steps, limits and figures."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from cases.figures.statistics import Public, first_month, public_figures
from cases.kinds import all_kinds
from cases.model.months import Month
from extensions import db
from web.parts.strip import Strip, strip
from web.public.calculator import CountQuestion, default_question, read_question, worth_trying
from web.public.lookup import StatusForm
from web.public.rules import as_law, leading, limits_on
from web.site.access import first_page, law, requires, today, world
from web.site.language import language, month_words
from workflow.calendar import Count, Unit
from workflow.jurisdiction import Jurisdiction
from workflow.refusal import Incomplete, Message, say

MONTHS = 3
KEPT = "public figures"


ShownFigures = list[tuple[Message, list[tuple[Message, Public]]]]
"""The months in words, each with its kinds in words and their figures."""


def front_figures(session: Session, law: Jurisdiction, today: date) -> ShownFigures:
    """The newest month first; none before anything was closed in a whole month. What is over does not change: it is
    counted once a day."""
    known: tuple[date, ShownFigures] | None = current_app.extensions.get(KEPT)
    if known is None or known[0] != today:
        known = current_app.extensions[KEPT] = (today, _figures(session, law, Month.of(today)))
    return known[1]


def _figures(session: Session, law: Jurisdiction, this: Month) -> ShownFigures:
    first, kinds = first_month(session), all_kinds()
    months = [month for month in map(this.on, range(-1, -1 - MONTHS, -1)) if first and month >= first]
    figures = public_figures(session, law, months, kinds) if months else []
    by_month = [(month, list(lines)) for month, lines in groupby(figures, key=lambda one: one.month)]
    return [
        (month_words(month), [(say(kinds[one.kind].label), one) for one in lines])
        for month, lines in by_month
        if any(one.filed or one.closed for one in lines)  # a month without any figure says nothing
    ]


pages = Blueprint("front", __name__)


@dataclass(frozen=True)
class Calculated:
    """What the calculator shows: the texts as typed, and the question with its answer or what is wrong with it."""

    typed: dict[str, str]
    question: CountQuestion | None
    count: Count | None
    strip: Strip | None
    faults: dict[str, Message]

    @property
    def status(self) -> int:
        return 422 if self.faults else 200


@pages.get("/")
@requires(public=True)
def front() -> ResponseReturnValue:
    """What this is for, and when an answer comes; a question in the address is answered."""
    calculated = calculate(today())
    groups = limits_on(world().jurisdiction, today(), language(), tuple(all_kinds()))
    page = render_template(
        "public/front.html",
        calculated=calculated,
        units=tuple(Unit),
        tries={name: tried.as_query() for name, tried in worth_trying(world().calendar, today()).items()},
        groups=leading(tuple(group for group in groups if group.handled)),
        remedies=as_law((one for one in law().remedies if one.after in ("decision", "silence")), language()),
        fees=law().fees,
        place=law().place,
        onward=first_page(),
        publishes=bool(law().published),
        asked=StatusForm(formdata=None),
        figures=front_figures(db.session(), law(), today()),
    )
    return page, calculated.status


@pages.get("/accessibility")
@requires(public=True)
def accessibility() -> ResponseReturnValue:
    """How these pages can be used, what was measured, and what is not done."""
    return render_template("public/accessibility.html", place=law().place)


def calculate(day: date) -> Calculated:
    """The question of this request's address; without one, an example worth looking at. `day` is today."""
    asked = request.args.to_dict(flat=False)
    typed = {name: values[0] for name, values in asked.items() if values}
    calendar = world().calendar
    try:
        question = read_question(asked, default_question(calendar, day))
    except Incomplete as refused:
        return Calculated(typed, None, None, None, refused.fields)
    kept = {name: values if isinstance(values, str) else values[0] for name, values in question.as_query().items()}
    count = question.answer(calendar)
    return Calculated(kept, question, count, strip(count, day, n=question.n, unit=question.unit), {})
