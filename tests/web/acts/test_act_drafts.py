"""Drafts of acts over HTTP: kept for their owner alone, put back, discarded, gone with the act or after thirty days."""

import io
import re
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.model.drafts import LIVES, ActDraft, clear_dead_drafts
from cases.model.evidence import Store
from cases.model.tables import Attachment, Case
from tests.builders import Place, day
from tests.conftest import NOW
from tests.web.acts.test_acts import PDF, hidden, post
from tests.web.signing import sign_in
from tests.web.walking import walk

TYPED = {"findings-fine-finding": "as_claimed", "findings-decided_on-finding": "kept", "reasons": "写到一半的"}


def browser(app: Flask, place: Place, who: str) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("language", "en")
    return sign_in(client, place, who)


def keep(client: FlaskClient, case: Case, action: str, **fields: object) -> int:
    return post(client, case, f"{action}/draft", **fields).status_code


def drafts(session: Session) -> list[tuple[int, str]]:
    session.expire_all()
    return [(row.user_id, row.action) for row in session.scalars(select(ActDraft))]


def test_what_was_kept_is_there_after_signing_in_again_and_for_nobody_else(app: Flask, place: Place) -> None:
    case = walk(place, "accept", "refer")
    reviewer = browser(app, place, "reviewer")
    shown = hidden(reviewer.get(f"/cases/{case.number}/propose"), "shown")
    assert keep(reviewer, case, "propose", shown=shown, **TYPED) == 302
    reviewer.post("/sign-out")
    again = browser(app, place, "reviewer").get(f"/cases/{case.number}/propose").text
    assert "写到一半的" in again
    assert re.search(r'<input checked[^>]*id="findings-fine-finding-0"', again)
    assert "Your draft of" in again
    assert "24 December" in again
    assert "1 still missing:" in again
    assert re.search(r'id="still-missing".*?href="#findings-decided_on-reason"', again, re.S)
    for who in ("approver", "office", "chief", "enterprise", "auditor"):
        client = browser(app, place, who)
        for address in (f"/cases/{case.number}", f"/cases/{case.number}/note", f"/cases/{case.number}/propose"):
            assert "写到一半的" not in client.get(address).text, (who, address)
    assert place.case(case.number).length == case.length, "a draft is no part of the case"


def test_what_was_sent_back_stands_in_the_form_with_the_reason_until_it_is_proposed_anew(
    app: Flask, place: Place
) -> None:
    case = walk(place, "accept", "refer", "propose")
    place.act(case, "approver", "send_back", NOW, reasons="请写明依据第几页。")
    reviewer = browser(app, place, "reviewer")
    page = reviewer.get(f"/cases/{case.number}/propose").text
    assert "approver人 sent the proposal back" in page
    assert "请写明依据第几页。" in page
    assert re.search(r'<input checked[^>]*id="findings-fine-finding-0"', page)
    assert "Nothing is missing." in page
    for address in ("propose/draft", "note"):
        assert "请写明依据第几页。" not in browser(app, place, "enterprise").get(f"/cases/{case.number}/{address}").text
    reviewer.set_cookie("language", "zh")
    assert '少 <span class="nowrap">7.20 万元</span>' in reviewer.get(f"/cases/{case.number}/propose").text
    shown = hidden(reviewer.get(f"/cases/{case.number}/propose"), "shown")
    assert keep(reviewer, case, "propose", shown=shown, **TYPED) == 302
    assert "写到一半的" in reviewer.get(f"/cases/{case.number}/propose").text, "a draft of one's own goes before it"


def test_a_draft_goes_with_the_act_and_one_that_comes_late_is_not_kept(
    app: Flask, place: Place, session: Session
) -> None:
    case = walk(place, "accept", "refer")
    reviewer = browser(app, place, "reviewer")
    shown = hidden(reviewer.get(f"/cases/{case.number}/propose"), "shown")
    keep(reviewer, case, "propose", shown=shown, **TYPED)
    keep(reviewer, case, "note", shown=shown, words="别忘了")
    whole = {**TYPED, "findings-decided_on-reason": "落款如此。"}
    assert post(reviewer, case, "propose", shown=shown, **whole).status_code == 302
    me = place.people["reviewer"].id
    assert drafts(session) == [(me, "note")]
    assert keep(reviewer, case, "propose", shown=shown, **whole) == 302
    assert drafts(session) == [(me, "note")]


def test_what_comes_back_with_a_fault_is_kept_as_soon_as_it_is_shown(app: Flask, place: Place) -> None:
    """Else the last words before a refused sending are lost to who leaves the page, below a line that says "kept"."""
    case = walk(place, "accept", "refer")
    reviewer = browser(app, place, "reviewer")
    opened = reviewer.get(f"/cases/{case.number}/propose")
    refused = post(reviewer, case, "propose", shown=hidden(opened, "shown"), **TYPED)
    assert refused.status_code == 422
    assert 'hx-trigger="load, input' in refused.text
    assert 'hx-trigger="load' not in opened.text


def test_files_of_a_draft_are_kept_can_be_left_out_and_go_into_the_case(
    app: Flask, place: Place, session: Session
) -> None:
    case = walk(place)
    firm = browser(app, place, "enterprise")
    files = [(io.BytesIO(PDF), "凭证.pdf"), (io.BytesIO(PDF + b"%"), "多余.pdf")]
    keep(firm, case, "add", words="见附", files=files)
    page = firm.get(f"/cases/{case.number}/add")
    out = re.search(r'value="([0-9a-f]{64})"[^>]*><label[^>]*>Leave out<span class="hidden"> 多余', page.text)
    assert out
    keep(firm, case, "add", words="见附件", kept=hidden(page, "kept"), files_out=out[1])
    page = firm.get(f"/cases/{case.number}/add")
    assert "凭证.pdf" in page.text
    assert "多余.pdf" not in page.text
    sent = post(firm, case, "add", words="见附件", kept=hidden(page, "kept"), shown=hidden(page, "shown"))
    assert sent.status_code == 302
    assert [file.name for file in session.scalars(select(Attachment))] == ["凭证.pdf"]


def test_when_the_case_has_moved_the_words_can_be_copied_and_discarded(
    app: Flask, place: Place, session: Session
) -> None:
    case = walk(place, "accept", "refer")
    reviewer = browser(app, place, "reviewer")
    keep(reviewer, case, "propose", shown=str(case.length), **TYPED)
    place.act(case, "enterprise", "add", NOW, words="又一份", files=())
    page = reviewer.get(f"/cases/{case.number}/propose").text
    assert "Since then in this case:" in page
    assert "Papers added" in page
    place.act(case, "enterprise", "withdraw", NOW, words="")
    closed = reviewer.get(f"/cases/{case.number}/propose")
    assert closed.status_code == 409
    assert "写到一半的" in closed.text
    assert f"/cases/{case.number}/propose" in reviewer.get(f"/cases/{case.number}").text, "the case leads to them"
    assert keep(reviewer, case, "propose", shown="1", reasons="写完了") == 302, "what is typed meanwhile is kept too"
    assert "写完了" in reviewer.get(f"/cases/{case.number}/propose").text
    assert keep(reviewer, case, "propose", discard="1") == 302
    assert drafts(session) == []


def test_who_lost_the_case_still_finds_their_own_words(app: Flask, place: Place) -> None:
    case = walk(place, "accept", "refer", filed=day(2026, 11, 19))
    reviewer = browser(app, place, "reviewer")
    keep(reviewer, case, "propose", shown=str(case.length), **TYPED)
    place.act(case, "reviewer", "return", NOW, reasons="不归本局。")
    place.act(case, "chief", "assign", NOW, bureau=place.other_bureau.id, reasons="该局。")
    assert "写到一半的" in reviewer.get(f"/cases/{case.number}/propose").text
    assert reviewer.get(f"/cases/{case.number}/note").status_code == 403


def test_of_an_act_that_asks_nothing_no_draft_is_kept(app: Flask, place: Place, session: Session) -> None:
    """Else the case would say that something was begun there in which nothing stands."""
    case = place.complain(day(2026, 11, 23))
    office = browser(app, place, "office")
    assert keep(office, case, "acknowledge", shown="1") == 302
    assert drafts(session) == []


def test_a_draft_of_an_act_that_is_not_theirs_is_refused(app: Flask, place: Place, session: Session) -> None:
    case = walk(place, "accept", "refer")
    for who, action, status in (("reviewer2", "propose", 404), ("enterprise", "propose", 403), ("auditor", "note", 403),
                                ("office", "propose", 403), ("reviewer", "approve", 403), ("reviewer", "nothing", 404),
                                ("chief", "remind", 403)):  # fmt: skip
        assert keep(browser(app, place, who), case, action, reasons="强写") == status, (who, action)
    assert drafts(session) == []


def test_a_draft_dies_thirty_days_after_it_was_last_touched(app: Flask, place: Place, session: Session) -> None:
    case = walk(place)
    keep(browser(app, place, "enterprise"), case, "add", words="写到一半", files=[(io.BytesIO(PDF), "凭证.pdf")])
    forgotten: list[str] = []

    class Forgetting(Store):
        def forget(self, sha256: str, before: datetime) -> bool:
            forgotten.append(sha256)
            return True

    assert clear_dead_drafts(Forgetting(Path()), NOW + LIVES) == 0
    assert clear_dead_drafts(Forgetting(Path()), NOW + LIVES + timedelta(minutes=5)) == 1
    assert len(forgotten) == 1
    assert drafts(session) == []


def test_a_phrase_put_in_without_script_loses_nothing_and_is_counted_once_sent(
    app: Flask, place: Place, session: Session
) -> None:
    case = walk(place, "accept", "refer")
    reviewer = browser(app, place, "reviewer")
    text = "与{the number of the decision}原件一致，记录所载{record}。"
    reviewer.post("/phrases", data={"name": "一致", "text": text, "fits": "finding"})
    page = reviewer.get(f"/cases/{case.number}/propose").text
    put = re.search(r'value="(findings-decided_on-reason \d+)"[^>]*data-words="([^"]*)"', page)
    assert put
    assert unescape(put[2]) == "与示环罚〔2026〕18号原件一致，记录所载2026年3月18日。"
    typed = {**TYPED, "findings-decided_on-reason": "我自己的话。"}
    answer = post(reviewer, case, "propose/draft", shown=str(case.length), put=put[1], **typed)
    assert answer.location.endswith("#findings-decided_on-reason")
    page = reviewer.get(answer.location)
    assert "我自己的话。与示环罚〔2026〕18号原件一致" in page.text
    assert "写到一半的" in page.text
    sent = post(reviewer, case, "propose", shown=hidden(page, "shown"), used=hidden(page, "used"), **typed)
    assert sent.status_code == 302
    assert re.search(r'class="num"[^>]*><span>1<', reviewer.get("/phrases").text)


def test_what_is_not_offered_is_not_put_in(app: Flask, place: Place, session: Session) -> None:
    case = walk(place, "accept", "refer")
    browser(app, place, "reviewer2").post("/phrases", data={"name": "别人的", "text": "别局的话"})
    reviewer = browser(app, place, "reviewer")
    assert "别局的话" not in reviewer.get(f"/cases/{case.number}/propose").text
    for forged in ("reasons 1", "reasons place:nothing", "findings-fine-value place:unit", "nothing file:1", "reasons"):
        keep(reviewer, case, "propose", put=forged, **TYPED)
        assert "写到一半的</textarea>" in reviewer.get(f"/cases/{case.number}/propose").text, forged
    firm = browser(app, place, "enterprise")
    keep(firm, case, "add", words="自己的话", put="words place:unit")
    assert "自己的话</textarea>" in firm.get(f"/cases/{case.number}/add").text
