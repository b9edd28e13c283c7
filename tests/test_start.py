"""Starting: production comes up on each database, and refuses one that is not safe to serve."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from config import Settings, Unsafe, settings_from
from extensions import db, transaction
from registry.people import add_person
from tests.conftest import make_settings
from wsgi import create_app


@pytest.fixture
def production(database_url: str, tmp_path: Path) -> Settings:
    return replace(make_settings(tmp_path, database_url, "production"), jurisdiction="cn-nm-etuoke")


def test_production_starts_and_can_be_written_to(production: Settings) -> None:
    with create_app(production).app_context():
        with transaction() as session:
            add_person(session, "zhang", "张", ["officer"])
        db.engine.dispose()


def test_the_first_person_of_a_bureau_can_be_added_to_an_empty_database(production: Settings) -> None:
    app = create_app(production)
    added = app.test_cli_runner().invoke(
        args=["people", "add", "li", "--role", "reviewer", "--bureau", "鄂托克旗市场监督管理局"]
    )
    assert added.output.startswith("/sign-in/")
    with app.app_context():
        db.engine.dispose()


def test_production_refuses_a_database_with_demo_accounts(production: Settings) -> None:
    with create_app(production).app_context():
        with transaction() as session:
            add_person(session, "office", "赵", ["officer"], demo=True)
        db.engine.dispose()
    with pytest.raises(Unsafe, match="demo accounts"):
        create_app(production)


def test_production_refuses_a_database_that_no_longer_guards_its_events(production: Settings) -> None:
    engine = sa.create_engine(production.database_url)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER event_refuses_update")
        else:
            connection.exec_driver_sql("ALTER TABLE event DISABLE TRIGGER event_refuses_change")
    try:
        with pytest.raises(Unsafe, match="no longer guards"):
            create_app(production)
    finally:
        if engine.dialect.name != "sqlite":  # one database serves many tests
            with engine.begin() as connection:
                connection.exec_driver_sql("ALTER TABLE event ENABLE TRIGGER event_refuses_change")
        engine.dispose()


def test_production_refuses_a_missing_or_short_key(tmp_path: Path) -> None:
    for key in ("", "short"):
        with pytest.raises(Unsafe, match="SECRET_KEY"):
            settings_from({"MODE": "production", "SECRET_KEY": key, "DATA_DIR": str(tmp_path)})


def test_the_demo_refuses_to_be_served_to_others(tmp_path: Path) -> None:
    with pytest.raises(Unsafe, match="HOST"):
        settings_from({"MODE": "demo", "HOST": "0.0.0.0", "DATA_DIR": str(tmp_path)})
