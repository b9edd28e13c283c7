"""What a sender claims it sends, gives back, or loses to another when it is killed; two at once send nothing twice."""

import os
import signal
import subprocess
import sys
import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import ROOT
from notifications.channels import channel_for
from notifications.deliver import BATCH, BATCH_SECONDS, deliver_all, deliver_due
from notifications.letters import SENT, WAITING, Letter
from tests.conftest import NOW
from tests.notifications.mail_servers import MailServer, to
from tests.notifications.post_office import firm, new_letter, posted, stands, states

MINUTE = timedelta(minutes=1)


@pytest.mark.sqlite
def test_what_a_batch_has_no_time_for_is_given_back_before_its_claim_ends(
    session: Session, mail_server: MailServer
) -> None:
    """A server that takes a minute for each would still be sending when another sender takes the claim over."""
    posted(NOW, *(new_letter(firm(n)) for n in range(10)))
    clock = iter(range(0, 100000, 60))  # each look at it, a minute later
    sent = deliver_due(NOW, channel_for(mail_server.url), steadily=lambda: float(next(clock)))
    assert 0 < sent < BATCH_SECONDS / 60
    free = select(func.count()).where(Letter.mail_state == WAITING, Letter.claimed_until.is_(None), Letter.tries == 0)
    assert session.scalar(free) == 10 - sent
    assert deliver_due(NOW, channel_for(mail_server.url)) == 10 - sent
    assert len(set(to(mail_server))) == len(mail_server.taken) == 10


@pytest.mark.sqlite
def test_a_beat_sends_batch_after_batch_for_a_minute(session: Session, mail_server: MailServer) -> None:
    posted(NOW, *(new_letter(firm(n)) for n in range(2 * BATCH + 1)))
    assert deliver_all(NOW, channel_for(mail_server.url)) == 2 * BATCH + 1
    posted(NOW, *(new_letter(firm(n)) for n in range(2 * BATCH)))
    clock = iter([0.0, *[1.0] * (BATCH + 2), *[61.0] * 1000])
    assert deliver_all(NOW, channel_for(mail_server.url), steadily=lambda: next(clock)) == BATCH


SENDER = """
import sys
from datetime import datetime
from flask import Flask
import notifications.papers, registry.people
from extensions import db
from notifications.channels import channel_for
from notifications.deliver import deliver_due
app = Flask("sender")
app.config["SQLALCHEMY_DATABASE_URI"] = sys.argv[1]
db.init_app(app)
with app.app_context():
    deliver_due(datetime.fromisoformat(sys.argv[2]), channel_for(sys.argv[3]))
"""
"""A sender without the rest of the platform, which takes two seconds to start."""


def test_a_sender_killed_between_claim_and_record_is_taken_over_after_the_claim(
    session: Session, database_url: str, mail_server: MailServer
) -> None:
    """Killed when the server has the text and has not said so: it arrives twice under one name, and stands as one."""
    [id] = posted(NOW, new_letter())
    taken = mail_server.silent = threading.Event()
    sender = _sender(database_url, NOW, mail_server.url)
    try:
        assert taken.wait(240)
    finally:
        os.kill(sender.pid, signal.SIGKILL)
        assert sender.wait() == -signal.SIGKILL
    mail_server.silent = None
    channel = channel_for(mail_server.url)
    assert (stands(session, id).mail_state, stands(session, id).tries) == (WAITING, 1)
    session.commit()
    assert deliver_due(NOW + 14 * MINUTE, channel) == 0
    assert deliver_due(NOW + 15 * MINUTE, channel) == 1
    assert deliver_due(NOW + 16 * MINUTE, channel) == 0
    first, second = mail_server.taken
    assert first["Message-ID"] == second["Message-ID"]
    letter = stands(session, id)
    assert (letter.mail_state, letter.sent_at, letter.tries) == (SENT, NOW + 15 * MINUTE, 2)


@pytest.mark.postgresql
def test_two_senders_at_once_in_processes_of_their_own_send_each_letter_once(
    session: Session, database_url: str, mail_server: MailServer
) -> None:
    posted(NOW, *(new_letter(firm(n)) for n in range(60)))
    session.close()
    senders = [_sender(database_url, NOW, mail_server.url) for _ in range(2)]
    assert [sender.wait(240) for sender in senders] == [0, 0]
    assert len(set(to(mail_server))) == len(mail_server.taken) == 60
    assert states(session) == {SENT: 60}


def _sender(url: str, now: datetime, mail: str) -> subprocess.Popen[bytes]:
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-c", SENDER, url, now.isoformat(), mail], env=environ, cwd=ROOT)
