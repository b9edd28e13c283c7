"""Signing in with a one-time link, which asks for a new password."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.people import User
from registry.sign_in import check_password, one_time_link
from tests.clocks import later
from tests.conftest import NOW
from tests.web.gao import sign_in, signed_in


def choose(client: FlaskClient, token: str, password: str, again: str | None = None) -> TestResponse:
    again = password if again is None else again
    return client.post(f"/sign-in/{token}", data={"password": password, "again": again})


def test_a_link_asks_for_a_password_and_signs_in(app: Flask, client: FlaskClient, gao: User, session: Session) -> None:
    token = one_time_link(session, gao, NOW, by=None)
    session.commit()
    shown = client.get(f"/sign-in/{token}")
    assert shown.status_code == 200
    assert "高建军" in shown.text
    assert client.get(f"/sign-in/{token}").status_code == 200, "opening it must not use it up"
    answer = choose(client, token, "four grey horses")
    assert (answer.status_code, answer.location) == (302, "/desk")
    assert signed_in(client)
    assert choose(app.test_client(), token, "five grey horses").status_code == 404
    assert check_password(session, "gao", "four grey horses") is not None


@pytest.mark.parametrize(
    ("password", "again"), [("short", "short"), ("four grey horses", "four gray horses"), ("", "")]
)
def test_a_link_survives_a_refused_password(
    client: FlaskClient, gao: User, session: Session, password: str, again: str
) -> None:
    token = one_time_link(session, gao, NOW, by=None)
    session.commit()
    refused = choose(client, token, password, again)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert client.get(f"/sign-in/{token}").status_code == 200


def test_a_link_that_ran_out_or_was_made_up_says_so(
    app: Flask, client: FlaskClient, gao: User, session: Session
) -> None:
    token = one_time_link(session, gao, NOW, by=None)
    session.commit()
    assert client.get("/sign-in/made-up").status_code == 404
    later(app, timedelta(hours=25))
    assert client.get(f"/sign-in/{token}").status_code == 404


def test_a_link_ends_the_sessions_of_before(app: Flask, client: FlaskClient, gao: User, session: Session) -> None:
    sign_in(client)
    token = one_time_link(session, gao, NOW, by=None)
    session.commit()
    choose(app.test_client(), token, "four grey horses")
    assert not signed_in(client)
