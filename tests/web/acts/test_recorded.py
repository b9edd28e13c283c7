"""What counts as recorded of what a person sent: not what the platform counts and notes for itself."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain, repeat
from typing import Any

import pytest
from flask import Flask, request_finished
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cases.engine.clock import ClockWatch
from config import Clock
from extensions import recorded
from tests.builders import make_place
from tests.conftest import NOW
from tests.web.signing import sign_in


@pytest.fixture
def seen(app: Flask) -> Iterator[list[bool]]:
    """Of each request, when it has been answered, whether something sent was recorded: what an error page would say."""

    def see(_app: Flask, **_more: Any) -> None:
        answers.append(recorded())

    answers: list[bool] = []
    with request_finished.connected_to(see, app):
        yield answers


@pytest.mark.sqlite
def test_tries_that_are_counted_and_doubts_about_the_clock_are_nothing_that_was_sent(
    app: Flask, client: FlaskClient, session: Session, seen: list[bool]
) -> None:
    place = make_place(session)
    case = place.file(NOW)
    assert client.post("/sign-in", data={"username": "nobody", "password": "wrong"}).status_code == 401
    assert client.post("/status", data={"number": case.number, "code": "X" * 10}).status_code == 404
    assert client.post("/status", data={"number": case.number, "code": case.check_code}).status_code == 200
    walls = chain([NOW], repeat(NOW + timedelta(days=9)))
    app.extensions["watch"] = ClockWatch(Clock(), None, lambda: next(walls), lambda: 0.0)
    assert client.post("/status", data={"number": case.number, "code": case.check_code}).status_code == 200
    assert seen == [False] * 4
    sign_in(client, place, "enterprise").post("/account", data={"language": "en"})
    assert seen == [False] * 4 + [True]
