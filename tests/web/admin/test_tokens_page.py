"""Tokens of systems: proposed by one, confirmed by another, shown once to who proposed; and what each head sees."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cases.ledger.verify_beside import register_faults
from registry.people import OpenSession, User
from registry.sessions import FRESH
from registry.tokens import ApiToken, NewToken, add_token, issue
from tests.builders import Place
from tests.clocks import at
from tests.conftest import NOW
from tests.web.admin.test_people_page import confirm
from tests.web.signing import sign_in

READS = {"name": "执法系统取案件", "scopes": ["cases:read"], "days": "90", "networks": "127.0.0.0/8 10.20.0.0/16"}


@pytest.fixture
def head(client: FlaskClient, place: Place) -> FlaskClient:
    client.set_cookie("language", "en")
    return sign_in(client, place, "approver")


def the_token(session: Session) -> ApiToken:
    session.expire_all()
    return session.scalars(select(ApiToken)).one()


def secret_in(answer: TestResponse) -> str:
    found = re.search(r">(rdr_[\w-]{43})<", answer.text)
    assert found
    return found[1]


def asked(client: FlaskClient, secret: str) -> int:
    return client.get("/api/v1/cases", headers={"Authorization": f"Bearer {secret}"}).status_code


def test_a_head_proposes_another_confirms_and_it_is_shown_once(
    head: FlaskClient, place: Place, session: Session
) -> None:
    assert head.post("/tokens", data=READS).status_code == 302
    made = the_token(session)
    assert (made.bureau_id, made.scopes, made.token_hash) == (place.bureau.id, ["cases:read"], None)
    assert made.until == NOW + timedelta(days=90)
    assert "Waits for a second person" in head.get("/tokens").text
    assert head.post(f"/tokens/{made.id}/show").status_code == 409, "nobody has confirmed it"

    waits = sign_in(head.application.test_client(), place, "chief")
    waits.set_cookie("language", "en")
    page = waits.get("/people/proposals").text
    assert "Let a system in" in page
    assert "10.20.0.0/16" in page
    assert "Read cases" in page
    assert confirm(head, place, "chief").status_code == 302
    assert waits.post(f"/tokens/{made.id}/show").status_code == 409, "shown to who proposed it alone"

    shown = head.post(f"/tokens/{made.id}/show")
    secret = secret_in(shown)
    assert shown.headers["Cache-Control"] == "no-store"
    assert secret not in head.get("/tokens").text
    assert head.post(f"/tokens/{made.id}/show").status_code == 409, "once"
    stranger = head.application.test_client()
    assert asked(stranger, secret) == 200
    row = head.get("/tokens").text
    assert secret[:8] in row
    assert "127.0.0.1" in row, "the last use and from where"
    assert head.post(f"/tokens/{made.id}/revoke").status_code == 302
    assert asked(stranger, secret) == 401
    assert list(register_faults(session.connection(), None)) == []


def test_what_is_refused_or_nobody_confirms_is_taken_out_again(
    head: FlaskClient, place: Place, session: Session
) -> None:
    people = session.scalar(select(func.count()).select_from(User))
    head.post("/tokens", data=READS)
    [id] = re.findall(r'data-proposal="(\d+)"', head.get("/people/proposals").text)
    assert head.post(f"/people/proposals/{id}/confirm").status_code == 409, "not by who proposed it"
    assert head.post(f"/people/proposals/{id}/refuse").status_code == 302
    assert session.scalars(select(ApiToken)).all() == []
    assert session.scalar(select(func.count()).select_from(User)) == people
    head.post("/tokens", data=READS)
    at(head.application, NOW + timedelta(hours=25))
    assert "Lapsed" in head.get("/tokens").text
    head.post("/tokens", data=READS)
    assert the_token(session).made_at == NOW + timedelta(hours=25)
    assert list(register_faults(session.connection(), None)) == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "2 to 80 characters"),
        ({"scopes": []}, "Choose at least one of"),
        ({"scopes": ["records:supply"]}, "Only the office brings record sheets in"),
        ({"days": "366"}, "from 1 to 365"),
        ({"days": "soon"}, "from 1 to 365"),
        ({"networks": "10.20.3.8/24"}, "Enter networks as in"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(head: FlaskClient, wrong: dict[str, object], sentence: str) -> None:
    answer = head.post("/tokens", data={**READS, **wrong})
    assert answer.status_code == 422
    assert sentence in answer.text


def test_the_office_keeps_all_and_a_bureau_its_own(head: FlaskClient, place: Place, session: Session) -> None:
    chief = sign_in(head.application.test_client(), place, "chief")
    for body in ({"body": str(place.other_bureau.id)}, {"enterprise": place.firm.code}, {}):
        assert chief.post("/tokens", data={**READS, **body}).status_code == 302
    both = {"body": str(place.bureau.id), "enterprise": place.firm.code}
    assert chief.post("/tokens", data={**READS, **both}).status_code == 422
    kept = session.scalars(select(ApiToken).order_by(ApiToken.id)).all()
    assert [(one.bureau_id, one.enterprise_id) for one in kept] == [
        (place.other_bureau.id, None), (None, place.firm.id), (None, None)
    ]  # fmt: skip
    assert chief.get("/tokens").text.count("data-token=") == 3
    assert "data-token=" not in head.get("/tokens").text
    for one in kept:
        assert head.post(f"/tokens/{one.id}/revoke").status_code == 404
        assert "执法系统" not in head.get(f"/tokens?like={one.id}").text
    head.post("/tokens", data={**READS, "body": str(place.other_bureau.id)})
    session.expire_all()
    newest = session.scalars(select(ApiToken).order_by(ApiToken.id.desc())).first()
    assert newest
    assert newest.bureau_id == place.bureau.id, "the head of a bureau asks for that alone"


def test_it_is_marked_before_it_ends_and_renewed_with_all_that_it_had(
    head: FlaskClient, place: Place, session: Session
) -> None:
    new = NewToken("考核大屏", ["figures:read"], 5, bureau_id=place.bureau.id, networks=["10.20.3.40/32"])
    token = add_token(session, new, NOW, demo=False)
    issue(session, token)
    session.commit()
    assert "5 days left" in head.get("/tokens").text
    form = head.get(f"/tokens?like={token.id}").text
    for kept in ('value="考核大屏"', 'value="5"', 'value="10.20.3.40/32"'):
        assert kept in form
    assert re.search(r'<input checked[^>]*value="figures:read"', form)
    assert "考核大屏" not in sign_in(head.application.test_client(), place, "chief").get("/people").text, "nobody"


def test_who_showed_long_ago_who_they_are_is_asked_again(head: FlaskClient, place: Place, session: Session) -> None:
    head.post("/tokens", data=READS)
    confirm(head, place, "chief")
    id = the_token(session).id
    session.execute(update(OpenSession).values(proven_at=NOW - FRESH - timedelta(seconds=1)))
    session.commit()
    for address in ("", f"/{id}/show", f"/{id}/revoke"):
        answer = head.post(f"/tokens{address}", data=READS)
        assert (answer.status_code, answer.location) == (302, "/account/proof"), address
    assert the_token(session).token_hash is None
