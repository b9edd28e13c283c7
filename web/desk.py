"""The desk: the cases whose next step is the reader's, the most urgent first, and filters with their counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement

from cases.apart import readable
from cases.queues import VIEWS, condition
from cases.reading import read_cases, timer_from
from cases.subjects import subjects_of
from cases.tables import Case, TimerRow
from cases.worklists import WorkRow, count, in_hand, rows, timers_of
from extensions import db
from web.alarms import alarms
from web.bounds import number_in
from web.case_acts import Choices, choices_of, open_to
from web.case_reading import reading_of
from web.desk_view import Line, Moment, groups, main_act
from web.doors import EVERYBODY, door, moment, standing
from web.world import today, world
from workflow.definition import AUDITOR, FILER
from workflow.refusal import Message, say
from workflow.timing import Timer

pages = Blueprint("desk", __name__)

PAGE: Final = 50
LAST: Final = 1000
TITLES: Final = {
    "mine": say("My work"),
    "taken": say("Taken by me"),
    "others": say("Taken by colleagues"),
    "late": say("Late"),
    "today": say("Due today"),
    "soon": say("Within 3 working days"),
    "all-in-hand": say("All in hand"),
    "hold": say("On hold"),
    "enterprise": say("With the firm"),
    "bureau": say("With the bureau"),
    "office": say("With the office"),
}
SHELVES: Final = (
    (say("To do"), VIEWS[: VIEWS.index("all-in-hand")]),
    (say("In hand"), VIEWS[VIEWS.index("all-in-hand") :]),
)


@dataclass(frozen=True)
class Filter:
    """One filter: its words, how many cases it holds, whether it is the one shown."""

    name: str
    title: Message
    count: int
    on: bool


@dataclass(frozen=True)
class Selected:
    """The row that is open, with the acts that its reader can take now."""

    number: str
    choices: Choices
    main: str


@pages.get("/desk")
@door(roles=EVERYBODY)
def desk() -> ResponseReturnValue:
    """The reader's list; an enterprise has its records, an auditor all cases, and neither has a desk."""
    if standing().holds(FILER):
        return redirect("/records")
    if standing().holds(AUDITOR):
        return redirect("/cases")
    view, page = _asked()
    found = rows(db.session(), standing(), _condition(view), most=PAGE * page + 1)
    here = found[PAGE * (page - 1) : PAGE * page]
    subjects = subjects_of(db.session(), [row.case_id for row in here])
    shown = groups(here, _timers(here), subjects, standing(), Moment(world().calendar, today()))
    lines = [line for group in shown for line in group.lines]
    return render_template(
        "desk.html", groups=shown, lines=lines, view=view, title=TITLES[view], shelves=_shelves(view), page=page,
        more=len(found) > PAGE * page, in_hand=count(db.session(), standing(), in_hand(standing())),
        selected=_selected(lines, here), next_due=None if here else _next_due(), alarms=alarms(),
    )  # fmt: skip


def _asked() -> tuple[str, int]:
    view = request.args.get("view", "mine")
    return (view if view in VIEWS else "mine"), min(max(number_in(request.args.get("page"), 1), 1), LAST)


def _condition(view: str) -> ColumnElement[bool]:
    return condition(view, standing(), world().calendar, today())


def _timers(here: Sequence[WorkRow]) -> dict[int, list[Timer]]:
    found = timers_of(db.session(), [row.case_id for row in here])
    return {row.case_id: readable(row.number, partial(_read, found[row.case_id])) or [] for row in here}


def _read(timers: Sequence[TimerRow]) -> list[Timer]:
    return [timer_from(timer) for timer in timers]


def _shelves(shown: str) -> list[tuple[Message, list[Filter]]]:
    """The filters that can hold something for this reader, with their counts."""
    return [(title, [_filter(name, shown) for name in names if _is_useful(name)]) for title, names in SHELVES]


def _filter(name: str, shown: str) -> Filter:
    return Filter(name, TITLES[name], count(db.session(), standing(), _condition(name)), name == shown)


def _is_useful(name: str) -> bool:
    """Where a case lies is worth a filter only while it is elsewhere: one's own desk is the first."""
    return name not in set(map(str, standing().parties))


def _selected(lines: Sequence[Line], here: Sequence[WorkRow]) -> Selected | None:
    """The row asked for, else the first, if there is something to be done with it."""
    wanted = request.args.get("case", "") or (lines[0].number if lines else "")
    row = next((row for row in here if row.number == wanted), None)
    return readable(row.number, partial(_acts_on, row)) if row else None


def _acts_on(row: WorkRow) -> Selected | None:
    file = read_cases(db.session(), [row.case_id])[0]
    reading = reading_of(db.session(), world(), file, standing(), moment())
    choices = choices_of(reading, open_to(reading))
    main = main_act(row, [choice.name for choice in choices.steps])
    return Selected(row.number, choices, main) if choices.all else None


def _next_due() -> date | None:
    """The first day from today on which something that is in hand is due."""
    found = rows(db.session(), standing(), in_hand(standing()), Case.due_on >= today(), most=1)
    return found[0].due_on if found else None
