"""What has happened round a case since somebody looked at it: in the case, to its record, in others on that record.

What the clock said and whose work the case is do not count: they change nothing that is decided.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.reading import CaseFile
from cases.tables import Case, Event
from cases.visibility import visible_to
from registry.credit_records import RecordChange
from registry.people import Standing
from workflow.findings import rows_of
from workflow.holding import SAYS_WHOSE
from workflow.refusal import Message, say
from workflow.snapshot import Past


@dataclass(frozen=True)
class Change:
    """One thing that happened, and when; `number` names the other case where it happened."""

    at: datetime
    what: Message
    number: str = ""


def changed_since(session: Session, standing: Standing, file: CaseFile, seq: int, at: datetime) -> tuple[Change, ...]:
    """What happened after that event of the case, and outside it after that moment, the first first.

    Only what the person may read: another case on the record is named to whoever may see it.
    """
    found = [*_in_the_case(session, file, seq), *_to_the_record(session, file, at)]
    return tuple(sorted([*found, *_in_others(session, standing, file, at)], key=lambda change: change.at))


def _in_the_case(session: Session, file: CaseFile, seq: int) -> Iterator[Change]:
    later = [past for past in file.snapshot.past if past.seq > seq and _counts(file, past)]
    asked = select(Event.seq, Event.at).where(Event.case_id == file.id, Event.seq > seq)
    moments = {row.seq: row.at for row in session.execute(asked)} if later else {}
    for past in later:
        done = next((row.done for row in rows_of(all_kinds()[file.kind], past)), past.action)
        yield Change(moments[past.seq], say(done))


def _counts(file: CaseFile, past: Past) -> bool:
    effects = all_kinds()[file.kind].effects_of.get(past.action, frozenset())
    return not (past.role == "clock" and past.source == past.target) and effects.isdisjoint(SAYS_WHOSE)


def _to_the_record(session: Session, file: CaseFile, at: datetime) -> Iterator[Change]:
    """One line however many values moved: which ones stands on the record's own page."""
    if file.record_id is None:
        return
    others = or_(RecordChange.case_id.is_(None), RecordChange.case_id != file.id)
    asked = select(RecordChange.at).where(RecordChange.record_id == file.record_id, RecordChange.at > at, others)
    first = session.scalars(asked.order_by(RecordChange.id).limit(1)).first()
    if first is not None:
        yield Change(first, say("The record has been changed"))


def _in_others(session: Session, standing: Standing, file: CaseFile, at: datetime) -> Iterator[Change]:
    """Another case on the record that began or ended since."""
    if file.record_id is None:
        return
    here = (Case.record_id == file.record_id, Case.id != file.id, visible_to(standing))
    for case in session.scalars(select(Case).where(*here, or_(Case.opened_at > at, Case.closed_at > at))):
        if case.opened_at > at:
            yield Change(case.opened_at, say("Another case on this record was opened"), case.number)
        elif case.closed_at:
            yield Change(case.closed_at, say("Another case on this record has ended"), case.number)
