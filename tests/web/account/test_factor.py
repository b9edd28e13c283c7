"""The second step at sign-in, how it is set up, and being asked again before accounts change."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.factors import CODES
from registry.people import User, add_person
from registry.sessions import FRESH, HALF
from registry.sign_in import set_password
from tests.clocks import later
from tests.web.gao import GOOD, sign_in, signed_in

pytestmark = pytest.mark.both_databases

HERE = {"Sec-Fetch-Site": "same-origin"}


class Phone:
    """A telephone: the true time, which a test moves on, and the authenticator of one seed."""

    def __init__(self) -> None:
        self.seed, self.time = "", datetime(2026, 12, 2, 8, 0, 10, tzinfo=UTC)

    def digits(self) -> str:
        """Those of the next half minute: the ones before have been used."""
        self.time += timedelta(seconds=30)
        return pyotp.TOTP(self.seed).at(self.time)

    def set_up(self, client: FlaskClient, digits: str = "") -> TestResponse:
        page = client.get("/account/factor").text
        seed, sealed = re.search(r'class="seed">([^<]+)<', page), re.search(r'name="seed"[^>]* value="([^"]+)"', page)
        assert seed
        assert sealed
        self.seed = seed[1].replace(" ", "")
        return client.post("/account/factor", data={"seed": sealed[1], "code": digits or self.digits()})


@pytest.fixture
def phone(monkeypatch: pytest.MonkeyPatch) -> Phone:
    phone = Phone()
    monkeypatch.setattr("config.Clock.wall", lambda _clock: phone.time)
    return phone


@pytest.fixture
def codes(client: FlaskClient, gao: User, phone: Phone) -> list[str]:
    """Gao's recovery codes: she is signed in, and has set up her authenticator."""
    sign_in(client)
    return re.findall(r"<li><code>([a-z0-9-]+)</code>", phone.set_up(client).text)


def take(client: FlaskClient, code: str, **more: str) -> TestResponse:
    return client.post("/sign-in/step", data={"code": code, **more})


def require(app: Flask) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], second_factor=True)


def test_the_password_alone_opens_nothing_once_there_is_a_second_step(
    app: Flask, phone: Phone, codes: list[str]
) -> None:
    client = app.test_client()
    assert sign_in(client, next="/desk?late=1").location == "/sign-in/step?next=/desk?late%3D1"
    assert not signed_in(client)
    page = client.get("/sign-in/step")
    assert 'autocomplete="one-time-code"' in page.text
    assert take(client, "000000").status_code == 401
    assert not signed_in(client)
    assert take(client, phone.digits(), next="/desk?late=1").location == "/desk?late=1"
    assert signed_in(client)


def test_digits_that_were_seen_over_a_shoulder_serve_nobody_twice(app: Flask, phone: Phone, codes: list[str]) -> None:
    digits = phone.digits()
    for status in (302, 401):
        client = app.test_client()
        sign_in(client)
        assert take(client, digits).status_code == status


def test_a_recovery_code_serves_once(app: Flask, phone: Phone, codes: list[str]) -> None:
    assert len(codes) == CODES
    for status in (302, 401):
        client = app.test_client()
        sign_in(client)
        assert take(client, codes[0]).status_code == status


def test_recovery_codes_are_shown_once_and_kept_by_no_browser(client: FlaskClient, codes: list[str]) -> None:
    assert not any(code in client.get("/account/factor").text for code in codes)
    made = client.post("/account/factor/codes")
    assert made.headers["Cache-Control"] == "no-store"
    assert codes[0] not in made.text


def test_after_five_wrong_digits_one_waits_however_one_begins_again(app: Flask, phone: Phone, codes: list[str]) -> None:
    for _ in range(5):
        client = app.test_client()
        sign_in(client)
        assert take(client, "000000").status_code == 401
    assert take(client, phone.digits()).status_code == 429
    later(app, timedelta(seconds=31))
    assert take(client, phone.digits()).status_code == 302


def test_a_right_password_waits_ten_minutes_for_the_second_step(app: Flask, phone: Phone, codes: list[str]) -> None:
    client = app.test_client()
    sign_in(client)
    later(app, HALF)
    assert take(client, phone.digits()).location == "/sign-in"
    assert app.test_client().get("/sign-in/step").location == "/sign-in"


def test_setting_it_up_ends_every_other_session(app: Flask, gao: User, phone: Phone) -> None:
    client, other = app.test_client(), app.test_client()
    sign_in(client)
    sign_in(other)
    assert phone.set_up(client, "000000").status_code == 422
    assert signed_in(other)
    phone.set_up(client)
    assert (signed_in(client), signed_in(other)) == (True, False)


def test_a_seed_that_we_did_not_make_is_not_taken(client: FlaskClient, gao: User, phone: Phone) -> None:
    sign_in(client)
    phone.seed = pyotp.random_base32()
    answer = client.post("/account/factor", data={"seed": phone.seed, "code": phone.digits()})
    assert answer.status_code == 422


def test_where_it_is_required_an_official_sets_it_up_before_anything_else(
    app: Flask, client: FlaskClient, gao: User, phone: Phone
) -> None:
    require(app)
    sign_in(client)
    assert client.get("/desk").location == "/account/factor"
    assert client.get("/account/sessions").location == "/account/factor"
    phone.set_up(client)
    assert client.get("/desk").status_code == 200


def test_a_firm_may_do_without(app: Flask, client: FlaskClient, gao: User, session: Session) -> None:
    require(app)
    set_password(add_person(session, "wang", "王敏", ["filer"], agent=True), GOOD)
    session.commit()
    sign_in(client, username="wang")
    assert client.get("/records").status_code == 200


@pytest.fixture
def chief(client: FlaskClient, gao: User, session: Session) -> FlaskClient:
    set_password(add_person(session, "su", "苏和", ["chief"]), GOOD)
    session.commit()
    sign_in(client, username="su")
    return client


def test_after_a_quarter_of_an_hour_one_is_asked_again_before_accounts_change(app: Flask, chief: FlaskClient) -> None:
    assert chief.get("/people/new").status_code == 200
    later(app, FRESH + timedelta(seconds=1))
    assert chief.get("/people").status_code == 200, "what changes nothing is open"
    assert chief.get("/people/new").location == "/account/proof?next=/people/new"
    assert chief.post("/account/proof", data={"password": "wrong one here"}).status_code == 401
    assert chief.post("/account/proof", data={"password": GOOD, "next": "/people/new"}).location == "/people/new"
    assert chief.get("/people/new").status_code == 200


def test_a_form_that_came_too_late_is_kept_until_one_has_shown_who_one_is(app: Flask, chief: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    token = re.search(r'name="csrf_token" value="([^"]+)"', chief.get("/people/new").text)
    assert token
    later(app, FRESH + timedelta(seconds=1))
    sent = {"username": "zhao", "name": "赵丽娜 一", "csrf_token": token[1]}
    asked = chief.post("/people/new", data=sent, headers=HERE)
    assert asked.status_code == 400
    assert 'value="赵丽娜 一"' in asked.text
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', asked.text))
    back = chief.post("/sign-in/again", data={**fields, "again-password": GOOD}, headers=HERE)
    assert back.status_code == 200
    assert 'action="/people/new"' in back.text
    assert chief.get("/people/new").status_code == 200


def test_who_has_a_second_step_shows_that_again(app: Flask, chief: FlaskClient, phone: Phone) -> None:
    phone.set_up(chief)
    later(app, FRESH + timedelta(seconds=1))
    assert chief.post("/account/proof", data={"password": GOOD}).status_code == 401
    assert chief.post("/account/proof", data={"code": phone.digits(), "next": "/people/new"}).status_code == 302
    assert chief.get("/people/new").status_code == 200
