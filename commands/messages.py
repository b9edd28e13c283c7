"""`flask messages`: the areas' translations merged into the one catalog that pages and letters read.

It prints; what is merged is in `catalogs.py`, where a message id may stand is in `message_ids.py`.
"""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from commands.catalogs import Conflict, compiled, untranslated, write
from commands.message_ids import used
from config import ROOT

messages_commands = AppGroup("messages", help="The translations of what the site says.")


@messages_commands.command("compile")
def compile_command() -> None:
    """Merge every area's .po file into messages.mo; exit 1 where two areas disagree."""
    try:
        catalog = compiled()
    except Conflict as conflict:
        click.echo(str(conflict), err=True)
        sys.exit(1)
    write(catalog)
    click.echo(f"compiled {len(catalog)}")


@messages_commands.command("missing")
def missing_command() -> None:
    """List what is said and has no Chinese yet, each with the first place that says it; exit 1 when there is any."""
    missing = untranslated(compiled(), used(ROOT))
    for id, place in missing.items():
        click.echo(f"{place}: {id}")
    if missing:
        sys.exit(1)
