"""Signing in with a password, and out; the session between."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from application import create_app
from cases.scheduler.waits import tell_waits
from extensions import Base, db
from notifications.channels import channel_for
from registry.organisations import Bureau
from registry.people import DEMO_PASSWORD, User, add_person
from registry.sign_in import Hashing, set_password
from tests.builders import Place
from tests.clocks import later
from tests.conftest import NOW, make_settings
from tests.notifications.mail_servers import MailServer, running
from tests.web.gao import GOOD, sign_in, signed_in


def test_the_sign_in_page_asks_for_name_and_password(client: FlaskClient) -> None:
    answer = client.get("/sign-in")
    assert answer.status_code == 200
    assert 'name="username"' in answer.text
    assert 'name="password"' in answer.text
    assert DEMO_PASSWORD not in answer.text
    assert answer.text.count("<h1") == 1


def test_the_right_password_begins_a_session_and_leads_to_the_work(client: FlaskClient, gao: User) -> None:
    answer = sign_in(client, username="ＧＡＯ")
    assert (answer.status_code, answer.location) == (302, "/desk")
    assert signed_in(client)
    assert client.get("/sign-in").location == "/desk"


def test_somebody_of_a_firm_is_shown_round_once_and_again_from_help(
    client: FlaskClient, place: Place, session: Session
) -> None:
    person = place.people["enterprise"]
    set_password(person, GOOD)
    session.commit()
    client.set_cookie("language", "en")
    first = sign_in(client, username=person.username)
    assert first.location == "/records?tour=1"
    assert "Here for the first time?" in client.get(first.location).text
    assert "Here for the first time?" not in client.get("/records").text
    assert 'href="/records?tour=1"' in client.get("/help").text
    client.post("/sign-out")
    assert 'href="/records?tour=1"' not in client.get("/help").text, "nobody is signed in"
    assert sign_in(client, username=person.username).location == "/records"


def test_a_wrong_password_says_so_and_keeps_the_name_only(client: FlaskClient, gao: User) -> None:
    answer = sign_in(client, "my secret guess")
    assert answer.status_code == 401
    assert 'role="alert"' in answer.text
    assert 'href="#password"' in answer.text
    assert 'value="gao"' in answer.text
    assert "my secret guess" not in answer.text
    assert not signed_in(client)


def test_a_wrong_name_is_answered_like_a_wrong_password(client: FlaskClient, gao: User) -> None:
    known, unknown = sign_in(client, "wrong one here"), sign_in(client, "wrong one here", username="oag")
    assert known.status_code == unknown.status_code
    assert known.text == unknown.text.replace("oag", "gao")


def test_others_can_write_while_a_password_is_checked(
    client: FlaskClient, gao: User, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = sa.create_engine(database_url)

    def fits(self: Hashing, password: str, kept: str) -> bool:
        with engine.begin() as connection:
            connection.execute(sa.insert(Bureau).values(name="写进来的单位", short_name=""))
        return True

    monkeypatch.setattr(Hashing, "fits", fits)
    assert sign_in(client).status_code == 302
    engine.dispose()


@pytest.mark.parametrize("missing", ["username", "password"])
def test_an_empty_field_is_named(client: FlaskClient, gao: User, missing: str) -> None:
    answer = client.post("/sign-in", data={"username": "gao", "password": GOOD} | {missing: ""})
    assert answer.status_code == 422
    assert f'href="#{missing}"' in answer.text
    assert GOOD not in answer.text


def test_after_five_wrong_passwords_one_must_wait(app: Flask, client: FlaskClient, gao: User) -> None:
    for _ in range(5):
        assert sign_in(client, "wrong one here").status_code == 401
    refused = sign_in(client)
    assert refused.status_code == 429
    assert 28 <= int(refused.headers["Retry-After"]) <= 30
    assert 'role="alert"' in refused.text
    assert 'value="gao"' in refused.text
    assert not signed_in(client)
    later(app, timedelta(seconds=31))
    assert sign_in(client).status_code == 302


def test_nobody_stops_the_sign_ins_of_others_by_wrong_passwords(client: FlaskClient, gao: User) -> None:
    for n in range(40):
        assert sign_in(client, "wrong one here", username=f"guess{n}").status_code == 401
    assert sign_in(client).status_code == 302


def test_whoever_waits_is_told_by_mail_and_signs_in_through_the_link(
    app: Flask, client: FlaskClient, gao: User, session: Session
) -> None:
    for _ in range(5):
        sign_in(client, "wrong one here")
    with running(MailServer()) as server:
        assert tell_waits(channel_for(server.url), "https://credit.example", NOW) == 1
        assert tell_waits(channel_for(server.url), "https://credit.example", NOW) == 0
        [mail] = server.taken
    link = re.search(r"https://credit\.example(/sign-in/wait/\S+)", mail.get_content())
    assert link
    assert client.get(link[1]).status_code == 200
    assert client.post(link[1], data={"again-password": "wrong one here"}).status_code == 401
    for _ in range(5):
        sign_in(app.test_client(), "wrong one here")
    assert client.post(link[1], data={"again-password": GOOD}).location == "/desk"
    assert signed_in(client)
    assert client.get("/sign-in/wait/none").status_code == 404


def test_a_clock_set_back_by_a_new_start_of_the_demo_locks_nobody_out(
    app: Flask, client: FlaskClient, gao: User
) -> None:
    assert sign_in(client).status_code == 302
    later(app, -timedelta(hours=2))
    assert sign_in(app.test_client()).status_code == 302


def test_the_wait_outlives_the_process(app: Flask, client: FlaskClient, gao: User, tmp_path: Path) -> None:
    for _ in range(5):
        sign_in(client, "wrong one here")
    again = create_app(app.config["SETTINGS"], WTF_CSRF_ENABLED=False)
    with again.app_context():
        assert sign_in(again.test_client()).status_code == 429
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("target", ["/cases/2026-YY-000001", "/desk?late=1"])
def test_the_way_back_is_kept_through_a_wrong_password(client: FlaskClient, gao: User, target: str) -> None:
    assert f'value="{target}"' in sign_in(client, "wrong one here", next=target).text
    assert sign_in(client, next=target).location == target


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "javascript:alert(1)",
        "/\t/evil",
        "evil",
    ],
)
def test_the_way_back_never_leads_elsewhere(client: FlaskClient, gao: User, target: str) -> None:
    assert sign_in(client, next=target).location == "/desk"
    assert "evil" not in client.get("/language/en", query_string={"next": target}).location


def test_signing_in_begins_a_new_session(client: FlaskClient, gao: User) -> None:
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
        session["csrf_token"] = "known"
    sign_in(client)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != "known"


def test_no_cookie_outlives_the_session(client: FlaskClient, gao: User) -> None:
    cookies = sign_in(client, remember="1").headers.getlist("Set-Cookie")
    assert [cookie.split("=")[0] for cookie in cookies] == ["session"]


def test_a_session_ends_after_half_an_hour_without_a_request(app: Flask, client: FlaskClient, gao: User) -> None:
    cookie = sign_in(client).headers["Set-Cookie"]
    assert "Expires" in cookie
    assert app.permanent_session_lifetime == timedelta(minutes=30)


def test_signing_out_ends_the_session(client: FlaskClient, gao: User) -> None:
    sign_in(client)
    assert client.get("/sign-out").status_code == 405
    assert signed_in(client)
    assert client.post("/sign-out").location == "/sign-in"
    assert not signed_in(client)


def test_a_form_without_its_token_is_offered_again_with_what_was_written(
    app: Flask, gao: User, session: Session
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    sent = {"username": "<gao>", "password": "my secret", "next": "/desk"}
    refused = client.post("/sign-in", data=sent, headers={"Sec-Fetch-Site": "same-origin"})
    assert refused.status_code == 400
    assert 'name="username" value="&lt;gao&gt;"' in refused.text
    assert "my secret" not in refused.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', refused.text)
    assert token
    assert client.post("/sign-in", data=sent | {"csrf_token": token[1]}).status_code == 401


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}])
def test_a_form_from_elsewhere_is_not_offered_again(app: Flask, headers: dict[str, str]) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    refused = app.test_client().post("/sign-in", data={"username": "planted"}, headers=headers)
    assert refused.status_code == 400
    assert "planted" not in refused.text


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Flask]:
    """The application as the demo, with two of its accounts."""
    application = create_app(make_settings(tmp_path, f"sqlite:///{tmp_path / 'demo.sqlite'}", "demo"))
    with application.app_context():
        Base.metadata.create_all(db.engine)
        for username, name in (("office", "包雅茹"), ("chief", "白主任")):
            role = "officer" if username == "office" else username
            set_password(add_person(db.session(), username, name, [role], demo=True), DEMO_PASSWORD)
        add_person(db.session(), "firm9", "只在故事里", ["officer"], demo=True)
        db.session.commit()
        yield application
        db.session.remove()
        db.engine.dispose()


def test_the_demos_sign_in_page_lists_accounts_and_password(demo: Flask) -> None:
    page = demo.test_client().get("/sign-in").text
    for part in ("<code>office</code>", "<code>chief</code>", "包雅茹", DEMO_PASSWORD):
        assert part in page
    assert "只在故事里" not in page
