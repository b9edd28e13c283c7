"""Sentences that several parts say: spans of time, what is left, sentences in a row. Knows no page and no language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Final

from workflow.calendar import Unit
from workflow.refusal import Message, say

Words = Message | str
"""A message to be translated, or a name, number or quotation that reads the same in every language."""


@dataclass(frozen=True)
class Amount:
    """An amount as records keep it, in units of 10,000 yuan; Chinese says it so (万元), English in yuan."""

    figure: str

    def __str__(self) -> str:
        yuan = f"{Decimal(self.figure) * 10_000:,.2f}".removesuffix(".00")
        return f"{yuan} yuan"


ONE: Final = {Unit.WORKDAY: say("1 working day"), Unit.DAY: say("1 day"), Unit.MONTH: say("1 month")}
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


def full_day(day: date) -> Message:
    """A day with its year and without its weekday, where a line spans years: 2027年3月18日, 18 Mar 2027."""
    return say("{d} {month} {year}", d=day.day, month=MONTHS[day.month - 1], year=day.year)


def span(n: int, unit: Unit = Unit.WORKDAY) -> Message:
    """So many working days, days or months."""
    if n == 1:
        return ONE[unit]
    if unit is Unit.WORKDAY:
        return say("{n} working days", n=n)
    return say("{n} days", n=n) if unit is Unit.DAY else say("{n} months", n=n)


def length(n: int, unit: Unit) -> Message:
    """How long a limit is; of nought, until the end of the day from which it counts."""
    return span(n, unit) if n else say("the same day")


def due_words(left: int, due: date | None, unit: Unit, provisional: bool = False) -> Message:
    """When it is due, beside what is left of it. No `due`: on hold. `left` as `workflow.timing.left` answers."""
    counted = span(abs(left), Unit.WORKDAY if unit is Unit.WORKDAY else Unit.DAY)
    if due is None:
        return say("On hold, {span} left", span=counted)
    if left < 0:
        return say("{span} late, it was due {day}", span=counted, day=due)
    if provisional:
        return say("Provisionally due in {span}, {day}", span=counted, day=due)
    return say("Due in {span}, {day}", span=counted, day=due) if left else say("Due today, {day}", day=due)


def left_words(left: int, paused: bool = False) -> Message:
    """The same in a column of a list, under a heading that says the unit."""
    if paused:
        return say("on hold")
    if left < 0:
        return say("{n} d late", n=-left)
    return say("{n} d left", n=left) if left else say("today")


def urgency(left: int, paused: bool = False) -> str:
    """`hold`, `late`, `soon` (three or fewer left) or `run`: how a place is coloured, beside its words."""
    if paused:
        return "hold"
    if left < 0:
        return "late"
    return "soon" if left <= 3 else "run"


def listed(items: Iterable[Words]) -> Words:
    """Things named one after the other, with the comma of the language; at least one."""
    return reduce(lambda first, rest: say("{first}, {rest}", first=first, rest=rest), items)


def in_a_row(sentences: Iterable[Message]) -> Message:
    """Sentences as one message, spaced as the language spaces them."""
    return reduce(lambda first, rest: say("{first} {rest}", first=first, rest=rest), sentences)
