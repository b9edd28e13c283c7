"""What readings of cases stand on, read for all of them together: four statements, however many they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.reading import CaseFile
from cases.tables import Case, Event
from cases.words import Words, words_of_many
from registry.credit_records import CreditRecord


@dataclass(frozen=True)
class Stored:
    """Rows by the case's id, records by their own."""

    cases: Mapping[int, Case]
    records: Mapping[int, CreditRecord]
    events: Mapping[int, Sequence[Any]]
    words: Mapping[int, Words]


def stored(session: Session, files: Sequence[CaseFile]) -> Stored:
    """The rows of these cases."""
    ids = [file.id for file in files]
    record_ids = {file.record_id for file in files if file.record_id}
    cases = session.scalars(select(Case).where(Case.id.in_(ids)))
    records = session.scalars(select(CreditRecord).where(CreditRecord.id.in_(record_ids))) if record_ids else ()
    return Stored(
        {case.id: case for case in cases}, {record.id: record for record in records},
        _events(session, ids), words_of_many(session, ids),
    )  # fmt: skip


def _events(session: Session, ids: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    asked = select(Event.case_id, Event.id, Event.seq, Event.at, Event.actor, Event.action, Event.body, Event.hash)
    for row in session.execute(asked.where(Event.case_id.in_(ids)).order_by(Event.case_id, Event.seq)):
        found[row.case_id].append(row)
    return found
