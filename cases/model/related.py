"""Around a case: linked cases a person may see, and what changed in it, its record or others on it since a look.

What the clock said and whose work the case is do not count: they change nothing that is decided.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.model.reading import LoadedCase
from cases.model.tables import Case, CaseLink, Event
from cases.model.visibility import visible_to
from registry.credit_records import RecordChange
from registry.identity import Identity
from workflow.findings import rows_of
from workflow.holding import SAYS_WHOSE
from workflow.refusal import Message, say
from workflow.snapshot import EventFacts


@dataclass(frozen=True)
class Change:
    """One thing that happened, and when; `number` names the other case where it happened."""

    at: datetime
    what: Message
    number: str = ""


@dataclass(frozen=True)
class Since:
    """From where on: after that event of the case, and outside it after that moment."""

    file: LoadedCase
    seq: int
    at: datetime


def changed_since(session: Session, identity: Identity, since: Since) -> tuple[Change, ...]:
    """What has happened since, the first first: only what the person may read."""
    return changes_since(session, identity, [since])[0]


def changes_since(session: Session, identity: Identity, asked: Sequence[Since]) -> list[tuple[Change, ...]]:
    """The same for each that is asked, in their order: three statements, however many they are.

    Another case on the record is named to those who may see it.
    """
    moments, records, others = _moments(session, asked), _records(session, asked), _others(session, identity, asked)
    return [
        tuple(
            sorted(
                [*_in_the_case(one, moments), *_to_the_record(one, records), *_in_others(one, others)],
                key=lambda change: change.at,
            )
        )
        for one in asked
    ]


def _moments(session: Session, asked: Sequence[Since]) -> dict[tuple[int, int], datetime]:
    """When each later event happened, where one counts."""
    ids = {one.file.id for one in asked if _later(one)}
    if not ids:
        return {}
    first = min(one.seq for one in asked)
    found = session.execute(select(Event.case_id, Event.seq, Event.at).where(Event.case_id.in_(ids), Event.seq > first))
    return {(row.case_id, row.seq): row.at for row in found}


def _in_the_case(since: Since, moments: Mapping[tuple[int, int], datetime]) -> Iterator[Change]:
    for past in _later(since):
        done = next((row.done for row in rows_of(all_kinds()[since.file.kind], past)), past.action)
        yield Change(moments[since.file.id, past.seq], say(done))


def _later(since: Since) -> list[EventFacts]:
    return [past for past in since.file.snapshot.past if past.seq > since.seq and _counts(since.file, past)]


def _counts(file: LoadedCase, past: EventFacts) -> bool:
    effects = all_kinds()[file.kind].effects_of.get(past.action, frozenset())
    return not (past.role == "clock" and past.source == past.target) and effects.isdisjoint(SAYS_WHOSE)


def _records(session: Session, asked: Sequence[Since]) -> Sequence[Any]:
    """The changes of the records since the first of the moments, in their order."""
    ids = _record_ids(asked)
    if not ids:
        return ()
    columns = select(RecordChange.record_id, RecordChange.case_id, RecordChange.at).order_by(RecordChange.id)
    first = min(one.at for one in asked)
    return session.execute(columns.where(RecordChange.record_id.in_(ids), RecordChange.at > first)).all()


def _to_the_record(since: Since, changes: Sequence[Any]) -> Iterator[Change]:
    """One line however many values moved: which ones stands on the record's own page."""
    file = since.file
    for row in changes:
        if row.record_id == file.record_id and row.case_id != file.id and row.at > since.at:
            yield Change(row.at, say("The record has been changed"))
            return


def _others(session: Session, identity: Identity, asked: Sequence[Since]) -> Sequence[Any]:
    """The cases on the same records that began or ended since the first of the moments."""
    ids = _record_ids(asked)
    if not ids:
        return ()
    first = min(one.at for one in asked)
    columns = select(Case.id, Case.number, Case.record_id, Case.opened_at, Case.closed_at).order_by(Case.id)
    lately = or_(Case.opened_at > first, Case.closed_at > first)
    return session.execute(columns.where(Case.record_id.in_(ids), visible_to(identity), lately)).all()


def _in_others(since: Since, cases: Sequence[Any]) -> Iterator[Change]:
    """Another case on the record that began or ended since."""
    for case in cases:
        if case.record_id != since.file.record_id or case.id == since.file.id:
            continue
        if case.opened_at > since.at:
            yield Change(case.opened_at, say("Another case on this record was opened"), case.number)
        elif case.closed_at and case.closed_at > since.at:
            yield Change(case.closed_at, say("Another case on this record has ended"), case.number)


def _record_ids(asked: Sequence[Since]) -> set[int]:
    return {one.file.record_id for one in asked if one.file.record_id is not None}


@dataclass(frozen=True)
class LinkedCase:
    """A linked case. `how` it is, seen from the case at hand: opened, opened_by, joined (added to) or joined_by.

    `seq` is the event of the case that was opened or added to.
    """

    number: str
    kind: str
    state: str
    how: str
    seq: int
    filed_on: date
    closed: bool


def links_of(session: Session, identity: Identity, case_id: int) -> tuple[LinkedCase, ...]:
    """The linked cases that the person may read, in the order in which they were linked."""
    other = or_(
        (CaseLink.from_case_id == case_id) & (Case.id == CaseLink.to_case_id),
        (CaseLink.to_case_id == case_id) & (Case.id == CaseLink.from_case_id),
    )
    found = select(CaseLink, Case).join(Case, other).where(visible_to(identity)).order_by(Case.id)
    return tuple(_link(link, case, case_id) for link, case in session.execute(found))


def _link(link: CaseLink, case: Case, case_id: int) -> LinkedCase:
    how = "opened" if link.seq == 1 else "joined"
    if link.to_case_id == case_id:
        how += "_by"
    return LinkedCase(case.number, case.kind, case.state, how, link.seq, case.filed_on, case.closed_at is not None)
