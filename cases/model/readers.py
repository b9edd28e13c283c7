"""Who has read a case, and what a person has read, as an auditor asks. It goes through the scope and writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from cases.model.readings import Reading
from cases.model.tables import Attachment, Case
from cases.model.visibility import visible_to
from notifications.letters import Letter
from notifications.papers import Paper
from registry.credit_records import CreditRecord
from registry.identity import Identity
from registry.organisations import Bureau, Enterprise
from registry.people import User

PAGE: Final = 50


@dataclass(frozen=True)
class Read:
    """One person and one thing: from which desk, first and last, and in how many minutes. `case`: the number of the
    case that it belongs to."""

    user_id: int
    what: str
    ref: str
    party: str
    place_id: int | None
    for_id: int | None
    first: datetime
    last: datetime
    times: int
    case: str = ""


@dataclass(frozen=True)
class Asked:
    """What is looked for: one person's readings, those of one record, from a moment on and before another."""

    user_id: int | None = None
    record_id: int | None = None
    since: datetime | None = None
    before: datetime | None = None


def readers_of(session: Session, case: Case, page: int = 1) -> list[Read]:
    """Who has read the case and what belongs to it, whoever read last first; one more than a page where there are more.

    The caller has found the case through the scope.
    """
    one = (Reading.user_id, Reading.what, Reading.ref, Reading.party, Reading.place_id, Reading.for_id)
    last = func.max(Reading.minute)
    found = (
        select(*one, func.min(Reading.minute), last, func.count())
        .where(Reading.case_id == case.id)
        .group_by(*one)
        .order_by(last.desc(), Reading.user_id, Reading.what, Reading.ref)
        .limit(PAGE + 1)
        .offset(PAGE * (page - 1))
    )
    return [Read(*row, case=case.number) for row in session.execute(found)]


def people_of(session: Session, case: Case) -> int:
    """How many people have read the case or what belongs to it."""
    return session.scalar(select(func.count(Reading.user_id.distinct())).where(Reading.case_id == case.id)) or 0


def read_things(session: Session, identity: Identity, asked: Asked, page: int = 1) -> list[Read]:
    """What has been read, the newest first; of a case that the person may not read nothing is said (D16)."""
    found = (
        select(Reading, Case.number)
        .outerjoin(Case, Case.id == Reading.case_id)
        .where(or_(Reading.case_id.is_(None), visible_to(identity)), *_conditions(asked))
        .order_by(Reading.minute.desc(), Reading.id.desc())
        .limit(PAGE + 1)
        .offset(PAGE * (page - 1))
    )
    return [
        Read(
            one.user_id, one.what, one.ref, one.party, one.place_id, one.for_id, one.minute, one.minute, 1, number or ""
        )
        for one, number in session.execute(found)
    ]


@dataclass(frozen=True)
class Called:
    """What the people, bodies and things of a list are called, by id."""

    people: dict[int, str]
    usernames: dict[int, str]
    bureaus: dict[int, Bureau]
    enterprises: dict[int, str]
    files: dict[int, str]
    papers: dict[int, str]
    letters: dict[int, Letter]
    records: dict[int, str]


def called(session: Session, found: Iterable[Read]) -> Called:
    """The names of all that these readings name."""
    reads = list(found)

    def ids(what: str) -> set[int]:
        return {int(read.ref) for read in reads if read.what == what}

    people = {id for read in reads for id in (read.user_id, read.for_id) if id is not None} | ids("person")
    places = {party: {read.place_id for read in reads if read.party == party} for party in ("bureau", "enterprise")}
    return Called(
        people=_names(session, User.id, User.name, people),
        usernames=_names(session, User.id, User.username, people),
        bureaus={
            bureau.id: bureau for bureau in session.scalars(select(Bureau).where(Bureau.id.in_(places["bureau"])))
        },
        enterprises=_names(session, Enterprise.id, Enterprise.name, places["enterprise"]),
        files=_names(session, Attachment.id, Attachment.name, ids("file")),
        papers={one.id: one.number for one in session.scalars(select(Paper).where(Paper.id.in_(ids("paper"))))},
        letters={one.id: one for one in session.scalars(select(Letter).where(Letter.id.in_(ids("letter"))))},
        records=_names(session, CreditRecord.id, CreditRecord.document_number, ids("record")),
    )


def _conditions(asked: Asked) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if asked.user_id is not None:
        conditions.append(Reading.user_id == asked.user_id)
    if asked.record_id is not None:
        conditions.append(Reading.record_id == asked.record_id)
    if asked.since is not None:
        conditions.append(Reading.minute >= asked.since)
    if asked.before is not None:
        conditions.append(Reading.minute < asked.before)
    return conditions


def _names(session: Session, key: Any, name: Any, ids: set[Any]) -> dict[int, str]:
    found = session.execute(select(key, name).where(key.in_(ids))).all() if ids else ()
    return {row[0]: row[1] for row in found}
