"""What cases are about, many at a time: which values of the record are disputed, and what they should be.

One statement whatever the number. It writes nothing and knows no page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.model.tables import Case, Event, EventText
from registry.credit_records import CreditRecord
from workflow.definition import FieldKind


@dataclass(frozen=True)
class Subject:
    """One disputed field: what the record says now, and what it is said it should say."""

    field: str
    record: str
    claim: str


def subjects_of(session: Session, case_ids: Sequence[int]) -> dict[int, tuple[Subject, ...]]:
    """The disputed fields of each case, in the order in which they were claimed."""
    found: dict[int, tuple[Subject, ...]] = dict.fromkeys(case_ids, ())
    first: dict[int, int] = {}
    prefixes = _prefixes()
    statement = (
        select(Case.id, EventText.event_id, EventText.name, EventText.text, CreditRecord.values)
        .join(Event, Event.case_id == Case.id)
        .join(EventText, EventText.event_id == Event.id)
        .outerjoin(CreditRecord, CreditRecord.id == Case.record_id)
        .where(Case.id.in_(case_ids), Event.seq == 1, or_(*(EventText.name.startswith(prefix) for prefix in prefixes)))
        .order_by(EventText.id)
    )
    for case_id, event_id, name, text, values in session.execute(statement):
        if first.setdefault(case_id, event_id) == event_id:
            field = name.partition(".")[2]
            found[case_id] += (Subject(field, str((values or {}).get(field, "")), text or ""),)
    return found


def disputes(field: str) -> ColumnElement[bool]:
    """The condition on `Case` that holds where this field of the record is disputed."""
    names = [f"{prefix}{field}" for prefix in sorted(_prefixes())]
    return exists().where(
        EventText.case_id == Case.id, EventText.name.in_(names), Event.id == EventText.event_id, Event.seq == 1
    )


def fields_disputed(session: Session, *conditions: ColumnElement[bool]) -> tuple[str, ...]:
    """The fields that are disputed in any of these cases."""
    claims = or_(*(EventText.name.startswith(prefix) for prefix in sorted(_prefixes())))
    found = (
        select(EventText.name)
        .distinct()
        .join(Event, and_(Event.id == EventText.event_id, Event.seq == 1))
        .join(Case, Case.id == EventText.case_id)
        .where(claims, *conditions)
    )
    return tuple(sorted({name.partition(".")[2] for name in session.scalars(found)}))


def _prefixes() -> set[str]:
    """How the words of claims are named: `claims.fine`."""
    return {
        f"{field.name}."
        for definition in all_kinds().values()
        for action in definition.actions
        for field in action.asks
        if field.kind is FieldKind.CLAIMS
    }
