"""The calendar feed of a person: a private address, made, renewed and ended by them. Whoever has it reads the dates.

A new address stands on the page for a few minutes, also when it is loaded again: who lost it to a key pressed too soon
would have to make another. The platform keeps its hash alone; the address is in the session of its maker until that
ends, or the page is looked at after those minutes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from extensions import db, transaction
from registry.feeds import end_feed, feed_of, new_feed, person_of_feed
from registry.identity import identity_of
from web.account.feed_events import feed_events
from web.account.ical import calendar_text
from web.site.access import EVERYBODY, moment, person, requires
from web.site.context import today, world
from web.site.forms import Form
from web.site.language import LOCALES
from web.site.urls import whole_address

pages = Blueprint("feed", __name__)

MADE: Final = "feed_made"
STAYS: Final = timedelta(minutes=10)


@pages.get("/feed")
@requires(roles=EVERYBODY)
def index() -> ResponseReturnValue:
    """What the feed gives, and whether there is one; a new address as long as it stays."""
    feed, shown = feed_of(db.session(), person()), _just_made()
    address = whole_address("feed.calendar", token=shown[0]) if shown else ""
    page = render_template(
        "account/feed.html", feed=feed, address=address, until=shown[1] if shown else None, form=Form()
    )
    answer = make_response(page)
    if address:
        answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.post("/feed")
@requires(roles=EVERYBODY)
def make() -> ResponseReturnValue:
    """A new address; the one before stops working."""
    with transaction() as writing:
        token = new_feed(writing, person(), moment())
    session[MADE] = {"token": token, "until": (moment() + STAYS).isoformat()}
    return redirect(url_for("feed.index"))


@pages.post("/feed/end")
@requires(roles=EVERYBODY)
def end() -> ResponseReturnValue:
    """No address of the reader's works any more."""
    with transaction() as writing:
        end_feed(writing, person())
    session.pop(MADE, None)
    flash(gettext("The feed is ended. Calendars that have its address get nothing more."))
    return redirect(url_for("feed.index"))


@pages.get("/feed/<token>.ics")
@requires(public=True)
def calendar(token: str) -> ResponseReturnValue:
    """The dates as a calendar, for whoever holds the address; as the person may read the cases today."""
    reading = db.session()
    user = person_of_feed(reading, token) or abort(404)
    with force_locale(LOCALES[user.language]):
        events = feed_events(
            reading, world(), identity_of(reading, user, today()), request.host.partition(":")[0], moment()
        )
        text = calendar_text(gettext("Dates of cases"), events, user.language)
    answer = Response(text, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'inline; filename="dates.ics"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _just_made() -> tuple[str, datetime] | None:
    """The token that this session has just made and until when it is shown; None once that is over, or once another
    window has made a new one or ended it."""
    made = session.get(MADE)
    if not made:
        return None
    until = datetime.fromisoformat(made["until"])
    holds = moment() < until and person_of_feed(db.session(), made["token"]) == person()
    if not holds:
        session.pop(MADE)
    return (made["token"], until) if holds else None
