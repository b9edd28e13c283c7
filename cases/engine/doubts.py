"""Times that are not to be believed, since a clock ran ahead: kept until it is put right or somebody confirms it.

Meanwhile nothing is recorded at such a time: no rung fires, no display ends, no mail is given up, no act is taken. It
reads no clock: who looks at one is `clock_watch.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cases.model.watch_tables import ClockDoubt
from extensions import transaction
from workflow.refusal import Impossible, say

LEAP: Final = timedelta(minutes=5)
"""A clock that is ahead by more is not believed."""
MARGIN: Final = timedelta(minutes=1)
"""Processes of one machine look at different moments: so much earlier than one of them said is the same time still."""


class Doubted(Impossible):
    """Nothing can be recorded now: the clock is not believed."""


@dataclass(frozen=True)
class Doubt:
    """A clock that says `said_at` where it should say `should_be`, since `since` by the latter.

    Why: `jumped` of itself, ahead of the `database`'s clock, or since long nobody beat (`silent`).
    """

    why: str
    since: datetime
    said_at: datetime
    should_be: datetime

    def covers(self, now: datetime) -> bool:
        """Whether a clock that says `now` is the one in doubt; one that says an earlier time is not."""
        return now >= self.said_at - MARGIN


_OPEN: Final = (
    select(ClockDoubt)
    .where(ClockDoubt.settled_at.is_(None))
    .order_by(ClockDoubt.id)
    .execution_options(populate_existing=True)
)


def open_doubts(session: Session) -> Sequence[Doubt]:
    """Every clock that is in doubt now, the first noticed first."""
    return [Doubt(row.why, row.noticed_at, row.said_at, row.seen_at) for row in session.scalars(_OPEN)]


def doubt_at(session: Session, now: datetime) -> Doubt | None:
    """Why `now` is not believed, if it is not."""
    return next((doubt for doubt in open_doubts(session) if doubt.covers(now)), None)


def refuse_doubted(session: Session, now: datetime) -> None:
    """Raises Doubted where `now` is not believed: what would be recorded could not be taken back."""
    if doubt_at(session, now):
        raise Doubted(
            say(
                "The clock of this server seems to run ahead. Nothing is recorded and no time limit ends until it is "
                "put right or the head of the office confirms the time; the office can see that. Nothing was changed: "
                "please try again later."
            )
        )


def confirm_time(session: Session, now: datetime, by: int) -> int:
    """Somebody says that `now` is the right time: what was doubted because of it is settled; gives how many clocks."""
    ids = [
        row.id
        for row in session.scalars(select(ClockDoubt).where(ClockDoubt.settled_at.is_(None)))
        if Doubt(row.why, row.noticed_at, row.said_at, row.seen_at).covers(now)
    ]
    settled = update(ClockDoubt).where(ClockDoubt.id.in_(ids)).values(settled_at=now, settled_by_id=by)
    session.execute(settled)
    return len(ids)


def is_confirmed(session: Session, doubt: Doubt) -> bool:
    """Whether somebody has confirmed a time that is later than a process reckons: its clock is then right."""
    at = ClockDoubt.settled_at
    found = select(ClockDoubt.id).where(
        ClockDoubt.settled_by_id.is_not(None), at > doubt.should_be, at <= doubt.said_at + MARGIN
    )
    return session.scalars(found.limit(1)).first() is not None


def forget_ended(now: datetime) -> None:
    """Settle what processes that look no more have left: by `now`, an earlier time than theirs, they were put right."""
    with transaction() as session:
        left = update(ClockDoubt).where(
            ClockDoubt.settled_at.is_(None), ClockDoubt.said_at > now + MARGIN, ClockDoubt.seen_at < now - LEAP
        )
        session.execute(left.values(settled_at=now))
