"""The calendar page, and loading a year: seen first, then done, by the head of the office alone."""

import re
from datetime import date
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cases.model.tables import Event
from registry.in_force import CalendarFile
from tests.builders import LAW, Place, day
from tests.calendar_files import INVENTED_2027
from tests.web.signing import sign_in
from web.public.calendar import changed_months, year_of
from workflow.calendar import read_calendar


@pytest.fixture
def chief(client: FlaskClient, place: Place) -> FlaskClient:
    client.set_cookie("language", "en")
    return sign_in(client, place, "chief")


def read(client: FlaskClient, address: str = "/calendar") -> str:
    client.set_cookie("language", "en")
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def send(client: FlaskClient, content: bytes | str, name: str = "cn-2027.toml") -> TestResponse:
    content = content.encode() if isinstance(content, str) else content
    return client.post("/calendar/preview", data={"file": (BytesIO(content), name)})


def cell(text: str, of: str) -> str:
    found = re.search(rf'<td class="([^"]*)"[^>]*><time datetime="{of}"', text)
    return found.group(1) if found else ""


def loaded(session: Session) -> int:
    return session.scalar(select(func.count(CalendarFile.id))) or 0


def recounted(session: Session) -> int:
    return session.scalar(select(func.count(Event.id)).where(Event.action == "recounted")) or 0


def test_the_year_shows_days_off_make_up_days_today_and_how_far_it_is_announced(client: FlaskClient) -> None:
    text = read(client)
    assert cell(text, "2026-10-01") == "holiday"
    assert cell(text, "2026-10-10") == "make-up"
    assert cell(text, "2026-11-24") == "counted today"
    assert cell(text, "2026-12-31") == "counted horizon"
    assert "248 working days" in text


@pytest.mark.parametrize(("year", "worked"), [(2018, 250), (2024, 251), (2026, 248)])
def test_any_announced_year_can_be_chosen(client: FlaskClient, year: int, worked: int) -> None:
    assert f"{worked} working days" in read(client, f"/calendar?year={year}")


def test_the_year_after_the_last_announced_is_shown_as_unknown(client: FlaskClient) -> None:
    text = read(client, "/calendar?year=2027")
    assert cell(text, "2027-03-01") == "counted unknown"
    assert client.get("/calendar?year=2029").status_code == 404
    assert client.get("/calendar?year=1999").status_code == 404


def test_breaks_are_runs_of_days_with_the_notice_that_gives_them() -> None:
    year = year_of(LAW.calendar, 2026, date(2026, 11, 24))
    runs = [(run.first, run.last, run.days) for run in year.breaks]
    assert (date(2026, 10, 1), date(2026, 10, 7), 7) in runs
    assert len(runs) == 7
    assert [name["en"] for run in year.breaks for name in run.names][-1:] == ["National Day"]
    both = next(run for run in year_of(LAW.calendar, 2025, date(2026, 11, 24)).breaks if run.first.month == 10)
    assert [name["zh"] for name in both.names] == ["国庆节", "中秋节"], "two holidays in one run, both named"
    assert len(year.make_up) == 6
    assert [month.worked for month in year.months] == [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]


def test_a_year_of_which_no_day_is_known_has_no_breaks() -> None:
    assert year_of(LAW.calendar, 2031, date(2026, 11, 24)).breaks == ()


def test_only_months_in_which_a_day_changes_are_shown_and_the_days_ringed() -> None:
    new = LAW.calendar.merged(read_calendar(INVENTED_2027))
    months = changed_months(new, LAW.calendar, date(2026, 11, 24))
    assert [month.first for month in months] == [date(2027, 1, 1), date(2027, 2, 1)]
    ringed = [cell.day for month in months for week in month.weeks for cell in week if cell and cell.changed]
    assert date(2027, 1, 4) in ringed
    assert date(2027, 1, 1) not in ringed


def test_the_calendar_in_force_can_be_taken_along(client: FlaskClient) -> None:
    answer = client.get("/calendar/cn.toml")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="cn.toml"'
    taken = read_calendar(answer.get_data(as_text=True))
    assert (set(taken.off), taken.holidays) == (set(LAW.calendar.off), LAW.calendar.holidays)
    assert client.get("/calendar/tr.toml").status_code == 404


def test_only_the_head_of_the_office_is_offered_to_load_a_year(client: FlaskClient, place: Place) -> None:
    assert "/calendar/preview" not in read(client)
    for name in ("office", "reviewer", "auditor", "enterprise"):
        assert "/calendar/preview" not in read(sign_in(client, place, name))
        assert send(client, INVENTED_2027).status_code == 404
        assert client.post("/calendar/load", data={"text": INVENTED_2027}).status_code == 404
    assert "/calendar/preview" in read(sign_in(client, place, "chief"))


def test_nobody_signed_in_is_led_to_sign_in_and_nothing_is_loaded(client: FlaskClient, session: Session) -> None:
    answer = client.post("/calendar/load", data={"text": INVENTED_2027})
    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]
    assert loaded(session) == 0


def test_a_preview_says_what_would_move_and_keeps_nothing(chief: FlaskClient, place: Place, session: Session) -> None:
    case = place.file(day(2026, 12, 21))
    answer = send(chief, INVENTED_2027)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    row = re.search(rf'<tr data-case="{case.number}" data-deadline="whole">.*?</tr>', text, re.S)
    assert row
    assert re.findall(r'datetime="([0-9-]+)"', row.group(0)) == ["2027-01-19", "2027-01-20"]
    assert "Nothing is loaded yet" in text
    assert text.count('class="button main"') == 1
    assert (loaded(session), recounted(session)) == (0, 0)


def test_loading_what_was_previewed_moves_it_once_however_often_it_is_sent(
    chief: FlaskClient, place: Place, session: Session
) -> None:
    place.file(day(2026, 12, 21))
    shown = send(chief, INVENTED_2027.replace("\n", "\r\n")).get_data(as_text=True)
    text = re.search(r'name="text" value="(.*?)"', shown, re.S)
    assert text
    sent = text.group(1).replace("&#34;", '"').replace("\n", "\r\n")
    first = chief.post("/calendar/load", data={"text": sent})
    assert first.status_code == 200
    assert "1 deadline moved" in first.get_data(as_text=True)
    again = chief.post("/calendar/load", data={"text": sent})
    assert "0 deadlines moved" in again.get_data(as_text=True)
    assert (loaded(session), recounted(session)) == (1, 1)
    event = session.scalars(select(Event).where(Event.action == "recounted")).one()
    assert event.actor == f"user:{place.people['chief'].id}"
    assert cell(read(chief, "/calendar?year=2027"), "2027-01-04") == "holiday"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is wrong"),
        (b"\xff\xfe\x00", "This is not a text file in UTF-8"),
        (b"name = ", "This is not a calendar file"),
        (INVENTED_2027.replace('"cn"', '"tr"').encode(), "This file extends the calendar tr, not cn."),
        (INVENTED_2027.replace("2027-", "2029-").encode(), "load the time in between first"),
        (INVENTED_2027.encode() + b"#" * 70_000, "This file is too large"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(
    chief: FlaskClient, session: Session, content: bytes, said: str
) -> None:
    answer = send(chief, content)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'role="alert"' in text
    assert 'href="#file"' in text
    assert said in text
    assert loaded(session) == 0


def test_a_form_without_a_file_or_with_a_forged_text_is_refused(chief: FlaskClient, session: Session) -> None:
    assert "Choose a calendar file first." in chief.post("/calendar/preview").get_data(as_text=True)
    for text in ("", "nonsense"):
        answer = chief.post("/calendar/load", data={"text": text})
        assert answer.status_code == 422
    assert loaded(session) == 0


def test_the_addresses_of_the_forms_lead_back_to_the_calendar(chief: FlaskClient) -> None:
    for address in ("/calendar/preview", "/calendar/load"):
        assert chief.get(address).headers["Location"] == "/calendar"


def test_the_office_sees_how_many_deadlines_are_provisional_and_nobody_else(client: FlaskClient, place: Place) -> None:
    place.file(day(2026, 12, 21))
    assert "is provisional now" not in read(client)
    assert "1 running deadline is provisional now." in read(sign_in(client, place, "office"))
    assert "is provisional now" not in read(sign_in(client, place, "enterprise"))


def test_the_page_is_whole_in_both_languages(client: FlaskClient) -> None:
    chinese = client.get("/calendar").get_data(as_text=True)
    assert "放假与补班" in chinese
    assert "国务院办公厅关于2026年部分节假日安排的通知" in chinese
    assert set(re.findall("[\u4e00-\u9fff]+", read(client))) <= {
        "中文",
        "示范旗",
        "国务院办公厅关于",
        "年部分节假日安排的通知",
    }
