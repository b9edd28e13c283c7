"""The case page: whose turn it is, its days, what may be read and done, in every state and for every reader."""

import re
from html import unescape
from itertools import product

import pytest
from flask.testing import FlaskClient

from cases.model.tables import Case
from tests.builders import APPLICATION, Place, day
from tests.conftest import NOW
from tests.web.signing import sign_in
from tests.web.walking import STEPS, WALK, walk

ENTRY = r'<li class="entry[^"]*" data-seq="(\d+)">(.*?)</li>'


def page(client: FlaskClient, place: Place, case: Case, who: str, status: int = 200, language: str = "en") -> str:
    client.set_cookie("language", language)
    answer = sign_in(client, place, who).get(f"/cases/{case.number}")
    assert answer.status_code == status
    return answer.text


def actions(html: str) -> set[str]:
    return set(re.findall(r'data-action="([a-z_]+)"', html))


@pytest.mark.parametrize(
    "steps", [WALK[:n] for n in range(len(WALK) + 1)] + [("accept", "refer", "ask"), ("ask_papers",), ("refuse",)]
)
def test_every_state_shows_itself_to_every_reader(client: FlaskClient, place: Place, steps: tuple[str, ...]) -> None:
    case = walk(place, *steps)
    for language, who in product(("zh", "en"), ("enterprise", "office", "chief", "auditor")):
        html = page(client, place, case, who, language=language)
        assert f'data-case="{case.number}"' in html
        assert 'data-kind="objection"' in html
        assert f'data-state="{case.state}"' in html
        assert f'data-desk="{case.desk or ""}"' in html
        assert f'data-version="{case.length}"' in html


def test_each_running_deadline_is_an_element_with_its_date(client: FlaskClient, place: Place) -> None:
    html = page(client, place, walk(place, "accept", "refer"), "enterprise")
    assert 'data-deadline="verify" data-due="2026-11-27" data-provisional="false"' in html
    assert 'data-deadline="whole"' in html
    assert 'datetime="2026-11-27"' in html


def test_the_day_from_which_a_deadline_counts_is_none_of_its_days(client: FlaskClient, place: Place) -> None:
    html = page(client, place, place.file(now=NOW), "enterprise")
    assert "is working day" not in html[html.index('id="whose-turn"') : html.index("data-deadline")]


def test_two_dates_are_named_the_findings_and_the_answers(client: FlaskClient, place: Place) -> None:
    case = place.file(now=day(2026, 11, 11))
    place.act(case, "office", "accept", day(2026, 11, 12))
    place.act(case, "office", "refer", day(2026, 11, 13), question="请核对。")
    place.act(case, "reviewer", "ask", day(2026, 11, 18), missing="拍摄日期证明")
    place.act(case, "enterprise", "supply", day(2026, 11, 23), words="见附件。", files=())
    html = page(client, place, case, "enterprise")
    card = html[html.index('id="whose-turn"') : html.index("data-deadline")]
    assert "You don't need to do anything now" in unescape(card)
    assert 'datetime="2026-11-27"' in card
    assert 'datetime="2026-12-02"' in card
    assert "This is working day 4 of 7" in card
    said = re.sub(r"<[^>]+>", "", card)
    assert "the limit of the whole case is Monday 14 December, whichever comes first." in said


def test_no_day_is_named_after_the_one_on_which_the_whole_case_must_be_over(client: FlaskClient, place: Place) -> None:
    """The steps of a repair, each at its longest, add up to more than the limit of the whole."""
    case = place.open("repair", "file", APPLICATION, day(2026, 11, 23))
    html = page(client, place, case, "enterprise")
    card = re.sub(r"<[^>]+>", "", html[html.index('id="whose-turn"') :])
    assert "The whole case: by Monday 7 December." in card
    assert "10 December" not in card[: card.index("The whole case")]


def test_the_steps_to_come_of_a_late_case_count_from_today(client: FlaskClient, place: Place) -> None:
    html = page(client, place, walk(place, "accept", "refer", filed=day(2026, 11, 2)), "office")
    assert 'datetime="2026-11-27"' in html  # 2 days to carry out, 1 to answer, from Tuesday the 24th


def test_a_clock_on_hold_has_no_day(client: FlaskClient, place: Place) -> None:
    html = page(client, place, walk(place, "accept", "refer", "ask"), "enterprise")
    assert 'data-deadline="verify" data-due=""' in html
    route = html[html.index('<ol class="route') : html.index("</ol>", html.index('<ol class="route'))]
    here = route.index('aria-current="step"')
    assert "your firm" in route[here:], "the route stands with whom the papers are awaited from"
    assert here < route.index("Ecology and Environment Bureau", here), "and whoever asked is still to come"
    assert "缴款凭证" in html


def test_choices_belong_to_the_reader(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer", filed=day(2026, 11, 19))
    assert actions(page(client, place, case, "reviewer")) == {"ask", "propose", "return", "note", "take"}
    assert actions(page(client, place, case, "enterprise")) == {"add", "withdraw"}
    assert actions(page(client, place, case, "auditor")) == set()


def test_nobody_else_finds_the_case(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept")
    for who in ("enterprise2", "reviewer", "reviewer2", "approver2"):
        page(client, place, case, who, status=404)
    assert client.get("/cases/2026-YY-999999").status_code == 404


def test_internal_words_stay_inside(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer", "note", "propose", "approve")
    firm, office = page(client, place, case, "enterprise"), page(client, place, case, "office")
    for words in ("内部备注", "内部意见"):
        assert words not in firm
        assert words in office
    assert "Internal note" not in firm


def test_the_firm_reads_no_finding_before_it_is_decided(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer", "propose")
    assert "金额录错" not in page(client, place, case, "enterprise")
    assert "金额录错" in page(client, place, case, "approver")


def test_a_bureau_that_lost_the_case_reads_what_it_had(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer", "return")
    other = place.other_bureau.id
    place.act(case, "chief", "assign", day(2026, 11, 20), bureau=other, reasons="由该局核查。")
    place.act(case, "reviewer2", "note", day(2026, 11, 23), words="后来的备注")
    html = page(client, place, place.case(case.number), "reviewer")
    assert "后来的备注" not in html
    assert actions(html) == set()
    assert "data-deadline" not in html
    assert "Another bureau has this case now" in html


def test_a_late_case_says_who_is_responsible_and_when_the_remedies_open(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer", filed=day(2026, 11, 2))
    html = page(client, place, case, "enterprise")
    assert "late" in html
    assert 'datetime="2027-01-05"' in html


def test_remedies_that_are_open_are_not_announced(client: FlaskClient, place: Place) -> None:
    client.set_cookie("language", "en")
    case = walk(place, "accept", "refer", filed=day(2026, 9, 2))
    html = page(client, place, case, "enterprise")
    assert "have been open since" in html
    assert "not earlier" not in html
    assert "never earlier" not in html


def test_the_chain_is_verified_when_it_is_shown(client: FlaskClient, place: Place) -> None:
    assert "Chain intact" in page(client, place, walk(place, "accept"), "enterprise")


def test_a_deadline_is_proved_day_by_day(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer", "ask")
    client.set_cookie("language", "en")
    answer = sign_in(client, place, "enterprise").get(f"/cases/{case.number}/deadlines/verify")
    assert answer.status_code == 200
    assert "Proposed" in answer.text
    assert client.get(f"/cases/{case.number}/deadlines/nothing").status_code == 404


def test_the_list_holds_what_the_reader_may_read(client: FlaskClient, place: Place) -> None:
    mine, other = walk(place), place.file(now=day(2026, 11, 16), record=place.other_record, by="enterprise2")
    firm = sign_in(client, place, "enterprise").get("/cases").text
    assert f'data-case="{mine.number}"' in firm
    assert other.number not in firm
    office = sign_in(client, place, "office").get("/cases").text
    assert f'data-case="{other.number}"' in office
    assert sign_in(client, place, "office").get("/cases?show=closed").text.count("data-case") == 0


def test_of_the_closed_ones_the_newest_comes_first(client: FlaskClient, place: Place) -> None:
    first = walk(place, "refuse")
    second = place.file(now=day(2026, 11, 18), record=place.other_record, by="enterprise2")
    place.act(second, "office", "refuse", day(2026, 11, 19), **STEPS["refuse"][2])
    listed = sign_in(client, place, "office").get("/cases?show=closed").text
    assert 0 < listed.index(second.number) < listed.index(first.number)


def test_now_is_later_than_what_the_tests_play() -> None:
    assert day(2026, 11, 23) < NOW


def test_a_firms_list_says_whose_turn_it_is_and_the_days_left(client: FlaskClient, place: Place) -> None:
    client.set_cookie("language", "en")
    case = walk(place, "accept", "refer")
    page = sign_in(client, place, "enterprise").get("/cases").text
    assert "It is now up to the Ecology and Environment Bureau to verify the record." in page
    assert "Due in 3 working days, " in page
    assert "It is now up to" not in sign_in(client, place, "office").get("/cases").text
    place.act(case, "reviewer", "ask", NOW, missing="拍摄日期证明")
    page = sign_in(client, place, "enterprise").get("/cases").text
    assert "your turn" in page
    assert "It is now up to" not in page


def test_the_firm_reads_what_is_wanted_where_it_answers_and_nowhere_else(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer")
    place.act(case, "reviewer", "ask", NOW, missing="拍摄日期证明")
    browser = sign_in(client, place, "enterprise")
    assert "拍摄日期证明" in browser.get(f"/cases/{case.number}/supply").text
    assert "拍摄日期证明" not in browser.get(f"/cases/{case.number}/withdraw").text


def test_a_closed_case_leads_to_its_newest_paper(client: FlaskClient, place: Place) -> None:
    case = walk(place)
    place.act(case, "office", "refuse", NOW, reasons="不属于本平台的记录。", where="信用中国")
    html = page(client, place, case, "enterprise")
    assert re.search(r'class="button[^"]*" href="/papers/\d+">Read the paper: ', html)
    assert html.count('class="button main"') == 1
    assert "Read the paper: " not in page(client, place, case, "office")


def test_a_printed_case_says_whose_it_is_when_by_whom_and_where_the_print_ends(
    client: FlaskClient, place: Place
) -> None:
    client.set_cookie("language", "en")
    case = walk(place, "accept", "refer")
    html = page(client, place, case, "enterprise")
    head = html[html.index('class="print-head"') : html.index('<header class="top')]
    assert f"Case {case.number} · Objection · {place.firm.name}" in head
    assert "Printed on" in head
    assert f"By {place.people['enterprise'].name}" in head
    last = place.case(case.number).head
    assert f"Last entry of its ledger: {last[:12]}" in html
    assert re.search(rf"as it stood on .+?: http://[^<]+/cases/{case.number}</p>", html)
    assert 'class="print-head"' in page(client, place, case, "office")


def test_the_time_line_names_the_old_day_and_the_new_one_of_a_pause_and_an_extension(
    client: FlaskClient, place: Place
) -> None:
    """To be verified in seven working days from Friday the 13th: up to the 24th; three days of waiting, then longer."""
    case = place.file(now=day(2026, 11, 11))
    place.act(case, "office", "accept", day(2026, 11, 12))
    place.act(case, "office", "refer", day(2026, 11, 13), question="请核对。")
    place.act(case, "reviewer", "ask", day(2026, 11, 18), missing="拍摄日期证明")
    place.act(case, "enterprise", "supply", day(2026, 11, 23), words="见附件。", files=())
    place.act(case, "approver", "extend", day(2026, 11, 24), reasons="需要调取原始档案。")
    html = page(client, place, case, "enterprise")
    entries = {int(n): unescape(re.sub(r"<[^>]+>", "", text)) for n, text in re.findall(ENTRY, html, re.DOTALL)}
    paused, resumed, longer = (entries[n] for n in sorted(entries)[-3:])
    assert "Verify: stands still; it was due on Tuesday 24 November" in paused
    assert "The whole case: stands still; it was due on Wednesday 9 December" in paused
    assert "Verify: from Tuesday 24 November to Friday 27 November" in resumed
    assert "Verify: from Friday 27 November to Friday 11 December" in longer
