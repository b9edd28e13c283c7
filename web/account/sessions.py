"""Where the reader is signed in: every session, to end one or all others."""

from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from extensions import db, transaction
from registry.people import end_sessions
from registry.sessions import open_sessions
from web.account.security_lines import WAYS, own_lines
from web.site.access import EVERYBODY, SENT, note_security, now, open_session, person, requires
from web.site.forms import Form

pages = Blueprint("sessions", __name__, url_prefix="/account/sessions")

LATEST: Final = 20
"""How much of the security log a person sees of their own account."""
SYSTEMS: Final = ("HarmonyOS", "Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
BROWSERS: Final = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""What a browser says of itself, the narrower first: nearly every one calls itself Chrome or Safari as well."""


@pages.get("")
@requires(roles=EVERYBODY)
def index() -> ResponseReturnValue:
    """Where the reader is signed in, this browser first."""
    here = open_session()
    rows = sorted(open_sessions(db.session(), person().id, now()), key=lambda row: row.id != here.id)
    named = [(row, device(row.browser)) for row in rows]
    return render_template(
        "account/sessions.html", rows=named, own=here, ways=WAYS, latest=own_lines(person().id, LATEST), form=Form()
    )


@pages.post("/<int:id>/end")
@requires(roles=EVERYBODY, fresh=SENT)
def end(id: int) -> ResponseReturnValue:
    """End one session of the reader's."""
    if id not in {row.id for row in open_sessions(db.session(), person().id, now())}:
        abort(404)
    with transaction() as writing:
        end_sessions(writing, person().id, now(), only=id)
    note_security("session_ended")
    flash(gettext("That session has ended."))
    return redirect(url_for("sessions.index"))


@pages.post("/end")
@requires(roles=EVERYBODY, fresh=SENT)
def end_others() -> ResponseReturnValue:
    """End every session of the reader's but this one."""
    with transaction() as writing:
        end_sessions(writing, person().id, now(), but=open_session().id)
    note_security("sessions_ended")
    flash(gettext("You are signed in here alone."))
    return redirect(url_for("sessions.index"))


def device(browser: str) -> str:
    """What a person would call it: system and browser, as far as it says them."""
    system = next((name for name in SYSTEMS if name in browser), "")
    name = next((name for mark, name in BROWSERS if mark in browser), "")
    return " · ".join(filter(None, (system, name))) or gettext("An unknown browser")
