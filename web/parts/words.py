"""Sentences that several parts say: spans of time, what is left, sentences in a row. Knows no page and no language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Final

from notifications.languages import span
from workflow.calendar import Calendar, ProvisionalDay, Unit, workdays_between
from workflow.refusal import Message, say
from workflow.timing import SOON

Words = Message | str
"""A message to be translated, or a name, number or quotation that reads the same in every language."""


WEEKDAYS: Final = (say("Mo"), say("Tu"), say("We"), say("Th"), say("Fr"), say("Sa"), say("Su"))
MONTHS: Final = (
    say("Jan"),
    say("Feb"),
    say("Mar"),
    say("Apr"),
    say("May"),
    say("Jun"),
    say("Jul"),
    say("Aug"),
    say("Sep"),
    say("Oct"),
    say("Nov"),
    say("Dec"),
)


def short_day(day: date) -> Message:
    """A day without year and weekday, above a drawing: 11月23日, 23 Nov."""
    return say("{d} {month}", d=day.day, month=MONTHS[day.month - 1])


def full_day(day: date) -> Message:
    """A day with its year and without its weekday, where a line spans years: 2027年3月18日, 18 Mar 2027."""
    return say("{d} {month} {year}", d=day.day, month=MONTHS[day.month - 1], year=day.year)


def length(n: int, unit: Unit) -> Message:
    """How long a limit is; of nought, until the end of the day from which it counts."""
    return span(n, unit) if n else say("the same day")


@dataclass(frozen=True)
class DaysLeft:
    """What is left of a deadline: days of its unit, negative when it is late. `due` is None while it is on hold."""

    left: int
    due: date | None
    unit: Unit = Unit.WORKDAY

    @classmethod
    def to(cls, day: date | None, calendar: Calendar, today: date) -> DaysLeft | None:
        """The working days to a day of which no timer is known; nothing where no clock runs."""
        return cls(workdays_between(calendar, today, day), day) if day else None

    @property
    def held(self) -> bool:
        return self.due is None

    @property
    def provisional(self) -> bool:
        return isinstance(self.due, ProvisionalDay)

    @property
    def late(self) -> bool:
        return self.left < 0

    @property
    def urgency(self) -> str:
        """`hold`, `late`, `soon` or `run`: how a place is coloured, beside its words."""
        if self.held:
            return "hold"
        if self.late:
            return "late"
        return "soon" if self.left <= SOON else "run"

    @property
    def span(self) -> Message:
        """How much is left, or by how much it is late."""
        return span(abs(self.left), Unit.WORKDAY if self.unit is Unit.WORKDAY else Unit.DAY)

    @property
    def words(self) -> Message:
        """When it is due, beside what is left of it."""
        if self.due is None:
            return say("On hold, {span} left", span=self.span)
        if self.late:
            return say("{span} late, it was due {day}", span=self.span, day=self.due)
        if self.left == 0:
            return say("Due today, {day}", day=self.due)
        return say("Due in {span}, {day}", span=self.span, day=self.due)

    @property
    def rest(self) -> Message:
        """The same without its day, where that stands beside it."""
        if self.held:
            return say("on hold, {amount} left", amount=self.span)
        if self.left == 0:
            return say("due today")
        return say("{amount} late", amount=self.span) if self.late else say("{amount} left", amount=self.span)

    @property
    def short(self) -> Message:
        """The same in a column of a list, under a heading that says the unit."""
        if self.held:
            return say("on hold")
        if self.late:
            return say("{n} d late", n=-self.left)
        return say("{n} d left", n=self.left) if self.left else say("today")


def listed(items: Iterable[Words]) -> Words:
    """Things named one after the other, with the comma of the language; at least one."""
    return reduce(lambda first, rest: say("{first}, {rest}", first=first, rest=rest), items)


def in_a_row(sentences: Iterable[Message]) -> Message:
    """Sentences as one message, spaced as the language spaces them."""
    return reduce(lambda first, rest: say("{first} {rest}", first=first, rest=rest), sentences)
