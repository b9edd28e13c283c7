"""Who has taken a case, among several who could: read from what has happened. Knows no table and no name of an action.

It says whose work a case is and bars nobody: a deadline does not wait for whoever took the case.
"""

from __future__ import annotations

from collections.abc import Sequence

from workflow.definition import Definition, Effect, Party
from workflow.findings import rows_of
from workflow.snapshot import Past


def holder(definition: Definition, past: Sequence[Past], state: str, bureau: int | None) -> int | None:
    """The person who has it where it lies now; None: nobody. What was taken for another step does not count."""
    desk, movers = definition.state(state).desk, definition.movers(state)
    for event in reversed(past):
        effect = _says_whose(definition, event)
        if effect is None or definition.state(event.source).desk is not desk:
            continue
        if definition.movers(event.source).isdisjoint(movers) or (desk is Party.BUREAU and event.bureau != bureau):
            continue
        return _whose(effect, event)
    return None


def _says_whose(definition: Definition, event: Past) -> Effect | None:
    effects = (effect for row in rows_of(definition, event) for effect in row.does)
    return next((effect for effect in effects if effect.name in ("take", "give_back", "hand_to")), None)


def _whose(effect: Effect, event: Past) -> int | None:
    if effect.name == "take":
        return event.person
    named = event.codes.get(effect.of)
    return named if effect.name == "hand_to" and isinstance(named, int) else None
