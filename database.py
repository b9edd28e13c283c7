"""The database's connections: how they are made and kept, and what is the matter where one fails.

Also several questions asked as one. It knows no table, no session and no Flask.
"""

import json
import os
import select
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection, Dialect, make_url
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree


class Trouble(StrEnum):
    """Why the database did not do what it was asked, where nobody's bug is to blame."""

    BUSY = "busy"
    """Others held what was needed for too long; in a moment it may go well."""
    GONE = "gone"
    """It cannot be reached, or cannot be written to."""
    FULL = "full"
    """There is no room to write."""
    BROKEN = "broken"
    """What lies on the disk cannot be read or written: all of it, or one page of it."""

    @property
    def passes(self) -> bool:
        """Whether it is no fault of what was being done: later, the same goes well."""
        return self is not Trouble.BROKEN


class Unknown(Exception):
    """The connection broke while a transaction was being committed: nobody can say whether it was recorded."""


_OF_SQLITE: Final[Mapping[Trouble, tuple[int, ...]]] = {
    Trouble.BUSY: (5, 6, 15),
    Trouble.FULL: (13,),
    Trouble.GONE: (3, 8, 14),
    Trouble.BROKEN: (10, 11, 26),
}
"""SQLite's primary result codes: busy, locked, protocol; full; perm, readonly, cantopen; ioerr, corrupt, notadb."""
_OF_POSTGRESQL: Final[Mapping[Trouble, tuple[str, ...]]] = {
    Trouble.BUSY: ("55P03", "40P01", "40001", "57014", "53300", "53200"),
    Trouble.FULL: ("53100", "53400"),
    Trouble.GONE: ("25006", "25P03", "57P", "08", "28", "3D000"),
    Trouble.BROKEN: ("58", "XX001", "XX002"),
}
"""How a SQLSTATE begins: lock not had, deadlock, not serializable, cancelled, no connection or memory left; disk full;
read-only, idle too long, shut down, connection lost, not let in, no such database; its disk, its data."""


def trouble_of(error: BaseException) -> Trouble | None:
    """What is the matter with the database; None where the error is a bug's or a case's own."""
    if isinstance(error, Unknown):
        return Trouble.GONE
    if isinstance(error, NoConnectionFree):
        return Trouble.BUSY
    if not isinstance(error, DBAPIError):
        return None
    if error.connection_invalidated:
        return Trouble.GONE
    code, state = getattr(error.orig, "sqlite_errorcode", None), getattr(error.orig, "sqlstate", None)
    if code is not None:
        return next((trouble for trouble, codes in _OF_SQLITE.items() if code & 0xFF in codes), None)
    if state is not None:
        return next((trouble for trouble, begins in _OF_POSTGRESQL.items() if state.startswith(begins)), None)
    return Trouble.GONE if isinstance(error, OperationalError) else None


IDLE_AT_MOST: Final = 5 * 60 * 1000
"""Milliseconds after which PostgreSQL takes the locks from one of us that stopped in the middle of a transaction."""


def engine_options(url: str, wait: float) -> dict[str, Any]:
    """How connections are made: nothing waits longer than `wait` seconds for a lock, nor for a server that is silent.

    What the address itself says of a setting holds.
    """
    if not url.startswith("postgresql"):
        return {"connect_args": {"timeout": wait}}
    milliseconds = int(wait * 1000)
    held = {
        "lock_timeout": milliseconds,
        "idle_in_transaction_session_timeout": IDLE_AT_MOST,
        "jit": "off",  # to compile a desk's query took two to six times as long as to answer it
    }
    ours = {
        "options": " ".join(f"-c {name}={value}" for name, value in held.items()),
        "connect_timeout": max(2, round(wait)),
        "tcp_user_timeout": max(15000, milliseconds),
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
    }
    said = make_url(url).query
    return {"connect_args": {name: value for name, value in ours.items() if name not in said}}


_opened: Final[set[str]] = set()
"""The SQLite files that this process has opened."""


@event.listens_for(Engine, "do_connect")
def _make_no_file_anew(dialect: Dialect, _record: Any, arguments: list[Any], named: dict[str, Any]) -> None:
    """A file that was opened and is no longer there has been taken away: an empty one in its place would hide that."""
    if dialect.name == "sqlite" and arguments and (path := os.path.realpath(arguments[0])) in _opened:
        arguments[0], named["uri"] = f"file:{quote(path)}?mode=rw", True


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, record: Any) -> None:
    if not type(connection).__module__.startswith("sqlite3"):
        return
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "recursive_triggers=ON"):
        connection.execute(f"PRAGMA {pragma}").close()
    if path := connection.execute("PRAGMA database_list").fetchone()[2]:
        record.info["file"] = path, _identity(path)
        if os.path.realpath(path) not in _opened:
            with suppress(OSError):  # a file of another account, which lets us in
                os.chmod(path, 0o600)  # what stands beside it gets the same
        _opened.add(os.path.realpath(path))


@event.listens_for(Engine, "checkout")
def _require_alive(connection: Any, record: Any, _proxy: Any) -> None:
    """Before a connection is used again: its server has not closed it, its file is still the one that lies there.

    A server that ends a connection says so on it, so that there is something to read where nothing was asked: to look
    costs microseconds and no round trip. SQLite would write on into a file that was put aside or replaced.
    """
    if kept := record.info.get("file"):
        path, identity = kept
        if _identity(path) != identity:
            raise InvalidatePoolError
    elif record.info.setdefault("used", False) and _says_something(connection):
        raise InvalidatePoolError
    record.info["used"] = True


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _says_something(connection: Any) -> bool:
    server = getattr(connection, "pgconn", None)
    if server is None:
        return False
    if connection.closed:
        return True
    waiting = select.poll()
    waiting.register(server.socket, select.POLLIN)
    return bool(waiting.poll(0))


Question = sa.Select[*tuple[Any, ...]]


def ask_together(
    connection: Connection, questions: tuple[Question, ...], values: Mapping[str, Any]
) -> Sequence[Sequence[Any]]:
    """The rows of each question, all in one statement and so of one moment. Questions are built once and kept."""
    asked, readers = _as_one(questions, connection.dialect)
    found = connection.execute(asked, values).one()
    return [read(text) for read, text in zip(readers, found, strict=True)]


@lru_cache(maxsize=100)
def _as_one(questions: tuple[Question, ...], dialect: Dialect) -> tuple[Question, list[Callable[[str], list[Any]]]]:
    """One question with a column of JSON for each, and what makes rows of them."""
    row, rows = sa.func.json_array, sa.func.json_group_array
    if dialect.name == "postgresql":
        row, rows = sa.func.json_build_array, sa.func.json_agg
    columns = [sa.select(sa.cast(rows(row(*each.subquery().c)), sa.Text)).scalar_subquery() for each in questions]
    return sa.select(*columns), [_rows_of(each, dialect) for each in questions]


def _rows_of(question: Question, dialect: Dialect) -> Callable[[str], list[Any]]:
    """Makes rows of JSON, with the values that the database would have given without it."""
    columns = question.selected_columns
    row: Any = namedtuple("row", list(columns.keys()))  # type: ignore[misc]  # the question says what is in it
    restored = [(i, value) for i, column in enumerate(columns) if (value := _restored(column.type, dialect))]

    def read(text: str | None) -> list[Any]:
        found = json.loads(text or "[]")
        for values in found:
            for i, value in restored:
                if values[i] is not None:
                    values[i] = value(values[i])
        return list(map(row._make, found))

    return read


def _restored(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What makes a value of one that went through JSON; None where it is the same."""
    if dialect.name != "postgresql":
        return kind.dialect_impl(dialect).result_processor(dialect, None)
    decorator = kind if isinstance(kind, sa.types.TypeDecorator) else None
    plain = decorator.impl_instance if decorator else kind
    if isinstance(plain, sa.DateTime):
        parse: Callable[[str], Any] = datetime.fromisoformat
        return (lambda text: decorator.process_result_value(parse(text), dialect)) if decorator else parse
    return date.fromisoformat if isinstance(plain, sa.Date) else None
