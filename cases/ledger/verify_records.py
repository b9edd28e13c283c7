"""Credit records held against their changes: each must be what its changes, replayed from the first, make of it.

That the changes of a case are those its events speak of, `verify_life.py` holds. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import Connection

from cases.ledger.faults import Mismatch
from cases.ledger.sealed_texts import CaseRange, Covered
from cases.model.tables import Case
from registry.columns import KINDS
from registry.credit_records import CreditRecord, RecordChange, RecordFlag, RecordStatement, promoted
from registry.organisations import Enterprise
from registry.replaying import State, replay, state_of
from registry.successions import told_apart
from workflow.refusal import Message, say

RECORD: Final = "record"
"""What stands for the case's number where a fault is a record's; `seq` is then its id."""

PAGE: Final = 1000
"""Records read at a time."""

COMPARED: Final = tuple(one.name for one in fields(State) if one.compare)

FOR_GOOD: Final = ("kind", "enterprise_id")
"""What no change changes; compared where the first one says it, as it does not of records begun before."""

OF_ANY_KIND: Final = frozenset({"severity", "handler"})
COLUMNS: Final = {kind: frozenset(column.key for column in columns) for kind, columns in KINDS.items()}
NAMED: Final = frozenset[str]().union(*COLUMNS.values()) - OF_ANY_KIND
"""Columns that some kind has and another may not; a sheet's own columns beside them are any kind's."""


def record_faults(connection: Connection) -> Iterator[Mismatch]:
    """What does not match of any record."""
    ids = select(CreditRecord.id).order_by(CreditRecord.id)
    after = 0
    while page := connection.execute(ids.where(CreditRecord.id > after).limit(PAGE)).scalars().all():
        yield from faults_of_records(connection, CaseRange(after + 1, page[-1]))
        after = page[-1]


def faults_of_records(connection: Connection, covered: Covered) -> Iterator[Mismatch]:
    """What does not match of some records."""
    changes = _by_record(connection, RecordChange, covered)
    flags = _by_record(connection, RecordFlag, covered)
    statements = _by_record(connection, RecordStatement, covered)
    others = _of_another_firm(connection, covered)
    table = CreditRecord.__table__
    rows = select(table, Enterprise.code.label("firm")).outerjoin(Enterprise, Enterprise.id == table.c.enterprise_id)
    for record in connection.execute(rows.where(covered.holds(CreditRecord.id)).order_by(table.c.id)):
        id = record.id
        beside = {row.case_id for row in flags.get(id, ())}, statements.get(id, ())
        try:
            yield from (Mismatch(RECORD, id, what) for what in _compare(record, changes.get(id, ()), *beside))
        except (TypeError, ValueError, KeyError) as error:  # whoever tampers need not keep to types
            yield Mismatch(RECORD, id, say("It cannot be read: {error}", error=error))
        if number := others.get(id):
            yield Mismatch(RECORD, id, say("Its enterprise_id is not that of {number}, a case on it.", number=number))


def _compare(record: Any, changes: Sequence[Any], flags: set[int], statements: Sequence[Any]) -> Iterator[Message]:
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
    for column in _amiss(record, then, changes):
        yield say("Its {column} is not what its changes lead to.", column=column)


def _amiss(record: Any, then: State, changes: Sequence[Any]) -> Iterator[str]:
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


def _told_apart(record: Any, then: State, changes: Sequence[Any]) -> bool:
    """Whether it bears the mark of a record whose bureau was merged into one that decided on the same document."""
    moved = any(change.what == "succeeded" and change.field == "determined_by_id" for change in changes)
    return moved and record.known_as == told_apart(then.known_as or "", record.id)


def _of_another_firm(connection: Connection, covered: Covered) -> dict[int, str]:
    """Of records that lie with another firm than a case on them, that case's number: a case is its record's firm's."""
    found = select(CreditRecord.id, Case.number).join(Case, Case.record_id == CreditRecord.id)
    found = found.where(covered.holds(CreditRecord.id), Case.enterprise_id != CreditRecord.enterprise_id)
    return {row.id: row.number for row in connection.execute(found.order_by(Case.id.desc()))}


def _named(now: State, then: State, name: str) -> str:
    """The part of a record that differs; of its values those that do. What stands there is not said."""
    if name != "values":
        return name
    return ", ".join(sorted({key for key, _ in now.values.items() ^ then.values.items()}))


def _by_record(connection: Connection, beside: Any, covered: Covered) -> dict[int, list[Any]]:
    """Rows of a table by the record they belong to, in the order in which they were written."""
    table = beside.__table__
    order = [table.c.record_id, *table.primary_key.columns]
    rows = connection.execute(select(table).where(covered.holds(beside.record_id)).order_by(*order))
    return {id: list(own) for id, own in groupby(rows, key=attrgetter("record_id"))}
