"""A database of many open cases that look real and verify: the demo played at several moments, copied and sealed anew.

The clock brings each play to the same moment, so that due days are spread. A copy has numbers, firms and records of its
own, each of its chains is sealed again, and its firms are entered in the register.
"""

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from multiprocessing import get_context
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import psycopg
import sqlalchemy as sa
from flask import Flask

from application import create_app
from cases.demo.play import play_demo
from cases.engine.sweep import sweep
from cases.ledger.register import enter
from cases.ledger.sealing import GENESIS, after_sealed, canonical, instant, seal
from cases.model.tables import (
    Attachment,
    Case,
    CaseBureau,
    CaseLink,
    Closing,
    Event,
    EventText,
    RungFired,
    SignalRow,
    TimerRow,
)  # fmt: skip
from commands.upgrade import bring_up_to_date
from extensions import Base, db
from notifications.letters import Letter
from notifications.papers import Paper
from registry.credit_records import CreditRecord, RecordChange, RecordFlag, RecordStatement
from registry.organisations import Enterprise
from tests.bench.faults.copied import copy_rows
from tests.clocks import stopped_at
from tests.conftest import make_settings
from tests.databases import settle
from tests.played import MOMENT
from workflow.snapshot import RuleContext

NOW: Final = datetime.fromisoformat(MOMENT)
AGES: Final = (0, 4, 1, 6, 2, 8)
"""Days before NOW at which the demo is played; the first play is the one that copies lie beside."""
COPIED: Final[Sequence[type[Base]]] = (
    Enterprise, CreditRecord, Case, RecordFlag, RecordStatement, RecordChange, CaseBureau, CaseLink, Event, EventText,
    TimerRow, RungFired, Closing, SignalRow, Attachment, Paper, Letter,
)  # fmt: skip
MOVED: Final = frozenset((
    "enterprise_id", "record_id", "case_id", "to_case_id", "from_case_id", "event_id", "timer_id", "board_timer_id",
    "paper_id", "display_ended_by_case", "delisted_by_case", "sharing_stopped_by_case",
))  # fmt: skip
"""The columns that name one of what is copied."""
NUMBER: Final = re.compile(r"\b(\d{4}-[A-Z]{2}-)(\d{6,})\b")
GAP: Final = 100_000
"""How far the ids of one copy lie from those of the next: further than a play reaches."""
STEP: Final = 500
"""How far case and paper numbers of one copy lie from those of the next."""
Row = dict[str, Any]


@dataclass(frozen=True)
class Play:
    """A demo's rows by table, and how many of its cases are open."""

    rows: Mapping[str, Sequence[Row]]
    open_cases: int


def application(url: str, folder: Path) -> Flask:
    """An application on a database, its clock at NOW."""
    settings = replace(make_settings(folder, url, "demo"), clock=stopped_at(NOW), demo_now=MOMENT)
    return create_app(settings, WTF_CSRF_ENABLED=False)


def played(folder: Path, age: int) -> Path:
    """The SQLite file of a demo that was played so many days before NOW and then left to the clock."""
    file = folder / f"played-{age}.sqlite"
    app = application(f"sqlite:///{file}", folder)
    with app.app_context():
        bring_up_to_date(app)
        law, begins = app.extensions["law"], NOW - timedelta(days=age)
        play_demo(db.session(), law, app.extensions["store"], begins)
        for day in range(age + 1):
            sweep(RuleContext(law, law.calendar), begins + timedelta(days=day))
        db.session.remove()
        db.engine.dispose()
    settle(file)
    return file


def read_play(file: Path) -> Play:
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        rows = {}
        for table in COPIED:
            query = sa.select(table.__table__).order_by(*table.__table__.primary_key)  # type: ignore[attr-defined]
            rows[table.__tablename__] = [dict(row) for row in connection.execute(query).mappings()]
    engine.dispose()
    rows["event"].sort(key=lambda row: (row["case_id"], row["seq"]))
    return Play(rows, sum(row["closed_at"] is None for row in rows["case_"]))


def copy_of(play: Play, k: int) -> Iterator[tuple[str, list[Row]]]:
    """Copy number k of a play: each table with its rows, ids and numbers further on by k steps, sealed again."""
    shift, step = k * GAP, k * STEP
    numbers = {row["id"]: renumbered(row["number"], step) for row in play.rows["case_"]}
    events, heads = _sealed(play, numbers, shift, step)
    for name, rows in play.rows.items():
        if name == "event":
            yield name, events
        else:
            yield name, [_moved(name, row, shift, step, heads) for row in rows]


def renumbered(text: str, step: int) -> str:
    return NUMBER.sub(lambda found: f"{found[1]}{int(found[2]) + step:06}", text)


def _moved(name: str, row: Row, shift: int, step: int, heads: Mapping[int, str]) -> Row:
    new = {key: value + shift if value is not None and (key in MOVED or key == "id") else value
           for key, value in row.items()}  # fmt: skip
    match name:
        case "case_":
            new |= {"number": renumbered(row["number"], step), "head": heads[row["id"]]}
        case "enterprise":
            new["code"] = _code(row["code"], new["id"])
        case "credit_record":
            new |= {"values": _with_code(row["values"], new["enterprise_id"]), "key": f"copy{new['id']:018}"}
        case "record_change" if row["what"] in ("flagged", "unflagged"):
            new |= {key: str(int(row[key]) + shift) for key in ("before", "after") if row[key]}
        case "record_change" if row["what"] in ("imported", "entered"):
            begun = json.loads(row["after"])
            firm = begun["enterprise_id"] + shift
            begun |= {"enterprise_id": firm, "values": _with_code(begun["values"], firm)}
            new["after"] = json.dumps(begun, ensure_ascii=False)
        case "paper":
            new |= {"n": row["n"] + step, "case_number": renumbered(row["case_number"], step)}
        case "letter":
            new["case_number"] = renumbered(row["case_number"], step)
            if row["to_party"] == "enterprise" and row["to_id"] is not None:
                new["to_id"] = row["to_id"] + shift
    return new


def _code(code: str, enterprise_id: int) -> str:
    """A credit code as long as the firm's, and nobody else's."""
    return f"{code[:8]}{enterprise_id:010}"


def _with_code(values: Mapping[str, str], enterprise_id: int) -> dict[str, str]:
    return {**values, "uscc": _code(values["uscc"], enterprise_id)} if "uscc" in values else dict(values)


def _sealed(play: Play, numbers: Mapping[int, str], shift: int, step: int) -> tuple[list[Row], dict[int, str]]:
    """The events of a copy, each chain sealed from its start, and the new heads by the case's old id."""
    rows: list[Row] = []
    heads: dict[int, str] = {}
    after: dict[tuple[int, int], list[str]] = {}
    for row in play.rows["record_change"]:
        if row["seal_salt"]:
            changed = _moved("record_change", row, shift, step, {})
            said = after_sealed(*(changed[name] for name in ("what", "field", "after", "seal_salt")))
            after.setdefault((row["case_id"], row["event_seq"]), []).append(said)
    for case_id, events in groupby(play.rows["event"], key=itemgetter("case_id")):
        previous, number = GENESIS, numbers[case_id]
        for event in events:
            body = renumbered(event["body"], step)
            if event["seq"] == 1:
                said = json.loads(body)
                opens = said["opens"]
                said["opens"] = {**opens, "enterprise": opens["enterprise"] + shift,
                                 "record": opens["record"] and opens["record"] + shift}  # fmt: skip
                body = canonical(said)
            if told := after.get((case_id, event["seq"])):
                body = canonical({**json.loads(body), "after": sorted(told)})
            sealed = seal(previous, number, event["seq"], instant(event["at"]), event["actor"], event["action"], body)
            ids = {"id": event["id"] + shift, "case_id": case_id + shift}
            rows.append({**event, **ids, "body": body, "previous": previous, "hash": sealed})
            previous = sealed
        heads[case_id] = previous
    return rows, heads


def make(url: str, folder: Path, open_cases: int, plays: Sequence[Path]) -> int:
    """Fill an empty database until so many cases are open; gives how many are."""
    first, others = read_play(plays[0]), [read_play(file) for file in plays]
    copies: list[tuple[int, int]] = []
    there = first.open_cases
    while there < open_cases:
        k = len(copies) + 1
        copies.append((k, k % len(others)))
        there += others[k % len(others)].open_cases
    if url.startswith("sqlite"):
        _fill_sqlite(Path(url.removeprefix("sqlite:///")), plays[0], others, copies)
    else:
        _fill_postgresql(url, folder, plays, copies)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        _continue_series(connection)
        enter(connection, {"enterprise": None, "event_text": None})
    engine.dispose()
    return there


def _fill_sqlite(file: Path, first: Path, plays: Sequence[Play], copies: Sequence[tuple[int, int]]) -> None:
    shutil.copy(first, file)
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        for k, which in copies:
            for name, rows in copy_of(plays[which], k):
                if rows:
                    connection.execute(sa.insert(Base.metadata.tables[name]), rows)
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def _fill_postgresql(url: str, folder: Path, plays: Sequence[Path], copies: Sequence[tuple[int, int]]) -> None:
    app = application(url, folder)
    with app.app_context():
        bring_up_to_date(app)
        db.engine.dispose()
    copy_rows(f"sqlite:///{plays[0]}", url)
    with _without_indexes(url), ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        list(pool.map(partial(_copy_in, url, plays), (copies[0::2], copies[1::2])))
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        for table in COPIED:
            if "id" in table.__table__.columns:
                name = table.__tablename__
                connection.execute(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}")
        connection.execute("VACUUM ANALYZE")


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg", "postgresql")


def _copy_in(url: str, plays: Sequence[Path], copies: Sequence[tuple[int, int]]) -> None:
    """Write copies by COPY, a table of twenty copies at a time."""
    read = [read_play(file) for file in plays]
    engine = sa.create_engine(url)
    dialect = engine.dialect
    with psycopg.connect(_plain(url)) as connection:
        connection.execute("SET session_replication_role = replica")
        for first in range(0, len(copies), 20):
            batch: dict[str, list[Row]] = {}
            for k, which in copies[first : first + 20]:
                for name, rows in copy_of(read[which], k):
                    batch.setdefault(name, []).extend(rows)
            for name, rows in batch.items():
                _copy_table(connection, Base.metadata.tables[name], rows, dialect)
            connection.commit()


def _copy_table(connection: psycopg.Connection[Any], table: sa.Table, rows: Sequence[Row], dialect: sa.Dialect) -> None:
    names = [column.name for column in table.columns]
    bound = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in table.columns]
    columns = ", ".join(f'"{name}"' for name in names)
    with connection.cursor().copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row([bind(row[name]) if bind else row[name] for name, bind in zip(names, bound, strict=True)])


@contextmanager
def _without_indexes(url: str) -> Iterator[None]:
    """Drop what is only an index while rows come in, and make it again."""
    found = """SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT IN
    (SELECT conname FROM pg_constraint) AND tablename = ANY(%s)"""
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        indexes = connection.execute(found, ([table.__tablename__ for table in COPIED],)).fetchall()
        for name, _ in indexes:
            connection.execute(f'DROP INDEX "{name}"')
        yield
        connection.execute("SET maintenance_work_mem = '256MB'")
        for _, definition in indexes:
            connection.execute(definition)


def _continue_series(connection: sa.Connection) -> None:
    """The next number of each series is the one behind the last copy's."""
    drawn = "CAST(substr(number, 1, 4) AS INTEGER), substr(number, 6, 2), max(CAST(substr(number, 9) AS INTEGER))"
    for statement in (
        "DELETE FROM paper_series",
        "INSERT INTO paper_series (series, year, last) SELECT series, year, max(n) FROM paper GROUP BY 1, 2",
        "DELETE FROM case_series",
        f"INSERT INTO case_series (year, letters, last) SELECT {drawn} FROM case_ GROUP BY 1, 2",
    ):
        connection.exec_driver_sql(statement)
