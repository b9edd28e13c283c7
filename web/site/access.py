"""Who may open an address. Every view bears a door; a test walks the address map and finds those that do not.

A door knows roles only. Which case or record a person sees is for the scope that every read goes through.
"""

import hmac
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any, cast

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_login import current_user

from config import Settings
from extensions import db, login
from registry.identity import Identity, identity_of
from registry.people import User
from web.site.kept_form import from_here
from workflow.definition import AUDITOR, FILER, ROLES, Role
from workflow.jurisdiction import Jurisdiction

EVERYBODY = frozenset(ROLES.values())
"""Whoever has signed in."""
NOBODY = Identity(user_id=0, name="", roles=frozenset())

View = Callable[..., Any]


class SignedOut(Exception):
    """A form of ours came, and nobody is signed in any more: it is asked for again, with all that was typed."""


@dataclass(frozen=True)
class Access:
    """To whom an address opens: to all, or to those who have signed in and hold one of the roles."""

    public: bool
    roles: frozenset[Role]


def requires(*, public: bool = False, roles: Collection[Role] = ()) -> Callable[[View], View]:
    """Put a door before a view, under the route: `@pages.get("/desk")` and then `@door(roles={REVIEWER})`.

    Nobody signed in: to the sign-in page and back. Another role: 404, as if the page were not there.
    """
    if public is bool(roles):
        raise ValueError("a door is public, or it names roles")
    ours = Access(public, frozenset(roles))

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*arguments: Any, **named: Any) -> Any:
            stopped = _stopped(ours)
            return view(*arguments, **named) if stopped is None else stopped

        return attach_access(guarded, ours)

    return guard


def attach_access(view: View, ours: Access) -> View:
    """The view, marked with its door."""
    view._door = ours  # type: ignore[attr-defined]
    return view


def access_of(view: View) -> Access:
    """The door before a view."""
    return cast(Access, view._door)  # type: ignore[attr-defined]


def without_access(app: Flask) -> list[str]:
    """The addresses whose view bears no door."""
    views = app.view_functions
    return sorted(rule.rule for rule in app.url_map.iter_rules() if not hasattr(views[rule.endpoint], "_door"))


def person() -> User:
    """The person who has signed in; only behind a door with roles."""
    user = reader()
    if user is None:
        raise LookupError("nobody has signed in")
    return user


def reader() -> User | None:
    """The person who has signed in, or None; also None once the page does without the database."""
    if "without_database" in g:
        return None
    user = current_user._get_current_object()
    return user if isinstance(user, User) else None


def do_without_database() -> None:
    """For the rest of this request nobody is known and nothing is counted: the page that says that the database is
    away is made without it."""
    g.without_database = True
    g._login_user = login.anonymous_user()  # else a template that is rendered has the person read


def unnamed() -> bool:
    """Whether somebody has signed in whose name cannot be read now."""
    return "without_database" in g and "_user_id" in session


def identity() -> Identity:
    """What the reader may be: roles and places, read once a request. Nobody signed in: no role."""
    if "without_database" in g:
        return NOBODY
    if "identity" not in g:
        user = reader()
        g.identity = identity_of(db.session(), user, _today()) if user else NOBODY
    return cast(Identity, g.identity)


def first_page() -> str:
    """Where the reader's work lies; nobody's is the public page."""
    if reader() is None:
        return url_for("front.front")
    if identity().holds(FILER):
        return url_for("records.records")
    return url_for("all_cases.index" if identity().holds(AUDITOR) else "desk.desk")


def now() -> datetime:
    """The time of this request, read once."""
    if "now" not in g:
        g.now = settings().clock.now()
    return cast(datetime, g.now)


def settings() -> Settings:
    return cast(Settings, current_app.config["SETTINGS"])


def _today() -> date:
    """The day it is in the jurisdiction: a deputy's days are days there."""
    return cast(Jurisdiction, current_app.extensions["law"]).day_of(now())


def _stopped(ours: Access) -> Any:
    if ours.public:
        return None
    if reader() is None:
        if request.method == "POST" and from_here():
            raise SignedOut
        back = request.full_path if request.query_string else request.path
        return redirect(url_for("sign_in.sign_in", next=back))
    if not identity().holds(*ours.roles):
        abort(404)
    return None


def _person_of(kept: str) -> User | None:
    """Whose session it is, if it was begun with the password, and before the end, that hold now."""
    number, _, key = kept.partition(":")
    user = db.session().get(User, int(number)) if number.isdecimal() else None
    return user if user and user.is_active and hmac.compare_digest(user.session_key.encode(), key.encode()) else None


login.user_loader(_person_of)
