"""Filing an objection through its pages."""

import errno
import io
import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cases.model.drafts import Draft
from cases.model.tables import Attachment, Case, EventText
from tests.builders import Place, day
from tests.web.signing import sign_in
from workflow.jurisdiction import AtMost

WORDS = "决定书写的是八千元，不是八万元。"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


@pytest.fixture
def filer(client: FlaskClient, place: Place) -> FlaskClient:
    return sign_in(client, place, "enterprise")


WRONG = {"ground": "wrong", "claims-fine-wrong": "y", "claims-fine-value": "0.8"}


def start(client: FlaskClient, place: Place, **data: str) -> str:
    """The key of a draft, the first question answered."""
    answer = client.post(f"/records/{place.record.id}/objection", data=data or WRONG)
    assert answer.status_code == 302, answer.text
    found = re.search(r"draft=([\w-]+)", answer.location)
    assert found
    return found[1]


def step(client: FlaskClient, place: Place, name: str, key: str, **data: object) -> TestResponse:
    return client.post(f"/records/{place.record.id}/objection/{name}", data={"draft": key, **data})


def to_the_check(client: FlaskClient, place: Place) -> str:
    key = start(client, place)
    step(client, place, "evidence", key, words=WORDS, files=(io.BytesIO(PNG), "缴款凭证.png"))
    return key


def cases(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Case)) or 0


def test_an_objection_is_filed_step_by_step_and_leads_to_its_receipt(
    filer: FlaskClient, place: Place, session: Session
) -> None:
    key = start(filer, place)
    answer = step(filer, place, "evidence", key, words=WORDS, files=(io.BytesIO(PNG), "缴款凭证.png"))
    check = filer.get(answer.location).text
    for shown in ("0.80 万元", "8.00 万元", WORDS, "缴款凭证.png", "第39条第（一）项"):
        assert shown in check
    answer = step(filer, place, "check", key, declared="y")
    assert answer.location.endswith("/receipt")
    receipt = filer.get(answer.location).text
    case = session.scalars(select(Case)).one()
    assert case.number in receipt
    assert f"{case.check_code[:5]} {case.check_code[5:]}" in receipt
    assert "proposal" in receipt
    assert session.scalars(select(Attachment)).one().name == "缴款凭证.png"
    words = set(session.scalars(select(EventText.text)))
    assert {"0.80", WORDS} <= words


def test_ones_own_words_begin_with_what_was_ticked(filer: FlaskClient, place: Place) -> None:
    key = start(filer, place)
    address = f"/records/{place.record.id}/objection/evidence?draft={key}"
    said = "罚款金额：记录写的是“8.00 万元”，应当是“0.80 万元”。"
    filer.set_cookie("language", "zh")
    assert f"{said}</textarea>" in filer.get(address).text
    assert "从您勾选的内容写起" in filer.get(address).text
    step(filer, place, "evidence", key, words="金额多了一位。", then="later")
    assert said not in filer.get(address).text, "what one has written oneself stays as it is"


def test_own_words_begin_with_what_was_typed_and_with_no_markup(filer: FlaskClient, place: Place) -> None:
    """They are sent and sealed as they stand in the field: escaped for a page, they would say &amp;amp;."""
    typed = {"ground": "wrong", "claims-offence-wrong": "y", "claims-offence-value": '甲 & "乙" <b>'}
    answer = filer.post(f"/records/{place.record.id}/objection", data=typed)
    assert "应当是“甲 &amp; &#34;乙&#34; &lt;b&gt;”。</textarea>" in filer.get(answer.location).text


def test_a_double_click_opens_one_case(filer: FlaskClient, place: Place, session: Session) -> None:
    key = to_the_check(filer, place)
    first, second = (step(filer, place, "check", key, declared="y") for _ in range(2))
    assert first.location == second.location
    assert first.location.endswith("/receipt")
    assert cases(session) == 1


def test_nothing_is_sent_before_the_declaration_is_ticked(filer: FlaskClient, place: Place, session: Session) -> None:
    key = to_the_check(filer, place)
    answer = step(filer, place, "check", key)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'href="#declared"' in answer.text
    assert WORDS in answer.text
    assert cases(session) == 0


def test_a_value_that_cannot_be_read_is_told_beside_its_field_and_kept(filer: FlaskClient, place: Place) -> None:
    key = start(filer, place)
    bad = {"ground": "wrong", "claims-fine-wrong": "y", "claims-fine-value": "about eight", "claims-facts-wrong": "y",
           "claims-facts-value": "煤场建有密闭煤棚。"}  # fmt: skip
    answer = step(filer, place, "ground", key, **bad)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'href="#claims-fine-value"' in answer.text
    assert 'value="about eight"' in answer.text
    assert "煤场建有密闭煤棚。" in answer.text
    assert "about eight" in filer.get(f"/records/{place.record.id}/objection").text
    assert "/objection/ground" in filer.get(f"/records/{place.record.id}/objection/check?draft={key}").location


@pytest.mark.parametrize(
    ("name", "data", "leads_to"),
    [
        ("ground", {"ground": "wrong"}, "#claims-"),
        ("evidence", {"words": "  "}, "#words"),
        ("ground", {"ground": "other"}, "#ground-0"),
    ],
)
def test_a_step_without_its_answer_says_what_is_missing(
    filer: FlaskClient, place: Place, name: str, data: dict[str, str], leads_to: str
) -> None:
    key = start(filer, place)
    answer = step(filer, place, name, key, **data)
    assert answer.status_code == 422
    assert f'href="{leads_to}' in answer.text


def test_a_value_that_the_record_has_already_is_no_claim(filer: FlaskClient, place: Place) -> None:
    key = start(filer, place)
    answer = step(filer, place, "ground", key, **{**WRONG, "claims-fine-value": "80000元"})
    assert answer.status_code == 422
    assert 'href="#claims-fine-value"' in answer.text


def test_saved_for_later_is_taken_up_where_it_was_left(filer: FlaskClient, place: Place, session: Session) -> None:
    key = start(filer, place)
    answer = step(filer, place, "ground", key, then="later", **{"ground": "wrong", "claims-fine-value": "not sure yet"})
    assert answer.location == "/records"
    assert session.scalars(select(Draft)).one().answers["claims"]["fine"]["value"] == "not sure yet"
    assert start(filer, place) == key, "the same form goes on, no second one is begun"


def test_on_the_other_grounds_the_display_itself_is_disputed(
    filer: FlaskClient, place: Place, session: Session
) -> None:
    forgotten = {"claims-fine-wrong": "y", "claims-fine-value": "about eight"}
    key = start(filer, place, ground="expired", **forgotten)
    step(filer, place, "evidence", key, words=WORDS)
    assert step(filer, place, "check", key, declared="y").location.endswith("/receipt")
    assert dict(session.execute(select(EventText.name, EventText.text)).all())["claims.display"] == "ended"


def test_a_second_case_on_the_record_is_refused_with_a_link(filer: FlaskClient, place: Place, session: Session) -> None:
    key = to_the_check(filer, place)
    case = place.file()
    for answer in (
        filer.get(f"/records/{place.record.id}/objection"),
        filer.post(f"/records/{place.record.id}/objection", data={"ground": "wrong"}),
        step(filer, place, "check", key, declared="y"),
    ):
        assert answer.status_code == 409
        assert f'href="/cases/{case.number}"' in answer.text
    assert cases(session) == 1


def test_files_that_are_not_evidence_are_refused_and_the_others_stay(
    filer: FlaskClient, place: Place, session: Session
) -> None:
    key = start(filer, place)
    answer = filer.post(
        f"/records/{place.record.id}/objection/evidence",
        data={"draft": key, "words": WORDS, "files": [(io.BytesIO(PNG), "照片.png"), (io.BytesIO(b"MZ"), "run.exe")]},
    )
    assert answer.status_code == 422
    assert "run.exe" in answer.text
    assert "照片.png" in answer.text
    [kept] = session.scalars(select(Draft)).one().files
    step(filer, place, "evidence", key, words=WORDS, files_out=kept["sha256"])
    session.expire_all()
    assert session.scalars(select(Draft)).one().files == []


def test_nobody_opens_the_form_of_another(client: FlaskClient, place: Place) -> None:
    key = start(sign_in(client, place, "enterprise"), place)
    address = f"/records/{place.record.id}/objection"
    for name in ("enterprise2", "reviewer2", "approver", "chief", "auditor"):
        other = sign_in(client, place, name)
        assert other.get(address).status_code == 404
        assert other.get(f"{address}/evidence?draft={key}").status_code == 404
        assert other.post(f"{address}/check", data={"draft": key, "declared": "y"}).status_code == 404
    mine = sign_in(client, place, "enterprise")
    assert mine.get(f"{address}/evidence?draft={'x' * 43}").status_code == 404
    assert mine.get(f"{address}/nonsense?draft={key}").status_code == 404


def test_the_receipt_is_for_the_filer_and_the_office(client: FlaskClient, place: Place) -> None:
    case = place.file()
    seen = {name: sign_in(client, place, name).get(f"/cases/{case.number}/receipt").status_code
            for name in ("enterprise", "enterprise2", "reviewer", "office", "chief", "auditor")}  # fmt: skip
    assert seen == {"enterprise": 200, "enterprise2": 404, "reviewer": 404, "office": 200, "chief": 200, "auditor": 404}


def test_that_a_form_is_begun_is_said_once_and_its_button_is_the_filled_one(filer: FlaskClient, place: Place) -> None:
    key = start(filer, place)
    main = re.findall(r"<main.*</main>", filer.get("/records").text, re.DOTALL)[0]
    assert main.count("还没有提交") == 1
    assert [key in button for button in re.findall(r'<a class="button main"[^>]*>', main)] == [True]


def test_a_filed_draft_keeps_no_words(filer: FlaskClient, place: Place, session: Session) -> None:
    key = to_the_check(filer, place)
    step(filer, place, "check", key, declared="y")
    session.expire_all()
    draft = session.get_one(Draft, key)
    assert (draft.answers, draft.files) == ({}, [])
    assert draft.case_id
    answer = filer.get(f"/records/{place.record.id}/objection/evidence?draft={key}")
    assert answer.location.endswith("/receipt")


@pytest.mark.parametrize("spoken", ["zh", "en"])
def test_every_page_of_the_filing_speaks_both_languages(filer: FlaskClient, place: Place, spoken: str) -> None:
    filer.set_cookie("language", spoken)
    key = to_the_check(filer, place)
    for name in ("ground", "evidence", "check"):
        page = filer.get(f"/records/{place.record.id}/objection/{name}?draft={key}")
        assert page.status_code == 200
        assert page.text.count("<h1") == 1
        assert "style=" not in page.text


def test_two_clicks_at_once_open_one_case(app: Flask, filer: FlaskClient, place: Place, session: Session) -> None:
    key = to_the_check(filer, place)
    browsers = [sign_in(app.test_client(), place, "enterprise") for _ in range(2)]
    address = f"/records/{place.record.id}/objection/check"
    session.commit()

    def click(browser: FlaskClient) -> str:
        return browser.post(address, data={"draft": key, "declared": "y"}).location

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(click, browsers)
    assert first == second
    assert first.endswith("/receipt")
    assert cases(session) == 1


def test_what_was_written_is_kept_where_another_case_was_opened_meanwhile(filer: FlaskClient, place: Place) -> None:
    """The page leads to the open case, and shows what was written before and just now."""
    key = start(filer, place)
    step(filer, place, "evidence", key, words=WORDS)
    other = place.file(now=day(2026, 11, 23))
    late = filer.post(
        f"/records/{place.record.id}/objection/evidence",
        data={"draft": key, "words": "又找到一张缴款书。"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert late.status_code == 409
    assert f'href="/cases/{other.number}"' in late.text
    assert WORDS in late.text
    assert "又找到一张缴款书。" in late.text


def files_in(app: Flask) -> list[str]:
    return [path.name for path in app.extensions["store"].root.rglob("*") if path.is_file()]


def test_more_files_than_a_day_takes_are_refused_and_the_form_goes_on_without_them(
    filer: FlaskClient, place: Place, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    law = app.extensions["law"]
    few = AtMost.model_construct(files_a_day=1, megabytes_a_day=100, filings_an_hour=9)
    place_of_few = law.place.model_copy(update={"at_most": few})
    monkeypatch.setitem(app.extensions, "law", replace(law, place=place_of_few))
    key = start(filer, place)
    two = [(io.BytesIO(PNG + bytes([n])), f"{n}.png") for n in range(2)]
    answer = step(filer, place, "evidence", key, words=WORDS, files=two)
    assert (answer.status_code, answer.text.count("一天内最多提交 1 个文件，合计不超过 100 MB"), files_in(app)) == (
        422,
        2,
        [],
    )
    assert WORDS in answer.text
    assert step(filer, place, "evidence", key, words=WORDS).status_code == 302


def test_a_full_volume_stops_files_and_no_case(
    filer: FlaskClient, place: Place, app: Flask, monkeypatch: pytest.MonkeyPatch, session: Session
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("cases.model.evidence.os.replace", full)
    key = start(filer, place)
    answer = step(filer, place, "evidence", key, words=WORDS, files=(io.BytesIO(PNG), "缴款凭证.png"))
    assert answer.status_code == 422
    assert "现在没有地方存文件" in answer.text
    assert files_in(app) == []
    step(filer, place, "evidence", key, words=WORDS)
    assert step(filer, place, "check", key, declared="y").location.endswith("/receipt")
    assert cases(session) == 1
