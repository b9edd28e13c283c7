"""`flask serve`: the site with the scheduler inside, on one process; what `python3 run.py` runs."""

import signal
from collections.abc import Sequence
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from cases.demo.play import play_demo
from cases.scheduler.beat import start
from commands.clockwork import first_beat, works
from commands.connections import make_server
from config import Settings
from extensions import db, transaction
from registry.organisations import load_bureaus
from registry.people import DEMO_PASSWORD, anybody, demo_accounts
from workflow.jurisdiction import Jurisdiction


@click.command("serve")
@click.option("--pages-only", is_flag=True, help="Without the scheduler: `flask scheduler` runs it elsewhere.")
@with_appcontext
def serve_command(pages_only: bool) -> None:
    """Serve the site and run the scheduler, until Ctrl-C or SIGTERM."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    settings: Settings = app.config["SETTINGS"]
    server = _listening(app, settings)
    if settings.demo and not anybody(db.session()):
        click.echo("First start: playing the demo data.", err=True)
        known = app.extensions
        play_demo(db.session(), known["law"], known["store"], settings.clock.now(), known["ways"])
    else:
        _enter_bureaus(app)
    _announce(settings, demo_accounts(db.session()) if settings.demo else ())
    db.session.remove()
    _serve(app, server, pages_only)


def _listening(app: Flask, settings: Settings) -> Any:
    """The server, before the demo is played: a port that cannot be had is said at once, and how to choose another."""
    try:
        return make_server(app, settings)
    except OSError as refused:
        where, other = f"{settings.host}:{settings.port}", _another(settings.port)
        raise click.ClickException(
            f"{where} cannot be listened on: {refused.strerror}. Choose another port: PORT={other} python3 run.py"
        ) from refused


def _another(port: int) -> int:
    """A port beside it; 8000 beside those below 1024, which only the owner of the machine may have."""
    return port + 1 if 1024 <= port < 65535 else 8000


def _enter_bureaus(app: Flask) -> None:
    """The bodies of the place stand in the database before anybody looks for them."""
    law: Jurisdiction = app.extensions["law"]
    with transaction() as session:
        load_bureaus(session, law.bureaus, law.office)


def _announce(settings: Settings, accounts: Sequence[str]) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    click.echo(f"Redress 信诉: http://{host}:{settings.port}/")
    if accounts:
        click.echo(f"Demo accounts (password {DEMO_PASSWORD}): {', '.join(accounts)}")


def _serve(app: Flask, server: Any, pages_only: bool) -> None:
    signal.signal(signal.SIGTERM, _stop)
    scheduler = None
    if not pages_only:
        first_beat(app)
        scheduler = start(works(app))
    try:
        server.run()
    finally:
        if scheduler:
            scheduler.shutdown()
        server.close()


def _stop(*_: Any) -> None:
    raise SystemExit(0)
