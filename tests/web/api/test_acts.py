"""Acts over the API: taken for a person whom they name, once, on the version that was read; and never a decision."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cases.kinds import all_kinds
from cases.ledger.verify import verify_case
from cases.model.reading import read_cases
from cases.model.readings import ReadingRow
from cases.model.tables import Attachment, Case, Event
from registry.kept_answers import KeptAnswer
from registry.people import Deputy, Membership, end_person
from registry.tokens import ApiToken
from tests.builders import Place
from tests.conftest import NOW
from tests.web.api.conftest import Make
from tests.web.api.system import System
from web.api.asked import offered_rows
from workflow.definition import FILER, OFFICER, REVIEWER
from workflow.refusal import Forbidden

pytestmark = pytest.mark.both_databases

PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"
FOUND = {
    "findings": {"fine": {"finding": "as_claimed"}, "decided_on": {"finding": "kept", "reason": "决定书落款如此。"}},
    "reasons": "金额录错。",
}

OFFERED = {
    "filer": {"amend", "supply", "add", "ask_review", "state_views"},
    "reviewer": {
        *("return", "ask", "propose", "call_back", "confirm", "accept", "ask_papers", "open_revoke", "propose_revoke"),
        *("note", "take", "give_back", "hand_to"),
    },
    "officer": {
        *("ask_papers", "accept", "carry_out", "correct_own", "call_back", "refer", "propose_review", "forward"),
        *("note", "take", "give_back", "hand_to"),
    },
}
"""What a system may do for somebody, written by hand from the contract: nothing that decides, sends back, opens or ends
a case but a bureau's confirmation, commits a firm, or lies in a complaint."""


def send(
    asks: System, case: Case, action: str, body: Mapping[str, object], person: str = "reviewer", **more: str
) -> TestResponse:
    """Send an act on the third version, under the key `a`, unless another is given."""
    headers = {"If_Match": '"3"', "Idempotency_Key": "a", **more}
    return asks.post(f"/cases/{case.number}/acts/{action}", body, person, **headers)


def test_systems_are_offered_what_the_table_says() -> None:
    found: dict[str, set[str]] = {"filer": set(), "reviewer": set(), "officer": set()}
    for definition in all_kinds().values():
        for row in offered_rows(definition):
            for role in {FILER, REVIEWER, OFFICER}.intersection(row.by):
                found[role.name].add(row.name)
    assert found == OFFERED


def test_a_proposal_is_made_for_the_person_and_the_event_keeps_both(
    system: Make, case: Case, place: Place, session: Session
) -> None:
    asks = system("bureau")
    answer = send(asks, case, "propose", FOUND)
    assert answer.status_code == 200, answer.text
    assert answer.json["state"]["name"] == "proposed"
    assert answer.headers["ETag"] == '"4"'
    event = read_cases(session, [case.id])[0].events[-1]
    token = session.get_one(ApiToken, asks.token_id)
    assert event.actor == f"user:{place.people['reviewer'].id}"
    assert event.body["through"] == token.person_id
    assert verify_case(session, case.id).faults == []
    shown = asks.get(f"/cases/{case.number}").json["events"][-1]
    assert shown["by"].startswith("reviewer人 (through bureau的系统)")


def test_who_proposed_through_a_system_does_not_approve(
    system: Make, case: Case, place: Place, session: Session
) -> None:
    """D10 looks at the person: here one who is reviewer and approver."""
    person = place.people["reviewer"]
    session.add(Membership(user_id=person.id, role="approver", bureau_id=place.bureau.id))
    session.commit()
    assert send(system("bureau"), case, "propose", FOUND).status_code == 200
    with pytest.raises(Forbidden, match="a second person must decide"):
        place.act(case, "reviewer", "approve", NOW, opinion="")


@pytest.mark.parametrize("action", ["approve", "send_back"])
def test_no_system_decides_or_sends_back(system: Make, case: Case, place: Place, action: str) -> None:
    place.act(case, "reviewer", "propose", NOW, **FOUND)
    asks = system("bureau")
    for person in ("approver", "reviewer"):
        answer = send(asks, case, action, {}, person, If_Match='"4"')
        assert (answer.status_code, answer.json["type"]) == (403, "/problems/forbidden")
    assert place.case(case.number).length == 4


def test_what_an_officer_ends_is_not_taken_from_a_system(system: Make, place: Place) -> None:
    made = place.file(NOW)
    answer = send(
        system("office"), made, "refuse", {"reasons": "不予受理。", "nowhere": True}, "office", If_Match='"1"'
    )
    assert answer.status_code == 403
    assert answer.json["detail"] == "A person does this, on the page of the case: no system does it for them."
    assert place.case(made.number).state == "filed"


@pytest.mark.parametrize("person", ["reviewer2", "office", "enterprise", "nobody", "approver", "auditor"])
def test_a_system_names_a_person_of_its_body_with_the_role(system: Make, case: Case, person: str) -> None:
    answer = send(system("bureau"), case, "propose", FOUND, person)
    assert answer.status_code == 403
    assert answer.json["detail"].startswith("Redress-Person names nobody of this body")


def test_a_system_names_somebody(system: Make, case: Case) -> None:
    answer = send(system("bureau"), case, "propose", FOUND, "")
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["Redress-Person"]


def test_a_deputys_roles_are_lent_to_no_system(system: Make, case: Case, place: Place, session: Session) -> None:
    days = {"from_day": date(2026, 11, 1), "until_day": date(2026, 12, 31), "named_at": NOW}
    ids = {"person_id": place.people["reviewer"].id, "deputy_id": place.people["approver"].id}
    session.add(Deputy(**ids, **days, named_by_id=place.people["approver"].id))
    session.commit()
    assert send(system("bureau"), case, "propose", FOUND, "approver").status_code == 403


def test_an_act_is_bound_to_the_version_that_was_read(system: Make, case: Case, place: Place) -> None:
    asks = system("bureau")
    assert send(asks, case, "propose", FOUND, If_Match="").status_code == 428
    assert send(asks, case, "propose", FOUND, If_Match="*").status_code == 428
    place.act(case, "reviewer", "ask", NOW, missing="缴款凭证")
    place.act(case, "enterprise", "supply", NOW, words="见附件。", files=())
    answer = send(asks, case, "propose", FOUND)
    assert answer.status_code == 412
    assert (
        answer.json["detail"] == "Somebody acted on this case after you opened the page: look at what they did first."
    )
    assert send(asks, case, "propose", FOUND, If_Match='"5"').status_code == 200


def test_what_is_sent_twice_is_done_once(system: Make, case: Case, session: Session) -> None:
    asks = system("bureau")
    note = {"words": "看过。"}
    first, second = send(asks, case, "note", note), send(asks, case, "note", note)
    assert (first.status_code, first.text, first.headers["ETag"]) == (200, second.text, second.headers["ETag"])
    assert session.scalar(select(func.count()).select_from(Event).where(Event.case_id == case.id)) == 4
    other = send(asks, case, "note", {"words": "另一句。"})
    assert (other.status_code, list(other.json["errors"])) == (422, ["Idempotency-Key"])
    assert send(asks, case, "note", note, Idempotency_Key="").status_code == 400
    assert send(asks, case, "note", note, Idempotency_Key="x" * 65).status_code == 400
    assert send(system("bureau"), case, "note", note).status_code == 412, "a key is a token's own"


def test_a_kept_answer_is_given_only_to_who_may_read_the_case(
    system: Make, case: Case, place: Place, session: Session
) -> None:
    asks = system("bureau")
    answer = send(asks, case, "return", {"reasons": "不归我们。"})
    assert answer.status_code == 200
    end_person(session, place.people["reviewer"], NOW, by=None)
    session.commit()
    assert send(asks, case, "return", {"reasons": "不归我们。"}).status_code == 403


def test_what_is_being_done_waits_and_what_has_died_is_done_anew(system: Make, case: Case, session: Session) -> None:
    asks = system("bureau")
    send(asks, case, "note", {"words": "看过。"})
    row = session.scalars(select(KeptAnswer)).one()
    row.status, row.begun_at = None, NOW - timedelta(seconds=30)
    session.commit()
    assert send(asks, case, "note", {"words": "看过。"}).status_code == 409
    row.begun_at = NOW - timedelta(minutes=2)
    session.commit()
    assert send(asks, case, "note", {"words": "看过。"}, If_Match='"3"').status_code == 412
    assert session.scalar(select(func.count()).select_from(KeptAnswer)) == 0, "a refusal is not kept"


def test_a_refused_act_leaves_no_answer_and_its_key_can_be_sent_again(system: Make, case: Case) -> None:
    asks = system("bureau")
    answer = send(asks, case, "propose", {"reasons": "金额录错。"})
    assert answer.status_code == 422
    assert answer.json["errors"] == {
        "findings.fine": "Choose a finding for this field.",
        "findings.decided_on": "Choose a finding for this field.",
    }
    assert send(asks, case, "propose", FOUND).status_code == 200


@pytest.mark.parametrize(
    ("body", "name", "sentence"),
    [
        ({"reasons": "x", "more": 1}, "more", "This is not asked for: leave it out."),
        ({"law_checked_on": "yesterday"}, "law_checked_on", "This is no day: write it as 2026-06-06."),
        ({"reasons": 7}, "reasons", "This cannot be read: see what openapi.json asks for."),
        ([], "body", "This cannot be read: see what openapi.json asks for."),
    ],
)
def test_what_cannot_be_read_is_refused_by_field(
    system: Make, case: Case, body: object, name: str, sentence: str
) -> None:
    answer = system("bureau").post(
        f"/cases/{case.number}/acts/propose", body, "reviewer", If_Match='"3"', Idempotency_Key="a"
    )
    assert (answer.status_code, answer.json["errors"][name]) == (422, sentence)


def test_only_json_is_taken(system: Make, case: Case) -> None:
    asks = system("bureau")
    headers = asks.headers("reviewer", If_Match='"3"', Idempotency_Key="a")
    address = f"/api/v1/cases/{case.number}/acts/note"
    assert asks.client.post(address, data={"words": "x"}, headers=headers).status_code == 415
    answer = asks.client.post(address, data=b"{", content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json["errors"]) == (422, {"body": "The body is not JSON."})


def test_a_file_comes_in_base64(system: Make, case: Case, place: Place, session: Session) -> None:
    place.act(case, "reviewer", "ask", NOW, missing="缴款凭证")
    sent = {"words": "见附件。", "files": [{"name": "凭证.pdf", "content": b64encode(PDF).decode()}]}
    asks = system("firm")
    bad = {"words": "见附件。", "files": [{"name": "凭证.pdf", "content": "not base64!"}]}
    assert send(asks, case, "supply", bad, "enterprise", If_Match='"4"').status_code == 422
    assert send(asks, case, "supply", sent, "enterprise", If_Match='"4"').status_code == 200
    assert [file.name for file in session.scalars(select(Attachment).where(Attachment.case_id == case.id))] == [
        "凭证.pdf"
    ]


def test_choices_are_the_persons_own_with_what_each_asks(
    system: Make, case: Case, place: Place, session: Session
) -> None:
    asks = system("bureau")
    answer = asks.get(f"/cases/{case.number}/choices", "reviewer")
    assert answer.headers["ETag"] == '"3"'
    acts = {act["name"]: act for act in answer.json["acts"]}
    assert set(acts) == {"propose", "ask", "return", "note", "take", "give_back", "hand_to"}
    assert acts["give_back"]["open"] is False
    assert acts["give_back"]["why_not"]
    findings = next(field for field in acts["propose"]["asks"] if field["name"] == "findings")
    assert [one["code"] for one in findings["about"]] == ["fine", "decided_on"]
    assert [one["code"] for one in findings["values"]] == ["as_claimed", "other", "kept", "undecidable"]
    whose = next(field for field in acts["return"]["asks"] if field["name"] == "whose")
    assert place.other_bureau.id in [one["code"] for one in whose["values"]]
    assert asks.get(f"/cases/{case.number}/choices").status_code == 422
    token = session.get_one(ApiToken, asks.token_id)
    assert set(session.scalars(select(ReadingRow.user_id))) == {token.person_id}, (
        "the system has read it, not the person"
    )
