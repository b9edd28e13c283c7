"""The bench's own ground: copies of a demo that verify, and a limit that acts and verifies."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from cases.ledger.verify import verify
from cases.model.tables import Case
from extensions import db
from tests.bench.speed import limits, stage
from tests.bench.speed.__main__ import Figure
from tests.played import DATABASE, copied_demo


def test_copies_of_a_demo_are_open_and_verify(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    copied_demo(tmp_path_factory, tmp_path, stands=True)
    url = f"sqlite:///{tmp_path / 'many.sqlite'}"
    there = stage.make(url, tmp_path, 150, [tmp_path / DATABASE])
    with stage.application(url, tmp_path).app_context():
        assert db.session.scalar(sa.select(sa.func.count()).where(Case.closed_at.is_(None))) == there >= 150
        assert verify(db.session()).faults == []
        db.session.remove()
        db.engine.dispose()


def test_the_limit_acts_and_its_chains_verify(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'limit.sqlite'}"
    limits.make(url, 20)
    act = limits.Acts(url, 20)
    for _ in range(50):
        act()
    act.close()
    assert limits.verify(url) == 20 * 3 + 50


def test_a_line_begins_with_the_name_and_ends_with_the_ratio() -> None:
    line = Figure("act-1", "postgresql", 10_000, 200.0, "per_s", 1000.0, 5.0).line.split()
    assert (line[0], line[-1]) == ("act-1", "5.0")
