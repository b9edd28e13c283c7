"""Beginning a session: the password is heard, then the second step, and only then is anybody signed in."""

import secrets
from typing import Final

from flask import current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field

from extensions import db, transaction
from registry.factors import Fitting, Vault, factors_of, fitting, has_factor, use_factor
from registry.passkeys import Site
from registry.people import PASSWORD, User, find_person
from registry.sessions import From, begin_session, end_session_of, signed_in_before
from registry.sign_in import admit, check_password
from registry.tries import count_step, count_try, forgive_step
from web.site.access import client_address, first_page, identity, law, note_security, now, settings
from web.site.forms import Form
from web.site.language import SPOKEN, in_words, office_short
from workflow.definition import FILER
from workflow.refusal import Message

HALF: Final = "half"
"""Where a browser holds the token of a session whose second step is still to come."""


def begin(user: User, target: str = "") -> ResponseReturnValue:
    """Sign the person in and lead them to the target, or to their work; first to the second step, where they have one.

    The password was right. Somebody of a firm who signs in for the first time is shown round on their first page.
    """
    if not has_factor(db.session(), user.id):
        first_time = not signed_in_before(db.session(), user.id)
        begin_whole(user, PASSWORD)
        if first_time and not target and identity().holds(FILER):
            return redirect(url_for("records.records", tour=1))
        return redirect(target or first_page())
    with transaction(user_initiated=False) as writing:
        token = begin_session(writing, user, _come(), now(), half=True)
    session.clear()
    session.permanent = True
    session[HALF] = token
    note_security("half", whose=user.id)
    return redirect(url_for("factor.step", next=target or None))


def begin_whole(user: User, how: str) -> None:
    """A new session for the person, who has shown all there is to show: nothing of an earlier one, the form token
    included, goes over into it."""
    with transaction(user_initiated=False) as writing:
        if HALF in session:
            end_session_of(writing, session[HALF], now())
        token = begin_session(writing, user, _come(), now(), how=how)
    session.clear()
    session.permanent = True  # ends after half an hour without a request
    session[SPOKEN] = user.language
    session["csrf_token"] = f"{secrets.token_hex(20)}.{user.id}"  # every form token says whose its page was
    session["_user_id"] = token
    for known in ("csrf_token", "_login_user", "identity", "open_session"):  # of no session any more
        g.pop(known, None)
    note_security("sign_in", whose=user.id, how=how)


def heard_password(
    form: Form, asked: Field, username: str, wrong: Message, status: int = 401, *, through: str = ""
) -> User | None:
    """The person, if what the field asks is their password; the try is counted before. Else the form says why not.

    `through`: what the person holds beside the password, so that tries of others make them wait for nothing.
    """
    with form.writing(user_initiated=False) as session:
        count_try(session, username, now(), through)
    if form.status != 200:
        note_security("wait", ok=False, whose=_id_of(username))
        return None
    user = check_password(db.session(), username, asked.data or "")
    if user is None:
        note_security("password", ok=False, whose=_id_of(username))
        asked.errors, form.status = (in_words(wrong),), status
        return None
    with transaction(user_initiated=False) as session:
        admit(session, user, asked.data, through)
    return user


def heard_code(form: Form, asked: Field, user: User) -> str | None:
    """With what the person has taken the second step, if the field has six digits or a recovery code of theirs."""
    with form.writing(user_initiated=False) as session:
        count_step(session, user.id, now())
    if form.status != 200:
        note_security("wait", ok=False, whose=user.id)
        return None
    rows = factors_of(db.session(), user.id)
    return heard_factor(form, asked, user, fitting(rows, asked.data or "", vault(), settings().clock.wall()))


def heard_factor(form: Form, asked: Field, user: User, found: Fitting | Message) -> str | None:
    """The sort of the factor that was found, now used; else the form says why it does not hold."""
    fault: Message | None
    if isinstance(found, Message):
        fault = found
    else:
        with transaction(user_initiated=False) as session:
            fault = use_factor(session, found, now())
            if fault is None:
                forgive_step(session, user.id)
                return found.row.sort
    note_security("step", ok=False, whose=user.id)
    asked.errors, form.status = (in_words(fault),), 401
    return None


def place_words() -> tuple[str, ...]:
    """The names of the place and the office, which whoever guesses a password tries first."""
    place = law().place
    return (place.name["zh"], place.name["en"], *law().code.split("-"), office_short())


def vault() -> Vault:
    """What seals and opens the seeds of authenticators."""
    return Vault((str(current_app.config["SECRET_KEY"]), *current_app.config["SECRET_KEY_FALLBACKS"]))


def passkey_site() -> Site:
    """Where passkeys hold, as this request came in."""
    return Site(settings().site_url or request.host_url.rstrip("/"), office_short())


def _id_of(username: str) -> int | None:
    """Whose name was typed; of one that nobody bears nothing is kept, it may be a password."""
    user = find_person(db.session(), username)
    return user.id if user else None


def _come() -> From:
    return From(client_address(), request.user_agent.string)
