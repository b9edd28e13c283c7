"""Two people act from two open pages: one wins, the other sees what changed and loses nothing they typed."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cases.model.tables import Case
from tests.builders import Place, day
from tests.web.signing import sign_in
from tests.web.walking import walk

pytestmark = pytest.mark.both_databases


@pytest.fixture
def place(place: Place) -> Place:
    place.add("qiqige", "approver", name="其其格")
    return place


def opened(app: Flask, place: Place, who: str, case: Case, action: str) -> tuple[FlaskClient, str]:
    """A browser with the form open, and the version that it shows."""
    client = app.test_client()
    client.set_cookie("language", "en")
    page = sign_in(client, place, who).get(f"/cases/{case.number}/{action}")
    found = re.search(r'name="shown"[^>]*value="(\d+)"', page.text)
    assert found
    return client, found[1]


def send(client: FlaskClient, case: Case, action: str, **fields: str) -> TestResponse:
    return client.post(f"/cases/{case.number}/{action}", data=fields)


def test_two_approvers_decide_the_same_case(app: Flask, place: Place) -> None:
    case = walk(place, "accept", "refer", "propose")
    first, shown = opened(app, place, "qiqige", case, "approve")
    second, shown_too = opened(app, place, "approver", case, "send_back")
    assert send(first, case, "approve", shown=shown, opinion="同意。").status_code == 302
    lost = send(second, case, "send_back", shown=shown_too, reasons="变更登记在处罚之前还是之后？")
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
    assert send(one, case, "ask", shown=shown, missing="缴款凭证").status_code == 302
    other.set_cookie("language", "zh")
    lost = send(other, case, "propose", shown=shown_too, **{"findings-fine-finding": "as_claimed", "reasons": "属实。"})
    assert lost.status_code == 409
    assert "您提交之前，已经在别的窗口办了这个案件" in lost.text
    assert "reviewer人已经办了" not in lost.text
    assert "罚款金额：认定：按主张改" in lost.text, "a Chinese page has Chinese colons"


def test_what_was_written_can_stay_as_an_internal_note(app: Flask, place: Place) -> None:
    case = walk(place, "accept", "refer", "propose")
    first, shown = opened(app, place, "qiqige", case, "approve")
    second, shown_too = opened(app, place, "approver", case, "send_back")
    send(first, case, "approve", shown=shown, opinion="")
    lost = send(second, case, "send_back", shown=shown_too, reasons="请再核。")
    version = re.search(r'data-version="(\d+)"', lost.text)
    assert version
    assert send(second, case, "note", shown=version[1], words="Reasons: 请再核。").status_code == 302
    firm = app.test_client()
    assert "请再核" not in sign_in(firm, place, "enterprise").get(f"/cases/{case.number}").text


def test_an_act_that_is_still_open_can_be_sent_again_from_there(app: Flask, place: Place) -> None:
    case = walk(place, "accept", "refer")
    reviewer, shown = opened(app, place, "reviewer", case, "propose")
    firm, firm_shown = opened(app, place, "enterprise", case, "add")
    assert send(firm, case, "add", shown=firm_shown, words="新的照片").status_code == 302
    answers = {"findings-fine-finding": "as_claimed", "findings-decided_on-finding": "kept",
               "findings-decided_on-reason": "落款如此。", "reasons": "录错。"}  # fmt: skip
    lost = send(reviewer, case, "propose", shown=shown, **answers)
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
    assert send(reviewer, case, "note", shown=shown, words="备注").status_code == 302
    assert place.case(case.number).length > before + 1


def test_the_heading_of_the_merge_has_the_focus(app: Flask, place: Place) -> None:
    case = walk(place, "accept", "refer", "propose")
    first, shown = opened(app, place, "qiqige", case, "approve")
    second, shown_too = opened(app, place, "approver", case, "approve")
    send(first, case, "approve", shown=shown)
    lost = send(second, case, "approve", shown=shown_too, opinion="同意")
    assert re.search(r'<h1[^>]*id="merge"[^>]*autofocus', lost.text)
