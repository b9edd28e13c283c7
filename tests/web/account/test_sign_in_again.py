"""A session that ends while somebody writes: of every form they have all that they typed again, and nobody else has."""

import html
import io
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from extensions import db
from registry.people import User, end_sessions
from registry.sign_in import set_password
from tests.conftest import NOW
from tests.web.stage import ACTORS, Stage, build_stage, fill
from tests.web.test_addresses import BODIES, TABLE
from web.account.sign_in import writer_of

FIELD = "csrf_token"
PASSWORD = "three grey horses"
TYPED = "写了半个钟头的一段话，一个字也不能丢。"
HERE = {"Sec-Fetch-Site": "same-origin"}
OPEN = ("/sign-in", "/sign-out", "/language", "/status", "/join", "/papers/check", "/help/look", "/api/")
"""The pages at which nobody has to sign in, and the door for machines, which have no form."""
FORMS = sorted({row["address"] for row in TABLE if row["method"] == "POST" and not row["address"].startswith(OPEN)})


class Names(dict[str, str]):
    """Which row it would be is of no matter: nothing is sent."""

    def __missing__(self, key: str) -> str:
        return "1"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Stage:
    stage = build_stage(tmp_path_factory.mktemp("again"), sqlite_template)
    fill(stage)
    with stage.app.app_context():
        for user in db.session.scalars(select(User).where(User.username.in_(ACTORS.values()))):
            set_password(user, PASSWORD)
        db.session.commit()
    stage.keep()
    stage.app.config["WTF_CSRF_ENABLED"] = True
    return stage


def signed_in(stage: Stage, name: str) -> tuple[FlaskClient, str]:
    """Somebody who has signed in as people do, and the token that their forms bear."""
    client = stage.app.test_client()
    token = token_in(client.get("/sign-in").text)
    answer = client.post("/sign-in", data={"username": name, "password": PASSWORD, FIELD: token}, headers=HERE)
    assert answer.status_code == 302, answer.text
    return client, token_in(client.get("/account").text)


def token_in(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found
    return found[1]


def hidden(page: str) -> dict[str, list[str]]:
    """The hidden fields of the page's own form, in order."""
    form = re.findall(r"<main.*?(<form.*?</form>)", page, re.DOTALL)[-1]
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form):
        fields.setdefault(html.unescape(name), []).append(html.unescape(value))
    return fields


def typed(stage: Stage, address: str) -> dict[str, str]:
    rule = next(row["rule"] for row in TABLE if row["address"] == address and row["method"] == "POST")
    body = {
        name: value.format_map(Names(stage.names))
        for name, value in BODIES.get(rule, {}).items()
        if "password" not in name
    }
    return {"typed": TYPED, **{name: value for name, value in body.items() if name not in ("current", "again")}}


@pytest.fixture(scope="module")
def chief(stage: Stage) -> tuple[int, str]:
    """The person whose forms they are, and the token of their pages."""
    _, token = signed_in(stage, "chief")
    with stage.app.app_context():
        return db.session.scalars(select(User.id).where(User.username == "chief")).one(), token


@pytest.fixture(scope="module")
def other(stage: Stage) -> FlaskClient:
    return signed_in(stage, "office")[0]


def test_a_form_token_says_whose_it_is_and_a_forged_one_nobodys(stage: Stage, chief: tuple[int, str]) -> None:
    """As Flask-WTF signs today: where it signs otherwise one day, this fails."""
    id, token = chief
    with stage.app.test_request_context():
        assert writer_of(token) == id
        assert writer_of(token + "x") is None
        assert writer_of(generate_csrf()) is None, "of a page that nobody had signed in for"


@pytest.mark.parametrize("address", FORMS)
def test_of_every_form_all_that_was_typed_is_there_again(stage: Stage, chief: tuple[int, str], address: str) -> None:
    before, data = stage.content(), typed(stage, address)
    path = address.format_map(Names(stage.names))
    visitor = stage.app.test_client()
    asked = visitor.post(path, data={**data, FIELD: chief[1]}, headers=HERE)
    assert asked.status_code == 400
    fields = hidden(asked.text)
    answer = visitor.post("/sign-in/again", data={**fields, "again-password": PASSWORD}, headers=HERE)
    assert answer.status_code == 200, answer.text
    assert f'action="{html.escape(path)}"' in answer.text
    kept = hidden(answer.text)
    assert {name: kept[name] for name in data} == {name: [value] for name, value in data.items()}
    assert writer_of_in(stage, kept[FIELD][0]) == chief[0]
    assert TYPED in re.sub(r"<input[^>]*>", "", answer.text), "it is shown, to be looked through"
    assert stage.content() == before, "nothing is sent for anybody"


FOUND = {"findings-fine-finding": "kept", "findings-fine-reason": TYPED, "reasons": "写到一半"}
CLAIMED = {"ground": "wrong", "claims-fine-wrong": "y", "claims-fine-value": "0.67", "then": "on"}


@pytest.mark.parametrize(
    ("who", "address", "data", "shown"),
    [
        ("reviewer2", "/cases/{case}/propose", FOUND, (r'<input checked[^>]*finding[^>]*value="kept"', TYPED)),
        ("enterprise", "/records/{free}/objection/ground", CLAIMED,
         (r'<input checked[^>]*id="claims-fine-wrong"', 'claims-fine-value[^>]*value="0.67"')),
    ],
)  # fmt: skip
def test_a_form_that_keeps_itself_is_shown_again_with_what_was_chosen(
    stage: Stage, who: str, address: str, data: dict[str, str], shown: Sequence[str]
) -> None:
    path, (_, token) = address.format_map(stage.names), signed_in(stage, who)
    held = {**data, "draft": stage.names["draft"]} if "then" in data else data
    visitor = stage.app.test_client()
    fields = hidden(visitor.post(path, data={**held, FIELD: token}, headers=HERE).text)
    page = visitor.post("/sign-in/again", data={**fields, "again-password": PASSWORD}, headers=HERE).text
    button = re.search(r'<button[^>]*formaction="([^"]+)" name="then" value="keep">', page)
    assert button
    assert page.index(button[0]) < page.index('name="then" value="on"') if "then" in data else True
    sent = MultiDict([("then", "keep"), *((name, text) for name, texts in hidden(page).items() for text in texts)])
    answer = visitor.post(button[1], data=sent, headers=HERE, follow_redirects=True)
    assert answer.status_code == 200
    for one in shown:
        assert re.search(one, answer.text), one
    stage.put_back()


def writer_of_in(stage: Stage, token: str) -> int | None:
    with stage.app.test_request_context():
        return writer_of(token)


@pytest.mark.parametrize("address", FORMS)
def test_to_another_who_has_signed_in_nothing_of_it_is_shown(
    stage: Stage, chief: tuple[int, str], other: FlaskClient, address: str
) -> None:
    answer = other.post(
        address.format_map(Names(stage.names)), data={**typed(stage, address), FIELD: chief[1]}, headers=HERE
    )
    assert answer.status_code == 400
    assert TYPED not in answer.text
    assert chief[1] not in answer.text


def test_only_whoever_wrote_it_has_it_back(stage: Stage, chief: tuple[int, str]) -> None:
    """Another person's password opens nothing: the name stands on the page, and is not asked."""
    visitor = stage.app.test_client()
    asked = visitor.post("/phrases", data={"text": TYPED, FIELD: chief[1]}, headers=HERE)
    fields = hidden(asked.text)
    assert 'value="chief"' in asked.text
    for change in ({"again-token": [chief[1] + "x"]}, {"again-token": []}):
        answer = visitor.post("/sign-in/again", data={**fields, **change, "again-password": PASSWORD}, headers=HERE)
        assert answer.status_code == 404
        assert TYPED not in answer.text


def test_a_wrong_password_is_said_and_nothing_is_lost(stage: Stage, chief: tuple[int, str]) -> None:
    visitor = stage.app.test_client()
    fields = hidden(visitor.post("/phrases", data={"text": TYPED, FIELD: chief[1]}, headers=HERE).text)
    wrong = visitor.post("/sign-in/again", data={**fields, "again-password": "guessed"}, headers=HERE)
    assert wrong.status_code == 401
    held = hidden(wrong.text)
    assert held["text"] == [TYPED]
    assert visitor.post("/sign-in/again", data={**held, "again-password": PASSWORD}, headers=HERE).status_code == 200


def test_the_page_that_asks_may_itself_wait_too_long(stage: Stage, chief: tuple[int, str]) -> None:
    visitor = stage.app.test_client()
    fields = hidden(visitor.post("/phrases", data={"text": TYPED, FIELD: chief[1]}, headers=HERE).text)
    answer = stage.app.test_client().post("/sign-in/again", data={**fields, "again-password": PASSWORD}, headers=HERE)
    assert answer.status_code == 400
    assert hidden(answer.text)["text"] == [TYPED]
    assert PASSWORD not in answer.text


def test_a_session_ended_from_elsewhere_loses_nothing(stage: Stage) -> None:
    client, token = signed_in(stage, "auditor")
    with stage.app.app_context():
        auditor = db.session.scalars(select(User).where(User.username == "auditor")).one()
        end_sessions(db.session(), auditor.id, NOW)
        db.session.commit()
    answer = client.post("/phrases", data={"text": TYPED, FIELD: token}, headers=HERE)
    assert answer.status_code == 400
    assert hidden(answer.text)["text"] == [TYPED]


def test_files_must_be_chosen_again_and_a_password_is_never_on_the_page(stage: Stage, chief: tuple[int, str]) -> None:
    def asked(data: dict[str, object]) -> TestResponse:
        return stage.app.test_client().post("/account/password", data={**data, FIELD: chief[1]}, headers=HERE)

    page = asked({"letter": (io.BytesIO(b"%PDF"), "委托书.pdf"), "password": "secret horses"}).text
    assert "secret horses" not in page
    assert hidden(page)["again-lost"] == ["files secrets"]


def test_who_signs_out_after_the_session_has_ended_has_signed_out(stage: Stage, chief: tuple[int, str]) -> None:
    answer = stage.app.test_client().post("/sign-out", data={FIELD: chief[1]}, headers=HERE)
    assert answer.location == "/sign-in"


def test_at_an_open_page_nobody_is_asked_to_sign_in(stage: Stage, chief: tuple[int, str]) -> None:
    answer = stage.app.test_client().post("/status", data={"number": "2026-YY-000001", FIELD: chief[1]}, headers=HERE)
    assert answer.status_code == 400
    assert "again-password" not in answer.text
    assert "2026-YY-000001" in answer.text
