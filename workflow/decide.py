"""`decide()` turns an act on a case into a Move, or refuses it in words. It touches nothing.

`choices()` gives the acts that are open to a person, and for each that is not, why not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from workflow.clocks import extended, timers_after
from workflow.definition import (
    DESKS,
    Action,
    Definition,
    Effect,
    Field,
    FieldKind,
    Notice,
    Party,
    Role,
    State,
)
from workflow.findings import may_find, standing, to_find
from workflow.machine import take
from workflow.refusal import Forbidden, Impossible, Incomplete, Message, Refusal, say
from workflow.snapshot import Facts, Past, Person, Snapshot, World
from workflow.timing import Timer

CODED = (FieldKind.DATE, FieldKind.CHOICE, FieldKind.BUREAU, FieldKind.DEADLINE)
SAID_BY_THE_CLOCK = ("deadline", "due", "rung", "from", "to")
"""What the clock answers: the rung that fired, or from when to when a calendar moved each deadline."""


@dataclass(frozen=True)
class Resolved:
    """An effect with what it acts on: a bureau's id, a length, fields and their findings."""

    name: str
    of: str = ""
    value: object = None


@dataclass(frozen=True)
class Move:
    """What an act comes to. `on` is the day it counts as done; `at` is when it is recorded."""

    definition: Definition
    action: Action
    role: Role
    person: Person
    at: datetime
    on: date
    source: str
    target: State
    round: int
    variant: str
    bureau: int | None
    codes: Mapping[str, object]
    words: Mapping[str, str]
    files: Mapping[str, object]
    effects: tuple[Resolved, ...]
    timers: tuple[Timer, ...]
    tells: tuple[Notice, ...]
    as_of: datetime
    past: Past
    """The event this move will be, as later moves will see it."""

    @property
    def closes(self) -> bool:
        return self.target.final and self.source != self.target.name

    @property
    def desk(self) -> Party | None:
        return self.target.desk


@dataclass(frozen=True)
class Open:
    """An act as a page offers it: with why it cannot be taken, where it cannot."""

    action: Action
    role: Role
    why_not: Message | None = None


def decide(
    definition: Definition,
    snapshot: Snapshot,
    world: World,
    action_name: str,
    person: Person,
    answers: Mapping[str, object],
    now: datetime,
    as_of: datetime | None = None,
    on: date | None = None,
) -> Move:
    """The move this act comes to.

    `as_of` is when the act counts as done, and `on` on which day, where the clock acts late on what fell due before.
    Raises Impossible, Forbidden or Incomplete, each with a sentence.
    """
    day = on or world.jurisdiction.day_of(as_of or now)
    facts = _facts(definition, snapshot, world, action_name, person, answers, now, day)
    refusal = _refusal(facts)
    if refusal:
        raise refusal
    _require_answers(facts)
    return _move(facts, as_of or now)


def choices(
    definition: Definition, snapshot: Snapshot, world: World, person: Person, now: datetime
) -> tuple[Open, ...]:
    """The acts of this state that belong to the person's roles, each open or with the reason why not."""
    found = []
    for action in definition.actions_from(snapshot.state, snapshot.variant):
        role = _role(action, person)
        if role:
            day = world.jurisdiction.day_of(now)
            facts = _facts(definition, snapshot, world, action.name, person, {}, now, day)
            refusal = _refusal(facts)
            found.append(Open(action, role, refusal.message if refusal else None))
    return tuple(found)


def _facts(
    definition: Definition, snapshot: Snapshot, world: World, name: str, person: Person,
    answers: Mapping[str, object], now: datetime, on: date,
) -> Facts:  # fmt: skip
    action = definition.action(name, snapshot.state, snapshot.variant)
    if action is None:
        raise Impossible(say("The case has moved on: this cannot be done now."))
    role = _role(action, person)
    if role is None:
        raise Forbidden(say("This is for others to do."))
    return Facts(definition, snapshot, world, action, role, person, answers, now, on)


def _role(action: Action, person: Person) -> Role | None:
    return next((role for role in action.by if role in person.roles), None)


def _refusal(facts: Facts) -> Refusal | None:
    for guard in facts.action.guard:
        message = guard.why_not(facts)
        if message:
            return guard.refuses(message)
    return None


def asked_of(action: Action, role: Role) -> tuple[Field, ...]:
    """The fields that this role is asked for."""
    return tuple(field for field in action.asks if not field.by or role in field.by)


def _require_answers(facts: Facts) -> None:
    faults: dict[str, Message] = {}
    for field in asked_of(facts.action, facts.role):
        faults.update(_faults(facts, field))
    if faults:
        raise Incomplete(faults)


def _faults(facts: Facts, field: Field) -> Iterator[tuple[str, Message]]:
    answer = facts.answers.get(field.name)
    if field.kind is FieldKind.FINDINGS:
        yield from _finding_faults(facts, field, answer if isinstance(answer, Mapping) else {})
    elif field.kind is FieldKind.DATE and isinstance(answer, date) and answer > facts.on:
        yield field.name, say("This day is still to come.")
    elif field.kind is FieldKind.CHOICE and answer and answer not in {choice.code for choice in field.choices}:
        yield field.name, say("Choose one of the answers offered.")
    elif field.required and not answer:
        yield field.name, _wanted(field)


def _wanted(field: Field) -> Message:
    if field.kind is FieldKind.CLAIMS:
        return say("Tick at least one field that is wrong, and write what it should say.")
    if field.kind in (FieldKind.CHOICE, FieldKind.BUREAU, FieldKind.DEADLINE):
        return say("Choose one of the answers offered.")
    if field.kind is FieldKind.FILES:
        return say("Attach at least one file.")
    return say("Write at least a sentence.")


def _finding_faults(facts: Facts, field: Field, answer: Mapping[str, object]) -> Iterator[tuple[str, Message]]:
    """A finding for every disputed field; another value needs the value, and what is not granted needs a reason."""
    for name in to_find(facts.definition, field, facts.snapshot.past):
        given = answer.get(name)
        finding: Mapping[str, object] = given if isinstance(given, Mapping) else {}
        code, key = finding.get("finding"), f"{field.name}.{name}"
        if code not in may_find(field, name):
            yield key, say("Choose a finding for this field.")
        elif code == "other" and not finding.get("value"):
            yield key, say("Write the value that the record should have.")
        elif code != "as_claimed" and not finding.get("reason"):
            yield key, say("Write why: the enterprise reads it.")


def _move(facts: Facts, as_of: datetime) -> Move:
    snapshot, action = facts.snapshot, facts.action
    codes, words, files = _sorted_answers(facts)
    state = take(facts.definition, facts)
    stayed = state == snapshot.state and not action.moves
    target = facts.definition.by_state[state]
    effects = tuple(_resolve(facts, effect) for effect in action.does)
    after = _after(snapshot, action, state, effects)
    this = Past(snapshot.version + 1, action.name, facts.on, facts.role.name, facts.person.id, facts.person.bureau,
                snapshot.state, state, after.round, codes)  # fmt: skip
    timers = () if stayed else timers_after(
        facts.definition, facts.world.jurisdiction, snapshot, after, facts.on, (*snapshot.past, this))  # fmt: skip
    return Move(
        definition=facts.definition, action=action, role=facts.role, person=facts.person, at=facts.now, on=facts.on,
        source=snapshot.state, target=target, round=after.round, variant=after.variant, bureau=after.bureau,
        codes=codes, words=words, files=files, effects=effects,
        timers=_with_extensions(facts, timers, effects), tells=_tells(facts), as_of=as_of, past=this,
    )  # fmt: skip


def _after(snapshot: Snapshot, action: Action, state: str, effects: tuple[Resolved, ...]) -> Snapshot:
    routed = next((effect.value for effect in effects if effect.name == "route"), None)
    variant = next((effect.value for effect in effects if effect.name == "set_variant"), None)
    return replace(
        snapshot,
        state=state,
        round=snapshot.round + 1 if action.reopens else snapshot.round,
        bureau=routed if isinstance(routed, int) else snapshot.bureau,
        variant=str(variant) if variant else snapshot.variant,
    )


def _resolve(facts: Facts, effect: Effect) -> Resolved:
    """What an effect acts on, read now; an effect given a field that says nothing resolves to nothing."""
    record, answers = facts.snapshot.record, facts.answers
    if effect.name == "route":
        if effect.of in ("supplied_by", "determined_by"):
            return Resolved("route", effect.of, getattr(record, effect.of) if record else None)
        return Resolved("route", effect.of, answers.get(effect.of))
    if effect.name == "set_variant":
        return Resolved("set_variant", effect.of, answers.get(effect.of))
    if effect.name == "extend":
        deadline = facts.definition.deadline(effect.of)
        rule = facts.world.jurisdiction.limit(
            deadline.rule, facts.snapshot.variant, facts.snapshot.filed_on or facts.on
        )
        return Resolved("extend", effect.of, rule.extension)
    if effect.name in ("correct", "end_display") and effect.of:
        return Resolved(effect.name, effect.of, _found_now(facts))
    return Resolved(effect.name, effect.of)


def _found_now(facts: Facts) -> dict[str, str]:
    """The findings of this round: what an earlier one found has been carried out then, once (D7)."""
    found = standing(facts.definition, facts.snapshot.past)
    return {name: finding.code for name, finding in found.items() if finding.event.round == facts.snapshot.round}


def _with_extensions(facts: Facts, timers: tuple[Timer, ...], effects: tuple[Resolved, ...]) -> tuple[Timer, ...]:
    longer: list[Timer] = []
    for effect in effects:
        if effect.name == "extend" and isinstance(effect.value, int):
            longer += extended(facts.snapshot.timers, effect.of, effect.value, facts.world.calendar, facts.on)
    return (*timers, *longer)


def _tells(facts: Facts) -> tuple[Notice, ...]:
    """The notices of the action; one marked `once` is told once for a deadline in a round."""
    deadline = facts.answers.get("deadline")
    told = any(
        past.action == facts.action.name
        and past.round == facts.snapshot.round
        and past.codes.get("deadline") == deadline
        for past in facts.snapshot.past
    )
    return tuple(notice for notice in facts.action.tells if not (notice.once and told))


def _sorted_answers(facts: Facts) -> tuple[dict[str, object], dict[str, str], dict[str, object]]:
    """Codes for the chain, words kept beside it, and files, each by name."""
    codes: dict[str, object] = {}
    words: dict[str, str] = {}
    files: dict[str, object] = {}
    for field in asked_of(facts.action, facts.role):
        answer = facts.answers.get(field.name)
        if field.kind is FieldKind.FILES:
            files[field.name] = answer or ()
        elif field.kind is FieldKind.CLAIMS and isinstance(answer, Mapping):
            codes[field.name] = list(answer)
            words.update({f"{field.name}.{name}": str(value) for name, value in answer.items()})
        elif field.kind is FieldKind.FINDINGS and isinstance(answer, Mapping):
            _sort_findings(facts, field, answer, codes, words)
        elif answer and field.kind in CODED:
            codes[field.name] = answer.isoformat() if isinstance(answer, date) else answer
        elif answer:
            words[field.name] = str(answer)
    if facts.role.party not in DESKS:
        codes.update({key: value for key, value in facts.answers.items() if key in SAID_BY_THE_CLOCK})
    return codes, words, files


def _sort_findings(
    facts: Facts, field: Field, answer: Mapping[str, object], codes: dict[str, object], words: dict[str, str]
) -> None:
    found: dict[str, str] = {}
    for name in to_find(facts.definition, field, facts.snapshot.past):
        finding = answer[name]
        assert isinstance(finding, Mapping)
        found[name] = str(finding["finding"])
        for part in ("value", "reason"):
            if finding.get(part):
                words[f"{field.name}.{name}.{part}"] = str(finding[part])
    codes[field.name] = found
