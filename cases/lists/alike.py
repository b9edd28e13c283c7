"""Cases with the same mistake: the same field of a record, wrong in the same way, at the same bureau.

Two amounts are wrong alike when one is the same number of times the other (yuan written for ten thousand yuan), two
days when they lie as far apart. It writes nothing and knows no page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from cases.model.reading import LoadedCase
from cases.model.tables import Case
from cases.model.visibility import visible_to
from cases.model.words import Subject, subjects_of
from registry.columns import Type
from registry.credit_records import RecordChange
from registry.identity import Identity

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
    if kind is Type.AMOUNT:
        times = _times(subject.record, subject.claim)
        return Difference(subject.field, "times", times) if times else None
    if kind is Type.DATE:
        days = _days(subject.record, subject.claim)
        return Difference(subject.field, "days", days) if days else None
    return None


def alike(
    session: Session, identity: Identity, file: LoadedCase, kinds: dict[str, Type], today: date
) -> tuple[Alike, ...]:
    """What is wrong in this case in a way that this bureau's cases of the last year show too, as far as the reader may
    read them. `kinds`: what each disputed field holds."""
    if file.snapshot.bureau is None:
        return ()
    numbers = _cases_there(session, identity, file, today)
    was = _was(session, [file.id, *numbers])
    mine = {
        one
        for one in (_seen(subject, was.get(file.id, {}), kinds) for subject in subjects_of(session, [file.id])[file.id])
        if one
    }
    if not mine:
        return ()
    found: dict[Difference, list[int]] = {one: [] for one in sorted(mine, key=lambda one: one.field)}
    for case_id, subjects in subjects_of(session, list(numbers)).items():
        for subject in subjects:
            one = _seen(subject, was.get(case_id, {}), kinds)
            if one in found:
                found[one].append(case_id)
    return tuple(
        Alike(one, tuple(numbers[id] for id in ids), sum(one.field in was.get(id, {}) for id in ids))
        for one, ids in found.items()
        if ids
    )


def _cases_there(session: Session, identity: Identity, file: LoadedCase, today: date) -> dict[int, str]:
    """The other cases of this sort at the bureau, the newest first, by id and number."""
    here: ColumnElement[bool] = and_(
        Case.kind == file.kind,
        Case.bureau_id == file.snapshot.bureau,
        Case.id != file.id,
        Case.filed_on >= today - YEAR,
        visible_to(identity),
    )
    found = select(Case.id, Case.number).where(here).order_by(Case.id.desc()).limit(MOST)
    return {row.id: row.number for row in session.execute(found)}


def _was(session: Session, case_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """What stood in each field that these cases have corrected."""
    changes = select(RecordChange.case_id, RecordChange.field, RecordChange.before).where(
        RecordChange.case_id.in_(case_ids), RecordChange.what == "corrected"
    )
    found: dict[int, dict[str, str]] = {}
    for case_id, field, before in session.execute(changes.order_by(RecordChange.id.desc())):
        found.setdefault(case_id or 0, {})[field] = before or ""
    return found


def _seen(subject: Subject, was: dict[str, str], kinds: dict[str, Type]) -> Difference | None:
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
