"""Acts through their pages: each can be taken, a refused one keeps what was typed, and nothing is half-done."""

import io
import re
from datetime import date
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, object_session
from werkzeug.test import TestResponse

from cases.model.tables import Attachment, Case
from registry.credit_records import CreditRecord
from registry.people import Deputy, Membership
from tests.builders import Place, _record, as_shown, day
from tests.conftest import NOW
from tests.web.signing import sign_in
from tests.web.walking import WALK, walk

PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


def send(client: FlaskClient, place: Place, case: Case, who: str, action: str, **fields: object) -> TestResponse:
    """Open the form of an action as somebody, and send it with these answers."""
    client.set_cookie("language", "en")
    sign_in(client, place, who)
    form = client.get(f"/cases/{case.number}/{action}")
    assert form.status_code == 200, form.text
    shown = dict(re.findall(r'name="(shown|proposal)"[^>]*value="(\d*)"', form.text))
    return post(client, case, action, **shown, **fields)


def post(client: FlaskClient, case: Case, action: str, **fields: object) -> TestResponse:
    session = object_session(case)
    assert session
    sent = {**as_shown(session, case.number), **fields}
    return client.post(f"/cases/{case.number}/{action}", data=sent, content_type="multipart/form-data")


def hidden(answer: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', answer.text)
    assert found
    return unescape(found[1])


def state(place: Place, case: Case) -> str:
    return place.case(case.number).state


def test_a_whole_case_through_its_pages(client: FlaskClient, place: Place) -> None:
    case = walk(place)
    found = {"findings-fine-finding": "as_claimed", "findings-decided_on-finding": "kept",
             "findings-decided_on-reason": "决定书落款如此。"}  # fmt: skip
    unclear = {"findings-decided_on-finding": "undecidable", "findings-decided_on-reason": "查不清。"}
    for who, action, fields, then in (
        ("office", "accept", {}, "comparing"),
        ("office", "refer", {"question": "请核对金额。"}, "with_bureau"),
        ("reviewer", "ask", {"missing": "缴款凭证"}, "bureau_asks"),
        ("enterprise", "supply", {"words": "见附件。", "files": (io.BytesIO(PDF), "凭证.pdf")}, "with_bureau"),
        ("reviewer", "propose", {**found, "reasons": "金额录错。"}, "proposed"),
        ("approver", "approve", {"opinion": ""}, "carrying_out"),
        ("office", "carry_out", {}, "answering"),
        ("office", "answer", {"letter": "部分更正。"}, "partly"),
        ("enterprise", "ask_review", {"words": "请复核日期。"}, "reviewing"),
        ("office", "propose_review", {**unclear, "reasons": "查不清。"}, "review_proposed"),
        ("chief", "approve_review", {}, "carrying_out"),
    ):  # fmt: skip
        answer = send(client, place, case, who, action, **fields)
        assert answer.status_code == 302, answer.text
        assert state(place, case) == then
    assert place.record.values["fine"] == "0.80"


def test_a_proposal_may_lead_to_the_next_case_that_stands_the_same(client: FlaskClient, place: Place) -> None:
    found = {"findings-fine-finding": "as_claimed", "findings-decided_on-finding": "kept",
             "findings-decided_on-reason": "决定书落款如此。", "reasons": "金额录错。", "then": "alike"}  # fmt: skip
    first = walk(place, "accept", "refer")
    second = place.file(day(2026, 11, 16), record=_another(place))
    for who, action, answers in (("office", "accept", {}), ("office", "refer", {"question": "请核对金额。"})):
        place.act(second, who, action, day(2026, 11, 18), **answers)
    assert send(client, place, first, "reviewer", "propose", **found).location == f"/cases/{second.number}/propose"
    assert f"{first.number}: Findings proposed." in client.get(f"/cases/{second.number}/propose").text, "of which case"
    assert send(client, place, second, "reviewer", "propose", **found).location == f"/cases/{second.number}"


def _another(place: Place) -> CreditRecord:
    record = _record(place.firm, place.bureau, "示环罚〔2026〕71号")
    place.session.add(record)
    place.session.flush()
    return record


@pytest.mark.parametrize(
    ("steps", "who", "action", "fields", "then"),
    [
        ((), "office", "ask_papers", {"missing": "授权委托书"}, "awaiting_papers"),
        ((), "office", "refuse", {"reasons": "不属于异议。", "where": "信用中国"}, "refused"),
        ((), "enterprise", "withdraw", {"words": ""}, "withdrawn"),
        (("accept",), "office", "correct_own", {
            "findings-fine-finding": "as_claimed", "findings-decided_on-finding": "as_claimed", "reasons": "录入有误。",
            "files": (io.BytesIO(PDF), "原始数据.pdf")}, "confirming_own_error"),
        (("accept", "refer"), "approver", "extend", {"reasons": "需要现场核查。"}, "with_bureau"),
        (("accept", "refer", "return"), "chief", "transfer", {"reasons": "不归本旗。", "where": "自治"}, "transferred"),
        (("accept", "refer", "propose"), "approver", "send_back", {"reasons": "请再核。"}, "with_bureau"),
        (("accept", "refer"), "enterprise", "add", {"words": "补一张照片。"}, "with_bureau"),
        (("accept", "refer"), "office", "note", {"words": "备注。"}, "with_bureau"),
        (("accept", "refer"), "chief", "supervise", {"deadline": "verify", "words": ""}, "with_bureau"),
    ],
)  # fmt: skip
def test_every_other_act_has_a_page_that_takes_it(
    client: FlaskClient,
    place: Place,
    steps: tuple[str, ...],
    who: str,
    action: str,
    fields: dict[str, object],
    then: str,
) -> None:
    case = walk(place, *steps, filed=day(2026, 11, 19))
    if "files" in fields:
        fields = {**fields, "files": (io.BytesIO(PDF), "原始数据.pdf")}
    assert send(client, place, case, who, action, **fields).status_code == 302
    assert state(place, case) == then


def test_a_bureau_is_assigned_from_a_list(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer", "return", filed=day(2026, 11, 19))
    answer = send(client, place, case, "chief", "assign", bureau=str(place.other_bureau.id), reasons="由该局核查。")
    assert answer.status_code == 302
    assert place.case(case.number).bureau_id == place.other_bureau.id


def test_a_refused_form_says_what_is_missing_and_keeps_what_was_typed(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer")
    answer = send(client, place, case, "reviewer", "propose", reasons="写好的说明",
                  **{"findings-fine-finding": "as_claimed", "findings-decided_on-finding": "kept"})  # fmt: skip
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'href="#findings-decided_on-reason"' in answer.text
    assert 'id="findings-decided_on-reason"' in answer.text
    assert "写好的说明" in answer.text
    assert re.search(r'<input checked[^>]*id="findings-fine-finding-0"', answer.text)
    assert state(place, case) == "with_bureau"


def test_a_value_that_cannot_be_one_is_refused_in_words(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer")
    answer = send(client, place, case, "reviewer", "propose", reasons="说明",
                  **{"findings-fine-finding": "other", "findings-fine-value": "许多", "findings-fine-reason": "查明",
                     "findings-decided_on-finding": "kept", "findings-decided_on-reason": "查明"})  # fmt: skip
    assert answer.status_code == 422
    assert 'value="许多"' in answer.text


def test_files_of_a_refused_form_are_kept_and_can_be_left_out(
    client: FlaskClient, place: Place, session: Session
) -> None:
    case = walk(place)
    files = [(io.BytesIO(PDF), "../凭证.pdf"), (io.BytesIO(PNG), "照片.png")]
    refused = send(client, place, case, "enterprise", "add", words="", files=files)
    assert refused.status_code == 422
    assert "凭证.pdf" in refused.text
    out = re.search(
        r'name="files_out"[^>]*value="([0-9a-f]{64})"[^>]*><label[^>]*>Leave out<span class="hidden"> 照片',
        refused.text,
    )
    assert out
    sent = post(client, case, "add", words="见附件。", shown=hidden(refused, "shown"), kept=hidden(refused, "kept"),
                files_out=out[1])  # fmt: skip
    assert sent.status_code == 302
    assert [file.name for file in session.scalars(select(Attachment))] == ["凭证.pdf"]


def test_another_persons_kept_files_are_not_taken(client: FlaskClient, place: Place, session: Session) -> None:
    case = walk(place)
    refused = send(client, place, case, "enterprise", "add", words="", files=[(io.BytesIO(PDF), "凭证.pdf")])
    other = place.file(now=day(2026, 11, 16), record=place.other_record, by="enterprise2")
    sign_in(client, place, "enterprise2")
    assert post(client, other, "add", words="拿来", kept=hidden(refused, "kept")).status_code == 302
    assert session.scalars(select(Attachment)).all() == []


def test_a_file_of_another_sort_is_named_with_the_reason(client: FlaskClient, place: Place) -> None:
    case = walk(place)
    answer = send(client, place, case, "enterprise", "add", words="见附件。", files=[(io.BytesIO(b"MZ"), "程序.exe")])
    assert answer.status_code == 422
    assert "程序.exe is not a PDF, JPEG or PNG file" in answer.text
    assert place.case(case.number).length == 1


def test_who_proposed_cannot_approve_and_reads_why(client: FlaskClient, place: Place, session: Session) -> None:
    case = walk(place, "accept", "refer")
    reviewer = place.people["approver"]
    session.add(Membership(user_id=reviewer.id, role="reviewer", bureau_id=place.bureau.id))
    session.commit()
    fields = {"findings-fine-finding": "as_claimed", "findings-decided_on-finding": "as_claimed", "reasons": "录错。"}
    assert send(client, place, case, "approver", "propose", **fields).status_code == 302
    page = client.get(f"/cases/{case.number}/approve")
    assert page.status_code == 403
    assert "a second person must decide" in page.text
    assert "<textarea" not in page.text
    assert f'action="/cases/{case.number}' not in page.text
    answer = post(client, place.case(case.number), "approve", opinion="")
    assert answer.status_code == 403
    assert "a second person must decide" in answer.text
    assert state(place, case) == "proposed"


def test_who_finds_and_who_decides_is_warned_of_the_old_sum_in_another_field(client: FlaskClient, place: Place) -> None:
    """The fine goes from 8.00 to 0.80 (10,000 yuan), and the penalty in words still says 80000 yuan."""
    case = walk(place, "accept", "refer")
    client.set_cookie("language", "en")
    warned = "data-stale>“Penalty” still says “罚款人民币80000元”"
    assert warned in sign_in(client, place, "reviewer").get(f"/cases/{case.number}/propose").text
    kept = {"finding": "kept", "reason": "一致。"}
    place.act(case, "reviewer", "propose", NOW, findings={"fine": kept, "decided_on": kept}, reasons="核。")
    page = f"/cases/{case.number}/approve"
    assert "data-stale" not in sign_in(client, place, "approver").get(page).text, "nothing is changed"
    place.act(case, "approver", "send_back", NOW, reasons="请再核。")
    granted = {"fine": {"finding": "as_claimed"}, "decided_on": kept}
    place.act(case, "reviewer", "propose", NOW, findings=granted, reasons="核。")
    assert warned in sign_in(client, place, "approver").get(page).text


def test_what_is_over_is_refused_with_the_reason(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer")
    sign_in(client, place, "office")
    answer = post(client, case, "accept", shown=str(case.length))
    assert answer.status_code == 409
    assert place.case(case.number).length == case.length


@pytest.mark.parametrize(
    ("who", "action", "said"),
    [
        ("enterprise", "accept", "This is for an officer of the credit office to do."),
        ("reviewer", "approve", "This is for an approver of the bureau to do."),
        ("auditor", "note", "The auditor reads cases and acts in none."),
        ("office", "propose", "This is for a reviewer of the bureau to do."),
        ("chief", "remind", "Nobody does this by hand"),
    ],
)
def test_who_may_read_a_case_is_told_whose_an_act_is(
    client: FlaskClient, place: Place, who: str, action: str, said: str
) -> None:
    """D33: the case is secret, not the rule."""
    case = walk(place, "accept", "refer")
    client.set_cookie("language", "en")
    sign_in(client, place, who)
    for answer in (client.get(f"/cases/{case.number}/{action}"), post(client, case, action, words="强写的话")):
        assert answer.status_code == 403, (who, action)
        assert said in answer.text
        assert "data-why-not=" in answer.text
        assert "cannot be found" not in answer.text
    assert place.case(case.number).length == case.length


def test_a_foreign_case_and_an_act_that_is_none_are_not_there(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer")
    for who, action in (("enterprise2", "withdraw"), ("reviewer2", "propose"), ("office", "nothing"),
                        ("chief", "succeeded"), ("auditor", "mapped")):  # fmt: skip
        sign_in(client, place, who)
        assert client.get(f"/cases/{case.number}/{action}").status_code == 404, (who, action)
        assert post(client, case, action).status_code == 404, (who, action)


def test_only_who_truly_can_is_named(client: FlaskClient, place: Place, session: Session) -> None:
    """Guards are asked with the person: who proposed, entered or handled is named by nobody; to a firm nobody is."""
    case = walk(place, "accept", "refer", "propose")
    client.set_cookie("language", "en")
    page = sign_in(client, place, "office").get(f"/cases/{case.number}/approve")
    named = place.people["approver"].name
    assert page.status_code == 403
    assert f"Today this can be done by: {named}" in page.text
    place.record.entered_by_id = place.people["approver"].id
    session.commit()
    page = sign_in(client, place, "office").get(f"/cases/{case.number}/approve")
    assert named not in page.text
    barred = sign_in(client, place, "approver").get(f"/cases/{case.number}").text
    assert "It is your turn" not in barred
    assert "You entered this record" in barred
    firm = sign_in(client, place, "enterprise").get(f"/cases/{case.number}/approve")
    assert firm.status_code == 403
    assert "Today" not in firm.text


def test_who_lost_a_case_is_told_so_and_nothing_more(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer", "return", filed=day(2026, 11, 19))
    answers = {"bureau": str(place.other_bureau.id), "reasons": "由该局核查。"}
    assert send(client, place, case, "chief", "assign", **answers).status_code == 302
    page = sign_in(client, place, "reviewer").get(f"/cases/{case.number}/propose")
    assert page.status_code == 403
    assert "Another bureau has this case now." in page.text
    assert "Today" not in page.text


@pytest.mark.parametrize(
    ("steps", "who", "action", "said", "now"),
    [
        (("accept", "refer"), "approver", "approve", "only after the step “Propose findings”", "to verify the record"),
        (
            ("accept", "refer"),
            "enterprise",
            "ask_review",
            "only after the step “Send the written answer”",
            "Add papers",
        ),
        (("accept", "refer"), "office", "accept", "This was done on Tuesday 17 November", "to verify the record"),
        (
            ("accept", "refer"),
            "office",
            "refuse",
            "This was possible until Tuesday 17 November",
            "to verify the record",
        ),
        (
            WALK,
            "office",
            "accept",
            "This case was closed on Sunday 22 November",
            "Administrative reconsideration: open until",
        ),
        (WALK, "enterprise", "withdraw", "This case was closed on Sunday 22 November", "Ask for a review: open until"),
    ],
)
def test_a_step_out_of_its_time_says_which_case_it_is_and_what_is_possible_instead(
    client: FlaskClient, place: Place, steps: tuple[str, ...], who: str, action: str, said: str, now: str
) -> None:
    """Too early, done, passed, decided: never one sentence for all; and what comes now, by whom and by when (D35)."""
    case = walk(place, *steps)
    client.set_cookie("language", "en")
    page = sign_in(client, place, who).get(f"/cases/{case.number}/{action}")
    text = re.sub(r"<[^>]*>", "", unescape(page.text)).replace("\xa0", " ")
    assert page.status_code == 409
    assert said in text
    assert now in text


def test_what_cannot_be_undone_is_outlined_and_warned_of(client: FlaskClient, place: Place) -> None:
    case = walk(place, *WALK[:5])
    client.set_cookie("language", "en")
    html = sign_in(client, place, "office").get(f"/cases/{case.number}/answer").text
    assert "Once sent, it cannot be called back" in html
    assert "The firm can then: Ask for a review." in html
    assert 'class="button final"' in html
    assert 'class="button main"' not in html


def test_an_answer_that_was_not_offered_is_refused(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer", "return", filed=day(2026, 11, 19))
    assert send(client, place, case, "chief", "assign", bureau="999999", reasons="该局。").status_code == 422
    assert send(client, place, case, "chief", "supervise", deadline="nothing", words="").status_code == 422
    assert state(place, case) == "returned"


def test_the_bureau_that_returned_a_case_may_get_it_again(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer", "return", filed=day(2026, 11, 19))
    answer = send(client, place, case, "chief", "assign", bureau=str(place.bureau.id), reasons="就是该局作出的。")
    assert answer.status_code == 302
    assert state(place, case) == "with_bureau"


def test_characters_that_no_database_keeps_do_no_harm(client: FlaskClient, place: Place) -> None:
    case = walk(place)
    assert send(client, place, case, "enterprise", "add", words="补\0充").status_code == 302
    assert client.get("/cases/%00").status_code == 404
    assert client.get(f"/cases/{case.number}/%00").status_code == 404
    assert client.get(f"/cases/{case.number}/deadlines/%00").status_code == 404
    assert client.post("/cases/%00/add", data={"words": "x"}).status_code == 404


def test_a_number_beyond_every_size_finds_nothing(client: FlaskClient, place: Place) -> None:
    sign_in(client, place, "office")
    for address in ("/files/99999999999999999999", "/papers/99999999999999999999", "/cases?page=99999999999999999999"):
        assert client.get(address).status_code in (200, 404), address


def test_a_deputy_who_proposed_neither_decides_nor_sends_back(
    client: FlaskClient, place: Place, session: Session
) -> None:
    """D32: to send back decides too, so the page does not say that it is their turn, and offers neither."""
    case = walk(place, "accept", "refer", "propose")
    session.add(Deputy(person_id=place.people["approver"].id, deputy_id=place.people["reviewer"].id,
                       from_day=date(2026, 11, 20), until_day=date(2026, 11, 30),
                       named_by_id=place.people["approver"].id, named_at=NOW))  # fmt: skip
    session.commit()
    client.set_cookie("language", "en")
    page = sign_in(client, place, "reviewer").get(f"/cases/{case.number}").text
    assert "It is your turn" not in page
    assert 'data-action="send_back"' not in page
    assert 'data-action="approve"' not in page
    answer = post(client, case, "send_back", reasons="自己退自己的。")
    assert answer.status_code == 403
    assert place.case(case.number).state == "proposed"
    assert 'data-action="send_back"' in sign_in(client, place, "approver").get(f"/cases/{case.number}/approve").text


def test_a_handler_may_not_send_back(client: FlaskClient, place: Place, session: Session) -> None:
    case = walk(place, "accept", "refer", "propose")
    session.get_one(CreditRecord, place.record.id).handler = place.people["approver"].name
    session.commit()
    sign_in(client, place, "approver")
    assert post(client, case, "send_back", reasons="请再核。").status_code == 403
    assert place.case(case.number).state == "proposed"
