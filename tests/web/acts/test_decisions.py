"""What somebody decides on stands on the page of the decision, whatever keeps them from deciding."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cases.model.tables import Case
from registry.organisations import Bureau
from tests.builders import APPLICATION, Place, day
from tests.conftest import NOW
from tests.web.signing import sign_in
from tests.web.walking import walk
from workflow.refusal import Incomplete


def page(client: FlaskClient, place: Place, who: str, case: Case, action: str, status: int = 200) -> str:
    client.set_cookie("language", "en")
    answer = sign_in(client, place, who).get(f"/cases/{case.number}/{action}")
    assert answer.status_code == status, answer.text
    return answer.text


def test_where_something_blocks_the_proposal_is_read_all_the_same(
    client: FlaskClient, place: Place, session: Session
) -> None:
    """And the page names what is missing, not what is there."""
    case = walk(place, "accept", "refer", "propose")
    session.get_one(Bureau, place.bureau.id).review_body = ""
    session.commit()
    blocked = page(client, place, "approver", case, "approve", 409)
    assert "Not entered yet for this bureau: the review body." in blocked
    assert "court to sue in" not in blocked
    for proposed in ("¥8,000", "决定书如此。", "金额录错。", "决定书写的是八千元，不是八万元。"):
        assert proposed in blocked
    session.get_one(Bureau, place.bureau.id).court = ""
    session.commit()
    assert "the review body and the court to sue in" in page(client, place, "approver", case, "approve", 409)


def test_who_decides_on_a_revocation_reads_the_facts_and_what_the_firm_said(client: FlaskClient, place: Place) -> None:
    case = place.open("repair", "file", {**APPLICATION, "handed_in_on": None}, day(2026, 9, 14))
    for who, action, on, answers in (
        ("office", "forward", 15, {"received_on": date(2026, 9, 15)}),
        ("reviewer", "accept", 16, {}),
        ("reviewer", "propose", 17, {"decision": "grant", "reasons": "已经整改。"}),
        ("approver", "approve", 18, {}),
        ("office", "confirm", 21, {"what": "display_ended", "done_on": date(2026, 9, 21)}),
        ("office", "confirm", 22, {"what": "sharing_stopped", "done_on": date(2026, 9, 22)}),
        ("reviewer", "open_revoke", 23, {"facts": "现场检查发现料场没有封闭。", "files": ()}),
        ("enterprise", "state_views", 24, {"words": "大风刮开了篷布，当天已经补好。", "files": ()}),
    ):
        place.act(case, who, action, day(2026, 9, on), **answers)
    said = ("现场检查发现料场没有封闭。", "大风刮开了篷布，当天已经补好。")
    assert all(one in page(client, place, "reviewer", case, "propose_revoke") for one in said)
    place.act(case, "reviewer", "propose_revoke", day(2026, 9, 25), decision="revoke", reasons="未整改。")
    assert all(one in page(client, place, "approver", case, "approve_revoke") for one in said)


def test_nothing_is_said_to_be_changed_before_it_is(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer", "propose", "approve")
    before = page(client, place, "office", case, "carry_out")
    assert "Decided: correct it" in before
    assert "was:" not in before
    assert "changed to:" not in before
    place.act(case, "office", "carry_out", day(2026, 11, 23, 11))
    after = page(client, place, "office", case, "answer")
    assert "changed to:" in after
    assert "Decided: correct it" not in after


def test_who_says_that_a_case_is_not_theirs_is_not_offered_their_own_bureau(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer", filed=day(2026, 11, 19))
    form = page(client, place, "reviewer", case, "return")
    assert f'value="{place.other_bureau.id}"' in form
    assert f'<option value="{place.bureau.id}"' not in form
    with pytest.raises(Incomplete):
        place.act(case, "reviewer", "return", NOW, reasons="不是本局的。", whose=place.bureau.id)
    assert place.case(case.number).state == "with_bureau"


def test_what_was_sent_back_stands_at_the_head_of_the_case(client: FlaskClient, place: Place) -> None:
    """For those who propose again; the firm reads nothing of it."""
    case = walk(place, "accept", "refer", "propose", "send_back")
    client.set_cookie("language", "en")
    page = sign_in(client, place, "reviewer").get(f"/cases/{case.number}").text
    head = page.partition('id="whose-turn"')[0]
    assert "sent the proposal back" in head
    assert "请再核。" in head
    assert "Being verified" in page
    assert "Proposed: " not in page, "what was sent back is proposed no more"
    assert "sent the proposal back" not in sign_in(client, place, "enterprise").get(f"/cases/{case.number}").text
