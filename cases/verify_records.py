"""Credit records held against their changes: each must be what its changes, replayed from the first, make of it.

That the changes of a case are those its events speak of, `verify_life.py` holds. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import Connection

from cases.faults import Fault
from cases.sealed_texts import Covered, Within
from registry.record_tables import CreditRecord, RecordChange, RecordFlag, RecordStatement, promoted
from registry.replaying import State, replay, state_of
from workflow.refusal import Message, say

RECORD: Final = "record"
"""What stands for the case's number where a fault is a record's; `seq` is then its id."""

PAGE: Final = 1000
"""Records read at a time."""


def record_faults(connection: Connection) -> Iterator[Fault]:
    """What does not match of any record."""
    ids = select(CreditRecord.id).order_by(CreditRecord.id)
    after = 0
    while page := connection.execute(ids.where(CreditRecord.id > after).limit(PAGE)).scalars().all():
        yield from faults_of_records(connection, Within(after + 1, page[-1]))
        after = page[-1]


def faults_of_records(connection: Connection, covered: Covered) -> Iterator[Fault]:
    """What does not match of some records."""
    changes = _by_record(connection, RecordChange, covered)
    flags = _by_record(connection, RecordFlag, covered)
    statements = _by_record(connection, RecordStatement, covered)
    table = CreditRecord.__table__
    for record in connection.execute(select(table).where(covered.holds(CreditRecord.id)).order_by(table.c.id)):
        id = record.id
        beside = {row.case_id for row in flags.get(id, ())}, statements.get(id, ())
        try:
            yield from (Fault(RECORD, id, what) for what in _compare(record, changes.get(id, ()), *beside))
        except (TypeError, ValueError, KeyError) as error:  # whoever tampers need not keep to types
            yield Fault(RECORD, id, say("It cannot be read: {error}", error=error))


def _compare(record: Any, changes: Sequence[Any], flags: set[int], statements: Sequence[Any]) -> Iterator[Message]:
    if not changes:
        yield say("It has no change that it begins with.")
        return
    now, then = state_of(record, flags, statements), replay(changes)
    for name in State.__dataclass_fields__:
        if getattr(now, name) != getattr(then, name):
            yield say("Its {column} is not what its changes lead to.", column=_named(now, then, name))
    for column, value in promoted(record.values).items():
        if getattr(record, column) != value:
            yield say("Its column {column} is not what its values say.", column=column)


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
