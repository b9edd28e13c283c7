"""Do the kinds still know where the open cases stand: a state or a deadline that is gone stops the start.

It only asks; what was written under an older definition is mended by a migration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.tables import Case, TimerRow
from workflow.definition import Definition

SHOWN = 5
"""Case numbers in a line; the rest are counted."""

Pair = tuple[str, str]


def gone(session: Session, kinds: Mapping[str, Definition] | None = None) -> list[str]:
    """A line for each state in which an open case stands, and each deadline of one, that its kind has not."""
    known = all_kinds() if kinds is None else kinds
    return [*_gone_states(session, known), *_gone_deadlines(session, known)]


def _gone_states(session: Session, kinds: Mapping[str, Definition]) -> Iterator[str]:
    states = {(name, state.name) for name, kind in kinds.items() for state in kind.states}
    standing = select(Case.kind, Case.state).where(Case.closed_at.is_(None))
    numbers = select(Case.number).where(Case.closed_at.is_(None)).order_by(Case.number)
    for kind, state in _unknown(session, standing, states):
        cases = session.scalars(numbers.where(Case.kind == kind, Case.state == state)).all()
        yield f"{kind} has no state '{state}': {_named(cases)}"


def _gone_deadlines(session: Session, kinds: Mapping[str, Definition]) -> Iterator[str]:
    deadlines = {(name, deadline.name) for name, kind in kinds.items() for deadline in kind.deadlines}
    # stopped ones too: they may run again, and the clock reads every deadline of an open case
    held = (
        select(Case.kind, TimerRow.deadline).join(TimerRow, TimerRow.case_id == Case.id).where(Case.closed_at.is_(None))
    )
    numbers = select(Case.number).join(TimerRow, TimerRow.case_id == Case.id).where(Case.closed_at.is_(None))
    for kind, deadline in _unknown(session, held, deadlines):
        theirs = numbers.where(Case.kind == kind, TimerRow.deadline == deadline)
        cases = session.scalars(theirs.distinct().order_by(Case.number)).all()
        yield f"{kind} has no deadline '{deadline}': {_named(cases)}"


def _unknown(session: Session, found: Select[str, str], known: set[Pair]) -> list[Pair]:
    return sorted({(kind, name) for kind, name in session.execute(found.distinct())} - known)


def _named(numbers: Sequence[str]) -> str:
    more = f" and {len(numbers) - SHOWN} more" if len(numbers) > SHOWN else ""
    return ", ".join(numbers[:SHOWN]) + more
