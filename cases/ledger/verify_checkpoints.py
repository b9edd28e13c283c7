"""What does not match of the checkpoints: among themselves, the chains they cover, the keys and logs outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlalchemy.engine import Connection

from cases.ledger.checkpoints import (
    is_signed,
    kept_heads,
    newest_checkpoint,
    root_of,
    row_keys,
    said_by,
    said_in,
    sm3_root_of,
    trusted_at,
)
from cases.ledger.sealing import GENESIS
from cases.ledger.signatures import Vouching, strange_entries, strange_events, strange_rows
from cases.ledger.verify_rows import CHECKPOINT, PROMISE, SIGNATURE, Covered, Holds, Mismatch
from cases.ledger.witness import Log, Witness, hash_of
from cases.model.tables import Case, Checkpoint, CheckpointHead, Event
from database import Question
from registry.in_force import GENESIS as FIRST_PROMISE
from registry.in_force import Promise, seal_of
from workflow.refusal import Message, say


class Outside(NamedTuple):
    """What is known outside the database, read before it: the keys, this host's log, and copies kept elsewhere."""

    witness: Witness
    log: Log
    copies: Sequence[Log] = ()


def checkpoint_faults(connection: Connection, outside: Outside | None) -> Iterator[Mismatch]:
    """What does not match, of the checkpoints first and then of the chains they cover.

    The newest covers every head, and those before it hang on it by their hashes.
    """
    table = Checkpoint.__table__
    checkpoints = connection.execution_options(yield_per=5000).execute(select(table).order_by(table.c.id))
    rows: Iterable[Any] = chain.from_iterable(checkpoints.partitions())
    previous: Any = None
    for row in rows:
        if row.id != (previous.id if previous else 0) + 1:
            yield Mismatch(CHECKPOINT, row.id, say("The checkpoint before it is missing."))
        elif row.previous != (previous.hash if previous else GENESIS):
            yield Mismatch(CHECKPOINT, row.id, say("It does not quote the checkpoint before it."))
        if hash_of(said_by(row), row.signature) != row.hash:
            yield Mismatch(CHECKPOINT, row.id, say("Its content does not give its hash."))
        previous = row
    if previous is not None and root_of(kept_heads(connection)) != previous.root:
        what = say("The heads kept beside it do not give its root: somebody changed, added or removed one.")
        yield Mismatch(CHECKPOINT, previous.id, what)
    if previous is not None and previous.root_sm3 and sm3_root_of(kept_heads(connection)) != previous.root_sm3:
        yield Mismatch(CHECKPOINT, previous.id, say("The heads kept beside it do not give its root by SM3."))
    if outside:
        yield from _key_faults(connection, outside.witness)
        yield from _own_log_faults(connection, outside)
        yield from _log_faults(connection, outside)
    yield from chain_faults(connection)


def _key_faults(connection: Connection, witness: Witness) -> Iterator[Mismatch]:
    """What does not match the keys: the last signature of each vouches for all made with it, up to its rotation."""
    table = Checkpoint.__table__
    after = table.alias()
    ends = select(table).outerjoin(after, after.c.id == table.c.id + 1)
    ends = ends.where(or_(after.c.id.is_(None), after.c.key != table.c.key, table.c.said != "")).order_by(table.c.id)
    for row in connection.execute(ends):
        if row.key not in trusted_at(connection, witness, row.id):
            yield Mismatch(CHECKPOINT, row.id, say("It is signed with a key that is not this platform's."))
        elif not is_signed(row):
            yield Mismatch(CHECKPOINT, row.id, say("Its signature does not fit what it says."))


def _own_log_faults(connection: Connection, outside: Outside) -> Iterator[Mismatch]:
    """Checkpoints of this host that its log lacks, but for the newest; and none at all beside events."""
    table, witness = Checkpoint.__table__, outside.witness
    own = (
        connection.execute(select(table.c.id).where(table.c.host == witness.host).order_by(table.c.id)).scalars().all()
    )
    logged = {number for number, _ in outside.log.lines}
    if missing := [number for number in own[:-1] if number not in logged]:
        what = say("{count} checkpoints of this host, from this one on, are not in its log.", count=len(missing))
        yield Mismatch(CHECKPOINT, missing[0], what)
    first = select(table.c.id).limit(1), select(Event.id).limit(1)
    checkpoint, event = (connection.execute(query).first() for query in first)
    if witness.pinned and event and not checkpoint:
        yield Mismatch(CHECKPOINT, 0, say("There are events, and no checkpoint over them."))


def _log_faults(connection: Connection, outside: Outside) -> Iterator[Mismatch]:
    """Lines of the logs that the database does not have, but for those that a restored backup is known to have lost."""
    table = Checkpoint.__table__
    kept: dict[int, str] = {row.id: row.hash for row in connection.execute(select(table.c.id, table.c.hash))}
    known = ((row.id, said["restored"]["lost"]) for row, said in said_in(connection, outside.witness, "restored"))
    restored = [(first, lost) for first, lost in known if lost]
    for log in (outside.log, *outside.copies):
        for n in log.amiss:
            yield Mismatch(CHECKPOINT, n, say("This line of the log outside the database was changed, or is none."))
        for number, hash in log.lines:
            if kept.get(number) == hash:
                continue
            spans = [lost for first, lost in restored if first <= number <= lost["checkpoint"]]
            if spans and all(number < lost["checkpoint"] or hash == lost["hash"] for lost in spans):
                continue
            if number not in kept:
                yield Mismatch(CHECKPOINT, number, say("It stands in the log outside the database and is gone here."))
            else:
                yield Mismatch(CHECKPOINT, number, say("It reads otherwise in the log outside the database."))


def signature_faults(connection: Connection, outside: Outside | None) -> Iterator[Mismatch]:
    """What no checkpoint covers yet and the platform did not write: events, entries of the register, rows beside."""
    keys = row_keys(connection, outside.witness) if outside else frozenset[str]()
    if not keys:
        return
    vouched, newest = Vouching(keys), newest_checkpoint(connection)
    for _, event in strange_events(connection, vouched):
        what = say("The event bears no signature of this platform: somebody else put it in.")
        yield Mismatch(event.case_number, event.id, what)
    named = newest.register if newest else ""
    for tab, id, _ in (*strange_entries(connection, named, vouched), *strange_rows(connection, vouched)):
        values = {"table": tab, "key": id}
        what = say("{table} {key} bears no signature of this platform: somebody else put it in.", **values)
        yield Mismatch(SIGNATURE, id, what)


def notices_of(connection: Connection, witness: Witness) -> Iterator[Message]:
    """What is no fault and yet is said whenever the ledger is checked: backups restored, keys that came unannounced."""
    for row, said in said_in(connection, witness, "restored"):
        lost, by = said["restored"]["lost"], ", ".join(said["restored"]["by"])
        values = {"n": row.id, "at": str(row.at)[:16], "by": by, "reason": said["restored"]["reason"]}
        if lost and lost["checkpoint"] >= row.id:
            yield say(
                "Checkpoint {n} of {at}: a backup was restored by {by} ({reason}); lost is what came until"
                " checkpoint {lost} of the log.",
                **values,
                lost=lost["checkpoint"],
            )
        else:
            yield say("Checkpoint {n} of {at}: a backup was restored by {by} ({reason}).", **values)
    table = Checkpoint.__table__
    after = table.alias()
    turns = select(table.c.said, after.c.id, after.c.key).join(after, after.c.id == table.c.id + 1)
    for said, id, key in connection.execute(turns.where(after.c.key != table.c.key).order_by(after.c.id)):
        if not said.startswith('{"rotate"'):
            yield say("Checkpoint {n} is signed with a new key, {key}, that the old one did not name.", n=id, key=key)


def chain_faults(connection: Connection, within: Covered | None = None) -> Iterator[Mismatch]:
    """Chains, all or some, that do not hold the head a checkpoint vouches for: removed, cut short or rewritten."""
    found = heads_lost(within.holds if within else None)
    return head_faults(connection.execute(found, within.values if within else {}))


@cache
def heads_lost(holds: Holds | None) -> Question:
    """The heads that no chain holds any more, of all cases or of some."""
    kept = CheckpointHead.__table__
    other = or_(Case.id.is_(None), Case.number != kept.c.number, Event.id.is_(None), Event.hash != kept.c.head)
    return (
        select(
            kept.c.number,
            kept.c.length,
            kept.c.checkpoint_id,
            Case.id.label("case_id"),
            Case.number.label("now_called"),
            Event.id.label("event_id"),
        )
        .select_from(kept)
        .outerjoin(Case, Case.id == kept.c.case_id)
        .outerjoin(Event, and_(Event.case_id == kept.c.case_id, Event.seq == kept.c.length))
        .where(other, *([holds(CheckpointHead.case_id)] if holds else []))
        .order_by(kept.c.case_id)
    )


def head_faults(lost: Iterable[Any]) -> Iterator[Mismatch]:
    """What each of these heads tells."""
    for number, length, checkpoint, case_id, now_called, event_id in lost:
        if case_id is None or now_called != number:
            what = say("The case is gone; checkpoint {n} covers {length} events of it.", n=checkpoint, length=length)
            yield Mismatch(number, None, what)
        elif event_id is None:
            yield Mismatch(number, length, say("The event is missing; checkpoint {n} covers it.", n=checkpoint))
        else:
            what = say("The chain was written anew: checkpoint {n} has another head.", n=checkpoint)
            yield Mismatch(number, length, what)


def promise_faults(connection: Connection, _outside: object) -> Iterator[Mismatch]:
    """Each promise quotes the seal of the one before, and every checkpoint names the last."""
    before, seals = FIRST_PROMISE, set()
    for row in connection.execute(select(Promise.__table__).order_by(Promise.id)):
        if row.previous != before:
            what = say("It does not quote the promise before it: one was taken out or put in.")
            yield Mismatch(PROMISE, row.id, what)
        if seal_of(row) != row.seal:
            yield Mismatch(PROMISE, row.id, say("What it says does not give its seal."))
        before = row.seal
        seals.add(row.seal)
    # every checkpoint, not the newest alone: one that was made after the deed would name what is left
    table = Checkpoint.__table__
    named = select(table.c.promised, func.min(table.c.id)).where(table.c.promised != "").group_by(table.c.promised)
    for seal, first in connection.execute(named.order_by(func.min(table.c.id))):
        if seal not in seals:
            what = say("The promise that checkpoint {n} names is gone, or was written anew.", n=first)
            yield Mismatch(PROMISE, 0, what)
