"""A row of days on which several deadlines are drawn: a worked day is wide, a day off a sliver.

Positions are in units of one worked day; a caller scales them to pixels or per cent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from workflow.calendar import Calendar, add_workdays

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
