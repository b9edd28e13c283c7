"""Seals: each checkpoint covers the new rows of tables that nobody may change, as salted leaves of one tree.

A row's leaf stands beside it, so that a check names the row. What is new since the last checkpoint is not yet sealed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, and_, func, select

from cases.ledger.register import form
from cases.ledger.sealing import salted, salted_hash
from cases.model.readings import ReadingRow
from cases.model.tables import Attachment, Checkpoint, PaperFile, SealedRow
from exchange.sources import SourceBatch
from exchange.tables import Delivery, DeliveryAct
from notifications.letters import Letter
from notifications.papers import Paper, PaperSeal
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
        "sig",
    ),
    Paper: (),
    PaperFile: (),
    PaperSeal: ("id", "paper_id", "sig"),
    ReadingRow: (),
    AccountAct: (),
    Attachment: (),
    OrganisationChange: (),
    Succession: (),
    Delivery: ("id", "place", "record_id", "revision", "image", "cause", "case_id", "queued_at", "due_on", "sig"),
    DeliveryAct: (),
    SourceBatch: ("id", "source", "name", "sha256", "kind", "owners", "received_at", "sig"),
}
"""The tables, and their columns that are never changed: all where none is named."""

AT_ONCE: Final = 50_000
"""Rows of a table that a checkpoint seals at most; the rest come with the next."""
ROWS_READ: Final = 500
"""Rows compared with their seals at a time."""
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
    checkpoint: int
    gone: bool


def new_seals(
    connection: Connection, now: datetime, vouched: Callable[[str, Any], bool] = lambda _tab, _row: True
) -> list[dict[str, Any]]:
    """The seals of every row that has none yet and is vouched for, without the checkpoint that is to cover them."""
    return [
        {"tab": model.__tablename__, "row_id": row["id"], "salt": salt, "digest": digest}
        for model in SEALED
        for row in _unsealed(connection, model, now)
        if vouched(model.__tablename__, row)
        for salt, digest in [salted(form(row))]
    ]


def leaf_data(seal: Any) -> bytes:
    """What stands under a leaf: the table, the row, and its digest."""
    return f'{{"digest":"{seal["digest"]}","row":{seal["row_id"]},"table":"{seal["tab"]}"}}'.encode()


def altered(connection: Connection, seals: Iterable[Any], at: Mapping[int, datetime]) -> Iterator[Altered]:
    """Each row that differs from its seal, of these seals; `at` is when their checkpoints were made."""
    newest = connection.execute(select(func.max(Checkpoint.at))).scalar()
    by_table: dict[str, dict[int, Any]] = {}
    for seal in seals:
        by_table.setdefault(seal.tab, {})[seal.row_id] = seal
    for model in SEALED:
        tab = model.__tablename__
        for row_id, seal in _differing_in(connection, model, by_table.get(tab, {})):
            gone, made = row_id is None, at.get(seal.checkpoint_id)
            if gone and model is ReadingRow and newest and made and newest - made >= KEPT:
                continue
            yield Altered(tab, seal.row_id, seal.checkpoint_id, gone)


def _differing_in(connection: Connection, model: type[Any], seals: Mapping[int, Any]) -> Iterator[tuple[Any, Any]]:
    """Of a table the rows that say something else than their seals, and None with the seal of a row that is gone."""
    ids = sorted(seals)
    for page in (ids[at : at + ROWS_READ] for at in range(0, len(ids), ROWS_READ)):
        lost = set(page)
        for row in connection.execute(select(*_columns(model)).where(model.id.in_(page))).mappings():
            seal = seals[row["id"]]
            lost.discard(seal.row_id)
            if salted_hash(seal.salt, form(row)) != seal.digest:
                yield seal.row_id, seal
        yield from ((None, seals[id]) for id in sorted(lost))


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
