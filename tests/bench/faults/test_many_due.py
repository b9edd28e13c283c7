"""Many deadlines due at once and two schedulers, each a process of its own: each rung once, one event, its letters."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.bench.faults.copied import copy_rows
from tests.bench.faults.many_due import sweep_together
from tests.bench.faults.many_due_stage import build
from tests.databases import renew

CASES = 60


@pytest.fixture(scope="module")
def due(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with sixty open cases, a rung due in each."""
    return build(tmp_path_factory.mktemp("due"), CASES)


@contextmanager
def until_both_write(url: str) -> Iterator[None]:
    """Hold back the first write of each, so that both are at it before either goes on."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
        return
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'rung_fired'::regclass"
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("LOCK TABLE rung_fired IN EXCLUSIVE MODE")
        yield
        while connection.execute(waiting).fetchone() != (2,):
            continue


def test_two_schedulers_at_once_fire_each_rung_once_with_one_event_and_its_letters(
    due: Path, database_url: str, tmp_path: Path
) -> None:
    if database_url.startswith("sqlite"):
        renew(Path(database_url.removeprefix("sqlite:///")), due)
    else:
        copy_rows(f"sqlite:///{due}", database_url)
    swept = sweep_together(database_url, 2, tmp_path, batch=5, gate=until_both_write(database_url))
    assert swept.faults == ()
    assert (sum(swept.shares), swept.events, swept.letters, swept.duplicates) == (CASES, CASES, 3 * CASES, 0)
    assert min(swept.shares) >= 15, f"one of them was kept out: {swept.shares}"
