"""A month of one body, stage by stage: days counted by hand, what the bureau said of it, and who reads which body."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.builders import Place, _record
from tests.cases.figures.test_statistics import act, at, september  # noqa: F401
from tests.web.signing import sign_in


@pytest.fixture
def chief(client: FlaskClient, september: Place) -> FlaskClient:  # noqa: F811
    client.set_cookie("language", "en")
    return sign_in(client, september, "chief")


def said(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub("<[^>]+>", " ", text)))


def test_each_stage_of_a_bureau_s_month_took_what_one_counts_by_hand(chief: FlaskClient, place: Place) -> None:
    # verify: 3 days in time (9 to 11 September), 1 in time (returned on the 9th), and 10 of 7 (9, 14 to 18, 20 to 23)
    text = chief.get(f"/assessment/{place.bureau.id}?month=2026-09").text
    assert "Stages that ended: 3. In time: 2; late: 1." in said(text)
    row = re.search(r'<ul class="spreads">.*?</ul>', text, re.DOTALL)
    assert row
    assert said(row[0]).strip().startswith("Objection Verify limit 7 working days Proposed 1 1 1 3 cases, median 3")
    assert "1 late, by 3 working days at most" in said(row[0])
    assert len(re.findall("<rect x=", row[0])) == 2, "two in time"
    assert len(re.findall('<rect class="late"', row[0])) == 1
    # until the proposal 2 (9, 10) and 9, then 1 and 1; the other bureau 1 and 1
    assert "5.5 + 1.0 = 6.5 d" in said(text)
    assert "other bureaus 2.0 d" in said(text)
    late = re.search(r'id="late".*?</table>', text, re.DOTALL)
    assert late
    for words in ("8 September 2026 20 September 2026 23 September 2026 2 3 working days", "none given"):
        assert words in said(late[0])
    assert "No stage ended in this month" in chief.get(f"/assessment/{place.bureau.id}?month=2026-10").text
    office = said(chief.get("/assessment/office?month=2026-09").text)
    assert "Objection Accept or refuse" in office
    assert "Where the days went" not in office, "what is compared are bureaus"


def test_the_reason_for_being_late_is_the_bureau_s_own(chief: FlaskClient, place: Place, session: Session) -> None:
    record = _record(place.firm, place.other_bureau, "示市监罚〔2026〕80号")
    session.add(record)
    session.commit()
    case = place.file(at(7), record=record)
    act(place, case, "office", "accept", at(8))
    act(place, case, "office", "refer", at(8, 11))
    act(place, case, "office", "note", at(22), words="请尽快。")
    for words, shown in (("", "none given"), ("等第三方检测报告。", "等第三方检测报告。")):
        if words:
            act(place, case, "reviewer2", "note", at(22, 11), words=words)
        text = said(chief.get(f"/assessment/{place.other_bureau.id}").text)
        assert case.number in text
        assert shown in text
        assert "请尽快" not in text


def test_a_head_reads_the_own_bureau_alone(chief: FlaskClient, place: Place) -> None:
    head = sign_in(chief, place, "approver2")
    assert head.get(f"/assessment/{place.other_bureau.id}?month=2026-09").status_code == 200
    for not_theirs in (f"/assessment/{place.bureau.id}", "/assessment/office"):
        assert head.get(not_theirs).status_code == 404
    for there_is_none in ("2026-12", "yesterday"):
        assert head.get(f"/assessment/{place.other_bureau.id}?month={there_is_none}").status_code == 404
