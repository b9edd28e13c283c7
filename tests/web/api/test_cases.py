"""Cases over the API: what each body reads of which, in which words, and what nobody reads."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.model.readings import ReadingRow
from cases.model.tables import Case
from registry.tokens import ApiToken, revoke
from tests.builders import Place
from tests.conftest import NOW
from tests.web.api.conftest import Make
from tests.web.api.system import System
from tests.web.signing import sign_in

pytestmark = pytest.mark.both_databases


def test_a_case_says_what_its_page_says(system: Make, case: Case, place: Place) -> None:
    answer = system("bureau").get(f"/cases/{case.number}")
    assert answer.status_code == 200
    found = answer.json
    assert found["number"] == case.number
    assert found["state"] == {"name": "with_bureau", "label": "With the bureau", "outcome": ""}
    assert found["enterprise"] == {"code": place.firm.code, "name": place.firm.name}
    assert found["due"] == {"on": "2026-12-03", "provisional": False}
    assert [event["action"] for event in found["events"]] == ["file", "accept", "refer"]
    assert found["events"][2]["said"] == [
        {"field": "question", "label": "What the bureau is asked", "words": "请核查。"}
    ]
    assert answer.headers["ETag"] == '"3"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_it_speaks_the_language_asked_for(system: Make, case: Case) -> None:
    answer = system("bureau").get(f"/cases/{case.number}", language="zh")
    assert answer.json["label"] == "异议"


@pytest.mark.parametrize(
    ("whose", "status"), [("office", 200), ("bureau", 200), ("firm", 200), ("other_bureau", 404), ("other_firm", 404)]
)
def test_a_body_reads_what_its_people_read(system: Make, case: Case, whose: str, status: int) -> None:
    asks = system(whose)
    assert asks.get(f"/cases/{case.number}").status_code == status
    assert asks.get(f"/cases/{case.number}/deadlines").status_code == status


def test_a_firm_reads_no_internal_words(system: Make, case: Case, place: Place) -> None:
    place.act(case, "reviewer", "note", NOW, words="内部意见。")
    assert "内部意见。" in system("bureau").get(f"/cases/{case.number}").text
    assert "内部意见。" not in system("firm").get(f"/cases/{case.number}").text


def test_no_machine_reads_a_complaint(system: Make, place: Place) -> None:
    complaint = place.complain(NOW)
    for whose in ("office", "firm", "bureau"):
        answer = system(whose).get(f"/cases/{complaint.number}")
        assert answer.status_code == 404
        assert answer.json["type"] == "/problems/not-found"


def test_a_deadline_comes_with_its_proof(system: Make, case: Case) -> None:
    found = system("bureau").get(f"/cases/{case.number}/deadlines").json["deadlines"]
    verify = next(one for one in found if one["name"] == "verify")
    assert verify["due"] == {"on": "2026-12-03", "provisional": False}
    assert verify["limit"]["key"] == "objection.verify"
    counted = [day["day"] for day in verify["days"] if day["ordinal"]]
    assert len(counted) == verify["limit"]["n"]
    assert counted[-1] == "2026-12-03"
    assert verify["days"][0]["said"] == "the first day, not counted"


def test_what_a_system_reads_is_in_the_log_of_readers(system: Make, case: Case, session: Session) -> None:
    asks = system("bureau")
    asks.get(f"/cases/{case.number}")
    token = session.get_one(ApiToken, asks.token_id)
    found = session.scalars(select(ReadingRow).where(ReadingRow.case_id == case.id)).all()
    assert [(row.user_id, row.what, row.party) for row in found] == [(token.person_id, "case", "bureau")]


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer rdr_wrong", "Basic YWJj", "Bearer \N{LATIN SMALL LETTER E WITH ACUTE}"]
)
def test_without_a_token_nothing_is_opened(client: FlaskClient, case: Case, header: str) -> None:
    answer = client.get(f"/api/v1/cases/{case.number}", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_that_has_ended_opens_nothing(system: Make, case: Case, session: Session, place: Place) -> None:
    old, gone = system("bureau"), system("bureau")
    session.get_one(ApiToken, old.token_id).until = NOW
    revoke(session, session.get_one(ApiToken, gone.token_id), NOW, by=place.people["chief"].id)
    other = system("bureau", networks=("10.1.0.0/16",))
    here = system("bureau", networks=("10.1.0.0/16", "127.0.0.0/8"))
    asked = [one.get(f"/cases/{case.number}").status_code for one in (old, gone, other, here)]
    assert asked == [401, 401, 401, 200]


def test_a_bureau_that_has_become_another_has_no_token(
    system: Make, case: Case, session: Session, place: Place
) -> None:
    asks = system("bureau")
    place.bureau.successor_id = place.other_bureau.id
    session.commit()
    assert asks.get(f"/cases/{case.number}").status_code == 401


def test_a_scope_that_is_missing_is_named(system: Make, case: Case) -> None:
    answer = system("bureau", "figures:read").get(f"/cases/{case.number}")
    assert answer.status_code == 403
    assert answer.json["detail"] == "This token does not have the scope cases:read: ask for one that does."


def test_who_asks_too_often_waits(system: Make, case: Case) -> None:
    asks = system("bureau")
    asked = [asks.get(f"/cases/{case.number}x").status_code for _ in range(121)]
    assert asked == [404] * 120 + [429]


@pytest.mark.parametrize("address", ["/nothing", "/cases/2026-YY-999999", "/cases/x/y/z"])
def test_what_is_not_there_is_a_problem_too(system: Make, place: Place, address: str) -> None:
    answer = system("bureau").get(address)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_another_method_is_a_problem_that_names_those_there_are(client: FlaskClient, place: Place) -> None:
    answer = client.delete("/api/v1/cases/2026-YY-000001")
    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
    assert "GET" in answer.headers["Allow"]


def test_a_sign_in_opens_nothing_here(client: FlaskClient, case: Case, place: Place) -> None:
    assert sign_in(client, place, "chief").get(f"/api/v1/cases/{case.number}").status_code == 401


def test_the_secret_is_nowhere_in_the_database(system: Make, session: Session) -> None:
    asks = system("bureau")
    token = session.get_one(ApiToken, asks.token_id)
    assert asks.secret.startswith("rdr_")
    assert len(asks.secret) > 40
    assert token.token_hash not in ("", asks.secret, None)
    assert token.until - NOW == timedelta(days=30)
    assert isinstance(asks, System)
