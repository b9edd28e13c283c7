"""What a bureau became, on its page: written by the head of the office, looked at, recorded in one act, then shown."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.organisations import Bureau, Succession
from tests.builders import Place, day
from tests.web.signing import sign_in

pytestmark = pytest.mark.both_databases

PAPER = "示编发〔2026〕9号"


@pytest.fixture
def chief(client: FlaskClient, place: Place) -> FlaskClient:
    client.set_cookie("language", "en")
    return sign_in(client, place, "chief")


def send(client: FlaskClient, place: Place, step: str = "", **values: str) -> TestResponse:
    asked = {"how": "merged", "successor": str(place.other_bureau.id), "document": PAPER, "on_day": "2026-11-20"}
    return client.post(f"/organisations/{place.bureau.id}/succession{step}", data={**asked, **values})


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_a_merger_is_looked_at_and_then_recorded_with_all_that_follows(
    chief: FlaskClient, place: Place, session: Session
) -> None:
    case = place.file(day(2026, 11, 23, 9))
    place.act(case, "office", "accept", day(2026, 11, 23, 10))
    place.act(case, "office", "refer", day(2026, 11, 23, 11), question="请核对。")
    assert chief.get(f"/organisations/{place.bureau.id}/succession").status_code == 200
    looked = send(chief, place)
    assert looked.status_code == 200
    assert 'data-follows="1 1 2"' in looked.text
    assert "Nothing is recorded yet." in looked.text
    assert session.scalars(select(Succession)).all() == []
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', looked.text))
    again = send(chief, place, again="y")
    assert again.status_code == 200
    assert f'value="{PAPER}"' in again.text
    assert "Nothing is recorded yet." not in again.text
    answer = chief.post(f"/organisations/{place.bureau.id}/succession/record", data=hidden)
    assert answer.location == f"/organisations/{place.other_bureau.id}"
    session.expire_all()
    assert session.get_one(Bureau, place.bureau.id).successor_id == place.other_bureau.id
    assert place.record.supplied_by_id == place.other_bureau.id
    assert place.case(case.number).bureau_id == place.other_bureau.id
    assert "1 open case followed." in chief.get(f"/organisations/{place.other_bureau.id}").text
    theirs = sign_in(chief.application.test_client(), place, "reviewer2")
    assert place.bureau.short_name in theirs.get(f"/cases/{case.number}").text
    [row] = session.scalars(select(Succession)).all()
    assert row.recorded_by_id == place.people["chief"].id
    old, new = (plain(chief.get(f"/organisations/{body.id}").text) for body in (place.bureau, place.other_bureau))
    assert "This body has a successor: Demo Banner Emergency Management Bureau" in old
    assert f"Merged into Demo Banner Emergency Management Bureau on Friday 20 November by {PAPER}." in old
    assert f"What {place.bureau.name} had came to it on Friday 20 November by {PAPER}." in new
    assert "now Demo Banner Emergency Management Bureau" in plain(chief.get("/organisations").text)
    record = plain(chief.get(f"/records/{place.record.id}").text)
    author = f"{place.bureau.name} (as the record says; today Demo Banner Emergency Management Bureau)"
    assert f"Decided by {author}" in record
    for address in ("/records", f"/cases/{case.number}"):
        assert author in plain(chief.get(address).text)
    assert chief.get(f"/organisations/{place.bureau.id}/succession").location == f"/organisations/{place.bureau.id}"
    again = send(chief, place, "/record")
    assert again.status_code == 409
    assert "This body has a successor already. Nothing was changed: look at it under Organisations." in again.text


def test_a_new_name_is_recorded_with_its_document_and_the_body_stays(
    chief: FlaskClient, place: Place, session: Session
) -> None:
    was = place.bureau.name
    values = {"how": "renamed", "successor": "", "name": "示范旗生态环境局"}
    looked = send(chief, place, **values)
    assert "示范旗生态环境局" in looked.text
    assert "They stay with it" in looked.text
    assert send(chief, place, "/record", **values).location == f"/organisations/{place.bureau.id}"
    session.expire_all()
    assert place.bureau.name == "示范旗生态环境局"
    page = plain(chief.get(f"/organisations/{place.bureau.id}").text)
    assert f"Renamed on Friday 20 November by {PAPER}; until then its name was {was}." in page
    assert "This body has a successor" not in page


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_recorded(
    chief: FlaskClient, place: Place, session: Session
) -> None:
    for wrong, field, sentence in (
        ({"how": ""}, "how", "Choose one of the answers offered."),
        ({"how": "closed"}, "how", "Not a valid choice"),
        ({"successor": ""}, "successor", "Choose another bureau, one that stands today."),
        ({"successor": str(place.bureau.id)}, "successor", "Choose another bureau, one that stands today."),
        ({"successor": "9" * 30}, "successor", "Choose another bureau, one that stands today."),
        ({"how": "renamed"}, "name", "Enter the new name."),
        ({"how": "renamed", "name": place.other_bureau.name}, "name", "Another bureau bears or bore this name."),
        ({"document": ""}, "document", "Enter the document that says so"),
        ({"on_day": ""}, "on_day", "Enter the day from which it holds."),
        ({"on_day": "2026-11-25"}, "on_day", "This day is still to come"),
    ):
        for step in ("", "/record"):
            answer = send(chief, place, step, **wrong)
            assert answer.status_code == 422, (wrong, step)
            assert f'<a href="#{field}' in answer.text
            assert sentence in answer.text
    assert session.scalars(select(Succession)).all() == []
    assert place.bureau.successor_id is None


def test_only_the_head_of_the_office_records_it(client: FlaskClient, place: Place, session: Session) -> None:
    for who in ("office", "auditor", "approver", "enterprise"):
        signed = sign_in(client, place, who)
        assert signed.get(f"/organisations/{place.bureau.id}/succession").status_code == 404, who
        assert send(signed, place).status_code == 404, who
        assert send(signed, place, "/record").status_code == 404, who
    assert session.scalars(select(Succession)).all() == []
