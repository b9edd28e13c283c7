"""The databases of the tests: which a test runs on, and how each begins as on a new one.

Tests run on SQLite. What the database itself has a part in is marked `both_databases` and runs on PostgreSQL too:
locks, triggers, counting, sorting, time zones, and the queries of every page. `postgresql` and `sqlite` mark what
only one of them can do. `EVERY_DATABASE=1` runs all that is not marked on both.
"""

import os
import shutil
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

SQLITE, POSTGRESQL = "sqlite", "postgresql"
MARKED = {"both_databases": (SQLITE, POSTGRESQL), "sqlite": (SQLITE,), "postgresql": (POSTGRESQL,)}

EMPTY = """
DO $$ DECLARE held record; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR held IN SELECT oid::regclass AS name, pg_relation_size(oid) > 65536 AS grown FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
        AND pg_relation_size(oid) > 0
    LOOP
        IF held.grown THEN EXECUTE 'TRUNCATE ' || held.name || ' CASCADE'; ELSE EXECUTE 'DELETE FROM ' || held.name;
        END IF;
    END LOOP;
    PERFORM setval(oid::regclass, 1, false) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'S';
END $$
"""
"""Empties what a PostgreSQL holds, past the triggers that keep events. A truncation makes files anew for a table and
its indexes, which takes longer than most tests write: it is kept for tables that have grown."""

KEEP = """
DO $$ DECLARE name text; BEGIN
    CREATE SCHEMA kept;
    CREATE TABLE kept.counters AS
        SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
    FOR name IN SELECT quote_ident(relname) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
        AND pg_relation_size(oid) > 0
    LOOP EXECUTE 'CREATE TABLE kept.' || name || ' AS TABLE public.' || name;
    END LOOP;
END $$
"""
FILL = """
DO $$ DECLARE name text; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT quote_ident(relname) FROM pg_class
        WHERE relnamespace = 'kept'::regnamespace AND relkind = 'r' AND relname <> 'counters'
    LOOP EXECUTE 'INSERT INTO public.' || name || ' OVERRIDING SYSTEM VALUE SELECT * FROM kept.' || name;
    END LOOP;
    PERFORM setval(('public.' || quote_ident(sequencename))::regclass, last_value) FROM kept.counters;
END $$
"""
"""What a PostgreSQL holds is kept in a schema beside, and put back from there into the emptied tables."""


def databases_of(test: pytest.Item) -> tuple[str, ...]:
    """Where a test runs, by its nearest mark: its own, then its class's, then its file's."""
    chosen = next((MARKED[mark.name] for mark in test.iter_markers() if mark.name in MARKED), None)
    return chosen or MARKED["both_databases" if os.environ.get("EVERY_DATABASE") else "sqlite"]


@sa.event.listens_for(sa.Engine, "connect")
def _without_waiting(connection: Any, _record: Any) -> None:
    """No test outlives the machine: a SQLite of theirs waits for no disk."""
    if type(connection).__module__.startswith("sqlite3"):
        connection.execute("PRAGMA synchronous=OFF").close()


def settle(path: Path) -> None:
    """Bring into a SQLite file what stands beside it, so that the file alone can be copied."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def renew(path: Path, template: Path) -> None:
    """A new SQLite file in the place of the old one: whoever still holds the old one writes into nothing of ours."""
    new = path.with_suffix(".new")
    shutil.copy(template, new)
    for extra in ("-wal", "-shm"):
        path.with_name(path.name + extra).unlink(missing_ok=True)
    new.replace(path)


def empty(url: str) -> None:
    """Empty a PostgreSQL database. Fails where a session that a test has forgotten holds a lock."""
    _run(url, EMPTY)


def keep(url: str) -> None:
    """Keep what a PostgreSQL database holds, once, and empty it."""
    _run(url, KEEP)
    empty(url)


def fill(url: str) -> None:
    """Put what was kept into the empty database."""
    _run(url, FILL)


def _run(url: str, statement: str) -> None:
    with _cleaner(url).begin() as connection:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '20s'")
        connection.exec_driver_sql(statement)


@cache
def _cleaner(url: str) -> sa.Engine:
    return sa.create_engine(url)
