"""The shared Flask objects, unbound, and the one way to own a transaction."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import DateTime, Engine, Index, MetaData, String, event, text
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from database import Trouble, Unknown, trouble_of


class Base(DeclarativeBase):
    """Every table's base; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


ROW_SIGNER: Final = "row_signer"
"""The option of an engine under which the signer of its rows stands; without it they go unsigned."""


def _signature(context: Any) -> str | None:
    signer = context.execution_options.get(ROW_SIGNER)
    return signer(context.current_column.table.name, context.get_current_parameters()) if signer else None


class SignedRow:
    """What a table has whose rows are signed by whoever inserts them, with a key outside the database."""

    sig: Mapped[str | None] = mapped_column(String(160), default=_signature, sort_order=100)


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of the rows that meet a condition, the same on both databases."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


db = SQLAlchemy(
    model_class=Base,
    session_options={"expire_on_commit": False, "autoflush": False},
    engine_options={"json_serializer": partial(json.dumps, ensure_ascii=False), "hide_parameters": True},
)
migrate = Migrate(render_as_batch=True)
login = LoginManager()
login.session_protection = None  # type: ignore[assignment]  # who has signed in is a row: a changed network address ends nothing
csrf = CSRFProtect()
babel = Babel()

reading: ContextVar[bool] = ContextVar("reading", default=False)
"""True while a request only reads: SQLite then begins without taking the write lock."""


@contextmanager
def only_reading() -> Iterator[None]:
    """What begins inside only reads: on SQLite it locks no writer out, and none locks it out."""
    token = reading.set(True)
    try:
        yield
    finally:
        reading.reset(token)


@contextmanager
def read_snapshot(session: Session) -> Iterator[Connection]:
    """A connection of its own that sees one moment, so that what is written meanwhile confuses nothing it compares.

    It locks nobody out and sees what is committed, not what the session holds.
    """
    with only_reading(), session.get_bind().engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


class Instant(TypeDecorator[datetime]):
    """A moment, aware, stored in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    """A read-then-write transaction takes the write lock at once: else updates are lost or refused."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN" if reading.get() else "BEGIN IMMEDIATE")


_wrote: ContextVar[bool] = ContextVar("wrote", default=False)
"""Whether the transaction that is open has written anything."""


@event.listens_for(Engine, "after_cursor_execute")
def _note_writing(_connection: Any, _cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
    if context is not None and (context.isinsert or context.isupdate or context.isdelete):
        _wrote.set(True)


@contextmanager
def transaction(*, user_initiated: bool = True) -> Iterator[Session]:
    """Own a transaction, or join the one a caller owns: it commits, or nothing of it happened.

    What was written in one that joins is flushed: the caller reads on as it would after a commit. Raises `Unknown`
    where the connection broke in the commit itself; `recorded()` then says whether one before it has written. What is
    not `user_initiated` counts in neither: it falls due by itself and is done again, or is our own counting.
    """
    session: Session = db.session()
    if session.info.get("owned"):
        yield session
        session.flush()
        return
    _end_reading(session)
    session.info["owned"] = True
    token, wrote = reading.set(False), _wrote.set(False)
    try:
        yield session
        _commit(session, user_initiated)
    except BaseException:
        session.rollback()
        raise
    finally:
        _wrote.reset(wrote)
        reading.reset(token)
        session.info["owned"] = False


def recorded() -> bool:
    """Whether anything that was asked for has been written for good since this request, or this beat, began."""
    return bool(db.session().info.get("recorded"))


def close_session(_error: BaseException | None = None) -> None:
    """End what a request has read. A connection that has gone meanwhile takes no page with it that is made already."""
    session: Session = db.session()
    try:
        session.close()
    except DBAPIError:
        session.invalidate()


def _end_reading(session: Session) -> None:
    """End a transaction that only read, so that the next begins as a writer. With its connection nothing is lost."""
    try:
        session.commit()
    except DBAPIError as error:
        session.rollback()
        if not error.connection_invalidated or session.new or session.dirty or session.deleted:
            raise


def _commit(session: Session, user_initiated: bool) -> None:
    session.flush()  # what fails here is known not to be recorded
    try:
        session.commit()
    except DBAPIError as error:
        lost = error.connection_invalidated or trouble_of(error) in (Trouble.GONE, Trouble.BROKEN)
        if lost and user_initiated:
            raise Unknown("the connection broke in the commit") from error
        raise
    if _wrote.get() and user_initiated:
        session.info["recorded"] = True
