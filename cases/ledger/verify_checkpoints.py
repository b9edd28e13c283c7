"""Holding the checkpoints against the chains, the signatures and the log outside the database. Changes nothing.

The newest checkpoint covers every head; those before it hang on it by their hashes. So one signature at the end of
each key vouches for all that was made with it, and a year of checkpoints is read in a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.engine import Connection

from cases.ledger.checkpoints import hash_of, kept_heads, root_of, statement_of
from cases.ledger.faults import Mismatch
from cases.ledger.sealed_texts import Covered
from cases.ledger.sealing import GENESIS
from cases.ledger.witness import Signed, Witness, signed_by
from cases.model.tables import Case, Checkpoint, CheckpointHead, Event
from workflow.refusal import Message, say

CHECKPOINT: Final = "checkpoint"
"""What stands for the case's number where a fault is a checkpoint's; `seq` is then its number."""


def checkpoint_faults(
    connection: Connection, witness: Witness | None, last: Signed | None = None
) -> Iterator[Mismatch]:
    """What does not match, of the checkpoints first and then of the chains they cover.

    Without a `witness` nothing outside the database is asked: neither keys nor log. `last` is what the log said before
    this moment of the database began: what another scheduler has made since is not missing.
    """
    newest = None
    for newest, previous in _chained(connection):
        yield from (Mismatch(CHECKPOINT, newest.id, what) for what in _of_its_place(newest, previous))
    if newest is not None:
        yield from _of_the_heads(connection, newest)
    if witness:
        yield from _from_outside(connection, witness, last)
    yield from chain_faults(connection)


def chain_faults(connection: Connection, within: Covered | None = None) -> Iterator[Mismatch]:
    """Chains, all or some, that do not hold the head a checkpoint vouches for: removed, cut short or written anew."""
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
