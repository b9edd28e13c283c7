"""A limit's own page; and a proposal that becomes a promise, looked at first and recorded by the head of the office."""

import re
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.in_force import Promise
from tests.builders import Place, day
from tests.promised import promise
from tests.web.signing import sign_in
from tests.web.stage import PDF

WRITTEN = {
    "title": "示范旗异议办理时限公告（演示）", "number": "示政办发〔2026〕41号", "dated": "2026-11-30", "n": "5",
    "first_day": "2026-12-01", "title_en": "Notice on time limits",
}  # fmt: skip


@pytest.fixture
def chief(client: FlaskClient, place: Place) -> FlaskClient:
    client.set_cookie("language", "en")
    return sign_in(client, place, "chief")


def form(**changes: Any) -> dict[str, Any]:
    return {**WRITTEN, "file": (BytesIO(PDF), "公告.pdf"), **changes}


def look(client: FlaskClient, key: str = "objection.verify", **changes: Any) -> TestResponse:
    return client.post(f"/rules/{key}/preview", data=form(**changes))


def carried(answer: TestResponse) -> dict[str, str]:
    """What the preview's form would send."""
    text = answer.get_data(as_text=True)
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text)
    return dict(found)


def recorded(session: Session) -> int:
    return session.scalar(select(func.count(Promise.id))) or 0


def read(client: FlaskClient, address: str = "/rules/objection.verify", status: int = 200) -> str:
    client.set_cookie("language", "en")
    answer = client.get(address)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", html))


def test_everybody_reads_what_a_limit_is_where_it_runs_and_its_versions(client: FlaskClient) -> None:
    text = plain(read(client))
    assert "7 working days Proposed once longer by 10" in text
    assert "elsewhere 2 to 10 working days" in text
    assert "the bureau’s time Verify while the case is:" in text
    assert "from Sunday 1 September 2024 on today" in text
    market = plain(read(client, "/rules/repair.decide.market_regulation"))
    assert "Credit repair The bureau decides for: market regulation" in market
    assert "to Wednesday 24 December 2025" in market
    assert "15 working days Law unverified" in market
    assert "nobody is late" in read(client, "/rules/objection.return")
    read(client, "/rules/objection.nothing", 404)
    read(client, "/rules/objection.verify.petition", 404)


def test_no_chinese_stands_on_the_english_page_and_every_word_has_its_chinese(client: FlaskClient) -> None:
    assert set(re.findall("[\u4e00-\u9fff]+", read(client))) <= {"中文", "示范旗"}
    client.set_cookie("language", "zh")
    assert "用在哪一步" in client.get("/rules/objection.verify").get_data(as_text=True)


def test_only_the_head_of_the_office_is_offered_the_form_and_not_where_a_text_binds(
    client: FlaskClient, place: Place
) -> None:
    assert "/preview" not in read(client)
    assert "/preview" not in read(sign_in(client, place, "office"))
    assert "/preview" not in read(sign_in(client, place, "auditor"))
    assert "/rules/objection.verify/preview" in read(sign_in(client, place, "chief"))
    statute = read(client, "/rules/repair.accept")
    assert "/preview" not in statute
    assert "No document of the place can set it instead" in statute
    assert look(client, "repair.accept").status_code == 409


def test_a_preview_shows_both_limits_and_which_cases_keep_theirs_and_records_nothing(
    chief: FlaskClient, place: Place, session: Session
) -> None:
    place.file(day(2026, 11, 23))
    answer = look(chief)
    text = plain(answer.get_data(as_text=True))
    assert answer.status_code == 200
    assert "Filed up to Monday 30 November 7 working days Proposed once longer by 10" in text
    assert "Filed from Tuesday 1 December on 5 working days Promised once longer by 10 working days Proposed" in text
    assert "Counted from Tuesday 1 December : due Thursday 10 December" in text
    assert "Counted from the same day: due Tuesday 8 December" in text
    assert "The 1 case that is open now keeps the limit of its filing day" in text
    assert "No such step has ended in the last twelve months" in text
    assert answer.get_data(as_text=True).count('class="button main"') == 1
    assert recorded(session) == 0


def test_what_was_looked_at_is_recorded_once_and_stands_on_every_page_that_names_the_limit(
    chief: FlaskClient, place: Place, session: Session
) -> None:
    sent = carried(look(chief))
    for _ in range(2):
        answer = chief.post("/rules/objection.verify/adopt", data=sent)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/rules/objection.verify")
    assert recorded(session) == 1
    mine = plain(read(chief))
    assert "From Tuesday 1 December on: 5 working days Promised" in mine
    assert "7 working days Proposed" in mine
    document = "Notice on time limits, 示政办发〔2026〕41号, published on 30 November 2026"
    assert f"{document} recorded by chief人, 24 November, 10:42" in mine
    assert "Record a newer document" in mine
    before, after = read(chief, "/rules?on=2026-11-30"), read(chief, "/rules?on=2026-12-01")
    assert document not in before
    assert document in after
    assert "Promised 1" in plain(after)


def test_everybody_may_have_the_document_and_the_auditor_reads_who_recorded_it(
    chief: FlaskClient, client: FlaskClient, place: Place, session: Session
) -> None:
    chief.post("/rules/objection.verify/adopt", data=carried(look(chief)))
    row = session.scalars(select(Promise)).one()
    address = f"/rules/objection.verify/document/{row.id}"
    auditor = read(sign_in(client, place, "auditor"))
    assert "recorded by chief人" in plain(auditor)
    assert {row.sha256, row.seal} <= set(re.findall('title="([0-9a-f]{64})"', auditor))
    everybody = client.application.test_client()
    text = read(everybody)
    assert "recorded by the head of the office" in text
    assert "chief人" not in text
    assert f'href="{address}"' in text
    answer = everybody.get(address)
    assert (answer.data, answer.mimetype) == (PDF, "application/pdf")


def test_what_is_unfit_is_said_beside_its_field_and_what_was_written_is_kept_with_its_file(
    chief: FlaskClient, session: Session
) -> None:
    answer = look(chief, first_day="2026-11-24", n="five", dated="soon")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Write a whole number." in text
    assert "Write the day as 2026-11-24." in text
    text = look(chief, first_day="2026-11-24").get_data(as_text=True)
    assert "It can begin on Wednesday 25 November at the earliest" in text
    assert 'value="示政办发〔2026〕41号"' in text
    assert "Kept: 公告.pdf" in text
    kept = re.search(r'name="kept" type="hidden" value="([^"]+)"', text)
    assert kept
    again = chief.post("/rules/objection.verify/preview", data={**WRITTEN, "kept": kept.group(1)})
    assert again.status_code == 200
    back = chief.post("/rules/objection.verify/preview", data={**carried(again), "edit": "1"})
    assert 'value="示政办发〔2026〕41号"' in back.get_data(as_text=True)
    assert "Add the document" in look(chief, file=(BytesIO(b""), "")).get_data(as_text=True)
    assert "is not a PDF, JPEG or PNG" in look(chief, file=(BytesIO(b"words"), "a.txt")).get_data(as_text=True)
    assert recorded(session) == 0


def test_two_heads_at_once_the_second_is_told_what_the_first_has_recorded(chief: FlaskClient, session: Session) -> None:
    first, second = carried(look(chief)), carried(look(chief, n="4"))
    chief.post("/rules/objection.verify/adopt", data=first)
    answer = chief.post("/rules/objection.verify/adopt", data=second)
    assert answer.status_code == 409
    assert "Meanwhile chief人 has recorded another document" in answer.get_data(as_text=True)
    assert recorded(session) == 1


def test_pages_papers_and_command_all_name_the_document_for_cases_filed_under_it(
    client: FlaskClient, place: Place
) -> None:
    """Recorded in September: of two cases before the bureau one was filed the day before, the other on the day."""
    promise(place)
    document = "Notice on time limits, 示政办发〔2026〕41号, published on 1 September 2026"
    cases = [place.file(day(2026, 9, 8)), place.file(day(2026, 9, 9), place.other_record, by="enterprise2")]
    for case in cases:
        place.act(case, "office", "accept", day(2026, 9, 10))
        place.act(case, "office", "refer", day(2026, 9, 10), question="请核查。")
    old, new = (read(sign_in(client, place, "office"), f"/cases/{case.number}/deadlines/verify") for case in cases)
    assert "proposed, not yet published" in old
    assert document not in old
    assert f"promised in {document}" in new
    assert 'data-due="2026-09-20"' in old
    assert 'data-due="2026-09-17"' in new
    assert document in read(client, "/")
    for on, said in (("2026-09-08", "7\tworkday"), ("2026-09-09", "5\tworkday")):
        lines = client.application.test_cli_runner().invoke(args=["rules", "list", "--on", on]).output.splitlines()
        line = next(line for line in lines if line.startswith("objection\tverify"))
        assert said in line
        assert ("示政办发〔2026〕41号" in line) == (on == "2026-09-09")
