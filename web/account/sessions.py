"""Where the reader is signed in: every session, to end one or all others."""

from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from extensions import db, transaction
from registry.factors import CODE, PASSKEY, TOTP
from registry.people import PASSWORD, end_sessions
from registry.sessions import open_sessions
from web.site.access import EVERYBODY, now, open_session, person, requires
from web.site.forms import Form

pages = Blueprint("sessions", __name__, url_prefix="/account/sessions")

SYSTEMS: Final = ("HarmonyOS", "Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
BROWSERS: Final = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""What a browser says of itself, the narrower first: nearly every one calls itself Chrome or Safari as well."""


WAYS: Final = {
    PASSWORD: _("with the password"),
    TOTP: _("with password and authenticator"),
    PASSKEY: _("with password and passkey"),
    CODE: _("with password and recovery code"),
}


@pages.get("")
@requires(roles=EVERYBODY)
def index() -> ResponseReturnValue:
    """Where the reader is signed in, this browser first."""
    here = open_session()
    rows = sorted(open_sessions(db.session(), person().id, now()), key=lambda row: row.id != here.id)
    named = [(row, device(row.browser)) for row in rows]
    return render_template("account/sessions.html", rows=named, own=here, ways=WAYS, form=Form())


@pages.post("/<int:id>/end")
@requires(roles=EVERYBODY)
def end(id: int) -> ResponseReturnValue:
    """End one session of the reader's."""
    if id not in {row.id for row in open_sessions(db.session(), person().id, now())}:
        abort(404)
    with transaction() as writing:
        end_sessions(writing, person().id, now(), only=id)
    flash(gettext("That session has ended."))
    return redirect(url_for("sessions.index"))


@pages.post("/end")
@requires(roles=EVERYBODY)
def end_others() -> ResponseReturnValue:
    """End every session of the reader's but this one."""
    with transaction() as writing:
        end_sessions(writing, person().id, now(), but=open_session().id)
    flash(gettext("You are signed in here alone."))
    return redirect(url_for("sessions.index"))


def device(browser: str) -> str:
    """What a person would call it: system and browser, as far as it says them."""
    system = next((name for name in SYSTEMS if name in browser), "")
    name = next((name for mark, name in BROWSERS if mark in browser), "")
    return " · ".join(filter(None, (system, name))) or gettext("An unknown browser")
