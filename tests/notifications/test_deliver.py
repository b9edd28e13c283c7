"""Letters leave as mail: over a real SMTP server that is up, down, refusing or hanging up."""

import threading
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from extensions import db
from notifications.channels import Channel, channel_for
from notifications.deliver import delayed, deliver_due, given_up, send_again
from notifications.letters import inbox
from tests.conftest import NOW
from tests.notifications.mail_servers import MailServer, running
from tests.notifications.post_office import BUREAU, FIRM, OTHER_FIRM, new_letter, posted, stands

pytestmark = pytest.mark.both_databases

MINUTE = timedelta(minutes=1)


def test_a_letter_is_mailed_once_in_its_addressees_language(session: Session, mail_server: MailServer) -> None:
    [id] = posted(NOW, new_letter())
    channel = channel_for(mail_server.url)
    assert deliver_due(NOW, channel) == 1
    assert deliver_due(NOW + MINUTE, channel) == 0
    [mail] = mail_server.taken
    assert mail["To"] == "firm@firm.example"
    assert mail["From"] == "office@redress.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Subject"] == stands(session, id).subject("zh")
    assert stands(session, id).body("zh") in mail.get_content().replace("\r\n", "\n")
    assert stands(session, id).mail_state == "sent"


def test_a_letter_without_an_address_is_in_the_inbox_and_is_never_mailed(
    session: Session, mail_server: MailServer
) -> None:
    nowhere = type(FIRM)("enterprise", 1, "filer")
    [id] = posted(NOW, new_letter(nowhere))
    assert deliver_due(NOW, channel_for(mail_server.url)) == 0
    assert stands(session, id).mail_state == "none"
    assert [letter.id for letter in inbox(session, [FIRM], NOW)] == [id]


def test_a_letter_of_the_ladder_waits_for_its_office_hour(session: Session, mail_server: MailServer) -> None:
    opens = NOW + timedelta(hours=5)
    posted(NOW, new_letter(not_before=opens))
    channel = channel_for(mail_server.url)
    assert inbox(session, [FIRM], opens - MINUTE) == []
    assert deliver_due(opens - MINUTE, channel) == 0
    assert deliver_due(opens, channel) == 1
    assert len(inbox(session, [FIRM], opens)) == 1


def test_without_a_mail_server_letters_wait_and_are_read_in_the_inbox(session: Session) -> None:
    [id] = posted(NOW, new_letter())
    assert deliver_due(NOW, channel_for("")) == 0
    assert stands(session, id).mail_state == "waiting"
    assert stands(session, id).tries == 0
    assert len(inbox(session, [FIRM], NOW)) == 1


def test_while_the_server_is_down_the_waits_double_and_nothing_is_lost(session: Session) -> None:
    with running(MailServer()) as down:
        channel = channel_for(down.url)
    ids = posted(NOW, new_letter(), new_letter(OTHER_FIRM))
    at, waits = NOW, []
    for _ in range(9):
        assert deliver_due(at, channel) == 0
        letter = stands(session, ids[0])
        assert letter.next_try_at is not None
        waits.append(int((letter.next_try_at - at).total_seconds() // 60))
        assert deliver_due(letter.next_try_at - MINUTE / 2, channel) == 0
        assert stands(session, ids[0]).tries == letter.tries
        at = letter.next_try_at
    assert waits == [1, 2, 4, 8, 16, 32, 64, 120, 120]
    waiting = delayed(session)
    assert waiting is not None
    assert (waiting.letters, waiting.since) == (2, NOW)
    with running(down):
        assert deliver_due(at, channel) == 2
    assert len(down.taken) == 2
    assert delayed(session) is None


def test_after_a_day_it_is_given_up_and_can_be_sent_again(session: Session) -> None:
    with running(MailServer()) as server:
        channel = channel_for(server.url)
    [id] = posted(NOW, new_letter())
    deliver_due(NOW, channel)
    deliver_due(NOW + timedelta(hours=23), channel)
    assert stands(session, id).mail_state == "waiting"
    deliver_due(NOW + timedelta(hours=26), channel)
    assert [letter.id for letter in given_up(session)] == [id]
    later = NOW + timedelta(days=3)
    assert deliver_due(later, channel) == 0
    with running(server):
        assert send_again(session, id, later)
        session.commit()
        assert deliver_due(later, channel) == 1
    assert not send_again(session, id, later)
    assert given_up(session) == []


def test_one_address_refused_for_good_is_given_up_at_once_and_the_others_get_theirs(
    session: Session, mail_server: MailServer
) -> None:
    mail_server.refuses = {"firm@firm.example": "550 no such mailbox", "bureau@bureau.example": "450 mailbox busy"}
    refused, taken, later = posted(NOW, new_letter(), new_letter(OTHER_FIRM), new_letter(BUREAU))
    assert deliver_due(NOW, channel_for(mail_server.url)) == 1
    assert [letter.id for letter in given_up(session)] == [refused]
    assert stands(session, refused).last_error == "550"
    assert stands(session, taken).mail_state == "sent"
    assert stands(session, later).mail_state == "waiting"
    assert send_again(session, refused, NOW, "new@firm.example")
    session.commit()
    assert deliver_due(NOW, channel_for(mail_server.url)) == 1
    assert [mail["To"] for mail in mail_server.taken] == ["other@firm.example", "new@firm.example"]


def test_a_line_lost_after_the_text_is_tried_again_under_the_same_message_id(
    session: Session, mail_server: MailServer
) -> None:
    mail_server.hang_ups = 1
    [id] = posted(NOW, new_letter())
    channel = channel_for(mail_server.url)
    assert deliver_due(NOW, channel) == 0
    assert stands(session, id).last_error == "disconnected"
    assert deliver_due(NOW + MINUTE, channel) == 1
    first, second = mail_server.taken
    assert first["Message-ID"] == second["Message-ID"]


def test_a_claim_whose_sender_died_is_taken_over_after_some_minutes(session: Session, mail_server: MailServer) -> None:
    [id] = posted(NOW, new_letter())
    letter = stands(session, id)
    letter.claimed_until = NOW + timedelta(minutes=15)
    session.commit()
    assert deliver_due(NOW + timedelta(minutes=14), channel_for(mail_server.url)) == 0
    assert deliver_due(NOW + timedelta(minutes=15), channel_for(mail_server.url)) == 1


def test_of_many_senders_at_once_each_letter_is_taken_by_one(app: Flask, mail_server: MailServer) -> None:
    posted(NOW, *(new_letter() for _ in range(40)))
    db.session.remove()
    sent: list[int] = []
    start = threading.Barrier(4)

    def deliver(channel: Channel, at: datetime) -> None:
        with app.app_context():
            start.wait()
            sent.append(sum(deliver_due(at, channel, limit=5) for _ in range(10)))
            db.session.remove()

    senders = [threading.Thread(target=deliver, args=(channel_for(mail_server.url), NOW)) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sum(sent) == 40
    assert len({mail["Message-ID"] for mail in mail_server.taken}) == len(mail_server.taken) == 40


@pytest.mark.parametrize("url", ["http://mail.example", "smtp://", "mail.example:25"])
def test_an_address_that_names_no_mail_server_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL"):
        channel_for(url)
