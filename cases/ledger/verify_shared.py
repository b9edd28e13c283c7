"""What no single case owns, each a check with its name: credit records, checkpoints and their chains, promises.

A record must be what its changes, replayed from the first, make of it. The newest checkpoint covers every head, and
those before it hang on it by their hashes: one signature at the end of each key vouches for all that was made with it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.engine import Connection

from cases.ledger.checkpoints import hash_of, kept_heads, root_of, statement_of
from cases.ledger.mismatch import CaseRange, Covered, Mismatch, legible, unreadable
from cases.ledger.sealing import GENESIS
from cases.ledger.witness import Signed, Witness, signed_by
from cases.model.tables import Case, Checkpoint, CheckpointHead, Event
from registry.columns import KINDS
from registry.credit_records import (
    CreditRecord,
    RecordChange,
    RecordFlag,
    RecordState,
    RecordStatement,
    promoted,
    replay,
    state_of,
)
from registry.in_force import GENESIS as FIRST_PROMISE
from registry.in_force import Promise, seal_of
from registry.organisations import Enterprise, told_apart
from workflow.refusal import Message, say

RECORD: Final = "record"
CHECKPOINT: Final = "checkpoint"
PROMISE: Final = "promise"
"""What replaces the case's number where a mismatch is theirs; `seq` is then their id."""


@dataclass(frozen=True)
class Outside:
    """What is known outside the database; without a witness neither keys nor log are asked.

    `last` is what the log said before the database was looked at: what is made meanwhile is not missing.
    """

    witness: Witness | None
    last: Signed | None

    @classmethod
    def of(cls, witness: Witness | None) -> Outside:
        return cls(witness, witness.last() if witness else None)


def shared_faults(connection: Connection, outside: Outside, names: Collection[str] | None = None) -> list[Mismatch]:
    """What does not match, of all or of the named ones."""
    return [
        found
        for name, faults in SHARED_CHECKS.items()
        if names is None or name in names
        for found in legible(name, faults(connection, outside))
    ]


RECORDS_READ: Final = 1000
"""Records read at a time."""

COMPARED: Final = tuple(one.name for one in fields(RecordState) if one.compare)

FOR_GOOD: Final = ("kind", "enterprise_id")
"""What no change changes; compared where the first one says it, as it does not of records begun before."""

OF_ANY_KIND: Final = frozenset({"severity", "handler"})
COLUMNS: Final = {kind: frozenset(column.key for column in columns) for kind, columns in KINDS.items()}
NAMED: Final = frozenset[str]().union(*COLUMNS.values()) - OF_ANY_KIND
"""Columns that some kind has and another may not; a sheet's own columns beside them are any kind's."""


def _record_faults(connection: Connection, _outside: Outside) -> Iterator[Mismatch]:
    """What does not match of any record."""
    ids = select(CreditRecord.id).order_by(CreditRecord.id)
    after = 0
    while page := connection.execute(ids.where(CreditRecord.id > after).limit(RECORDS_READ)).scalars().all():
        yield from faults_of_records(connection, CaseRange(after + 1, page[-1]))
        after = page[-1]


def faults_of_records(connection: Connection, within: Covered) -> Iterator[Mismatch]:
    """What does not match of some records."""
    changes = _by_record(connection, RecordChange, within)
    flags = _by_record(connection, RecordFlag, within)
    statements = _by_record(connection, RecordStatement, within)
    others = _of_another_firm(connection, within)
    table = CreditRecord.__table__
    rows = select(table, Enterprise.code.label("firm")).outerjoin(Enterprise, Enterprise.id == table.c.enterprise_id)
    for record in connection.execute(rows.where(within.holds(CreditRecord.id)).order_by(table.c.id)):
        id = record.id
        beside = {row.case_id for row in flags.get(id, ())}, statements.get(id, ())
        try:
            yield from (Mismatch(RECORD, id, what) for what in _compare_record(record, changes.get(id, ()), *beside))
        except (TypeError, ValueError, KeyError) as error:  # a tamperer need not keep to types
            yield Mismatch(RECORD, id, unreadable(error))
        if number := others.get(id):
            yield Mismatch(RECORD, id, say("Its enterprise_id is not that of {number}, a case on it.", number=number))


def _compare_record(
    record: Any, changes: Sequence[Any], flags: set[int], statements: Sequence[Any]
) -> Iterator[Message]:
    if not changes:
        yield say("It has no change that it begins with.")
        return
    now, then = state_of(record, flags, statements), replay(changes)
    for name in COMPARED:
        if getattr(now, name) != getattr(then, name):
            yield say("Its {column} is not what its changes lead to.", column=_named(now, then, name))
    for column, value in promoted(record.values).items():
        if getattr(record, column) != value:
            yield say("Its column {column} is not what its values say.", column=column)
    for column in _columns_amiss(record, then, changes):
        yield say("Its {column} is not what its changes lead to.", column=column)


def _columns_amiss(record: Any, then: RecordState, changes: Sequence[Any]) -> Iterator[str]:
    """Columns that no change changes: its kind, its firm, the number by which sheets know it."""
    for name in FOR_GOOD:
        if getattr(then, name) not in (None, getattr(record, name)):
            yield name
    if then.kind is None and (then.values.keys() & NAMED) - COLUMNS.get(record.kind, frozenset()):
        yield "kind"
    if then.enterprise_id in (None, record.enterprise_id) and then.values.get("uscc", record.firm) != record.firm:
        yield "enterprise_id"
    if then.known_as is not None and record.known_as != then.known_as and not _told_apart(record, then, changes):
        yield "known_as"


def _told_apart(record: Any, then: RecordState, changes: Sequence[Any]) -> bool:
    """Whether it bears the mark of a record whose bureau was merged into one that decided on the same document."""
    moved = any(change.what == "succeeded" and change.field == "determined_by_id" for change in changes)
    return moved and record.known_as == told_apart(then.known_as or "", record.id)


def _of_another_firm(connection: Connection, within: Covered) -> dict[int, str]:
    """Of records that lie with another firm than a case on them, that case's number: a case is its record's firm's."""
    found = select(CreditRecord.id, Case.number).join(Case, Case.record_id == CreditRecord.id)
    found = found.where(within.holds(CreditRecord.id), Case.enterprise_id != CreditRecord.enterprise_id)
    return {row.id: row.number for row in connection.execute(found.order_by(Case.id.desc()))}


def _named(now: RecordState, then: RecordState, name: str) -> str:
    """The part of a record that differs; of its values those that do. What stands there is not said."""
    if name != "values":
        return name
    return ", ".join(sorted({key for key, _ in now.values.items() ^ then.values.items()}))


def _by_record(connection: Connection, beside: Any, within: Covered) -> dict[int, list[Any]]:
    """Rows of a table by the record they belong to, in the order in which they were written."""
    table = beside.__table__
    order = [table.c.record_id, *table.primary_key.columns]
    rows = connection.execute(select(table).where(within.holds(beside.record_id)).order_by(*order))
    return {id: list(own) for id, own in groupby(rows, key=attrgetter("record_id"))}


def _checkpoint_faults(connection: Connection, outside: Outside) -> Iterator[Mismatch]:
    """What does not match, of the checkpoints first and then of the chains they cover."""
    newest = None
    for newest, previous in _chained(connection):
        yield from (Mismatch(CHECKPOINT, newest.id, what) for what in _of_its_place(newest, previous))
    if newest is not None:
        yield from _of_the_heads(connection, newest)
    if outside.witness:
        yield from _from_outside(connection, outside.witness, outside.last)
    yield from chain_faults(connection)


def chain_faults(connection: Connection, within: Covered | None = None) -> Iterator[Mismatch]:
    """Chains, all or some, that do not hold the head a checkpoint vouches for: removed, cut short or rewritten."""
    kept = CheckpointHead.__table__
    other = or_(Case.id.is_(None), Case.number != kept.c.number, Event.id.is_(None), Event.hash != kept.c.head)
    found = (
        select(kept.c.number, kept.c.length, kept.c.checkpoint_id, Case.id, Case.number, Event.id)
        .select_from(kept)
        .outerjoin(Case, Case.id == kept.c.case_id)
        .outerjoin(Event, and_(Event.case_id == kept.c.case_id, Event.seq == kept.c.length))
        .where(other, *([within.holds(CheckpointHead.case_id)] if within else []))
        .order_by(kept.c.case_id)
    )
    for number, length, checkpoint, case_id, now_called, event_id in connection.execute(found):
        yield _of_a_chain(number, length, checkpoint, case_id is not None and now_called == number, event_id)


def count_checkpoints(connection: Connection) -> int:
    """How many there are."""
    return connection.execute(select(func.count()).select_from(Checkpoint)).scalar_one()


def _chained(connection: Connection) -> Iterator[tuple[Any, Any]]:
    """Each checkpoint with the one before."""
    table, previous = Checkpoint.__table__, None
    rows = connection.execution_options(yield_per=5000).execute(select(table).order_by(table.c.id))
    for page in rows.partitions():
        for row in page:
            yield row, previous
            previous = row


def _of_its_place(row: Any, previous: Any) -> Iterator[Message]:
    if row.id != (previous.id if previous else 0) + 1:
        yield say("The checkpoint before it is missing.")
    elif row.previous != (previous.hash if previous else GENESIS):
        yield say("It does not quote the checkpoint before it.")
    if hash_of(statement_of(row._mapping), row.signature) != row.hash:
        yield say("Its content does not give its hash.")


def _of_the_heads(connection: Connection, newest: Any) -> Iterator[Mismatch]:
    if root_of(kept_heads(connection)) != newest.root:
        what = say("The heads kept beside it do not give its root: somebody changed, added or removed one.")
        yield Mismatch(CHECKPOINT, newest.id, what)


def _from_outside(connection: Connection, witness: Witness, last: Signed | None) -> Iterator[Mismatch]:
    trusted, table = witness.trusted(), Checkpoint.__table__
    for row in _ends_of_keys(connection):
        if row.key not in trusted:
            yield Mismatch(CHECKPOINT, row.id, say("It is signed with a key that is not this platform's."))
        elif not signed_by(row.key, statement_of(row._mapping), row.signature):
            yield Mismatch(CHECKPOINT, row.id, say("Its signature does not fit what it says."))
    if last:
        kept = connection.execute(select(table.c.hash).where(table.c.id == last.checkpoint)).scalar()
        if kept is None:
            yield Mismatch(
                CHECKPOINT, last.checkpoint, say("It stands in the log outside the database and is gone here.")
            )
        elif kept != last.hash:
            yield Mismatch(CHECKPOINT, last.checkpoint, say("It reads otherwise in the log outside the database."))


def _ends_of_keys(connection: Connection) -> Iterator[Any]:
    """The last checkpoint that each key signed, before the next key came."""
    table = Checkpoint.__table__
    after = table.alias()
    last = select(table).outerjoin(after, after.c.id == table.c.id + 1)
    yield from connection.execute(
        last.where(or_(after.c.id.is_(None), after.c.key != table.c.key)).order_by(table.c.id)
    )


def _of_a_chain(number: str, length: int, checkpoint: int, there: bool, event_id: int | None) -> Mismatch:
    if not there:
        what = say("The case is gone; checkpoint {n} covers {length} events of it.", n=checkpoint, length=length)
        return Mismatch(number, None, what)
    if event_id is None:
        return Mismatch(number, length, say("The event is missing; checkpoint {n} covers it.", n=checkpoint))
    return Mismatch(number, length, say("The chain was written anew: checkpoint {n} has another head.", n=checkpoint))


def _promise_faults(connection: Connection, _outside: Outside) -> Iterator[Mismatch]:
    """Each promise quotes the seal of the one before, and every checkpoint names the last."""
    before, seals = FIRST_PROMISE, set()
    table = Promise.__table__
    for row in connection.execute(select(table).order_by(table.c.id)):
        if row.previous != before:
            yield Mismatch(
                PROMISE, row.id, say("It does not quote the promise before it: one was taken out or put in.")
            )
        if seal_of(row) != row.seal:
            yield Mismatch(PROMISE, row.id, say("What it says does not give its seal."))
        before = row.seal
        seals.add(row.seal)
    yield from _promises_named(connection, seals)


def _promises_named(connection: Connection, seals: set[str]) -> Iterator[Mismatch]:
    """Every checkpoint, not the newest alone: one that was made after the deed would name what is left."""
    table = Checkpoint.__table__
    named = select(table.c.promised, func.min(table.c.id)).where(table.c.promised != "").group_by(table.c.promised)
    for seal, first in connection.execute(named.order_by(func.min(table.c.id))):
        if seal not in seals:
            yield Mismatch(
                PROMISE, 0, say("The promise that checkpoint {n} names is gone, or was written anew.", n=first)
            )


SHARED_CHECKS: Final[Mapping[str, Callable[[Connection, Outside], Iterator[Mismatch]]]] = {
    RECORD: _record_faults,
    CHECKPOINT: _checkpoint_faults,
    PROMISE: _promise_faults,
}
