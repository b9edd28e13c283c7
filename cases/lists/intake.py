"""Intake: the open cases for which the office has not decided yet who answers them. Which states those are, kinds say.

A case has left intake once it was given to a bureau or to a route, once a decision on it was proposed, or at its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from sqlalchemy import ColumnElement, and_

from cases.kinds import all_kinds
from cases.lists.queues import others_have
from cases.lists.worklists import in_states, is_open, on_desk_of
from registry.identity import Identity
from workflow.definition import PROPOSES, START, STAY, Action, Definition, Party

DECIDES_WHO_ANSWERS = frozenset(("route", "set_variant"))
"""The effects that give a case to a bureau, or to one of the ways of its kind."""


def waits_for_office() -> ColumnElement[bool]:
    """The cases that lie with the office for its first decision, whoever of the office may take it."""
    return _in_states(Party.OFFICE)


def waits_for_papers() -> ColumnElement[bool]:
    """The cases for which the office has asked papers before that decision, and the firm has its time."""
    return _in_states(Party.ENTERPRISE)


def to_decide(identity: Identity) -> ColumnElement[bool]:
    """Of those that lie with the office, the ones that this person can move and no colleague has taken."""
    return and_(waits_for_office(), on_desk_of(identity), ~others_have(identity))


def _in_states(desk: Party) -> ColumnElement[bool]:
    found = ((kind, _states(kind, definition.digest, desk)) for kind, definition in all_kinds().items())
    return and_(is_open(), in_states(*found))


@cache
def _states(kind: str, _digest: str, desk: Party) -> tuple[str, ...]:
    """The states of a desk to which a new case comes before it is decided who answers it."""
    definition = all_kinds()[kind]
    reached = {state for variant in definition.variants or ("",) for state in _reached(definition, variant)}
    return tuple(state.name for state in definition.states if state.name in reached and state.desk is desk)


def _reached(definition: Definition, variant: str) -> set[str]:
    found: set[str] = set()
    ahead = [START]
    while ahead:
        for action in definition.actions_from(ahead.pop(), variant):
            for state in set(_undecided(definition, action)) - found:
                found.add(state)
                ahead.append(state)
    return found


def _undecided(definition: Definition, action: Action) -> Iterator[str]:
    """Where an action leads without having decided it."""
    if action.part is PROPOSES or any(effect.name in DECIDES_WHO_ANSWERS for effect in action.does):
        return
    for target in action.targets:
        if target is not STAY and not definition.state(str(target)).final:
            yield str(target)
