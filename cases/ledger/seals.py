"""Seals: each checkpoint covers the new rows of tables that nobody may change, as salted leaves of one tree.

A row's leaf stands beside it, so that a check names the row. What is new since the last checkpoint is not yet sealed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, and_, func, select

from cases.ledger.register import form
from cases.ledger.sealing import salted, salted_hash
from cases.model.readings import ReadingRow
from cases.model.tables import Attachment, Checkpoint, SealedRow
from exchange.tables import Delivery, DeliveryAct
from notifications.letters import Letter
from notifications.papers import Paper
from registry.credit_records import RecordChange
from registry.organisations import OrganisationChange, Succession
from registry.people import AccountAct

SEALED: Final[Mapping[type[Any], Collection[str]]] = {
    RecordChange: (),
    Letter: (
        "id",
        "to_party",
        "to_id",
        "to_role",
        "language",
        "name",
        "case_number",
        "texts",
        "written_at",
        "served_at",
    ),
    Paper: (),
    ReadingRow: (),
    AccountAct: (),
    Attachment: (),
    OrganisationChange: (),
    Succession: (),
    Delivery: ("id", "place", "record_id", "revision", "image", "cause", "case_id", "queued_at", "due_on"),
    DeliveryAct: (),
}
"""The tables, and their columns that are never changed: all where none is named."""

AT_ONCE: Final = 50_000
"""Rows of a table that a checkpoint seals at most; the rest come with the next."""
BEHIND: Final = 20_000
"""A row this far behind the last one sealed is not new: a letter may wait until it is served, a slow writer may write
with an earlier number."""
KEPT: Final = timedelta(days=3 * 365)
"""Readings are removed after this; nothing else is."""


@dataclass(frozen=True)
class Altered:
    """A sealed row that does not say what was sealed, or is gone."""

    tab: str
    row_id: int
    gone: bool


def new_seals(connection: Connection, now: datetime) -> list[dict[str, Any]]:
    """The seals of every row that has none yet, without the checkpoint that is to cover them."""
    return [
        {"tab": model.__tablename__, "row_id": row["id"], "salt": salt, "digest": digest}
        for model in SEALED
        for row in _unsealed(connection, model, now)
        for salt, digest in [salted(form(row))]
    ]


def leaf_data(seal: Any) -> bytes:
    """What stands under a leaf: the table, the row, and its digest."""
    return f'{{"digest":"{seal["digest"]}","row":{seal["row_id"]},"table":"{seal["tab"]}"}}'.encode()


def altered(connection: Connection) -> Iterator[Altered]:
    """Each row that differs from its seal."""
    newest = connection.execute(select(func.max(Checkpoint.at))).scalar()
    for model in SEALED:
        yield from _altered_in(connection, model, newest)


def _altered_in(connection: Connection, model: type[Any], newest: datetime | None) -> Iterator[Altered]:
    tab, seals = model.__tablename__, SealedRow.__table__
    names = [column.name for column in _columns(model)]
    joined = and_(seals.c.tab == tab, seals.c.row_id == model.__table__.c.id)
    query = select(seals.c.salt, seals.c.digest, *_columns(model)).join_from(model.__table__, seals, joined)
    for page in connection.execution_options(yield_per=5000).execute(query).partitions():
        for salt, digest, *values in page:
            if salted_hash(salt, form(dict(zip(names, values, strict=True)))) != digest:
                yield Altered(tab, values[0], False)
    lost = select(seals.c.row_id, Checkpoint.at).outerjoin(model.__table__, model.__table__.c.id == seals.c.row_id)
    lost = lost.join(Checkpoint, Checkpoint.id == seals.c.checkpoint_id)
    for row_id, at in connection.execute(lost.where(seals.c.tab == tab, model.__table__.c.id.is_(None))):
        if model is not ReadingRow or newest is None or newest - at < KEPT:
            yield Altered(tab, row_id, True)


def _unsealed(connection: Connection, model: type[Any], now: datetime) -> Iterable[Any]:
    seals, table = SealedRow.__table__, model.__table__
    last = connection.execute(select(func.max(seals.c.row_id)).where(seals.c.tab == model.__tablename__)).scalar() or 0
    query = select(*_columns(model)).outerjoin(
        seals, and_(seals.c.tab == model.__tablename__, seals.c.row_id == table.c.id)
    )
    query = query.where(table.c.id > last - BEHIND, seals.c.row_id.is_(None))
    if model is Letter:  # one that waits for the office's hour may yet be taken back
        query = query.where(table.c.served_at <= now)
    return connection.execute(query.order_by(table.c.id).limit(AT_ONCE)).mappings()


def _columns(model: type[Any]) -> list[Any]:
    names = SEALED[model]
    return [column for column in model.__table__.columns if not names or column.name in names]
