"""Tries and links at the same time, from many threads, on a real database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from extensions import db, transaction
from registry.people import FailedSignIn, add_person
from registry.sign_in import one_time_link, set_password, use_link
from registry.tries import TooManyTries, count_look_up, count_try, forgive_look_up
from tests.conftest import NOW
from workflow.refusal import Impossible

pytestmark = pytest.mark.both_databases


def together(app: Flask, act: Callable[[Session, int], object], times: int = 8) -> list[str]:
    """What each of so many simultaneous transactions came to: "done", or the name of its refusal."""

    def one(n: int) -> str:
        with app.app_context():
            try:
                with transaction() as session:
                    act(session, n)
                return "done"
            except (TooManyTries, Impossible) as refused:
                return type(refused).__name__
            finally:
                db.session.remove()

    with ThreadPoolExecutor(times) as pool:
        return sorted(pool.map(one, range(times)))


def test_guesses_at_the_same_time_do_not_slip_past_the_wait(app: Flask, session: Session) -> None:
    outcome = together(app, lambda writing, n: count_try(writing, "gao", NOW))
    assert outcome == ["TooManyTries"] * 3 + ["done"] * 5


def test_codes_guessed_at_the_same_time_do_not_slip_past_the_five(app: Flask, session: Session) -> None:
    outcome = together(app, lambda writing, n: count_look_up(writing, "2026-YY-000001", "10.0.0.1", NOW))
    assert outcome == ["TooManyTries"] * 3 + ["done"] * 5


def test_right_codes_at_the_same_time_behind_one_address_are_all_heard_and_leave_no_count(
    app: Flask, session: Session
) -> None:
    def right(writing: Session, n: int) -> None:
        count_look_up(writing, f"2026-YY-{n % 2:06}", "10.0.0.1", NOW)
        writing.commit()
        forgive_look_up(writing, f"2026-YY-{n % 2:06}", "10.0.0.1")

    assert together(app, right) == ["done"] * 8
    assert session.scalars(select(FailedSignIn.count)).all() == []


def test_of_many_uses_of_one_link_at_the_same_time_one_wins(app: Flask, session: Session) -> None:
    user = add_person(session, "gao", "高建军", ["officer"])
    set_password(user, "three grey horses")
    token = one_time_link(session, user, NOW, by=None)
    session.commit()
    outcome = together(app, lambda writing, n: use_link(writing, token, f"{n} more grey horses", NOW))
    assert outcome == ["Impossible"] * 7 + ["done"]
