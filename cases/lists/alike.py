"""Cases like another: on the same document, or with the same field wrong in the same way at the same bureau.

Two amounts are wrong alike when one is the same number of times the other (yuan written for ten thousand yuan), two
days when they lie as far apart. It writes nothing and knows no page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from cases.model.disputed import Subject, subjects_of
from cases.model.reading import LoadedCase
from cases.model.tables import Case
from cases.model.visibility import visible_to
from registry.columns import Type
from registry.credit_records import CreditRecord, RecordChange
from registry.identity import Identity
from registry.organisations import Enterprise

YEAR: Final = timedelta(days=365)
MOST: Final = 300
"""So many of the newest cases are looked at."""


@dataclass(frozen=True)
class Difference:
    """How a claim differs from a record: `times` so many times smaller (negative: larger), or `days` later."""

    field: str
    unit: str
    by: int


@dataclass(frozen=True)
class Alike:
    """A mistake of this case, and the other cases that have it, the newest first; of how many it was corrected."""

    difference: Difference
    numbers: tuple[str, ...]
    corrected: int


def difference_of(subject: Subject, kind: Type) -> Difference | None:
    """The difference, where it is of a sort that can be met again."""
    unit, by = "times", 0
    if kind is Type.AMOUNT:
        by = _times(subject.record, subject.claim)
    elif kind is Type.DATE:
        unit, by = "days", _days(subject.record, subject.claim)
    return Difference(subject.field, unit, by) if by else None


def alike(
    session: Session, identity: Identity, file: LoadedCase, kinds: dict[str, Type], today: date
) -> tuple[Alike, ...]:
    """What is wrong in this case in a way that this bureau's cases of the last year show too, as far as the reader may
    read them. `kinds`: what each disputed field holds."""
    if file.snapshot.bureau is None:
        return ()
    there = select(Case.id, Case.number).where(
        Case.kind == file.kind,
        Case.bureau_id == file.snapshot.bureau,
        Case.id != file.id,
        Case.filed_on >= today - YEAR,
        visible_to(identity),
    )
    numbers = {row.id: row.number for row in session.execute(there.order_by(Case.id.desc()).limit(MOST))}
    was = _was(session, [file.id, *numbers])
    mine = {_as_claimed(one, was.get(file.id, {}), kinds) for one in subjects_of(session, [file.id])[file.id]} - {None}
    if not mine:
        return ()
    claimed = {
        id: [_as_claimed(one, was.get(id, {}), kinds) for one in subjects]
        for id, subjects in subjects_of(session, list(numbers)).items()
    }
    differences = sorted((one for one in mine if one), key=lambda one: one.field)
    found = {one: [id for id in numbers if one in claimed[id]] for one in differences}
    return tuple(
        Alike(one, tuple(numbers[id] for id in ids), sum(one.field in was.get(id, {}) for id in ids))
        for one, ids in found.items()
        if ids
    )


def on_same_document(session: Session, identity: Identity, record: CreditRecord, but: int) -> Sequence[Any]:
    """The other cases on a record or document that the person may read, open ones first: case, record, firm."""
    found = (
        select(Case, CreditRecord, Enterprise.name)
        .join(CreditRecord, CreditRecord.id == Case.record_id)
        .join(Enterprise, Enterprise.id == Case.enterprise_id)
        .options(undefer(Case.due_may_move))
        .where(
            visible_to(identity),
            Case.id != but,
            CreditRecord.document_number == record.document_number,
            CreditRecord.determined_by_id == record.determined_by_id,
        )
    )
    return session.execute(found.order_by(Case.closed_at.is_not(None), Case.id.desc())).all()


def _was(session: Session, case_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """The value before, of each field that these cases have corrected."""
    changes = select(RecordChange.case_id, RecordChange.field, RecordChange.before).where(
        RecordChange.case_id.in_(case_ids), RecordChange.what == "corrected"
    )
    found: dict[int, dict[str, str]] = {}
    for case_id, field, before in session.execute(changes.order_by(RecordChange.id.desc())):
        found.setdefault(case_id or 0, {})[field] = before or ""
    return found


def _as_claimed(subject: Subject, was: dict[str, str], kinds: dict[str, Type]) -> Difference | None:
    """The difference as it was claimed, before anything was corrected."""
    before = Subject(subject.field, was.get(subject.field, subject.record), subject.claim)
    return difference_of(before, kinds.get(subject.field, Type.TEXT))


def _times(record: str, claim: str) -> int:
    """How many times the smaller the larger is, where that is a whole number from 2 on; negative where the claim is
    the larger."""
    try:
        a, b = Decimal(record), Decimal(claim)
    except InvalidOperation:
        return 0
    if not (a.is_finite() and b.is_finite()) or min(a, b) <= 0 or a == b:
        return 0
    large, small = max(a, b), min(a, b)
    return 0 if large % small else int(large / small) * (1 if a > b else -1)


def _days(record: str, claim: str) -> int:
    try:
        return (date.fromisoformat(claim) - date.fromisoformat(record)).days
    except ValueError:
        return 0
