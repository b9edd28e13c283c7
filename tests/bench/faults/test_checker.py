"""The independent checker: it finds nothing in a whole database, and each damage that is planted, by name."""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from cases.ledger.checkpoints import EVERY, make_due
from extensions import db
from tests.bench.faults.checker import check, faults_of
from tests.bench.faults.copied import copy_rows
from tests.bench.faults.damages import DAMAGES, Damage
from tests.bench.faults.stored import Execute, Stored, as_it_stands, read_stored, stored_by
from tests.conftest import NOW
from tests.databases import empty
from tests.played import DATABASE, copied_demo

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo in a SQLite file, under two checkpoints; its folder holds the evidence too."""
    folder = tmp_path_factory.mktemp("checked")
    app = copied_demo(tmp_path_factory, folder, stands=True)
    with app.app_context():
        for at in (NOW, NOW + EVERY):
            assert make_due(db.session(), app.extensions["witness"], at)
        db.session.remove()
        db.engine.dispose()
    return folder


@pytest.fixture(scope="module")
def on_sqlite(played: Path) -> tuple[str, Stored]:
    """The demo's address, and what stands there."""
    url = f"sqlite:///{played / DATABASE}"
    return url, read_stored(url)


@pytest.fixture(scope="module")
def on_postgresql(on_sqlite: tuple[str, Stored], shared_postgres_url: str) -> Iterator[tuple[str, Stored]]:
    """The same rows there."""
    copy_rows(on_sqlite[0], shared_postgres_url)
    yield shared_postgres_url, read_stored(shared_postgres_url)
    empty(shared_postgres_url)


@pytest.fixture(params=["on_sqlite", "on_postgresql"])
def both(request: pytest.FixtureRequest) -> tuple[str, Stored]:
    """A database of each sort; it is filled once for all tests, which leave it as it is."""
    found: tuple[str, Stored] = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def url(both: tuple[str, Stored]) -> str:
    return both[0]


@pytest.fixture
def whole(both: tuple[str, Stored]) -> Stored:
    return both[1]


@contextmanager
def owner(url: str) -> Iterator[Execute]:
    """The database's owner, past triggers and foreign keys; nothing of what they do stays."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
            connection.execute("BEGIN")
            triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (name,) in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            yield connection.execute
            connection.execute("ROLLBACK")
        return
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        as_it_stands(connection)
        connection.execute("SET LOCAL session_replication_role = replica")
        yield connection.execute
        connection.rollback()


def test_a_whole_database_is_sound(url: str, played: Path) -> None:
    assert check(url, now=NOW, drained=True, evidence=played / "evidence") == []
    stored = read_stored(url)
    assert len(stored["case_"]) > 90
    assert len(stored["rung_fired"]) > 200
    assert all(stored[table] for table in stored.tables if table not in ("draft", "stuck_case"))


PLANTED = [("on_sqlite", damage) for damage in DAMAGES] + [("on_postgresql", damage) for damage in DAMAGES[::6]]
"""All on SQLite, one in six on PostgreSQL: what is read there is spelled the same, and the rest is one code."""


@pytest.mark.parametrize(("both", "damage"), PLANTED, ids=[f"{at}-{planted.name}" for at, planted in PLANTED],
                         indirect=["both"])  # fmt: skip
def test_a_planted_damage_is_found_and_named(url: str, whole: Stored, damage: Damage) -> None:
    hit = {statement.split()[1 if statement.startswith("UPDATE") else 2] for statement in damage.statements}
    with owner(url) as execute:
        for statement in damage.statements:
            assert execute(statement).rowcount > 0, "nothing was damaged"
        stored = stored_by(execute, but={table: rows for table, rows in whole.tables.items() if table not in hit})
        faults = list(faults_of(stored, None, [], NOW, drained=True))
    assert any(damage.says in fault for fault in faults), faults[:5]
    assert len(faults) < 400


def test_bytes_of_a_file_that_changed_are_found(whole: Stored, tmp_path: Path) -> None:
    assert any("the bytes of the file" in fault for fault in faults_of(whole, evidence=tmp_path))


def test_a_mail_of_a_letter_that_was_never_written_is_found(whole: Stored) -> None:
    [fault] = faults_of(whole, mailed=["<letter-1000000-20261124024200000000@platform.example>"])
    assert "never written" in fault


def lines(tmp_path: Path, *acts: dict[str, object]) -> Path:
    path = tmp_path / f"{len(list(tmp_path.iterdir()))}.jsonl"
    path.write_text("\n".join(json.dumps(act) for act in acts), "utf-8")
    return path


def an_act(whole: Stored, **said: object) -> dict[str, object]:
    """An acknowledged act on a case that an officer accepted."""
    event = next(event for event in whole["event"] if event.action == "accept")
    number = whole.name_of(event.case_id)
    return {"case": number, "action": "accept", "state": "done", "version_shown": event.seq - 1, "who": event.actor,
            "nonce": "", **said}  # fmt: skip


def test_an_answered_act_is_looked_for_and_missed_where_it_is_not(whole: Stored, tmp_path: Path) -> None:
    assert list(faults_of(whole, lines(tmp_path, an_act(whole)))) == []
    assert list(faults_of(whole, lines(tmp_path, an_act(whole, state="unknown", action="withdraw")))) == []
    for lost in (an_act(whole, version_shown=90), an_act(whole, who="nobody"), an_act(whole, action="withdraw")):
        [fault] = faults_of(whole, lines(tmp_path, lost))
        assert "1 answered, 1 tried, 0 in the ledger" in fault


def test_an_act_is_known_by_its_word_and_must_stand_there_once(url: str, whole: Stored, tmp_path: Path) -> None:
    filed = next(event for event in whole["event"] if event.action == "file"
                 and whole.cases[event.case_id].kind == "objection")  # fmt: skip
    act = {"case": "", "action": "file", "state": "done", "version_shown": 0, "who": "enterprise", "nonce": "n0-27b"}
    unknown = lines(tmp_path, {**act, "state": "unknown"})
    assert list(faults_of(whole, unknown)) == []
    assert ["and is lost" in fault for fault in faults_of(whole, lines(tmp_path, act))] == [True]
    told = "UPDATE event_text SET text = '见 n0-27b。' WHERE name = 'words' AND event_id {}"
    with owner(url) as execute:
        execute(told.format(f"= {filed.id}"))
        found = list(faults_of(stored_by(execute), unknown))
        assert [fault for fault in found if "n0-27b" in fault] == []
        refused = lines(tmp_path, {**act, "state": "not_done"})
        assert any("nothing done, and stands" in fault for fault in faults_of(stored_by(execute), refused))
        execute(told.format("IN (SELECT id FROM event WHERE action = 'file')"))
        assert any("was done" in fault for fault in faults_of(stored_by(execute), unknown))


def test_the_checker_imports_nothing_of_the_product() -> None:
    """It is independent only as long as it does not ask what it checks."""
    own = {path.name for path in HERE.parent.parent.iterdir() if path.suffix == ".py" or path.is_dir()}
    product = {os.path.splitext(name)[0] for name in own} - {"tests"}
    for name in ("checker", "stored", "chains_whole", "cases_replayed", "timers_once", "records_replayed",
                 "letters_once", "numbers_drawn", "acts_found", "checkpoints_stand"):  # fmt: skip
        imported = [line.split()[1].partition(".")[0] for line in (HERE / f"{name}.py").read_text("utf-8").splitlines()
                    if line.startswith(("from ", "import "))]  # fmt: skip
        assert not product & set(imported), name
