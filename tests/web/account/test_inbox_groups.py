"""The inbox: what needs the reader first, then letters by case; marking as read takes nothing from what needs them."""

import re
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications.letters import Letter
from tests.builders import START, Place
from tests.web.desk.test_desk import english, read
from tests.web.many_rows import multiply
from tests.web.signing import sign_in


def needs(page: str) -> list[str]:
    return re.findall(r'<li data-case="([^"]+)"', page)


def test_what_waits_for_the_reader_stands_first_until_it_is_done(client: FlaskClient, place: Place) -> None:
    case = place.file()
    assert needs(sign_in(client, place, "office").get("/inbox").text) == [case.number]
    firm = sign_in(client, place, "enterprise")
    assert needs(firm.get("/inbox").text) == []
    place.act(case, "office", "ask_papers", START + timedelta(hours=1), missing="缴款凭证")
    page = firm.get("/inbox").text
    assert needs(page) == [case.number]
    assert "最迟" in page
    assert needs(sign_in(client, place, "office").get("/inbox").text) == []


def test_all_marked_as_read_what_needs_the_firm_stays_and_later_letters_stay_unread(
    client: FlaskClient, place: Place, session: Session
) -> None:
    case = place.file()
    place.act(case, "office", "ask_papers", START + timedelta(hours=1), missing="缴款凭证")
    firm = sign_in(client, place, "enterprise")
    page = firm.get("/inbox").text
    mine = select(Letter).where(Letter.to_party == "enterprise").order_by(Letter.id)
    first, second = session.scalars(mine).all()
    assert f'name="newest" value="{second.id}"' in page
    assert firm.post("/inbox/read", data={"newest": first.id}).status_code == 302
    session.expire_all()
    assert [letter.read_at is not None for letter in session.scalars(mine)] == [True, False]
    firm.post("/inbox/read", data={"newest": second.id})
    page = firm.get("/inbox").text
    assert "全部标为已读" not in page
    assert needs(page) == [case.number]


def test_nobody_marks_the_letters_of_others_and_nonsense_marks_nothing(
    client: FlaskClient, place: Place, session: Session
) -> None:
    place.file()
    for name, newest in (("enterprise2", "99"), ("enterprise", "all"), ("enterprise", "")):
        sign_in(client, place, name).post("/inbox/read", data={"newest": newest})
    session.expire_all()
    assert all(letter.read_at is None for letter in session.scalars(select(Letter)))


def test_letters_are_shown_by_sort_and_say_when_there_is_none(client: FlaskClient, place: Place) -> None:
    place.file()
    firm = sign_in(client, place, "enterprise")
    assert "data-letter" in firm.get("/inbox?show=papers").text
    firm.post("/inbox/read", data={"newest": "99"})
    assert "data-letter" not in firm.get("/inbox?show=unread").text
    assert "没有这类信件" in firm.get("/inbox?show=unread").text
    assert "data-letter" in firm.get("/inbox?show=nonsense").text


def test_of_many_that_wait_a_few_are_shown_and_the_others_counted(client: FlaskClient, place: Place) -> None:
    case = place.file()
    multiply(place.session, case.number, 2100)
    text = read(english(client, place, "office"), "/inbox")
    assert len(needs(text)) == 12
    waiting = re.search(r'href="/desk"[^>]*>[^<]*<[^>]*>(\d+)', text)
    assert waiting
    assert f"and {int(waiting[1]) - 12} more" in text
    assert int(waiting[1]) > 200


def test_what_a_case_has_left_behind_is_folded_away_from_an_official(client: FlaskClient, place: Place) -> None:
    case = place.file()
    office = sign_in(client, place, "office")
    page = office.get("/inbox").text
    assert "data-letter" in page
    assert "已有进展，不用再看" not in page
    place.act(case, "office", "ask_papers", START + timedelta(hours=1), missing="缴款凭证")
    page = office.get("/inbox").text
    assert "data-letter" not in page
    assert "已有进展，不用再看" in page
    for there in ("/inbox?show=past", f"/inbox?case={case.number[-6:]}"):
        assert "data-letter" in office.get(there).text, there
    assert "data-letter" not in office.get("/inbox?case=999999").text
    assert "data-letter" in sign_in(client, place, "enterprise").get("/inbox?show=past").text, "a firm's are all there"


def test_an_official_reads_letters_by_sort_and_by_kind_of_case(client: FlaskClient, place: Place) -> None:
    place.file()
    office = sign_in(client, place, "office")
    page = office.get("/inbox").text
    counts = dict(re.findall(r'<span>([^<]+)</span> <span class="count">([^<]+)</span>', page))
    assert {name: counts[name] for name in ("全部", "未读", "进展", "公文", "提醒", "异议", "投诉")} == {
        "全部": "1", "未读": "1", "进展": "1", "公文": "0", "提醒": "0", "异议": "1", "投诉": "0"}  # fmt: skip
    for query, there in (
        ("show=progress", True),
        ("show=reminders", False),
        ("kind=objection", True),
        ("kind=complaint", False),
    ):
        assert ("data-letter" in office.get(f"/inbox?{query}").text) is there, query
    assert 'class="filters"' not in sign_in(client, place, "enterprise").get("/inbox").text
