"""The desk and the search: whose next step it is, how urgent, and that nobody sees what is not theirs."""

import re
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from cases.model.evidence import StoredFile
from cases.model.tables import Case
from tests.builders import LAW, Place, day
from tests.conftest import NOW
from tests.web.signing import sign_in

FILES = (StoredFile("a" * 64, "整改照片.pdf", "application/pdf", 10),)
LATE = day(2026, 11, 10)
RECENT = day(2026, 11, 23)


def referred(place: Place, filed: datetime = RECENT) -> Case:
    """A case with the bureau that supplied the record."""
    case = place.file(filed)
    place.act(case, "office", "accept", filed)
    place.act(case, "office", "refer", filed, question="请核查。")
    return place.case(case.number)


def english(client: FlaskClient, place: Place, name: str) -> FlaskClient:
    client.set_cookie("language", "en")
    return sign_in(client, place, name)


def read(client: FlaskClient, address: str = "/desk") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.text


def cases_in(text: str) -> list[str]:
    return re.findall(r'<tr data-case="([^"]+)"', text)


def cases_offered(text: str) -> list[str]:
    return re.findall(r'<a role="option"[^>]*href="/cases/([^"]+)"', text)


def test_a_reviewer_finds_what_is_theirs_to_verify_and_nothing_of_another_bureau(
    client: FlaskClient, place: Place
) -> None:
    case = referred(place)
    other = place.file(RECENT, record=place.other_record, by="enterprise2")
    place.act(other, "office", "accept", RECENT)
    place.act(other, "office", "refer", RECENT, question="请核查。")
    text = read(english(client, place, "reviewer"))
    assert cases_in(text) == [case.number]
    assert "6 d left" in text
    assert "verify the record" in text
    assert f'href="/cases/{case.number}/propose"' in text
    assert "¥80,000</span> → " in text


def test_a_late_case_stands_first_under_its_own_heading_in_days(client: FlaskClient, place: Place) -> None:
    fresh = place.file(RECENT)
    late = place.file(LATE, record=place.other_record, by="enterprise2")
    text = read(english(client, place, "office"))
    assert cases_in(text) == [late.number, fresh.number]
    listed = text[text.index('id="desk"') :]
    assert listed.index(">Late<") < listed.index(late.number) < listed.index("Within 3 working days</span>")
    assert "8 d late" in text


def test_an_approver_has_only_what_waits_for_approval(client: FlaskClient, place: Place) -> None:
    case = referred(place)
    client = english(client, place, "approver")
    assert cases_in(read(client)) == []
    place.act(case, "reviewer", "propose", RECENT + timedelta(hours=1), reasons="查明。",
              findings={name: {"finding": "as_claimed"} for name in ("fine", "decided_on")})  # fmt: skip
    assert cases_in(read(client)) == [case.number]
    assert cases_in(read(sign_in(client, place, "reviewer"))) == []


def test_a_case_that_waits_for_papers_is_on_hold_among_all_in_hand_and_is_nobodys_work(
    client: FlaskClient, place: Place
) -> None:
    case = referred(place)
    place.act(case, "reviewer", "ask", RECENT, missing="照片的日期。")
    client = english(client, place, "reviewer")
    assert cases_in(read(client)) == []
    text = read(client, "/desk?view=all-in-hand")
    assert cases_in(text) == [case.number]
    assert "on hold" in text
    assert "wait for papers until" in text
    assert cases_in(read(client, "/desk?view=hold")) == [case.number]
    assert cases_in(read(client, "/desk?view=enterprise")) == [case.number]


def test_the_counts_of_the_filters_are_those_of_their_lists(client: FlaskClient, place: Place) -> None:
    place.file(LATE)
    place.file(RECENT, record=place.other_record, by="enterprise2")
    client = english(client, place, "office")
    text = read(client)
    for view in ("mine", "free", "late", "today", "soon", "all-in-hand", "hold", "enterprise", "approval", "bureau"):
        counted = re.search(rf'view={view}"[^>]*><span>[^<]*</span> <span class="count[^"]*">(\d+)<', text)
        assert counted, view
        assert int(counted[1]) == len(cases_in(read(client, f"/desk?view={view}"))), view


def test_the_first_row_is_open_with_its_acts_and_what_is_used_up_is_said(client: FlaskClient, place: Place) -> None:
    case = referred(place, day(2026, 11, 16))
    text = read(english(client, place, "reviewer"))
    acts = text[text.index('<tr class="on acts"') :]
    assert f'href="/cases/{case.number}/propose" data-action="propose"' in acts
    assert acts.count('class="button in-row main"') == 1
    assert "Return: not our responsibility:" in acts


def test_an_empty_desk_says_when_the_next_case_is_due(client: FlaskClient, place: Place) -> None:
    case = referred(place)
    text = read(english(client, place, "approver"))
    assert "Nothing to do today." in text
    assert case.due_on
    assert f'datetime="{case.due_on.isoformat()}"' in text
    assert "A case comes here when the office refers it" in read(sign_in(client, place, "approver2"))


def test_a_firm_goes_to_its_records_and_an_auditor_to_all_cases(client: FlaskClient, place: Place) -> None:
    assert sign_in(client, place, "enterprise").get("/desk").headers["Location"] == "/records"
    assert sign_in(client, place, "auditor").get("/desk").headers["Location"] == "/cases"


def test_an_unknown_filter_or_page_shows_the_readers_work(client: FlaskClient, place: Place) -> None:
    case = place.file(RECENT)
    client = english(client, place, "office")
    for address in ("/desk?view=nonsense", "/desk?page=-1", "/desk?page=x", "/desk?case=none"):
        assert cases_in(read(client, address)) == [case.number], address
    assert cases_in(read(client, "/desk?page=9")) == []


def test_the_desk_speaks_chinese(client: FlaskClient, place: Place) -> None:
    referred(place)
    text = read(sign_in(client, place, "reviewer"))
    assert "要做的事" in text
    assert "8.00 万元" in text


@pytest.mark.parametrize("words", ["YY-000001", "恒源", "91150699YALK", "18号", "洗煤 环罚"])
def test_a_case_is_found_by_number_firm_code_and_document(client: FlaskClient, place: Place, words: str) -> None:
    case = place.file(RECENT)
    place.file(RECENT, record=place.other_record, by="enterprise2")
    assert cases_in(read(sign_in(client, place, "office"), f"/search?q={words}")) == [case.number]


def test_a_search_finds_nothing_that_is_not_the_readers(client: FlaskClient, place: Place) -> None:
    case = place.file(RECENT)
    assert cases_in(read(sign_in(client, place, "enterprise"), "/search?q=恒源")) == [case.number]
    assert cases_in(read(sign_in(client, place, "enterprise2"), "/search?q=恒源")) == []
    assert cases_in(read(sign_in(client, place, "reviewer"), "/search?q=恒源")) == []


def test_the_search_field_offers_of_each_firm_the_newest_case_and_whose_turn_it_is(
    client: FlaskClient, place: Place
) -> None:
    older = place.file(RECENT)
    place.act(older, "enterprise", "withdraw", RECENT)
    newer = referred(place)
    other = place.file(RECENT, record=place.other_record, by="enterprise2")
    offered = "/search?as=suggestions&q="
    office = english(client, place, "office")
    firm = read(office, f"{offered}恒源")
    assert cases_offered(firm) == [newer.number]
    assert "the newest of 2" in firm
    assert "With the bureau · " in firm
    assert "All 2 cases" in firm
    assert cases_offered(read(office, f"{offered}2026-YY")) == [other.number, newer.number, older.number], "by number"
    assert cases_offered(read(office, f"{offered}恒")) == [], "two characters at least"
    assert "No case was found with “&lt;b&gt;x”." in read(office, f"{offered}<b>x")
    assert cases_offered(read(sign_in(client, place, "enterprise2"), f"{offered}恒源")) == [], "nobody else's"


def test_a_firms_name_finds_its_complaint_for_who_may_open_it_and_names_nobody(
    client: FlaskClient, place: Place
) -> None:
    complaint = place.complain(RECENT)
    office = sign_in(client, place, "office")
    field, page = read(office, "/search?as=suggestions&q=恒源"), read(office, "/search?q=恒源")
    assert (cases_offered(field), cases_in(page)) == ([complaint.number], [complaint.number])
    for text in (field, page):
        assert "恒源" not in text.replace("q=恒源", "").replace("“恒源”", "").replace('value="恒源"', "")
    assert place.firm.name in read(office, f"/cases/{complaint.number}"), "who opens it reads whose it is"
    reviewer = sign_in(client, place, "reviewer")
    assert cases_in(read(reviewer, "/search?q=恒源")) == [], "the body that it is about"


def test_a_search_says_what_to_do_when_it_finds_nothing_or_is_too_short(client: FlaskClient, place: Place) -> None:
    client = english(client, place, "office")
    assert "No case was found with “&lt;b&gt;x”." in read(client, "/search?q=<b>x")
    assert "Write at least two characters." in read(client, "/search?q=恒")
    assert "What are you looking for?" in read(client, "/search")
    assert cases_in(read(client, "/search?q=%25%25")) == []


def test_the_clock_of_these_tests_is_that_of_the_place() -> None:
    assert LAW.day_of(NOW).isoformat() == "2026-11-24"


def test_what_a_colleague_has_taken_is_theirs_and_what_i_took_is_mine(client: FlaskClient, place: Place) -> None:
    case = place.file(RECENT)
    place.act(case, "officer2", "take", RECENT + timedelta(hours=1))
    views = {"mine": [], "taken": [], "others": [case.number], "all-in-hand": [case.number]}
    client = english(client, place, "office")
    assert {view: cases_in(read(client, f"/desk?view={view}")) for view in views} == views
    assert "officer2人" in read(client, "/desk?view=others")
    english(client, place, "officer2")
    assert [cases_in(read(client, f"/desk?view={view}")) for view in ("mine", "taken", "others")] == [
        [case.number], [case.number], []]  # fmt: skip
    row = read(client)
    assert "<span>you</span>" in row[row.index('<tr data-case="') :]


def test_the_next_step_of_each_kind_leads_to_its_own_act(client: FlaskClient, place: Place) -> None:
    complaint = place.complain(RECENT)
    repair = place.open("repair", "file", {"words": "已整改。", "files": FILES, "commitment": True}, RECENT)
    text = read(english(client, place, "office"))
    assert f'href="/cases/{complaint.number}/acknowledge"' in text
    assert f'href="/cases/{repair.number}/forward"' in text
    place.act(repair, "office", "forward", RECENT, received_on=date(2026, 11, 23))
    assert f'href="/cases/{repair.number}/accept"' in read(sign_in(client, place, "reviewer"))
