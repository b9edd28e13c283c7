"""The calendar feed: what any calendar reads in it, whom it names, and when its address stops working."""

import re
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar, Event
from sqlalchemy.orm import Session

from registry.people import User
from tests.builders import Place, day
from tests.conftest import NOW
from tests.web.signing import sign_in
from web.account.feed import WIDTH

pytestmark = pytest.mark.both_databases

ADDRESS = re.compile(r"https?://[^<\s]+/feed/[^<\s]+\.ics")


def made(client: FlaskClient, place: Place, who: str = "enterprise") -> str:
    """The path of a new feed of that person, as the page shows it."""
    page = sign_in(client, place, who).post("/feed").text
    found = ADDRESS.search(page)
    assert found
    return urlsplit(found[0]).path


def events(client: FlaskClient, path: str) -> list[Event]:
    """The events, as a parser of RFC 5545 reads them; it finds nothing to complain of."""
    answer = client.application.test_client().get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    calendar = Calendar.from_ical(answer.data)
    assert not calendar.errors
    assert calendar["VERSION"] == "2.0"
    assert calendar["PRODID"]
    found = list(calendar.walk("VEVENT"))
    assert not [error for event in found for error in event.errors]
    return found


def test_each_running_deadline_is_a_whole_day_that_any_calendar_reads(client: FlaskClient, place: Place) -> None:
    case = place.file(NOW)
    place.act(case, "office", "accept", NOW)
    place.act(case, "office", "refer", NOW, question="请核对。")
    path = made(client, place)
    found = {str(event["SUMMARY"]): event for event in events(client, path)}
    assert len(found) == 2, "the bureau's and the whole case's"
    verify = found[f"{case.number} 核查"]
    assert verify["DTSTART"].dt == case.due_on
    assert (verify["DTEND"].dt - verify["DTSTART"].dt).days == 1
    assert str(verify["URL"]).endswith(f"/cases/{case.number}")
    assert verify["STATUS"] == "CONFIRMED"
    assert verify["DTSTAMP"].dt.tzinfo
    raw = client.get(path).data
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= WIDTH


def test_an_entry_moves_with_its_deadline_and_a_clock_on_hold_says_so(client: FlaskClient, place: Place) -> None:
    case = place.file(NOW)
    place.act(case, "office", "accept", NOW)
    place.act(case, "office", "refer", NOW, question="请核对。")
    path = made(client, place)
    before = {str(event["UID"]): event for event in events(client, path)}
    place.act(case, "reviewer", "ask", day(2026, 11, 25), missing="拍摄日期证明")
    after = {str(event["UID"]): event for event in events(client, path)}
    assert before.keys() < after.keys(), "those that ran keep their entry, and the firm's own is new"
    for uid, event in before.items():
        assert after[uid]["SEQUENCE"] > event["SEQUENCE"]
        assert after[uid]["STATUS"] == "TENTATIVE"
        assert str(after[uid]["SUMMARY"]).endswith("（暂停中）")
        assert after[uid]["DTSTART"].dt > event["DTSTART"].dt


def test_it_names_no_firm_person_or_record_and_leaves_complaints_out(client: FlaskClient, place: Place) -> None:
    case, complaint = place.file(NOW), place.complain(NOW)
    path = made(client, place)
    text = client.get(path).text.replace("\r\n ", "")
    assert case.number in text
    named = [complaint.number, place.firm.name, place.record.document_number, place.people["enterprise"].name]
    assert not [name for name in named if name in text]
    other = client.get(made(client, place, "enterprise2")).text
    assert case.number not in other, "another firm's feed has another firm's dates"


def test_a_new_address_stands_on_one_page_alone_and_in_no_cookie(client: FlaskClient, place: Place) -> None:
    page = sign_in(client, place, "enterprise").post("/feed")
    found = ADDRESS.search(page.text)
    assert found
    assert page.headers["Cache-Control"] == "no-store"
    assert urlsplit(found[0]).path not in client.get("/feed").text
    with client.session_transaction() as session:
        assert "feed_made" not in session
    assert client.get(urlsplit(found[0]).path).status_code == 200, "it is shown no more, and works on"


def test_a_new_address_ends_the_old_one_and_an_ended_account_has_none(
    client: FlaskClient, place: Place, session: Session
) -> None:
    first = made(client, place)
    second = made(client, place)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    client.post("/feed/end")
    assert client.get(second).status_code == 404
    third = made(client, place)
    session.get_one(User, place.people["enterprise"].id).ended_at = NOW
    session.commit()
    assert client.get(third).status_code == 404
    assert client.get("/feed/guessed.ics").status_code == 404
