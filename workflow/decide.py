"""`decide()` turns an act on a case into a Move, or refuses it in words. It touches nothing.

`choices()` gives the acts that are open to a person, and for each that is not, why not. `transitions` carries one
thing here: from which state an action leads to which, by a machine for each kind and variant that all cases share.
It holds no case, no guard, no clock and no callback: those are the definition's, and this module's.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from transitions import EventData, Machine

from workflow.answers import faults_of, filing_day, heard, sort_answers
from workflow.clocks import extended, succeeded, timers_after
from workflow.definition import (
    APPROVER,
    AUDITOR,
    CALLS_BACK,
    CHIEF,
    FILER,
    HEAD,
    MAPPED,
    OFFICER,
    REVIEWER,
    SENDS_BACK,
    START,
    STAY,
    Action,
    Branch,
    Definition,
    Facts,
    FieldKind,
    Notice,
    Party,
    Question,
    Role,
    State,
    Stay,
    answered_so,
)
from workflow.guards import comes_after
from workflow.past import findings_in_force, holder, rows_of
from workflow.refusal import Forbidden, Impossible, Incomplete, Message, NotHere, Refusal, any_of, say
from workflow.snapshot import EventFacts, Person, RuleContext, Snapshot
from workflow.timing import Timer
from workflow.vocabulary import Effect


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
    past: EventFacts
    """The event this move will be, as later moves will see it."""
    filed_on: date
    holder: int | None = None
    """Who has taken the case, among those of its desk."""
    acting_for: int | None = None
    """For whom the person acts, where they have the role only as a deputy (D18)."""
    complained_of: str = ""
    complained_bureau: int | None = None

    @property
    def closes(self) -> bool:
        """Whether the case ends by it; one that has ended and whose end is called otherwise now ended before."""
        return self.target.final and self.source != self.target.name and self.action.name != MAPPED.name

    @property
    def desk(self) -> Party | None:
        return self.target.desk


@dataclass(frozen=True)
class AvailableAction:
    """An act as a page offers it: with why it cannot be taken, where it cannot."""

    action: Action
    role: Role
    refusal: Refusal | None = None

    @property
    def why_not(self) -> Message | None:
        return self.refusal.message if self.refusal else None


def decide(
    definition: Definition,
    snapshot: Snapshot,
    world: RuleContext,
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
    said = _facts(definition, snapshot, world, action_name, person, answers, now, day)
    facts = Facts(definition, snapshot, world, said.action, said.role, person, heard(said), now, day)
    refusal = _refusal(facts)
    if refusal:
        raise refusal
    faults = faults_of(facts)
    if faults:
        raise Incomplete(faults)
    return _move(facts, as_of or now)


def choices(
    definition: Definition, snapshot: Snapshot, world: RuleContext, person: Person, now: datetime
) -> tuple[AvailableAction, ...]:
    """The acts of this state that belong to the person's roles, each open or with the reason why not."""
    found = []
    for action in definition.actions_from(snapshot.state, snapshot.variant):
        role = _role(action, person) if action.offered else None
        if role and (person.through is None or definition.machine_may(action)):
            day = world.jurisdiction.day_of(now)
            facts = _facts(definition, snapshot, world, action.name, person, {}, now, day)
            found.append(AvailableAction(action, role, _refusal(facts)))
    return tuple(found)


def closed_act(definition: Definition, snapshot: Snapshot, name: str, person: Person) -> AvailableAction | None:
    """An act that is not among a person's choices, with the reason why not; None where a case has no such act."""
    rows = [row for row in definition.actions_named(name) if row.offered]
    if not rows:
        return None
    here = definition.action(name, snapshot.state, snapshot.variant)
    theirs = next((row for row in ((here,) if here else rows) if _role(row, person)), None)
    row = theirs or here or rows[0]
    return AvailableAction(
        row, _role(row, person) or row.by[0], not_now(definition, snapshot, name) if theirs else not_theirs(row, person)
    )


def not_now(definition: Definition, snapshot: Snapshot, name: str) -> Impossible:
    """Why an act that does not leave the present state cannot be taken: other type, over, done, too early, passed."""
    rows = [row for row in definition.actions_named(name) if not row.variants or snapshot.variant in row.variants]
    state, sources = definition.state(snapshot.state), {source for row in rows for source in row.source}
    if not rows:
        return NotHere(
            say("This step is not part of a case of this type. The page of the case shows the steps that are.")
        )
    moved = [past for past in snapshot.past if past.source != past.target]
    if state.final:
        ended = moved[-1].on if moved else snapshot.filed_on
        return Impossible(say("This case was closed on {day}: {result}.", day=ended, result=say(state.label)))
    this_round = [past for past in snapshot.past if past.round == snapshot.round]
    done = next((past for past in reversed(this_round) if past.action == name), None)
    if done:
        return Impossible(say("This was done on {day} and cannot be done again now.", day=done.on))
    if first := _step_before(definition, snapshot, sources):
        return comes_after(definition, first.name)
    left = next((past for past in reversed(moved) if past.source in sources), None)
    if left:
        then = say(rows_of(definition, left)[0].done)
        return Impossible(say("This was possible until {day}. After that: {done}.", day=left.on, done=then))
    return NotHere(
        say("This step is not part of the course that this case has taken. Its page shows the steps that are.")
    )


def _step_before(definition: Definition, snapshot: Snapshot, sources: Collection[str]) -> Action | None:
    """The last step on the shortest way ahead to one of these states; no way leads back, or begins a new round."""
    ways: list[tuple[str, Action | None]] = [(snapshot.state, None)]
    seen = {snapshot.state}
    for state, step in ways:  # it grows meanwhile: the nearest states come first
        if state in sources:
            return step
        for row in definition.actions_from(state, snapshot.variant):
            if row.part in (SENDS_BACK, CALLS_BACK) or row.reopens or not row.offered:
                continue
            targets = [str(target) for target in row.targets if target is not STAY and target not in seen]
            seen.update(targets)
            ways += [(target, row) for target in targets]
    return None


NO_SYSTEM: Final = say("A person does this, on the page of the case: no system does it for them.")
DONE_BY: Final = {
    FILER: say("the firm"),
    REVIEWER: say("a reviewer of the bureau"),
    APPROVER: say("an approver of the bureau"),
    HEAD: say("the head of the bureau"),
    OFFICER: say("an officer of the credit office"),
    CHIEF: say("the head of the credit office"),
}
"""Who takes an act, as a sentence names them."""


def not_theirs(action: Action, person: Person) -> Forbidden:
    """Whose act it is, told to somebody who has no role in it (D33)."""
    if person.roles == {AUDITOR}:
        return Forbidden(say("The auditor reads cases and acts in none."))
    who = [DONE_BY[role] for role in action.by if role in DONE_BY]
    if not who:
        return Forbidden(say("Nobody does this by hand: the platform does it when its time comes."))
    return Forbidden(say("This is for {who} to do.", who=any_of(who)))


def _facts(
    definition: Definition,
    snapshot: Snapshot,
    world: RuleContext,
    name: str,
    person: Person,
    answers: Mapping[str, object],
    now: datetime,
    on: date,
) -> Facts:
    action = definition.action(name, snapshot.state, snapshot.variant)
    if action is None:
        raise not_now(definition, snapshot, name)
    role = _role(action, person)
    if role is None:
        raise not_theirs(action, person)
    if person.through is not None and not definition.machine_may(action):
        raise Forbidden(NO_SYSTEM)
    return Facts(definition, snapshot, world, action, role, person, answers, now, on)


def _role(action: Action, person: Person) -> Role | None:
    return next((role for role in action.by if role in person.roles), None)


def _refusal(facts: Facts) -> Refusal | None:
    for guard in facts.action.guard:
        found = guard.why_not(facts)
        if found:
            return guard.refuses(found) if isinstance(found, Message) else found
    return None


def _move(facts: Facts, as_of: datetime) -> Move:
    snapshot, action = facts.snapshot, facts.action
    said = sort_answers(facts)
    state = take(facts.definition, facts)
    stayed = state == snapshot.state and not action.moves
    effects = tuple(_resolve(facts, effect) for effect in action.does if _is_done(facts, effect))
    after = _after(facts, state, effects)
    this = EventFacts(
        snapshot.version + 1,
        action.name,
        facts.on,
        facts.role.name,
        facts.person.id,
        facts.person.bureau,
        snapshot.state,
        state,
        after.round,
        said.codes,
    )
    past = (*snapshot.past, this)
    before = _succeeded(snapshot, effects)
    timers = () if stayed else timers_after(facts.definition, facts.world.jurisdiction, before, after, facts.on, past)
    assert after.filed_on
    return Move(
        definition=facts.definition,
        action=action,
        role=facts.role,
        person=facts.person,
        at=facts.now,
        on=facts.on,
        source=snapshot.state,
        target=facts.definition.by_state[state],
        round=after.round,
        variant=after.variant,
        bureau=after.bureau,
        codes=said.codes,
        words=said.words,
        files=said.files,
        effects=effects,
        timers=tuple(_with_effects(facts, before, timers, effects)),
        tells=_tells(facts),
        as_of=as_of,
        past=this,
        filed_on=after.filed_on,
        holder=holder(facts.definition, past, state, after.bureau),
        acting_for=facts.person.acts_for.get(facts.role),
        complained_of=after.complained_of,
        complained_bureau=after.complained_bureau,
    )


def _is_done(facts: Facts, effect: Effect) -> bool:
    return answered_so(effect.only, facts.said)


def _after(facts: Facts, state: str, effects: tuple[Resolved, ...]) -> Snapshot:
    """The case as the move leaves it, but for its timers."""
    snapshot = facts.snapshot
    values = {effect.name: effect.value for effect in effects}
    bureau, variant, follow = values.get("route"), values.get("set_variant"), values.get("succeed")
    after = replace(
        snapshot,
        state=state,
        round=snapshot.round + 1 if facts.action.reopens else snapshot.round,
        bureau=bureau if isinstance(bureau, int) else snapshot.bureau,
        variant=str(variant) if variant else snapshot.variant,
    )
    if snapshot.state == START:
        after = _opened(facts, after)
    return _following(after, *follow) if isinstance(follow, tuple) else after


def _opened(facts: Facts, after: Snapshot) -> Snapshot:
    """What the opening says once for all: the day of filing, and from whom the case is kept."""
    name = facts.definition.closed_to
    asks = facts.action.asks
    bureaus = [one.name for one in asks if one.kind is FieldKind.BUREAU and one.only and one.only[0] == name]
    body = next((facts.answers.get(field) for field in bureaus), None) if name else None
    return replace(
        after,
        filed_on=filing_day(facts),
        complained_of=str(facts.answers.get(name, "")) if name else "",
        complained_bureau=body if isinstance(body, int) else None,
    )


def _following(after: Snapshot, old: int, new: int) -> Snapshot:
    """A bureau has become another (D26): the case goes on there, and is kept from there; never both (D16)."""
    bureau = new if after.bureau == old else after.bureau
    kept_from = new if after.complained_bureau == old else after.complained_bureau
    return replace(after, bureau=None if bureau == kept_from else bureau, complained_bureau=kept_from)


def _succeeded(before: Snapshot, effects: tuple[Resolved, ...]) -> Snapshot:
    """The case before a move, with the time of a bureau that has become another running on as that one's."""
    follow = next((effect.value for effect in effects if effect.name == "succeed"), None)
    return replace(before, timers=succeeded(before.timers, *follow)) if isinstance(follow, tuple) else before


def _resolve(facts: Facts, effect: Effect) -> Resolved:
    """What an effect acts on, read now; an effect given a field that says nothing resolves to nothing."""
    match effect.name:
        case "route":
            return Resolved("route", effect.of, _bureau(facts, effect.of))
        case "extend":
            return Resolved("extend", effect.of, _length(facts, effect))
        case "succeed":
            return Resolved("succeed", effect.of, (facts.answers.get(effect.of), facts.answers.get(effect.by)))
        case "set_variant" | "hand_to":
            return Resolved(effect.name, effect.of, facts.answers.get(effect.of))
        case "correct" | "end_display" | "refuse_sheet" if effect.of:
            return Resolved(effect.name, effect.of, _found_now(facts))
    return Resolved(effect.name, effect.of, facts.answers.get(effect.by) if effect.by else None)


def _bureau(facts: Facts, of: str) -> object:
    if of == "own_bureau":
        return facts.person.bureau
    if of in ("supplied_by", "determined_by"):
        return getattr(facts.snapshot.record, of) if facts.snapshot.record else None
    return facts.answers.get(of)


def _length(facts: Facts, effect: Effect) -> object:
    if effect.by:
        return facts.answers.get(effect.by)
    deadline = facts.definition.deadline(effect.of, facts.snapshot.variant)
    return facts.world.limit_of(facts.snapshot, deadline.rule, facts.on).extension


def _found_now(facts: Facts) -> dict[str, str]:
    """The findings of this round: what an earlier one found has been carried out then, once (D7)."""
    found = findings_in_force(facts.definition, facts.snapshot.past)
    return {name: finding.code for name, finding in found.items() if finding.event.round == facts.snapshot.round}


def _with_effects(
    facts: Facts, before: Snapshot, timers: tuple[Timer, ...], effects: tuple[Resolved, ...]
) -> list[Timer]:
    """The timers that the move changes, and those that its effects make longer or give to another bureau."""
    moved = {timer.id for timer in timers}
    changed = [
        now for now, was in zip(before.timers, facts.snapshot.timers, strict=True) if now != was and now.id not in moved
    ]
    for effect in effects:
        if effect.name == "extend" and isinstance(effect.value, int):
            changed += extended(facts.snapshot.timers, effect.of, effect.value, facts.world.calendar, facts.on)
    return [*changed, *timers]


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


@dataclass
class MachineState:
    """What the machine moves: a state, and nothing else."""

    state: str


class NoBranch(RuntimeError):
    """A branch met a value for which it has no target: a fault of the definition."""


_machines: dict[tuple[str, str, str], Machine] = {}


def machine_for(definition: Definition, variant: str) -> Machine:
    """The machine of a kind and variant, made once per process and definition."""
    key = (definition.kind, variant, definition.digest)
    if key not in _machines:
        _machines[key] = _build(definition, variant)
    return _machines[key]


def take(definition: Definition, facts: Facts) -> str:
    """The state after the action; raises `NoBranch` where no branch fits."""
    machine = machine_for(definition, facts.snapshot.variant)
    step = MachineState(facts.snapshot.state)
    moved: bool = machine.events[facts.action.name].trigger(step, facts)
    if not moved:
        raise NoBranch(f"{definition.kind}: {facts.action.name} from {step.state} has no branch that fits")
    return step.state


def _build(definition: Definition, variant: str) -> Machine:
    machine = Machine(
        model=None,
        states=[START, *(state.name for state in definition.states)],
        initial=START,
        auto_transitions=False,
        send_event=True,
    )
    for action in definition.actions:
        if not action.variants or variant in action.variants:
            for source in action.source:
                _add(machine, action, source)
    return machine


def _add(machine: Machine, action: Action, source: str) -> None:
    if not isinstance(action.target, Branch):
        machine.add_transition(action.name, source, _destination(action.target))
        return
    question = action.target.question
    for value, target in action.target.targets:
        machine.add_transition(action.name, source, _destination(target), conditions=_gives(question, value))


def _destination(target: str | Stay) -> str | None:
    return None if target is STAY else str(target)


def _gives(question: Question, value: str) -> Any:
    def condition(event: EventData) -> bool:
        facts: Facts = event.args[0]  # type: ignore[index]
        return question.read(facts) == value

    return condition
