"""`flask people`: add a person, a link for a forgotten password, the end of an account.

Each prints its answer alone on stdout; a refusal is a sentence on stderr and exit code 2.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn, cast

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from extensions import transaction
from registry.organisations import Bureau, Enterprise, find_bureau, load_bureaus
from registry.people import LANGUAGES, User, add_person, end_person, find_person
from registry.security_log import SecurityLog
from registry.sign_in import one_time_link
from workflow.definition import ROLES
from workflow.jurisdiction import Jurisdiction
from workflow.refusal import Impossible, Incomplete, Refusal, say

people_commands = AppGroup("people", help="Who may sign in, and as what.")


@people_commands.command("add")
@click.argument("username", metavar="NAME")
@click.option("--role", "roles", multiple=True, required=True, help=f"May stand more than once: {', '.join(ROLES)}.")
@click.option("--bureau", default="", metavar="CODE", help="Code or name, for a reviewer, an approver or a head.")
@click.option("--enterprise", default="", metavar="CODE", help="Credit code, for a filer.")
@click.option("--name", "called", default="", help="The person's own name, as pages and papers show it.")
@click.option("--email", default="", help="Where letters are sent.")
@click.option("--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
def add(
    username: str, roles: tuple[str, ...], bureau: str, enterprise: str, called: str, email: str, language: str
) -> None:
    """Add a person and print a sign-in link that works once, for 24 hours."""
    with sentences(), transaction() as session:
        law = cast(Jurisdiction, current_app.extensions["law"])
        load_bureaus(session, law.bureaus, law.office)
        user = add_person(
            session,
            username,
            called,
            roles,
            bureau_id=bureau_of(session, bureau).id if bureau else None,
            enterprise_id=enterprise_of(session, enterprise).id if enterprise else None,
            language=language,
            email=email,
            demo=settings().demo,
            all_in_one=law.place.all_in_one,
        )
        token = one_time_link(session, user, settings().clock.now(), by=None)
    _note("account_added", user, roles=list(roles))
    click.echo(f"/sign-in/{token}")


@people_commands.command("password")
@click.argument("username", metavar="NAME")
def password(username: str) -> None:
    """Print a sign-in link for a person who has forgotten the password; the old one holds until it is used."""
    with sentences(), transaction() as session:
        user = named_person(session, username)
        token = one_time_link(session, user, settings().clock.now(), by=None)
    _note("link_made", user, shown=True)
    click.echo(f"/sign-in/{token}")


@people_commands.command("end")
@click.argument("username", metavar="NAME")
def end(username: str) -> None:
    """End an account and its sessions; what the person did stays under their name."""
    with sentences(), transaction() as session:
        user = named_person(session, username)
        end_person(session, user, settings().clock.now(), by=None)
    _note("account_ended", user)
    click.echo(f"ended {user.username}")


def _note(what: str, user: User, **more: object) -> None:
    """Write into the security log what was done here, by whoever holds this machine."""
    security_log: SecurityLog = current_app.extensions["security_log"]
    security_log.write(settings().clock.now(), what, ok=True, by=None, whose=user.id, command=True, **more)


@contextmanager
def sentences() -> Iterator[None]:
    """A refusal becomes its sentences on stderr, and exit code 2."""
    try:
        yield
    except Incomplete as refused:
        raise click.UsageError(" ".join(str(message) for message in refused.fields.values())) from None
    except Refusal as refused:
        raise click.UsageError(str(refused)) from None


def refuse(sentence: str) -> NoReturn:
    """The sentence on stderr, and exit code 2."""
    click.echo(sentence, err=True)
    sys.exit(2)


def named_person(session: Session, username: str) -> User:
    user = find_person(session, username)
    if user is None:
        raise Impossible(say("Nobody here has the user name {username}.", username=username))
    return user


def bureau_of(session: Session, text: str) -> Bureau:
    """By code or by name; a name that was borne before finds its successor."""
    try:
        return find_bureau(session, code=text)
    except Impossible:
        return find_bureau(session, name=text)


def enterprise_of(session: Session, code: str) -> Enterprise:
    found = session.scalar(select(Enterprise).where(Enterprise.code == code.strip().upper()))
    if found is None:
        raise Impossible(say("No enterprise here has the credit code {code}: import its records first.", code=code))
    return found


def settings() -> Settings:
    return cast(Settings, current_app.config["SETTINGS"])
