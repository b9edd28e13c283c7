"""Cases that cannot be moved: set aside, kept where the office sees them, forgotten once they move again.

The clock notes them, and so does a person's act that a fault of ours keeps from being recorded. It does not know why a
case fails; the log has that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from cases.model.tables import Case, Event, TimerRow
from cases.model.watch_tables import StuckCase
from extensions import transaction

ERROR_LENGTH = 300
LONGEST_WAIT: Final = timedelta(minutes=15)
MOST_AT_ONCE: Final = 50
"""Cases that are set aside and tried again at one beat, so that ever so many of them take no beat from the others."""


@dataclass(frozen=True)
class Stuck:
    """A case that could not be moved, since when, and when it was last tried."""

    number: str
    since: datetime
    last_at: datetime


def stuck_cases(session: Session) -> list[Stuck]:
    """Every case that is set aside, the longest stuck first."""
    found = select(Case.number, StuckCase.since, StuckCase.last_at).join(Case, Case.id == StuckCase.case_id)
    return [Stuck(*row) for row in session.execute(found.order_by(StuckCase.since, Case.number))]


def note_stuck(case_id: int, error: Exception, now: datetime) -> Stuck:
    """Keep, in a transaction of its own, that a case failed at `now`; gives since when it has."""
    with transaction(asked=False) as session:
        # the row's lock keeps two sweeps from writing the same first line
        number = session.scalars(select(Case.number).where(Case.id == case_id).with_for_update()).one()
        kept = session.get(StuckCase, case_id, populate_existing=True)
        if kept is None:
            kept = StuckCase(case_id=case_id, since=now, last_at=now, error=_told(error))
            session.add(kept)
        else:
            kept.last_at, kept.error = now, _told(error)
        return Stuck(number, kept.since, kept.last_at)


def to_try_again(session: Session, now: datetime, most: int = MOST_AT_ONCE) -> list[int]:
    """Cases set aside that have something due and have waited long enough: as long again as they had failed for when
    last tried, at most a quarter of an hour. At most `most` at once, the longest untried first."""
    due = select(TimerRow.case_id).where(TimerRow.next_at <= now)
    kept = select(StuckCase.case_id, StuckCase.since, StuckCase.last_at).where(StuckCase.case_id.in_(due))
    rows = session.execute(kept.order_by(StuckCase.last_at, StuckCase.case_id)).all()
    over = [case_id for case_id, since, last_at in rows if last_at + min(last_at - since, LONGEST_WAIT) <= now]
    return over[:most]


def forget(session: Session, case_ids: Sequence[int]) -> None:
    """These went well."""
    session.execute(delete(StuckCase).where(StuckCase.case_id.in_(case_ids)))


def forget_moved(now: datetime) -> None:
    """Forget the cases that somebody has moved since and that have nothing due any more."""
    with transaction() as session:
        due = select(TimerRow.case_id).where(TimerRow.next_at <= now)
        moved = exists().where(Event.case_id == StuckCase.case_id, Event.at > StuckCase.last_at)
        session.execute(delete(StuckCase).where(StuckCase.case_id.not_in(due), moved))


def anything_due(session: Session, case_id: int, now: datetime) -> bool:
    """Whether the clock has something to do in a case before anybody else."""
    return bool(session.scalar(select(exists().where(TimerRow.case_id == case_id, TimerRow.next_at <= now))))


def _told(error: Exception) -> str:
    """Its sort alone: the words of an exception may hold what a person typed."""
    return type(error).__name__[:ERROR_LENGTH]
