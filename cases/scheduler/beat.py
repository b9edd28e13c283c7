"""Beats: APScheduler runs each task in a thread at once and then every 20 seconds, never twice at a time.

APScheduler, which the client prescribes, carries the threads and the interval, from memory. It does not carry what is
due, who does it or what was done: the database does, so that any number of processes may beat or die. It waits for a
moment of the wall clock, so a guard on the monotonic clock makes up for one that was put back. It knows no task.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from config import Clock

EVERY = timedelta(seconds=20)
SLACK = timedelta(seconds=1)
WALL = Clock()
log = logging.getLogger("redress.scheduler")


class BeatingScheduler:
    """Beats each work at once and then every so often: never twice at a time, late beats folded into one.

    `now` is the wall clock that APScheduler reads; only a test gives another.
    """

    def __init__(
        self,
        works: Mapping[str, Callable[[], object]],
        every: timedelta = EVERY,
        now: Callable[[], datetime] = WALL.now,
    ) -> None:
        self._every, self._now, self._ended = every, now, threading.Event()
        self._scheduler = BackgroundScheduler(timezone="UTC")
        for name, work in works.items():
            trigger = IntervalTrigger(seconds=every.total_seconds())
            self._scheduler.add_job(
                work,
                trigger,
                id=name,
                name=name,
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
                next_run_time=now(),
            )
        self._guard = threading.Thread(target=self._watch, name="beat-guard", daemon=True)

    def start(self) -> None:
        self._scheduler.start()
        self._guard.start()

    def shutdown(self) -> None:
        """End once the works that run have ended."""
        self._ended.set()
        self._guard.join()
        self._scheduler.shutdown()

    def _watch(self) -> None:
        """Look once an interval; an event waits by the monotonic clock, which nobody can put back."""
        while not self._ended.wait(self._every.total_seconds()):
            self._pull_near()

    def _pull_near(self) -> None:
        """A beat further off than an interval: the wall clock was put back. It comes now."""
        now = self._now()
        for job in self._scheduler.get_jobs():
            if job.next_run_time and job.next_run_time - now > self._every + SLACK:
                log.warning("the clock was put back: %s beats now, not at %s", job.name, job.next_run_time)
                job.modify(next_run_time=now)


def start(works: Mapping[str, Callable[[], object]]) -> BeatingScheduler:
    """A scheduler in this process, beating."""
    running = BeatingScheduler(works)
    running.start()
    return running
