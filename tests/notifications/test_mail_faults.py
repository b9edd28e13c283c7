"""What can befall mail, with a real server: down for a day, slow, hanging, refusing, dropping."""

import json
import os
import smtplib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from select import select as select_ready
from threading import Event

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from cases.engine.advance import Command, advance
from cases.model import tables
from extensions import transaction
from notifications.channels import Channel, Smtp, channel_for
from notifications.deliver import BATCH, deliver_all, deliver_due, given_up, send_again
from notifications.letters import GIVEN_UP, SENT, WAITING, Letter
from notifications.papers import Paper
from tests.builders import START, WORLD, Place
from tests.conftest import NOW
from tests.notifications.mail_servers import MailServer, running, to
from tests.notifications.post_office import FIRM, OTHER_FIRM, firm, new_letter, posted, stands, states
from tests.notifications.self_signed import self_signed

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LETTERS = int(os.environ.get("LETTERS", "150"))
"""How many pass a dead address in the suite; more by command."""


@dataclass(frozen=True, kw_only=True)
class Impatient(Smtp):
    """Waits hardly at all for a server that hangs, and for one that is merely slow as long as it takes."""

    mail: MailServer

    def _introduce(self, server: smtplib.SMTP) -> None:
        super()._introduce(server)
        heard = server.getreply

        def getreply() -> tuple[int, bytes]:
            assert server.sock
            while not select_ready([server.sock], [], [], 0.01)[0]:
                if server.sock.getsockname() in self.mail.hung:
                    server.sock.settimeout(0.01)
                    break
            return heard()

        server.getreply = getreply  # type: ignore[method-assign]


def impatient(server: MailServer) -> Smtp:
    return Impatient(**vars(channel_for(server.url)), mail=server)


def beats(channel: Channel, start: datetime, until: datetime, every: timedelta = 20 * MINUTE) -> int:
    """As a scheduler would, but less often; gives how many letters went out."""
    sent, at = 0, start
    while at <= until:
        sent += deliver_all(at, channel)
        at += every
    return sent


@pytest.mark.sqlite
def test_down_for_a_day_all_of_it_arrives_afterwards_once(session: Session) -> None:
    """23 hours, so that the last of the tries falls before patience ends; new letters come meanwhile."""
    with running(MailServer()) as server:
        channel = channel_for(server.url)
    posted(NOW, *(new_letter(firm(n)) for n in range(30)))
    assert beats(channel, NOW, NOW + 12 * HOUR) == 0
    posted(NOW + 12 * HOUR, *(new_letter(firm(n)) for n in range(30, 60)))
    assert beats(channel, NOW + 12 * HOUR, NOW + 21 * HOUR) == 0
    tries = session.scalar(select(func.max(Letter.tries)))
    assert tries
    assert tries <= 18  # waits that grow: 65 beats found the first ones due that seldom
    with running(server):
        assert beats(channel, NOW + 21 * HOUR, NOW + 24 * HOUR) == 60
    assert sorted(to(server)) == sorted(firm(n).mail for n in range(60))
    assert states(session) == {SENT: 60}


@pytest.mark.sqlite
def test_down_for_longer_it_is_given_up_and_goes_out_when_it_is_sent_again(session: Session) -> None:
    with running(MailServer()) as server:
        channel = channel_for(server.url)
    [id] = posted(NOW, new_letter())
    beats(channel, NOW, NOW + 27 * HOUR, HOUR)
    assert [(letter.id, letter.last_error) for letter in given_up(session)] == [(id, "unreachable")]
    with running(server):
        assert beats(channel, NOW + 28 * HOUR, NOW + 30 * HOUR, HOUR) == 0
        assert send_again(session, id, NOW + 30 * HOUR)
        session.commit()
        assert deliver_due(NOW + 30 * HOUR, channel) == 1
    assert to(server) == [FIRM.mail]


@pytest.mark.sqlite
def test_a_slow_server_that_serves_is_waited_for(session: Session, mail_server: MailServer) -> None:
    mail_server.slow = 0.1
    posted(NOW, new_letter(), new_letter(OTHER_FIRM))
    assert deliver_due(NOW, impatient(mail_server)) == 2
    assert states(session) == {SENT: 2}


def test_a_server_slower_than_we_wait_has_the_letter_all_the_same_and_gets_it_again_under_its_name(
    session: Session, mail_server: MailServer
) -> None:
    mail_server.silent = Event()
    [id] = posted(NOW, new_letter())
    assert deliver_due(NOW, impatient(mail_server)) == 0
    assert stands(session, id).last_error == "timeout"
    mail_server.silent = None
    assert deliver_due(NOW + MINUTE, impatient(mail_server)) == 1
    first, second = mail_server.taken
    assert first["Message-ID"] == second["Message-ID"]
    assert stands(session, id).mail_state == SENT


def test_a_letter_at_which_the_server_hangs_holds_up_no_other(session: Session, mail_server: MailServer) -> None:
    """It was first in the queue, and every batch failed with it, until all of them were given up."""
    mail_server.hangs = (FIRM.mail,)
    [bad, *_] = posted(NOW, new_letter(), *(new_letter(firm(n)) for n in range(20)))
    assert deliver_due(NOW, impatient(mail_server)) == 20
    assert (stands(session, bad).mail_state, stands(session, bad).last_error) == (WAITING, "timeout")
    assert states(session) == {SENT: 20, WAITING: 1}


@pytest.mark.sqlite
def test_many_at_which_it_hangs_or_hangs_up_are_tried_after_those_that_were_not(
    session: Session, mail_server: MailServer
) -> None:
    bad = [firm(n) for n in range(5)]
    mail_server.hangs = tuple(one.mail for one in bad[:2])
    mail_server.drops = tuple(one.mail for one in bad[2:])
    posted(NOW, *(new_letter(firm(n)) for n in range(25)))
    channel = impatient(mail_server)
    assert deliver_due(NOW, channel) == 0  # three in a row: it is taken to serve nobody
    assert deliver_due(NOW, channel) == 20
    assert states(session) == {SENT: 20, WAITING: 5}
    assert set(session.scalars(select(Letter.tries).where(Letter.mail_state == WAITING))) == {1}


@pytest.mark.sqlite
def test_many_letters_pass_one_dead_address_and_one_that_hangs(session: Session, mail_server: MailServer) -> None:
    dead, hanging = firm(5000), firm(5001)
    mail_server.refuses = {dead.mail: "550 no such mailbox"}
    mail_server.hangs = (hanging.mail,)
    letters = [new_letter(firm(n)) for n in range(LETTERS)]
    posted(NOW, *(new_letter(dead) for _ in range(30)), new_letter(hanging), *letters)
    channel, sent, beaten = impatient(mail_server), 0, 0
    while sent < len(letters):
        sent += deliver_all(NOW + beaten * MINUTE / 3, channel)
        beaten += 1
    assert beaten <= 4 + LETTERS // BATCH
    assert sorted(to(mail_server)) == sorted(letter.to.mail for letter in letters)
    assert len(given_up(session, 100)) == 30
    assert {letter.mail for letter in given_up(session, 100)} == {dead.mail}


def test_a_letter_that_cannot_be_written_is_given_up_and_those_behind_it_go_out(
    session: Session, mail_server: MailServer
) -> None:
    """It ended the beat, and all that were claimed with it waited, for ever again."""
    bad, broken, *_ = posted(NOW, *(new_letter(firm(n)) for n in range(6)))
    for id, subject in ((bad, "half a letter \ud800"), (broken, "两行\r\n标题")):
        letter = session.get_one(Letter, id)
        texts = {**letter.texts, letter.language: {**letter.texts[letter.language], "subject": subject}}
        session.execute(text("UPDATE letter SET texts = :texts WHERE id = :id"), {"texts": json.dumps(texts), "id": id})
    session.commit()
    assert deliver_all(NOW, channel_for(mail_server.url)) == 5
    assert sorted(to(mail_server)) == sorted(firm(n).mail for n in range(1, 6))
    assert [mail["Subject"] for mail in mail_server.taken if mail["To"] == firm(1).mail] == ["两行 标题"]
    assert (stands(session, bad).mail_state, stands(session, bad).last_error) == (GIVEN_UP, "cannot_be_written")
    assert states(session) == {SENT: 5, GIVEN_UP: 1}


@pytest.mark.sqlite
def test_greylisting_is_waited_out(session: Session, mail_server: MailServer) -> None:
    mail_server.refuses = {FIRM.mail: "451 greylisted, try again"}
    grey, other = posted(NOW, new_letter(), new_letter(OTHER_FIRM))
    assert deliver_due(NOW, channel_for(mail_server.url)) == 1
    assert (stands(session, grey).last_error, stands(session, other).mail_state) == ("451", SENT)
    mail_server.refuses = {}
    assert deliver_due(NOW + MINUTE, channel_for(mail_server.url)) == 1
    assert to(mail_server) == [OTHER_FIRM.mail, FIRM.mail]


@pytest.mark.sqlite
def test_a_password_goes_to_another_machine_under_tls_only(session: Session) -> None:
    """127.0.0.2 stands for any machine but this one."""
    with running(MailServer(host="127.0.0.2")) as server:
        channel = channel_for(server.url)
        assert isinstance(channel, Smtp)
        [plain] = posted(NOW, new_letter())
        assert deliver_due(NOW, channel) == 1
        [secret] = posted(NOW, new_letter())
        assert deliver_due(NOW, replace(channel, user="office", password="secret")) == 0
    assert (stands(session, plain).mail_state, stands(session, secret).last_error) == (SENT, "no_tls")
    assert len(server.taken) == 1


@pytest.mark.sqlite
def test_a_certificate_that_nobody_vouches_for_is_not_trusted(session: Session, tmp_path: Path) -> None:
    with running(MailServer(tls=self_signed(tmp_path))) as server:
        [id] = posted(NOW, new_letter())
        assert deliver_due(NOW, channel_for(server.url)) == 0
        assert stands(session, id).last_error == "bad_tls"
    assert server.taken == []


@pytest.mark.sqlite
def test_nobody_is_told_of_a_move_that_was_rolled_back(place: Place, mail_server: MailServer) -> None:
    """The letters are posted in the move's own transaction, papers and numbers with them."""
    case = place.file(START)
    for letter in place.session.scalars(select(Letter)):
        letter.mail, letter.mail_state, letter.next_try_at = "x@x.example", WAITING, START
    place.session.commit()
    before = place.session.scalar(select(func.count(Letter.id)))
    papers = place.session.scalar(select(func.count(Paper.id)))
    request = Command(case.id, "ask_papers", {"missing": "照片"})
    person = place.person("office", case)
    posted_within = 0

    def fail() -> None:
        nonlocal posted_within
        with transaction() as session:
            advance(WORLD, request, person, START + HOUR)
            posted_within = session.scalar(select(func.count(Letter.id))) or 0
            raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError, match="the disk"):
        fail()
    assert before
    assert posted_within > before
    assert place.session.scalar(select(func.count(Letter.id))) == before
    assert place.session.scalar(select(func.count(Paper.id))) == papers
    assert place.session.scalar(select(func.count(tables.Event.id)).where(tables.Event.action == "ask_papers")) == 0
    assert deliver_all(START + 2 * HOUR, channel_for(mail_server.url)) == before
    assert not any("照片" in mail.get_content() for mail in mail_server.taken)
