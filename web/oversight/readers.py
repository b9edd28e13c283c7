"""Who has read a case, and what a person has read: for the auditor and the head of the office.

To look is a reading too. What a firm reads of its own case is listed as well; the firm sees nobody's. Lists and
searches are no reading, a list that is taken along as a sheet is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from cases.model.readings import (
    PAGE,
    Called,
    Read,
    ReadingQuery,
    called,
    kept_since,
    people_of,
    read_things,
    readers_of,
)
from cases.model.visibility import find_case
from extensions import db
from registry.people import people_called
from web.account.page import done_to_accounts
from web.oversight.assessment import SHEET, SheetColumn, workbook
from web.site.access import identity, law, note_read, now, requires, today, waiting
from web.site.forms import number_in, page_number
from web.site.language import bureau_short, in_words, language, office_short
from workflow.definition import AUDITOR, CHIEF, Party
from workflow.refusal import Message, say

pages = Blueprint("readers", __name__)

THINGS = {
    "case": say("the case"),
    "receipt": say("the receipt"),
    "audit": say("the ledger of the case"),
    "export": say("the export of the case"),
    "readers": say("who has read the case"),
}


@dataclass(frozen=True)
class ReadingLine:
    """A reading in words; `href` leads to the thing where it has a page, `own` is the firm's own case.

    `username`: that of the reader.
    """

    read: Read
    who: Message | str
    place: str
    what: Message | str
    href: str
    own: bool
    username: str


@pages.get("/audit/<number>/readers")
@requires(roles=(AUDITOR, CHIEF))
def of_case(number: str) -> ResponseReturnValue:
    """Who has read this case and what belongs to it: which desk, first, last, how often."""
    case = find_case(db.session(), identity(), number) or abort(404)
    note_read("readers", number, case.id)
    page = page_number()
    found = readers_of(db.session(), case, page)
    return render_template(
        "oversight/readers.html",
        case=case,
        lines=_lines(found[:PAGE]),
        page=page,
        more=len(found) > PAGE,
        people=people_of(db.session(), case),
        since=kept_since(law(), now()),
        waiting=waiting().count(),
    )


@pages.get("/audit/readers")
@requires(roles=(AUDITOR, CHIEF))
def of_person() -> ResponseReturnValue:
    """What one person has read, or who has read one record, between two days; all that was read where none is named."""
    name, record_id = request.args.get("person", "").strip(), number_in(request.args.get("record"), 0) or None
    people = people_called(db.session(), name) if name else []
    found = people[0] if len(people) == 1 else None
    days = _day("from"), _day("until")
    faults = [gettext("Nobody has the name or user name %(name)s.", name=name)] * bool(name and not people)
    if len(people) > 1:
        usernames = gettext(", ").join(one.username for one in people)
        faults += [gettext("Several people are called %(name)s: %(usernames)s.", name=name, usernames=usernames)]
    faults += [gettext("Write a day such as 2026-11-24.")] * any(day is None and said for day, said in days)
    if found and not faults:
        note_read("person", found.id)
    page = page_number()
    asked = ReadingQuery(found.id if found else None, record_id, *_between(days[0][0], days[1][0]))
    if request.args.get("as") == "xlsx" and not faults:
        return _sheet(asked)
    reads = [] if faults else read_things(db.session(), identity(), asked, page)
    return render_template(
        "oversight/reader.html",
        person=found,
        name=name,
        record=record_id,
        since=days[0][1],
        until=days[1][1],
        faults=faults,
        lines=_lines(reads[:PAGE]),
        page=page,
        more=len(reads) > PAGE,
        kept=kept_since(law(), now()),
        waiting=waiting().count(),
        done=done_to_accounts(found.id, PAGE) if found and page == 1 else [],
    ), 422 if faults else 200


def _sheet(asked: ReadingQuery) -> Response:
    """All that the filter finds, the newest first; that it was taken along is a reading too."""
    lines = _lines(read_things(db.session(), identity(), asked, most=MOST_IN_SHEET)[:MOST_IN_SHEET])
    note_read("readings", len(lines))
    title = gettext("What was read")
    answer = Response(workbook(title, (title, [title], COLUMNS, lines)), mimetype=SHEET)
    answer.headers["Content-Disposition"] = f'attachment; filename="readings-{today()}.xlsx"'
    return answer


def _plain(words: Message | str) -> str:
    return in_words(words) if isinstance(words, Message) else words


MOST_IN_SHEET: Final = 10_000
COLUMNS: Final = (
    SheetColumn(say("Who"), lambda line: _plain(line.who), width=20),
    SheetColumn(say("User name"), lambda line: line.username, width=16),
    SheetColumn(say("When"), lambda line: f"{line.read.last.astimezone(law().zone):%Y-%m-%d %H:%M}", width=18),
    SheetColumn(say("From which desk"), lambda line: line.place, width=24),
    SheetColumn(say("What"), lambda line: _plain(line.what), width=40),
    SheetColumn(say("Case"), lambda line: line.read.case, width=18),
)


def _day(name: str) -> tuple[date | None, str]:
    """A day that was asked for, and what was typed."""
    typed = request.args.get(name, "").strip()
    try:
        return date.fromisoformat(typed), typed
    except ValueError:
        return None, typed


def _between(first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    """From the beginning of the first day to the end of the last, as days are in the place; the first and the last day
    that there are leave that side open."""
    since = datetime.combine(first, time.min, law().zone) if first and first > date.min else None
    before = datetime.combine(last + timedelta(days=1), time.min, law().zone) if last and last < date.max else None
    return since, before


def _lines(found: Sequence[Read]) -> list[ReadingLine]:
    names = called(db.session(), found)
    return [_line(read, names) for read in found]


def _line(read: Read, names: Called) -> ReadingLine:
    who: Message | str = names.people.get(read.user_id, "")
    if read.for_id is not None:
        who = say("{name} (also for {other})", name=who, other=names.people.get(read.for_id, ""))
    place, own = office_short(), read.party == Party.ENTERPRISE
    if read.party == Party.BUREAU:
        bureau = names.bureaus.get(read.place_id or 0)
        place = bureau_short(bureau) if bureau else ""
    elif own:
        place = names.enterprises.get(read.place_id or 0, "")
    return ReadingLine(read, who, place, *_thing(read, names), own, names.usernames.get(read.user_id, ""))


def _thing(read: Read, names: Called) -> tuple[Message | str, str]:
    """What was read, and its address."""
    named = {"file": names.files, "paper": names.papers, "record": names.records, "person": names.people}
    id = int(read.ref) if read.what in (*named, "letter") else 0
    name = named.get(read.what, {}).get(id, read.ref)
    match read.what:
        case "file":
            return say("the file {name}", name=name), url_for("files.evidence", file_id=id)
        case "paper":
            return say("the paper {number}", number=name), url_for("files.paper", paper_id=id)
        case "letter":
            letter = names.letters.get(id)
            return say("the letter “{subject}”", subject=letter.subject(language()) if letter else read.ref), ""
        case "record":
            return say("the record {number}", number=name), url_for("records.record", record_id=id)
        case "person":
            return say("what {name} has read", name=name), ""
        case "cases":
            return say("a list of cases as a sheet: {n}", n=int(read.ref)), ""
        case "readings":
            return say("a list of readings as a sheet: {n}", n=int(read.ref)), ""
        case "audit":
            return THINGS[read.what], url_for("audit.case", number=read.ref)
        case "readers":
            return THINGS[read.what], url_for("readers.of_case", number=read.ref)
    return THINGS.get(read.what, read.what), url_for("cases.show", number=read.ref)
