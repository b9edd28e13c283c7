"""The proposals that wait for a decision: of which cases, and for whom."""

from __future__ import annotations

from functools import cache

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.lists.worklists import count, in_states, on_desk_of
from registry.identity import Identity
from workflow.definition import DECIDES, PROPOSES, Role


def waits_for(identity: Identity) -> ColumnElement[bool]:
    """The cases on the person's desk in which somebody has proposed and one of the person's roles decides."""
    return and_(on_desk_of(identity), _proposed_to(identity.roles))


def waiting(session: Session, identity: Identity) -> int:
    """How many proposals wait for this person; those that a guard keeps from them are among them."""
    return count(session, identity, waits_for(identity))


def awaits_approval() -> ColumnElement[bool]:
    """A proposal waits there for somebody."""
    return _proposed_to(None)


def _proposed_to(roles: frozenset[Role] | None) -> ColumnElement[bool]:
    return in_states(*((kind, _deciding(kind, definition.digest, roles)) for kind, definition in all_kinds().items()))


@cache
def _deciding(kind: str, _digest: str, roles: frozenset[Role] | None) -> tuple[str, ...]:
    """The states into which a proposal leads and in which one of these roles, or anybody, decides on it."""
    actions = all_kinds()[kind].actions
    proposed = {str(target) for action in actions if action.part is PROPOSES for target in action.targets}
    deciding = {
        state
        for action in actions
        if action.part is DECIDES and (roles is None or not roles.isdisjoint(action.by))
        for state in action.source
    }
    return tuple(sorted(proposed & deciding))
