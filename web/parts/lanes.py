"""Deadlines on one row of days: the axis, a lane of a list, and several clocks of one case together.

A worked day is wide, a day off a sliver. Pictures only: the words beside them are the fact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Final

from notifications.languages import span
from web.parts.words import MONTHS, WEEKDAYS, DaysLeft, Words, short_day
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


@lru_cache(maxsize=4)
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
    named = [(day.day, _style(day, today, open_hold_from)) for day in count.days]
    named += [(day.day, "late" if day.ordinal else "gap") for day in late]
    drawn = [(day, "gap" if how == "start" else how) for day, how in named if axis.holds(day)]
    bars = tuple(
        bar
        for how, run in groupby(drawn, key=lambda pair: pair[1])
        for bar in _bars(axis, how, [day for day, _ in run])
    )
    tick = axis.start(count.due) * DAY if axis.holds(count.due) and not open_hold_from else None
    return Lane(bars, tick, axis.start(today) * DAY, axis.width * DAY)


def _style(day: Day, today: date, hold_from: date | None, late: bool = False) -> str:
    """`hold`, `gap`, `start`, `late`, `maybe` where an open hold may still change it, `past` or `next`."""
    if day.why in HELD:
        return "hold"
    if day.off and not day.ordinal:
        return "gap"
    if day.why is Why.START:
        return "start"
    if late:
        return "late"
    if hold_from is not None and day.day > hold_from:
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

    @property
    def length(self) -> Message:
        return span(self.limit, self.left.unit)


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
    """One row: its deadline, its feet, and the line behind them from the start to the last day, in per cent."""

    running: Running
    feet: tuple[ClockDay, ...]
    gap: tuple[float, float]


@dataclass(frozen=True)
class Clocks:
    """All rows with the days above them, the legend, and the sentence that says how they stand."""

    heads: tuple[AxisDay, ...]
    rows: tuple[ClockRow, ...]
    legend: tuple[tuple[str, Message], ...]
    now: float


def clocks(running: Sequence[Running], calendar: Calendar, today: date) -> Clocks:
    """Several deadlines on one axis, from the earliest start to the latest day that any of them needs."""
    days = [day.day for one in running for day in (*one.count.days, *one.late)]
    over = axis(calendar, min(days), max(*days, today))
    rows = tuple(_clock(one, over, today) for one in running)
    used = {word for row in rows for foot in row.feet for word in foot.how.split()}
    legend = tuple((how, said) for how, said in LEGEND.items() if how in used)
    return Clocks(tuple(_heads(over, today)), rows, legend, _percent(over, over.start(today)))


def _clock(one: Running, over: Axis, today: date) -> ClockRow:
    feet = []
    for day, late in (*((day, False) for day in one.count.days), *((day, True) for day in one.late)):
        how = _style(day, today, one.hold_from, late)
        if how == "gap":
            continue
        how += (" due" if day.day == one.count.due else "") + (" now" if day.day == today else "")
        start, end = over.start(day.day), over.end(day.day)
        feet.append(ClockDay(_percent(over, start + AIR / 2), _percent(over, end - start - AIR), how, _word(day, late)))
    until = one.late[-1].day if one.late else one.count.due
    gap = _percent(over, over.start(one.count.days[0].day)), _percent(over, over.end(until))
    return ClockRow(one, tuple(feet), gap)


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


@dataclass(frozen=True)
class StageDays:
    """The days of a deadline up to the one on which it was kept, else today; `ahead` those that it still has.

    `party` has the days, and colours them.
    """

    count: Count
    party: str
    until: date
    late: tuple[Day, ...] = ()
    ahead: tuple[date, ...] = ()


@dataclass(frozen=True)
class StageLane:
    """Its cells, and the last day of the limit: where it begins and how wide it is."""

    feet: tuple[ClockDay, ...]
    limit: tuple[float, float]


@dataclass(frozen=True)
class StageLanes:
    """All lanes on one axis, the first worked days of some weeks above it, today's band, and what its colours mean.

    `dense`: too narrow for numbers.
    """

    heads: tuple[tuple[float, Message], ...]
    lanes: tuple[StageLane, ...]
    today: tuple[float, float] | None
    legend: tuple[tuple[str, Message], ...]
    dense: bool


STAGE_LEGEND: Final = {
    "office": say("the office"),
    "bureau": say("bureaus"),
    "enterprise": say("the firm"),
    "hold": say("papers awaited, other limits stand still"),
    "late": say("late"),
    "maybe": say("still to come, at most"),
}
MOST_HEADS: Final = 6
NARROW: Final = 34
"""Worked days of an axis from which on a cell has no room for its number."""


def stage_lanes(stages: Sequence[StageDays], calendar: Calendar, today: date) -> StageLanes:
    """Every deadline that a case has had, on one axis from its first day to the last that any lane needs."""
    days = [day for one in stages for day in (one.count.days[0].day, one.count.due, one.until, *one.ahead)]
    over = axis(calendar, min(days), max(days))
    worked = (day for day in over.days if day in over.worked)
    weeks = [next(days) for _week, days in groupby(worked, key=lambda day: day.isocalendar()[:2])]
    if len(weeks) > 1 and over.start(weeks[1]) / over.width < 1 / MOST_HEADS / 2:
        weeks = weeks[1:]  # the first is a few days: two words would run into one another
    heads = weeks[:: -(-len(weeks) // MOST_HEADS)]
    band = (_percent(over, over.start(today)), _percent(over, over.wide(today))) if over.holds(today) else None
    lanes = tuple(_stage_lane(one, over) for one in stages)
    used = {word for lane in lanes for foot in lane.feet for word in foot.how.split()}
    return StageLanes(
        tuple((_percent(over, over.start(day)), short_day(day)) for day in heads),
        lanes,
        band,
        tuple((how, said) for how, said in STAGE_LEGEND.items() if how in used),
        len(over.worked) > NARROW,
    )


def _stage_lane(one: StageDays, over: Axis) -> StageLane:
    days = [(day, "past", str(day.ordinal)) for day in one.count.days if day.ordinal and day.day <= one.until]
    days += [(day, "hold", "") for day in one.count.days if day.why in HELD and not day.off and day.day <= one.until]
    days += [(day, "late", f"+{day.ordinal}") for day in one.late if day.ordinal]
    feet = [
        _cell(over, day.day, f"{how} {one.party}", word if day.day in over.worked else "") for day, how, word in days
    ]
    feet += [_cell(over, day, "maybe", "") for day in one.ahead]
    due = one.count.due
    return StageLane(tuple(feet), (_percent(over, over.start(due)), _percent(over, over.wide(due))))


def _cell(over: Axis, day: date, how: str, word: str) -> ClockDay:
    return ClockDay(_percent(over, over.start(day) + AIR / 2), _percent(over, over.wide(day) - AIR), how, word)
