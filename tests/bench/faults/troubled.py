"""A site whose database can be taken away, locked, filled and cut off in the middle of what it does: really."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import Connection
from werkzeug.test import TestResponse

from application import create_app
from cases.model.tables import Case, Event, StuckCase
from extensions import db
from tests.bench.faults.page import Page
from tests.builders import Place, day, make_place
from tests.clients import Browser
from tests.conftest import make_settings
from tests.web.signing import in_session, session_for
from tests.web.walking import walk

WAIT = 0.2
RECENT = day(2026, 11, 24, 9)
"""Today, before the clock of the tests: nothing is due yet."""
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}
"""What a browser says of a form that one of our own pages sent."""

TRIGGERS = """
CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {what}; RETURN NEW; END $$;
CREATE {sort} TRIGGER trouble {moment} INSERT ON {table} {deferred} FOR EACH ROW EXECUTE FUNCTION trouble()
"""


@dataclass(frozen=True)
class Known:
    """A case as it stood when a page of it was shown."""

    id: int
    number: str
    length: int


@dataclass
class Site:
    """An application on a database of its own, with a place in it."""

    app: Flask
    url: str
    place: Place
    sessions: dict[str, str]

    @property
    def is_file(self) -> bool:
        return self.url.startswith("sqlite")

    @property
    def path(self) -> Path:
        return Path(self.url.removeprefix("sqlite:///"))

    def browser(self, who: str, language: str = "en") -> FlaskClient:
        return in_session(self.app.test_client(), self.sessions[who], language)

    def walk(self, *names: str, filed: datetime = RECENT, hours: int = 1) -> Known:
        """A case with a history; nothing of the test then stands between the product and its database."""
        case = walk(self.place, *names, filed=filed, hours=hours)
        known = Known(case.id, case.number, case.length)
        self.close()
        return known

    def send(self, who: str, case: Known, action: str, **data: object) -> TestResponse:
        """An act, as the page of the case as it stands sends it."""
        sent = {"shown": str(case.length), **data}
        return self.browser(who).post(f"/cases/{case.number}/{action}", data=sent, headers=FROM_HERE)

    def close(self) -> None:
        """Hold no connection."""
        db.session.commit()
        db.session.remove()
        db.engine.dispose()

    def events(self, case: Known, action: str = "") -> list[str]:
        """What has happened in a case, of one sort or all of it."""
        with self.owner() as owner:
            found = sa.select(Event.action).where(Event.case_id == case.id).order_by(Event.seq)
            return [name for name in owner.scalars(found) if action in ("", name)]

    def set_aside(self) -> list[int]:
        with self.owner() as owner:
            return list(owner.scalars(sa.select(StuckCase.case_id)))

    @contextmanager
    def owner(self) -> Iterator[Connection]:
        """The owner of the database, on a connection that is not the product's."""
        engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            yield connection
        engine.dispose()

    @contextmanager
    def away(self) -> Iterator[None]:
        """The database is gone, with all that was connected to it, and comes back."""
        if self.is_file:
            aside = self.path.with_suffix(".aside")
            self.path.rename(aside)
            yield
            aside.rename(self.path)
            return
        with self._administration() as owner:
            owner.exec_driver_sql(f'ALTER DATABASE "{self._name}" ALLOW_CONNECTIONS false')
            try:
                self.cut_off(owner)
                yield
            finally:
                owner.exec_driver_sql(f'ALTER DATABASE "{self._name}" ALLOW_CONNECTIONS true')

    def cut_off(self, owner: Connection | None = None) -> None:
        """The server ends every connection to the database; on a file, another file lies there than was opened."""
        if owner is None:
            with self._administration() as owner:
                return self.cut_off(owner)
        ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
        owner.exec_driver_sql(ended, (self._name,)).all()
        return None

    @contextmanager
    def locked(self, case: Known) -> Iterator[None]:
        """Somebody else holds what is needed to write, for longer than the product waits."""
        if self.is_file:
            with closing(sqlite3.connect(self.path, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                yield
                other.execute("ROLLBACK")
            return
        engine = sa.create_engine(self.url)
        with engine.begin() as other:
            other.execute(sa.select(Case.id).where(Case.id == case.id).with_for_update())
            yield
        engine.dispose()

    @contextmanager
    def when(self, what: str, table: str = "event", at_commit: bool = False) -> Iterator[None]:
        """PostgreSQL does something of its own accord as a row is inserted, or as that is committed."""
        words = ("CONSTRAINT", "AFTER", "DEFERRABLE INITIALLY DEFERRED") if at_commit else ("", "BEFORE", "")
        sort, moment, deferred = words
        with self.owner() as owner:
            for statement in TRIGGERS.format(what=what, table=table, sort=sort, moment=moment, deferred=deferred).split(
                "$$;\n"
            ):
                owner.exec_driver_sql(statement if "TRIGGER trouble" in statement else f"{statement}$$")
            try:
                yield
            finally:
                owner.exec_driver_sql("DROP FUNCTION trouble() CASCADE")

    @contextmanager
    def refusing(self, table: str) -> Iterator[None]:
        """The database refuses every new row of a table, as a bug in it would."""
        if not self.is_file:
            with self.when("RAISE EXCEPTION 'refused'", table):
                yield
            return
        with closing(sqlite3.connect(self.path)) as owner:
            owner.execute(f"CREATE TRIGGER trouble BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'refused'); END")
            yield
            owner.execute("DROP TRIGGER trouble")

    @contextmanager
    def full(self) -> Iterator[None]:
        """There is no room for another page."""
        if not self.is_file:
            with self.when("RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'"):
                yield
            return
        engine = db.engine
        event.listen(engine, "connect", _no_more_pages)
        engine.dispose()
        try:
            yield
        finally:
            event.remove(engine, "connect", _no_more_pages)
            engine.dispose()

    @property
    def _name(self) -> str:
        return sa.make_url(self.url).database or ""

    @contextmanager
    def _administration(self) -> Iterator[Connection]:
        engine = sa.create_engine(sa.make_url(self.url).set(database="postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            yield connection
        engine.dispose()


@contextmanager
def site_on(url: str, folder: Path, **config: object) -> Iterator[Site]:
    """A site that waits a fifth of a second for what others hold, and shows its error pages."""
    settings = replace(make_settings(folder, url), database_wait=WAIT)
    app = create_app(settings, **{"WTF_CSRF_ENABLED": False, "PROPAGATE_EXCEPTIONS": False, **config})
    app.test_client_class = Browser
    with app.app_context():
        place = make_place(db.session())
        yield Site(app, url, place, {name: session_for(person) for name, person in place.people.items()})
        db.session.remove()
        db.engine.dispose()


def _no_more_pages(connection: sqlite3.Connection, _record: object) -> None:
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages}").close()


def offered(answer: TestResponse) -> dict[str, str]:
    """The fields of the form that a page offers again, as its one button sends them."""
    [form] = Page(answer.text).forms
    return {one.name: one.value for one in form.asked if one.name}
