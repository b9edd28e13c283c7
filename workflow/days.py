"""Which days are worked: weekends, holidays, make-up days, and how far that is announced.

A calendar is data with an end. It knows no deadline, no place and no clock; counting is `calendar.py`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workflow.refusal import Message, say

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
    for its year is not out. A local holiday is a day in `off` from a file of its own.
    """

    name: str
    known_from: date
    known_until: date
    weekend: frozenset[int]
    off: Mapping[date, str] = field(hash=False, repr=False)
    work: Mapping[date, str] = field(hash=False, repr=False)

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
        )


def next_workday(calendar: Calendar, day: date) -> date:
    """The day itself where it is worked, else the first worked day after it."""
    while not calendar.is_worked(day):
        day += ONE_DAY
    return day


def add_workdays(calendar: Calendar, day: date, k: int) -> date:
    """The k-th worked day after the day, or before it where k is negative; the day itself for 0."""
    step = ONE_DAY if k > 0 else -ONE_DAY
    left = abs(k)
    while left:
        day += step
        left -= calendar.is_worked(day)
    return day


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
    )


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: Annotated[str, Field(min_length=1)]
    known_from: date
    known_until: date
    weekend: list[Annotated[int, Field(ge=1, le=7)]]
    off: list[date]
    work: list[date]
    source: Annotated[str, Field(min_length=1)]


def _check_file(file: _File) -> None:
    if file.known_until < file.known_from:
        raise BadCalendar(say("known_until lies before known_from: give the first and the last day announced."))
    if not FIRST <= file.known_from <= file.known_until <= LAST:
        reason = say("Give a day from {first} to {last}.", first=FIRST, last=LAST)
        where = "known_until" if file.known_from >= FIRST else "known_from"
        raise BadCalendar(say("{where} is wrong: {reason}.", where=where, reason=reason))
    if both := sorted(set(file.off) & set(file.work)):
        raise BadCalendar(say("{day} stands in both off and work: leave it in one of them.", day=both[0]))
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


def _without(days: Mapping[date, str], gone: Mapping[date, str]) -> dict[date, str]:
    return {day: source for day, source in days.items() if day not in gone}
