"""Who read what: a row per person, thing and minute, and what an auditor asks of it.

A row is written before the answer leaves. Where the database takes none in time, the reading goes into a file and the
scheduler takes it in: nobody waits for the log. Lists are no reading, unless they are taken along.
"""

import json
import logging
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ColumnElement, ForeignKey, Index, Insert, String, delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.kinds import all_kinds
from cases.model.bisect import bisect
from cases.model.reading import LoadedCase
from cases.model.tables import Attachment, Case
from cases.model.visibility import visible_to
from extensions import Base, Instant, SignedRow, reading, transaction
from notifications.letters import Letter
from notifications.papers import Paper
from registry.credit_records import CreditRecord
from registry.identity import Identity, deputies_in_force
from registry.organisations import Bureau, Enterprise
from registry.people import User, people_with
from workflow.definition import DECIDES, Party
from workflow.jurisdiction import Jurisdiction
from workflow.past import waiting_proposal
from workflow.refusal import Message, say

log = logging.getLogger("redress.cases")

HASTE: Final = 250
"""Milliseconds that an answer waits for the log."""
BATCH: Final = 5_000
"""Rows taken in, and rows disposed of, in a beat."""


class ReadingRow(SignedRow, Base):
    """A person opened a thing. No key ties it to the case or record: it must outlive what somebody removes."""

    __tablename__ = "reading"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))
    minute: Mapped[datetime] = mapped_column(Instant)
    what: Mapped[str] = mapped_column(String(12))
    """What was shown: `case` `file` `paper` `letter` `receipt` `record` `audit` `export` `readers` `person`; `cases`: a
    list taken along as a sheet."""
    ref: Mapped[str] = mapped_column(String(20))
    """Which: the number of a case, else an id; of a list how many cases it held."""
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


class ReadingSpool:
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
        """At most a batch of them; the taker removes one it took in, and an unreadable one is set aside."""
        return [(path, new) for path in self._paths()[:BATCH] if (new := _read(path))]

    def _paths(self) -> list[Path]:
        return sorted(self._folder.glob("*.json")) if self._folder.is_dir() else []


def keep(engine: Engine, new: NewReading, haste: int = HASTE) -> None:
    """Write a reading in a transaction of its own; a second one in a minute changes nothing.

    Raises what the database raises where it cannot be written within `haste` milliseconds.
    """
    with _hasty(engine, haste) as connection:
        connection.execute(_once(connection.dialect.name), [new.row()])


def take_in(waiting: ReadingSpool) -> int:
    """Write what waits; gives how many. Killed in between, it is taken in again, and stands there once; one that the
    database refuses is set aside and holds up no other."""
    found = waiting.take()
    if not found:
        return 0
    places = range(len(found))
    try:
        return len(_write(found, places))
    except Exception as error:
        return len(bisect(places, error, partial(_write, found), lambda place, why: _set_aside(found[place][0], why)))


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
            select(ReadingRow.id).where(ReadingRow.minute < ends).order_by(ReadingRow.minute).limit(BATCH)
        ).all()
        if old:
            session.execute(delete(ReadingRow).where(ReadingRow.id.in_(old)))
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
    return insert(ReadingRow).on_conflict_do_nothing()


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
    """Keep what cannot be taken in beside the others, for an operator: no beat reads it again."""
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


PAGE: Final = 50


@dataclass(frozen=True)
class Read:
    """One person and one thing: from which desk, first and last, and in how many minutes. `case`: the number of the
    case that it belongs to."""

    user_id: int
    what: str
    ref: str
    party: str
    place_id: int | None
    for_id: int | None
    first: datetime
    last: datetime
    times: int
    case: str = ""


@dataclass(frozen=True)
class ReadingQuery:
    """What is looked for: one person's readings, those of one record, from a moment on and before another."""

    user_id: int | None = None
    record_id: int | None = None
    since: datetime | None = None
    before: datetime | None = None


def readers_of(session: Session, case: Case, page: int = 1) -> list[Read]:
    """Readers of the case and what belongs to it, the latest first; one more than a page where there are more.

    The caller has found the case through the scope.
    """
    one = (
        ReadingRow.user_id,
        ReadingRow.what,
        ReadingRow.ref,
        ReadingRow.party,
        ReadingRow.place_id,
        ReadingRow.for_id,
    )
    last = func.max(ReadingRow.minute)
    found = (
        select(*one, func.min(ReadingRow.minute), last, func.count())
        .where(ReadingRow.case_id == case.id)
        .group_by(*one)
        .order_by(last.desc(), ReadingRow.user_id, ReadingRow.what, ReadingRow.ref)
        .limit(PAGE + 1)
        .offset(PAGE * (page - 1))
    )
    return [Read(*row, case=case.number) for row in session.execute(found)]


def opened_by_decider(session: Session, file: LoadedCase, day: date) -> Message | None:
    """Who of those that may decide has opened the case since its proposal, and when: the first, deputies of that day
    included; None where nobody has (D71)."""
    definition, case = all_kinds()[file.kind], file.snapshot
    waiting = waiting_proposal(definition, case.past)
    if waiting is None:
        return None
    rows = (row for row in definition.actions_from(case.state, case.variant) if row.part is DECIDES)
    roles = {role for row in rows for role in row.by}
    at_bureau = any(role.party is Party.BUREAU for role in roles)
    people = {user.id for user in people_with(session, roles, bureau_id=case.bureau if at_bureau else None)}
    people |= {row.deputy_id for row in deputies_in_force(session, day) if row.person_id in people}
    since = next(event.at for event in file.events if event.seq == waiting.seq).replace(second=0, microsecond=0)
    found = (
        select(User.name, ReadingRow.minute)
        .join(User, User.id == ReadingRow.user_id)
        .where(ReadingRow.case_id == file.id, ReadingRow.minute >= since, ReadingRow.what.in_(("case", "file")))
        .where(ReadingRow.user_id.in_(people - {waiting.person}))
        .order_by(ReadingRow.minute, ReadingRow.id)
    )
    first = session.execute(found.limit(1)).first()
    if first is None:
        return None
    name, at = first
    return say("{name} opened it on {at}: it can only be decided on or sent back now.", name=name, at=at)


def people_of(session: Session, case: Case) -> int:
    """How many people have read the case or what belongs to it."""
    return session.scalar(select(func.count(ReadingRow.user_id.distinct())).where(ReadingRow.case_id == case.id)) or 0


def read_things(
    session: Session, identity: Identity, asked: ReadingQuery, page: int = 1, most: int = PAGE
) -> list[Read]:
    """What has been read, the newest first; of a case that the person may not read nothing is said (D16)."""
    found = (
        select(ReadingRow, Case.number)
        .outerjoin(Case, Case.id == ReadingRow.case_id)
        .where(or_(ReadingRow.case_id.is_(None), visible_to(identity)), *_conditions(asked))
        .order_by(ReadingRow.minute.desc(), ReadingRow.id.desc())
        .limit(most + 1)
        .offset(most * (page - 1))
    )
    return [
        Read(
            one.user_id, one.what, one.ref, one.party, one.place_id, one.for_id, one.minute, one.minute, 1, number or ""
        )
        for one, number in session.execute(found)
    ]


@dataclass(frozen=True)
class Called:
    """What the people, bodies and things of a list are called, by id."""

    people: dict[int, str]
    usernames: dict[int, str]
    bureaus: dict[int, Bureau]
    enterprises: dict[int, str]
    files: dict[int, str]
    papers: dict[int, str]
    letters: dict[int, Letter]
    records: dict[int, str]


def called(session: Session, found: Iterable[Read]) -> Called:
    """The names of all that these readings name."""
    reads = list(found)

    def ids(what: str) -> set[int]:
        return {int(read.ref) for read in reads if read.what == what}

    people = {id for read in reads for id in (read.user_id, read.for_id) if id is not None} | ids("person")
    places = {party: {read.place_id for read in reads if read.party == party} for party in ("bureau", "enterprise")}
    return Called(
        people=_names(session, User.id, User.name, people),
        usernames=_names(session, User.id, User.username, people),
        bureaus={
            bureau.id: bureau for bureau in session.scalars(select(Bureau).where(Bureau.id.in_(places["bureau"])))
        },
        enterprises=_names(session, Enterprise.id, Enterprise.name, places["enterprise"]),
        files=_names(session, Attachment.id, Attachment.name, ids("file")),
        papers={one.id: one.number for one in session.scalars(select(Paper).where(Paper.id.in_(ids("paper"))))},
        letters={one.id: one for one in session.scalars(select(Letter).where(Letter.id.in_(ids("letter"))))},
        records=_names(session, CreditRecord.id, CreditRecord.document_number, ids("record")),
    )


def _conditions(asked: ReadingQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if asked.user_id is not None:
        conditions.append(ReadingRow.user_id == asked.user_id)
    if asked.record_id is not None:
        conditions.append(ReadingRow.record_id == asked.record_id)
    if asked.since is not None:
        conditions.append(ReadingRow.minute >= asked.since)
    if asked.before is not None:
        conditions.append(ReadingRow.minute < asked.before)
    return conditions


def _names(session: Session, key: Any, name: Any, ids: set[Any]) -> dict[int, str]:
    found = session.execute(select(key, name).where(key.in_(ids))).all() if ids else ()
    return {row[0]: row[1] for row in found}
