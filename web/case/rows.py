"""What readings of cases stand on, read for all of them together: four statements, however many they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from cases.model.reading import LoadedCase
from cases.model.tables import Case, Event
from cases.model.words import Words, words_of_many
from registry.credit_records import CreditRecord

_THESE: Final[BindParameter[int]] = bindparam("ids", expanding=True)
_CASES: Final = select(Case).where(Case.id.in_(_THESE))
_RECORDS: Final = select(CreditRecord).where(CreditRecord.id.in_(_THESE))
_EVENTS: Final = (
    select(Event.case_id, Event.id, Event.seq, Event.at, Event.actor, Event.action, Event.body, Event.hash)
    .where(Event.case_id.in_(_THESE))
    .order_by(Event.case_id, Event.seq)
)
"""Every page of a case asks these: to build a statement costs as much as to ask it."""


@dataclass(frozen=True)
class Stored:
    """Rows by the case's id, records by their own."""

    cases: Mapping[int, Case]
    records: Mapping[int, CreditRecord]
    events: Mapping[int, Sequence[Any]]
    words: Mapping[int, Words]


def stored(session: Session, files: Sequence[LoadedCase]) -> Stored:
    """The rows of these cases."""
    ids = [file.id for file in files]
    record_ids = [file.record_id for file in files if file.record_id]
    cases = session.scalars(_CASES, {"ids": ids})
    records = session.scalars(_RECORDS, {"ids": record_ids}) if record_ids else ()
    return Stored(
        {case.id: case for case in cases},
        {record.id: record for record in records},
        _events(session, ids),
        words_of_many(session, ids),
    )


def _events(session: Session, ids: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(_EVENTS, {"ids": ids}):
        found[row.case_id].append(row)
    return found
