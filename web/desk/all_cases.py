"""The list of all cases that a reader may read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement

from cases.kinds import all_kinds
from cases.lists.worklists import WorkRow, count, is_open, rows
from cases.model.tables import Case
from extensions import db
from web.case.desks import due_by, turn_of
from web.case.list_row import firm_of
from web.desk.alarms import alarms
from web.parts.words import Words
from web.site.access import EVERYBODY, identity, requires
from web.site.bodies import body_names, office_short
from web.site.context import law, today, world
from web.site.request_limits import number_in
from workflow.definition import AUDITOR, Party, State
from workflow.refusal import Message, say

pages = Blueprint("all_cases", __name__)

PAGE = 50
LAST = 1000


@pages.get("/cases")
@requires(roles=EVERYBODY)
def index() -> ResponseReturnValue:
    """The cases that the reader may read: the firm's own, a bureau's, all of them for the office."""
    shown = request.args.get("show", "open")
    conditions = _conditions(shown)
    page = min(max(number_in(request.args.get("page"), 1), 1), LAST)
    found = rows(db.session(), identity(), *conditions, most=PAGE + 1, skip=PAGE * (page - 1), newest=shown == "closed")
    here = found[:PAGE]
    return render_template(
        "desk/cases.html",
        staff=Party.ENTERPRISE not in identity().parties,
        rows=sorted(map(listed, here), key=lambda one: not one.mine),
        shown=shown,
        page=page,
        more=len(found) > PAGE,
        counts={name: count(db.session(), identity(), *_conditions(name)) for name in ("open", "closed", "all")},
        alarms=alarms() if identity().holds(AUDITOR) else None,
    )


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
    firm = Party.ENTERPRISE in identity().parties
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
