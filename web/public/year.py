"""A year of the calendar as a page shows it: months of weeks of days, runs of days off, make-up days. Pure."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from workflow.calendar import Calendar, Why

ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Cell:
    """A day: why it is worked or not, whether it is announced, and whether a file would change it."""

    day: date
    why: Why
    worked: bool
    known: bool
    today: bool
    horizon: bool
    changed: bool

    @property
    def classes(self) -> str:
        """How the style sheet knows it."""
        said = [str(self.why).replace("_", "-")]
        said += [name for name in ("today", "horizon", "changed") if getattr(self, name)]
        return " ".join([*said, *([] if self.known else ["unknown"])])


@dataclass(frozen=True)
class Month:
    """A month in weeks from Monday; None stands for the days of its neighbours."""

    first: date
    worked: int
    weeks: tuple[tuple[Cell | None, ...], ...]


@dataclass(frozen=True)
class Break:
    """Days off in a row that a notice names, with the notice; empty where none is out."""

    first: date
    last: date
    source: str

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Year:
    """A year at a glance."""

    year: int
    months: tuple[Month, ...]
    breaks: tuple[Break, ...]
    make_up: tuple[date, ...]
    sources: tuple[str, ...]

    @property
    def worked(self) -> int:
        return sum(month.worked for month in self.months)


def year_of(calendar: Calendar, year: int, today: date, before: Calendar | None = None) -> Year:
    """The year by this calendar; with `before`, each day that was worked there and is not here, or the reverse, is
    marked as changed."""
    off = sorted(day for day in calendar.off if day.year == year)
    make_up = tuple(sorted(day for day in calendar.work if day.year == year))
    return Year(
        year=year,
        months=tuple(_month(calendar, year, month, today, before) for month in range(1, 13)),
        breaks=tuple(_breaks(calendar, off)),
        make_up=make_up,
        sources=tuple(dict.fromkeys(filter(None, (calendar.source(day) for day in (*off, *make_up))))),
    )


def changed_months(calendar: Calendar, before: Calendar, today: date) -> tuple[Month, ...]:
    """The months in which a day is worked by one of the calendars and off by the other."""
    days = {*calendar.off, *calendar.work, *before.off, *before.work}
    changed = {(day.year, day.month) for day in days if calendar.is_worked(day) != before.is_worked(day)}
    return tuple(_month(calendar, year, month, today, before) for year, month in sorted(changed))


def _month(calendar: Calendar, year: int, month: int, today: date, before: Calendar | None) -> Month:
    blank, length = months.monthrange(year, month)
    days = [_cell(calendar, date(year, month, number), today, before) for number in range(1, length + 1)]
    cells: list[Cell | None] = [*[None] * blank, *days]
    cells += [None] * (-len(cells) % 7)
    weeks = tuple(tuple(cells[at : at + 7]) for at in range(0, len(cells), 7))
    return Month(date(year, month, 1), sum(cell.worked for cell in days), weeks)


def _cell(calendar: Calendar, day: date, today: date, before: Calendar | None) -> Cell:
    return Cell(
        day=day,
        why=calendar.why(day),
        worked=calendar.is_worked(day),
        known=calendar.is_known(day),
        today=day == today,
        horizon=day == calendar.known_until,
        changed=before is not None and before.is_worked(day) != calendar.is_worked(day),
    )


def _breaks(calendar: Calendar, off: list[date]) -> Iterator[Break]:
    begun: date | None = None
    for day, following in zip(off, [*off[1:], None], strict=True):
        begun = begun or day
        if following != day + ONE_DAY:
            yield Break(begun, day, calendar.source(day))
            begun = None
