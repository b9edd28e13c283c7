"""The proposals that wait for a decision: of which cases, and for whom."""

from __future__ import annotations

from functools import cache

from sqlalchemy import ColumnElement, and_, false, or_
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.tables import Case
from cases.worklists import count, on_desk_of
from registry.standing import Standing
from workflow.definition import DECIDES, PROPOSES, Role


def waits_for(standing: Standing) -> ColumnElement[bool]:
    """The cases on the person's desk in which somebody has proposed and one of the person's roles decides."""
    mine = [
        and_(Case.kind == definition.kind, Case.state.in_(states))
        for definition in all_kinds().values()
        if (states := _deciding(definition.kind, definition.digest, frozenset(standing.roles)))
    ]
    return and_(on_desk_of(standing), or_(false(), *mine))


def waiting(session: Session, standing: Standing) -> int:
    """How many proposals wait for this person; those that a guard keeps from them are among them."""
    return count(session, standing, waits_for(standing))


def awaits_approval() -> ColumnElement[bool]:
    """A proposal waits there for somebody."""
    states = [
        and_(Case.kind == definition.kind, Case.state.in_(found))
        for definition in all_kinds().values()
        if (found := _deciding(definition.kind, definition.digest, None))
    ]
    return or_(false(), *states)


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
