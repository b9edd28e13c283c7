"""The desk: the cases whose next step is the reader's, under headings of urgency, with filters and one row open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases.lists.queues import URGENCIES, soon_until, urgency_of
from cases.lists.worklists import WorkRow, in_hand, rows
from cases.model.bisect import readable
from cases.model.reading import read_cases
from cases.model.tables import Case
from extensions import db
from web.admin.manage import first_steps, no_case_yet
from web.case.choices import Choices, choices_of, keys_of, open_to
from web.case.list_row import CaseRow, main_act
from web.case.reading import Reading, reading_of
from web.desk.alarms import alarms
from web.desk.filters import DeskQuery, chips, counted, query_in, shelves, title_of
from web.oversight.board import to_supervise
from web.parts.words import Words
from web.site.access import EVERYBODY, identity, now, requires, today, world
from web.site.forms import number_in
from workflow.definition import AUDITOR, CHIEF, FILER
from workflow.refusal import Message, say

pages = Blueprint("desk", __name__)

PAGE: Final = 50
LAST: Final = 1000
HEADINGS: Final[Mapping[str, tuple[str, Message]]] = {
    "late": ("late", say("Late")),
    "today": ("soon", say("Due today")),
    "soon": ("soon", say("Within 3 working days")),
    "later": ("", say("Later")),
    "hold": ("hold", say("On hold")),
}
"""The tag and the words of each group."""
NOTES: Final[Mapping[str, Message]] = {
    "late": say("The firm, the head and the office have been told"),
    "hold": say("Waiting for the firm's papers"),
}


@dataclass(frozen=True)
class UrgencyGroup:
    """The cases of one urgency."""

    urgency: str
    tag: str
    title: Message
    note: Message | None
    lines: tuple[CaseRow, ...]


@dataclass(frozen=True)
class SelectedRow:
    """The row that is open, with what happened last, and the acts that its reader can take now, each with its key."""

    number: str
    version: int
    last: tuple[datetime, Message] | None
    choices: Choices
    main: str
    keys: dict[str, str]


@dataclass(frozen=True)
class DeskPage:
    """What the page shows: the filter, its page, and the line that says which rows of how many."""

    asked: DeskQuery
    title: Words
    page: int
    first: int
    last: int
    more: bool

    def at(self, page: int, number: str = "") -> str:
        """The address of a page of this list, with the row that is open there."""
        more = {"page": page if page > 1 else 0, "case": number}
        query = "&".join(filter(None, (self.asked.query, urlencode({k: v for k, v in more.items() if v}))))
        return url_for("desk.desk") + (f"?{query}" if query else "")


@pages.get("/desk")
@requires(roles=EVERYBODY)
def desk() -> ResponseReturnValue:
    """The reader's list; an enterprise has its records, an auditor all cases, and neither has a desk."""
    if identity().holds(FILER):
        return redirect(url_for("records.records"))
    if identity().holds(AUDITOR):
        return redirect(url_for("all_cases.index"))
    asked, page = query_in(request.args), min(max(number_in(request.args.get("page"), 1), 1), LAST)
    held = asked.condition()
    found = rows(db.session(), identity(), held, most=PAGE + 1, skip=PAGE * (page - 1))
    here = found[:PAGE]
    shown = _groups(CaseRow.of(here, timed=True))
    lines = [line for group in shown for line in group.lines]
    begin = PAGE * (page - 1)
    view = DeskPage(asked, title_of(asked), page, begin + 1, begin + len(here), len(found) > PAGE)
    return render_template(
        "desk/desk.html",
        desk=view,
        groups=shown,
        lines=lines,
        shelves=shelves(asked),
        chips=chips(asked),
        counted=counted(asked),
        soon_until=soon_until(world().calendar, today()),
        selected=_selected(lines, here),
        next_due=None if here else _next_due(),
        alarms=alarms(),
        first=first_steps() if not here and no_case_yet() else [],
        late=to_supervise() if identity().holds(CHIEF) else None,
    )


def _groups(lines: Sequence[CaseRow]) -> tuple[UrgencyGroup, ...]:
    """The rows under their headings, the most urgent first; a heading without rows is left out."""
    found: dict[str, list[CaseRow]] = {name: [] for name in URGENCIES}
    for line in lines:
        found[urgency_of(line.row.due_on, line.row.due_of, world().calendar, today())].append(line)
    return tuple(
        UrgencyGroup(name, *HEADINGS[name], NOTES.get(name), tuple(theirs)) for name, theirs in found.items() if theirs
    )


def _selected(lines: Sequence[CaseRow], here: Sequence[WorkRow]) -> SelectedRow | None:
    """The row asked for; where it has left the list, the one that came after it; else the first of all."""
    row = _asked_for(request.args.get("case", ""), here) or (lines[0].row if lines else None)
    return readable(row.number, partial(_acts_on, row)) if row else None


def _asked_for(number: str, here: Sequence[WorkRow]) -> WorkRow | None:
    row = next((row for row in here if row.number == number), None)
    gone = _gone(number) if number and not row else None
    after = (one for one in here if gone and _place(one.due_on, one.case_id) > _place(gone.due_on, gone.case_id))
    return row or next(after, None)


def _gone(number: str) -> WorkRow | None:
    """A case that is not in the list; none that another bureau has now: when it is due is not the reader's to know."""
    found = rows(db.session(), identity(), Case.number == number, most=1)
    return next((row for row in found if not row.lost), None)


def _place(due_on: date | None, id: int) -> tuple[date, int]:
    """By what the list is sorted."""
    return due_on or date.max, id


def _acts_on(row: WorkRow) -> SelectedRow | None:
    file = read_cases(db.session(), [row.case_id])[0]
    reading = reading_of(db.session(), world(), file, identity(), now())
    choices = choices_of(reading, open_to(reading))
    main = main_act(row, [choice.name for choice in choices.steps])
    keys = {name: key for name, key in keys_of(row.kind).items() if key}
    return SelectedRow(row.number, file.length, _last(reading), choices, main, keys)


def _last(reading: Reading) -> tuple[datetime, Message] | None:
    """When what happened last on which the next step may hang: it moved the case, or came from the firm."""
    told = (one for one in reversed(reading.events) if one.moved or one.body["role"] == FILER.name)
    return next(((one.at, say(one.action.done)) for one in told), None)


def _next_due() -> date | None:
    """The first day from today on which something that is in hand is due."""
    found = rows(db.session(), identity(), in_hand(identity()), Case.due_on >= today(), most=1)
    return found[0].due_on if found else None
