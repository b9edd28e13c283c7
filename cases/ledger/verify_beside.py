"""What does not match of the register and of sealed rows: each row against its last entry, or against its seal."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from cases.ledger.checkpoints import sealed_root
from cases.ledger.register import REGISTERED, differing, entry_hash
from cases.ledger.sealing import GENESIS
from cases.ledger.seals import altered
from cases.ledger.verify_rows import REGISTER, SEAL, Mismatch
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


def seal_faults(connection: Connection, _outside: object) -> Iterator[Mismatch]:
    """Seals that do not give the root of their checkpoint, and rows that do not give their seal."""
    table, points = SealedRow.__table__, Checkpoint.__table__
    seals = connection.execution_options(yield_per=5000).execute(select(table).order_by(table.c.checkpoint_id))
    roots = {
        id: sealed_root(sorted((row._mapping for row in rows), key=lambda row: (row["tab"], row["row_id"])))
        for id, rows in groupby((row for page in seals.partitions() for row in page), key=attrgetter("checkpoint_id"))
    }
    kept = {row.id: row.sealed for row in connection.execute(select(points.c.id, points.c.sealed))}
    for id in sorted({*roots, *kept}):
        if roots.get(id, "") != kept.get(id, ""):
            yield Mismatch(SEAL, id, say("The seals of checkpoint {n} do not give the root that it has of them.", n=id))
    for row in altered(connection):
        if row.gone:
            what = say("{table} {key} was sealed and is gone.", table=row.tab, key=row.row_id)
        else:
            what = say("{table} {key} is not what was sealed.", table=row.tab, key=row.row_id)
        yield Mismatch(SEAL, row.row_id, what)
    yield from _delivery_faults(connection)


def _delivery_faults(connection: Connection) -> Iterator[Mismatch]:
    """Deliveries in another state than the last thing done about them gives, or confirmed at another time."""
    newest = select(func.max(DeliveryAct.id)).group_by(DeliveryAct.delivery_id)
    of_newest = select(DeliveryAct.delivery_id, DeliveryAct.to_state).where(DeliveryAct.id.in_(newest))
    last = dict(connection.execute(of_newest).all())
    done = select(DeliveryAct.delivery_id, DeliveryAct.at)
    done = done.where(DeliveryAct.to_state == "confirmed", DeliveryAct.from_state != "confirmed")
    confirmed = dict(connection.execute(done).all())
    rows = select(Delivery.id, Delivery.state, Delivery.confirmed_at).order_by(Delivery.id)
    for id, state, confirmed_at in connection.execute(rows):
        if state != last.get(id) or confirmed_at != confirmed.get(id):
            yield Mismatch(SEAL, id, say("delivery {key} does not stand as what was done about it says.", key=id))
