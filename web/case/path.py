"""The desks of a case: what its reader calls them, and those still to come with the last day of each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final

from cases.kinds import all_kinds
from cases.model.custody import returns
from web.case.reading import CaseEvent, Reading
from web.parts.words import Words
from web.site.language import bureau_short, in_a_sentence, office_short, party_name
from workflow.calendar import ProvisionalDay, as_counted, due
from workflow.definition import CLOCK, OPERATOR, ROLES, SENDS_BACK, STAY, Action, Deadline, Definition, Party
from workflow.guards import About, CameFrom
from workflow.refusal import Message, say
from workflow.timing import Timer, due_of, explain


@dataclass(frozen=True)
class Milestone:
    """The last day of a stage, and whose desk it is. `running` is its timer where the stage has begun.

    `chosen_later`: which bureau has it then is still to be said.
    """

    deadline: Deadline
    owner: str
    day: date
    running: Timer | None = None
    chosen_later: bool = False


def milestones(reading: Reading) -> tuple[Milestone, ...]:
    """The stages from here to the answer, in order, each with its last possible day; none of a closed case."""
    if reading.state.final or reading.lost:
        return ()
    definition, snapshot, calendar = reading.definition, reading.file.snapshot, reading.world.calendar
    found: dict[str, Milestone] = {}
    day = reading.today
    way = Way.of(reading)
    states = (reading.state.name, *ahead(way, reading.state.name))
    for before, state in zip(("", *states), states, strict=False):
        stage = stage_of(definition, state, snapshot.variant)
        if stage is None or stage.name in found:
            continue
        timer = reading.file.running(stage.name)
        if timer and due_of(timer, calendar).day is None:
            # on hold: as if the hold ended on the last day before it
            last = explain(timer, calendar, until=day).due
        elif timer:
            last = due_of(timer, calendar).day or day
        else:
            rule = reading.world.limit_of(snapshot, stage.rule)
            last = due(calendar, day, rule.n, rule.unit, rolls=rule.rolls)[0]
        last = as_counted(last, isinstance(last, ProvisionalDay) or isinstance(day, ProvisionalDay))
        later = bool(before) and _routes_by_choice(way, before, state)
        found[stage.name] = Milestone(stage, str(definition.state(state).desk), last, timer, later)
        day = max(last, reading.today)
    return tuple(found.values())


def _routes_by_choice(way: Way, state: str, then: str) -> bool:
    """Whether the step from one state to the next says itself which bureau gets the case."""
    rows = (row for row in leading_on(way, state) if then in row.targets)
    routes = {effect.of for row in rows for effect in row.does if effect.name == "route"}
    return bool(routes - {"supplied_by", "determined_by", "own_bureau"})


def stage_of(definition: Definition, state: str, variant: str) -> Deadline | None:
    """The deadline that runs for the desk of a state: of several the one over the fewest states."""
    desk = definition.state(state).desk
    running = [
        deadline
        for deadline in definition.deadlines_of(variant)
        if state in deadline.over and state not in deadline.paused_in and deadline.owned_by(desk)
    ]
    return min(running, key=lambda deadline: len(deadline.over), default=None)


@dataclass(frozen=True)
class Way:
    """A procedure as one case may still go through it: all on which that depends, so that it is worked out once.

    `came`: from which state each act was last taken, of those for which a guard asks; None of no case.
    """

    definition: Definition = field(hash=False)
    variant: str
    came: frozenset[tuple[str, str]] | None = None
    subject: str = ""

    @classmethod
    def of(cls, reading: Reading) -> Way:
        case, definition = reading.file.snapshot, reading.definition
        asked = {guard.by for row in definition.actions for guard in row.guard if isinstance(guard, CameFrom)}
        came = {event.action: event.source for event in reading.past if event.action in asked}
        known = frozenset(came.items()) if reading.past else None
        return cls(definition, case.variant, known, reading.world.subject_of(case))


@lru_cache(maxsize=2000)
def ahead(way: Way, state: str) -> tuple[str, ...]:
    """The states still to be passed: of the ways on, the one with the most stages, since that is the one that nobody
    may exceed; of several such, the shortest."""
    return _ahead(way, state, frozenset())


def _ahead(way: Way, state: str, seen: frozenset[str]) -> tuple[str, ...]:
    seen = seen | {state}
    ways = [
        (target, *_ahead(way, target, seen))
        for action in leading_on(way, state)
        for target in action.targets
        if isinstance(target, str) and target not in seen
    ]
    return max(ways, key=lambda states: (len(_stages(way, states)), -len(states)), default=())


def _stages(way: Way, states: Sequence[str]) -> set[str]:
    found = (stage_of(way.definition, state, way.variant) for state in states)
    return {stage.name for stage in found if stage}


@lru_cache(maxsize=2000)
def leading_on(way: Way, state: str) -> Sequence[Action]:
    """The rows that lead on from a state: none back, none that waits, and none that ends it while others do not."""
    definition = way.definition
    rows = [row for row in definition.actions_from(state, way.variant) if _leads_on(way, row, state)]
    going_on = [row for row in rows if not ends(definition, row)]
    return tuple(going_on or rows)


def main_step(way: Way, state: str, names: Collection[str]) -> Action | None:
    """Of the acts with these names the one along which most cases go on; none where all of them end it."""
    onward = [row for row in leading_on(way, state) if row.name in names and not ends(way.definition, row)]
    first = ahead(way, state)[:1]
    straight = (row for row in onward if first and first[0] in row.targets)
    return next(straight, next(iter(onward), None))


def _leads_on(way: Way, row: Action, state: str) -> bool:
    if not row.moves_on or row.reopens or row.optional or row.part is SENDS_BACK or returns(way.definition, row, state):
        return False
    if any(not _came_so(guard, way) for guard in row.guard):
        return False
    if any(effect.name == "succeed" for effect in row.does):  # a bureau became another: no step of the procedure
        return False
    parties = {role.party for role in row.by}
    if way.definition.state(state).desk is Party.ENTERPRISE:
        return Party.CLOCK in parties
    return not parties.isdisjoint((Party.OFFICE, Party.BUREAU)) and not waits(way.definition, row)


def ends(definition: Definition, row: Action) -> bool:
    """Whether an act ends the case whatever is answered: it cannot be undone."""
    return bool(row.targets) and all(
        target is not STAY and definition.state(str(target)).final for target in row.targets
    )


def waits(definition: Definition, row: Action) -> bool:
    """Whether the case then waits for the enterprise."""
    targets = (definition.state(str(target)) for target in row.targets if target is not STAY)
    return any(target.desk is Party.ENTERPRISE for target in targets)


def _came_so(guard: object, way: Way) -> bool:
    """Whether a way that is open only to cases that came from somewhere, or about somebody, is open to this one."""
    if way.came is None:
        return True
    if isinstance(guard, About):
        return (way.subject in guard.codes) is not guard.unless
    return not isinstance(guard, CameFrom) or any(by == guard.by and state in guard.states for by, state in way.came)


BY_NOBODY: Final = {CLOCK.name: say("the clock"), OPERATOR.name: say("whoever runs this site")}
"""Who acted where it was no person."""


def desk_name(reading: Reading, party: Party | str | None, bureau: int | None = None) -> Words:
    """A desk of this case, as the reader calls it."""
    found = reading.bureaus.get(bureau) if bureau else reading.bureau
    return party_name(party, found, reading.file.enterprise_name, reading.mine)


def desk_in_a_sentence(reading: Reading, party: Party | str | None) -> Words:
    return in_a_sentence(desk_name(reading, party), party)


def desk_of(reading: Reading, stone: Milestone) -> Words:
    """The desk of a stage to come; of a bureau that is still to be chosen there is no name."""
    if stone.chosen_later and stone.owner == Party.BUREAU:
        return say("the bureau")
    return desk_name(reading, stone.owner)


def actor_of(reading: Reading, event: CaseEvent) -> Words:
    """Who acted: a person and where they sit, a deputy with for whom, the clock, or another case (D16)."""
    if batch := event.codes.get("batch"):
        return say("the sheet {name}", name=batch)
    if event.person is None:
        # another case by its number for those who may read it; for everybody else it is the office that acted
        number = event.codes.get("opened_by")
        by_case = say("another case, {number}", number=number) if number in reading.known_cases else office_short()
        return BY_NOBODY.get(event.body["role"]) or by_case
    name: Words = reading.names.get(event.person, "")
    if event.acted_for is not None:
        name = say("{name} (for {other})", name=name, other=reading.names.get(event.acted_for, ""))
    if event.through is not None:
        name = say("{name} (through {system})", name=name, system=reading.names.get(event.through, ""))
    return say("{name}, {place}", name=name, place=_place(reading, event))


def _place(reading: Reading, event: CaseEvent) -> Words:
    role = event.body["role"]
    party = next((one.party for one in (*event.action.by, *ROLES.values()) if one.name == role), Party.OFFICE)
    if party is Party.ENTERPRISE:
        return reading.file.enterprise_name
    if party is Party.OFFICE:
        return office_short()
    bureau = reading.bureaus.get(event.body.get("by_bureau") or 0)
    return bureau_short(bureau) if bureau else desk_name(reading, party)


def turn_of(kind: str, state: str, desk: str | None, whose: str) -> Message:
    """Whose turn it is, and to do what. `whose`: what the desk is called, where it is not the reader's own."""
    duty = say(all_kinds()[kind].state(state).work)
    if desk == Party.ENTERPRISE:
        return say("It is your turn to {duty}.", duty=duty)
    return say("It is now up to the {desk} to {duty}.", desk=whose, duty=duty)
