"""`flask demo`: demo data played through the use cases into an empty database."""

import click
from flask import current_app
from flask.cli import with_appcontext

from cases.demo.play import play_demo
from config import Settings
from extensions import db
from registry.people import anybody
from workflow.refusal import Refusal


@click.command("demo")
@with_appcontext
def demo_command() -> None:
    """Play the demo data into an empty database; refuses one that holds accounts, and production."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.production:
        raise click.UsageError("Demo accounts have known passwords: production does not take them. Set MODE=demo.")
    if anybody(db.session()):
        raise click.UsageError("This database holds accounts already. Use an empty one: set another DATA_DIR.")
    known = current_app.extensions
    try:
        played = play_demo(db.session(), known["law"], known["store"], settings.clock.now(), known["ways"])
    except Refusal as refusal:
        raise click.UsageError(str(refusal.message)) from None
    click.echo(f"played {played}")
