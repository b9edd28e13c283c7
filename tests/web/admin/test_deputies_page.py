"""Deputies on their page: named by the head of the office or of a bureau, at work from their first day, ended."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.people import Deputy
from tests.builders import Place
from tests.web.signing import sign_in

DAYS = {"from_day": "2026-11-24", "until_day": "2026-11-27"}


@pytest.fixture
def place(place: Place) -> Place:
    """The usual place, with a second reviewer at the first bureau."""
    place.add("second", "reviewer")
    return place


@pytest.fixture
def head(client: FlaskClient, place: Place) -> FlaskClient:
    client.set_cookie("language", "en")
    return sign_in(client, place, "approver")


def name(client: FlaskClient, place: Place, who: str, by: str, **values: str) -> TestResponse:
    asked = {"person": str(place.people[who].id), "deputy": str(place.people[by].id), **DAYS, **values}
    return client.post("/people/deputies", data=asked)


def test_a_head_names_a_deputy_who_then_finds_their_work_and_for_whom(
    head: FlaskClient, place: Place, session: Session
) -> None:
    assert '<a href="/people/deputies"' in head.get("/account").text
    page = head.get("/people/deputies").text
    assert "No deputy has been named." in page
    assert "approver人" in page
    assert "reviewer2人" not in page
    assert name(head, place, "approver", "second").status_code == 302
    [row] = session.scalars(select(Deputy)).all()
    assert row.named_by_id == place.people["approver"].id
    page = head.get("/people/deputies").text
    line = page[page.index("<tbody") : page.index("</tbody>")]
    assert "second人" in line
    assert "Approver, Head of the bureau" in line
    assert "Stands in now" in line
    theirs = sign_in(head.application.test_client(), place, "second")
    theirs.set_cookie("language", "en")
    account = theirs.get("/account").text
    assert "Approver, for approver人" in account
    assert "Reviewer</dd>" in account
    assert theirs.get("/people/deputies").status_code == 200
    assert head.post(f"/people/deputies/{row.id}/end").status_code == 302
    assert theirs.get("/people/deputies").status_code == 404
    page = head.get("/people/deputies").text
    assert "Ended early" in page
    answer = head.post(f"/people/deputies/{row.id}/end")
    assert answer.status_code == 409
    assert "This has ended already. Nothing was changed, and there is nothing left to do." in answer.text


def test_the_head_of_the_office_names_for_the_office_alone(client: FlaskClient, place: Place, session: Session) -> None:
    client.set_cookie("language", "en")
    chief = sign_in(client, place, "chief")
    assert 'href="/people/deputies"' in chief.get("/people").text
    assert name(chief, place, "chief", "officer2", from_day="2026-11-30", until_day="2026-11-30").status_code == 302
    page = chief.get("/people/deputies").text
    assert page.count(">30 November</span>") == 2
    assert "Not yet" in page
    assert "auditor人" not in page
    answer = name(chief, place, "approver", "second")
    assert answer.status_code == 422
    theirs = sign_in(chief.application.test_client(), place, "approver")
    [row] = session.scalars(select(Deputy)).all()
    assert theirs.post(f"/people/deputies/{row.id}/end").status_code == 404
    assert chief.post("/people/deputies/999/end").status_code == 404


def test_what_cannot_be_named_is_said_beside_its_field_and_what_was_typed_stays(
    head: FlaskClient, place: Place, session: Session
) -> None:
    wrong = {
        "Nobody stands in for themselves": {"deputy": str(place.people["approver"].id)},
        "The last day is before the first: correct one of them.": {"until_day": "2026-11-20"},
        "This day is over": {"from_day": "2026-11-20"},
        "Write the day as 2026-11-24.": {"until_day": "tomorrow"},
        "Write the last day.": {"until_day": ""},
        "Choose one of the people in the list.": {"deputy": "9" * 30},
    }
    for sentence, values in wrong.items():
        answer = name(head, place, "approver", "second", **values)
        assert answer.status_code == 422, sentence
        assert sentence in answer.text
        assert f'<option selected value="{place.people["approver"].id}">' in answer.text
    assert session.scalars(select(Deputy)).all() == []


def test_nobody_else_keeps_deputies(client: FlaskClient, place: Place) -> None:
    for who in ("reviewer", "office", "auditor", "enterprise"):
        signed = sign_in(client, place, who)
        assert signed.get("/people/deputies").status_code == 404, who
        assert name(signed, place, "approver", "second").status_code == 404, who
        assert "/people/deputies" not in signed.get("/account").text
