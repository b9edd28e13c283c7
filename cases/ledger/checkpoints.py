"""Checkpoints: every five minutes one signed hash over the heads of all chains, chained to the one before.

A chain says that nothing in it was changed; a checkpoint says which chains there were and how long each was. So
the database's owner cannot shorten, rewrite or remove one together with its row: the key is elsewhere. A
head that does not follow from the one before is not taken over: the fault stays to be seen.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from heapq import merge
from operator import attrgetter, itemgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import and_, delete, insert, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cases.ledger.merkle import leaf, root, sm3
from cases.ledger.register import last_of
from cases.ledger.sealing import GENESIS, canonical, instant
from cases.ledger.seals import leaf_data as seals_leaf
from cases.ledger.seals import new_seals
from cases.ledger.signatures import Vouched, Vouching, any_waits, strange_entries, strange_events
from cases.ledger.witness import Signed, Witness, hash_of, signed_by
from cases.model.tables import Case, Checkpoint, CheckpointHead, Event, RegisterEntry, SealedRow
from extensions import read_snapshot, transaction
from registry.in_force import Promise

EVERY: Final = timedelta(minutes=5)


LATER: Final = ("promised", "host", "register", "sealed", "root_sm3")
"""Columns that a checkpoint says where it has something to say: older ones know nothing of them."""


class ChainHead(NamedTuple):
    """The end of a case's chain: a leaf of the tree."""

    case_id: int
    number: str
    length: int
    head: str


class Prepared(NamedTuple):
    """The next checkpoint: its row, the heads it takes over, and the rows that it seals."""

    row: dict[str, Any]
    moved: list[ChainHead]
    seals: list[dict[str, Any]]


class Broken(Exception):
    """The newest checkpoint does not stand as it was made. None is made over it: it would vouch for the change."""


def make_due(session: Session, witness: Witness, now: datetime) -> Signed | None:
    """Make a checkpoint where the newest is five minutes old, or later than now, the clock having been put back.

    None where none is due or another scheduler made it. Raises `Broken`.
    """
    last = witness.last()  # before the database is looked at: else another scheduler's newest seems to be missing there
    with read_snapshot(session) as connection:
        newest = newest_checkpoint(connection)
        # first: what the row says of its time is not yet to be believed
        _require(row_fault(connection, newest, witness, last))
        if newest and timedelta(0) <= now - newest.at < EVERY:
            return None
        prepared = _make(connection, newest, witness, now)
    return _keep(prepared, newest, witness)


def make(session: Session, witness: Witness, now: datetime, said: Mapping[str, object]) -> Signed | None:
    """Make a checkpoint at once over what stands, with what is `said` beside the heads.

    The log is not asked: whoever restores a backup says so by this. None where another scheduler was faster. Raises
    `Broken`.
    """
    with read_snapshot(session) as connection:
        newest = newest_checkpoint(connection)
        prepared = _make(connection, newest, witness, now, canonical(said))
    return _keep(prepared, newest, witness)


def rotate(session: Session, witness: Witness, to: str, now: datetime) -> Signed | None:
    """Say, signed with this key, that another one signs from here on. This one is not believed after it."""
    return make(session, witness, now, {"rotate": {"to": to}})


def restore(session: Session, witness: Witness, by: Sequence[str], reason: str, now: datetime) -> Signed | None:
    """Say that a backup was restored, by whom, why, and which line of the log is the last that is lost by it."""
    last = witness.last()
    lost = {"checkpoint": last.checkpoint, "hash": last.hash} if last else None
    return make(session, witness, now, {"restored": {"by": list(by), "lost": lost, "reason": reason}})


def trusted_at(connection: Connection, witness: Witness, checkpoint: int) -> frozenset[str]:
    """The keys that may sign this checkpoint: those trusted, with each that was rotated out before exchanged."""
    trusted, table = witness.trusted(), Checkpoint.__table__
    said = select(table).where(table.c.said.startswith('{"rotate"'), table.c.id < checkpoint).order_by(table.c.id)
    for row in connection.execute(said):
        if row.key in trusted and is_signed(row):
            trusted = trusted - {row.key} | {json.loads(row.said)["rotate"]["to"]}
    return trusted


def _signed(row: Mapping[str, Any]) -> Signed:
    return Signed(row["id"], statement_of(row), row["signature"], row["hash"])


def newest_checkpoint(connection: Connection) -> Any | None:
    """The row of the newest checkpoint."""
    table = Checkpoint.__table__
    return connection.execute(select(table).order_by(table.c.id.desc()).limit(1)).one_or_none()


def row_keys(connection: Connection, witness: Witness) -> frozenset[str]:
    """The keys that rows may be signed with: those that a checkpoint has named. With none, no signature is asked."""
    return frozenset(said["rows"]["key"] for _, said in said_in(connection, witness, "rows"))


def said_in(connection: Connection, witness: Witness, what: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The checkpoints that say something beside the heads, signed with a key that is believed; with what they say."""
    table = Checkpoint.__table__
    rows = select(table).where(table.c.said.startswith(f'{{"{what}"')).order_by(table.c.id)
    for row in connection.execute(rows):
        if row.key in trusted_at(connection, witness, row.id) and is_signed(row):
            yield row, json.loads(row.said)


def statement_of(row: Mapping[str, Any]) -> str:
    """What a checkpoint says, in the one spelling that is signed."""
    more: dict[str, object] = {name: row[name] for name in LATER if row[name]}
    if row["said"]:
        more["said"] = json.loads(row["said"])
    return canonical(
        {
            "at": instant(row["at"]),
            "cases": row["cases"],
            "checkpoint": row["id"],
            "events": row["events"],
            "key": row["key"],
            "previous": row["previous"],
            "root": row["root"],
            **more,
        }
    )


def said_by(row: Any) -> str:
    """The statement of a row of the table."""
    return statement_of(row._mapping)


def is_signed(row: Any) -> bool:
    """Whether a row's key has signed what it says; False for what cannot be read."""
    try:
        return signed_by(row.key, said_by(row), row.signature)
    except ValueError:
        return False


def leaf_of(number: str, length: int, head: str) -> bytes:
    """The leaf of the tree for one chain."""
    return leaf(leaf_data(number, length, head))


def leaf_data(number: str, length: int, head: str) -> bytes:
    """What stands under the leaf for one chain."""
    return f'{{"case":"{number}","head":"{head}","length":{length}}}'.encode()


def kept_heads(connection: Connection) -> Iterator[ChainHead]:
    """The heads as of the newest checkpoint, by case id; one statement, in constant memory."""
    table = CheckpointHead.__table__
    heads = select(table.c.case_id, table.c.number, table.c.length, table.c.head).order_by(table.c.case_id)
    for page in connection.execution_options(yield_per=5000).execute(heads).partitions():
        yield from (ChainHead(*row) for row in page)


def root_of(heads: Iterable[ChainHead]) -> str:
    """The Merkle root over these heads, in hex."""
    return root(leaf_of(head.number, head.length, head.head) for head in heads).hex()


def sm3_root_of(heads: Iterable[ChainHead]) -> str:
    """The same root by SM3."""
    return root((leaf(leaf_data(head.number, head.length, head.head), sm3) for head in heads), sm3).hex()


def sealed_root(seals: Iterable[Any]) -> str:
    """The root over the rows that a checkpoint seals, table by table; empty where there are none."""
    leaves = [leaf(seals_leaf(seal)) for seal in sorted(seals, key=itemgetter("tab", "row_id"))]
    return root(leaves).hex() if leaves else ""


def row_fault(connection: Connection, newest: Any | None, witness: Witness, last: Signed | None) -> str:
    """What keeps the newest checkpoint's row from being believed, in English; empty where it stands.

    `last` is what the log outside the database said before the database was looked at.
    """
    if newest is None:
        if last:
            return f"the log outside the database has checkpoint {last.checkpoint}, the database none"
        events = connection.execute(select(Event.id).limit(1)).first()
        return "there are events, and no checkpoint" if witness.pinned and events else ""
    if newest.key not in trusted_at(connection, witness, newest.id) or not is_signed(newest):
        return f"checkpoint {newest.id} is not signed by a key of this platform"
    if last and (last.checkpoint > newest.id or (last.checkpoint == newest.id and last.hash != newest.hash)):
        return f"checkpoint {last.checkpoint} of the log outside the database is not in it"
    if witness.pinned and newest.host == witness.host and newest.id > 1 and not last:
        return f"the log outside the database is gone; checkpoint {newest.id} was in it"
    return ""


def heads_fault(connection: Connection, newest: Any | None) -> str:
    """What keeps the heads beside the newest checkpoint from being believed; empty where they give its root."""
    if newest and root_of(kept_heads(connection)) != newest.root:
        return f"the heads kept beside checkpoint {newest.id} do not give its root"
    return ""


def _require(fault: str) -> None:
    if fault:
        raise Broken(fault)


def _moved(connection: Connection) -> list[ChainHead]:
    """The heads of new cases, and of those whose chain has grown from the head that was kept."""
    kept = CheckpointHead.__table__.alias("kept")
    grown = (
        select(Case.id, Case.number, Case.length, Case.head)
        .outerjoin(kept, kept.c.case_id == Case.id)
        .outerjoin(Event, and_(Event.case_id == Case.id, Event.seq == kept.c.length, Case.length > kept.c.length))
        .where(Case.length > 0)
        .where(or_(kept.c.case_id.is_(None), and_(Event.hash == kept.c.head, Case.number == kept.c.number)))
        .order_by(Case.id)
    )
    return [ChainHead(*row) for row in connection.execute(grown)]


def _make(connection: Connection, newest: Any | None, witness: Witness, now: datetime, said: str = "") -> Prepared:
    """The next checkpoint, signed, with the heads it takes over and the rows that it seals."""
    _require(heads_fault(connection, newest))
    if newest and not witness.has_key:
        raise Broken("the private key of the checkpoints is gone; none is made where there are checkpoints")
    moved, key, keys = _moved(connection), witness.key(), row_keys(connection, witness)
    if keys and not said.startswith('{"restored"'):
        vouched = Vouching(keys)
        strange = {case_id for case_id, _ in strange_events(connection, vouched)}
        moved = [head for head in moved if head.case_id not in strange]
        seals, entry = new_seals(connection, now, vouched), _last_signed(connection, newest, vouched)
    else:
        seals, entry = new_seals(connection, now), _last_entry(connection)
    said = said or _names_row_key(connection, witness, keys, seals)
    made = {**_checkpoint(connection, newest, moved, now), "key": key, "host": witness.host, "said": said}
    made |= {"register": entry, "sealed": sealed_root(seals)}
    if key not in trusted_at(connection, witness, made["id"]):
        raise Broken(f"the key of this host, {key[:12]}, is not one that is trusted")
    made["signature"] = witness.sign(statement_of(made))
    made["hash"] = hash_of(statement_of(made), made["signature"])
    return Prepared(made, moved, [{**seal, "checkpoint_id": made["id"]} for seal in seals])


def _last_entry(connection: Connection) -> str:
    last = last_of(connection)
    return "" if last == GENESIS else last


def _last_signed(connection: Connection, newest: Any | None, vouched: Vouched) -> str:
    """The last entry of the register before the first that nobody of ours signed."""
    named = newest.register if newest else ""
    strange = next(strange_entries(connection, named, vouched), None)
    if strange is None:
        return _last_entry(connection)
    table = RegisterEntry.__table__
    last = select(table.c.hash).where(table.c.id < strange.id).order_by(table.c.id.desc()).limit(1)
    return connection.execute(last).scalar() or ""


def _names_row_key(
    connection: Connection, witness: Witness, keys: Collection[str], seals: Iterable[Mapping[str, Any]]
) -> str:
    """That rows are signed with this host's key from here on; nothing where that was said, or an older row waits."""
    if not witness.row_key or witness.row_key in keys:
        return ""
    if not keys and any_waits(connection, {(seal["tab"], seal["row_id"]) for seal in seals}):
        return ""
    return canonical({"rows": {"key": witness.row_key}})


def _keep(prepared: Prepared, newest: Any | None, witness: Witness) -> Signed | None:
    """Write a checkpoint into the database, then into the log; None where another scheduler was faster."""
    last = witness.last()
    if newest and newest.host == witness.host and last and last.checkpoint == newest.id - 1:
        witness.log(_signed(newest._mapping))  # a crash came between the database and the log
    if not _written(prepared):
        return None
    signed = _signed(prepared.row)
    witness.log(signed)
    return signed


def _checkpoint(connection: Connection, newest: Any | None, moved: list[ChainHead], now: datetime) -> dict[str, Any]:
    """What the next checkpoint says of the chains."""
    cases = events = 0

    def counted() -> Iterator[ChainHead]:
        nonlocal cases, events
        for head in _replaced(kept_heads(connection), moved):
            cases, events = cases + 1, events + head.length
            yield head

    heads = list(counted())
    last_promise = select(Promise.seal).order_by(Promise.id.desc()).limit(1)
    return {
        "id": newest.id + 1 if newest else 1,
        "at": now,
        "cases": cases,
        "events": events,
        "root": root_of(heads),
        "root_sm3": sm3_root_of(heads),
        "previous": newest.hash if newest else GENESIS,
        "promised": connection.execute(last_promise).scalar() or "",
    }


def _replaced(kept: Iterator[ChainHead], moved: list[ChainHead]) -> Iterator[ChainHead]:
    """The kept heads with the moved ones in their place, by case id."""
    new = {head.case_id for head in moved}
    return merge((head for head in kept if head.case_id not in new), moved, key=attrgetter("case_id"))


def _written(prepared: Prepared) -> bool:
    """Record the checkpoint and the heads it took over; False where another scheduler was faster.

    Raises `Broken` where nobody was: then the database has been made to refuse it.
    """
    made, moved, seals = prepared
    heads = [{**head._asdict(), "checkpoint_id": made["id"]} for head in moved]
    try:
        with transaction() as session:
            session.execute(insert(Checkpoint), [made])
            if seals:
                session.execute(insert(SealedRow), seals)
            for start in range(0, len(heads), 500):
                page = heads[start : start + 500]
                ids = [head["case_id"] for head in page]
                session.execute(delete(CheckpointHead).where(CheckpointHead.case_id.in_(ids)))
                session.execute(insert(CheckpointHead), page)
    except IntegrityError:
        with transaction() as session:
            if session.get(Checkpoint, made["id"]) is None:
                raise Broken(f"the database refuses checkpoint {made['id']}") from None
        return False
    with transaction() as session:  # an insert can also be dropped without a word
        kept = session.scalar(select(Checkpoint.hash).where(Checkpoint.id == made["id"]))
    if kept != made["hash"]:
        raise Broken(f"the database did not keep checkpoint {made['id']}")
    return True
