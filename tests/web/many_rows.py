"""A place with as many rows as asked, made by copying what stands in it: cases with events and timers, records,
letters, people, phrases, applications. In seconds, since nothing is played; the ledger of the copies does not match
and nobody checks it.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cases.model.tables import Case, CaseBureau, Event, TimerRow
from notifications.letters import Letter
from registry.admission import Application
from registry.credit_records import CreditRecord
from registry.people import Membership, User
from registry.phrases import Phrase

Change = Callable[[int], Mapping[str, Any]]
"""What is otherwise in the copy of that number."""


IN_HAND = 10
"""One case in so many is still open, as in a place that has worked for some years; the others closed long ago."""


def ago(i: int) -> timedelta:
    """How much earlier than the case itself its copy was: spread over three years."""
    return timedelta(days=i % IN_HAND * 100 + 40) if i % IN_HAND else timedelta()


def multiply(session: Session, number: str, n: int) -> None:
    """Copy the case of that number, with its record and all that is its, and everything else that lists hold."""
    case = session.scalars(sa.select(Case).where(Case.number == number)).one()
    records = _copies(session, CreditRecord, CreditRecord.id == case.record_id, n,
                      lambda i: {"document_number": f"示环罚〔2026〕{i}号", "known_as": f"copy-{i}",
                                 "key": f"copy-{i}"})  # fmt: skip
    closed = {"state": "kept", "desk": None, "outcome": "kept", "due_on": None, "due_of": ""}
    cases = _copies(session, Case, Case.id == case.id, n, lambda i: {
        "number": f"2025-YY-{i:06}", "record_id": records[i], "opened_at": case.opened_at - ago(i),
        **({"due_on": case.due_on and case.due_on + timedelta(days=i // IN_HAND % 60 - 10)} if i % IN_HAND == 0
           else {**closed, "closed_at": case.opened_at - ago(i), "first_closed_at": case.opened_at - ago(i)}),
    })  # fmt: skip
    for row in session.scalars(sa.select(Event).where(Event.case_id == case.id)).all():
        _copies(session, Event, _is(row), n, lambda i, at=row.at: {"case_id": cases[i], "at": at - ago(i)})  # type: ignore[misc]
    for bureau in session.scalars(sa.select(CaseBureau).where(CaseBureau.case_id == case.id)).all():
        _copies(session, CaseBureau, _is(bureau), n, lambda i: {"case_id": cases[i]})
    for timer in session.scalars(sa.select(TimerRow).where(TimerRow.case_id == case.id)).all():
        gone = timer.stopped_on or case.filed_on
        timers = _copies(session, TimerRow, _is(timer), n, lambda i, gone=gone: {  # type: ignore[misc]
            "case_id": cases[i], **({} if i % IN_HAND == 0 else {"stopped_on": gone})})  # fmt: skip
        if timer.id == case.board_timer_id:
            rows = [{"id": cases[i], "board_timer_id": timers[i]} for i in range(n)]
            session.execute(sa.update(Case), rows)
    for letter in session.scalars(sa.select(Letter).where(Letter.case_number == number)).all():
        _copies(session, Letter, Letter.id == letter.id, n // 4, lambda i: {"case_number": f"2025-YY-{i:06}"})
    person = session.scalars(sa.select(Membership).where(Membership.bureau_id == case.bureau_id)).first()
    assert person
    people = _copies(session, User, User.id == person.user_id, n, lambda i: {"username": f"copy-{i}", "name": f"某{i}"})
    _copies(session, Membership, Membership.id == person.id, n, lambda i: {"user_id": people[i]})
    for phrase in session.scalars(sa.select(Phrase)).all()[:1]:
        _copies(session, Phrase, Phrase.id == phrase.id, min(n, 99), lambda i: {"name": f"用语{i}"})
    for asked in session.scalars(sa.select(Application)).all()[:1]:
        _copies(session, Application, Application.id == asked.id, n,
                lambda i: {"number": f"K-{i}", "code": f"c{i}", "mail": f"{i}@firm.example"})  # fmt: skip
    session.commit()


def _is(row: Any) -> sa.ColumnElement[bool]:
    keys = sa.inspect(type(row)).primary_key
    return sa.and_(*(key == getattr(row, key.key) for key in keys))


def _copies(session: Session, table: Any, which: sa.ColumnElement[bool], n: int, change: Change) -> list[int]:
    """Copies of one row; gives their ids, if it has any."""
    own = table.__table__
    row = dict(session.execute(sa.select(own).where(which)).mappings().one())
    counted = "id" in own.c
    first = (session.scalar(sa.select(sa.func.max(own.c.id))) or 0) + 1 if counted else 0
    new = [{**row, **({"id": first + i} if counted else {}), **change(i)} for i in range(n)]
    session.connection().execute(sa.insert(own), new)
    return [first + i for i in range(n)]
