"""The desk: the cases whose next step is the reader's, under headings of urgency, with filters and one row open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases.engine.held_sheets import waiting_sheets
from cases.lists.queues import desk_lists, soon_until, urgency_of
from cases.lists.records import class_to_state, count_records, handlers_unclear
from cases.lists.worklists import WorkRow, in_hand, rows
from cases.model.bisect import readable
from cases.model.reading import read_cases
from cases.model.tables import Case
from extensions import db
from web.admin.manage import first_steps, no_case_yet
from web.case.choices import Choices, choices_of, keys_of
from web.case.events import came_back
from web.case.list_row import CaseRow, main_act
from web.case.reading import reading_of
from web.desk.alarms import alarms
from web.desk.filters import chips, counted, query_in, returned, title_of
from web.oversight.board import to_supervise
from web.site.access import EVERYBODY, identity, now, requires, today, world
from web.site.forms import page_number
from workflow.definition import APPROVER, AUDITOR, CHIEF, FILER, HEAD, PROPOSES, REVIEWER
from workflow.refusal import Message, say

pages = Blueprint("desk", __name__)

PAGE: Final = 50
HEADINGS: Final[Mapping[str, tuple[str, Message]]] = {
    "back": ("soon", say("Sent back to you")),
    "late": ("late", say("Late")),
    "today": ("soon", say("Due today")),
    "soon": ("soon", say("Within 3 working days")),
    "later": ("", say("Later")),
    "hold": ("hold", say("On hold")),
}
"""The tag and the words of each group."""
NOTES: Final[Mapping[str, Message]] = {
    "back": say("The time limit runs on"),
    "late": say("The firm, the head and the office have been told"),
    "hold": say("Waiting for the firm's papers"),
}


@dataclass(frozen=True)
class SelectedRow:
    """The row that is open, with what happened last, and the acts that its reader can take now, each with its key."""

    number: str
    version: int
    last: tuple[datetime, Message] | None
    sent_back: dict[str, Any] | None
    """Who sent the proposal back, when and why, where that was the last move."""
    choices: Choices
    main: str
    keys: dict[str, str]


@pages.get("/desk")
@requires(roles=EVERYBODY)
def desk() -> ResponseReturnValue:
    """The reader's list; an enterprise has its records, an auditor all cases, and neither has a desk."""
    if identity().holds(FILER):
        return redirect(url_for("records.records"))
    if identity().holds(AUDITOR):
        return redirect(url_for("all_cases.index"))
    asked, page = query_in(request.args), page_number()
    held, skip = asked.condition(), PAGE * (page - 1)
    found = rows(db.session(), identity(), held, most=PAGE + 1, skip=skip, first=returned())
    here = found[:PAGE]
    shown = _groups(CaseRow.of(here, timed=True))
    lines = [line for group in shown for line in group["lines"]]
    due = [] if here else rows(db.session(), identity(), in_hand(identity()), Case.due_on >= today(), most=1)
    lists = desk_lists(db.session(), identity(), today())
    drawn, numbers = counted(asked, lists)
    return render_template(
        "desk/desk.html",
        asked=asked,
        title=title_of(asked),
        page=page,
        begin=skip + 1,
        end=skip + len(here),
        more=len(found) > PAGE,
        groups=shown,
        lines=lines,
        shelves=drawn,
        chips=chips(asked, lists),
        counted=numbers,
        soon_until=soon_until(world().calendar, today()),
        selected=_selected(lines, here),
        next_due=due[0].due_on if due else None,
        alarms=alarms(),
        first=first_steps() if not here and no_case_yet() else [],
        waiting=_waiting(),
        held=waiting_sheets(db.session()) if identity().holds(CHIEF) else 0,
        late=to_supervise() if identity().holds(CHIEF) else None,
    )


def _waiting() -> dict[str, int]:
    """How many records of their bureau wait for the reader, by what is to be settled."""
    may = {"unstated": (class_to_state, {REVIEWER, HEAD}), "unclear": (handlers_unclear, {REVIEWER, APPROVER})}
    theirs = {name: records(identity()) for name, (records, roles) in may.items() if identity().holds(*roles)}
    return dict(zip(theirs, count_records(db.session(), identity(), *theirs.values()), strict=True)) if theirs else {}


def _groups(lines: Sequence[CaseRow]) -> list[dict[str, Any]]:
    """The rows under their headings, what was sent back and then the most urgent first; one without rows is left
    out."""
    found: dict[str, list[CaseRow]] = {name: [] for name in HEADINGS}
    for line in lines:
        urgency = urgency_of(line.row.due_on, line.row.due_of, world().calendar, today())
        found["back" if line.row.ahead else urgency].append(line)
    return [
        {"urgency": name, "tag": tag, "title": title, "note": NOTES.get(name), "lines": found[name]}
        for name, (tag, title) in HEADINGS.items()
        if found[name]
    ]


def _selected(lines: Sequence[CaseRow], here: Sequence[WorkRow]) -> SelectedRow | None:
    """The row asked for; where it has left the list, the one that came after it; else the first of all."""
    number = request.args.get("case", "")
    row = next((row for row in here if row.number == number), None)
    if number and not row:
        gone = rows(db.session(), identity(), Case.number == number, most=1)
        # when a case is due that another bureau has now is not the reader's to know
        if gone and not gone[0].lost:
            row = next((one for one in here if _place(one) > _place(gone[0])), None)
    row = row or (lines[0].row if lines else None)
    return readable(row.number, partial(_acts_on, row)) if row else None


def _place(row: WorkRow) -> tuple[date, int]:
    """By what the list is sorted."""
    return row.due_on or date.max, row.case_id


def _acts_on(row: WorkRow) -> SelectedRow:
    file = read_cases(db.session(), [row.case_id])[0]
    reading = reading_of(db.session(), world(), file, identity(), now())
    choices = choices_of(reading, reading.open_acts)
    main = main_act(row, [choice.name for choice in choices.steps])
    keys = {name: key for name, key in keys_of(row.kind).items() if key}
    # what happened last on which the next step may hang: it moved the case, or came from the firm
    told = (one for one in reversed(reading.events) if one.moved or one.body["role"] == FILER.name)
    last = next(((one.at, say(one.action.done)) for one in told), None)
    proposes = any(one.action.part is PROPOSES for one in reading.open_acts)
    return SelectedRow(row.number, file.length, last, came_back(reading) if proposes else None, choices, main, keys)
