"""What is still to come of a case: the desks it has to pass and the last day of each, by the rules that hold for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from web.case_reading import Reading
from workflow.calendar import due
from workflow.definition import STAY, Action, Deadline, Definition, Party
from workflow.guards import CameFrom
from workflow.snapshot import Past
from workflow.timing import Timer, due_of, explain

SENDS_BACK = "send_back"
"""Acts that lead back: no way on."""


@dataclass(frozen=True)
class Milestone:
    """The last day of a stage. `running` is its timer where the stage has begun."""

    deadline: Deadline
    day: date
    provisional: bool
    running: Timer | None = None


def milestones(reading: Reading) -> tuple[Milestone, ...]:
    """The stages from here to the answer, in order, each with its last possible day; none of a closed case."""
    if reading.state.final or reading.lost:
        return ()
    return tuple(_milestones(reading))


def _milestones(reading: Reading) -> Iterator[Milestone]:
    way = (reading.state.name, *ahead(reading.definition, reading.state.name, reading.past))
    done: set[str] = set()
    day, provisional = reading.today, False
    for state in way:
        stage = stage_of(reading.definition, state, reading.file.snapshot.variant)
        if stage is None or stage.name in done:
            continue
        done.add(stage.name)
        timer = reading.file.running(stage.name)
        if timer:
            day, unsure = _running_day(reading, timer, day)
        else:
            rule = reading.world.jurisdiction.limit(stage.rule, reading.file.snapshot.variant, reading.file.filed_on)
            day, unsure = due(reading.world.calendar, day, rule.n, rule.unit, rolls=rule.rolls)
        provisional = provisional or unsure
        yield Milestone(stage, day, provisional, timer)
        day = max(day, reading.today)


def _running_day(reading: Reading, timer: Timer, before: date) -> tuple[date, bool]:
    """When it is due; on hold: if the hold ends on the last day before it."""
    found = due_of(timer, reading.world.calendar)
    if found.day is not None:
        return found.day, found.provisional
    count = explain(timer, reading.world.calendar, until=before)
    return count.due, count.provisional


def stage_of(definition: Definition, state: str, variant: str) -> Deadline | None:
    """The deadline that runs for the desk of a state: of several the one over the fewest states."""
    desk = definition.state(state).desk
    running = [
        deadline for deadline in definition.deadlines_of(variant)
        if state in deadline.over and state not in deadline.paused_in and deadline.owner == desk
    ]  # fmt: skip
    return min(running, key=lambda deadline: len(deadline.over), default=None)


def ahead(
    definition: Definition, state: str, past: Sequence[Past], seen: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """The states still to be passed: of the ways on, the longest, since that is the one nobody may exceed."""
    seen = seen | {state}
    ways = [
        (target, *ahead(definition, target, past, seen))
        for action in definition.actions_from(state)
        if _leads_on(definition, action, state, past)
        for target in action.targets
        if target is not STAY and target not in seen and isinstance(target, str)
    ]
    return max(ways, key=len, default=())


def _leads_on(definition: Definition, action: Action, state: str, past: Sequence[Past]) -> bool:
    if action.reopens or action.name == SENDS_BACK or any(not _came_so(guard, past) for guard in action.guard):
        return False
    parties = {role.party for role in action.by}
    if definition.state(state).desk is Party.ENTERPRISE:
        return Party.CLOCK in parties
    targets = [definition.state(str(target)) for target in action.targets if target is not STAY]
    waits = any(target.desk is Party.ENTERPRISE for target in targets)
    return not parties.isdisjoint((Party.OFFICE, Party.BUREAU)) and not waits


def _came_so(guard: object, past: Sequence[Past]) -> bool:
    """Whether a way that is open only to cases that came from somewhere is open to this one."""
    if not isinstance(guard, CameFrom):
        return True
    last = next((event for event in reversed(past) if event.action == guard.by), None)
    return last is not None and last.source in guard.states
