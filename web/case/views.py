"""The case page, the proof of a deadline, and the next case of a desk."""

from dataclasses import dataclass

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from cases.engine.marks import ApprovalMark
from cases.lists.worklists import count, on_desk_of, others_have, rows
from cases.model.reading import LoadedCase, read_cases
from cases.model.tables import Case
from cases.model.visibility import find_case
from extensions import db
from registry.identity import Identity
from web.case.choices import keys_of
from web.case.claims import heading
from web.case.deadlines import clock_of, held_back, proof_of
from web.case.list_row import firm_in_list, next_step
from web.case.page import case_view
from web.case.reading import Reading, reading_of
from web.parts.words import DaysLeft, Words
from web.site.access import EVERYBODY, identity, note_read, now, requires, world
from workflow.definition import AUDITOR, CHIEF, Party
from workflow.refusal import Message

pages = Blueprint("cases", __name__)


@pages.get("/cases/<number>")
@requires(roles=EVERYBODY)
def show(number: str) -> ResponseReturnValue:
    """A case."""
    view = case_view(db.session(), world(), found_file(number), identity(), now())
    keys = {} if view.mine else keys_of(view.reading.file.kind)
    return render_template(
        "case/case.html",
        case=view,
        keys=keys,
        onward=onward(db.session(), view.reading, identity()),
        may_audit=identity().holds(AUDITOR, CHIEF),
    )


@pages.get("/cases/<number>/deadlines/<name>")
@requires(roles=EVERYBODY)
def deadline(number: str, name: str) -> ResponseReturnValue:
    """Day by day, why a deadline is due when it is."""
    reading = reading_of(db.session(), world(), found_file(number), identity(), now())
    timers = [timer for timer in reading.file.snapshot.timers if timer.deadline == name]
    if not timers or reading.lost:
        abort(404)
    clock = clock_of(reading, timers[-1])
    return render_template(
        "case/deadline.html",
        reading=reading,
        clock=clock,
        heading=heading(reading),
        holds=held_back(clock, reading),
        proof=proof_of(reading, clock),
    )


def found_file(number: str) -> LoadedCase:
    """The case of that number, for whoever may read it; else the page is not there."""
    case = find_case(db.session(), identity(), number) or abort(404)
    note_read("case", number, case.id)
    return read_cases(db.session(), [case.id])[0]


@dataclass(frozen=True)
class Onward:
    """The next case: its number, whose it is, when it is due, where its next step is taken; and how many there are."""

    number: str
    firm: Words
    due: Message | None
    to: str
    count: int


def same_work(session: Session, reading: Reading, identity: Identity) -> str:
    """Where the next step is taken of the reader's most urgent other case that stands as this one did; else empty."""
    file = reading.file
    waits = _waits(reading, identity)
    alike = (Case.kind == file.kind, Case.state == file.snapshot.state)
    row = next(iter(rows(session, identity, *waits, *alike, most=1)), None)
    return next_step(row, identity) if row else ""


def onward(session: Session, reading: Reading, identity: Identity) -> Onward | None:
    """The most urgent other case of the reader's desk that no colleague has taken; none for who has no desk."""
    if identity.holds(AUDITOR) or identity.parties.isdisjoint((Party.BUREAU, Party.OFFICE)):
        return None
    waits = _waits(reading, identity)
    row = next(iter(rows(session, identity, *waits, most=1)), None)
    if row is None:
        return None
    left = DaysLeft.to(row.due_on, reading.world.calendar, reading.today)
    due = left.words if left else None
    firm = firm_in_list(row.kind, row.enterprise)
    return Onward(row.number, firm, due, next_step(row, identity), count(session, identity, *waits))


def _waits(reading: Reading, identity: Identity) -> tuple[ColumnElement[bool], ...]:
    """The other cases of the reader's desk: not what a colleague has taken, nor what the reader has marked already."""
    unmarked = Case.id.not_in(select(ApprovalMark.case_id).where(ApprovalMark.user_id == identity.user_id))
    return on_desk_of(identity), ~others_have(identity), Case.id != reading.file.id, unmarked
