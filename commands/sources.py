"""`flask sources`: record sheets that bureaus put into folders, taken up now, and what lies there untouched."""

import sys
from datetime import datetime
from typing import cast

import click
from flask import current_app
from flask.cli import AppGroup

from cases.engine.batches import pull
from cases.engine.held_sheets import counts_of, held_sheet_store
from commands.people import refuse, settings
from exchange.connections import Connection
from exchange.sources import arrived, left_alone
from extensions import db, only_reading
from registry.in_force import world_in_force
from registry.sheets.importing import Imported, import_sheet
from registry.sheets.reading import BadSheet
from workflow.jurisdiction import Jurisdiction
from workflow.snapshot import RuleContext

sources_commands = AppGroup("sources", help="Record sheets that bureaus put into folders.")


@sources_commands.command("pull")
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Say what would become of the rows, but take nothing up.")
def pull_command(name: str, dry_run: bool) -> None:
    """Take up what lies in the folder of a source, as the scheduler does every minute; a line a file."""
    source, now = _source(name), settings().clock.now()
    if not dry_run:
        for line in pull(_world(), source, held_sheet_store(settings().data_dir), now):
            click.echo(line)
        return
    for file in arrived(source):
        try:
            looked = _look(source, file.content, now)
            click.echo(" ".join([file.path.name, *(f"{count} {n}" for count, n in counts_of(looked).items())]))
        except BadSheet as refused:
            click.echo(f"{file.path.name} unreadable: {refused}")
        finally:
            db.session().rollback()


@sources_commands.command("check")
@only_reading()
def check_command() -> None:
    """Print what lies in the folders and is not taken up: no checksum beside it, or one that does not fit. Exit 1 if
    there is anything."""
    found = False
    for source in _sources().values():
        for name in left_alone(source):
            click.echo(f"{source.name} {name}")
            found = True
    if found:
        sys.exit(1)


def _look(source: Connection, content: bytes, now: datetime) -> Imported:
    law = cast(Jurisdiction, current_app.extensions["law"])
    kind, actor = str(source.kind), f"import:{source.name}"
    return import_sheet(db.session(), content, kind, law, now, actor, dry_run=True, owners=source.owners)


def _sources() -> dict[str, Connection]:
    connections: dict[str, Connection] = current_app.extensions["ways"].connections
    return {name: one for name, one in connections.items() if one.direction == "in"}


def _source(name: str) -> Connection:
    found = _sources().get(name)
    if found is None:
        refuse(f"There is no source {name}: {', '.join(_sources()) or 'none is in connections.toml'}.")
    if not found.on:
        refuse(f"{name} is off: nothing is taken in from it.")
    return found


def _world() -> RuleContext:
    return world_in_force(db.session(), cast(Jurisdiction, current_app.extensions["law"]))
