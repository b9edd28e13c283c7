"""How a case stands, without signing in: number and check code together, five tries an hour, complaints never."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cases.model.tables import Case
from tests.builders import VALUES, Place
from tests.clocks import later
from tests.conftest import NOW
from tests.web.undrawn import undrawn

pytestmark = pytest.mark.both_databases

WRONG = "X" * 10
HERE = "127.0.0.1"


@pytest.fixture
def case(place: Place) -> Case:
    place.file(NOW, place.other_record, by="enterprise2")
    return place.file(NOW)


@pytest.fixture
def numbers_alone(app: Flask) -> Iterator[None]:
    """Very many answers, of which only the number is looked at."""
    with undrawn(app):
        yield


def look(client: FlaskClient, number: str, code: str, address: str = HERE) -> TestResponse:
    client.set_cookie("language", "en")
    return client.post("/status", data={"number": number, "code": code}, environ_base={"REMOTE_ADDR": address})


def said(response: TestResponse) -> dict[str, str]:
    found = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", response.text)
    return {name: re.sub("<[^>]+>", "", value).strip() for name, value in found}


def test_number_and_code_show_the_step_who_has_it_and_until_when_and_nothing_else(
    client: FlaskClient, place: Place, case: Case
) -> None:
    place.act(case, "office", "accept", NOW)
    place.act(case, "office", "refer", NOW, question="请核查。")
    answer = look(client, case.number, case.check_code)
    assert answer.status_code == 200
    assert said(answer) == {
        "Filed on": "Tuesday 24 November", "Stands at": "With the bureau",
        "Lies with": "Ecology and Environment Bureau",
        "Due": "Due in 7 working days, Thursday 3 December Verify",
    }  # fmt: skip
    for secret in (place.firm.name, place.firm.code, VALUES["document_number"], VALUES["facts"], "请核查。"):
        assert secret not in answer.text


def test_a_case_that_is_closed_says_how_and_when(client: FlaskClient, place: Place, case: Case) -> None:
    place.act(case, "enterprise", "withdraw", NOW)
    assert said(look(client, case.number, case.check_code)) == {
        "Filed on": "Tuesday 24 November", "Stands at": "Withdrawn", "Closed on": "Tuesday 24 November",
    }  # fmt: skip


def test_both_may_be_typed_as_they_are_read_aloud(client: FlaskClient, case: Case) -> None:
    code = case.check_code.lower()
    assert look(client, case.number.lower().replace("-", " "), f"{code[:5]} {code[5:]}").status_code == 200


@pytest.mark.parametrize("code", ["2345ABCDEF", "2345AB2345", "9876ZZZZZZ", "2345A2CDEF", "2345234523", "ABCDEFGHJK"])
def test_a_code_is_right_whatever_it_begins_with(client: FlaskClient, session: Session, case: Case, code: str) -> None:
    session.execute(update(Case).where(Case.id == case.id).values(check_code=code))
    session.commit()
    for typed in (code, f"{code[:5]} {code[5:]}", code.lower(), f"{code[:4]}-{code[4:6]}-{code[6:]}"):
        assert look(client, case.number, typed).status_code == 200, typed


@pytest.mark.parametrize(("number", "code"), [
    ("2026-YY-000002", WRONG), ("2026-YY-999999", WRONG), ("2026-YY-000002", "other"), ("%", "%"), ("é" * 9, "é" * 10),
])  # fmt: skip
def test_what_does_not_belong_together_is_unknown_whatever_is_wrong(
    client: FlaskClient, place: Place, case: Case, number: str, code: str
) -> None:
    other = place.case("2026-YY-000001").check_code
    answer = look(client, number, other if code == "other" else code)
    assert answer.status_code == 404
    assert "There is no case with this number and this case code" in answer.text
    assert "The paper code at the foot of a paper is another one" in answer.text
    assert f'value="{number}"' in answer.text


def test_a_complaint_is_never_shown(client: FlaskClient, place: Place) -> None:
    case = place.complain(NOW)
    assert look(client, case.number, case.check_code).status_code == 404


def test_after_five_wrong_tries_within_an_hour_a_number_is_not_shown_there_until_the_hour_is_over(
    app: Flask, client: FlaskClient, place: Place, case: Case
) -> None:
    assert [look(client, case.number, WRONG).status_code for _ in range(6)] == [404] * 5 + [429]
    late = look(client, case.number, case.check_code)
    assert late.status_code == 429
    assert 0 < int(late.headers["Retry-After"]) <= 3600
    assert "Try again in 60 min, after 24 November, 11:42" in late.text
    assert look(client, "2026-YY-000001", place.case("2026-YY-000001").check_code).status_code == 200
    later(app, timedelta(minutes=61))
    assert look(client, case.number, case.check_code).status_code == 200


def test_a_right_code_forgives_the_wrong_ones(client: FlaskClient, case: Case) -> None:
    for _ in range(3):
        assert [look(client, case.number, WRONG).status_code for _ in range(4)] == [404] * 4
        assert look(client, case.number, case.check_code).status_code == 200


def test_whoever_types_wrong_codes_for_a_number_locks_out_nobody_elsewhere(client: FlaskClient, case: Case) -> None:
    assert [look(client, case.number, WRONG, "6.6.6.6").status_code for _ in range(6)] == [404] * 5 + [429]
    assert look(client, case.number, case.check_code, "9.9.9.9").status_code == 200
    assert look(client, case.number, WRONG, "6.6.6.6").status_code == 429


@pytest.mark.sqlite
@pytest.mark.usefixtures("numbers_alone")
def test_wrong_codes_from_everywhere_and_for_every_number_shut_nobody_out(client: FlaskClient, case: Case) -> None:
    """Not those for this number from other addresses, nor those for others from this one, as behind one proxy."""
    for n in range(60):
        assert look(client, case.number, WRONG, f"10.0.{n // 5}.1").status_code == 404
        assert look(client, f"2026-YY-{900000 + n}", WRONG, "9.9.9.9").status_code == 404
    assert look(client, case.number, case.check_code, "9.9.9.9").status_code == 200


def test_no_answer_to_a_look_is_kept_by_a_browser(client: FlaskClient, case: Case) -> None:
    answers = [look(client, case.number, code) for code in (case.check_code, "", *[WRONG] * 6)]
    assert [answer.status_code for answer in answers] == [200, 422] + [404] * 5 + [429]
    assert {answer.headers.get("Cache-Control") for answer in answers} == {"no-store"}
