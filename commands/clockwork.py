"""`flask tick` and `flask scheduler`: one beat by hand, or a scheduler as a process of its own."""

import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from cases.engine.clock import ClockWatch, Doubted, doubt_at, forget_ended
from cases.engine.held_sheets import held_sheet_store
from cases.model.readings import ReadingSpool
from cases.scheduler.beat import start
from cases.scheduler.tasks import TASKS, Means, note_beat, run, tick
from config import Settings
from database import trouble_of
from extensions import db, transaction
from notifications.channels import channel_for
from registry.in_force import world_in_force

log = logging.getLogger("redress.scheduler")


def beat(app: Flask, at: datetime | None = None) -> list[str]:
    """One beat of everything the scheduler does, as at `at` or now; raises what failed once all has been tried."""
    with _beating(app) as (means, now):
        return tick(means, at or now)


def works(app: Flask) -> dict[str, Callable[[], None]]:
    """A scheduler's work for each of its tasks; what fails is logged, and its beat is not noted."""
    return {task: partial(_work, app, task) for task in TASKS}


def first_beat(app: Flask) -> None:
    """A scheduler that starts is alive, before anybody asks; one whose clock is not believed is not.

    Where the database is away for a moment it starts all the same: its first beats say how it is.
    """
    try:
        with _beating(app) as (_means, now), transaction() as session:
            if doubt_at(session, now) is None:
                note_beat(session, now)
    except Exception as failure:
        trouble = trouble_of(failure)
        if not trouble or not trouble.passes:
            raise
        log.error("the scheduler starts without having noted it: the database is %s", trouble)


def _work(app: Flask, task: str) -> None:
    try:
        with _beating(app) as (means, now):
            run(task, means, now)
    except Doubted:
        log.error("the scheduler's %s waits: the clock is not believed", task)
    except Exception as failure:
        trouble = trouble_of(failure)
        if trouble and trouble.passes:
            log.error("the scheduler's %s waits for the next beat: the database is %s", task, trouble)
        else:
            log.exception("the scheduler's %s failed", task)


@contextmanager
def _beating(app: Flask) -> Iterator[tuple[Means, datetime]]:
    """What a beat needs; the clock is looked at and read here, once."""
    settings: Settings = app.config["SETTINGS"]
    watch: ClockWatch = app.extensions["watch"]
    with app.app_context():
        try:
            if watch.look(db.session()) is None:
                forget_ended(settings.clock.now())
            law = app.extensions["law"]
            session = db.session()
            world = world_in_force(session, law)
            waiting = ReadingSpool(settings.data_dir)
            store, witness = app.extensions["store"], app.extensions["witness"]
            yield (
                Means(
                    session,
                    world,
                    channel_for(settings.smtp_url),
                    witness,
                    store.holds,
                    waiting,
                    store,
                    settings.site,
                    settings.witness_to,
                    app.extensions["ways"],
                    held_sheet_store(settings.data_dir),
                    app.extensions["sealer"],
                    settings.fonts,
                    app.extensions["line"],
                ),
                settings.clock.now(),
            )
        finally:
            db.session.remove()


@click.command("tick")
@click.option("--at", "at", metavar="INSTANT", help="As at this instant (demo and tests only): 2026-11-27T09:00+08:00.")
@with_appcontext
def tick_command(at: str | None) -> None:
    """One beat of everything the scheduler does; prints what was done, one line each. Exit 1 when a task failed."""
    if at and current_app.config["SETTINGS"].production:
        raise click.UsageError("--at moves the clock: only the demo and the tests may.")
    try:
        lines = beat(current_app._get_current_object(), _instant(at) if at else None)  # type: ignore[attr-defined]
    except ExceptionGroup:  # each is in the log
        sys.exit(1)
    for line in lines:
        click.echo(line)


@click.command("scheduler")
@with_appcontext
def scheduler_command() -> None:
    """The scheduler as a process of its own; any number may run."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    stop = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stop.set())
    first_beat(app)
    running = start(works(app))
    click.echo("Scheduler running; Ctrl-C ends it.", err=True)
    stop.wait()
    running.shutdown()


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"--at {text}: write it as 2026-11-27T09:00+08:00.") from None
    if at.tzinfo is None:
        raise click.UsageError(f"--at {text}: add the time zone, as in 2026-11-27T09:00+08:00.")
    return at
