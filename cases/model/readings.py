"""Who read what: a row a person, thing and minute, so that an auditor can say who has looked at a case.

A row is written before the answer leaves. Where the database takes none in time, the reading goes into a file, and the
scheduler takes it in: nobody waits for the log, and it misses nothing that a disk could keep. Lists are no reading.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ForeignKey, Index, Insert, String, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Mapped, mapped_column

from cases.model.bisect import apart
from extensions import Base, Instant, reading, transaction
from workflow.jurisdiction import Jurisdiction

log = logging.getLogger("redress.cases")

HASTE: Final = 250
"""Milliseconds that an answer waits for the log."""
BATCH: Final = 5_000
"""Rows taken in, and rows disposed of, in a beat."""


class Reading(Base):
    """A person opened a thing. No key ties it to the case or record: it must outlive what somebody removes."""

    __tablename__ = "reading"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))
    minute: Mapped[datetime] = mapped_column(Instant)
    what: Mapped[str] = mapped_column(String(12))
    """What was shown: `case` `file` `paper` `letter` `receipt` `record` `audit` `export` `readers` `person`."""
    ref: Mapped[str] = mapped_column(String(20))
    """Which: the number of a case, else an id."""
    case_id: Mapped[int | None]
    record_id: Mapped[int | None]
    party: Mapped[str] = mapped_column(String(12))
    """At which desk they sit: `enterprise`, `bureau`, `office`."""
    place_id: Mapped[int | None]
    """Which enterprise or bureau."""
    for_id: Mapped[int | None]
    """For whom they stood in that day."""

    __table_args__ = (
        Index("uq_reading_once", "user_id", "minute", "what", "ref", unique=True),
        Index("ix_reading_case", "case_id", "minute"),
        Index("ix_reading_record", "record_id", "minute"),
        Index("ix_reading_minute", "minute"),
    )


@dataclass(frozen=True)
class NewReading:
    """A reading to be kept; `at` is cut to its minute."""

    user_id: int
    at: datetime
    what: str
    ref: str
    party: str
    case_id: int | None = None
    record_id: int | None = None
    place_id: int | None = None
    for_id: int | None = None

    def row(self) -> dict[str, Any]:
        values = asdict(self)
        return values | {"minute": values.pop("at").replace(second=0, microsecond=0)}


class Waiting:
    """Readings that the database did not take: a file each, whole or not there, until the scheduler takes them in."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "readings"

    def put(self, new: NewReading) -> None:
        """Keep one; raises OSError where the disk does not."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{secrets.token_hex(16)}.json"
        begun = path.with_suffix(".begun")
        with begun.open("w", encoding="utf-8") as file:
            json.dump(asdict(new) | {"at": new.at.isoformat()}, file)
            file.flush()
            os.fsync(file.fileno())
        begun.replace(path)

    def count(self) -> int:
        return len(self._paths())

    def take(self) -> list[tuple[Path, NewReading]]:
        """At most a batch of them; one taken in is removed by whoever took it, one that is none is set aside."""
        return [(path, new) for path in self._paths()[:BATCH] if (new := _read(path))]

    def _paths(self) -> list[Path]:
        return sorted(self._folder.glob("*.json")) if self._folder.is_dir() else []


def keep(engine: Engine, new: NewReading, haste: int = HASTE) -> None:
    """Write a reading in a transaction of its own; a second one in a minute changes nothing.

    Raises what the database raises where it cannot be written within `haste` milliseconds.
    """
    with _hasty(engine, haste) as connection:
        connection.execute(_once(connection.dialect.name), [new.row()])


def take_in(waiting: Waiting) -> int:
    """Write what waits; gives how many. Killed in between, it is taken in again, and stands there once; one that the
    database refuses is set aside and holds up no other."""
    found = waiting.take()
    if not found:
        return 0
    places = range(len(found))
    try:
        return len(_write(found, places))
    except Exception as error:
        return len(apart(places, error, partial(_write, found), lambda place, why: _set_aside(found[place][0], why)))


def _write(found: Sequence[tuple[Path, NewReading]], places: Sequence[int]) -> list[int]:
    """The readings at these places, in one transaction; their files are gone once they stand there."""
    with transaction() as session:
        connection = session.connection()
        connection.execute(_once(connection.dialect.name), [found[place][1].row() for place in places])
    for place in places:
        found[place][0].unlink(missing_ok=True)
    return list(places)


def dispose(law: Jurisdiction, now: datetime) -> int:
    """Remove the readings that the place keeps no longer, a batch at a time; gives how many."""
    ends = kept_since(law, now)
    with transaction() as session:
        old = session.scalars(
            select(Reading.id).where(Reading.minute < ends).order_by(Reading.minute).limit(BATCH)
        ).all()
        if old:
            session.execute(delete(Reading).where(Reading.id.in_(old)))
        return len(old)


def kept_since(law: Jurisdiction, now: datetime) -> datetime:
    """From which moment on readings are kept: so many years back, to the day."""
    years = law.place.readings_kept_years
    local = now.astimezone(law.zone)
    leap = local.month == 2 and local.day == 29
    return local.replace(
        year=local.year - years, day=28 if leap else local.day, hour=0, minute=0, second=0, microsecond=0
    )


def _once(dialect: str) -> Insert:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(Reading).on_conflict_do_nothing()


def _read(path: Path) -> NewReading | None:
    try:
        said = json.loads(path.read_text("utf-8"))
        return replace(NewReading(**said), at=datetime.fromisoformat(said["at"]))
    except FileNotFoundError:  # another scheduler has just taken it in
        return None
    except (ValueError, TypeError, KeyError) as error:
        _set_aside(path, error)
        return None


def _set_aside(path: Path, error: Exception) -> None:
    """Keep what cannot be taken in beside the others, for whoever runs the platform: no beat reads it again."""
    with suppress(FileNotFoundError):  # another scheduler has just done the same
        path.rename(path.with_suffix(".bad"))
    log.error("reading %s cannot be taken in and was set aside", path.name, exc_info=error)


@contextmanager
def _hasty(engine: Engine, haste: int) -> Iterator[Connection]:
    """A transaction on a connection of its own, which waits no longer than that for a lock."""
    token = reading.set(False)
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                with connection.begin():
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(haste)}")
                    yield connection
                return
            raw: Any = connection.connection.driver_connection
            usual = raw.execute("PRAGMA busy_timeout").fetchone()[0]
            raw.execute(f"PRAGMA busy_timeout = {int(haste)}").close()
            try:
                with connection.begin():
                    yield connection
            finally:
                raw.execute(f"PRAGMA busy_timeout = {usual}").close()
    finally:
        reading.reset(token)
