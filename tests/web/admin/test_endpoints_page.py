"""Endpoints: added with their secret shown once, their last messages, what to do where nothing is taken."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from exchange.webhooks import TAKEN, Line, WebhookMessage, write_message
from registry.endpoints import SILENT, Hosts, WebhookEndpoint, secrets_in_force, suspend
from registry.people import OpenSession
from registry.sessions import FRESH
from tests.builders import Place
from tests.conftest import NOW
from tests.web.signing import sign_in

ASKED = {"name": "执法系统", "address": "https://zf.example/redress"}


@pytest.fixture
def head(client: FlaskClient, place: Place) -> FlaskClient:
    client.set_cookie("language", "en")
    app = client.application
    app.extensions["line"] = Line(Hosts(("zf.example",)), app.extensions["line"].vault)
    return sign_in(client, place, "approver")


def the_endpoint(session: Session) -> WebhookEndpoint:
    session.expire_all()
    return session.scalars(select(WebhookEndpoint)).one()


def secret_in(text: str) -> str:
    found = re.search(r">(whsec_[\w+/=]{44})<", text)
    assert found
    return found[1]


def test_it_is_added_its_secret_shown_once_and_exchanged(head: FlaskClient, place: Place, session: Session) -> None:
    shown = head.post("/endpoints", data=ASKED)
    first, made = secret_in(shown.text), the_endpoint(session)
    assert shown.headers["Cache-Control"] == "no-store"
    assert (made.bureau_id, made.address, made.tells) == (place.bureau.id, ASKED["address"], True)
    for page in ("/endpoints", f"/endpoints/{made.id}"):
        assert first not in head.get(page).text
    second = secret_in(head.post(f"/endpoints/{made.id}/rotate").text)
    vault = head.application.extensions["line"].vault
    assert secrets_in_force(the_endpoint(session), vault, NOW) == (second, first)
    assert "the one before signs too until" in head.get(f"/endpoints/{made.id}").text


def test_only_hosts_that_the_operator_allows(head: FlaskClient, session: Session) -> None:
    answer = head.post("/endpoints", data={**ASKED, "address": "https://elsewhere.example/"})
    assert answer.status_code == 422
    assert "Whoever runs the platform has to allow this host first" in answer.text
    assert session.scalars(select(WebhookEndpoint)).all() == []


def test_one_that_takes_nothing_says_what_to_do_and_goes_on(head: FlaskClient, session: Session) -> None:
    head.post("/endpoints", data=ASKED)
    endpoint = the_endpoint(session)
    at = f"/endpoints/{endpoint.id}"
    write_message(session, endpoint, "case.changed", NOW, "2026-YY-000001", 7)
    session.flush()
    message = session.scalars(select(WebhookMessage)).one()
    message.tries, message.said, endpoint.failing_since = 12, "401", NOW - timedelta(days=3)
    suspend(endpoint, SILENT, NOW)
    session.commit()
    page = head.get(at).text
    for said in ("For three days the system took nothing", "Nothing is lost", "2026-YY-000001", "401", "Not taken yet"):
        assert said in page
    assert head.post(f"{at}/test").status_code == 409, "nothing is sent to it now"
    assert head.post(f"{at}/resume").status_code == 302
    assert the_endpoint(session).tells
    assert head.post(f"{at}/test").status_code == 302
    assert "Test" in head.get(at).text
    message = session.scalars(select(WebhookMessage).order_by(WebhookMessage.id)).first()  # type: ignore[assignment]
    message.state = TAKEN
    session.commit()
    assert head.post(f"{at}/messages/{message.id}/again").status_code == 302
    session.expire_all()
    assert message.state != TAKEN
    assert head.post(f"{at}/messages/999999/again").status_code == 404
    assert head.post(f"{at}/suspend").status_code == 302
    assert head.post(f"{at}/end").status_code == 302
    assert the_endpoint(session).secret == ""
    assert head.post(f"{at}/resume").status_code == 409, "it has ended"
    assert head.post(f"{at}/rotate").status_code == 409


def test_another_bureau_sees_and_moves_nothing_of_it(head: FlaskClient, place: Place, session: Session) -> None:
    head.post("/endpoints", data=ASKED)
    id = the_endpoint(session).id
    session.execute(update(WebhookEndpoint).values(bureau_id=place.other_bureau.id))
    session.commit()
    assert "data-endpoint=" not in head.get("/endpoints").text
    assert head.get(f"/endpoints/{id}").status_code == 404
    for act in ("test", "suspend", "resume", "end", "rotate", "messages/1/again"):
        assert head.post(f"/endpoints/{id}/{act}").status_code == 404, act
    chief = sign_in(head.application.test_client(), place, "chief")
    assert chief.get(f"/endpoints/{id}").status_code == 200


def test_who_showed_long_ago_who_they_are_is_asked_again(head: FlaskClient, session: Session) -> None:
    head.post("/endpoints", data=ASKED)
    id = the_endpoint(session).id
    session.execute(update(OpenSession).values(proven_at=NOW - FRESH - timedelta(seconds=1)))
    session.commit()
    for address in ("", *(f"/{id}/{act}" for act in ("rotate", "suspend", "resume", "end"))):
        assert head.post(f"/endpoints{address}", data=ASKED).location == "/account/proof", address
    assert the_endpoint(session).tells
