"""The dates of a person as calendar events: each running deadline of their cases, as the pages have it.

The feed is read by calendar servers: it names the case's number and what is due, and nobody. Cases that are kept from
somebody (D16) are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask_babel import gettext
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.lists.queues import others_have
from cases.lists.worklists import is_open, on_desk_of, rows
from cases.model.reading import read_cases
from cases.model.tables import Case
from registry.identity import Identity
from web.account.ical import DayEvent
from web.case.deadlines import RunningDeadline, clocks
from web.case.reading import Reading, readings_of
from web.site.language import in_words
from web.site.urls import whole_address
from workflow.definition import Party
from workflow.snapshot import RuleContext

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
            yield _event(reading, clock, host)


def _event(reading: Reading, clock: RunningDeadline, host: str) -> DayEvent:
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
        sequence=reading.case.length,
        changed_at=reading.file.last_at or reading.case.opened_at,
        tentative=clock.held or clock.provisional,
    )
