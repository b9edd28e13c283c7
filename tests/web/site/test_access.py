"""Every address bears a door, and a door lets in whom it names."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from registry.people import add_person, end_person, find_person
from registry.sign_in import set_password
from tests.conftest import NOW
from tests.web.signing import in_session
from web.site.access import EVERYBODY, NOBODY, identity, is_public, now, requires
from workflow.definition import AUDITOR, CHIEF, OFFICER

pytestmark = pytest.mark.both_databases


@pytest.fixture
def app(own_app: Flask) -> Flask:
    return own_app


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """A browser, on the application with three more pages."""
    app.add_url_rule("/open", "open", requires(public=True)(lambda: identity().name or "nobody"))
    app.add_url_rule(
        "/office", "office_only", requires(roles={OFFICER, CHIEF})(lambda: identity().name), methods=["GET", "POST"]
    )
    app.add_url_rule("/clock", "clock", requires(public=True)(lambda: str(now() is now())))
    for username, role in (("bao", "officer"), ("look", "auditor")):
        set_password(add_person(session, username, username.title(), [role]), "three grey horses")
    session.commit()
    return app.test_client()


def sign_in(client: FlaskClient, username: str) -> None:
    client.post("/sign-in", data={"username": username, "password": "three grey horses"})


def without_access(app: Flask) -> list[str]:
    views = app.view_functions
    return sorted(rule.rule for rule in app.url_map.iter_rules() if is_public(views[rule.endpoint]) is None)


def test_no_address_is_without_a_door(app: Flask) -> None:
    assert without_access(app) == []


def test_an_address_without_a_door_is_found(app: Flask) -> None:
    app.add_url_rule("/hole", "hole", lambda: "")
    assert without_access(app) == ["/hole"]


def test_a_door_is_public_or_names_roles() -> None:
    with pytest.raises(ValueError, match="public"):
        requires()
    with pytest.raises(ValueError, match="public"):
        requires(public=True, roles={AUDITOR})


def test_the_signed_in_door_opens_to_every_role_there_is() -> None:
    assert {role.name for role in EVERYBODY} == {"filer", "reviewer", "approver", "head", "officer", "chief", "auditor"}


def test_who_has_not_signed_in_is_asked_to_and_comes_back(client: FlaskClient) -> None:
    answer = client.get("/office?late=1&page=2")
    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=/office?late%3D1%26page%3D2"
    answer = client.post(answer.location, data={"username": "bao", "password": "three grey horses"})
    assert answer.location == "/office?late=1&page=2"
    assert client.get("/office").text == "Bao"


def test_a_post_without_a_session_does_nothing(client: FlaskClient) -> None:
    assert client.post("/office").location == "/sign-in?next=/office"


def test_another_role_finds_nothing(client: FlaskClient) -> None:
    sign_in(client, "look")
    assert client.get("/office").status_code == 404
    assert client.post("/office").status_code == 404
    assert client.get("/open").text == "Look"


def test_a_public_door_opens_to_all_and_nobody_holds_no_role(client: FlaskClient) -> None:
    assert client.get("/open").text == "nobody"
    assert NOBODY.roles == frozenset()


def test_an_ended_account_is_out_at_the_next_request(app: Flask, client: FlaskClient, session: Session) -> None:
    sign_in(client, "bao")
    assert client.get("/office").status_code == 200
    user = find_person(session, "bao")
    assert user is not None
    end_person(session, user, NOW, by=None)
    session.commit()
    assert client.get("/office").status_code == 302


@pytest.mark.parametrize("kept", ["1", "1:", "x:y", ":", "999:abc", "1:0123"])
def test_a_session_with_a_made_up_key_is_nobodys(client: FlaskClient, kept: str) -> None:
    assert in_session(client, kept).get("/open").text == "nobody"


def test_the_clock_is_read_once_a_request(client: FlaskClient) -> None:
    assert client.get("/clock").text == "True"
