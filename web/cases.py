"""The case page, the list of cases, and the proof of a deadline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from flask import Blueprint, abort, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement

from cases.kinds import all_kinds
from cases.reading import CaseFile, read_cases
from cases.tables import Case
from cases.visibility import find_case
from cases.worklists import WorkRow, count, is_open, rows
from extensions import db
from web.alarms import alarms
from web.bodies import body_names, office_short
from web.bounds import number_in
from web.case_claims import heading
from web.case_clocks import clock_of, held_back
from web.case_reading import reading_of
from web.case_view import case_view
from web.deadline_proof import proof_of
from web.desk_view import firm_of
from web.doors import EVERYBODY, door, moment, standing
from web.keys import keys_of
from web.onward import onward
from web.parts.words import Words
from web.seen import seen
from web.whose_turn import due_by, turn_of
from web.world import law, today, world
from workflow.definition import AUDITOR, CHIEF, Party, State
from workflow.refusal import Message, say

pages = Blueprint("cases", __name__)

PAGE = 50
LAST = 1000


@pages.get("/cases")
@door(roles=EVERYBODY)
def index() -> ResponseReturnValue:
    """The cases that the reader may read: the firm's own, a bureau's, all of them for the office."""
    shown = request.args.get("show", "open")
    conditions = _conditions(shown)
    page = min(max(number_in(request.args.get("page"), 1), 1), LAST)
    found = rows(db.session(), standing(), *conditions, most=PAGE + 1, skip=PAGE * (page - 1),
                 newest=shown == "closed")  # fmt: skip
    here = found[:PAGE]
    return render_template(
        "cases.html", staff=Party.ENTERPRISE not in standing().parties,
        rows=sorted(map(listed, here), key=lambda one: not one.mine), shown=shown,
        page=page, more=len(found) > PAGE,
        counts={name: count(db.session(), standing(), *_conditions(name)) for name in ("open", "closed", "all")},
        alarms=alarms() if standing().holds(AUDITOR) else None,
    )  # fmt: skip


@pages.get("/cases/<number>")
@door(roles=EVERYBODY)
def show(number: str) -> ResponseReturnValue:
    """A case."""
    view = case_view(db.session(), world(), found_file(number), standing(), moment())
    keys = {} if view.mine else keys_of(view.reading.file.kind)
    return render_template(
        "case.html", case=view, keys=keys, onward=onward(db.session(), view.reading, standing()),
        may_audit=standing().holds(AUDITOR, CHIEF),
    )  # fmt: skip


@pages.get("/cases/<number>/deadlines/<name>")
@door(roles=EVERYBODY)
def deadline(number: str, name: str) -> ResponseReturnValue:
    """Day by day, why a deadline is due when it is."""
    reading = reading_of(db.session(), world(), found_file(number), standing(), moment())
    timers = [timer for timer in reading.file.snapshot.timers if timer.deadline == name]
    if not timers or reading.lost:
        abort(404)
    clock = clock_of(reading, timers[-1])
    return render_template(
        "deadline.html", reading=reading, clock=clock, heading=heading(reading), holds=held_back(clock, reading),
        proof=proof_of(reading, clock),
    )  # fmt: skip


def found_file(number: str) -> CaseFile:
    """The case of that number, for whoever may read it; else the page is not there."""
    case = find_case(db.session(), standing(), number) or abort(404)
    seen("case", number, case.id)
    return read_cases(db.session(), [case.id])[0]


def _conditions(shown: str) -> tuple[ColumnElement[bool], ...]:
    if shown == "closed":
        return (Case.closed_at.is_not(None),)
    return () if shown == "all" else (is_open(),)


def where_it_stands(row: WorkRow) -> Message:
    """The state of a case in a list; of one that the reader's bureau has lost, that it has."""
    if row.lost:
        return say("Another bureau has this case now. You read what lay here.")
    return say(all_kinds()[row.kind].state(row.state).label)


@dataclass(frozen=True)
class Listed:
    """A case in the list: its row, what it is called, where it stands, and when it is due beside what is left."""

    row: WorkRow
    firm: Words
    kind: Message
    state: State
    label: Message
    """Where it stands; to a firm, of an open case that waits for somebody else: whose turn it is."""
    due: Message | None
    """Of a case that is closed: the day on which it was."""
    tone: str
    mine: bool
    """Whether it is the turn of the firm that reads."""


def listed(row: WorkRow) -> Listed:
    """A row of any list of cases, as its reader may know it."""
    definition = all_kinds()[row.kind]
    state = definition.state(row.state)
    due, tone = due_by(row.due_on, world().calendar, today())
    if row.closed_at and not row.lost:
        due = say("Closed on {day}", day=law().day_of(row.closed_at))
    firm = Party.ENTERPRISE in standing().parties
    mine = firm and row.desk == Party.ENTERPRISE
    waits = firm and not mine and row.closed_at is None
    return Listed(
        row, firm_of(row), say(definition.label), state, _turn(row) if waits else where_it_stands(row), due, tone, mine
    )


def _short_names() -> Mapping[int, str]:
    """What bureaus are called, read once for all rows of a page."""
    if "short_names" not in g:
        g.short_names = body_names(db.session()).short
    return cast(Mapping[int, str], g.short_names)


def _turn(row: WorkRow) -> Message:
    theirs = row.bureau_id if row.desk == Party.BUREAU else None
    whose = _short_names()[theirs] if theirs else office_short()
    return turn_of(row.kind, row.state, row.desk, whose)
