"""The drummer: APScheduler beats, the database says what is due. Any number of schedulers may run at once.

One beat does everything a scheduler does: fires what is due, ends displays whose day has come, sends letters.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.orm import Session

from cases.record_news import ENDED, tell_of
from cases.sweep import sweep
from cases.tables import Heartbeat
from extensions import transaction
from notifications.channels import Channel
from notifications.deliver import deliver_due
from registry.display import end_due_displays
from workflow.snapshot import World

BEAT_SECONDS = 20
log = logging.getLogger("redress.scheduler")


def tick(world: World, channel: Channel, now: datetime) -> list[str]:
    """One beat, as at `now`; gives what was done, a line each."""
    with transaction() as session:
        note_beat(session, now)
    lines = [f"{done.number} {done.action} -> {done.state}" for done in sweep(world, now)]
    with transaction() as session:
        day = world.jurisdiction.day_of(now)
        ended = end_due_displays(session, world.jurisdiction.displays, day, now)
        tell_of(session, world, [change.record_id for change in ended], ENDED, now)
    lines += [f"record {change.record_id} display_ended" for change in ended]
    sent = deliver_due(now, channel)
    return lines + ([f"letters {sent}"] if sent else [])


def note_beat(session: Session, now: datetime) -> None:
    """Write that a scheduler is alive."""
    session.merge(Heartbeat(name="scheduler", at=now))


def start(beat: Callable[[], object]) -> BackgroundScheduler:
    """A scheduler in this process: one interval job in memory, never two beats at a time, late ones folded into one."""
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(
        beat, IntervalTrigger(seconds=BEAT_SECONDS), max_instances=1, coalesce=True, misfire_grace_time=None
    )
    scheduler.start()
    return scheduler
