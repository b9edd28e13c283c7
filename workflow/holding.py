"""Who has taken a case, among several who could: read from what has happened. Knows no table and no name of an action.

It says whose work a case is and bars nobody: a deadline does not wait for whoever took the case.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from workflow.definition import Definition, Party
from workflow.findings import rows_of
from workflow.snapshot import EventFacts
from workflow.vocabulary import Effect

SAYS_WHOSE: Final = ("take", "give_back", "hand_to")
SUCCEEDS: Final = ("succeed",)


def holder(definition: Definition, past: Sequence[EventFacts], state: str, bureau: int | None) -> int | None:
    """The person who has it where it lies now; None: nobody. What was taken for another step does not count."""
    desk, movers = definition.state(state).desk, definition.movers(state)
    for event, effect in _latest(definition, past, SAYS_WHOSE):
        if definition.state(event.source).desk is not desk or definition.movers(event.source).isdisjoint(movers):
            continue
        if desk is Party.BUREAU and event.bureau not in same_body(definition, past, bureau):
            continue
        return _whose(effect, event)
    return None


def same_body(definition: Definition, past: Sequence[EventFacts], bureau: int | None) -> frozenset[int | None]:
    """A bureau with those it was before: in law a successor is the same body (D26)."""
    bodies: set[int | None] = {bureau}
    for event, effect in _latest(definition, past, SUCCEEDS):
        if event.codes.get(effect.by) in bodies:
            bodies.add(_number(event, effect.of))
    return frozenset(bodies)


def _latest(
    definition: Definition, past: Sequence[EventFacts], names: tuple[str, ...]
) -> Iterator[tuple[EventFacts, Effect]]:
    """The events that had one of these effects, with it, the latest first."""
    actions = definition.doing(names)
    for event in reversed(past):
        if event.action in actions:
            effects = (effect for row in rows_of(definition, event) for effect in row.does)
            if found := next((effect for effect in effects if effect.name in names), None):
                yield event, found


def _whose(effect: Effect, event: EventFacts) -> int | None:
    if effect.name == "take":
        return event.person
    return _number(event, effect.of) if effect.name == "hand_to" else None


def _number(event: EventFacts, field: str) -> int | None:
    named = event.codes.get(field)
    return named if isinstance(named, int) else None
