"""Doubt about the time: each process watches its clock, and nothing is recorded at a time in doubt.

A clock that is set back fires nothing early. One that runs ahead would end time limits for good: it is not believed
until it is put right or somebody confirms it. Where the system has a clock that counts sleep, a machine's sleep counts.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from cases.model.tables import ClockDoubt, Heartbeat
from config import Clock
from extensions import only_reading, transaction
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


OPEN_DOUBTS: Final = (
    select(ClockDoubt.why, ClockDoubt.noticed_at, ClockDoubt.said_at, ClockDoubt.seen_at)
    .where(ClockDoubt.settled_at.is_(None))
    .order_by(ClockDoubt.id)
)


def open_doubts(session: Session) -> Sequence[Doubt]:
    """Every clock that is in doubt now, the first noticed first."""
    return [Doubt(*row) for row in session.connection().execute(OPEN_DOUBTS)]


def doubt_at(session: Session, now: datetime) -> Doubt | None:
    """Why `now` is not believed, if it is not."""
    return next((doubt for doubt in open_doubts(session) if doubt.covers(now)), None)


def refuse_doubted(session: Session, now: datetime) -> None:
    """Raises Doubted where `now` is not believed: what would be recorded could not be taken back."""
    refuse_if_covered(open_doubts(session), now)


def refuse_if_covered(doubts: Iterable[Doubt], now: datetime) -> None:
    """The same where the clocks in doubt are known."""
    if any(doubt.covers(now) for doubt in doubts):
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


ABSENCE: Final = timedelta(days=10)
"""Longer than the longest holidays: where no scheduler beat for so long, somebody says whether that is true."""
log = logging.getLogger("redress.clock")


def steady() -> float:
    """Seconds by a clock that nobody can set; it counts the machine's sleep where the system can."""
    for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC"):  # Linux; macOS, whose monotonic() leaves the sleep out
        if hasattr(time, name):
            return time.clock_gettime(getattr(time, name))
    return time.monotonic()


class ClockWatch:
    """Looks whether this process's clock runs ahead, and keeps in the database what it finds.

    `absence`: how long no scheduler may have beaten before the first look is a doubt; None in demo and tests, which
    may begin at any time. `wall` and `steadily` are the two clocks; only a test gives others.
    """

    def __init__(
        self,
        clock: Clock,
        absence: timedelta | None = ABSENCE,
        wall: Callable[[], datetime] | None = None,
        steadily: Callable[[], float] = steady,
    ) -> None:
        self._shift, self._wall, self._steady = clock.shift, wall or clock.wall, steadily
        self._began, self._ahead_of_database = (self._wall(), self._steady()), timedelta()
        self._absence, self._last_beat = absence, None
        self._looked, self._row, self._lock = False, 0, threading.Lock()

    def now(self) -> datetime:
        """The time as this process tells it, the demo's shift included."""
        return self._wall() + self._shift

    def look(self, session: Session) -> Doubt | None:
        """Look now; gives the doubt, if there is one. What it finds stands in the database when it returns."""
        with self._lock:
            with only_reading():
                doubt = self._doubt(session)
                if doubt and is_confirmed(session, doubt):
                    self._believe(session)
                    doubt = None
                session.commit()
            if doubt or self._row:
                self._row = _keep(self._row, doubt, self.now())
            return doubt

    def _doubt(self, session: Session) -> Doubt | None:
        """The witness by which this clock is the furthest ahead, if it is too far."""
        wall = self._wall()
        expected = {"jumped": self._began[0] + timedelta(seconds=self._steady() - self._began[1])}
        if (told := _database_time(session)) is not None:
            expected["database"] = told + self._ahead_of_database
        why, should_be = min(expected.items(), key=lambda item: item[1])
        if wall - should_be > LEAP:
            at = should_be + self._shift
            return Doubt(why, at, wall + self._shift, at)
        return self._silence(session, wall + self._shift)

    def _silence(self, session: Session, now: datetime) -> Doubt | None:
        """At the first look: whether nobody has beaten for so long that the clock may be wrong instead."""
        if not self._looked:
            self._last_beat = session.scalar(select(func.max(Heartbeat.at))) if self._absence else None
            self._looked = True
        if self._absence and self._last_beat and now - self._last_beat > self._absence:
            return Doubt("silent", self._last_beat, now, self._last_beat)
        self._last_beat = None
        return None

    def _believe(self, session: Session) -> None:
        """The time is what the clock says now: expect times from here."""
        wall, told = self._wall(), _database_time(session)
        self._began, self._last_beat = (wall, self._steady()), None
        self._ahead_of_database = wall - told if told else timedelta()
        log.warning("somebody has confirmed the time: it is %s", wall + self._shift)


def _database_time(session: Session) -> datetime | None:
    """What the database server's clock says; SQLite has none of its own."""
    return session.scalar(select(func.clock_timestamp())) if session.get_bind().dialect.name == "postgresql" else None


def _keep(row: int, doubt: Doubt | None, now: datetime) -> int:
    """Keep what was found, in this process's row if it stands open still; gives the row, 0 where there is no doubt."""
    with transaction(user_initiated=False) as session:
        ours = update(ClockDoubt).where(ClockDoubt.id == row, ClockDoubt.settled_at.is_(None)).returning(ClockDoubt.id)
        if doubt is None:
            if session.scalar(ours.values(settled_at=now)):
                log.warning("the clock has been put right: it says %s", now)
            return 0
        seen = {"why": doubt.why, "said_at": doubt.said_at, "seen_at": doubt.should_be}
        if row and (kept := session.scalar(ours.values(**seen))):
            return kept
        log.error("the clock is not believed (%s): it says %s, by rights %s", doubt.why, doubt.said_at, doubt.should_be)
        new = insert(ClockDoubt).returning(ClockDoubt.id)
        return session.scalars(new, [{**seen, "noticed_at": doubt.since}]).one()
