"""`flask endpoints`: where bodies' own systems are told what happens, and what became of it."""

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from cases.model.feed import last_numbered
from commands.people import bureau_of, enterprise_of, sentences, settings
from exchange.webhooks import Line, send_test
from extensions import db, only_reading, transaction
from registry.endpoints import (
    BY_HAND,
    NewEndpoint,
    WebhookEndpoint,
    add_endpoint,
    end_endpoint,
    endpoints_kept,
    exchange_secret,
    go_on,
    suspend,
)
from registry.people import names_of
from registry.security_log import SecurityLog
from workflow.refusal import Impossible, say

endpoints_commands = AppGroup("endpoints", help="Where systems of bodies are told what happens (webhooks).")


@endpoints_commands.command("add")
@click.argument("name", metavar="NAME")
@click.argument("address", metavar="ADDRESS")
@click.option("--bureau", default="", metavar="CODE", help="Code or name of the bureau whose system it is.")
@click.option("--enterprise", default="", metavar="CODE", help="Credit code of the firm whose system it is.")
def add(name: str, address: str, bureau: str, enterprise: str) -> None:
    """Make an endpoint and print its secret, this once. Without a bureau or a firm it is the office's."""
    line = _line()
    with sentences(), transaction() as session:
        bureau_id = bureau_of(session, bureau).id if bureau else None
        enterprise_id = enterprise_of(session, enterprise).id if enterprise else None
        new = NewEndpoint(name, address, bureau_id, enterprise_id)
        now = settings().clock.now()
        endpoint = add_endpoint(session, new, line.hosts, last_numbered(session), now, demo=settings().demo)
        secret = exchange_secret(session, endpoint, line.vault, now)
        id = endpoint.id
    _note("endpoint_made", id)
    click.echo(secret)


@endpoints_commands.command("list")
def show() -> None:
    """Print every endpoint: number, name, address, and how it stands."""
    with only_reading():
        kept = endpoints_kept(db.session())
        names = names_of(db.session(), (one.person_id for one in kept))
        for one in kept:
            click.echo(f"{one.id}\t{names[one.person_id]}\t{one.address}\t{_state(one)}")


@endpoints_commands.command("rotate")
@click.argument("number", type=int)
def rotate(number: int) -> None:
    """Make a new secret and print it, this once; the one before signs beside it for seven days."""
    with sentences(), transaction() as session:
        secret = exchange_secret(session, _endpoint(session, number), _line().vault, settings().clock.now())
    _note("endpoint_rotated", number)
    click.echo(secret)


@endpoints_commands.command("test")
@click.argument("number", type=int)
def test(number: int) -> None:
    """Let a message that says nothing go out at the scheduler's next beat."""
    with sentences(), transaction() as session:
        send_test(session, _endpoint(session, number), settings().clock.now())
    click.echo(f"a test goes to {number}")


@endpoints_commands.command("suspend")
@click.argument("number", type=int)
def stop(number: int) -> None:
    """Let nothing go out any more; what happens meanwhile follows when it goes on."""
    with sentences(), transaction() as session:
        suspend(_endpoint(session, number), BY_HAND, settings().clock.now())
    _note("endpoint_suspended", number)
    click.echo(f"suspended {number}")


@endpoints_commands.command("resume")
@click.argument("number", type=int)
def resume(number: int) -> None:
    """Let it go on: what waits is sent at once, then what came meanwhile."""
    with sentences(), transaction() as session:
        go_on(_endpoint(session, number), settings().clock.now())
    _note("endpoint_resumed", number)
    click.echo(f"resumed {number}")


@endpoints_commands.command("end")
@click.argument("number", type=int)
def end(number: int) -> None:
    """End an endpoint at once; what it was told stays."""
    with sentences(), transaction() as session:
        end_endpoint(session, _endpoint(session, number), settings().clock.now(), by=None)
    _note("endpoint_ended", number)
    click.echo(f"ended {number}")


def _state(endpoint: WebhookEndpoint) -> str:
    if endpoint.ended_at:
        return "ended"
    if endpoint.suspended_at:
        return f"suspended ({endpoint.suspended_why})"
    return f"failing since {endpoint.failing_since:%Y-%m-%d %H:%M} UTC" if endpoint.failing_since else "on"


def _line() -> Line:
    line: Line = current_app.extensions["line"]
    return line


def _endpoint(session: Session, number: int) -> WebhookEndpoint:
    endpoint = session.get(WebhookEndpoint, number, with_for_update=True)
    if endpoint is None:
        raise Impossible(say("There is no endpoint {n}: see `flask endpoints list`.", n=number))
    return endpoint


def _note(what: str, endpoint_id: int) -> None:
    """Write into the security log what was done here, by whoever holds this machine."""
    security_log: SecurityLog = current_app.extensions["security_log"]
    security_log.write(settings().clock.now(), what, ok=True, by=None, endpoint=endpoint_id, command=True)
