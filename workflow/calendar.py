"""Counting in working days, days and months, with the proof of each day.

One walk, day by day, answers both "when" and "why": `due` is the last day of what `count` lists.
A calendar is data with an end: weekends, holidays and make-up days, and how far they are announced.
It knows no rule, no case and no clock.
"""

from __future__ import annotations

import tomllib
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workflow.refusal import Message, say

_T = TypeVar("_T")
ONE_DAY: Final = timedelta(days=1)
FIRST, LAST = date(1990, 1, 1), date(2099, 12, 31)
"""No notice announces days outside: every page counts on from the last day announced, and there are no days after 9999.
"""


class Why(StrEnum):
    """What a day is in a count. The codes are stable: pages, letters and style sheets use them."""

    START = "start"
    COUNTED = "counted"
    MAKE_UP = "make_up"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    PAUSED = "paused"
    AWAY = "away"
    RESUMED = "resumed"
    ROLLED = "rolled"


class BadCalendar(ValueError):
    """A calendar file that cannot be used. `message` says why, for the page that loads it."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True)
class Calendar:
    """Weekend (1 is Monday, 7 Sunday), days off and days worked by a notice, and the days it is known for.

    `off` and `work` give each day's source; a day past `known_until` that they name bears none, since the notice
    for its year is not out. A local holiday is a day in `off` from a file of its own. `holidays` are the days off that
    have a name, in each language.
    """

    name: str
    known_from: date
    known_until: date
    weekend: frozenset[int]
    off: Mapping[date, str] = field(hash=False, repr=False)
    work: Mapping[date, str] = field(hash=False, repr=False)
    holidays: Mapping[date, Mapping[str, str]] = field(default_factory=dict, hash=False, repr=False)

    def is_worked(self, day: date) -> bool:
        if day in self.work:
            return True
        return day not in self.off and day.isoweekday() not in self.weekend

    def is_known(self, day: date) -> bool:
        """Whether the day lies inside the announced time: past it, an answer that read the day is provisional."""
        return self.known_from <= day <= self.known_until

    def why(self, day: date) -> Why:
        """COUNTED or MAKE_UP for a worked day, HOLIDAY or WEEKEND for a day off."""
        if day in self.work:
            return Why.MAKE_UP if day.isoweekday() in self.weekend else Why.COUNTED
        if day in self.off:
            return Why.HOLIDAY
        return Why.WEEKEND if day.isoweekday() in self.weekend else Why.COUNTED

    def source(self, day: date) -> str:
        """The holiday notice that says what the day is, or nothing for an ordinary day."""
        return self.work.get(day) or self.off.get(day, "")

    def merged(self, other: Calendar) -> Calendar:
        """This calendar with a further file laid over it: each day that the file names is as the file says.

        A day is freed again by naming it in the other list. Raises `BadCalendar` for a file of another calendar,
        of another weekend, or one that would leave a year in between unannounced.
        """
        _check_fits(self, other)
        return Calendar(
            name=self.name,
            known_from=min(self.known_from, other.known_from),
            known_until=max(self.known_until, other.known_until),
            weekend=self.weekend,
            off={**_without(self.off, other.work), **other.off},
            work={**_without(self.work, other.off), **other.work},
            holidays={**_without(self.holidays, other.work), **other.holidays},
        )


def next_workday(calendar: Calendar, day: date) -> date:
    """The day itself where it is worked, else the first worked day after it."""
    while not calendar.is_worked(day):
        day += ONE_DAY
    return day


class ProvisionalDay(date):
    """A day that may still move, because its count read days that are not announced. Wherever it is written, it is
    written as provisional; it equals the same day that is settled."""


def as_counted(day: date, provisional: bool) -> date:
    """The day, as one that may still move where it is provisional."""
    if provisional is isinstance(day, ProvisionalDay):
        return day
    return (ProvisionalDay if provisional else date)(day.year, day.month, day.day)


def add_workdays(calendar: Calendar, day: date, k: int) -> date:
    """The k-th worked day after the day, or before it where k is negative; the day itself for 0."""
    step = ONE_DAY if k > 0 else -ONE_DAY
    provisional, left = isinstance(day, ProvisionalDay), abs(k)
    while left:
        day += step
        left -= calendar.is_worked(day)
    return as_counted(day, provisional or bool(k and not calendar.is_known(day)))


def workdays_between(calendar: Calendar, after: date, until: date) -> int:
    """How many worked days lie in (after, until]; negative where `until` is the earlier."""
    if until < after:
        return -workdays_between(calendar, until, after)
    days = (until - after).days
    return sum(calendar.is_worked(after + timedelta(days=k)) for k in range(1, days + 1))


def read_calendar(text: str) -> Calendar:
    """A calendar from a file's text (TOML); raises `BadCalendar` with a sentence that says what to mend."""
    try:
        file = _File.model_validate(tomllib.loads(text))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadCalendar(say("{where} is wrong: {reason}.", where=where, reason=first["msg"])) from None
    except (ValueError, RecursionError) as error:  # not TOML, a number without end, brackets without end
        raise BadCalendar(say("This is not a calendar file: {reason}.", reason=str(error))) from None
    _check_file(file)
    return Calendar(
        name=file.name,
        known_from=file.known_from,
        known_until=file.known_until,
        weekend=frozenset(file.weekend),
        off=_sourced(file.off, file),
        work=_sourced(file.work, file),
        holidays={one.day: {"zh": one.zh, "en": one.en} for one in file.holidays},
    )


class _Holiday(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    day: date
    zh: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: Annotated[str, Field(min_length=1)]
    known_from: date
    known_until: date
    weekend: list[Annotated[int, Field(ge=1, le=7)]]
    off: list[date]
    work: list[date]
    source: Annotated[str, Field(min_length=1)]
    holidays: list[_Holiday] = []


def _check_file(file: _File) -> None:
    if file.known_until < file.known_from:
        raise BadCalendar(say("known_until lies before known_from: give the first and the last day announced."))
    if not FIRST <= file.known_from <= file.known_until <= LAST:
        reason = say("Give a day from {first} to {last}.", first=FIRST, last=LAST)
        where = "known_until" if file.known_from >= FIRST else "known_from"
        raise BadCalendar(say("{where} is wrong: {reason}.", where=where, reason=reason))
    if both := sorted(set(file.off) & set(file.work)):
        raise BadCalendar(say("{day} stands in both off and work: leave it in one of them.", day=both[0]))
    if worked := sorted({one.day for one in file.holidays} - set(file.off)):
        raise BadCalendar(say("{day} stands in holidays and not in off: add it to off.", day=worked[0]))
    if len(set(file.weekend)) == 7:
        raise BadCalendar(say("The weekend takes up the whole week: name the days that are not worked."))


def _sourced(days: Iterable[date], file: _File) -> dict[date, str]:
    return {day: file.source if day <= file.known_until else "" for day in days}


def _check_fits(calendar: Calendar, other: Calendar) -> None:
    if other.name != calendar.name:
        raise BadCalendar(
            say("This file extends the calendar {theirs}, not {ours}.", theirs=other.name, ours=calendar.name)
        )
    if other.weekend != calendar.weekend:
        raise BadCalendar(say("This file has another weekend than the calendar {name}.", name=calendar.name))
    if other.known_from > calendar.known_until + ONE_DAY:
        raise BadCalendar(
            say(
                "This file begins on {begins}, but the calendar ends on {ends}: load the time in between first.",
                begins=other.known_from,
                ends=calendar.known_until,
            )
        )
    if other.known_until < calendar.known_from - ONE_DAY:
        raise BadCalendar(
            say(
                "This file ends on {ends}, but the calendar begins on {begins}: load the time in between first.",
                begins=calendar.known_from,
                ends=other.known_until,
            )
        )


def _without(days: Mapping[date, _T], gone: Mapping[date, str]) -> dict[date, _T]:
    return {day: said for day, said in days.items() if day not in gone}


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
    held_so_long = any(isinstance(pause.end, ProvisionalDay) for pause in pauses)
    provisional = held_so_long or any(day.provisional for day in days)
    return Count(as_counted(days[-1].day, provisional), provisional, days)


def due(
    calendar: Calendar, start: date, n: int, unit: Unit, *, rolls: bool = False, pauses: Sequence[Pause] = ()
) -> tuple[date, bool]:
    """The last day alone, and whether it is provisional: the walk of `count`, without writing it down."""
    day, provisional = start, False
    for day, _, _, unannounced in _walk(calendar, start, n, unit, rolls, pauses):  # noqa: B007 -- the last is meant
        provisional = provisional or unannounced
    return as_counted(day, provisional), provisional


def add_months(start: date, n: int) -> date:
    """The corresponding day n months on, or the last of that month where it has none (民法典 202)."""
    year, month = divmod(start.year * 12 + start.month - 1 + n, 12)
    if year > date.max.year:
        raise OverflowError("date value out of range")
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


_DAYS: Final[Mapping[Unit, Callable[[date, int], int]]] = {
    Unit.WORKDAY: lambda _start, n: n,
    Unit.DAY: lambda _start, n: n,
    Unit.MONTH: lambda start, n: (add_months(start, n) - start).days,
}
"""How many days count for n units from a day."""
_Step = tuple[date, int | None, Why, bool]
_Held = Callable[[date], Why | None]


def _walk(calendar: Calendar, start: date, n: int, unit: Unit, rolls: bool, pauses: Sequence[Pause]) -> Iterator[_Step]:
    """Day by day from the start: (day, ordinal, why, whether an unannounced day was read)."""
    if n < 0:
        raise ValueError("a limit cannot be negative")
    start = as_counted(start, False)
    budget = _DAYS[unit](start, n)
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
