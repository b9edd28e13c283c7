"""The calendar feed of a person: a private address, and the dates behind it as RFC 5545 writes them.

A calendar server reads it: it names a case's number and what is due, and nobody. Only the hash of the address is kept;
its maker sees a new address for some minutes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.lists.worklists import is_open, on_desk_of, others_have, rows
from cases.model.reading import read_cases
from cases.model.tables import Case
from extensions import db, transaction
from registry.feeds import end_feed, feed_of, new_feed, person_of_feed
from registry.identity import Identity, identity_of
from web.case.deadlines import RunningDeadline, clocks
from web.case.reading import Reading, readings_of
from web.site.access import EVERYBODY, now, person, requires, today, whole_address, world
from web.site.forms import Form
from web.site.language import LOCALES, in_words
from workflow.definition import Party
from workflow.snapshot import RuleContext

WIDTH = 75
"""Octets in a line, without its end (RFC 5545, 3.1)."""


@dataclass(frozen=True)
class DayEvent:
    """A day in the calendar. `uid` is the same for ever; `sequence` grows whenever the event has changed."""

    uid: str
    day: date
    summary: str
    description: str
    url: str
    sequence: int
    changed_at: datetime
    tentative: bool = False


def calendar_text(name: str, events: Sequence[DayEvent], language: str) -> str:
    """The calendar whole."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//redress//dates of cases//{language.upper()}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
        "X-PUBLISHED-TTL:PT4H",
        *(line for event in events for line in _event(event)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in fold(line))


def _event(event: DayEvent) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{_instant(event.changed_at)}"
    yield f"LAST-MODIFIED:{_instant(event.changed_at)}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(event.summary)}"
    yield f"DESCRIPTION:{escaped(event.description)}"
    yield f"URL:{event.url}"
    yield f"STATUS:{'TENTATIVE' if event.tentative else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


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


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


MOST = 200
"""Cases in a feed, the first due first: a calendar is no list of everything."""


def feed_events(session: Session, world: RuleContext, identity: Identity, host: str, now: datetime) -> list[DayEvent]:
    """The events, the first day first. Of an official: what lies on their desk and no colleague has taken."""
    events = [event for reading in _readings(session, world, identity, now) for event in _of_case(reading, host)]
    return sorted(events, key=lambda event: (event.day, event.uid))


def _readings(session: Session, world: RuleContext, identity: Identity, now: datetime) -> list[Reading]:
    open_to_all = Case.kind.in_([kind for kind, one in all_kinds().items() if not one.closed_to])
    mine = Party.ENTERPRISE in identity.parties
    whose = (is_open(),) if mine else (on_desk_of(identity), ~others_have(identity))
    found = [row.case_id for row in rows(session, identity, open_to_all, *whose, most=MOST) if not row.lost]
    return readings_of(session, world, read_cases(session, found), identity, now)


def _of_case(reading: Reading, host: str) -> Iterator[DayEvent]:
    for clock in clocks(reading):
        if reading.mine or clock.owner == reading.state.desk:
            yield _day_event(reading, clock, host)


def _day_event(reading: Reading, clock: RunningDeadline, host: str) -> DayEvent:
    """One deadline. While it stands still: the day if the hold lasts as long as it can."""
    number, what = reading.file.number, in_words(clock.label)
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
    timer = clock.timer
    return DayEvent(
        uid=f"{number}-{timer.deadline}-{timer.round}-{timer.started.isoformat()}@{host}",
        day=clock.due or clock.count.due,
        summary=summary,
        description="\n".join(notes),
        url=whole_address("cases.show", number=number),
        sequence=reading.file.length,
        changed_at=reading.file.last_at or reading.file.opened_at,
        tentative=clock.held or clock.provisional,
    )


pages = Blueprint("feed", __name__, url_prefix="/feed")

MADE: Final = "feed_made"
STAYS: Final = timedelta(minutes=10)


@pages.get("")
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


@pages.post("")
@requires(roles=EVERYBODY)
def make() -> ResponseReturnValue:
    """A new address; the one before stops working."""
    with transaction() as writing:
        token = new_feed(writing, person(), now())
    session[MADE] = {"token": token, "until": (now() + STAYS).isoformat()}
    return redirect(url_for("feed.index"))


@pages.post("/end")
@requires(roles=EVERYBODY)
def end() -> ResponseReturnValue:
    """No address of the reader's works any more."""
    with transaction() as writing:
        end_feed(writing, person())
    session.pop(MADE, None)
    flash(gettext("The feed is ended. Calendars that have its address get nothing more."))
    return redirect(url_for("feed.index"))


@pages.get("/<token>.ics")
@requires(public=True)
def calendar(token: str) -> ResponseReturnValue:
    """The dates as a calendar, for whoever holds the address; as the person may read the cases today."""
    reading = db.session()
    user = person_of_feed(reading, token) or abort(404)
    with force_locale(LOCALES[user.language]):
        events = feed_events(
            reading, world(), identity_of(reading, user, today()), request.host.partition(":")[0], now()
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
    holds = now() < until and person_of_feed(db.session(), made["token"]) == person()
    if not holds:
        session.pop(MADE)
    return (made["token"], until) if holds else None
