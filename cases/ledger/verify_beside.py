"""What does not match of register, sealed rows and deliveries: each row against its entry, its seal, its acts."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from cases.ledger.checkpoints import sealed_root
from cases.ledger.register import REGISTERED, differing, entry_hash
from cases.ledger.sealing import GENESIS
from cases.ledger.seals import altered
from cases.ledger.verify_rows import RECORD, REGISTER, SEAL, Covered, Mismatch
from cases.model.tables import Checkpoint, RegisterEntry, SealedRow
from exchange.tables import Delivery, DeliveryAct
from workflow.refusal import say


def register_faults(connection: Connection, _outside: object) -> Iterator[Mismatch]:
    """Entries out of their chain, entries that a checkpoint names and that are gone, rows that nobody entered."""
    table, before, hashes = RegisterEntry.__table__, GENESIS, {""}
    entries = select(table.c.id, table.c.previous, table.c.tab, table.c.row_key, table.c.digest, table.c.hash)
    for id, previous, tab, key, digest, hash in connection.execute(entries.order_by(table.c.id)):
        if previous != before:
            yield Mismatch(REGISTER, id, say("It does not quote the entry before it: one was taken out or put in."))
        if entry_hash(previous, tab, key, digest) != hash:
            yield Mismatch(REGISTER, id, say("What it says does not give its hash."))
        before = hash
        hashes.add(hash)
    points = Checkpoint.__table__
    named = select(points.c.register, func.min(points.c.id)).group_by(points.c.register)
    for hash, first in connection.execute(named.order_by(func.min(points.c.id))):
        if hash not in hashes:
            what = say("The entry that checkpoint {n} names is gone, or was written anew.", n=first)
            yield Mismatch(REGISTER, 0, what)
    for tab in REGISTERED:
        for key, last in differing(connection, tab):
            what = say("{table} {key} does not say what was entered of it last.", table=tab, key=key[:12])
            yield Mismatch(REGISTER, last.id if last else 0, what)


SEALS_READ: Final = 3000
"""Seals after which a page ends; those of one checkpoint are read together."""


def seals_after(connection: Connection, checkpoint: int) -> int | None:
    """The last checkpoint of the next page of seals; None where no page comes after it."""
    covered = SealedRow.__table__.c.checkpoint_id
    page = select(covered).where(covered > checkpoint).order_by(covered).limit(SEALS_READ)
    ids = connection.execute(page).scalars().all()
    return ids[-1] if len(ids) == SEALS_READ else None


def faults_of_seals(connection: Connection, first: int, last: int) -> Iterator[Mismatch]:
    """Seals of these checkpoints that do not give the root of theirs, and rows that do not give their seal."""
    table, points = SealedRow.__table__, Checkpoint.__table__
    covered = table.c.checkpoint_id.between(first, last)
    seals = connection.execute(select(table).where(covered).order_by(table.c.checkpoint_id)).all()
    roots = {
        id: sealed_root(row._mapping for row in rows) for id, rows in groupby(seals, key=attrgetter("checkpoint_id"))
    }
    made = connection.execute(select(points.c.id, points.c.sealed, points.c.at).where(points.c.id.between(first, last)))
    kept = {row.id: row for row in made}
    for id in sorted({*roots, *kept}):
        if roots.get(id, "") != (kept[id].sealed if id in kept else ""):
            yield Mismatch(SEAL, id, say("The seals of checkpoint {n} do not give the root that it has of them.", n=id))
    at = {id: row.at for id, row in kept.items()}
    for row in altered(connection, seals, at):
        values = {"table": row.tab, "key": row.row_id, "n": row.checkpoint}
        if row.gone:
            yield Mismatch(SEAL, row.row_id, say("{table} {key}, sealed by checkpoint {n}, is gone.", **values))
        else:
            yield Mismatch(SEAL, row.row_id, say("{table} {key} is not what checkpoint {n} sealed.", **values))


def delivery_faults(connection: Connection, within: Covered) -> Iterator[Mismatch]:
    """Deliveries of some records in another state than the last thing done about them gives, or confirmed at another
    time."""
    rows = select(Delivery.id, Delivery.record_id, Delivery.state, Delivery.confirmed_at)
    rows = rows.where(within.holds(Delivery.record_id)).order_by(Delivery.id)
    acts = select(DeliveryAct.delivery_id, DeliveryAct.to_state, DeliveryAct.from_state, DeliveryAct.at)
    acts = acts.join(Delivery, Delivery.id == DeliveryAct.delivery_id).where(within.holds(Delivery.record_id))
    last: dict[int, str] = {}
    confirmed: dict[int, datetime] = {}
    for id, to, came_from, at in connection.execute(acts.order_by(DeliveryAct.id), within.values):
        last[id] = to
        if to == "confirmed" != came_from:
            confirmed[id] = at
    for id, record_id, state, confirmed_at in connection.execute(rows, within.values):
        if state != last.get(id) or confirmed_at != confirmed.get(id):
            what = say("delivery {key} does not stand as what was done about it says.", key=id)
            yield Mismatch(RECORD, record_id, what)
