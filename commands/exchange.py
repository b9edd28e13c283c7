"""`flask exchange`: what other places are owed of records, sent now, taken in, told and looked at by hand."""

import sys
from datetime import datetime
from pathlib import Path
from typing import cast

import click
from flask import current_app
from flask.cli import AppGroup

from cases.model.evidence import Store, take_in
from commands.people import named_person, refuse, sentences, settings
from commands.rules import aligned, tabbed
from exchange import by_hand
from exchange.connections import Connection
from exchange.sending import send, take_receipts
from exchange.tables import OPEN, Delivery
from extensions import db, only_reading, transaction
from registry.credit_records import CreditRecord
from registry.identity import Identity, identity_of
from workflow.jurisdiction import Jurisdiction, ShowingPlace

exchange_commands = AppGroup("exchange", help="Other places that show records: what they are owed, and what they say.")

HEADINGS = ("delivery", "place", "record", "cause", "state", "due", "turn", "sent", "tries", "last error")


@exchange_commands.command("list")
@click.option("--place", "code", metavar="CODE", help="Of this place alone.")
@click.option("--all", "ended", is_flag=True, help="Also what has ended.")
@only_reading()
def list_command(code: str | None, ended: bool) -> None:
    """Print what is owed, the earliest due day first, one a line under a line of headings; exit 1 if any is late."""
    query = db.select(Delivery, CreditRecord.document_number).join(CreditRecord).order_by(Delivery.due_on, Delivery.id)
    query = query if ended else query.where(Delivery.state.in_(OPEN))
    query = query.where(Delivery.place == _place(code).code) if code else query
    found = db.session().execute(query).all()
    rows = [HEADINGS, *(_row(one, number) for one, number in found)]
    for line in aligned(rows) if sys.stdout.isatty() else tabbed(rows):
        click.echo(line)
    today = _law().day_of(_now())
    if any(one.is_late(today) for one, _number in found):
        sys.exit(1)


@exchange_commands.command("send")
@click.argument("code", metavar="PLACE")
def send_command(code: str) -> None:
    """Send now what is owed to a place by its connection, as the scheduler does every minute."""
    place, _connection = _reached(code)
    click.echo(f"sent {send(_law(), place, current_app.extensions['ways'], _now())}")


@exchange_commands.command("receipts")
@click.argument("code", metavar="PLACE")
def receipts_command(code: str) -> None:
    """Take in now what a place's machine has answered."""
    click.echo(f"receipts {take_receipts(*_reached(code), _now())}")


@exchange_commands.command("told")
@click.argument("delivery", type=int)
@click.option("--how", required=True, help="How the keeper was told: letter, number, person spoken to.")
@click.option("--by", "who", required=True, metavar="NAME", help="Whose account did it.")
def told_command(delivery: int, how: str, who: str) -> None:
    """Record that a place was told by hand; from then on it is the keeper's turn."""
    with sentences(), transaction() as session:
        by_hand.tell(session, _law(), _delivery(delivery), how, _identity(who), _now())
    click.echo("told")


@exchange_commands.command("looked")
@click.argument("delivery", type=int)
@click.option("--agrees/--differs", required=True, help="Whether the place shows what it should.")
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="The day; today unless said.")
@click.option("--proof", default="", help="The keeper's reference, or what was seen.")
@click.option("--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A picture or PDF of it.")
@click.option("--by", "who", required=True, metavar="NAME", help="Whose account looked.")
def looked_command(delivery: int, agrees: bool, on: datetime | None, proof: str, file: Path | None, who: str) -> None:
    """Record what a place shows, with proof; where it shows what it should, the delivery ends."""
    with sentences(), transaction() as session:
        day = on.date() if on else _law().day_of(_now())
        seen = by_hand.Seen(agrees, day, proof, _kept(file) if file else "")
        by_hand.look(session, _law(), _delivery(delivery), seen, _identity(who), _now())
    click.echo("confirmed" if agrees else "differs")


def _row(one: Delivery, number: str) -> tuple[str, ...]:
    turn = "keeper" if one.with_keeper else "office" if one.is_open else ""
    sent = one.sent_at.isoformat(timespec="minutes") if one.sent_at else ""
    cells = str(one.id), one.place, number, one.cause, one.state, one.due_on.isoformat(), turn, sent, str(one.tries)
    return tuple(cell or "-" for cell in (*cells, one.last_error))


def _kept(file: Path) -> str:
    store: Store = current_app.extensions["store"]
    kept, faults = take_in(store, [(file.name, file.read_bytes())])
    if faults:
        refuse(str(faults[0]))
    return kept[0].sha256


def _reached(code: str) -> tuple[ShowingPlace, Connection]:
    place = _place(code)
    connection = current_app.extensions["ways"].connections.get(place.connection)
    if connection is None or not connection.on:
        refuse(f"{code} is told by hand: it has no connection that is on.")
    return place, connection


def _place(code: str) -> ShowingPlace:
    places = {place.code: place for place in _law().places}
    if code not in places:
        refuse(f"There is no place {code}: {', '.join(places) or 'EXCHANGE is off'}.")
    return places[code]


def _delivery(id: int) -> Delivery:
    found = db.session().get(Delivery, id, with_for_update=True)
    if found is None:
        refuse(f"There is no delivery {id}: `flask exchange list` shows their numbers.")
    return found


def _identity(name: str) -> Identity:
    return identity_of(db.session(), named_person(db.session(), name), _law().day_of(_now()))


def _law() -> Jurisdiction:
    return cast(Jurisdiction, current_app.extensions["law"])


def _now() -> datetime:
    return settings().clock.now()
