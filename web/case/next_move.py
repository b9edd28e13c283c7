"""Which clocks an act that is not taken yet would start and stop, and from which day they would count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from web.case.reading import Reading
from web.parts.words import span
from workflow.calendar import Unit, due
from workflow.definition import Action, Deadline, State
from workflow.refusal import Message, say
from workflow.timing import left


def begins_with(reading: Reading, target: State) -> Deadline | None:
    """The deadline that begins with that state, the narrowest if several do."""
    now = reading.file.snapshot.state
    begun = [
        deadline
        for deadline in reading.definition.deadlines_of(reading.file.snapshot.variant)
        if target.name in deadline.over
        and (now not in deadline.over or deadline.fresh)
        and deadline.owned_by(target.desk)
        and reading.file.running(deadline.name) is None
    ]
    return min(begun, key=lambda deadline: len(deadline.over), default=None)


def due_with(reading: Reading, action: Action, deadline: Deadline, variant: str | None = None) -> date | None:
    """The last day of a deadline that begins with this act; None: it counts from a day that the form asks for."""
    counted = _counted_from(reading, action, deadline)
    if counted is None:
        return None
    case = reading.file.snapshot if variant is None else replace(reading.file.snapshot, variant=variant)
    rule = reading.world.limit_of(case, deadline.rule)
    return due(reading.world.calendar, counted, rule.n, rule.unit, rolls=rule.rolls)[0]


def _counted_from(reading: Reading, action: Action, deadline: Deadline) -> date | None:
    source = deadline.counts_from
    if source is None or reading.file.snapshot.round > 1:
        return reading.today
    if source.asked:
        asked_here = any(field.name == source.asked for field in action.asks)
        said = next((past.codes[source.asked] for past in reversed(reading.past) if source.asked in past.codes), None)
        return None if asked_here or said is None else date.fromisoformat(str(said))
    if source.filing:
        return reading.today if deadline.fresh else reading.file.filed_on
    taken = [past.on for past in reading.past if past.action == source.taken]
    return reading.today if action.name == source.taken or not taken else taken[-1]


def clocks_that_stop(reading: Reading, target: State) -> Iterator[Message]:
    """The clocks that would stand still in that state."""
    for timer in reading.file.snapshot.timers:
        deadline = reading.definition.deadline(timer.deadline, reading.file.snapshot.variant)
        if timer.stopped is None and target.name in deadline.paused_in and timer.open_hold is None:
            still = left(timer, reading.world.calendar, reading.today)
            if still >= 0:
                unit = Unit.WORKDAY if timer.unit is Unit.WORKDAY else Unit.DAY
                yield say(
                    "The clock “{deadline}” stands still, with {span} left.",
                    deadline=say(deadline.label),
                    span=span(still, unit),
                )
