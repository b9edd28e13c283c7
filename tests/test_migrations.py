"""A database of the first version, with rows in every table, is brought to the newest one and nothing of it is lost.

The rows were written by the first version itself: three objections, one answered and one with a bureau, letters and
papers, a draft, a one-time link, a holiday notice, a body described anew, a case that the clock could not move.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import upgrade

from application import create_app
from cases.engine.advance import Command, advance
from cases.engine.mapping import gone
from cases.engine.sweep import sweep
from cases.ledger.verify import verify
from cases.model import triggers
from cases.model.tables import Case
from cases.model.visibility import person_in
from commands.upgrade import bring_up_to_date
from config import ROOT
from extensions import Base, db
from registry.identity import identity_of
from registry.people import User
from tests.builders import WORLD, day
from tests.conftest import make_settings

FIRST = json.loads((ROOT / "tests" / "data" / "first_version.json").read_text("utf-8"))
Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Upgraded:
    """An application on the upgraded database, and what stood in it before."""

    app: Flask
    url: str
    before: Rows


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def upgraded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgraded]:
    folder = tmp_path_factory.mktemp("first_version")
    url = f"sqlite:///{folder / 'redress.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("server").new_database("first_version")
    app = create_app(make_settings(folder, url))
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"), revision="0001")
        write(db.engine)
        before = rows(db.engine)
        assert bring_up_to_date(app)
        yield Upgraded(app, url, before)
        db.session.remove()
        db.engine.dispose()


def write(engine: sa.Engine) -> None:
    """The rows as they were, each under its own number."""
    tables = reflected(engine)
    with engine.begin() as connection:
        for table in tables.sorted_tables:
            if found := [{name: _read(value) for name, value in row.items()} for row in FIRST.get(table.name, [])]:
                connection.execute(table.insert(), found)
            if engine.dialect.name == "postgresql" and "id" in table.c and table.c.id.autoincrement is not False:
                behind = f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), MAX(id)) FROM {table.name}"
                connection.exec_driver_sql(behind)


def reflected(engine: sa.Engine) -> sa.MetaData:
    found = sa.MetaData()
    found.reflect(engine)
    return found


def rows(engine: sa.Engine) -> Rows:
    """Every row of every table there is now, in the order of its key."""
    with engine.connect() as connection:
        return {
            table.name: [
                {name: _plain(value) for name, value in row._mapping.items()}
                for row in connection.execute(sa.select(table).order_by(*table.primary_key))
            ]
            for table in reflected(engine).sorted_tables
        }  # fmt: skip


def _read(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {"at"}:
        return datetime.fromisoformat(value["at"])
    if isinstance(value, dict) and value.keys() == {"day"}:
        return date.fromisoformat(value["day"])
    return value


def _plain(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def test_there_is_a_row_in_every_table_of_the_first_version(upgraded: Upgraded) -> None:
    assert [name for name, found in upgraded.before.items() if not found] == []
    assert {name: len(found) for name, found in upgraded.before.items() if name != "alembic_version"} == {
        name: len(found) for name, found in FIRST.items()
    }


FORGOTTEN = {"user_": {"session_key"}}
"""What has no use any more: a session is a row, and no key of its person."""


def test_no_row_and_no_value_is_lost_or_changed(upgraded: Upgraded) -> None:
    after = rows(db.engine)
    for name, found in upgraded.before.items():
        if name != "alembic_version":
            columns = found[0].keys() - FORGOTTEN.get(name, set())
            kept = [{column: row[column] for column in columns} for row in after[name]]
            assert kept == [{column: row[column] for column in columns} for row in found], name


def test_every_column_that_came_later_has_what_it_needs(upgraded: Upgraded) -> None:
    """Such a row can be read and written as one of today: nothing is null that must not be."""
    after = rows(db.engine)
    for table in Base.metadata.sorted_tables:
        for column in (one for one in table.columns if not one.nullable):
            assert all(row[column.name] is not None for row in after[table.name]), f"{table.name}.{column.name}"


def test_the_tables_are_those_that_a_new_database_has(upgraded: Upgraded) -> None:
    there, made = reflected(db.engine), Base.metadata
    assert set(there.tables) - {"alembic_version"} == set(made.tables)
    for name, table in made.tables.items():
        assert {column.name: column.nullable for column in table.columns} == {
            column.name: column.nullable for column in there.tables[name].columns
        }, name
        assert _indexes(table) <= _indexes(there.tables[name]), name


def _indexes(table: sa.Table) -> set[tuple[str | None, bool]]:
    return {(index.name, bool(index.unique)) for index in table.indexes}


def test_events_are_guarded_and_the_ledger_matches(upgraded: Upgraded) -> None:
    with db.engine.connect() as connection:
        assert triggers.missing(connection) == []
        for statement in ("UPDATE event SET actor = 'x'", "DELETE FROM event"):
            with pytest.raises(sa.exc.DBAPIError, match=r"never (changed|removed)"):
                connection.exec_driver_sql(statement)
            connection.rollback()
    verdict = verify(db.session())
    assert (verdict.faults, verdict.events, verdict.chains) == ([], len(FIRST["event"]), len(FIRST["case_"]))


def test_the_kinds_know_its_cases_and_the_site_starts_on_it(upgraded: Upgraded, tmp_path: Path) -> None:
    assert gone(db.session()) == []
    db.session.commit()
    assert create_app(make_settings(tmp_path, upgraded.url))
    assert not bring_up_to_date(upgraded.app), "a second time there is nothing to do"
    with db.engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() != "0001"


def test_its_cases_go_on(upgraded: Upgraded) -> None:
    """The clock fires what is due, and a person acts on what was referred to them before."""
    session = db.session()
    now = day(2026, 12, 22)
    sweep(WORLD, now)
    case = session.scalars(sa.select(Case).where(Case.state == "with_bureau")).one()
    reviewer = session.scalars(sa.select(User).where(User.username == "reviewer2")).one()
    findings = {name: {"finding": "as_claimed"} for name in ("fine", "decided_on")}
    request = Command(case.id, "propose", {"findings": findings, "reasons": "已核对。"})
    assert advance(WORLD, request, person_in(identity_of(session, reviewer), case), now).state == "proposed"
    assert verify(session).faults == []
