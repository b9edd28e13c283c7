"""The calendar feed of a person: a private address, made, renewed and ended by them. Whoever has it reads the dates."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from extensions import db, transaction
from registry.feeds import end_feed, feed_of, new_feed, person_of_feed
from registry.standing import standing_of
from web.doors import EVERYBODY, door, moment, person
from web.feed_events import feed_events
from web.forms import Form
from web.ical import calendar_text
from web.language import LOCALES
from web.site import whole_address
from web.world import today, world

pages = Blueprint("feed", __name__)


@pages.get("/feed")
@door(roles=EVERYBODY)
def index() -> ResponseReturnValue:
    """What the feed gives, and whether there is one."""
    return _page()


@pages.post("/feed")
@door(roles=EVERYBODY)
def make() -> ResponseReturnValue:
    """A new address, shown this once; the one before stops working."""
    with transaction() as session:
        token = new_feed(session, person(), moment())
    return _page(whole_address("feed.calendar", token=token))


@pages.post("/feed/end")
@door(roles=EVERYBODY)
def end() -> ResponseReturnValue:
    """No address of the reader's works any more."""
    with transaction() as session:
        end_feed(session, person())
    flash(gettext("The feed is ended. Calendars that have its address get nothing more."))
    return redirect(url_for("feed.index"))


@pages.get("/feed/<token>.ics")
@door(public=True)
def calendar(token: str) -> ResponseReturnValue:
    """The dates as a calendar, for whoever holds the address; as the person may read the cases today."""
    session = db.session()
    user = person_of_feed(session, token) or abort(404)
    with force_locale(LOCALES[user.language]):
        events = feed_events(session, world(), standing_of(session, user, today()), request.host.partition(":")[0],
                             moment())  # fmt: skip
        text = calendar_text(gettext("Dates of cases"), events, user.language)
    answer = Response(text, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'inline; filename="dates.ics"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page(address: str = "") -> Response:
    page = render_template("feed.html", feed=feed_of(db.session(), person()), address=address, form=Form())
    answer = make_response(page)
    if address:
        answer.headers["Cache-Control"] = "no-store"
    return answer
