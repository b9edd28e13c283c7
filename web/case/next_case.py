"""The way on after an act: the next case of the reader's desk, so that many go one after another."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from cases.engine.marks import ApprovalMark
from cases.lists.queues import others_have
from cases.lists.worklists import count, on_desk_of, rows
from cases.model.tables import Case
from registry.identity import Identity
from web.case.list_row import firm_of, next_step
from web.case.reading import Reading
from web.parts.words import Words, due_words
from workflow.calendar import Unit, workdays_between
from workflow.definition import AUDITOR, Party
from workflow.refusal import Message


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
    left = workdays_between(reading.world.calendar, reading.today, row.due_on) if row.due_on else 0
    due = due_words(left, row.due_on, Unit.WORKDAY) if row.due_on else None
    return Onward(row.number, firm_of(row), due, next_step(row, identity), count(session, identity, *waits))


def _waits(reading: Reading, identity: Identity) -> tuple[ColumnElement[bool], ...]:
    """The other cases of the reader's desk: not what a colleague has taken, nor what the reader has marked already."""
    unmarked = Case.id.not_in(select(ApprovalMark.case_id).where(ApprovalMark.user_id == identity.user_id))
    return on_desk_of(identity), ~others_have(identity), Case.id != reading.file.id, unmarked
