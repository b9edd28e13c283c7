"""`flask records`: record sheets read in from the command line."""

import sys
from pathlib import Path
from typing import cast

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import gettext
from sqlalchemy.orm import Session

from cases.engine.held_sheets import MOST, many_decided, newly_against
from cases.engine.record_news import tell_of_sheet
from config import Settings
from extensions import db
from registry.columns import KINDS
from registry.in_force import world_in_force
from registry.organisations import load_bureaus
from registry.sheets.importing import Imported, SheetNews, import_sheet
from registry.sheets.opening import open_records
from registry.sheets.reading import BadSheet
from registry.sheets.rejects import rejects_path, write_rejects
from workflow.jurisdiction import Jurisdiction
from workflow.refusal import Message

records_commands = AppGroup("records", help="Credit records from the sheets that bureaus send.")


@records_commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(list(KINDS)), default="penalty", show_default=True, help="Of which records.")
@click.option("--dry-run", is_flag=True, help="Count and report, but write no record.")
def import_records(file: Path, kind: str, dry_run: bool) -> None:
    """Read a record sheet (XLSX or CSV) and print what became of its rows.

    No row changes what a case has decided: `conflicts` counts rows that say otherwise, on which the bureau finds, and
    `repeated` those that say again what was found wrong. Where more than 20 rows newly say otherwise nothing is
    written: the head of the office looks at such a sheet on the site.

    Rejected rows are written to a sheet beside FILE, with row, column and reason; the exit code is then 1.
    """
    session: Session = db.session()
    try:
        if not dry_run and many_decided(session, kind):
            _require_few_against(session, file, kind)
        imported = _import(session, file, kind, dry_run)
    except BadSheet as refused:
        raise click.UsageError(str(refused)) from None
    finally:
        session.rollback()
    for name in ("imported", "updated", "unchanged", "rejected", "conflicts", "repeated"):
        click.echo(f"{name} {getattr(imported, name)}")
    if imported.rejected:
        _report(file, imported)
        sys.exit(1)


def _import(session: Session, file: Path, kind: str, dry_run: bool) -> Imported:
    """Each batch is committed by itself, with its letters: a sheet broken off is taken up by importing it again."""
    sheet = open_records(file, kind)
    settings = cast(Settings, current_app.config["SETTINGS"])
    law = cast(Jurisdiction, current_app.extensions["law"])
    load_bureaus(session, law.bureaus, law.office)
    keep = session.flush if dry_run else session.commit
    shown = sys.stderr.isatty()
    with click.progressbar(length=sheet.expected, label=file.name, file=sys.stderr, hidden=not shown) as bar:
        now, actor = settings.clock.now(), f"import:{file.name}"[:80]

        def after_batch(rows: int, news: SheetNews) -> None:
            if not dry_run and news:
                tell_of_sheet(session, world_in_force(session, law), news, file.name, now)
            keep()
            bar.update(rows)

        return import_sheet(session, sheet, kind, law, now, actor, dry_run, after_batch)


def _require_few_against(session: Session, file: Path, kind: str) -> None:
    n = newly_against(_import(session, file, kind, dry_run=True))
    if n > MOST:
        raise click.ClickException(
            f"{n} rows say otherwise than decisions, more than {MOST}. Nothing was written. "
            "Bring the sheet on the site, under Records: the head of the office releases or returns it."
        )


def _report(file: Path, imported: Imported) -> None:
    beside = rejects_path(file)
    try:
        write_rejects(beside, imported.heading, imported.rejections, _in_words)
    except OSError as error:
        click.echo(f"{beside} could not be written: {error.strerror}", err=True)
        return
    click.echo(f"The rejected rows, with the reasons, are in {beside}", err=True)


def _in_words(message: Message) -> str:
    return str(gettext(message.id)).format(**message.values)
