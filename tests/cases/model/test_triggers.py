"""The database's own refusal to change or remove an event, and the check that it stands."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from cases.ledger.verify import verify
from cases.model import triggers
from tests.cases.ledger.ledgers import write_ledger

pytestmark = pytest.mark.both_databases


def test_the_database_as_the_migrations_leave_it_guards_its_events(session: Session) -> None:
    assert triggers.missing(session.connection()) == []


COLUMNS = "action, body, previous, hash, sig"
CHANGES = ("UPDATE event SET actor = 'user:99'", "DELETE FROM event", "UPDATE event SET id = id + 1000",
           f"INSERT INTO event SELECT id, case_id, seq, at, actor, {COLUMNS} FROM event WHERE true"
           " ON CONFLICT (id) DO UPDATE SET actor = 'user:99'")  # fmt: skip
ONLY = {
    "postgresql": ("TRUNCATE event CASCADE",),
    "sqlite": (
        f"INSERT OR REPLACE INTO event SELECT id, case_id, seq, at, 'user:9', {COLUMNS} FROM event",
        f"REPLACE INTO event SELECT id + 99, case_id, seq, at, 'user:9', {COLUMNS} FROM event",
        "UPDATE OR REPLACE event SET seq = 1",
    ),
}


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_the_database_refuses_to_change_or_remove_an_event(session: Session, recursive: str) -> None:
    write_ledger(session)
    dialect = session.get_bind().dialect.name
    for statement in (*CHANGES, *ONLY[dialect]):
        with session.get_bind().engine.connect() as connection:
            if dialect == "sqlite":  # as a stranger's shell would have it
                connection.connection.execute(f"PRAGMA recursive_triggers={recursive}")
            with pytest.raises(DBAPIError, match="an event is never"):
                connection.execute(text(statement))
    assert verify(session).ok


def test_a_trigger_that_was_dropped_disabled_or_emptied_is_reported(session: Session) -> None:
    write_ledger(session)
    sqlite = session.get_bind().dialect.name == "sqlite"
    with session.get_bind().engine.connect() as connection:
        assert triggers.missing(connection) == []
        if sqlite:
            connection.exec_driver_sql("DROP TRIGGER event_refuses_delete")
            connection.exec_driver_sql("CREATE TRIGGER event_refuses_delete BEFORE DELETE ON event BEGIN SELECT 1; END")
            assert triggers.missing(connection) == ["event_refuses_delete"]
            connection.exec_driver_sql("DROP TRIGGER event_refuses_update")
            assert triggers.missing(connection) == ["event_refuses_update", "event_refuses_delete"]
        else:
            connection.exec_driver_sql("ALTER TABLE event DISABLE TRIGGER event_refuses_change")
            assert triggers.missing(connection) == ["event_refuses_change"]
            triggers.create(connection)
            assert triggers.missing(connection) == []
            connection.exec_driver_sql("DROP TRIGGER event_refuses_change ON event")
            assert triggers.missing(connection) == ["event_refuses_change"]
            triggers.create(connection)
            connection.exec_driver_sql("CREATE OR REPLACE FUNCTION event_refuses_change() RETURNS trigger"
                                       " LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$")  # fmt: skip
            assert triggers.missing(connection) == ["event_refuses_change"]
        triggers.create(connection)
        assert triggers.missing(connection) == []
