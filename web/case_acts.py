"""What the reader can do with a case: each act with what it brings about, and those that are used up, with why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from web.case_path import ahead
from web.case_reading import Reading
from web.case_turn import desk_name
from web.parts.words import Words
from workflow.calendar import due
from workflow.decide import Open, choices
from workflow.definition import STAY, Action, Addressee, Branch, Deadline, State
from workflow.refusal import Message, say
from workflow.snapshot import Facts
from workflow.timing import left

EFFECTS: Final[Mapping[str, Message]] = {
    "flag": say("The record is marked “under objection”."),
    "unflag": say("The mark “under objection” is taken off the record."),
    "correct": say("The record is changed by the findings; what stood there before is kept."),
    "end_display": say("Where the findings say so, the record is no longer displayed."),
    "keep_statement": say("Beside what could not be established stand the firm's own words and the day of the check."),
    "extend": say("The time becomes longer, once."),
    "open_case": say("A linked correction is opened, so that the bureau puts its own system right."),
}
TOLD: Final[Mapping[Addressee, Message]] = {
    Addressee.FILER: say("the firm"),
    Addressee.BUREAU: say("the bureau"),
    Addressee.OFFICE: say("the office"),
    Addressee.CHIEF: say("the head of the office"),
    Addressee.DESK: say("the desk that has the case"),
    Addressee.OWNER: say("whoever has to keep the deadline"),
    Addressee.OWNER_HEAD: say("their head"),
    Addressee.LEADING_GROUP: say("the leading group"),
    Addressee.AUDITOR: say("the auditor"),
}
DRAINS: Final = ("ask", "ask_papers", "return", "extend")
"""Acts that can be taken once in a case."""


@dataclass(frozen=True)
class Choice:
    """An act that is open, with what it brings about; `final` when it cannot be undone."""

    name: str
    label: Message
    moves: bool
    final: bool
    main: bool
    brings: tuple[Message, ...]


@dataclass(frozen=True)
class UsedUp:
    """An act that cannot be taken now, and why."""

    name: str
    label: Message
    why: Message


@dataclass(frozen=True)
class Choices:
    """`steps` move the case on, `others` leave it where it is."""

    steps: tuple[Choice, ...] = ()
    others: tuple[Choice, ...] = ()
    used: tuple[UsedUp, ...] = ()

    @property
    def all(self) -> tuple[Choice, ...]:
        return (*self.steps, *self.others)


def open_to(reading: Reading) -> tuple[Open, ...]:
    """The acts of this state that belong to the reader's roles in this case."""
    if reading.lost:
        return ()
    return choices(reading.definition, reading.file.snapshot, reading.world, reading.person, reading.now)


def choices_of(reading: Reading, acts: Sequence[Open]) -> Choices:
    """Sorted for the page: one of the steps is the main one, the first that can be undone."""
    open_acts = [one for one in acts if one.why_not is None]
    moving = [one.action for one in open_acts if one.action.moves and one.role.party is reading.state.desk]
    main = _leads_on(reading, moving)
    made = [(one, _choice(reading, one.action, main)) for one in open_acts]
    steps = [choice for one, choice in made if one.action in moving]
    others = tuple(choice for one, choice in made if one.action not in moving)
    used = tuple(UsedUp(one.action.name, say(one.action.label), one.why_not) for one in acts if one.why_not)
    return Choices(tuple(sorted(steps, key=lambda step: (not step.main, step.final))), others, used)


def _leads_on(reading: Reading, moving: Sequence[Action]) -> Action | None:
    """The step along which most cases go on; else the first that can be undone."""
    way = ahead(reading.definition, reading.state.name, reading.past)
    undone = [action for action in moving if not is_final(reading, action)]
    return next((action for action in undone if way and way[0] in action.targets), next(iter(undone), None))


def is_final(reading: Reading, action: Action) -> bool:
    """Whether an act ends the case whatever is answered: it cannot be undone."""
    return bool(action.targets) and all(
        target is not STAY and reading.definition.state(str(target)).final for target in action.targets
    )


def _choice(reading: Reading, action: Action, main: Action | None) -> Choice:
    brings = tuple(consequences(reading, action))
    return Choice(action.name, say(action.label), action.moves, is_final(reading, action), action is main, brings)


def consequences(reading: Reading, action: Action) -> Iterator[Message]:
    """What an act brings about, in the order in which a person asks: the record, the case, the clocks, who is told."""
    yield from (EFFECTS[effect.name] for effect in dict.fromkeys(action.does) if effect.name in EFFECTS)
    targets = [reading.definition.state(str(target)) for target in action.targets if target is not STAY]
    then = _target(reading, action, targets)
    if then:
        yield from _then(reading, action, then)
    if targets and all(target.final for target in targets):
        yield say("The case is closed. This cannot be called back.")
        if any(target.adverse for target in targets):
            yield say("The firm gets your reasons in writing, with the body to turn to and the time for it.")
    if action.name in DRAINS:
        yield say("This can be done once in a case.")
    told = list(dict.fromkeys(notice.to for notice in action.tells))
    if told:
        yield say("Told: {who}.", who=_row([TOLD[to] for to in told]))
    elif action.target is STAY:
        yield say("Nobody is told, no clock stops.")


def _target(reading: Reading, action: Action, targets: Sequence[State]) -> State | None:
    """Where the act leads, as far as that is known before it is answered."""
    if len(targets) == 1 or not isinstance(action.target, Branch):
        return targets[0] if targets else None
    role = next((role for role in action.by if role in reading.person.roles), action.by[0])
    facts = Facts(reading.definition, reading.file.snapshot, reading.world, action, role, reading.person, {},
                  reading.now, reading.today)  # fmt: skip
    value = action.target.question.read(facts)
    names = [str(target) for answer, target in action.target.targets if answer == value and target is not STAY]
    return reading.definition.state(names[0]) if names else None


def _then(reading: Reading, action: Action, target: State) -> Iterator[Message]:
    if target.final or target.desk is None:
        return
    bureau = _routed(reading, action)
    desk = desk_name(reading, target.desk, bureau)
    begins = _begins(reading, target)
    if begins:
        rule = reading.world.jurisdiction.limit(begins.rule, reading.file.snapshot.variant, reading.file.filed_on)
        day, _ = due(reading.world.calendar, reading.today, rule.n, rule.unit, rolls=rule.rolls)
        yield say("Then it is the turn of {desk} to {work}, by {day}.", desk=desk, work=say(target.work), day=day)
    else:
        yield say("Then it is the turn of {desk} to {work}.", desk=desk, work=say(target.work))
    yield from _clocks_that_stop(reading, target)


def _begins(reading: Reading, target: State) -> Deadline | None:
    """The deadline that begins with that state, the narrowest if several do."""
    now = reading.file.snapshot.state
    begun = [
        deadline for deadline in reading.definition.deadlines_of(reading.file.snapshot.variant)
        if target.name in deadline.over and (now not in deadline.over or deadline.fresh)
        and deadline.owner == target.desk and reading.file.running(deadline.name) is None
    ]  # fmt: skip
    return min(begun, key=lambda deadline: len(deadline.over), default=None)


def _clocks_that_stop(reading: Reading, target: State) -> Iterator[Message]:
    for timer in reading.file.snapshot.timers:
        deadline = reading.definition.deadline(timer.deadline)
        if timer.stopped is None and target.name in deadline.paused_in and timer.open_hold is None:
            still = left(timer, reading.world.calendar, reading.today)
            if still >= 0:
                yield say("The clock “{deadline}” stands still, with {n} left.", deadline=say(deadline.label), n=still)


def _routed(reading: Reading, action: Action) -> int | None:
    record = reading.file.snapshot.record
    to = next((effect.of for effect in action.does if effect.name == "route"), "")
    return getattr(record, to, None) if record and to else None


def _row(words: Sequence[Message]) -> Words:
    first: Message = words[0]
    for word in words[1:]:
        first = say("{first}, {rest}", first=first, rest=word)
    return first
