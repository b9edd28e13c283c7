"""The calendar feed of a person: a private address, and the dates behind it as RFC 5545 writes them.

A calendar server reads it: it names a case's number and what is due, and nobody. Only the hash of the address is kept;
its maker sees a new address for some minutes.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.lists.worklists import is_open, on_desk_of, others_have, rows
from cases.model.reading import read_cases
from cases.model.tables import Case
from extensions import db, transaction
from registry.identity import Identity, identity_of
from registry.sign_in import Feed, end_feed, new_feed, person_of_feed
from web.case.deadlines import RunningDeadline, clocks
from web.case.reading import Reading, readings_of
from web.site.access import EVERYBODY, note_security, now, person, requires, today, whole_address, world
from web.site.forms import Form
from web.site.language import LOCALES, in_words
from workflow.definition import Party
from workflow.snapshot import RuleContext

WIDTH = 75
"""Octets in a line, without its end (RFC 5545, 3.1)."""


def escaped(text: str) -> str:
    """Text as a value (RFC 5545, 3.3.11)."""
    for character in ("\\", ";", ","):
        text = text.replace(character, f"\\{character}")
    return "\\n".join(text.splitlines())


def fold(line: str) -> Iterator[str]:
    """A line in pieces that fit, no character parted; each further piece begins with a space."""
    piece, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > WIDTH:
            yield piece
            piece, size = " ", 1
        piece, size = piece + character, size + octets
    yield piece


MOST = 200
"""Cases in a feed, the first due first: a calendar is no list of everything."""


def calendar_of(session: Session, world: RuleContext, identity: Identity, host: str, now: datetime, spoken: str) -> str:
    """The calendar whole, the first day first. Of an official: what is on their desk and no colleague has taken."""
    open_to_all = Case.kind.in_([kind for kind, one in all_kinds().items() if not one.closed_to])
    mine = Party.ENTERPRISE in identity.parties
    whose = (is_open(),) if mine else (on_desk_of(identity), ~others_have(identity))
    found = [row.case_id for row in rows(session, identity, open_to_all, *whose, most=MOST) if not row.lost]
    events = sorted(
        _event(reading, clock, host)
        for reading in readings_of(session, world, read_cases(session, found), identity, now)
        for clock in clocks(reading)
        if reading.mine or clock.owner == reading.state.desk
    )
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//redress//dates of cases//{spoken.upper()}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(gettext('Dates of cases'))}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
        "X-PUBLISHED-TTL:PT4H",
        *(line for _day, _uid, event in events for line in event),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in fold(line))


def _event(reading: Reading, clock: RunningDeadline, host: str) -> tuple[date, str, list[str]]:
    """One deadline: its day, its name for ever, its lines. While it is paused: the day if the pause lasts its longest.

    The sequence grows whenever the case has changed.
    """
    file, timer, what = reading.file, clock.timer, in_words(clock.label)
    number, day = file.number, clock.due or clock.count.due
    notes = [gettext("Case %(number)s: %(what)s", number=number, what=what)]
    if clock.held:
        summary = gettext("%(number)s %(what)s (on hold)", number=number, what=what)
        notes.append(
            gettext("The clock stands still. This is the day if it stands as long as it can; it may come earlier.")
        )
    elif clock.provisional:
        summary = gettext("%(number)s %(what)s (provisional)", number=number, what=what)
        notes.append(gettext("Provisional: it is recounted when the holidays of that year are announced."))
    else:
        summary = gettext("%(number)s %(what)s", number=number, what=what)
    notes.append(gettext("The whole day counts. The case page says why it is this day."))
    uid = f"{number}-{timer.deadline}-{timer.round}-{timer.started.isoformat()}@{host}"
    changed = f"{(file.last_at or file.opened_at).astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return (
        day,
        uid,
        [
            "BEGIN:VEVENT",
            f"UID:{uid}",
            f"DTSTAMP:{changed}",
            f"LAST-MODIFIED:{changed}",
            f"SEQUENCE:{file.length}",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{escaped(summary)}",
            f"DESCRIPTION:{escaped(chr(10).join(notes))}",
            f"URL:{whole_address('cases.show', number=number)}",
            f"STATUS:{'TENTATIVE' if clock.held or clock.provisional else 'CONFIRMED'}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ],
    )


pages = Blueprint("feed", __name__, url_prefix="/feed")


@pages.get("")
@requires(roles=EVERYBODY)
def index() -> ResponseReturnValue:
    """What the feed gives, and whether there is one."""
    return _page("")


@pages.post("")
@requires(roles=EVERYBODY)
def make() -> ResponseReturnValue:
    """A new address, on this page alone; the one before stops working."""
    with transaction() as writing:
        token = new_feed(writing, person(), now())
    note_security("feed_made")
    return _page(whole_address("feed.calendar", token=token))


@pages.post("/end")
@requires(roles=EVERYBODY)
def end() -> ResponseReturnValue:
    """No address of the reader's works any more."""
    with transaction() as writing:
        end_feed(writing, person())
    flash(gettext("The feed is ended. Calendars that have its address get nothing more."))
    return redirect(url_for("feed.index"))


@pages.get("/<token>.ics")
@requires(public=True)
def calendar(token: str) -> ResponseReturnValue:
    """The dates as a calendar, for whoever holds the address; as the person may read the cases today."""
    reading = db.session()
    user = person_of_feed(reading, token) or abort(404)
    with force_locale(LOCALES[user.language]):
        identity, host = identity_of(reading, user, today()), request.host.partition(":")[0]
        text = calendar_of(reading, world(), identity, host, now(), user.language)
    answer = Response(text, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'inline; filename="dates.ics"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page(address: str) -> Response:
    feed = db.session().get(Feed, person().id)
    answer = make_response(render_template("account/feed.html", feed=feed, address=address, form=Form()))
    answer.headers["Cache-Control"] = "no-store"
    return answer
