"""The database's own refusal to change or remove an event, and the check that it still stands.

The migration that makes the table calls `create`, and so must every later one that rebuilds it: Alembic's
batch mode on SQLite copies the table and silently drops its triggers. A start-up check asks `missing`.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import text
from sqlalchemy.engine import Connection

_SQLITE: Final = {
    "event_refuses_update": "CREATE TRIGGER event_refuses_update BEFORE UPDATE ON event"
    " BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END",
    "event_refuses_delete": "CREATE TRIGGER event_refuses_delete BEFORE DELETE ON event"
    " BEGIN SELECT RAISE(ABORT, 'an event is never removed'); END",
    # REPLACE walks past the trigger above on every connection that has not set recursive_triggers.
    "event_refuses_replace": "CREATE TRIGGER event_refuses_replace BEFORE INSERT ON event"
    " WHEN EXISTS (SELECT 1 FROM event WHERE id = NEW.id)"
    " OR EXISTS (SELECT 1 FROM event WHERE case_id = NEW.case_id AND seq = NEW.seq)"
    " BEGIN SELECT RAISE(ABORT, 'an event is never replaced'); END",
}
_POSTGRESQL_BODY: Final = "BEGIN RAISE EXCEPTION 'an event is never changed or removed'; END"
_POSTGRESQL_TRIGGER: Final = "event_refuses_change"
_STATEMENT_BEFORE_DELETE_UPDATE_TRUNCATE: Final = 2 | 8 | 16 | 32
"""PostgreSQL's `tgtype`: BEFORE, DELETE, UPDATE, TRUNCATE; no bit 1, so for each statement."""


def create(connection: Connection) -> None:
    """Make the triggers, or make them anew."""
    for statement in _statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def missing(connection: Connection) -> list[str]:
    """The names of triggers that do not stand as they were made: dropped, disabled or rewritten."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        standing = {row.name: row.sql for row in rows}
        return [name for name, sql in _SQLITE.items() if standing.get(name) != sql]
    found = connection.execute(_POSTGRESQL_STANDING, {"name": _POSTGRESQL_TRIGGER}).one_or_none()
    stands = found is not None and found.tgenabled in ("O", "A") and found.prosrc.strip() == _POSTGRESQL_BODY
    complete = stands and found is not None and found.tgtype == _STATEMENT_BEFORE_DELETE_UPDATE_TRUNCATE
    return [] if complete else [_POSTGRESQL_TRIGGER]


_POSTGRESQL_STANDING: Final = text(
    "SELECT t.tgenabled::text AS tgenabled, t.tgtype, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
    " WHERE t.tgrelid = to_regclass('event') AND t.tgname = :name"
)


def _statements(dialect: str) -> list[str]:
    if dialect == "sqlite":
        return [part for name, sql in _SQLITE.items() for part in (f"DROP TRIGGER IF EXISTS {name}", sql)]
    return [
        f"CREATE OR REPLACE FUNCTION {_POSTGRESQL_TRIGGER}() RETURNS trigger LANGUAGE plpgsql"
        f" AS $$ {_POSTGRESQL_BODY} $$",
        f"DROP TRIGGER IF EXISTS {_POSTGRESQL_TRIGGER} ON event",
        f"CREATE TRIGGER {_POSTGRESQL_TRIGGER} BEFORE UPDATE OR DELETE OR TRUNCATE ON event"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {_POSTGRESQL_TRIGGER}()",
    ]
