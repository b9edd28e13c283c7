"""The demo: some forty objections in every state, the same every time, true to the ledger."""

from __future__ import annotations

from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from cases.advance import advance
from cases.demo import play_demo
from cases.evidence import Store
from cases.kinds import all_kinds
from cases.tables import Case, Event, TimerRow
from cases.verify import verify
from extensions import db
from registry.passwords import check_password
from registry.people import DEMO_NAMES, DEMO_PASSWORD, anybody, demo_accounts
from tests.conftest import NOW


def test_the_demo_shows_objections_in_every_state_several_late_and_its_ledger_verifies(
    app: Flask, tmp_path: Path
) -> None:
    session = db.session()
    assert play_demo(session, app.extensions["law"], Store(tmp_path), NOW) >= 30
    states = Counter(session.scalars(select(Case.state)))
    assert set(states) == {state.name for state in all_kinds()["objection"].states}
    late = session.scalar(select(func.count()).select_from(TimerRow).where(
        TimerRow.stopped_on.is_(None), TimerRow.due_on < NOW.date()))  # fmt: skip
    assert late >= 3
    assert verify(session).ok
    assert all(check_password(session, name, DEMO_PASSWORD) for name in DEMO_NAMES[:2])


def test_the_demo_is_the_same_every_time(app: Flask, tmp_path: Path) -> None:
    session = db.session()
    play_demo(session, app.extensions["law"], Store(tmp_path), NOW)
    told = session.execute(select(Event.case_id, Event.seq, Event.action, Event.at).order_by(Event.id)).all()
    assert (len(told), told[0].action) == (286, "file")


def test_a_demo_that_was_broken_off_leaves_nothing_and_is_played_from_the_start(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, law, store = db.session(), app.extensions["law"], Store(tmp_path)
    taken = count()

    def pull_the_plug(*arguments: Any) -> Any:
        if next(taken) == 20:
            raise KeyboardInterrupt
        return advance(*arguments)

    with monkeypatch.context() as plug:
        plug.setattr("cases.demo.advance", pull_the_plug)
        with pytest.raises(KeyboardInterrupt):
            play_demo(session, law, store, NOW)
    assert not anybody(session)
    assert session.scalar(select(func.count()).select_from(Case)) == 0
    assert demo_accounts(session) == []
    session.rollback()
    play_demo(session, law, store, NOW)
    assert demo_accounts(session) == list(DEMO_NAMES)
