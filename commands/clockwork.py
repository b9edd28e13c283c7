"""`flask tick` and `flask scheduler`: one beat by hand, or a scheduler as a process of its own."""

from __future__ import annotations

import signal
import threading
from datetime import datetime

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from cases.scheduler import start, tick
from config import Settings
from extensions import db
from notifications.channels import channel_for
from registry.calendars import calendar_in_force
from workflow.snapshot import World


def beat(app: Flask, at: datetime | None = None) -> list[str]:
    """One beat of everything the scheduler does; the clock is read here, once."""
    settings: Settings = app.extensions["settings"]
    with app.app_context():
        try:
            law = app.extensions["law"]
            world = World(law, calendar_in_force(db.session(), law))
            return tick(world, channel_for(settings.smtp_url), at or settings.clock.now())
        except Exception:
            app.logger.exception("a beat of the scheduler failed")
            raise
        finally:
            db.session.remove()


@click.command("tick")
@click.option("--at", "at", metavar="INSTANT", help="As at this instant (demo and tests only): 2026-11-27T09:00+08:00.")
@with_appcontext
def tick_command(at: str | None) -> None:
    """One beat of everything the scheduler does; prints what was done, one line each."""
    if at and current_app.extensions["settings"].production:
        raise click.UsageError("--at moves the clock: only the demo and the tests may.")
    for line in beat(current_app._get_current_object(), _instant(at) if at else None):  # type: ignore[attr-defined]
        click.echo(line)


@click.command("scheduler")
@with_appcontext
def scheduler_command() -> None:
    """The scheduler as a process of its own; any number may run."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    stop = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stop.set())
    running = start(lambda: beat(app))
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
