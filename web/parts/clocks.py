"""Several deadlines at once: one row of days, a row of feet a deadline, today ringed through all of them.

Positions are in per cent of the row, so that it stretches with the window while the words keep their size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from web.parts.axis import Axis, axis
from web.parts.words import MONTHS, WEEKDAYS, Words, span
from workflow.calendar import Calendar, Count, Day, Unit, Why
from workflow.refusal import Message, say

HELD = (Why.PAUSED, Why.AWAY)
AIR = 0.08
"""Left between two feet, in worked days."""
LEGEND = {
    "past": say("counted"),
    "next": say("to be counted"),
    "hold": say("on hold, not counted"),
    "late": say("late"),
    "maybe": say("if it comes on the last day"),
}


@dataclass(frozen=True)
class Swatch:
    """One entry of the legend: the class of its little box, and its words."""

    how: str
    words: Message


@dataclass(frozen=True)
class Running:
    """One deadline to be drawn.

    `left`: as `timing.left` says. `hold_from`: the day after which an open hold stands; `count` then ends the hold on
    the last day on which it can end (`timing.explain(…, until=…)`). `mark`: the limit's mark of basis.
    """

    name: Message
    count: Count
    unit: Unit
    left: int
    limit: int
    mark: str = ""
    late: tuple[Day, ...] = ()
    hold_from: date | None = None
    deadline: str = ""


@dataclass(frozen=True)
class Foot:
    """One day of one deadline; `how` is start, past, next, maybe, hold, late, with due and now beside it."""

    x: float
    wide: float
    how: str
    words: Words


@dataclass(frozen=True)
class Head:
    """One worked day of the axis."""

    x: float
    day: date
    weekday: Message
    month: Message | None
    now: bool


@dataclass(frozen=True)
class Clock:
    """One row: its name, what is left in words, its mark, its feet. `last`: the due day; of a held one, the latest."""

    name: Message
    held: bool
    late: bool
    urgent: bool
    left: Message
    limit: Message
    mark: str
    feet: tuple[Foot, ...]
    gap: tuple[float, float]
    deadline: str
    last: date
    provisional: bool


@dataclass(frozen=True)
class Clocks:
    """All rows with the days above them, the legend, and the sentence that says how they stand."""

    heads: tuple[Head, ...]
    rows: tuple[Clock, ...]
    legend: tuple[Swatch, ...]
    now: float


def clocks(running: Sequence[Running], calendar: Calendar, today: date) -> Clocks:
    """Several deadlines on one axis, from the earliest start to the latest day that any of them needs."""
    days = [day.day for one in running for day in (*one.count.days, *one.late)]
    over = axis(calendar, min(days), max(*days, today))
    rows = tuple(_clock(one, over, today) for one in running)
    return Clocks(
        heads=tuple(_heads(over, today)), rows=rows, legend=_legend(rows), now=_percent(over, over.start(today))
    )


def _legend(rows: Sequence[Clock]) -> tuple[Swatch, ...]:
    used = {word for row in rows for foot in row.feet for word in foot.how.split()}
    return tuple(Swatch(how, said) for how, said in LEGEND.items() if how in used)


def _clock(one: Running, over: Axis, today: date) -> Clock:
    held = one.hold_from is not None
    feet = tuple(
        _foot(day, bool(late), one, over, today)
        for late, days in ((0, one.count.days), (1, one.late))
        for day in days
        if not (day.off and day.why not in HELD and not day.ordinal)
    )
    until = one.late[-1].day if one.late else one.count.due
    return Clock(
        name=one.name,
        held=held,
        late=not held and one.left < 0,
        urgent=not held and one.left <= 3,
        left=_left(one),
        limit=span(one.limit, one.unit),
        mark=one.mark,
        feet=feet,
        gap=(_percent(over, over.start(one.count.days[0].day)), _percent(over, over.end(until))),
        deadline=one.deadline,
        last=one.count.due,
        provisional=one.count.provisional,
    )


def _left(one: Running) -> Message:
    if one.hold_from is not None:
        return say("on hold, {amount} left", amount=span(one.left, _counted(one.unit)))
    if one.left == 0:
        return say("due today")
    rest = span(abs(one.left), _counted(one.unit))
    return say("{amount} left", amount=rest) if one.left > 0 else say("{amount} late", amount=rest)


def _counted(unit: Unit) -> Unit:
    return Unit.DAY if unit is Unit.MONTH else unit


def _foot(day: Day, late: bool, one: Running, over: Axis, today: date) -> Foot:
    how = _how(day, late, one, today)
    if day.day == one.count.due:
        how += " due"
    if day.day == today:
        how += " now"
    start, end = over.start(day.day), over.end(day.day)
    return Foot(_percent(over, start + AIR / 2), _percent(over, end - start - AIR), how, _word(day, late))


def _how(day: Day, late: bool, one: Running, today: date) -> str:
    if day.why in HELD:
        return "hold"
    if day.why is Why.START:
        return "start"
    if late:
        return "late"
    if one.hold_from is not None and day.day > one.hold_from:
        return "maybe"
    return "past" if day.day < today else "next"


def _word(day: Day, late: bool) -> Words:
    if day.why is Why.START:
        return say("0")
    if day.why in HELD:
        return "" if day.off else say("‖")
    return f"+{day.ordinal}" if late else str(day.ordinal or "")


def _heads(over: Axis, today: date) -> list[Head]:
    heads, month = [], 0
    for day in over.days:
        if day not in over.worked and day != today:
            continue
        name = MONTHS[day.month - 1] if day.month != month and day != today else None
        month = day.month if name else month
        x = _percent(over, over.start(day) + over.wide(day) / 2)
        heads.append(Head(x, day, WEEKDAYS[day.weekday()], name, day == today))
    return heads


def _percent(over: Axis, at: float) -> float:
    return round(at / over.width * 100, 3)
