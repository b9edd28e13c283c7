"""The demo: some forty objections in every state, the same every time, true to the ledger."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from cases.demo import ACCOUNTS, PASSWORD, play_demo
from cases.evidence import Store
from cases.kinds import all_kinds
from cases.tables import Case, Event, TimerRow
from cases.verify import verify
from extensions import db
from registry.passwords import check_password
from tests.conftest import NOW


def test_the_demo_shows_objections_in_every_state_several_late_and_its_ledger_verifies(app: Flask, tmp_path: Path) -> None:
    session = db.session()
    assert play_demo(session, app.extensions["law"], Store(tmp_path), NOW) >= 30
    states = Counter(session.scalars(select(Case.state)))
    assert set(states) == {state.name for state in all_kinds()["objection"].states}
    late = session.scalar(select(func.count()).select_from(TimerRow).where(
        TimerRow.stopped_on.is_(None), TimerRow.due_on < NOW.date()))  # fmt: skip
    assert late >= 3
    assert verify(session).ok
    assert all(check_password(session, name, PASSWORD) for name in ACCOUNTS[:2])


def test_the_demo_is_the_same_every_time(app: Flask, tmp_path: Path) -> None:
    session = db.session()
    play_demo(session, app.extensions["law"], Store(tmp_path), NOW)
    told = session.execute(select(Event.case_id, Event.seq, Event.action, Event.at).order_by(Event.id)).all()
    assert (len(told), told[0].action) == (286, "file")
