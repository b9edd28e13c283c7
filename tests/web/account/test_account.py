"""One's own account: what it shows, the password, the language and how mail comes."""

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.people import User, find_person
from registry.sign_in import check_password
from tests.web.gao import GOOD, sign_in, signed_in


def test_the_account_shows_person_place_roles_and_mail(client: FlaskClient, gao: User) -> None:
    sign_in(client)
    page = client.get("/account").text
    for part in ("高建军", "示范旗住房和城乡建设局", "gao@example.cn"):
        assert part in page


def change(
    client: FlaskClient, current: str = GOOD, password: str = "four grey horses", again: str = ""
) -> TestResponse:
    return client.post("/account/password", data={"current": current, "password": password, "again": again or password})


def test_a_changed_password_ends_every_other_session(app: Flask, client: FlaskClient, gao: User) -> None:
    other = app.test_client()
    sign_in(client)
    sign_in(other)
    assert change(client).location == "/account"
    assert signed_in(client)
    assert not signed_in(other)
    assert sign_in(other).status_code == 401
    assert sign_in(other, "four grey horses").status_code == 302


def test_a_refused_change_changes_nothing(app: Flask, client: FlaskClient, gao: User, session: Session) -> None:
    sign_in(client)
    assert change(client, current="not mine at all").status_code == 422
    assert change(client, password="short").status_code == 422
    refused = change(client, again="four gray horses")
    assert refused.status_code == 422
    assert 'href="#again"' in refused.text
    assert "four gr" not in refused.text
    assert check_password(session, "gao", GOOD) is not None


def test_the_present_password_cannot_be_guessed_there_either(client: FlaskClient, gao: User) -> None:
    sign_in(client)
    codes = [change(client, current="wrong one here").status_code for _ in range(6)]
    assert codes == [422] * 5 + [429]


def test_the_language_switch_keeps_the_page_and_is_remembered(client: FlaskClient, gao: User, session: Session) -> None:
    answer = client.get("/language/en?next=/sign-in?next%3D/desk")
    assert answer.location == "/sign-in?next=/desk"
    assert "User name" in client.get("/sign-in").text
    sign_in(client)
    assert "User name" not in client.get("/language/zh?next=/account").text
    session.expire_all()
    assert find_person(session, "gao").language == gao.language, "opening an address writes nothing"
    client.post("/account", data={"language": "en"})
    session.expire_all()
    assert find_person(session, "gao").language == "en"  # type: ignore[union-attr]
    assert client.get("/language/xx?next=/account").location == "/account"


def test_the_account_keeps_how_mail_comes_and_says_what_is_mailed_always(
    client: FlaskClient, gao: User, session: Session
) -> None:
    """Staff have a digest unless they choose; official papers are beyond choosing. Without an address, no choice."""
    sign_in(client)
    page = client.get("/account").text
    assert "official papers are mailed always" in page or "正式文书都会发邮件" in page
    assert re.search(r'<input checked[^>]*value="digest"', page)
    assert client.post("/account", data={"language": "zh", "notices": "inbox"}).location == "/account"
    session.expire_all()
    assert session.get_one(User, gao.id).notices == "inbox"
    assert client.post("/account", data={"language": "zh", "notices": "hourly"}).status_code == 422
    assert client.post("/account", data={"language": "zh"}).location == "/account"
    session.expire_all()
    assert session.get_one(User, gao.id).notices == "inbox", "what was not asked stays"
    session.get_one(User, gao.id).email = ""
    session.commit()
    assert 'name="notices"' not in client.get("/account").text


def test_the_account_keeps_the_language_for_mail(client: FlaskClient, gao: User, session: Session) -> None:
    sign_in(client)
    assert client.post("/account", data={"language": "en"}).location == "/account"
    session.expire_all()
    assert find_person(session, "gao").language == "en"  # type: ignore[union-attr]
    assert client.post("/account", data={"language": "xx"}).status_code == 422
