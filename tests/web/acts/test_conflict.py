"""Two people act from two open pages: one wins, the other sees what changed and loses nothing they typed."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from cases.model.disputed import subjects_of
from cases.model.tables import Case
from notifications.letters import Letter
from registry.credit_records import CreditRecord
from tests.builders import Place, as_shown, day
from tests.web.signing import in_session, session_for, sign_in
from tests.web.walking import walk
from workflow.refusal import Impossible

pytestmark = pytest.mark.both_databases


@pytest.fixture
def place(place: Place) -> Place:
    place.add("qiqige", "approver", name="其其格")
    return place


def opened(app: Flask, place: Place, who: str, case: Case, action: str) -> tuple[FlaskClient, dict[str, str]]:
    """A browser with the form open, and the version and the proposal that it shows."""
    client = app.test_client()
    client.set_cookie("language", "en")
    page = sign_in(client, place, who).get(f"/cases/{case.number}/{action}")
    shown = dict(re.findall(r'name="(shown|proposal)"[^>]*value="(\d*)"', page.text))
    assert shown["shown"]
    return client, shown


def send(client: FlaskClient, case: Case, action: str, **fields: str) -> TestResponse:
    return client.post(f"/cases/{case.number}/{action}", data=fields)


def test_two_approvers_decide_the_same_case(app: Flask, place: Place) -> None:
    case = walk(place, "accept", "refer", "propose")
    first, shown = opened(app, place, "qiqige", case, "approve")
    second, shown_too = opened(app, place, "approver", case, "send_back")
    assert send(first, case, "approve", **shown, opinion="同意。").status_code == 302
    lost = send(second, case, "send_back", **shown_too, reasons="变更登记在处罚之前还是之后？")
    assert lost.status_code == 409
    assert "其其格 acted on this case before you sent yours" in lost.text
    assert "变更登记在处罚之前还是之后？" in lost.text
    assert "Findings approved" in lost.text
    assert "only yours" in lost.text
    assert "different" not in lost.text
    assert place.case(case.number).state == "carrying_out"
    assert f'action="/cases/{case.number}/send_back"' not in lost.text
    assert f'action="/cases/{case.number}/note"' in lost.text


def test_whoever_acted_in_another_window_is_not_told_their_own_name(app: Flask, place: Place) -> None:
    case = walk(place, "accept", "refer")
    one, shown = opened(app, place, "reviewer", case, "ask")
    other, shown_too = opened(app, place, "reviewer", case, "propose")
    assert send(one, case, "ask", **shown, missing="缴款凭证").status_code == 302
    other.set_cookie("language", "zh")
    lost = send(other, case, "propose", **shown_too, **{"findings-fine-finding": "as_claimed", "reasons": "属实。"})
    assert lost.status_code == 409
    assert "您提交之前，已经在别的窗口办了这个案件" in lost.text
    assert "reviewer人已经办了" not in lost.text
    assert "罚款金额：认定：按主张改" in lost.text, "a Chinese page has Chinese colons"


def test_what_was_written_can_stay_as_an_internal_note(app: Flask, place: Place) -> None:
    case = walk(place, "accept", "refer", "propose")
    first, shown = opened(app, place, "qiqige", case, "approve")
    second, shown_too = opened(app, place, "approver", case, "send_back")
    send(first, case, "approve", **shown, opinion="")
    lost = send(second, case, "send_back", **shown_too, reasons="请再核。")
    version = re.search(r'data-version="(\d+)"', lost.text)
    assert version
    assert send(second, case, "note", shown=version[1], words="Reasons: 请再核。").status_code == 302
    firm = app.test_client()
    assert "请再核" not in sign_in(firm, place, "enterprise").get(f"/cases/{case.number}").text


def test_an_act_that_is_still_open_can_be_sent_again_from_there(app: Flask, place: Place) -> None:
    case = walk(place, "accept", "refer")
    reviewer, shown = opened(app, place, "reviewer", case, "propose")
    firm, firm_shown = opened(app, place, "enterprise", case, "add")
    assert send(firm, case, "add", **firm_shown, words="新的照片").status_code == 302
    answers = {"findings-fine-finding": "as_claimed", "findings-decided_on-finding": "kept",
               "findings-decided_on-reason": "落款如此。", "reasons": "录错。"}  # fmt: skip
    lost = send(reviewer, case, "propose", **shown, **answers)
    assert lost.status_code == 409
    assert "新的照片" not in re.findall(r"<textarea[^>]*>(.*?)</textarea>", lost.text, re.S)
    assert "落款如此。" in lost.text
    assert re.search(r'<input checked[^>]*id="findings-fine-finding-0"', lost.text)
    again = re.search(r'name="shown"[^>]*value="(\d+)"', lost.text)
    assert again
    assert send(reviewer, case, "propose", shown=again[1], **answers).status_code == 302


def test_a_reminder_of_the_clock_is_no_conflict(app: Flask, place: Place) -> None:
    case = walk(place, "accept", "refer", filed=day(2026, 11, 10))
    before = case.length
    reviewer, shown = opened(app, place, "reviewer", case, "note")
    assert send(reviewer, case, "note", **shown, words="备注").status_code == 302
    assert place.case(case.number).length > before + 1


def test_the_heading_of_the_merge_has_the_focus(app: Flask, place: Place) -> None:
    case = walk(place, "accept", "refer", "propose")
    first, shown = opened(app, place, "qiqige", case, "approve")
    second, shown_too = opened(app, place, "approver", case, "approve")
    send(first, case, "approve", **shown)
    lost = send(second, case, "approve", **shown_too, opinion="同意")
    assert re.search(r'<h1[^>]*id="merge"[^>]*autofocus', lost.text)


RENEWED = {"fine": {"finding": "other", "value": "0.57", "reason": "缴款书为5700元。"},
           "decided_on": {"finding": "kept", "reason": "决定书如此。"}}  # fmt: skip


def renewed(place: Place, case: Case) -> Case:
    """The proposal is sent back by one approver and made otherwise."""
    place.act(case, "qiqige", "send_back", day(2026, 11, 23, 11), reasons="请附缴款书。")
    place.act(case, "reviewer", "propose", day(2026, 11, 23, 12), findings=RENEWED, reasons="按缴款书认定。")
    return place.case(case.number)


@pytest.mark.parametrize("action", ["approve", "send_back"])
def test_an_old_page_decides_nothing_and_shows_both_proposals(app: Flask, place: Place, action: str) -> None:
    """D37: the page of a proposal that was sent back and made anew."""
    case = walk(place, "accept", "refer", "propose")
    client, shown = opened(app, place, "approver", case, action)
    case = renewed(place, case)
    words = {"approve": {"opinion": "同意。"}, "send_back": {"reasons": "同意。"}}[action]
    lost = send(client, case, action, **shown, **words)
    assert lost.status_code == 409
    assert place.case(case.number).state == "proposed"
    for both in ("5,700", "缴款书为5700元。", "金额录错。", "按缴款书认定。", "请附缴款书。", "同意。"):
        assert both in lost.text, both
    assert "<form" not in lost.text.partition("<main")[2].partition("</main>")[0], "no button decides"
    assert f'href="/cases/{case.number}/{action}"' in lost.text
    fresh = client.get(f"/cases/{case.number}/{action}")
    assert "同意。</textarea>" in fresh.text, "what was written waits on the fresh page"
    assert f'value="{case.length}"' in re.findall(r'<input[^>]*name="proposal"[^>]*>', fresh.text)[0]


@pytest.mark.parametrize("proposal", [None, "", "abc", "1", "99"])
def test_a_decision_that_does_not_say_what_it_was_shown_is_outdated(
    app: Flask, place: Place, proposal: str | None
) -> None:
    case = walk(place, "accept", "refer", "propose")
    client, shown = opened(app, place, "approver", case, "approve")
    said = {"shown": shown["shown"]} if proposal is None else {**shown, "proposal": proposal}
    assert send(client, case, "approve", **said).status_code == 409
    assert place.case(case.number).state == "proposed"
    assert send(client, case, "approve", **shown).status_code == 302


@pytest.mark.parametrize("shown", [None, "", "abc", "99", "-1"])
@pytest.mark.parametrize(("who", "action", "words"), [("office", "accept", {}), ("reviewer", "note", {"words": "x"})])
def test_a_form_without_a_readable_version_is_outdated(
    app: Flask, place: Place, shown: str | None, who: str, action: str, words: dict[str, str]
) -> None:
    case = walk(place, *(("accept", "refer") if action == "note" else ()))
    client, _shown = opened(app, place, who, case, action)
    said = {} if shown is None else {"shown": shown}
    lost = send(client, case, action, **said, **words)
    assert lost.status_code == 409
    assert place.case(case.number).length == case.length
    assert 'name="shown"' not in lost.text or action == "note"


def test_a_proposal_is_called_back_while_no_approver_has_opened_it(app: Flask, place: Place) -> None:
    """D71: by whoever proposed alone; the limit runs on, nobody is told, and what was proposed stands in the form."""
    case = walk(place, "accept", "refer", "propose")
    due, letters = case.due_on, place.session.scalar(select(func.count(Letter.id)))
    client = in_session(app.test_client(), session_for(place.people["reviewer"]), "en")
    page = client.get(f"/cases/{case.number}").text
    assert 'data-action="call_back"' in page
    assert "It is your turn" not in page, "the case lies with the approvers"
    assert client.post(f"/cases/{case.number}/call_back", data=as_shown(place.session, case.number)).status_code == 302
    case = place.case(case.number)
    assert (case.state, case.due_on) == ("with_bureau", due)
    assert place.session.scalar(select(func.count(Letter.id))) == letters
    form = client.get(f"/cases/{case.number}/propose").text
    assert "金额录错。</textarea>" in form
    assert "called the proposal back" in form


@pytest.mark.parametrize("opened_page", ["", "/approve"])
def test_a_proposal_that_an_approver_has_opened_is_not_called_back(app: Flask, place: Place, opened_page: str) -> None:
    case = walk(place, "accept", "refer", "propose")
    reviewer, shown = opened(app, place, "reviewer", case, "call_back")
    qiqige = in_session(app.test_client(), session_for(place.people["qiqige"]))
    assert qiqige.get(f"/cases/{case.number}{opened_page}").status_code == 200
    refused = send(reviewer, case, "call_back", **shown)
    assert refused.status_code == 409
    assert "其其格 opened it on" in refused.text
    assert place.case(case.number).state == "proposed"
    page = reviewer.get(f"/cases/{case.number}").text
    assert "其其格 opened it on" in page
    assert 'data-action="call_back"' not in page


def test_nobody_calls_back_what_another_proposed(app: Flask, place: Place) -> None:
    place.add("bater", "reviewer", name="巴特尔")
    case = walk(place, "accept", "refer", "propose")
    other = in_session(app.test_client(), session_for(place.people["bater"]), "en")
    assert "Withdraw the proposal" not in other.get(f"/cases/{case.number}").text
    answer = other.post(f"/cases/{case.number}/call_back", data=as_shown(place.session, case.number))
    assert answer.status_code == 403
    assert place.case(case.number).state == "proposed"


def test_a_firm_changes_what_it_filed_before_it_is_accepted(app: Flask, place: Place) -> None:
    """D70: claims, ground and words anew; what was said first stays in its event, no limit restarts, OFFICE is told."""
    case = place.file(now=day(2026, 11, 23))
    due, began = case.due_on, case.filed_on
    officer, old = opened(app, place, "office", case, "refuse")
    firm = in_session(app.test_client(), session_for(place.people["enterprise"]), "en")
    assert 'data-action="amend"' in firm.get(f"/cases/{case.number}").text
    form = firm.get(f"/cases/{case.number}/amend").text
    assert re.search(r'<input[^>]*name="claims-fine-value"[^>]*value="0.80"', form)
    assert "决定书写的是八千元，不是八万元。</textarea>" in form
    said = {"claims-fine-wrong": "y", "claims-fine-value": "0.57", "ground": "wrong", "words": "以缴款书为准。"}
    assert send(firm, case, "amend", **as_shown(place.session, case.number), **said).status_code == 302
    case = place.case(case.number)
    assert (case.state, case.due_on, case.filed_on) == ("filed", due, began)
    told = place.session.scalars(select(Letter).where(Letter.name == "amended")).all()
    assert {letter.to_party for letter in told} == {"office"}
    for page in ("", "/refuse"):
        text = officer.get(f"/cases/{case.number}{page}").text
        assert "以缴款书为准。" in text
        assert "¥5,700" in text
    line = officer.get(f"/cases/{case.number}").text
    assert "决定书写的是八千元，不是八万元。" in line, "what was filed first stands in the time line"
    assert "13 March" in line or "2026-03-13" in line
    assert [one.field for one in subjects_of(place.session, [case.id])[case.id]] == ["fine"]
    lost = send(officer, case, "refuse", **old, reasons="不属于异议。")
    assert lost.status_code == 409
    assert f'action="/cases/{case.number}/refuse"' not in lost.text, "what it decides on has changed"
    assert "不属于异议。" in officer.get(f"/cases/{case.number}/refuse").text


def test_what_was_changed_is_what_is_found_and_answered(place: Place) -> None:
    case = place.file(now=day(2026, 11, 16))
    place.act(case, "enterprise", "amend", day(2026, 11, 16, 11), claims={"fine": "0.57"}, ground="wrong",
              words="以缴款书为准。", files=())  # fmt: skip
    place.act(case, "office", "accept", day(2026, 11, 17))
    with pytest.raises(Impossible):
        place.act(case, "enterprise", "amend", day(2026, 11, 17, 11), claims={"fine": "0.80"}, ground="wrong",
                  words="再改。", files=())  # fmt: skip
    place.act(case, "office", "refer", day(2026, 11, 18), question="请核对。")
    place.act(case, "reviewer", "propose", day(2026, 11, 19), findings={"fine": {"finding": "as_claimed"}},
              reasons="属实。")  # fmt: skip
    place.act(case, "approver", "approve", day(2026, 11, 20))
    place.act(case, "office", "carry_out", day(2026, 11, 20, 11))
    assert place.session.get_one(CreditRecord, place.record.id).values["fine"] == "0.57"


def test_on_another_ground_a_changed_claim_asks_that_the_display_end(app: Flask, place: Place) -> None:
    case = place.file(now=day(2026, 11, 23))
    firm, shown = opened(app, place, "enterprise", case, "amend")
    said = {"claims-fine-wrong": "y", "claims-fine-value": "0.80", "ground": "expired", "words": "公示期已满。"}
    assert send(firm, case, "amend", **shown, **said).status_code == 302
    assert [one.field for one in subjects_of(place.session, [case.id])[case.id]] == ["display"]
