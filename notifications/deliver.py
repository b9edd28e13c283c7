"""Letters leave as mail: claim, send, record. Sending holds no transaction open, and no letter is claimed twice.

A claim lasts some minutes. Where a sender dies holding one, another takes over: a mail may then arrive twice (with
the same Message-ID), never not at all.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from extensions import transaction
from notifications.channels import Channel, Deferred, NoMail, Refused, Unreachable
from notifications.letters import GIVEN_UP, SENT, WAITING, Letter
from notifications.mail import as_mail

CLAIM: Final = timedelta(minutes=15)
LONGEST_WAIT: Final = timedelta(minutes=120)
PATIENCE: Final = timedelta(days=1)
"""How long after the first failure a mail is given up."""

log = logging.getLogger("redress.mail")


def deliver_due(now: datetime, channel: Channel, limit: int = 50) -> int:
    """Send what is due at `now`, at most `limit` letters; gives how many were sent.

    What was not taken is tried again after 1, 2, 4 … at most 120 minutes, and given up after a day, or at once
    where the address was refused for good. Without a mail server letters wait, and are in their inboxes.
    """
    if isinstance(channel, NoMail):
        return 0
    letters = _claim(now, limit)
    return _send(channel, letters, now) if letters else 0


def given_up(session: Session, limit: int = 50) -> Sequence[Letter]:
    """Letters whose mail was given up, newest first: the office must see to them. Each is in its inbox all the same."""
    found = select(Letter).where(Letter.mail_state == GIVEN_UP).order_by(Letter.id.desc()).limit(limit)
    return session.scalars(found).all()


def send_again(session: Session, letter_id: int, now: datetime, mail: str = "") -> bool:
    """Let a mail that was given up go out again, to another address where one is given; False if it was not one."""
    again = update(Letter).where(Letter.id == letter_id, Letter.mail_state == GIVEN_UP)
    values: dict[str, Any] = {
        "mail_state": WAITING, "tries": 0, "next_try_at": now, "failing_since": None, "claimed_until": None,
        "last_error": "",
    }  # fmt: skip
    changed = again.values(**values, **({"mail": mail} if mail else {})).returning(Letter.id)
    return session.scalars(changed).first() is not None


@dataclass(frozen=True)
class Delay:
    """Mail that does not go out: how many letters wait after a failure, since when, and when the next try is."""

    letters: int
    since: datetime
    next_try_at: datetime


def delayed(session: Session) -> Delay | None:
    """Whether mail is delayed now (inboxes are not)."""
    count, since, next_try = session.execute(
        select(func.count(), func.min(Letter.failing_since), func.min(Letter.next_try_at)).where(
            Letter.mail_state == WAITING, Letter.failing_since.is_not(None)
        )
    ).one()
    return Delay(count, since, next_try) if since and next_try else None


def _claim(now: datetime, limit: int) -> Sequence[Letter]:
    """Take letters that are due, so that nobody else does; each counts as tried from here on."""
    with transaction() as session:
        due = (
            select(Letter.id)
            .where(Letter.mail_state == WAITING, Letter.next_try_at <= now)
            .where(or_(Letter.claimed_until.is_(None), Letter.claimed_until <= now))
            .order_by(Letter.next_try_at, Letter.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        ids = session.scalars(due).all()
        if not ids:
            return []
        session.execute(
            update(Letter)
            .where(Letter.id.in_(ids))
            .values(claimed_until=now + CLAIM, tries=Letter.tries + 1)
            .execution_options(synchronize_session=False)
        )
        claimed = select(Letter).where(Letter.id.in_(ids)).order_by(Letter.id)
        letters = session.scalars(claimed.execution_options(populate_existing=True)).all()
        for letter in letters:
            session.expunge(letter)
        return letters


def _send(channel: Channel, letters: Sequence[Letter], now: datetime) -> int:
    """One connection for all; once the server no longer serves, the rest waits without another try at it."""
    waiting = list(letters)
    sent = 0
    try:
        with channel.open() as send:
            while waiting:
                letter = waiting[0]
                try:
                    send(as_mail(letter, channel.sender))
                except Unreachable:
                    raise
                except Refused as failure:
                    _record_failure(letter, failure, now)
                else:
                    _record_sent(letter, now)
                    sent += 1
                waiting.pop(0)
    except Unreachable as failure:
        for letter in waiting:
            _record_failure(letter, failure, now)
    return sent


def _record_sent(letter: Letter, now: datetime) -> None:
    _record(letter, {"mail_state": SENT, "sent_at": now, "next_try_at": None, "failing_since": None, "last_error": ""})


def _record_failure(letter: Letter, failure: Refused, now: datetime) -> None:
    log.warning("the mail of letter %s was not taken: %s", letter.id, failure.code)
    since = letter.failing_since or now
    wait = min(timedelta(minutes=2 ** min(letter.tries - 1, 7)), LONGEST_WAIT)
    for_good = not isinstance(failure, Deferred | Unreachable)
    lost = for_good or now - since >= PATIENCE
    state = {"mail_state": GIVEN_UP, "next_try_at": None} if lost else {"next_try_at": now + wait}
    _record(letter, {"failing_since": since, "last_error": failure.code, **state})


def _record(letter: Letter, values: dict[str, object]) -> None:
    """Write how the try went, unless somebody has meanwhile written that it went out."""
    with transaction() as session:
        session.execute(
            update(Letter)
            .where(Letter.id == letter.id, Letter.mail_state == WAITING)
            .values(claimed_until=None, **values)
            .execution_options(synchronize_session=False)
        )
