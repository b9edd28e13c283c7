"""The register: one chain over what people may change: accounts, roles, bodies, letters of authority, calendars.

A row's entry holds a salted digest of what the row says, written in the transaction that changed it by whoever's
session it was. A change that nobody entered does not match the last entry of its row.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Table, event, insert, select, text
from sqlalchemy.orm import ORMExecuteState, Session, object_mapper

from cases.ledger.sealing import GENESIS, instant, salted, salted_hash
from cases.model.tables import EventText, RegisterEntry
from extensions import ROW_SIGNER
from registry.endpoints import WebhookEndpoint
from registry.factors import Factor
from registry.identity import Authority
from registry.in_force import CalendarFile
from registry.organisations import Bureau, Enterprise, Office
from registry.people import Deputy, Membership, SignInLink, User
from registry.tokens import ApiToken
from registry.two_persons import ActOfTwo

GONE: Final = ""
"""The digest of a row that is there no more."""

_PLAIN: Final[Mapping[type[Any], Collection[str]]] = {
    User: ("language", "notices"), Membership: (), Deputy: (), Authority: (), Bureau: (), Enterprise: (), Office: (),
    SignInLink: (), CalendarFile: (), Factor: ("counter", "used_at", "label"), ActOfTwo: (),
    ApiToken: ("used_at", "used_from"),
    WebhookEndpoint: ("after", "tries", "failing_since", "next_try_at", "claimed_until"), EventText: (),
}  # fmt: skip
REGISTERED: Final[dict[str, Table]] = {model.__tablename__: model.__table__ for model in _PLAIN}
"""The tables of the register. Of the words beside the events those that were emptied stand in it, no others."""
UNSEALED: Final = {model.__tablename__: frozenset(names) for model, names in _PLAIN.items()}
"""Their columns that anybody may change for themselves, or that count."""

PAGE: Final = 500
_LOCK: Final = 0x72656769
"""The advisory lock under which PostgreSQL lengthens the chain; SQLite has one writer at a time."""


class Entered(NamedTuple):
    """The last entry of a row."""

    id: int
    salt: str
    digest: str


def plain(value: object) -> object:
    """A value of a column as it is sealed, the same on every database."""
    if isinstance(value, datetime):
        return instant(value)
    return value.isoformat() if isinstance(value, date) else value


def form(row: Any, unsealed: Collection[str] = ()) -> str:
    """What a row says, in one spelling. What is empty is left out: a column that is added later changes nothing."""
    said = {name: plain(value) for name, value in row.items() if value and name not in unsealed}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def entry_hash(previous: str, tab: str, key: str, digest: str) -> str:
    """What the next entry quotes."""
    return sha256(f"{previous}\n{tab}\n{key}\n{digest}".encode()).hexdigest()


def rows_of(
    connection: Connection, tab: str, keys: Collection[str] | None, names: Collection[str] = ()
) -> dict[str, str]:
    """What the rows of a table say, by key: those of some keys, or all; of its columns those named, or all."""
    table = REGISTERED[tab]
    key = next(iter(table.primary_key.columns))
    columns = [column for column in table.columns if not names or column.name in names]
    query = select(*columns).order_by(key)
    if tab == EventText.__tablename__:
        query = query.where(table.c.text.is_(None))
    of = key.type.python_type
    pages = [query] if keys is None else [query.where(key.in_([of(one) for one in page])) for page in _pages(keys)]
    return {
        str(row[key.name]): form(row, UNSEALED[tab]) for page in pages for row in connection.execute(page).mappings()
    }


def entered(connection: Connection, tab: str, keys: Collection[str] | None) -> dict[str, Entered]:
    """The last entry of each row of a table, by key: of some keys, or all."""
    table = RegisterEntry.__table__
    query = select(table.c.row_key, table.c.id, table.c.salt, table.c.digest).where(table.c.tab == tab)
    query = query.order_by(table.c.id)
    pages = [query] if keys is None else [query.where(table.c.row_key.in_(page)) for page in _pages(keys)]
    return {key: Entered(*said) for page in pages for key, *said in connection.execute(page)}


def enter(
    connection: Connection,
    touched: Mapping[str, Collection[str] | None],
    names: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> None:
    """Enter each row that says something else than its last entry: of each table some keys, or all.

    `names` are the columns that a table has: a migration may come before some that the model knows.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    made = []
    previous = last_of(connection)
    has_sig = not names or "sig" in names.get(RegisterEntry.__tablename__, ())
    signer = connection.get_execution_options().get(ROW_SIGNER) if has_sig else None
    for tab, keys in sorted(touched.items()):
        now, before = rows_of(connection, tab, keys, names.get(tab, ())), entered(connection, tab, keys)
        for key in sorted({*now, *before}):
            said, last = now.get(key), before.get(key)
            if _stands(said, last):
                continue
            salt, digest = salted(said) if said is not None else ("", GONE)
            hash = entry_hash(previous, tab, key, digest)
            entry = {"tab": tab, "row_key": key, "salt": salt, "digest": digest, "previous": previous, "hash": hash}
            made.append(entry | ({"sig": signer(RegisterEntry.__tablename__, entry)} if signer else {}))
            previous = hash
    if made:
        connection.execute(insert(RegisterEntry), made)


def differing(connection: Connection, tab: str) -> Iterator[tuple[str, Entered | None]]:
    """The rows of a table that do not say what their last entry has, with that entry; also those that are gone."""
    now, before = rows_of(connection, tab, None), entered(connection, tab, None)
    for key in sorted({*now, *before}):
        if not _stands(now.get(key), before.get(key)):
            yield key, before.get(key)


def last_of(connection: Connection) -> str:
    """The hash of the last entry."""
    table = RegisterEntry.__table__
    return connection.execute(select(table.c.hash).order_by(table.c.id.desc()).limit(1)).scalar() or GENESIS


def _stands(said: str | None, last: Entered | None) -> bool:
    if said is None or last is None or last.digest == GONE:
        return said is None and (last is None or last.digest == GONE)
    return salted_hash(last.salt, said) == last.digest


def _pages(keys: Collection[str]) -> Iterator[list[str]]:
    every = sorted(keys)
    return (every[at : at + PAGE] for at in range(0, len(every), PAGE))


@event.listens_for(Session, "after_flush")
def _note_rows(session: Session, _context: object) -> None:
    for row in (*session.new, *session.dirty, *session.deleted):
        tab = getattr(row, "__tablename__", "")
        if tab in REGISTERED:
            keys = session.info.setdefault("touched", {}).setdefault(tab, set())
            if keys is not None:
                keys.add(str(object_mapper(row).primary_key_from_instance(row)[0]))


@event.listens_for(Session, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        tab = getattr(getattr(state.statement, "table", None), "name", "")
        if tab in REGISTERED and tab != EventText.__tablename__:
            state.session.info.setdefault("touched", {})[tab] = None


@event.listens_for(Session, "before_commit")
def _enter_touched(session: Session) -> None:
    """What was taken back meanwhile, in a savepoint or whole, stands as it was entered: it is looked at for nothing."""
    session.flush()
    if touched := session.info.pop("touched", None):
        enter(session.connection(), {tab: keys for tab, keys in touched.items() if tab in REGISTERED})
