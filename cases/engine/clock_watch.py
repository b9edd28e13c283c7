"""A process's watch over its own clock: against one that nobody can set, and against the database server's.

A clock that is set back fires nothing early, and its events say that they bear an earlier time. One that runs ahead
would end time limits that have not ended, for good: so it is not believed until it is put right or confirmed. A
machine that slept counts as one that ran, where its system has a clock that counts sleep.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from cases.engine.doubts import LEAP, Doubt, is_confirmed
from cases.model.watch_tables import ClockDoubt, Heartbeat
from config import Clock
from extensions import only_reading, transaction

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
        reckoned = {"jumped": self._began[0] + timedelta(seconds=self._steady() - self._began[1])}
        if (told := _database_time(session)) is not None:
            reckoned["database"] = told + self._ahead_of_database
        why, should_be = min(reckoned.items(), key=lambda item: item[1])
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
        """The time is what the clock says now: what is reckoned, is reckoned from here."""
        wall, told = self._wall(), _database_time(session)
        self._began, self._last_beat = (wall, self._steady()), None
        self._ahead_of_database = wall - told if told else timedelta()
        log.warning("somebody has confirmed the time: it is %s", wall + self._shift)


def _database_time(session: Session) -> datetime | None:
    """What the database server's clock says; SQLite has none of its own."""
    return session.scalar(select(func.clock_timestamp())) if session.get_bind().dialect.name == "postgresql" else None


def _keep(row: int, doubt: Doubt | None, now: datetime) -> int:
    """Keep what was found, in this process's row if it stands open still; gives the row, 0 where there is no doubt."""
    with transaction(asked=False) as session:
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
