"""A count told in sentences: from when, what does not count, where today stands, and the last day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from web.parts.words import in_a_row, span
from workflow.calendar import Count, Day, Unit, Why
from workflow.refusal import Message, say

HELD = (Why.PAUSED, Why.AWAY)


def sentence_of(count: Count, today: date, late: Sequence[Day], n: int, unit: Unit) -> Message:
    """The whole count, as one message."""
    return in_a_row(_sentences(count, today, late, n, unit))


def _sentences(count: Count, today: date, late: Sequence[Day], n: int, unit: Unit) -> Iterator[Message]:
    first = count.days[0].day
    yield say("{span}, counted from {day}, which itself does not count.", span=span(n, unit), day=first)
    yield from _not_counted(count)
    yield from _counted_all_the_same(count)
    if not late:
        yield from _today(count, today)
    yield say("The last day was {day}.", day=count.due) if late else _last(count)
    if by := max((day.ordinal or 0 for day in late), default=0):
        yield say("It is {span} late.", span=span(by, Unit.WORKDAY if unit is Unit.WORKDAY else Unit.DAY))


def _not_counted(count: Count) -> Iterator[Message]:
    for held, run in groupby(count.days[1:], key=lambda day: day.why in HELD):
        days = list(run)
        if held and len(days) == 1:
            yield say("On hold on {day}.", day=days[0].day)
        elif held:
            yield say("On hold from {first} to {last}.", first=days[0].day, last=days[-1].day)
    for holiday, run in groupby(count.days[1:], key=lambda day: day.why is Why.HOLIDAY):
        days = list(run)
        if holiday and len(days) == 1:
            yield say("{day} is a public holiday and does not count.", day=days[0].day)
        elif holiday:
            yield say("{first} to {last} are public holidays and do not count.", first=days[0].day, last=days[-1].day)


def _counted_all_the_same(count: Count) -> Iterator[Message]:
    for day in count.days:
        if day.why is Why.MAKE_UP:
            yield say("{day} is a make-up working day and counts.", day=day.day)


def _today(count: Count, today: date) -> Iterator[Message]:
    here = next((day for day in count.days if day.day == today), None)
    if here is None or here.why is Why.START:
        return
    if here.ordinal is not None:
        yield say("Today is day {n}.", n=here.ordinal)
    else:
        yield say("Today it is on hold.") if here.why in HELD else say("Today does not count.")


def _last(count: Count) -> Message:
    if count.provisional:
        return say("The last day is {day} for now: not all holidays up to it have been announced.", day=count.due)
    if count.days[-1].why is Why.ROLLED:
        return say("The last day would be a day off, so it moves to {day}.", day=count.due)
    return say("The last day is {day}, and the whole of it is in time.", day=count.due)
