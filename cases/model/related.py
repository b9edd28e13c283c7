"""Around a case: linked cases a person may see, and what changed in it, its record or others on it since a look.

What the clock said and whose work the case is do not count: they change nothing that is decided.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.model.reading import LoadedCase
from cases.model.tables import Case
from cases.model.visibility import visible_to
from registry.credit_records import RecordChange
from registry.identity import Identity
from workflow.past import SAYS_WHOSE, rows_of
from workflow.refusal import Message, say

VALUES: Final = ("corrected", "updated", "class_stated")
"""Changes of a record that put one value in the place of another."""


@dataclass(frozen=True)
class Change:
    """One thing that happened, and when; `number` names the other case where it happened, `seq` the event of this one.

    `values`: what a changed record said and says now, by field.
    """

    at: datetime
    what: Message
    number: str = ""
    seq: int = 0
    values: tuple[tuple[str, str, str], ...] = ()


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
    """The same for each that is asked, in their order: two statements, however many they are.

    Another case on the record is named to those who may see it.
    """
    changes: Sequence[Any] = ()
    cases: Sequence[Any] = ()
    if ids := {one.file.record_id for one in asked if one.file.record_id is not None}:
        first = min(one.at for one in asked)
        of_each = (RecordChange.record_id, RecordChange.case_id, RecordChange.at)
        values = (RecordChange.what, RecordChange.field, RecordChange.before, RecordChange.after)
        changed = select(*of_each, *values).order_by(RecordChange.id)
        changes = session.execute(changed.where(RecordChange.record_id.in_(ids), RecordChange.at > first)).all()
        others = select(Case.id, Case.number, Case.record_id, Case.opened_at, Case.closed_at).order_by(Case.id)
        lately = or_(Case.opened_at > first, Case.closed_at > first)
        cases = session.execute(others.where(Case.record_id.in_(ids), visible_to(identity), lately)).all()
    return [
        tuple(sorted([*_in_the_case(one), *_around_it(one, changes, cases)], key=lambda change: change.at))
        for one in asked
    ]


def _in_the_case(since: Since) -> Iterator[Change]:
    definition = all_kinds()[since.file.kind]
    for past, event in zip(since.file.snapshot.past, since.file.events, strict=True):
        effects = definition.effects_of.get(past.action, frozenset())
        counts = effects.isdisjoint(SAYS_WHOSE) and not (past.role == "clock" and past.source == past.target)
        if past.seq > since.seq and counts:
            done = next((row.done for row in rows_of(definition, past)), past.action)
            yield Change(event.at, say(done), seq=past.seq)


def _around_it(since: Since, changes: Sequence[Any], cases: Sequence[Any]) -> Iterator[Change]:
    """That the record was changed, with every value that moved; other cases on it that began or ended."""
    file = since.file
    others = [row for row in changes if row.record_id == file.record_id and row.case_id != file.id]
    if changed := [row for row in others if row.at > since.at]:
        values = tuple((row.field, row.before, row.after) for row in changed if row.what in VALUES)
        yield Change(changed[0].at, say("The record has been changed"), values=values)
    for case in cases:
        if case.record_id != file.record_id or case.id == file.id:
            continue
        if case.opened_at > since.at:
            yield Change(case.opened_at, say("Another case on this record was opened"), case.number)
        elif case.closed_at and case.closed_at > since.at:
            yield Change(case.closed_at, say("Another case on this record has ended"), case.number)


class LinkedCase(NamedTuple):
    """A linked case. `how` it is, seen from the case at hand: opened, opened_by, joined (added to) or joined_by.

    `seq` is the event of the case that was opened or added to.
    """

    case: Case
    how: str
    seq: int


def neighbours(session: Session, identity: Identity, ids: Collection[int]) -> dict[int, Case]:
    """Those of these cases that the person may read, the first filed first."""
    if not ids:
        return {}
    found = select(Case).where(visible_to(identity), Case.id.in_(ids)).order_by(Case.id)
    return {case.id: case for case in session.scalars(found)}


def links_of(case_id: int, links: Iterable[Any], known: Mapping[int, Case]) -> Iterator[LinkedCase]:
    """The linked cases among those that the person may read, by their ids. `links`: the rows of the case."""
    for link in links:
        by_it = bool(link.to_case_id == case_id)
        if case := known.get(link.from_case_id if by_it else link.to_case_id):
            yield LinkedCase(case, ("opened" if link.seq == 1 else "joined") + ("_by" if by_it else ""), link.seq)
