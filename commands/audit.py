"""`flask audit`: check the ledger; what a fault is, `cases/ledger/verify.py` knows."""

import hashlib
import json
import os
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from cases.ledger.checkpoints import Broken, restore, rotate
from cases.ledger.export import UNSEALED, WITHHELD, ExportOptions, export_of
from cases.ledger.verify import count_events, verify
from cases.ledger.verify_rows import Mismatch
from cases.ledger.witness import NoKey, Signed, new_pair, read_log
from cases.model.evidence import Store
from commands.people import refuse
from config import HEX_KEY
from extensions import db, only_reading
from registry.people import memberships
from registry.sign_in import check_password
from workflow.definition import AUDITOR, CHIEF

audit_commands = AppGroup("audit", help="Check the ledger.")
keys_commands = AppGroup("keys", help="Keys of the ledger.")


@keys_commands.command("new")
def new_command() -> None:
    """Print new pairs for checkpoints and rows, as lines for the environment. Nothing is kept."""
    (private, public), (row, public_row) = new_pair(), new_pair()
    click.echo(f"CHECKPOINT_KEY={private}\nROW_KEY={row}\nCHECKPOINT_TRUST=checkpoint:{public},row:{public_row}")


@audit_commands.command("verify")
@click.option(
    "--log",
    "logs",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A copy of checkpoints.log kept elsewhere: the ledger must have all of it. May stand more than once.",
)
@only_reading()
def verify_command(logs: tuple[Path, ...]) -> None:
    """Recompute every chain; one line a fault, exit 1 when there is any."""
    session = db.session()
    drawn = click.progressbar(length=count_events(session), file=sys.stderr, hidden=not sys.stderr.isatty())
    with drawn as bar:
        store: Store = current_app.extensions["store"]
        witness = current_app.extensions["witness"]
        copies = [read_log(path.read_bytes()) for path in logs]
        verdict = verify(
            session, lambda sha256: _whole(store, sha256), bar.update, witness, os.cpu_count() or 1, copies
        )
    for fault in verdict.faults:
        click.echo(line(fault))
    for notice in verdict.notices:
        click.echo(f"note: {notice}", err=True)
    if verdict.faults:
        sys.exit(1)
    click.echo(f"ok: {verdict.events} events, {verdict.chains} chains, {verdict.checkpoints} checkpoints")
    click.echo(f"register: {verdict.entries} entries, {verdict.seals} seals")


@audit_commands.command("key")
def key_command() -> None:
    """Print the public key of the checkpoints: give it to whoever is to check, by another way than the checkpoints."""
    click.echo(current_app.extensions["witness"].key())


@audit_commands.command("rotate")
@click.argument("to", metavar="PUBLIC")
def rotate_command(to: str) -> None:
    """Say, signed with the key in use, that the key with this public half signs from here on; then change the key."""
    if not HEX_KEY.fullmatch(to):
        refuse("The public key is 64 hexadecimal digits, as `flask keys new` prints it.")
    known = current_app.extensions
    try:
        made = rotate(db.session(), known["witness"], to.lower(), current_app.config["SETTINGS"].clock.now())
    except (Broken, NoKey) as error:
        refuse(f"No checkpoint can be made: {error}.")
    _tell(made)


@audit_commands.command("restored")
@click.option("--reason", required=True, help="Why: every later check repeats it.")
@click.option("--by", required=True, metavar="NAME", help="Who restored the backup; asks for the password.")
@click.option("--second", required=True, metavar="NAME", help="Who confirms it; asks for the password.")
def restored_command(reason: str, by: str, second: str) -> None:
    """Say that a backup was restored, so that checkpoints are made again. Two people say it."""
    session, names = db.session(), (by, second)
    people = [check_password(session, name, click.prompt(f"Password of {name}", hide_input=True)) for name in names]
    if not all(
        user and any(held.role in (CHIEF.name, AUDITOR.name) for held in memberships(session, user)) for user in people
    ):
        refuse("One of the names and passwords is not that of a head of the office or of an auditor.")
    if len({user.id for user in people if user}) < 2:
        refuse("One person alone cannot say it: a second one must confirm.")
    if not reason.strip():
        refuse("Say why the backup was restored.")
    session.commit()
    known, now = current_app.extensions, current_app.config["SETTINGS"].clock.now()
    try:
        made = restore(session, known["witness"], [user.username for user in people if user], reason.strip(), now)
    except (Broken, NoKey) as error:
        refuse(f"No checkpoint can be made: {error}.")
    _tell(made)


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


def _tell(made: Signed | None) -> None:
    if made is None:
        refuse("Another scheduler has just made a checkpoint: try again.")
    click.echo(f"checkpoint {made.checkpoint}")


def _whole(store: Store, sha256: str) -> bool:
    """Whether the store's file is there and still gives the name it lies under."""
    path = store.path(sha256)
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256
