"""Holding the promises against their seals, and the checkpoints against them. Changes nothing.

Each promise quotes the seal of the one before, and every checkpoint names the last: what is changed is found by its
seal, what is taken out by the next one or by a checkpoint, which is signed and written down outside the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from cases.ledger.faults import Mismatch
from cases.model.tables import Checkpoint
from registry.promises import GENESIS, Promise, seal_of
from workflow.refusal import say

PROMISE: Final = "promise"
"""What stands for the case's number where a fault is a promise's; `seq` is then its id."""


def promise_faults(connection: Connection) -> Iterator[Mismatch]:
    """What does not match."""
    before, seals = GENESIS, set()
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
    yield from _of_the_checkpoints(connection, seals)


def _of_the_checkpoints(connection: Connection, seals: set[str]) -> Iterator[Mismatch]:
    """Every checkpoint, not the newest alone: one that was made after the deed would name what is left."""
    table = Checkpoint.__table__
    named = select(table.c.promised, func.min(table.c.id)).where(table.c.promised != "").group_by(table.c.promised)
    for seal, first in connection.execute(named.order_by(func.min(table.c.id))):
        if seal not in seals:
            yield Mismatch(
                PROMISE, 0, say("The promise that checkpoint {n} names is gone, or was written anew.", n=first)
            )
