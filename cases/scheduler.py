"""What a scheduler does at a beat: fires what is due, ends displays whose day has come, sends letters.

The database says what is due. Any number of schedulers may run at once. Each task stands alone: one that fails
keeps no other, and only one that went well writes that it did.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cases.record_news import ENDED, tell_of
from cases.sweep import sweep
from cases.tables import Heartbeat
from extensions import transaction
from notifications.channels import Channel
from notifications.deliver import deliver_due
from registry.display import end_due_displays
from workflow.snapshot import World

log = logging.getLogger("redress.scheduler")


def tick(world: World, channel: Channel, now: datetime) -> list[str]:
    """One beat of every task, as at `now`; gives what was done, a line each.

    Raises what failed, as one group, once every task has been tried.
    """
    lines: list[str] = []
    failures: list[Exception] = []
    for task in TASKS:
        try:
            lines += run(task, world, channel, now)
        except Exception as failure:
            log.exception("the scheduler's %s failed", task)
            failures.append(failure)
    if failures:
        raise ExceptionGroup("the scheduler's beat failed", failures)
    return lines


def run(task: str, world: World, channel: Channel, now: datetime) -> list[str]:
    """One beat of one task; gives what was done. The beat is noted when the work went well, and only then."""
    lines = TASKS[task](world, channel, now)
    with transaction() as session:
        note_beat(session, now, task)
    return lines


def note_beat(session: Session, now: datetime, *tasks: str) -> None:
    """Write that these tasks, or all, went well at `now`."""
    for task in tasks or TASKS:
        beat = update(Heartbeat).where(Heartbeat.name == task).values(at=now).returning(Heartbeat.name)
        if session.scalars(beat).first() is None:
            _first_beat(session, task, now)


def last_beat(session: Session) -> datetime | None:
    """When the task that has been silent longest last went well; None where one never has."""
    beats = session.scalars(select(Heartbeat.at).where(Heartbeat.name.in_(TASKS))).all()
    return min(beats) if len(beats) == len(TASKS) else None


def _first_beat(session: Session, task: str, now: datetime) -> None:
    try:
        with session.begin_nested():
            session.execute(insert(Heartbeat), [{"name": task, "at": now}])
    except IntegrityError:
        log.info("another scheduler has just noted its first beat of %s", task)


def _sweep(world: World, _channel: Channel, now: datetime) -> list[str]:
    return [f"{done.number} {done.action} -> {done.state}" for done in sweep(world, now)]


def _end_displays(world: World, _channel: Channel, now: datetime) -> list[str]:
    with transaction() as session:
        ended = end_due_displays(session, world.jurisdiction.displays, world.jurisdiction.day_of(now), now)
        tell_of(session, world, [change.record_id for change in ended], ENDED, now)
    return [f"record {change.record_id} display_ended" for change in ended]


def _send_mail(_world: World, channel: Channel, now: datetime) -> list[str]:
    sent = deliver_due(now, channel)
    return [f"letters {sent}"] if sent else []


TASKS: Mapping[str, Callable[[World, Channel, datetime], list[str]]] = {
    "sweep": _sweep, "displays": _end_displays, "mail": _send_mail,
}  # fmt: skip
"""What is done at a beat, each by a job of its own; the names stand in the log and in the heartbeats."""
