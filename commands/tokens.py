"""`flask tokens`: a token for a body's own system, what there is, and the end of one."""

import click
from flask import current_app
from flask.cli import AppGroup

from commands.people import bureau_of, enterprise_of, sentences, settings
from extensions import db, only_reading, transaction
from registry.people import names_of
from registry.security_log import SecurityLog
from registry.tokens import SCOPES, ApiToken, NewToken, add_token, issue, revoke, tokens_kept
from workflow.refusal import Impossible, say

tokens_commands = AppGroup("tokens", help="Which systems read and act over the API.")


@tokens_commands.command("add")
@click.argument("name", metavar="NAME")
@click.option("--scope", "scopes", multiple=True, required=True, help=f"May stand more than once: {', '.join(SCOPES)}.")
@click.option("--bureau", default="", metavar="CODE", help="Code or name of the bureau whose system it is.")
@click.option("--enterprise", default="", metavar="CODE", help="Credit code of the firm whose system it is.")
@click.option("--days", default=365, show_default=True, help="For how long, at most 365.")
@click.option("--network", "networks", multiple=True, metavar="NETWORK", help="From where alone it may be used.")
def add(name: str, scopes: tuple[str, ...], bureau: str, enterprise: str, days: int, networks: tuple[str, ...]) -> None:
    """Make a token and print it, this once. Without a bureau or a firm it is the office's."""
    now = settings().clock.now()
    with sentences(), transaction() as session:
        bureau_id = bureau_of(session, bureau).id if bureau else None
        enterprise_id = enterprise_of(session, enterprise).id if enterprise else None
        new = NewToken(name, scopes, days, bureau_id, enterprise_id, networks)
        token = add_token(session, new, now, demo=settings().demo)
        secret = issue(session, token)
        id = token.id
    _note("token_made", id, scopes=list(scopes))
    click.echo(secret)


@tokens_commands.command("list")
def show() -> None:
    """Print every token: number, name, scopes, until when, and whether it is revoked."""
    with only_reading():
        kept = tokens_kept(db.session())
        names = names_of(db.session(), (token.person_id for token in kept))
        for token in kept:
            state = "revoked" if token.revoked_at else f"until {token.until:%Y-%m-%d}"
            click.echo(f"{token.id}\t{names[token.person_id]}\t{','.join(token.scopes)}\t{state}")


@tokens_commands.command("revoke")
@click.argument("number", type=int)
def end(number: int) -> None:
    """End a token at once; what was done with it stays."""
    with sentences(), transaction() as session:
        token = session.get(ApiToken, number)
        if token is None:
            raise Impossible(say("There is no token {n}: see `flask tokens list`.", n=number))
        revoke(session, token, settings().clock.now(), by=None)
    _note("token_revoked", number)
    click.echo(f"revoked {number}")


def _note(what: str, token_id: int, **more: object) -> None:
    """Write into the security log what was done here, by whoever holds this machine."""
    security_log: SecurityLog = current_app.extensions["security_log"]
    security_log.write(settings().clock.now(), what, ok=True, by=None, token=token_id, command=True, **more)
