"""Counting in working days, days and months, with the proof of each day.

One walk, day by day, answers both "when" and "why": `due` is the last day of what `count` lists.
It knows no rule, no case and no clock. Which days are worked is `days.py`.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workflow.days import (
    ONE_DAY,
    BadCalendar,
    Calendar,
    Why,
    add_workdays,
    next_workday,
    read_calendar,
    workdays_between,
)

__all__ = [
    "BadCalendar",
    "Calendar",
    "Count",
    "Day",
    "Pause",
    "Unit",
    "Why",
    "add_months",
    "add_workdays",
    "count",
    "due",
    "next_workday",
    "read_calendar",
    "workdays_between",
]


class Unit(StrEnum):
    """What a limit counts in."""

    WORKDAY = "workday"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True)
class Pause:
    """The count stops after `start` and goes on after `end`: `start` still counts, `end` does not."""

    start: date
    end: date
    why: Why = Why.PAUSED


@dataclass(frozen=True)
class Day:
    """One line of the proof. `ordinal` numbers the days that count, from 1; `off` says that nobody works.

    `source` is the holiday notice behind it; `provisional` that the count read it though it is not announced.
    """

    day: date
    ordinal: int | None
    why: Why
    off: bool
    source: str
    provisional: bool


@dataclass(frozen=True)
class Count:
    """A due date with its proof, whose last line it is."""

    due: date
    provisional: bool
    days: tuple[Day, ...]


def count(
    calendar: Calendar, start: date, n: int, unit: Unit, *, rolls: bool = False, pauses: Sequence[Pause] = ()
) -> Count:
    """The last day of a limit of n units, and a line for each day from the start to it.

    The start day is day zero (民法典 201). A month ends on the corresponding day, or the month's last (202); in the
    proof its days are numbered as natural days. With `rolls`, a last day that is off moves to the next worked one
    (203). A pause that begins when the count is used up moves the date to the pause's end. The answer is
    provisional where the count or the roll read a day outside the announced time.
    Raises OverflowError past the year 9999, ValueError for a negative n.
    """
    days = tuple(
        Day(day, ordinal, why, not calendar.is_worked(day), calendar.source(day), provisional)
        for day, ordinal, why, provisional in _walk(calendar, start, n, unit, rolls, pauses)
    )
    return Count(days[-1].day, any(day.provisional for day in days), days)


def due(
    calendar: Calendar, start: date, n: int, unit: Unit, *, rolls: bool = False, pauses: Sequence[Pause] = ()
) -> tuple[date, bool]:
    """The last day alone, and whether it is provisional: the walk of `count`, without writing it down."""
    day, provisional = start, False
    for day, _, _, unannounced in _walk(calendar, start, n, unit, rolls, pauses):  # noqa: B007 -- the last is meant
        provisional = provisional or unannounced
    return day, provisional


def add_months(start: date, n: int) -> date:
    """The corresponding day n months on, or the last of that month where it has none (民法典 202)."""
    year, month = divmod(start.year * 12 + start.month - 1 + n, 12)
    if year > date.max.year:
        raise OverflowError("date value out of range")
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


_Step = tuple[date, int | None, Why, bool]
_Held = Callable[[date], Why | None]


def _walk(calendar: Calendar, start: date, n: int, unit: Unit, rolls: bool, pauses: Sequence[Pause]) -> Iterator[_Step]:
    """Day by day from the start: (day, ordinal, why, whether an unannounced day was read)."""
    if n < 0:
        raise ValueError("a limit cannot be negative")
    budget = (add_months(start, n) - start).days if unit is Unit.MONTH else n
    in_workdays = unit is Unit.WORKDAY
    held = _held(pauses)
    yield start, None, Why.START, rolls and not budget and not calendar.is_known(start)
    day, used = start, 0
    while used < budget:
        day += ONE_DAY
        if (pause := held(day)) is not None:
            yield day, None, pause, False
        elif not in_workdays:
            used += 1
            yield day, used, Why.COUNTED, rolls and used == budget and not calendar.is_known(day)
        elif calendar.is_worked(day):
            used += 1
            yield day, used, calendar.why(day), not calendar.is_known(day)
        else:
            yield day, None, calendar.why(day), not calendar.is_known(day)
    yield from _landing(calendar, day, in_workdays, rolls, held)


def _landing(calendar: Calendar, day: date, in_workdays: bool, rolls: bool, held: _Held) -> Iterator[_Step]:
    """The days after the count is used up: a pause that has begun by then, and days off where the date rolls."""
    ahead = held(day + ONE_DAY)
    while ahead or (rolls and not calendar.is_worked(day)):
        here, day = ahead, day + ONE_DAY
        ahead = held(day + ONE_DAY)
        rolls = rolls or (in_workdays and here is not None)
        if ahead or (rolls and not calendar.is_worked(day)):
            why = here or calendar.why(day)
        else:
            why = Why.RESUMED if here else Why.ROLLED
        yield day, None, why, rolls and not ahead and not calendar.is_known(day)


def _held(pauses: Sequence[Pause]) -> _Held:
    """Which pause, if any, a day falls in; where several overlap it counts once."""
    if not pauses:
        return lambda day: None
    return lambda day: next((pause.why for pause in pauses if pause.start < day <= pause.end), None)
