"""The office's list of alarms: what went wrong, in words, with what can be done; nothing where all is well."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cases.engine.clock import doubt_at, refuse_doubted
from cases.engine.sweep import note_stuck
from cases.model.tables import Case, ClockDoubt, LedgerFault
from cases.scheduler.tasks import note_beat
from extensions import db
from notifications.letters import GIVEN_UP, WAITING, Letter
from tests.builders import Place, day
from tests.conftest import NOW
from tests.pictures import CHROMIUM, browser_page, faults, serve
from tests.web.signing import sign_in

FILED = day(2026, 11, 23)


@pytest.fixture
def place(place: Place) -> Place:
    """All is well: a scheduler has just beaten."""
    note_beat(place.session, NOW)
    place.session.commit()
    return place


def lose(place: Place, case: Case, code: str = "550", **only: str) -> list[int]:
    """Give up the mail of a case's letters, as after a refusal."""
    found = select(Letter).where(Letter.case_number == case.number).filter_by(**only).order_by(Letter.id)
    letters = place.session.scalars(found).all()
    for letter in letters:
        letter.mail, letter.mail_state = "lost@lost.example", GIVEN_UP
        letter.last_error, letter.failing_since = code, NOW - timedelta(days=1)
    place.session.commit()
    return [letter.id for letter in letters]


def about_an_officer(place: Place) -> Case:
    """A complaint that the head of the office alone may read (D16)."""
    case = place.complain(FILED, complained_of="officer", body=None, officer="某某")
    place.act(case, "chief", "acknowledge", FILED)
    return place.case(case.number)


def alarms_of(
    client: FlaskClient, place: Place, who: str, spoken: str = "zh", address: str = "/desk"
) -> dict[str, str]:
    """The rows of the list by name, their markup taken out."""
    client.set_cookie("language", spoken)
    page = sign_in(client, place, who).get(address)
    assert page.status_code == 200
    section = re.search(r'<section class="alarms.*?</section>', page.text, re.DOTALL)
    rows = re.split(r'<li data-alarm="(\w+)">', section[0])[1:] if section else []
    told = (
        " ".join(re.sub(r"<[^>]+>", " ", re.sub("</?(time|span|b)\\b[^>]*>", "", text)).split()) for text in rows[1::2]
    )
    return dict(zip(rows[::2], told, strict=True))


@pytest.mark.sqlite
@pytest.mark.parametrize("who", ["office", "chief"])
def test_where_all_is_well_nothing_is_shown(client: FlaskClient, place: Place, who: str) -> None:
    place.file(FILED)
    assert alarms_of(client, place, who) == {}


def test_a_letter_given_up_is_said_with_addressee_case_and_why_and_goes_out_again_by_one_click(
    client: FlaskClient, place: Place
) -> None:
    case = place.file(FILED)
    [id] = lose(place, case, name="filed")
    told = alarms_of(client, place, "office")["letters"]
    assert "恒源洗煤有限公司（演示） lost@lost.example" in told
    assert "邮件服务拒收这个地址或这封信 · 550" in told
    page = client.get("/desk").text
    assert f'<a href="/cases/{case.number}">' in page
    form = re.search(r'<li data-letter="\d+">.*?</form>', page, re.DOTALL)
    assert form
    assert f'action="/inbox/{id}/send-again"' in form[0]
    answer = client.post(f"/inbox/{id}/send-again", data={"next": "/desk"})
    assert (answer.status_code, answer.location) == (302, "/desk")
    letter = place.session.get_one(Letter, id, populate_existing=True)
    assert (letter.mail_state, letter.tries, letter.mail) == (WAITING, 0, "lost@lost.example")
    assert alarms_of(client, place, "office") == {}


@pytest.mark.sqlite
def test_of_a_complaint_the_list_does_not_say_whose_it_is_before_it_is_opened(
    client: FlaskClient, place: Place
) -> None:
    lose(place, place.complain(FILED), name="complaint_filed")
    told = alarms_of(client, place, "office")["letters"]
    assert "2026-TS-000001" in told
    assert place.firm.name not in told
    assert "lost@lost.example" not in told


@pytest.mark.sqlite
def test_all_of_them_go_out_again_by_one_click_and_only_five_are_named(client: FlaskClient, place: Place) -> None:
    case = place.file(FILED)
    place.act(case, "office", "ask_papers", FILED, missing="照片")
    place.act(case, "enterprise", "supply", FILED, words="在此。", files=())
    place.act(case, "office", "accept", FILED)
    place.act(case, "office", "refer", FILED, question="请核查。")
    ids = lose(place, case)
    assert len(ids) > 5
    told = alarms_of(client, place, "chief", "en")["letters"]
    assert told.startswith(f"Mail given up {len(ids)} letters did not arrive as mail")
    assert told.count("Send again") == 5
    assert f"Send all {len(ids)} again" in told
    assert client.post("/desk/letters").location == "/desk"
    states = place.session.scalars(select(Letter.mail_state).where(Letter.id.in_(ids))).all()
    assert set(states) == {WAITING}


@pytest.mark.sqlite
def test_a_letter_of_a_case_that_officers_may_not_read_is_for_their_head_alone(
    client: FlaskClient, place: Place
) -> None:
    case = about_an_officer(place)
    ids = lose(place, case)
    assert ids
    assert alarms_of(client, place, "office") == {}
    client.post("/desk/letters")
    assert client.post(f"/inbox/{ids[0]}/send-again").status_code == 404
    assert set(place.session.scalars(select(Letter.mail_state).where(Letter.id.in_(ids)))) == {GIVEN_UP}
    assert "letters" in alarms_of(client, place, "chief")
    assert "letters" in alarms_of(client, place, "auditor", address="/cases")


@pytest.mark.sqlite
def test_letters_kept_from_a_reader_do_not_crowd_others_out_of_the_inbox(client: FlaskClient, place: Place) -> None:
    [seen] = lose(place, place.file(FILED), name="filed")
    kept = place.session.get_one(Letter, lose(place, about_an_officer(place))[0])
    columns = {column.key: getattr(kept, column.key) for column in Letter.__table__.columns if column.key != "id"}
    place.session.add_all(Letter(**columns) for _ in range(60))
    place.session.commit()
    page = sign_in(client, place, "office").get("/inbox").text
    assert re.findall(r'action="/inbox/(\d+)/send-again"', page) == [str(seen)]


@pytest.mark.sqlite
def test_a_letter_that_may_not_name_its_case_is_said_too(client: FlaskClient, place: Place) -> None:
    """The letter to a body complained of bears no number (D16): its mail was given up and nobody saw that."""
    case = place.complain(FILED)
    place.act(case, "office", "acknowledge", FILED)
    place.act(case, "office", "route", FILED, route="business_env")
    place.act(case, "office", "ask_body", FILED, words="请就办理时限作出说明。")
    letter = place.session.scalars(select(Letter).where(Letter.name == "statement_asked")).one()
    assert letter.case_number == ""
    letter.mail, letter.mail_state, letter.last_error = "bureau@bureau.example", GIVEN_UP, "550"
    place.session.commit()
    assert "bureau@bureau.example" in alarms_of(client, place, "office")["letters"]
    assert client.post(f"/inbox/{letter.id}/send-again", data={"next": "/desk"}).location == "/desk"
    assert place.session.get_one(Letter, letter.id, populate_existing=True).mail_state == WAITING


@pytest.mark.sqlite
def test_mail_that_is_delayed_is_said_with_since_when_and_the_next_try(client: FlaskClient, place: Place) -> None:
    case = place.file(FILED)
    for letter in place.session.scalars(select(Letter).where(Letter.case_number == case.number)):
        letter.mail, letter.mail_state = "slow@slow.example", WAITING
        letter.failing_since, letter.next_try_at = NOW - timedelta(minutes=22), NOW + timedelta(minutes=9)
    place.session.commit()
    told = alarms_of(client, place, "office")["delay"]
    assert "邮件从 11月24日 10:20 起没有发出" in told
    assert "下一次是 11月24日 10:51" in told


@pytest.mark.sqlite
def test_a_case_that_the_clock_cannot_move_is_said_to_whom_may_read_it(client: FlaskClient, place: Place) -> None:
    open_to_all, kept = place.file(FILED), about_an_officer(place)
    for case in (open_to_all, kept):
        note_stuck(case.id, RuntimeError("broken"), NOW)
    told = alarms_of(client, place, "office", "en")["stuck"]
    assert "The clock cannot move 1 case" in told
    assert open_to_all.number in told
    assert kept.number not in told
    assert "The clock cannot move 2 cases" in alarms_of(client, place, "chief", "en")["stuck"]


@pytest.mark.sqlite
@pytest.mark.parametrize(("minutes", "said"), [(4, False), (6, True)])
def test_a_scheduler_that_is_silent_for_more_than_five_minutes_is_said(
    client: FlaskClient, place: Place, minutes: int, said: bool
) -> None:
    note_beat(place.session, NOW - timedelta(minutes=minutes))
    place.session.commit()
    found = alarms_of(client, place, "office")
    assert list(found) == ["silence"] * said
    assert not said or "定时任务从 11月24日 10:36 起没有全部完成" in found["silence"]


@pytest.mark.sqlite
def test_a_ledger_that_does_not_match_is_said_and_led_to_by_those_who_may_look(
    client: FlaskClient, place: Place
) -> None:
    faults = [LedgerFault(case_number="2026-YY-000001", seq=n, what={}, part="cases", since=NOW) for n in (1, 2)]
    place.session.add_all(faults)
    place.session.commit()
    told = alarms_of(client, place, "office", "en")["ledger"]
    assert "found 2 things in the ledger that do not match, the first on 24 November, 10:42" in told
    assert "The head of the office and the auditor see what" in told
    assert "See what does not match" in alarms_of(client, place, "chief", "en")["ledger"]
    assert "See what does not match" in alarms_of(client, place, "auditor", "en", "/cases")["ledger"]


def doubt(place: Place, said_at: datetime, why: str = "jumped") -> None:
    before = NOW - timedelta(days=30)
    place.session.add(ClockDoubt(why=why, noticed_at=before, said_at=said_at, seen_at=before))
    place.session.commit()


def test_a_clock_in_doubt_is_said_with_both_times_and_the_head_of_the_office_alone_can_confirm_it(
    client: FlaskClient, place: Place
) -> None:
    doubt(place, NOW)
    told = alarms_of(client, place, "office", "en")["clock"]
    assert "says 24 November, 10:42; by what has passed since it started it should be 25 October, 10:42" in told
    assert "the head of the office can confirm the time" in told
    assert client.post("/desk/clock").status_code == 404
    assert "It is 24 November, 10:42 now: go on" in alarms_of(client, place, "chief", "en")["clock"]
    assert doubt_at(place.session, NOW)
    assert client.post("/desk/clock").location == "/desk"
    refuse_doubted(place.session, NOW)
    assert alarms_of(client, place, "chief") == {}


@pytest.mark.sqlite
def test_another_servers_clock_is_said_and_cannot_be_confirmed_from_here(client: FlaskClient, place: Place) -> None:
    doubt(place, NOW + timedelta(days=30), "database")
    told = alarms_of(client, place, "chief")["clock"]
    assert "不是显示本页的这台服务器" in told
    assert "继续办理" not in told
    client.post("/desk/clock")
    assert doubt_at(place.session, NOW + timedelta(days=30))


@pytest.mark.sqlite
@pytest.mark.parametrize("who", ["reviewer", "approver"])
def test_a_bureau_is_shown_nothing_of_it(client: FlaskClient, place: Place, who: str) -> None:
    lose(place, place.file(FILED))
    doubt(place, NOW)
    assert alarms_of(client, place, who) == {}


@pytest.mark.sqlite
def test_the_auditor_reads_them_over_all_cases_and_can_do_nothing(client: FlaskClient, place: Place) -> None:
    lose(place, place.file(FILED))
    doubt(place, NOW)
    found = alarms_of(client, place, "auditor", "en", "/cases")
    assert list(found) == ["clock", "letters"]
    assert "Send" not in "".join(found.values())
    assert "go on" not in found["clock"]


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    with serve(app) as address:
        yield address


@pytest.mark.sqlite
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_in_a_browser_nobody_is_shut_out_of_it_and_one_click_sends_again(
    client: FlaskClient, place: Place, site: str
) -> None:
    case = place.file(FILED)
    [id] = lose(place, case, name="filed")
    note_stuck(case.id, RuntimeError("broken"), NOW)
    doubt(place, NOW)
    kept = sign_in(client, place, "chief").get_cookie("session")
    assert kept
    db.session.commit()
    for width, spoken in ((1366, "zh"), (390, "en")):
        with browser_page(f"{site}/desk", width, cookies={"session": kept.value, "language": spoken}) as page:
            assert faults(page) == []
            if width == 390:
                with page.expect_navigation():
                    page.get_by_role("button", name="Send again").click()
                assert page.locator("[data-alarm=letters]").count() == 0
    assert place.session.get_one(Letter, id, populate_existing=True).mail_state == WAITING
