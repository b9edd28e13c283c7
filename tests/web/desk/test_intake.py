"""Intake: what waits for the office's first decision, decided beside its queue by the acts of the cases themselves."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from cases.engine.sweep import sweep
from cases.model.tables import Case, Event
from tests.builders import APPLICATION, PROOF, WORLD, Place, day
from tests.conftest import NOW
from tests.web.signing import sign_in
from tests.web.walking import walk
from web.desk import intake


def english(client: FlaskClient, place: Place, name: str = "office") -> FlaskClient:
    client.set_cookie("language", "en")
    return sign_in(client, place, name)


def read(client: FlaskClient, address: str = "/intake") -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def queued(text: str) -> list[str]:
    return re.findall(r'<li data-case="([^"]+)"', text)


def cards(text: str) -> list[str]:
    return re.findall(r'<div class="card(?: chosen)?" data-action="([^"]+)"', text)


def form_of(text: str) -> tuple[str, dict[str, str]]:
    """Where the open form leads, and what it holds."""
    found = re.search(r'<form id="act" method="post" action="(/cases/[^"]+)"(.*?)</form>', text, re.S)
    assert found
    shown = re.search(r'name="shown"[^>]*value="(\d+)"', found[2])
    assert shown
    return found[1], {"shown": shown[1]}


def test_the_queue_holds_what_nobody_has_decided_on_most_urgent_first_and_names_no_complainant(
    client: FlaskClient, place: Place
) -> None:
    referred = walk(place, "accept", "refer", filed=day(2026, 11, 19))
    late = place.file(day(2026, 11, 18), record=place.other_record, by="enterprise2")
    complaint = place.complain(day(2026, 11, 24, 9))
    repair = place.open("repair", "file", APPLICATION, day(2026, 11, 24, 9))
    text = read(english(client, place))
    assert queued(text) == [late.number, complaint.number, repair.number]
    assert referred.number not in text
    in_queue = text.split("</nav>")[1]
    assert "达青电石" in in_queue
    assert in_queue.count("恒源洗煤") == 1, "the firm of the repair is named, that of the complaint is not"
    assert "open to view" in in_queue
    assert 'Intake <span class="count">3</span>' in text
    assert f'data-case="{late.number}"' in text.split('id="main"')[1].split(">")[0], "the first stands beside it"
    assert "2 d late" in in_queue
    place.act(complaint, "office", "take", NOW)
    other = read(english(client, place, "officer2"))
    assert queued(other) == [late.number, repair.number, complaint.number]
    assert "Taken by colleagues" in other
    assert 'Intake <span class="count">2</span>' in other


def test_accepting_takes_one_post_and_the_next_case_of_the_queue_opens_by_itself(
    client: FlaskClient, place: Place
) -> None:
    first = place.file(day(2026, 11, 23))
    second = place.file(day(2026, 11, 24, 9), record=place.other_record, by="enterprise2")
    page = read(english(client, place))
    assert cards(page) == ["accept", "ask_papers", "refuse"]
    assert "by <time datetime=" in page, "a date of what follows stands there before anything is pressed"
    assert "This bureau supplied the record." in page
    address, fields = form_of(page)
    assert address.startswith(f"/cases/{first.number}/accept?")
    answer = client.post(address, data=fields)
    assert (answer.status_code, answer.location) == (302, f"/intake/{second.number}")
    assert place.case(first.number).state == "comparing"
    then = read(client, answer.location)
    assert f"{first.number}: Accepted" in then, "on the page of another case it is said of which"
    assert queued(then) == [first.number, second.number], "comparing and referring is the office's too"
    assert client.post(address, data=fields).status_code in (302, 409), "the same page sent twice"
    assert [event.action for event in _events(place, first)].count("accept") == 1


def test_a_choice_shows_its_form_and_what_it_lacks_keeps_the_way_on(client: FlaskClient, place: Place) -> None:
    case = place.file(day(2026, 11, 24, 9))
    address, fields = form_of(read(english(client, place), f"/intake/{case.number}?act=refuse"))
    assert "/refuse?" in address
    offered = client.get(f"/intake/{case.number}?act=refuse").text
    assert "不是记录与决定书不一致" in offered
    assert "建议全部更正" not in offered, "what proposes a correction is no reason to refuse one"
    lacking = client.post(address, data=fields)
    assert lacking.status_code == 422
    sent = client.post(address, data={**fields, "reasons": "不属于异议。", "where": "信用中国"})
    assert (sent.status_code, sent.location) == (302, "/intake")
    assert place.case(case.number).state == "refused"
    gone = client.get(f"/intake/{case.number}", follow_redirects=True)
    assert "does not wait for a first decision any more" in gone.text
    assert "Nothing waits for a first decision." in gone.text


def test_the_way_on_leads_nowhere_but_into_the_house(client: FlaskClient, place: Place) -> None:
    case = place.file(day(2026, 11, 24, 9))
    english(client, place)
    answer = client.post(f"/cases/{case.number}/accept?next=//evil.example/", data={"shown": "1"})
    assert (answer.status_code, answer.location) == (302, f"/cases/{case.number}")


def test_a_complaint_has_its_route_put_forward_by_whom_it_is_about(client: FlaskClient, place: Place) -> None:
    about_bureau, about_chief = (
        place.complain(day(2026, 11, 20)),
        place.complain(day(2026, 11, 20), complained_of="chief"),
    )
    for case in (about_bureau, about_chief):
        place.act(case, "office", "acknowledge", day(2026, 11, 20, 11))
    page = read(english(client, place), f"/intake/{about_bureau.number}")
    assert "The complaint is about how it acted" in page
    left = re.search(r"Due in (\d+) days", page)
    assert left, "the limit of a complaint's route counts every day"
    assert f"{left[1]} d left" in page, "the queue counts in the unit of the limit, as the case itself does"
    assert re.search(r'<input checked[^>]*value="business_env"', page)
    assert "reads nothing of it" in page
    address, fields = form_of(page)
    assert client.post(address, data={**fields, "route": "business_env"}).location == f"/intake/{about_chief.number}"
    chief = read(client, f"/intake/{about_chief.number}")
    assert cards(chief) == ["lead"], "the office does not route what is about its own head"
    assert "The office does not decide on its own head." in chief
    assert re.search(r'<input checked[^>]*value="leading_group"', chief)
    watching = read(english(client, place, "chief"), f"/intake/{about_chief.number}")
    assert cards(watching) == []
    assert "The next step is not yours" in watching


def test_where_papers_never_came_the_office_goes_on_closes_or_refuses(client: FlaskClient, place: Place) -> None:
    """procedures.md D2."""
    case = walk(place, "ask_papers", filed=day(2026, 11, 2))
    waiting = read(english(client, place))
    assert "Waiting for papers" in waiting
    assert 'Intake <span class="count">' not in waiting
    sweep(WORLD, NOW)
    page = read(client, f"/intake/{case.number}")
    assert "nothing had come" in page
    assert cards(page) == ["accept", "refuse", "lapse"]
    assert "Ask for missing papers: " in page, "asking was used up, and that is said"


def test_other_cases_on_the_record_say_what_is_the_same_and_what_differs(client: FlaskClient, place: Place) -> None:
    earlier = walk(place, "refuse", filed=day(2026, 10, 12))
    request = place.open("correction", "file", {"claims": {"fine": "0.80"}, "words": "附件。", "files": PROOF},
                         day(2026, 11, 20))  # fmt: skip
    place.file(day(2026, 11, 24, 9), record=place.other_record, by="enterprise2")
    case = place.file(day(2026, 11, 24, 9))
    page = read(english(client, place), f"/intake/{case.number}")
    table = page.split("Other cases on this record")[1].split("</table>")[0]
    assert re.findall(r"/cases/([^\"]+)", table) == [request.number, earlier.number]
    assert "the same record" in table
    assert "the same new value" in table
    assert "another kind: Correction" in table
    assert "closed on" in table


def _events(place: Place, case: Case) -> list[Event]:
    return list(place.session.scalars(select(Event).where(Event.case_id == case.id).order_by(Event.seq)))


def test_a_long_queue_is_read_by_pages_and_what_is_not_shown_is_counted(
    client: FlaskClient, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "PAGE", 1)
    monkeypatch.setattr(intake, "BESIDE", 1)
    first = place.file(day(2026, 11, 18), record=place.other_record, by="enterprise2")
    second, third = place.complain(day(2026, 11, 24, 9)), place.complain(day(2026, 11, 24, 10))
    assert queued(read(english(client, place))) == [first.number]
    assert "1 to 1 of 3" in read(client)
    assert queued(read(client, "/intake?page=2")) == [second.number]
    assert f'href="/intake/{second.number}?page=2"' in read(client, "/intake?page=2")
    assert queued(read(client, f"/intake/{third.number}")) == [first.number], "a case of another page is shown too"
    for case in (second, third):
        place.act(case, "office", "take", NOW)
    other = read(english(client, place, "officer2"))
    assert queued(other) == [first.number, second.number]
    assert "and 1 more" in other
