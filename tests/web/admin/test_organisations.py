"""Bureaus and the office: what is missing, what the head of the office enters, and that every change is kept."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from notifications.papers import Paper
from registry.organisations import Bureau, Office, OrganisationChange, find_bureau
from tests.builders import Place
from tests.web.signing import sign_in

pytestmark = pytest.mark.both_databases

CONFIRMED = {
    "review_body": "示范旗人民政府", "review_source": "示政发〔2026〕7号", "review_on": "2026-09-01",
    "review_confirmed": "y",
    "court": "示范旗人民法院", "court_source": "示政发〔2026〕7号", "court_on": "2026-09-01", "court_confirmed": "y",
}  # fmt: skip


@pytest.fixture
def chief(client: FlaskClient, place: Place) -> FlaskClient:
    client.set_cookie("language", "en")
    return sign_in(client, place, "chief")


def send(client: FlaskClient, place: Place, **values: str) -> TestResponse:
    kept = {"name": place.bureau.name, "short_name": place.bureau.short_name, **CONFIRMED}
    return client.post(f"/organisations/{place.bureau.id}", data={**kept, **values})


def bureau(session: Session, place: Place) -> Bureau:
    session.expire_all()
    return session.get_one(Bureau, place.bureau.id)


def test_the_list_says_what_is_missing_and_what_must_be_confirmed(
    chief: FlaskClient, place: Place, session: Session
) -> None:
    place.bureau.court = ""
    session.commit()
    text = chief.get("/organisations").text
    row = text[text.index(f"/organisations/{place.bureau.id}") :]
    row = row[: row.index("</tr>")]
    assert "missing" in row
    assert "to be confirmed" in row
    assert "1 bureau has no review body or no court" in text


def test_the_head_of_the_office_confirms_a_review_body_and_a_court_with_their_source(
    chief: FlaskClient, place: Place, session: Session
) -> None:
    assert send(chief, place, email="hbj@example.cn").status_code == 302
    kept = bureau(session, place)
    assert (kept.review_confirmed, kept.court_confirmed, kept.email) == (True, True, "hbj@example.cn")
    text = chief.get(f"/organisations/{place.bureau.id}").text
    assert "to be confirmed</span>" not in text
    assert "chief人" in text


def test_a_renamed_bureau_is_still_known_by_its_former_name(chief: FlaskClient, place: Place, session: Session) -> None:
    old = place.bureau.name
    assert send(chief, place, name="示范旗生态环境局").status_code == 302
    kept = bureau(session, place)
    assert kept.name == "示范旗生态环境局"
    assert old in kept.former_names
    assert find_bureau(session, name=old).id == kept.id


def test_where_the_office_is_stands_where_one_is_told_to_come(
    chief: FlaskClient, place: Place, session: Session
) -> None:
    visitor = chief.application.test_client()
    assert (
        chief.post("/organisations/office", data={"name": "示范旗信用办", "address": "", "address_en": ""}).status_code
        == 302
    )
    assert "地址：" not in visitor.get("/join/mail?how=stands").text, "nothing is said before it has been entered"
    office = session.get_one(Office, 1)
    here = {"name": office.name, "address": "旗政府街 1 号", "address_en": "1 Government Street"}
    assert chief.post("/organisations/office", data=here).status_code == 302
    assert "地址：旗政府街 1 号。" in visitor.get("/join/mail?how=stands").text
    case = place.file()
    receipt = session.scalars(select(Paper).where(Paper.case_number == case.number)).first()
    assert receipt
    assert "1 Government Street" in chief.get(f"/papers/{receipt.id}").text


def test_every_change_is_kept_with_what_stood_there_before(chief: FlaskClient, place: Place, session: Session) -> None:
    old = place.bureau.short_name
    send(chief, place)
    first = len(session.scalars(select(OrganisationChange)).all())
    assert send(chief, place, short_name="环境局").status_code == 302
    changes = session.scalars(select(OrganisationChange).order_by(OrganisationChange.id)).all()[first:]
    assert [(c.body, c.field, c.before, c.after, c.actor) for c in changes] == [
        (f"bureau:{place.bureau.id}", "short_name", old, "环境局", f"user:{place.people['chief'].id}")
    ]
    send(chief, place, short_name="环境局")
    assert len(session.scalars(select(OrganisationChange)).all()) == first + 1


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"name": " "}, "name", "Enter the name."),
        ({"email": "nobody"}, "email", "Enter a mail address"),
        ({"review_on": "gestern"}, "review_on", "Write the day as 2026-11-24."),
        ({"review_on": "2027-01-01"}, "review_on", "This day is still to come."),
        ({"court": ""}, "court", "Enter the body before you confirm it."),
        ({"court_source": ""}, "court_source", "Say where this is written"),
        ({"court_on": ""}, "court_on", "Enter the day of the source before"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_field_and_nothing_is_changed(
    chief: FlaskClient, place: Place, session: Session, wrong: dict[str, str], field: str, sentence: str
) -> None:
    answer = send(chief, place, short_name="环境局", **wrong)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert f'href="#{field}"' in answer.text
    assert sentence in answer.text
    assert 'value="环境局"' in answer.text
    assert bureau(session, place).short_name != "环境局"
    assert session.scalars(select(OrganisationChange)).all() == []


def test_a_name_that_another_bureau_bears_or_bore_is_refused(chief: FlaskClient, place: Place) -> None:
    answer = send(chief, place, name=place.other_bureau.name)
    assert answer.status_code == 422
    assert "Another bureau bears or bore this name." in answer.text


def test_the_office_is_kept_likewise(chief: FlaskClient, place: Place, session: Session) -> None:
    office = session.get_one(Office, 1)
    data = {"name": office.name, **CONFIRMED, "email": "xyb@example.cn"}
    assert chief.post("/organisations/office", data=data).status_code == 302
    session.expire_all()
    assert session.get_one(Office, 1).email == "xyb@example.cn"
    assert session.get_one(Office, 1).review_confirmed


def test_officer_and_auditor_read_and_write_nothing(client: FlaskClient, place: Place, session: Session) -> None:
    for name in ("office", "auditor"):
        signed = sign_in(client, place, name)
        text = signed.get(f"/organisations/{place.bureau.id}").text
        assert place.bureau.court in text
        assert not re.search(r'<input[^>]*name="court"', text)
        assert send(signed, place, email="x@example.cn").status_code == 404
    for name in ("reviewer", "enterprise"):
        signed = sign_in(client, place, name)
        assert signed.get("/organisations").status_code == 404
        assert signed.get(f"/organisations/{place.bureau.id}").status_code == 404
        assert signed.post("/organisations/office", data={"name": "x"}).status_code == 404
    assert bureau(session, place).email != "x@example.cn"


def test_a_bureau_that_is_not_there_is_not_found(chief: FlaskClient) -> None:
    assert chief.get("/organisations/999").status_code == 404
    assert chief.post("/organisations/999", data={}).status_code == 404


def test_where_a_user_looks_for_a_merger_the_page_says_where_it_is_recorded(chief: FlaskClient, place: Place) -> None:
    assert "That a bureau was merged, split or renamed is recorded on its own page." in chief.get("/organisations").text
    assert f'href="/organisations/{place.bureau.id}/succession"' in chief.get(f"/organisations/{place.bureau.id}").text
    assert "/succession" not in chief.get("/organisations/office").text
