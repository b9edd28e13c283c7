"""`flask audit`: check the ledger; what a fault is, `cases/ledger/verify.py` knows."""

import hashlib
import json
import os
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from cases.ledger.export import UNSEALED, WITHHELD, ExportOptions, export_of
from cases.ledger.verify import count_events, verify
from cases.ledger.verify_rows import Mismatch
from cases.model.evidence import Store
from extensions import db, only_reading

audit_commands = AppGroup("audit", help="Check the ledger.")


@audit_commands.command("verify")
@only_reading()
def verify_command() -> None:
    """Recompute every chain; one line a fault, exit 1 when there is any."""
    session = db.session()
    drawn = click.progressbar(length=count_events(session), file=sys.stderr, hidden=not sys.stderr.isatty())
    with drawn as bar:
        store: Store = current_app.extensions["store"]
        witness = current_app.extensions["witness"]
        verdict = verify(session, lambda sha256: _whole(store, sha256), bar.update, witness, os.cpu_count() or 1)
    for fault in verdict.faults:
        click.echo(line(fault))
    if verdict.faults:
        sys.exit(1)
    click.echo(f"ok: {verdict.events} events, {verdict.chains} chains, {verdict.checkpoints} checkpoints")


@audit_commands.command("key")
def key_command() -> None:
    """Print the public key of the checkpoints: give it to whoever is to check, by another way than the checkpoints."""
    click.echo(current_app.extensions["witness"].key())


@audit_commands.command("export")
@click.argument("case")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it, else to stdout.")
@click.option("--without-texts", is_flag=True, help="Leave words and file names out: hashes alone.")
@click.option("--with-links", is_flag=True, help="Also the events that name another case.")
def export_command(case: str, output: Path | None, without_texts: bool, with_links: bool) -> None:
    """One case as a file that a stranger can check with docs/verify_export.py."""
    known = current_app.extensions
    by, at = known["law"].office.name, current_app.config["SETTINGS"].clock.now()
    wanted = ExportOptions(texts=not without_texts, links=with_links)
    export = export_of(db.session(), known["witness"], case, by, at, wanted)
    if export is None:
        click.echo(f"There is no case {case}.", err=True)
        sys.exit(2)
    told = json.loads(export)
    if any(event["body"] is None for event in told["events"]):
        click.echo(WITHHELD.id, err=True)
    if told["seal"] is None:
        click.echo(UNSEALED.id, err=True)
    if output is None:
        sys.stdout.buffer.write(export.encode())
    else:
        output.write_text(export, "utf-8")


def line(fault: Mismatch) -> str:
    """A fault as one line: case number, event, what does not match; of a checkpoint its number, of a
    record or a promise its id."""
    if fault.shared:
        return f"{fault.case_number} {fault.seq}: {fault.what}"
    where = "case row" if fault.seq is None else f"event {fault.seq}"
    return f"{fault.case_number} {where}: {fault.what}"


def _whole(store: Store, sha256: str) -> bool:
    """Whether the store's file is there and still gives the name it lies under."""
    path = store.path(sha256)
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256
