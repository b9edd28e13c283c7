"""The first page and the calculator: what is asked in the address is answered, and badly asked is refused in words."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.builders import LAW
from web.public.calculator import CountQuestion, default_question, longest_break, read_question, worth_trying
from workflow.calendar import Pause, Unit
from workflow.refusal import Incomplete

TODAY = date(2026, 11, 24)


def page(client: FlaskClient, address: str) -> tuple[TestResponse, str]:
    client.set_cookie("language", "en")
    answer = client.get(address)
    return answer, answer.get_data(as_text=True)


def answered(text: str) -> str:
    """The day that the output names."""
    found = re.search(r'<output.*?<time datetime="([0-9-]+)"', text, re.S)
    return found.group(1) if found else ""


def test_without_a_question_the_page_shows_ten_working_days_over_the_long_holiday(client: FlaskClient) -> None:
    answer, text = page(client, "/")
    assert answer.status_code == 200
    assert answered(text) == "2026-10-15"
    assert 'value="2026-09-24"' in text


@pytest.mark.parametrize(
    ("query", "due"),
    [
        ("start=2026-09-18&n=3", "2026-09-22"),
        ("start=2026-11-02&n=7&pause_from=2026-11-04&pause_to=2026-11-10", "2026-11-17"),
        ("start=2026-09-17&n=20&unit=day&roll=1", "2026-10-08"),
        ("start=2026-09-17&n=20&unit=day", "2026-10-07"),
        ("start=2025-11-30&n=3&unit=month", "2026-02-28"),
    ],
)
def test_the_address_asks_and_the_output_answers(client: FlaskClient, query: str, due: str) -> None:
    for where in ("/", "/calendar/due"):
        assert answered(page(client, f"{where}?{query}")[1]) == due


def test_a_date_past_what_is_announced_is_called_provisional(client: FlaskClient) -> None:
    _, text = page(client, "/?start=2026-12-24&n=7")
    assert answered(text) == "2027-01-05"
    assert "the holidays of that year are not announced yet" in text


@pytest.mark.parametrize(
    ("query", "field", "kept"),
    [
        ("start=tomorrow&n=5", "start", 'value="tomorrow"'),
        ("start=20260924&n=5", "start", 'value="20260924"'),
        ("start=1990-01-01&n=5", "start", 'value="1990-01-01"'),
        ("start=2026-09-24&n=0", "n", 'value="0"'),
        ("start=2026-09-24&n=999999999999", "n", 'value="999999999999"'),
        ("start=2026-09-24&n=-3", "n", 'value="-3"'),
        ("start=2026-09-24&n=%D9%A3", "n", 'value="\u0663"'),
        ("start=2026-09-24&n=5&unit=hour", "unit", 'value="2026-09-24"'),
        ("start=2026-09-24&n=5&pause_from=2026-09-28", "pause_to", 'value="2026-09-28"'),
        ("start=2026-09-24&n=5&pause_from=2026-09-28&pause_to=2026-09-25", "pause_to", 'value="2026-09-25"'),
        ("start=%3Cscript%3E&n=5", "start", "&lt;script&gt;"),
    ],
)
def test_what_cannot_be_counted_is_refused_at_its_field_and_what_was_typed_stays(
    client: FlaskClient, query: str, field: str, kept: str
) -> None:
    for where in ("/", "/calendar/due"):
        answer, text = page(client, f"{where}?{query}")
        assert answer.status_code == 422
        assert 'role="alert"' in text
        assert f'href="#{field}"' in text
        assert kept in text
        assert not answered(text)


def test_only_one_button_is_filled_and_the_way_in_leads_to_the_records(client: FlaskClient) -> None:
    _, text = page(client, "/")
    assert text.count('class="button main"') == 1
    assert 'class="button main" href="/records"' in text


def test_the_limits_bear_their_marks_and_a_proposal_says_that_it_is_none_of_the_others(client: FlaskClient) -> None:
    _, text = page(client, "/")
    row = re.search(r"<tr>(?:(?!</tr>).)*The bureau verifies and decides.*?</tr>", text, re.S)
    assert row
    assert "7 working days" in row.group(0)
    assert "Proposed" in row.group(0)
    assert "proposed limit, not yet published" in text


def test_the_page_is_whole_in_both_languages(client: FlaskClient) -> None:
    chinese = client.get("/").get_data(as_text=True)
    assert "信用记录有误" in chinese
    assert "个工作日" in chinese
    assert "现在适用的期限" in chinese
    assert set(re.findall("[\u4e00-\u9fff]+", page(client, "/")[1])) <= {"中文", "示范旗"}


def test_the_page_on_accessibility_is_open_to_everybody(client: FlaskClient) -> None:
    answer, text = page(client, "/accessibility")
    assert answer.status_code == 200
    assert "No outside body has examined these pages" in text


def test_a_question_and_its_address_say_the_same() -> None:
    for asked in (
        CountQuestion(date(2026, 9, 24), 10),
        CountQuestion(date(2026, 9, 24), 3, Unit.MONTH, True),
        CountQuestion(date(2026, 11, 2), 7, pauses=(Pause(date(2026, 11, 4), date(2026, 11, 10)),)),
    ):
        query = {name: [value] if isinstance(value, str) else value for name, value in asked.as_query().items()}
        assert read_question(query, CountQuestion(TODAY, 1)) == asked


def test_an_empty_address_asks_the_default() -> None:
    assert read_question({}, CountQuestion(TODAY, 4)) == CountQuestion(TODAY, 4)
    with pytest.raises(Incomplete):
        read_question({"n": ["4"]}, CountQuestion(TODAY, 4))


def test_examples_come_from_the_calendar_in_force() -> None:
    tries = worth_trying(LAW.calendar, TODAY)
    assert tries["break"].start < date(2026, 2, 15) < tries["break"].answer(LAW.calendar).due
    assert tries["beyond"].answer(LAW.calendar).provisional
    assert longest_break(LAW.calendar, date(2026, 1, 1), date(2026, 12, 31)) == (date(2026, 2, 15), date(2026, 2, 23))
    assert default_question(LAW.calendar, date(2028, 5, 1)) == CountQuestion(date(2028, 5, 1), 10)
