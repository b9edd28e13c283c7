"""Is a paper genuine, without signing in: number and check code together, five tries an hour, complaints never."""

import io
import re
from html import unescape
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from cases.model.evidence import Store
from cases.model.tables import Case, Event
from cases.papers.files import hand_out
from cases.papers.sealing import seal_waiting
from notifications.papers import Paper
from tests.builders import VALUES, Place, day
from tests.cases.courses import KEPT, answered
from tests.cases.papers.test_sealing import issued, local
from tests.conftest import NOW
from tests.web.signing import sign_in

pytestmark = pytest.mark.both_databases

WRONG = "X" * 10


@pytest.fixture
def case(place: Place) -> Case:
    return place.file(NOW)


@pytest.fixture
def receipt(place: Place, case: Case) -> Paper:
    return place.session.scalars(select(Paper).where(Paper.case_number == case.number)).one()


def check(client: FlaskClient, number: str, code: str) -> TestResponse:
    client.set_cookie("language", "en")
    return client.post("/papers/check", data={"number": number, "code": code})


def said(response: TestResponse) -> dict[str, str]:
    found = re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", response.text)
    return {unescape(name): unescape(re.sub("<[^>]+>", "", value)).strip() for name, value in found}


def test_number_and_code_show_what_paper_it_is_to_whom_in_part_and_how_the_ledger_stands(
    client: FlaskClient, place: Place, case: Case, receipt: Paper
) -> None:
    answer = check(client, receipt.number, receipt.check_code)
    assert answer.status_code == 200
    head = place.session.scalars(select(Event.hash)).one()
    assert said(answer) == {
        "Paper": "Receipt specimen, without effect", "Number": receipt.number, "Issued by": "Demo Banner Credit Office",
        "Dated": "Tuesday 24 November", "Sent to": f"恒源＊＊＊＊（演示） credit code ends in {place.firm.code[-4:]}",
        "Case": case.number,
        "Head of the case's ledger": " ".join(head[n : n + 4] for n in (0, 4, 8, 12)),
        "The case's ledger": "holds 1 entry, checked just now",
    }  # fmt: skip
    for secret in (place.firm.name, place.firm.code, VALUES["document_number"], VALUES["facts"], case.check_code):
        assert secret not in answer.text


@pytest.mark.parametrize("typed", ["{0}[{1}]{2}号", "{0}（{1}）第 {2} 号", "{0} {1}-{2}", " {0}〔{1}〕 {2} 号 "])
def test_number_and_code_may_be_typed_in_any_brackets_and_groups(
    client: FlaskClient, receipt: Paper, typed: str
) -> None:
    code = receipt.check_code.lower()
    number = typed.format(receipt.series, receipt.year, receipt.n)
    assert check(client, number, f"{code[:5]} {code[5:]}").status_code == 200


@pytest.mark.parametrize("number", ["{0}〔{1}〕9号", "{0}", "%", "é", "〔2026〕1号", "示信异收〔2026〕999999999999号"])
def test_what_does_not_belong_together_is_unknown_whatever_is_wrong(
    client: FlaskClient, receipt: Paper, number: str
) -> None:
    answer = check(client, number.format(receipt.series, receipt.year), receipt.check_code)
    assert answer.status_code == 404
    assert "No paper with this number and this paper code can be shown here" in answer.text
    assert check(client, receipt.number, "Ｘ").status_code == 404
    assert check(client, receipt.number, "").status_code == 422


def test_a_paper_about_a_complaint_is_never_shown(client: FlaskClient, place: Place) -> None:
    case = place.complain(NOW)
    paper = place.session.scalars(select(Paper).where(Paper.case_number == case.number)).first()
    assert paper is not None
    assert check(client, paper.number, paper.check_code).status_code == 404


def test_after_five_wrong_tries_within_an_hour_a_number_is_not_shown(client: FlaskClient, receipt: Paper) -> None:
    assert [check(client, receipt.number, WRONG).status_code for _ in range(6)] == [404] * 5 + [429]
    late = check(client, f"{receipt.series}（{receipt.year}）{receipt.n}", receipt.check_code)
    assert late.status_code == 429
    assert 0 < int(late.headers["Retry-After"]) <= 3600


def test_a_ledger_that_does_not_hold_is_said(client: FlaskClient, place: Place, receipt: Paper, case: Case) -> None:
    place.session.execute(text("UPDATE case_ SET head = :head WHERE id = :id"), {"head": "0" * 64, "id": case.id})
    place.session.commit()
    answer = check(client, receipt.number, receipt.check_code)
    assert said(answer)["The case's ledger"].startswith("does not hold")


def test_the_square_on_a_paper_leads_to_the_form_filled_in_and_shows_nothing_yet(
    client: FlaskClient, place: Place, receipt: Paper
) -> None:
    sign_in(client, place, "enterprise")
    page = client.get(f"/papers/{receipt.id}").text
    link = re.search(r'<a class="square" href="http://127.0.0.1:0(/papers/check\?[^"]+)"', page)
    assert link
    assert "style=" not in page
    form = client.get(unescape(link[1]))
    assert form.status_code == 200
    assert f'value="{receipt.number}"' in form.text
    assert f'value="{receipt.check_code}"' in form.text
    assert "data-paper" not in form.text


def test_a_paper_about_a_complaint_has_no_square(client: FlaskClient, place: Place) -> None:
    case = place.complain(NOW)
    paper = place.session.scalars(select(Paper).where(Paper.case_number == case.number)).first()
    assert paper is not None
    sign_in(client, place, "enterprise")
    page = client.get(f"/papers/{paper.id}").text
    assert paper.spoken_code in page
    assert "/papers/check?" not in page


def bring(client: FlaskClient, content: bytes, number: str = "", code: str = "") -> TestResponse:
    client.set_cookie("language", "en")
    data = {"number": number, "code": code, "file": (io.BytesIO(content), "paper.pdf")}
    return client.post("/papers/check", data=data, content_type="multipart/form-data")


@pytest.fixture
def file(client: FlaskClient, place: Place, receipt: Paper) -> bytes:
    return hand_out(receipt, "", None, "zh", NOW, Store(Path()))


def test_a_file_alone_says_which_paper_it_is(client: FlaskClient, receipt: Paper, file: bytes) -> None:
    answer = bring(client, file)
    assert answer.status_code == 200
    assert said(answer)["Number"] == receipt.number
    assert said(answer)["The file"].startswith("is this paper, unaltered given out here on")


def test_a_text_where_the_file_belongs_is_no_file(client: FlaskClient) -> None:
    assert client.post("/papers/check", data={"number": "甲1", "code": "甲1", "file": "a text"}).status_code == 404


def test_a_translation_is_told_from_the_paper(client: FlaskClient, receipt: Paper) -> None:
    reading = hand_out(receipt, "", None, "en", NOW, Store(Path()))
    assert "the Chinese paper alone is official" in said(bring(client, reading))["The file"]


@pytest.mark.parametrize("at", [0, 1000, -1])
def test_one_altered_byte_is_found(client: FlaskClient, receipt: Paper, file: bytes, at: int) -> None:
    altered = bytearray(file)
    altered[at] ^= 1
    alone = bring(client, bytes(altered))
    assert alone.status_code == 404
    assert f"This file says that it is {receipt.number}" in alone.text
    beside = bring(client, bytes(altered), receipt.number, receipt.check_code)
    assert beside.status_code == 200
    assert said(beside)["The file"].startswith("is not this paper as it was given out")


def test_a_file_that_names_no_paper_of_ours_is_not_known(client: FlaskClient, receipt: Paper, file: bytes) -> None:
    named = receipt.number.encode()
    for content in (b"%PDF-1.7", file.replace(named, "示信异收〔2026〕999号".encode())):
        alone = bring(client, content)
        assert alone.status_code == 404
        assert "No file with exactly this content was given out here" in alone.text


def test_a_sealed_paper_is_said_to_wait_then_its_seal_is_read_and_a_flipped_byte_found(
    client: FlaskClient, app: Flask, place: Place
) -> None:
    paper, store = issued(place), app.extensions["store"]
    waiting = said(check(client, paper.number, paper.check_code))
    assert waiting["Seal"].startswith("is being put on")
    assert seal_waiting(local(), store, "", None, NOW) == 1
    assert said(check(client, paper.number, paper.check_code))["Seal"].startswith("put on at ")
    content = hand_out(paper, "", None, "zh", NOW, store)
    alone = said(bring(client, content))
    assert alone["Seal"].startswith("holds of 示范旗信用办（测试）, put on at ")
    assert alone["The file"].startswith("is this paper, unaltered")
    altered = bring(client, content[:9000] + bytes([content[9000] ^ 1]) + content[9001:])
    assert altered.status_code == 404
    assert f"This file says that it is {paper.number}" in altered.text


def test_page_and_archive_say_that_the_seal_is_being_put_on(client: FlaskClient, app: Flask, place: Place) -> None:
    paper = issued(place)
    client.set_cookie("language", "en")
    sign_in(client, place, "enterprise")
    page = client.get(f"/papers/{paper.id}").text
    assert "its seal is being put on" in page
    assert "data-pdf" not in page
    refused = client.get(f"/papers/{paper.id}.pdf")
    assert refused.status_code == 409
    assert "its seal is being put on" in refused.text
    with ZipFile(io.BytesIO(client.get(f"/cases/{paper.case_number}/papers.zip").data)) as archive:
        [name] = archive.namelist()
        assert name.endswith(f"{paper.number}.txt")
        assert "its seal is being put on" in archive.read(name).decode()
    seal_waiting(local(), app.extensions["store"], "", None, NOW)
    assert 'data-seal="sealed"' in client.get(f"/papers/{paper.id}").text
    sealed = client.get(f"/papers/{paper.id}.pdf").data
    with ZipFile(io.BytesIO(client.get(f"/cases/{paper.case_number}/papers.zip").data)) as archive:
        [name] = archive.namelist()
        assert archive.read(name) == sealed == client.get(f"/papers/{paper.id}.pdf").data


def test_the_file_of_another_paper_is_not_this_paper(
    client: FlaskClient, place: Place, case: Case, receipt: Paper
) -> None:
    place.act(case, "office", "accept", NOW)
    other = place.session.scalars(select(Paper).where(Paper.id != receipt.id)).one()
    answer = bring(client, hand_out(other, "", None, "zh", NOW, Store(Path())), receipt.number, receipt.check_code)
    assert said(answer)["Number"] == receipt.number
    assert said(answer)["The file"].startswith("is not this paper as it was given out")


def test_a_file_does_not_take_the_place_of_a_code_that_was_typed_wrong(
    client: FlaskClient, receipt: Paper, file: bytes
) -> None:
    assert bring(client, file, receipt.number, WRONG).status_code == 404
    assert bring(client, file, receipt.number).status_code == 422
    assert bring(client, file, "", receipt.check_code).status_code == 422


def test_the_file_of_a_paper_about_a_complaint_is_never_shown(client: FlaskClient, place: Place) -> None:
    case = place.complain(NOW)
    paper = place.session.scalars(select(Paper).where(Paper.case_number == case.number)).first()
    assert paper is not None
    assert bring(client, hand_out(paper, "", None, "zh", NOW, Store(Path()))).status_code == 404


def test_a_later_decision_that_took_its_place_is_named(client: FlaskClient, place: Place) -> None:
    case = answered(place, KEPT)
    place.act(case, "enterprise", "ask_review", day(2026, 9, 21), words="请复核。", files=())

    place.act(case, "office", "propose_review", day(2026, 9, 22), reasons="维持原认定。", findings=KEPT)
    place.act(case, "chief", "approve_review", day(2026, 9, 22))
    place.act(case, "office", "answer", day(2026, 9, 23), letter="复核结果。")
    papers = select(Paper).where(Paper.form.in_(("answer", "objection_answer"))).order_by(Paper.id)
    first, later = place.session.scalars(papers)
    assert said(check(client, first.number, first.check_code))["Replaced by"].startswith(later.number)
    assert "Replaced by" not in said(check(client, later.number, later.check_code))
