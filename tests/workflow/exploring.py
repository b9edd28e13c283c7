"""Bring a case of a kind into each of its open states, breadth first, by answers that work.

All of it happens on one day; only where nobody but the clock brings a case somewhere, time goes on until it does.
"""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

from config import ROOT
from tests.workflow.people import A_CASE, somebody
from tests.workflow.walking import RECORD, Walk, findings, working_answers
from workflow.definition import CASE, CLOCK, START, STAY, Action, Definition, FieldKind, Party, Role
from workflow.past import in_force, to_find
from workflow.refusal import Refusal
from workflow.rules import load_jurisdiction
from workflow.snapshot import Person, RuleContext

MORNING = datetime(2026, 4, 20, 2, tzinfo=UTC)
"""A Monday before the days of May that are moved."""
FOUND = ("as_claimed", "kept", "undecidable")


@dataclass(frozen=True)
class Explored:
    """A case in each open state that it can come to, by variant and state."""

    cases: dict[tuple[str, str], Walk]

    @property
    def places(self) -> set[tuple[str, str]]:
        return {place for place, walk in self.cases.items() if not walk.definition.state(walk.state).final}

    def walk(self, variant: str, state: str) -> Walk:
        """A copy, with nothing told of the way there."""
        return _copied(self.cases[variant, state], [])


@cache
def _world() -> RuleContext:
    law = load_jurisdiction(ROOT / "jurisdictions", "cn-nm-demo")
    return RuleContext(law, law.calendar)


_explored: dict[str, Explored] = {}


def explored(definition: Definition, world: RuleContext | None = None) -> Explored:
    """Kept by kind, but in a world of its own: a definition is hashed whole."""
    if world is not None:
        return Explored(_explore(definition, world))
    if definition.kind not in _explored:
        _explored[definition.kind] = Explored(_explore(definition, _world()))
    return _explored[definition.kind]


def _explore(definition: Definition, world: RuleContext) -> dict[tuple[str, str], Walk]:
    branch = {"market_regulation": replace(RECORD, branch="market_regulation")}
    todo = [Walk(definition, world, MORNING, branch.get(variant, RECORD), variant)
            for variant in definition.variants or ("",)]  # fmt: skip
    found: dict[tuple[str, str], Walk] = {}
    seen: set[object] = set()
    while todo:
        _go_on(todo, found, seen)
        late = (after for walk in found.values() for after in _in_time(walk))
        todo = [walk for walk in late if (walk.snapshot.variant, walk.state) not in found]
        found.update({(walk.snapshot.variant, walk.state): walk for walk in todo})
    return found


def _go_on(todo: list[Walk], found: dict[tuple[str, str], Walk], seen: set[object]) -> None:
    while todo:
        for walk in _after(todo.pop(0)):
            place = (walk.snapshot.variant, walk.state)
            if (place, _history(walk)) not in seen:
                seen.add((place, _history(walk)))
                found.setdefault(place, walk)
                todo.append(walk)


def _in_time(walk: Walk) -> Iterator[Walk]:
    """Where the clock brings it, if nobody acts."""
    rows = walk.definition.actions_from(walk.state, walk.snapshot.variant)
    if any(CLOCK in row.by and row.moves for row in rows):
        following = _copied(walk, list(walk.moves))
        while following.state == walk.state and (found := following.next_rung()):
            following.now = max(following.now, found[1].at)
            following.tick()
        if following.state != walk.state:
            yield following


def _history(walk: Walk) -> tuple[object, ...]:
    """What of the way matters for what comes next: findings, lists filled one by one, and what was reopened."""
    lists = (move for move in walk.moves if move.action.reopens or (move.action.moves and STAY in move.action.targets))
    found = in_force(walk.definition, walk.snapshot.past)
    return (*sorted(set(found.values())), *((move.action.name, move.source) for move in lists))


def _after(walk: Walk) -> Iterator[Walk]:
    """Everything that can come next, by anybody but the clock."""
    for row in walk.definition.actions_from(walk.state, walk.snapshot.variant):
        for role in row.by if row.moves and row.offered else ():
            for answers in _answers(walk, row) if role != CLOCK else ():
                following = _copied(walk, list(walk.moves))
                try:
                    following.take(row.name, _who(walk, role), answers)
                except Refusal:
                    continue
                yield following


def _answers(walk: Walk, row: Action) -> Iterator[dict[str, object]]:
    """Working answers, with each code of a choice and each finding in turn."""
    base = working_answers(walk, row)
    yield base
    for asked in row.asks:
        for choice in asked.choices:
            yield {**base, asked.name: choice.code}
        if asked.kind is FieldKind.FINDINGS:
            fields = to_find(walk.definition, asked, walk.snapshot.past)
            yield from ({**base, asked.name: findings(code, fields)} for code in FOUND)


def _who(walk: Walk, role: Role) -> Person:
    if role == CASE:
        return A_CASE
    bureau = walk.snapshot.bureau
    if role.party is Party.BUREAU and walk.state == START:
        bureau = RECORD.determined_by
    return somebody(role, bureau)


def _copied(walk: Walk, moves: list) -> Walk:  # type: ignore[type-arg]
    following = copy(walk)
    following.moves = moves
    following._firings, following._dues = {}, {}
    return following
