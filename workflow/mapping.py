"""A case whose kind has changed under it: where it stands now, and what becomes of its deadlines. Pure.

A deadline that is called otherwise goes on with what was left, and what has fired stays fired. What no longer runs
where the case stands now ends; what runs there and did not, begins. Nobody's name is changed in the chain: an event
of its own says what was called how. What reads the past to decide something reads it by the names of now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from workflow.calendar import Calendar
from workflow.checks.walk import Walk
from workflow.clocks import timers_after
from workflow.decide import Move
from workflow.definition import DESKS, MAPPED, OPERATOR, Definition, Notice, Party, State
from workflow.past import holder
from workflow.refusal import Impossible, say
from workflow.snapshot import EventFacts, Person, RuleContext, Snapshot
from workflow.timing import Timer, due_of

ENDS: Final = "-"
"""In place of a new name: the deadline has no successor."""

RENAMED: Final = "renamed"
"""Under which code an event says it: `states` and `deadlines` with their new names, and the `definition` before."""


@dataclass(frozen=True)
class NewNames:
    """Old names and what they have become; a deadline may have become `ENDS`."""

    states: Mapping[str, str] = field(default_factory=dict)
    deadlines: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.states or self.deadlines)

    def of(self, case: Snapshot, passed: Collection[str]) -> NewNames:
        """Those of a case: the state it stands in, the states it has `passed`, the deadlines it holds."""
        held = held_by(case)
        return NewNames(
            {old: new for old, new in self.states.items() if old == case.state or old in passed},
            {old: new for old, new in self.deadlines.items() if old in held},
        )


def held_by(case: Snapshot) -> set[str]:
    """The deadlines of this round, running or not; what has been ended for want of a successor is without a rule."""
    return {timer.deadline for timer in case.timers if timer.rule and timer.round == case.round}


def names_for(definition: Definition, pairs: Sequence[tuple[str, str]]) -> NewNames:
    """Each old name with its new one, told apart by the new one. Raises Impossible with what cannot be."""
    states: dict[str, str] = {}
    deadlines: dict[str, str] = {}
    for old, new in pairs:
        if new in definition.by_state and old not in definition.by_state:
            states[old] = new
        if new in (*definition.deadline_names, ENDS) and old not in definition.deadline_names:
            deadlines[old] = new
        if old not in states and old not in deadlines:
            raise _unfit(definition, old, new)
    return NewNames(states, deadlines)


def _unfit(definition: Definition, old: str, new: str) -> Impossible:
    kind, named = definition.kind, {*definition.by_state, *definition.deadline_names}
    if new not in (*named, ENDS):
        return Impossible(
            say(
                "{kind} has no state and no deadline '{new}'. States: {states}. Deadlines: {deadlines}.",
                kind=kind,
                new=new,
                states=_listed(definition.by_state),
                deadlines=_listed(definition.deadline_names),
            )
        )
    return Impossible(say("{kind} still has '{old}': only what is gone can be mapped.", kind=kind, old=old))


def _listed(names: Collection[str]) -> str:
    return ", ".join(names if isinstance(names, dict) else sorted(names))


def called_now(past: Sequence[EventFacts]) -> tuple[EventFacts, ...]:
    """The events of a case, those before a change of names by the names it brought."""
    found: list[EventFacts] = []
    states: dict[str, str] = {}
    deadlines: dict[str, str] = {}
    for event in reversed(past):
        if event.action == MAPPED.name:
            said: Mapping[str, Any] = event.codes.get(RENAMED, {})  # type: ignore[assignment]
            states |= {old: states.get(new, new) for old, new in said.get("states", {}).items()}
            deadlines |= {old: deadlines.get(new, new) for old, new in said.get("deadlines", {}).items()}
        found.append(_event_renamed(event, states, deadlines) if states or deadlines else event)
    return tuple(reversed(found))


def _event_renamed(event: EventFacts, states: Mapping[str, str], deadlines: Mapping[str, str]) -> EventFacts:
    source, target = (states.get(name, name) for name in (event.source, event.target))
    return replace(event, source=source, target=target, codes=_codes(event.codes, deadlines))


def _codes(codes: Mapping[str, object], deadlines: Mapping[str, str]) -> Mapping[str, object]:
    """Codes in which deadlines are named: the one that fired, and those that a calendar moved."""
    changed = dict(codes)
    for name, code in codes.items() if deadlines else ():
        if name == "deadline" and isinstance(code, str):
            changed[name] = _still(code, deadlines)
        elif name in ("from", "to") and isinstance(code, Mapping):
            changed[name] = {_still(deadline, deadlines): day for deadline, day in code.items()}
    return changed


def _still(name: str, deadlines: Mapping[str, str]) -> str:
    """What a deadline is called now; one that has ended keeps its name."""
    return name if deadlines.get(name, ENDS) == ENDS else deadlines[name]


BY_OPERATOR = Person(id=None, roles=frozenset({OPERATOR}))


@dataclass(frozen=True)
class RecordedCase:
    """A case as it is recorded: desk and outcome of its row, the digest it was moved by last, and on whose desk it
    lay in states that are gone, its own included."""

    snapshot: Snapshot
    desk: str | None
    outcome: str
    definition: str
    lay: Mapping[str, str | None]

    def called_by(self, definition: Definition, names: NewNames) -> NewNames:
        """What of the case is called otherwise now. A state that is another desk's now is another state."""
        named = {name for event in self.snapshot.past for name in (event.source, event.target)}
        passed = named & self.only_called(definition, names).keys()
        own = names.of(self.snapshot, passed)
        return own if self.desk is not None else NewNames(own.states)

    def only_called(self, definition: Definition, names: NewNames) -> dict[str, str]:
        """The old states that are the same under the new name."""
        desks = {old: definition.state(new).desk for old, new in names.states.items()}
        return {old: new for old, new in names.states.items() if old in self.lay and self.lay[old] == desks[old]}


@dataclass(frozen=True)
class Fate:
    """What becomes of a deadline: `was` is empty where it begins, `now` where it ends. No day: it is held."""

    was: str
    now: str
    due: date | None = None
    late: bool = False


def map_case(
    definition: Definition, case: RecordedCase, names: NewNames, world: RuleContext, because: str, now: datetime
) -> Move:
    """The move that takes a case over to what its kind is now. Raises Impossible with why this one cannot be."""
    snapshot, on = case.snapshot, world.jurisdiction.day_of(now)
    state = _state(definition, case, names.states.get(snapshot.state, snapshot.state))
    timers = _renamed_timers(definition, snapshot, names, on)
    before = replace(snapshot, timers=timers)
    after = replace(before, state=state.name)
    said = {
        "states": case.only_called(definition, names),
        "deadlines": dict(names.deadlines),
        "definition": case.definition,
    }
    this = EventFacts(
        snapshot.version + 1,
        MAPPED.name,
        on,
        OPERATOR.name,
        None,
        None,
        snapshot.state,
        state.name,
        snapshot.round,
        {RENAMED: said},
    )
    past = called_now((*snapshot.past, this))
    moved = timers_after(definition, world.jurisdiction, before, after, on, past) if _is_touched(case, names) else ()
    changed = _changed(snapshot.timers, timers, moved)
    move = Move(
        definition=definition,
        action=MAPPED,
        role=OPERATOR,
        person=BY_OPERATOR,
        at=now,
        on=on,
        source=snapshot.state,
        target=state,
        round=snapshot.round,
        variant=snapshot.variant,
        bureau=snapshot.bureau,
        codes=this.codes,
        words={"because": because} if because else {},
        files={},
        effects=(),
        timers=changed,
        tells=(),
        as_of=now,
        past=this,
        filed_on=snapshot.filed_on or on,
        holder=holder(definition, past, state.name, snapshot.bureau),
        complained_of=snapshot.complained_of,
        complained_bureau=snapshot.complained_bureau,
    )
    return replace(move, tells=_tells(case, move, world.calendar))


def fates(case: Snapshot, move: Move, calendar: Calendar) -> Iterator[Fate]:
    """What becomes of each deadline that ran or runs now, in the order in which they began."""
    now = {timer.id: timer for timer in move.timers}
    for timer in (timer for timer in case.timers if timer.stopped is None):
        left = now.get(timer.id, timer)
        if left.stopped is None:
            yield _runs(timer.deadline, left, move, calendar)
        else:
            yield Fate(timer.deadline, "")
    started = {timer.id for timer in case.timers if timer.stopped is None}
    yield from (
        _runs("", timer, move, calendar) for timer in move.timers if timer.stopped is None and timer.id not in started
    )


def _runs(was: str, timer: Timer, move: Move, calendar: Calendar) -> Fate:
    due = due_of(timer, calendar).day
    return Fate(was, timer.deadline, due, due is not None and due < move.on)


def _state(definition: Definition, case: RecordedCase, name: str) -> State:
    """Where the case stands by the changed kind. Raises Impossible where it cannot stand there."""
    state, kind = definition.by_state.get(name), definition.kind
    if state is None:
        raise Impossible(
            say("it stands in '{state}', which {kind} has no more: say what that has become", state=name, kind=kind)
        )
    if state.final and case.desk is not None:
        raise Impossible(say("it is open, and '{state}' is an end: a mapping decides nothing", state=name))
    if not state.final and case.desk is None:
        raise Impossible(say("it is closed, and '{state}' is not an end: a mapping reopens nothing", state=name))
    if state.outcome != case.outcome:
        raise Impossible(
            say(
                "it ended with '{outcome}', and '{state}' is another outcome: a mapping decides nothing",
                outcome=case.outcome,
                state=name,
            )
        )
    _require_way(definition, case.snapshot, state)
    return state


def _require_way(definition: Definition, case: Snapshot, state: State) -> None:
    """A case of this variant can come there, and no bureau has to act where none has the case."""
    if state.name == case.state:
        return
    if (case.variant, state.name) not in _places(definition):
        raise Impossible(
            say(
                "no case of the variant '{variant}' can come to '{state}'",
                variant=case.variant or "-",
                state=state.name,
            )
        )
    owners = {one.owner for one in definition.deadlines_of(case.variant) if state.name in one.over}
    if case.bureau is None and Party.BUREAU in (state.desk, *owners):
        raise Impossible(say("'{state}' needs a bureau, and no bureau has this case", state=state.name))


_walked: dict[tuple[str, str], frozenset[tuple[str, str]]] = {}


def _places(definition: Definition) -> frozenset[tuple[str, str]]:
    """Each variant with each state to which it can come, walked once a process and definition."""
    key = (definition.kind, definition.digest)
    if key not in _walked:
        _walked[key] = frozenset((node.variant, node.state) for node in Walk(definition).nodes)
    return _walked[key]


def _renamed_timers(definition: Definition, case: Snapshot, names: NewNames, on: date) -> tuple[Timer, ...]:
    """The timers by their new names, those that have no successor ended. Raises Impossible where a name is taken."""
    if definition.state(names.states.get(case.state, case.state)).final:
        return case.timers
    known = {deadline.name for deadline in definition.deadlines_of(case.variant)}
    held = held_by(case)
    for old, new in names.deadlines.items():
        if old in held and new in held:
            raise Impossible(say("it holds a deadline '{new}' beside '{old}'", old=old, new=new))
        if old in held and new not in (*known, ENDS):
            raise Impossible(
                say("'{new}' is no deadline of the variant '{variant}'", new=new, variant=case.variant or "-")
            )
    for name in sorted(held - definition.deadline_names - set(names.deadlines)):
        raise Impossible(
            say(
                "it holds the deadline '{name}', which {kind} has no more: say what that has become",
                name=name,
                kind=definition.kind,
            )
        )
    return tuple(_renamed(definition, case, timer, names, on) for timer in case.timers)


def _renamed(definition: Definition, case: Snapshot, timer: Timer, names: NewNames, on: date) -> Timer:
    new = names.deadlines.get(timer.deadline) if timer.rule else None
    if new is None:
        return timer
    if new == ENDS:  # no rule rules it any more, and so it is known to have been ended here
        return replace(timer, rule="", stopped=timer.stopped or on)
    deadline = definition.deadline(new, case.variant)
    owned = (
        {}
        if deadline.owner not in DESKS or timer.owner == deadline.owner
        else {"owner": str(deadline.owner), "bureau": case.bureau if deadline.owner is Party.BUREAU else None}
    )
    return replace(timer, deadline=new, rule=deadline.rule, **owned)  # type: ignore[arg-type]


def _is_touched(case: RecordedCase, names: NewNames) -> bool:
    """Whether more changes than what its past is called: it stands in, or holds, what is called otherwise now."""
    return case.desk is not None and bool(case.snapshot.state in names.states or names.deadlines)


def _changed(was: Iterable[Timer], renamed: Iterable[Timer], moved: Iterable[Timer]) -> tuple[Timer, ...]:
    moved = tuple(moved)
    ids = {timer.id for timer in moved}
    return (*(now for now, before in zip(renamed, was, strict=True) if now != before and now.id not in ids), *moved)


def _tells(case: RecordedCase, move: Move, calendar: Calendar) -> tuple[Notice, ...]:
    """Whoever has to know: nobody where only names have changed; else the enterprise, and whoever has it now."""
    if case.desk == move.desk and _dates(case.snapshot.timers, calendar) == _dates(_all(case, move), calendar):
        return ()
    return MAPPED.tells


def _all(case: RecordedCase, move: Move) -> Iterator[Timer]:
    changed = {timer.id for timer in move.timers}
    yield from (timer for timer in case.snapshot.timers if timer.id not in changed)
    yield from move.timers


def _dates(timers: Iterable[Timer], calendar: Calendar) -> list[tuple[str, str]]:
    """Whose time runs, and until when."""
    return sorted((timer.owner, str(due_of(timer, calendar).day)) for timer in timers if timer.stopped is None)
