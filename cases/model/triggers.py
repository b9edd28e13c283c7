"""The database's own refusal to change or remove what is written for good: events, checkpoints, the register, seals.

The migration that makes a table calls `create`, and so must every later one that rebuilds it: Alembic's
batch mode on SQLite copies the table and silently drops its triggers. A start-up check asks `missing`.
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import text
from sqlalchemy.engine import Connection

EVENT: Final = "event"
CHECKPOINT: Final = "checkpoint"
PROMISE: Final = "promise"
ACCOUNT_ACT: Final = "account_act"
DELIVERY_ACT: Final = "delivery_act"
REGISTER: Final = "register_entry"
SEALED: Final = "sealed_row"
_SAME: Final = {
    EVENT: ("id = NEW.id", "case_id = NEW.case_id AND seq = NEW.seq"),
    CHECKPOINT: ("id = NEW.id",),
    PROMISE: ("id = NEW.id", "previous = NEW.previous"),
    ACCOUNT_ACT: ("id = NEW.id",),
    DELIVERY_ACT: ("id = NEW.id",),
    REGISTER: ("id = NEW.id", "previous = NEW.previous"),
    SEALED: ("tab = NEW.tab AND row_id = NEW.row_id",),
}
"""By table: what makes a row another one's replacement."""

_NAMED: Final = {
    EVENT: "an event",
    CHECKPOINT: "a checkpoint",
    PROMISE: "a promise",
    ACCOUNT_ACT: "an act on an account",
    DELIVERY_ACT: "what was done about a delivery",
    REGISTER: "an entry of the register",
    SEALED: "a sealed row",
}
_STATEMENT_BEFORE_DELETE_UPDATE_TRUNCATE: Final = 2 | 8 | 16 | 32
"""PostgreSQL's `tgtype`: BEFORE, DELETE, UPDATE, TRUNCATE; no bit 1, so for each statement."""


def create(connection: Connection, table: str = EVENT) -> None:
    """Make the triggers of a table, or make them again."""
    for statement in _statements(connection.dialect.name, table):
        connection.exec_driver_sql(statement)


def missing(connection: Connection) -> list[str]:
    """The names of triggers that do not stand as they were made: dropped, disabled or rewritten."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        identity = {row.name: row.sql for row in rows}
        return [name for table in _SAME for name, sql in _sqlite(table).items() if identity.get(name) != sql]
    return [_postgresql(table) for table in _SAME if not _stands(connection, table)]


def _stands(connection: Connection, table: str) -> bool:
    found = connection.execute(_STANDING, {"table": table, "name": _postgresql(table)}).one_or_none()
    if found is None or found.tgenabled not in ("O", "A") or found.prosrc.strip() != _postgresql_body(table):
        return False
    return bool(found.tgtype == _STATEMENT_BEFORE_DELETE_UPDATE_TRUNCATE)


_STANDING: Final = text(
    "SELECT t.tgenabled::text AS tgenabled, t.tgtype, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
    " WHERE t.tgrelid = to_regclass(:table) AND t.tgname = :name"
)


def _statements(dialect: str, table: str) -> list[str]:
    if dialect == "sqlite":
        return [part for name, sql in _sqlite(table).items() for part in (f"DROP TRIGGER IF EXISTS {name}", sql)]
    name = _postgresql(table)
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {_postgresql_body(table)} $$",
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    ]


def _sqlite(table: str) -> Mapping[str, str]:
    """By name. REPLACE walks past the trigger on DELETE where a connection has not set recursive_triggers."""
    replaced = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {same})" for same in _SAME[table])
    return {
        f"{table}_refuses_update": f"CREATE TRIGGER {table}_refuses_update BEFORE UPDATE ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{_NAMED[table]} is never changed'); END",
        f"{table}_refuses_delete": f"CREATE TRIGGER {table}_refuses_delete BEFORE DELETE ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{_NAMED[table]} is never removed'); END",
        f"{table}_refuses_replace": f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table}"
        f" WHEN {replaced} BEGIN SELECT RAISE(ABORT, '{_NAMED[table]} is never replaced'); END",
    }


def _postgresql(table: str) -> str:
    return f"{table}_refuses_change"


def _postgresql_body(table: str) -> str:
    return f"BEGIN RAISE EXCEPTION '{_NAMED[table]} is never changed or removed'; END"
