"""What stands in a database, read in one snapshot with the driver alone and spelled the same on both sorts.

It imports nothing of the product: what it gives is what the tables hold. Instants are UTC to the microsecond as
`2026-11-24T02:42:00.000000Z`, days ISO text, JSON read where it is asked, truth values bool.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import psycopg
from psycopg.types.json import set_json_loads

Row = SimpleNamespace
"""One row: its columns by name."""

TABLES = {
    "case_": "id", "event": "case_id, seq, id", "event_text": "id", "attachment": "id",
    "case_bureau": "case_id, from_seq", "case_link": "to_case_id, seq", "timer": "id",
    "rung_fired": "timer_id, due_on, rung", "draft": "key", "case_series": "year, letters", "stuck_case": "case_id",
    "letter": "id", "paper": "id", "paper_series": "series, year", "credit_record": "id", "record_change": "id",
    "record_flag": "record_id, case_id", "record_statement": "id", "user_": "id",
    "checkpoint": "id", "checkpoint_head": "case_id",
}  # fmt: skip
"""The tables that are read, and in which order."""

INSTANTS = {"at", "opened_at", "closed_at", "first_closed_at", "next_at", "saved_at", "since", "last_at", "written_at",
            "served_at", "read_at", "next_try_at", "failing_since", "sent_at", "claimed_until",
            "issued_at"}  # fmt: skip
DAYS = {"filed_on", "due_on", "started_on", "born_on", "stopped_on", "decided_on", "display_until", "display_ended_on",
        "delisted_on", "sharing_stopped_on", "checked_on", "issued_on"}  # fmt: skip
DOCUMENTS = {"holds", "answers", "files", "values"}
TRUTHS = {"rolls", "provisional", "displayed", "listed", "shared", "specimen"}


Execute = Callable[[str], Any]
"""A statement run by a driver; gives its cursor."""


@dataclass
class Stored:
    """Every row of every table, as at one moment."""

    tables: dict[str, list[Row]] = field(default_factory=dict)

    def __getitem__(self, table: str) -> list[Row]:
        return self.tables[table]

    @cached_property
    def cases(self) -> dict[int, Row]:
        return {case.id: case for case in self["case_"]}

    @cached_property
    def by_number(self) -> dict[str, Row]:
        return {case.number: case for case in self["case_"]}

    @cached_property
    def events(self) -> dict[int, list[Row]]:
        """By case, in order; each with its body read as `said`, an empty one where it cannot be read."""
        return grouped(self["event"], "case_id")

    @cached_property
    def timers(self) -> dict[int, Row]:
        return {timer.id: timer for timer in self["timer"]}

    def event_of(self, case_id: int | None, seq: int | None) -> Row | None:
        return self._places.get((case_id, seq))

    @cached_property
    def _places(self) -> dict[tuple[int | None, int | None], Row]:
        return {(case_id, event.seq): event for case_id, events in self.events.items() for event in events}

    def name_of(self, case_id: int | None) -> str:
        """The case's number, by which a fault is told."""
        case = self.cases.get(case_id) if case_id is not None else None
        return case.number if case else f"#{case_id}"


def body_of(text: str) -> dict[str, Any]:
    """A sealed body, read; nothing where it is no JSON object."""
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def grouped(rows: Iterable[Row], column: str) -> dict[Any, list[Row]]:
    """The rows by what they hold in a column."""
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return found


def read_stored(database_url: str) -> Stored:
    """Every row, in one transaction that only reads. The address is the product's own `DATABASE_URL`."""
    kind, _, rest = database_url.partition("://")
    if kind.startswith("sqlite"):
        with closing(sqlite3.connect(f"file:{rest.removeprefix('/')}?mode=ro", uri=True, timeout=30)) as connection:
            connection.execute("BEGIN")
            return stored_by(connection.execute)
    with psycopg.connect(f"{kind.partition('+')[0]}://{rest}") as connection:
        as_it_stands(connection)
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        return stored_by(connection.execute)


def stored_by(execute: Execute, but: Mapping[str, list[Row]] | None = None) -> Stored:
    """Every row, by whatever runs a statement; of tables that are given, the rows that are given."""
    given = but or {}
    return Stored({table: given.get(table) or _read(execute, table, order) for table, order in TABLES.items()})


def _read(execute: Execute, table: str, order: str) -> list[Row]:
    cursor = execute(f"SELECT * FROM {table} ORDER BY {order}")
    names = [column[0] for column in cursor.description]
    rows = [Row(**dict(zip(names, row, strict=True))) for row in cursor]
    for name in names:
        if spell := SPELLED.get(name):
            for row in rows:
                setattr(row, name, spell(getattr(row, name)))
    if table == "event":
        for row in rows:
            row.said = body_of(row.body)
    return rows


def as_it_stands(connection: Any) -> None:
    """Let a connection to PostgreSQL give JSON as the text that stands there, as SQLite does."""
    set_json_loads(_as_text, connection)


def _as_text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _day(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _instant(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    return str(value).replace(" ", "T") + "Z"


def _document(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _truth(value: Any) -> Any:
    return None if value is None else bool(value)


SPELLED: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(INSTANTS, _instant), **dict.fromkeys(DAYS, _day), **dict.fromkeys(DOCUMENTS, _document),
    **dict.fromkeys(TRUTHS, _truth),
}  # fmt: skip
