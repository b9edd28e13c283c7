"""Records as a person may read them, and the cases about them. Every read goes through the scope; it never writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased, undefer

from cases.lists.worklists import each_found
from cases.model.tables import Case
from cases.model.visibility import records_visible_to, visible_to
from registry.columns import ADVERSE
from registry.credit_records import CreditRecord, RecordChange
from registry.identity import Identity
from registry.organisations import Bureau, Enterprise
from registry.people import Membership, User

PAGE = 50


@dataclass(frozen=True)
class RecordRow:
    """A record with the firm it is about and the bureaus that decided and supplied it."""

    record: CreditRecord
    enterprise: Enterprise
    determined_by: Bureau
    supplied_by: Bureau


@dataclass(frozen=True)
class Page:
    """One page of a list: its rows, how many there are on all pages, and which page it is, from 1."""

    rows: tuple[RecordRow, ...]
    total: int
    number: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // PAGE))


def find_record(session: Session, identity: Identity, record_id: int) -> RecordRow | None:
    """The record, if the person may read it."""
    rows = _rows(session, _statement().where(CreditRecord.id == record_id, records_visible_to(identity)))
    return rows[0] if rows else None


def records_of(session: Session, identity: Identity, text: str = "", most: int = 200) -> list[RecordRow]:
    """The records of a person's own firms that a text finds, what is displayed first, then by day, the newest first."""
    own = CreditRecord.enterprise_id.in_(identity.enterprise_ids)
    mine = _statement().where(own, records_visible_to(identity), each_found(text, partial(_matches, identity)))
    newest = mine.order_by(CreditRecord.displayed.desc(), CreditRecord.decided_on.desc(), CreditRecord.id)
    return _rows(session, newest.limit(most))


def search_records(
    session: Session, identity: Identity, text: str, number: int = 1, *conditions: ColumnElement[bool]
) -> Page:
    """A page of the records in a person's scope, by document number, firm or credit code."""
    conditions = (*conditions, records_visible_to(identity), each_found(text, partial(_matches, identity)))
    counted = select(func.count(CreditRecord.id)).join(Enterprise, Enterprise.id == CreditRecord.enterprise_id)
    total = session.scalar(counted.where(*conditions)) or 0
    number = min(max(1, number), max(1, -(-total // PAGE)))
    found = _statement().where(*conditions).order_by(CreditRecord.decided_on.desc(), CreditRecord.id.desc())
    return Page(tuple(_rows(session, found.limit(PAGE).offset((number - 1) * PAGE))), total, number)


def records_after(
    session: Session, identity: Identity, id: int, since: datetime | None, *, most: int
) -> list[RecordRow]:
    """The records in a person's scope that came after the one of that id; `since`: that have changed since then."""
    found = _statement().where(CreditRecord.id > id, records_visible_to(identity))
    if since is not None:
        found = found.where(CreditRecord.id.in_(select(RecordChange.record_id).where(RecordChange.at >= since)))
    return _rows(session, found.order_by(CreditRecord.id).limit(most))


def class_to_state(identity: Identity) -> ColumnElement[bool]:
    """The displayed records whose class the person's bureau has not stated; any bureau's for the office. Good news has
    none."""
    unstated = (CreditRecord.severity == "") & CreditRecord.displayed & CreditRecord.kind.in_(ADVERSE)
    return unstated & (CreditRecord.determined_by_id == identity.bureau_id) if identity.bureau_id else unstated


def handlers_unclear(identity: Identity) -> ColumnElement[bool]:
    """The displayed records of the person's bureau that name a handler who is not one account of it (D41); any
    bureau's for the office."""
    bodies = (CreditRecord.determined_by_id, CreditRecord.supplied_by_id)
    people = select(func.count(User.id.distinct())).join(Membership).where(Membership.bureau_id.in_(bodies))
    known = people.where(User.ended_at.is_(None), User.name == func.trim(CreditRecord.handler))
    by_name = CreditRecord.handlers.is_(None) & (CreditRecord.handler != "") & (known.scalar_subquery() != 1)
    unclear = CreditRecord.displayed & (by_name | (CreditRecord.handler_doubt != ""))
    ours = or_(*(body.in_(identity.bureau_ids) for body in bodies))
    return unclear & ours if identity.bureau_ids else unclear


def count_records(session: Session, identity: Identity, *kinds: ColumnElement[bool]) -> list[int]:
    """How many records of each of these kinds are in a person's scope."""
    each = select(*(func.count().filter(kind) for kind in kinds)).select_from(CreditRecord)
    return list(session.execute(each.where(records_visible_to(identity), or_(*kinds))).one())


def bureaus_on(session: Session, day: date) -> Sequence[Bureau]:
    """The bureaus that exist on a day and have no successor."""
    began = or_(Bureau.valid_from.is_(None), Bureau.valid_from <= day)
    lasts = or_(Bureau.valid_until.is_(None), Bureau.valid_until >= day)
    return session.scalars(select(Bureau).where(Bureau.successor_id.is_(None), began, lasts).order_by(Bureau.id)).all()


def cases_about(session: Session, identity: Identity, record_ids: Sequence[int]) -> dict[int, list[Case]]:
    """The cases about records that the person may read, the newest first."""
    about: dict[int, list[Case]] = {record_id: [] for record_id in record_ids}
    found = select(Case).where(Case.record_id.in_(record_ids), visible_to(identity)).options(undefer(Case.due_may_move))
    for case in session.scalars(found.order_by(Case.id.desc())):
        if case.record_id is not None:
            about[case.record_id].append(case)
    return about


def _statement() -> Any:
    """With aliases of its own: one shared by threads builds its columns at first use, twice where two come at once."""
    determined, supplied = aliased(Bureau), aliased(Bureau)
    return (
        select(CreditRecord, Enterprise, determined, supplied)
        .join(Enterprise, Enterprise.id == CreditRecord.enterprise_id)
        .join(determined, determined.id == CreditRecord.determined_by_id)
        .join(supplied, supplied.id == CreditRecord.supplied_by_id)
    )


def _rows(session: Session, statement: Any) -> list[RecordRow]:
    return [RecordRow(*row) for row in session.execute(statement)]


def _matches(identity: Identity, word: str) -> ColumnElement[bool]:
    """By document, firm or code, and by the number of a case about it that the person may read."""
    columns = (CreditRecord.document_number, Enterprise.name, Enterprise.code)
    named = Case.number.icontains(word, autoescape=True)
    about = select(Case.record_id).where(Case.record_id.is_not(None), named, visible_to(identity))
    return or_(CreditRecord.id.in_(about), *(column.icontains(word, autoescape=True) for column in columns))
