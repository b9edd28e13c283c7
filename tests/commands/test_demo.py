"""The demo: some forty objections in every state, the same every time, true to the ledger."""

from __future__ import annotations

from collections import Counter
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.advance import advance
from cases.demo import play_demo
from cases.kinds import all_kinds
from cases.tables import Case, Event, TimerRow
from cases.verify import verify
from extensions import db
from registry.passwords import check_password
from registry.people import DEMO_NAMES, DEMO_PASSWORD, anybody, demo_accounts
from tests.conftest import NOW

Played = tuple[int, Session]


@pytest.fixture(scope="module")
def broken_off(shared_app: Flask) -> tuple[bool, int, list[str]]:
    """Somebody pulled the plug while the demo was played; what was there then: anybody, cases, accounts."""
    session, law, store = db.session(), shared_app.extensions["law"], shared_app.extensions["store"]
    taken = count()

    def pull_the_plug(*arguments: Any) -> Any:
        if next(taken) == 20:
            raise KeyboardInterrupt
        return advance(*arguments)

    with pytest.MonkeyPatch.context() as plug:
        plug.setattr("cases.demo.advance", pull_the_plug)
        with pytest.raises(KeyboardInterrupt):
            play_demo(session, law, store, NOW)
    there = anybody(session), session.scalar(select(func.count()).select_from(Case)), demo_accounts(session)
    session.rollback()
    return there


@pytest.fixture(scope="module")
def played(shared_app: Flask, broken_off: tuple[bool, int, list[str]]) -> Played:
    """The whole demo, after one that was broken off: how many cases it says that it made, and where they are."""
    session = db.session()
    return play_demo(session, shared_app.extensions["law"], shared_app.extensions["store"], NOW), session


def test_the_demo_shows_objections_in_every_state_several_late_and_its_ledger_verifies(played: Played) -> None:
    made, session = played
    assert made >= 30
    states = Counter(session.scalars(select(Case.state)))
    assert set(states) == {state.name for state in all_kinds()["objection"].states}
    late = session.scalar(select(func.count()).select_from(TimerRow).where(
        TimerRow.stopped_on.is_(None), TimerRow.due_on < NOW.date()))  # fmt: skip
    assert late >= 3
    assert verify(session).ok
    assert all(check_password(session, name, DEMO_PASSWORD) for name in DEMO_NAMES[:2])


def test_the_demo_is_the_same_every_time(played: Played) -> None:
    told = played[1].execute(select(Event.case_id, Event.seq, Event.action, Event.at).order_by(Event.id)).all()
    assert (len(told), told[0].action) == (286, "file")


def test_a_demo_that_was_broken_off_leaves_nothing_and_is_played_from_the_start(
    broken_off: tuple[bool, int, list[str]], played: Played
) -> None:
    assert broken_off == (False, 0, [])
    assert demo_accounts(played[1]) == list(DEMO_NAMES)
