"""Rows signed one by one, as they are inserted, with a key that is not in the database.

Chains, register and seals say that nothing was changed; a row's signature says that the platform wrote it. From the
checkpoint on that names the key, none covers a row without a signature, so that only what is not yet covered has to be
looked at. A signature of a row that stands alone begins with a number used once: a row that is put in twice is found.
"""

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from typing import Any, Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, and_, func, or_, select

from cases.ledger.register import form
from cases.ledger.seals import SEALED
from cases.model.tables import Case, CheckpointHead, Event, RegisterEntry, SealedRow
from registry.credit_records import RecordChange

CHAINED: Final = (Event.__tablename__, RegisterEntry.__tablename__)
"""Their hash says all of the row, and where it stands."""
LATER: Final = {RecordChange: frozenset({"event_seq", "seal_salt", "rule", "due_on"})}
"""What is written a moment after the insert: of a change of a record the number and salt that tie it to its event, and
the rule and last day of a display that ended by itself. The seal covers them."""
ALONE: Final = {
    model.__tablename__: frozenset(names or model.__table__.columns.keys())
    - {"id", "sig"}
    - LATER.get(model, frozenset())
    for model, names in SEALED.items()
}
"""The columns that are signed of rows that stand alone."""
ONCE: Final = 16
"""Digits of the number used once."""

Vouched = Callable[[str, Any], bool]
"""Whether a row of a table bears a signature of this platform."""


class RowSigner:
    """Signs rows; called by the default of their column. `private` is 64 hexadecimal digits."""

    def __init__(self, private: str) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(private))

    @cached_property
    def key(self) -> str:
        """The public half, in hex."""
        return self._private.public_key().public_bytes_raw().hex()

    def __call__(self, tab: str, row: Mapping[str, Any]) -> str:
        once = "" if tab in CHAINED else secrets.token_hex(ONCE // 2)
        return once + self._private.sign(_said(tab, row, once)).hex()


class Vouching:
    """Tells by these public keys which rows were signed."""

    def __init__(self, keys: Collection[str]) -> None:
        self._keys = [Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)) for key in sorted(keys)]

    def __call__(self, tab: str, row: Any) -> bool:
        sig = row["sig"] or ""
        once = "" if tab in CHAINED else sig[:ONCE]
        return any(_fits(key, sig[len(once) :], _said(tab, row, once)) for key in self._keys)


class Strange(NamedTuple):
    """A row that the platform did not sign: of a table, or an event of a case."""

    tab: str
    id: int
    case_number: str = ""


def strange_events(connection: Connection, vouched: Vouched) -> Iterator[tuple[int, Strange]]:
    """Events that no checkpoint covers yet and nobody of ours signed, by number, with the id of their case."""
    kept, tab = CheckpointHead.__table__, Event.__tablename__
    new = select(Case.id, Case.number, Event.seq, Event.hash, Event.sig).select_from(Case)
    new = new.outerjoin(kept, kept.c.case_id == Case.id)
    new = new.join(Event, and_(Event.case_id == Case.id, Event.seq > func.coalesce(kept.c.length, 0)))
    new = new.where(or_(kept.c.case_id.is_(None), Case.length > kept.c.length)).order_by(Case.id, Event.seq)
    for row in connection.execute(new).mappings():
        if not vouched(tab, row):
            yield row["id"], Strange(tab, row["seq"], row["number"])


def strange_entries(connection: Connection, named: str, vouched: Vouched) -> Iterator[Strange]:
    """Entries of the register after the one that is `named` by the newest checkpoint, which nobody of ours signed."""
    table, tab = RegisterEntry.__table__, RegisterEntry.__tablename__
    after = select(table.c.id).where(table.c.hash == named).scalar_subquery()
    new = select(table.c.id, table.c.hash, table.c.sig).where(table.c.id > func.coalesce(after, 0)).order_by(table.c.id)
    for row in connection.execute(new).mappings():
        if not vouched(tab, row):
            yield Strange(tab, row["id"])


def strange_rows(connection: Connection, vouched: Vouched) -> Iterator[Strange]:
    """Rows without a seal that nobody of ours signed; of rows that bear one signature, all but the first."""
    seals = SealedRow.__table__
    for model in SEALED:
        tab, table = model.__tablename__, model.__table__
        new = select(table).outerjoin(seals, and_(seals.c.tab == tab, seals.c.row_id == table.c.id))
        for row in connection.execute(new.where(seals.c.row_id.is_(None)).order_by(table.c.id)).mappings():
            if not vouched(tab, row):
                yield Strange(tab, row["id"])
        twice = select(table.c.sig, func.min(table.c.id)).where(table.c.sig.is_not(None)).group_by(table.c.sig)
        for sig, first in connection.execute(twice.having(func.count() > 1)).all():
            again = select(table.c.id).where(table.c.sig == sig, table.c.id > first).order_by(table.c.id)
            yield from (Strange(tab, id) for id in connection.execute(again).scalars())


def any_waits(connection: Connection, but: Collection[tuple[str, int]]) -> bool:
    """Whether a row has neither seal nor signature, `but` for some by table and id."""
    seals = SealedRow.__table__
    for model in SEALED:
        tab, table = model.__tablename__, model.__table__
        waits = select(table.c.id).outerjoin(seals, and_(seals.c.tab == tab, seals.c.row_id == table.c.id))
        ids = connection.execute(waits.where(seals.c.row_id.is_(None), table.c.sig.is_(None))).scalars()
        if any((tab, id) not in but for id in ids):
            return True
    return False


def _said(tab: str, row: Any, once: str) -> bytes:
    """What is signed of a row."""
    said = row["hash"] if tab in CHAINED else form({name: row.get(name) for name in ALONE[tab]})
    return f"{tab}\n{once}\n{said}".encode()


def _fits(key: Ed25519PublicKey, sig: str, said: bytes) -> bool:
    try:
        key.verify(bytes.fromhex(sig), said)
    except (InvalidSignature, ValueError):
        return False
    return True
