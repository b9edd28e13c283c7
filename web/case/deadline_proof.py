"""The proof of a deadline as a table: each day, whether it counts, and why or why not. Drawn from `explain` alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from web.case.deadlines import Clock
from web.case.reading import Reading
from web.parts.words import Words
from workflow.calendar import Day, Why
from workflow.refusal import Message, say
from workflow.timing import late_days

COUNTED: Final = {
    Why.START: say("the first day, not counted"),
    Why.WEEKEND: say("day of rest, not counted"),
    Why.HOLIDAY: say("public holiday, not counted"),
    Why.PAUSED: say("on hold, not counted"),
    Why.AWAY: say("lay elsewhere, not counted"),
    Why.RESUMED: say("first day after the hold"),
    Why.ROLLED: say("the next working day"),
}


@dataclass(frozen=True)
class ProofLine:
    """One day of the proof."""

    day: date
    counted: Message
    why: Words
    today: bool
    due: bool
    provisional: bool


def proof_of(reading: Reading, clock: Clock) -> tuple[ProofLine, ...]:
    """A line for each day from the start to the due day; of a late one, to today."""
    late = late_days(clock.timer, reading.world.calendar, reading.today)
    return (*_lines(reading, clock, clock.count.days, False), *_lines(reading, clock, late, True))


def _lines(reading: Reading, clock: Clock, days: tuple[Day, ...], late: bool) -> Iterator[ProofLine]:
    for day in days:
        yield ProofLine(
            day.day,
            _counted(day, late),
            _why(reading, day),
            day.day == reading.today,
            day.day == clock.count.due,
            day.provisional,
        )


def _counted(day: Day, late: bool) -> Message:
    if day.ordinal is None:
        return say("day off, on hold too") if day.off and day.why in (Why.PAUSED, Why.AWAY) else COUNTED[day.why]
    if late:
        return say("late, day {n}", n=day.ordinal)
    if day.why is Why.MAKE_UP:
        return say("day {n}, a make-up working day", n=day.ordinal)
    return say("day {n}", n=day.ordinal)


def _why(reading: Reading, day: Day) -> Words:
    """The holiday notice behind it, else what happened to the case on that day."""
    if day.source:
        return day.source
    happened = next((event for event in reading.events if event.on == day.day and event.moved), None)
    return say(happened.action.done) if happened else ""
