"""Cases that the clock cannot move: kept where the office sees them, forgotten once they move again.

It does not know why a case fails; the log has that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cases.tables import Case, StuckCase, TimerRow
from extensions import transaction

ERROR_LENGTH = 300


@dataclass(frozen=True)
class Stuck:
    """A case that the clock could not move, since when, and when it last tried."""

    number: str
    since: datetime
    last_at: datetime


def stuck_cases(session: Session) -> list[Stuck]:
    """Every case that the clock cannot move, the longest stuck first."""
    found = select(Case.number, StuckCase.since, StuckCase.last_at).join(Case, Case.id == StuckCase.case_id)
    return [Stuck(*row) for row in session.execute(found.order_by(StuckCase.since, Case.number))]


def note_stuck(case_id: int, error: Exception, now: datetime) -> str:
    """Keep, in a transaction of its own, that a case failed at `now`; gives the case's number."""
    with transaction() as session:
        # the row's lock keeps two sweeps from writing the same first line
        number = session.scalars(select(Case.number).where(Case.id == case_id).with_for_update()).one()
        kept = session.get(StuckCase, case_id, populate_existing=True)
        if kept is None:
            session.add(StuckCase(case_id=case_id, since=now, last_at=now, error=_told(error)))
        else:
            kept.last_at, kept.error = now, _told(error)
    return number


def forget_moved(now: datetime) -> None:
    """Forget the cases with nothing due any more: somebody or something has moved them."""
    with transaction() as session:
        due = select(TimerRow.case_id).where(TimerRow.next_at <= now)
        session.execute(delete(StuckCase).where(StuckCase.case_id.not_in(due)))


def _told(error: Exception) -> str:
    first: Sequence[str] = str(error).splitlines()[:1]
    return f"{type(error).__name__}: {''.join(first)}"[:ERROR_LENGTH]
