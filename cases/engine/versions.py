"""Do the kinds still know where the open cases stand: a state or a deadline that is gone stops the start.

It only asks; `cases/engine/mapping.py` moves what was written under an older definition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.model.tables import Case, TimerRow
from workflow.definition import Definition

SHOWN = 5
"""Case numbers in a line; the rest are counted."""

Pair = tuple[str, str]


def gone(session: Session, kinds: Mapping[str, Definition] | None = None) -> list[str]:
    """A line for each kind of a case that is gone; for each state in which an open case stands, and each deadline
    of one, that its kind has not."""
    known = all_kinds() if kinds is None else kinds
    return [*_gone_kinds(session, known), *_gone_states(session, known), *_gone_deadlines(session, known)]


def _gone_kinds(session: Session, kinds: Mapping[str, Definition]) -> Iterator[str]:
    """Of closed cases too: without their kind nobody could read them."""
    for kind in sorted({*session.scalars(select(Case.kind).distinct())} - {*kinds}):
        cases = session.scalars(select(Case.number).where(Case.kind == kind).order_by(Case.number)).all()
        yield f"there is no kind '{kind}': {_named(cases)}"


def _gone_states(session: Session, kinds: Mapping[str, Definition]) -> Iterator[str]:
    states = {(name, state.name) for name, kind in kinds.items() for state in kind.states}
    identity = select(Case.kind, Case.state).where(Case.closed_at.is_(None), Case.kind.in_(kinds))
    numbers = select(Case.number).where(Case.closed_at.is_(None)).order_by(Case.number)
    for kind, state in _unknown(session, identity, states):
        cases = session.scalars(numbers.where(Case.kind == kind, Case.state == state)).all()
        yield f"{kind} has no state '{state}': {_named(cases)}"


def _gone_deadlines(session: Session, kinds: Mapping[str, Definition]) -> Iterator[str]:
    deadlines = {(name, deadline.name) for name, kind in kinds.items() for deadline in kind.deadlines}
    # those of this round, stopped ones too: under its new name a deadline goes on with what was left; without a rule
    # it has been ended for want of a new name
    theirs = and_(TimerRow.case_id == Case.id, TimerRow.round == Case.round, TimerRow.rule != "")
    held = select(Case.kind, TimerRow.deadline).join(TimerRow, theirs)
    held = held.where(Case.closed_at.is_(None), Case.kind.in_(kinds))
    numbers = select(Case.number).join(TimerRow, theirs).where(Case.closed_at.is_(None))
    for kind, deadline in _unknown(session, held, deadlines):
        holding = numbers.where(Case.kind == kind, TimerRow.deadline == deadline)
        cases = session.scalars(holding.distinct().order_by(Case.number)).all()
        yield f"{kind} has no deadline '{deadline}': {_named(cases)}"


def _unknown(session: Session, found: Select[str, str], known: set[Pair]) -> list[Pair]:
    return sorted({(kind, name) for kind, name in session.execute(found.distinct())} - known)


def _named(numbers: Sequence[str]) -> str:
    more = f" and {len(numbers) - SHOWN} more" if len(numbers) > SHOWN else ""
    return ", ".join(numbers[:SHOWN]) + more
