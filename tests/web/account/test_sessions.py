"""Sessions are rows: signing out ends one on the server, and each is listed and ended from any other."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from application import create_app
from registry.people import OpenSession, User
from registry.sessions import FRESH, IDLE, LONGEST_SESSION, NOTED_EVERY
from tests.clocks import later
from tests.conftest import make_settings
from tests.web.gao import GOOD, sign_in, signed_in
from tests.web.signing import in_session
from web.account.sessions import device

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0"


def test_who_signed_in_long_ago_shows_anew_who_they_are_before_a_session_is_ended(
    app: Flask, client: FlaskClient, gao: User
) -> None:
    sign_in(client)
    elsewhere = app.test_client()
    sign_in(elsewhere)
    later(app, FRESH + timedelta(minutes=1))
    client.post("/account/sessions/end")
    assert signed_in(elsewhere)


def copied(app: Flask, client: FlaskClient) -> FlaskClient:
    """Another browser with the same cookie."""
    cookie = client.get_cookie("session")
    assert cookie
    thief = app.test_client()
    thief.set_cookie("session", cookie.value)
    return thief


def test_signing_out_ends_the_session_for_whoever_has_its_cookie(app: Flask, client: FlaskClient, gao: User) -> None:
    sign_in(client)
    thief = copied(app, client)
    assert signed_in(thief)
    client.post("/sign-out")
    assert not signed_in(thief)


def test_a_person_ends_one_session_and_all_others(app: Flask, client: FlaskClient, gao: User, session: Session) -> None:
    browsers = [client, *(app.test_client() for _ in range(3))]
    for browser in browsers:
        sign_in(browser)
    second = session.scalars(select(OpenSession.id).order_by(OpenSession.id)).all()[1]
    assert f"/account/sessions/{second}/end" in client.get("/account/sessions").text
    client.post(f"/account/sessions/{second}/end")
    assert [signed_in(browser) for browser in browsers] == [True, False, True, True]
    client.post("/account/sessions/end")
    assert [signed_in(browser) for browser in browsers] == [True, False, False, False]


def test_nobody_ends_anothers_session(app: Flask, client: FlaskClient, gao: User, session: Session) -> None:
    sign_in(client)
    other = app.test_client()
    sign_in(other, "another good one", "noise")
    theirs = session.scalars(select(OpenSession.id).order_by(OpenSession.id.desc())).first()
    assert client.post(f"/account/sessions/{theirs}/end").status_code == 404
    assert signed_in(other)


def test_a_session_lasts_twelve_hours_at_most(app: Flask, client: FlaskClient, gao: User) -> None:
    sign_in(client)
    for _ in range(LONGEST_SESSION // (IDLE / 2) - 1):
        later(app, IDLE / 2)
        assert signed_in(client)
    later(app, IDLE / 2)
    assert not signed_in(client)


def test_a_session_that_nobody_uses_is_over_on_the_server_too(app: Flask, client: FlaskClient, gao: User) -> None:
    sign_in(client)
    thief = copied(app, client)
    later(app, IDLE + NOTED_EVERY)
    assert not signed_in(thief)


def test_a_new_password_ends_every_other_session(app: Flask, client: FlaskClient, gao: User) -> None:
    other = app.test_client()
    sign_in(client)
    sign_in(other)
    new = "four grey horses on a hill"
    client.post("/account/password", data={"current": GOOD, "password": new, "again": new})
    assert (signed_in(client), signed_in(other)) == (True, False)


def test_the_key_is_changed_while_people_are_signed_in(app: Flask, client: FlaskClient, gao: User) -> None:
    sign_in(client)
    app.config.update(SECRET_KEY="n" * 32, SECRET_KEY_FALLBACKS=["t" * 32])
    assert signed_in(client), "what the old key signed is taken"
    app.config["SECRET_KEY_FALLBACKS"] = []
    assert signed_in(client), "the cookie has been signed anew"
    app.config["SECRET_KEY"] = "o" * 32
    assert not signed_in(client)


def test_whoever_knows_the_key_alone_opens_no_session(app: Flask, gao: User) -> None:
    assert not signed_in(in_session(app.test_client(), f"{gao.id}"))


def test_in_production_the_cookie_is_of_this_host_alone(tmp_path: Path) -> None:
    settings = replace(make_settings(tmp_path, "sqlite://", "production"), jurisdiction="cn-nm-demo")
    config = create_app(settings).config
    assert (config["SESSION_COOKIE_NAME"], config["SESSION_COOKIE_SECURE"]) == ("__Host-session", True)
    assert (config["SESSION_COOKIE_PATH"], config["SESSION_COOKIE_DOMAIN"]) == ("/", None)


def test_the_page_names_device_and_address(client: FlaskClient, gao: User) -> None:
    client.post("/sign-in", data={"username": "gao", "password": GOOD}, headers={"User-Agent": WINDOWS})
    page = client.get("/account/sessions").text
    assert "Windows · Edge" in page
    assert "127.0.0.1" in page


@pytest.mark.parametrize(
    ("browser", "name"),
    [
        (WINDOWS, "Windows · Edge"),
        ("Mozilla/5.0 (Linux; Android 14; HarmonyOS) Chrome/114 Safari/537.36", "HarmonyOS · Chrome"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14) Version/17 Safari/605", "Mac OS · Safari"),
    ],
)
def test_a_browser_is_named_as_a_person_would(browser: str, name: str) -> None:
    assert device(browser) == name
