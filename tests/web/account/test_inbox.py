"""The inbox: whose letters, read once, in which language; mail that was given up."""

from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications.letters import GIVEN_UP, WAITING, Letter
from tests.builders import START, Place
from tests.web.signing import sign_in


def letter_to(session: Session, party: str) -> Letter:
    return session.scalars(select(Letter).where(Letter.to_party == party).order_by(Letter.id)).first()  # type: ignore[return-value]


def test_letters_are_read_by_those_to_whom_they_were_sent(client: FlaskClient, place: Place, session: Session) -> None:
    case = place.file()
    mine, offices = letter_to(session, "enterprise"), letter_to(session, "office")
    for name, letter, status in (
        ("enterprise", mine, 200), ("enterprise2", mine, 404), ("office", mine, 404), ("reviewer", mine, 404),
        ("office", offices, 200), ("enterprise", offices, 404), ("auditor", offices, 404),
    ):  # fmt: skip
        assert sign_in(client, place, name).get(f"/inbox/{letter.id}").status_code == status, name
    page = sign_in(client, place, "enterprise").get("/inbox").text
    assert f'data-letter="{mine.id}"' in page
    assert f'data-letter="{offices.id}"' not in page
    assert f'href="/cases/{case.number}"' in page
    assert f'data-letter="{mine.id}"' not in sign_in(client, place, "enterprise2").get("/inbox").text


def test_a_letter_whose_case_has_gone_on_is_no_longer_new_to_the_office(client: FlaskClient, place: Place) -> None:
    """The list marks what the number beside the word counts."""
    case = place.file()
    office = sign_in(client, place, "office")
    assert 'class="unread"' in office.get("/inbox").text
    place.act(case, "office", "accept", START + timedelta(hours=1))
    assert 'class="unread"' not in office.get("/inbox").text
    page = office.get("/inbox?show=past").text
    assert 'class="unread"' not in page
    assert "案件已有进展" in page


def test_to_open_a_letter_is_to_have_read_it(client: FlaskClient, place: Place, session: Session) -> None:
    place.file()
    mine = letter_to(session, "enterprise")
    filer = sign_in(client, place, "enterprise")
    assert 'class="unread"' in filer.get("/inbox").text
    filer.get(f"/inbox/{mine.id}")
    session.expire_all()
    first = session.get_one(Letter, mine.id).read_at
    assert first
    filer.get(f"/inbox/{mine.id}")
    session.expire_all()
    assert session.get_one(Letter, mine.id).read_at == first
    assert 'class="unread"' not in filer.get("/inbox").text


def test_an_english_reader_is_led_to_the_official_text(client: FlaskClient, place: Place, session: Session) -> None:
    place.file()
    mine = letter_to(session, "enterprise")
    filer = sign_in(client, place, "enterprise")
    filer.set_cookie("language", "en")
    page = filer.get(f"/inbox/{mine.id}").text
    assert mine.subject("en") in page
    assert f"/inbox/{mine.id}?official=1" in page
    assert mine.subject("zh") in filer.get(f"/inbox/{mine.id}?official=1").text


def test_an_empty_inbox_says_what_will_come(client: FlaskClient, place: Place) -> None:
    page = sign_in(client, place, "auditor").get("/inbox")
    assert page.status_code == 200
    assert 'class="empty"' in page.text


def test_the_office_sees_mail_that_was_given_up_and_sends_it_again(
    client: FlaskClient, place: Place, session: Session
) -> None:
    place.file()
    mine = letter_to(session, "enterprise")
    mine.mail_state, mine.last_error = GIVEN_UP, "550"
    session.commit()
    assert "given-up" not in sign_in(client, place, "enterprise").get("/inbox").text
    assert client.post(f"/inbox/{mine.id}/send-again").status_code == 404
    office = sign_in(client, place, "office")
    assert f'action="/inbox/{mine.id}/send-again"' in office.get("/inbox").text
    wrong = office.post(f"/inbox/{mine.id}/send-again", data={"mail": "nobody"})
    assert wrong.status_code == 422
    assert 'href="#mail"' in wrong.text
    assert 'value="nobody"' in wrong.text
    assert office.post(f"/inbox/{mine.id}/send-again", data={"mail": "new@firm.example"}).status_code == 302
    session.expire_all()
    again = session.get_one(Letter, mine.id)
    assert (again.mail_state, again.mail) == (WAITING, "new@firm.example")


def test_older_letters_stand_on_further_pages(client: FlaskClient, place: Place, session: Session) -> None:
    texts = {"zh": {"subject": "信", "body": "正文"}, "en": {"subject": "Letter", "body": "Body"}}
    session.add_all(
        Letter(to_party="enterprise", to_id=place.firm.id, to_role="filer", language="zh", name="note", texts=texts,
               case_number="2026-YY-000001", written_at=START, served_at=datetime(2026, 9, 1, 1, n, tzinfo=UTC),
               mail_state="none")
        for n in range(55)
    )  # fmt: skip
    session.commit()
    filer = sign_in(client, place, "enterprise")
    first = filer.get("/inbox").text
    assert first.count("data-letter=") == 50
    older = filer.get(first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]).text
    assert older.count("data-letter=") == 5
