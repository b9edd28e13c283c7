"""Where bodies' own systems are told what happens: each endpoint, its last messages, what can be done with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, Response, abort, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from cases.model.feed import CASE_CHANGED, last_numbered
from exchange.webhooks import (
    NO_SECRET,
    NOT_ALLOWED,
    PING,
    TAKEN,
    UNREACHABLE,
    Line,
    WebhookMessage,
    last_messages,
    send_again,
    send_test,
)
from extensions import db
from registry.account_acts import keeps_system
from registry.endpoints import (
    BY_HAND,
    WebhookEndpoint,
    add_endpoint,
    end_endpoint,
    endpoints_kept,
    exchange_secret,
    go_on,
    suspend,
)
from registry.people import names_of
from web.admin.form import EndpointForm
from web.admin.tokens import KEEP, body_in, body_names, bureaus, once
from web.site.access import SENT, identity, note_security, now, requires, settings
from web.site.forms import Form, form_page
from workflow.definition import CHIEF
from workflow.refusal import Message, say

pages = Blueprint("endpoints", __name__, url_prefix="/endpoints")

SHOWN: Final = 30
"""Messages on the page of an endpoint."""
SAID: Final[Mapping[str, Message]] = {
    UNREACHABLE: say("no answer within ten seconds"),
    NOT_ALLOWED: say("the host may not be called: ask whoever runs the platform"),
    NO_SECRET: say("the secret cannot be read: exchange it"),
    "410": say("gone, says the system"),
}
"""What became of a try, where the status alone does not say it."""


@dataclass(frozen=True)
class EndpointAct:
    """What one person may do with an endpoint: by which function, as what it is kept, and what is said of it."""

    does: Callable[[Session, WebhookEndpoint, datetime], None]
    kept: str
    said: Any


ACTS: Final[Mapping[str, EndpointAct]] = {
    "test": EndpointAct(send_test, "", _("A test goes out within a minute, after what waits.")),
    "suspend": EndpointAct(
        lambda _session, endpoint, at: suspend(endpoint, BY_HAND, at),
        "endpoint_suspended",
        _("Stopped. What happens meanwhile follows once it goes on."),
    ),
    "resume": EndpointAct(
        lambda _session, endpoint, at: go_on(endpoint, at),
        "endpoint_resumed",
        _("It goes on: what waits is sent first, in order."),
    ),
    "end": EndpointAct(
        lambda session, endpoint, at: end_endpoint(session, endpoint, at, by=identity().user_id),
        "endpoint_ended",
        _("Ended. Nothing is sent there any more."),
    ),
}


@pages.route("", methods=["GET", "POST"])
@requires(roles=KEEP, fresh=SENT)
def index() -> ResponseReturnValue:
    """The endpoints that the reader keeps; sent, another is made, and its secret shown this once."""
    form = EndpointForm(bureaus())
    if form.sent():
        line = _line()
        with form.writing() as session:
            new = form.endpoint(*body_in(form))
            made = add_endpoint(session, new, line.hosts, last_numbered(session), now(), demo=settings().demo)
            secret = exchange_secret(session, made, line.vault, now())
        if form.status == 200:
            note_security("endpoint_made", endpoint=made.id)
            return _secret_page(made, secret)
    kept = [one for one in endpoints_kept(db.session()) if keeps_system(identity(), one)]
    names, body_of = names_of(db.session(), [one.person_id for one in kept]), body_names(kept)
    rows = [(one, names[one.person_id], body_of(one), _state(one)) for one in kept]
    return form_page("admin/endpoints.html", form, rows=rows, keeps=identity().holds(CHIEF))


@pages.get("/<int:id>")
@requires(roles=KEEP)
def show(id: int) -> ResponseReturnValue:
    """One endpoint: what it was told last, and what became of it."""
    return _page(_endpoint(id), Form())


@pages.post("/<int:id>/rotate")
@requires(roles=KEEP, fresh=SENT)
def rotate(id: int) -> ResponseReturnValue:
    """A new secret, shown this once; the one before signs beside it for a week."""
    form = Form()
    with form.writing() as session:
        endpoint = _endpoint(id, lock=True)
        secret = exchange_secret(session, endpoint, _line().vault, now())
    if form.status != 200:
        return _page(endpoint, form)
    note_security("endpoint_rotated", endpoint=id)
    return _secret_page(endpoint, secret)


@pages.post("/<int:id>/<any(test, suspend, resume, end):act>")
@requires(roles=KEEP, fresh=SENT)
def do(id: int, act: str) -> ResponseReturnValue:
    """Test it, stop it, let it go on, or end it."""
    form, done = Form(), ACTS[act]
    with form.writing() as session:
        endpoint = _endpoint(id, lock=True)
        done.does(session, endpoint, now())
    if form.status != 200:
        return _page(endpoint, form)
    if done.kept:
        note_security(done.kept, endpoint=id)
    flash(str(done.said))
    return redirect(url_for("endpoints.show", id=id))


@pages.post("/<int:id>/messages/<int:message_id>/again")
@requires(roles=KEEP)
def again(id: int, message_id: int) -> ResponseReturnValue:
    """Let one message go out once more, with the same id."""
    form = Form()
    with form.writing() as session:
        endpoint = _endpoint(id, lock=True)
        message = session.get(WebhookMessage, message_id)
        if message is None or message.endpoint_id != id:
            abort(404)
        send_again(session, message, endpoint, now())
    if form.status != 200:
        return _page(endpoint, form)
    flash(gettext("It goes out once more within a minute, with the same id."))
    return redirect(url_for("endpoints.show", id=id))


def _secret_page(endpoint: WebhookEndpoint, secret: str) -> Response:
    name = names_of(db.session(), [endpoint.person_id])[endpoint.person_id]
    return once("admin/endpoint_secret.html", secret, name=name, endpoint=endpoint)


def _page(endpoint: WebhookEndpoint, form: Form) -> Response:
    session = db.session()
    messages = last_messages(session, endpoint, SHOWN)
    waits = [one for one in messages if one.state != TAKEN]
    return form_page(
        "admin/endpoint.html",
        form,
        endpoint=endpoint,
        name=names_of(session, [endpoint.person_id])[endpoint.person_id],
        body=body_names([endpoint])(endpoint),
        state=_state(endpoint),
        both=bool(endpoint.before_until and now() < endpoint.before_until),
        messages=messages,
        first=min((one.id for one in waits), default=0),
        waiting=len(waits),
        said=SAID,
        taken=TAKEN,
        ping=PING,
        case=CASE_CHANGED,
    )


def _state(endpoint: WebhookEndpoint) -> tuple[str, str]:
    """How it stands: the tone of a tag, and its words."""
    if endpoint.ended_at is not None:
        return "off", gettext("Ended")
    if endpoint.suspended_at is not None:
        return "late", gettext("Stopped")
    if endpoint.failing_since is not None:
        return "soon", gettext("Takes nothing")
    return "ok", gettext("In use")


def _line() -> Line:
    line: Line = current_app.extensions["line"]
    return line


def _endpoint(id: int, *, lock: bool = False) -> WebhookEndpoint:
    found = db.session().get(WebhookEndpoint, id, with_for_update=lock or None, populate_existing=lock)
    return found if found and keeps_system(identity(), found) else abort(404)
