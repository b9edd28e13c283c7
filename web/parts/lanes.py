"""Deadlines on one row of days: the axis, a lane of a list, and several clocks of one case together.

A worked day is wide, a day off a sliver. Pictures only: the words beside them are the fact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from web.parts.words import MONTHS, WEEKDAYS, DaysLeft, Words, span
from workflow.calendar import Calendar, Count, Day, Why, add_workdays
from workflow.refusal import Message, say

SLIVER: Final = 0.33
"""How wide a day off is, beside a worked day."""


@dataclass(frozen=True)
class Axis:
    """The days from `first` to `last`, with where each begins."""

    days: tuple[date, ...]
    worked: frozenset[date]
    starts: Mapping[date, float] = field(repr=False)
    width: float

    @property
    def first(self) -> date:
        return self.days[0]

    @property
    def last(self) -> date:
        return self.days[-1]

    def start(self, day: date) -> float:
        """Where the day begins; a day outside stands at the nearer end."""
        if day < self.first:
            return 0.0
        return self.starts.get(day, self.width)

    def wide(self, day: date) -> float:
        return 1.0 if day in self.worked else SLIVER

    def end(self, day: date) -> float:
        """Where the day ends."""
        return self.start(day) if day < self.first or day > self.last else self.start(day) + self.wide(day)

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


def axis(calendar: Calendar, first: date, last: date) -> Axis:
    """The axis from one day to another, both drawn."""
    days = tuple(first + timedelta(days=k) for k in range((last - first).days + 1))
    worked = frozenset(day for day in days if calendar.is_worked(day))
    starts: dict[date, float] = {}
    at = 0.0
    for day in days:
        starts[day] = at
        at += 1.0 if day in worked else SLIVER
    return Axis(days, worked, starts, at)


def axis_round(calendar: Calendar, today: date, before: int = 7, after: int = 10) -> Axis:
    """The axis that all rows of a worklist share: so many working days before and after today."""
    return axis(calendar, add_workdays(calendar, today, -before), add_workdays(calendar, today, after))


DAY: Final = 7.9
"""Pixels of one worked day."""
HELD: Final = (Why.PAUSED, Why.AWAY)


@dataclass(frozen=True)
class LanePiece:
    """A piece of a lane, in pixels: `how` is past, next, maybe, hold, late or gap."""

    x: float
    wide: float
    how: str


@dataclass(frozen=True)
class Lane:
    """The pieces, where the due day's tick and today's column stand, and how wide all of it is."""

    bars: tuple[LanePiece, ...]
    tick: float | None
    today: float
    wide: float
    day: float = DAY


def lane(
    count: Count, axis: Axis, today: date, *, late: Sequence[Day] = (), open_hold_from: date | None = None
) -> Lane:
    """The lane of a count on the shared axis; what lies outside the axis is left out."""
    named = [(day.day, _how(day, today, open_hold_from)) for day in count.days]
    named += [(day.day, "late" if day.ordinal else "gap") for day in late]
    drawn = [(day, how) for day, how in named if axis.holds(day)]
    bars = tuple(
        bar
        for how, run in groupby(drawn, key=lambda pair: pair[1])
        for bar in _bars(axis, how, [day for day, _ in run])
    )
    tick = axis.start(count.due) * DAY if axis.holds(count.due) and not open_hold_from else None
    return Lane(bars, tick, axis.start(today) * DAY, axis.width * DAY)


def _how(day: Day, today: date, open_hold_from: date | None) -> str:
    if day.why in HELD:
        return "hold"
    if day.why is Why.START or (day.off and not day.ordinal):
        return "gap"
    if open_hold_from is not None and day.day > open_hold_from:
        return "maybe"
    return "past" if day.day < today else "next"


def _bars(axis: Axis, how: str, days: Sequence[date]) -> list[LanePiece]:
    """A hold and a gap are one piece; a counted day is a piece of its own."""
    pieces = [days] if how in ("hold", "gap") else [[day] for day in days]
    return [
        LanePiece(
            round(axis.start(piece[0]) * DAY + 0.5, 2),
            round((axis.end(piece[-1]) - axis.start(piece[0])) * DAY - 1, 2),
            how,
        )
        for piece in pieces
    ]


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

    `hold_from`: the day after which an open hold counts; `count` then ends the hold on the last day on which it can
    end (`timing.explain(…, until=…)`). `mark`: the limit's mark of basis.
    """

    name: Message
    count: Count
    left: DaysLeft
    limit: int
    mark: str = ""
    late: tuple[Day, ...] = ()
    hold_from: date | None = None
    deadline: str = ""


@dataclass(frozen=True)
class ClockDay:
    """One day of one deadline; `how` is start, past, next, maybe, hold, late, with due and now beside it."""

    x: float
    wide: float
    how: str
    words: Words


@dataclass(frozen=True)
class AxisDay:
    """One worked day of the axis."""

    x: float
    day: date
    weekday: Message
    month: Message | None
    now: bool


@dataclass(frozen=True)
class ClockRow:
    """One row: its name, what is left in words, its mark, its feet. `last`: the due day; of a held one, the latest."""

    name: Message
    held: bool
    late: bool
    urgent: bool
    left: Message
    limit: Message
    mark: str
    feet: tuple[ClockDay, ...]
    gap: tuple[float, float]
    deadline: str
    last: date
    provisional: bool


@dataclass(frozen=True)
class Clocks:
    """All rows with the days above them, the legend, and the sentence that says how they stand."""

    heads: tuple[AxisDay, ...]
    rows: tuple[ClockRow, ...]
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


def _legend(rows: Sequence[ClockRow]) -> tuple[Swatch, ...]:
    used = {word for row in rows for foot in row.feet for word in foot.how.split()}
    return tuple(Swatch(how, said) for how, said in LEGEND.items() if how in used)


def _clock(one: Running, over: Axis, today: date) -> ClockRow:
    feet = tuple(
        _foot(day, bool(late), one, over, today)
        for late, days in ((0, one.count.days), (1, one.late))
        for day in days
        if not (day.off and day.why not in HELD and not day.ordinal)
    )
    until = one.late[-1].day if one.late else one.count.due
    return ClockRow(
        name=one.name,
        held=one.left.held,
        late=one.left.urgency == "late",
        urgent=one.left.urgency in ("late", "soon"),
        left=one.left.rest,
        limit=span(one.limit, one.left.unit),
        mark=one.mark,
        feet=feet,
        gap=(_percent(over, over.start(one.count.days[0].day)), _percent(over, over.end(until))),
        deadline=one.deadline,
        last=one.count.due,
        provisional=one.count.provisional,
    )


def _foot(day: Day, late: bool, one: Running, over: Axis, today: date) -> ClockDay:
    how = _foot_style(day, late, one, today)
    if day.day == one.count.due:
        how += " due"
    if day.day == today:
        how += " now"
    start, end = over.start(day.day), over.end(day.day)
    return ClockDay(_percent(over, start + AIR / 2), _percent(over, end - start - AIR), how, _word(day, late))


def _foot_style(day: Day, late: bool, one: Running, today: date) -> str:
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


def _heads(over: Axis, today: date) -> list[AxisDay]:
    heads, month = [], 0
    for day in over.days:
        if day not in over.worked and day != today:
            continue
        name = MONTHS[day.month - 1] if day.month != month and day != today else None
        month = day.month if name else month
        x = _percent(over, over.start(day) + over.wide(day) / 2)
        heads.append(AxisDay(x, day, WEEKDAYS[day.weekday()], name, day == today))
    return heads


def _percent(over: Axis, at: float) -> float:
    return round(at / over.width * 100, 3)
