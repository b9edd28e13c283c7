"""Getting in without or despite a password: one-time links, and the growing wait after wrong tries; of codes too.

Names and addresses are kept as hashes only: a password typed into the name's field must not be found here.
"""

from __future__ import annotations

import hashlib
import math
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from registry.passwords import change_password, strengthen
from registry.people import FailedSignIn, SignInLink, User, fold, forget_links
from workflow.refusal import Impossible, Refusal, say

LINK_LASTS = timedelta(hours=24)
FORGOTTEN_AFTER = timedelta(hours=24)


@dataclass(frozen=True)
class Patience:
    """How many wrong tries are free; each further one doubles the wait, up to the longest."""

    free: int
    first: timedelta
    longest: timedelta

    def until(self, count: int, now: datetime) -> datetime | None:
        """Until when nothing is heard after so many wrong tries in a row; None: the next is heard at once.

        None, not `now`: a demo that starts again begins at its old time, before that of its last sign-in.
        """
        if count < self.free:
            return None
        doublings: int = min(count - self.free, 20)
        return now + min(self.longest, self.first * (1 << doublings))


WITH_A_NAME = Patience(free=5, first=timedelta(seconds=30), longest=timedelta(minutes=15))
WITH_AN_ADDRESS = Patience(free=30, first=timedelta(seconds=10), longest=timedelta(minutes=5))
"""More patient: a whole bureau may stand behind one address."""


AN_HOUR = timedelta(hours=1)
FOR_A_NUMBER = Patience(free=5, first=AN_HOUR, longest=AN_HOUR)
PASSWORDS = "Too many wrong passwords. Try again in {minutes} min, or ask the office for a sign-in link."
CODES = "Too many wrong tries. Try again in {minutes} min, or sign in."

Keys = tuple[tuple[str, Patience], tuple[str, Patience]]
"""Under which two keys a try counts: what was named, and from where."""


class TooManyTries(Refusal):
    """Too many wrong passwords or check codes; `seconds` until the next try is heard."""

    def __init__(self, seconds: int, said: str) -> None:
        super().__init__(say(said, minutes=math.ceil(seconds / 60)))
        self.seconds = seconds


def count_try(session: Session, username: str, address: str, now: datetime) -> None:
    """Count a try before its password is looked at, so that tries at the same time cannot slip past.

    Raises `TooManyTries`; a try that is not heard counts for nothing. Commit before checking the password.
    """
    session.execute(delete(FailedSignIn).where(FailedSignIn.last_at < now - FORGOTTEN_AFTER))
    _count(session, _keys(username, address), PASSWORDS, now)


def count_look_up(session: Session, number: str, address: str, now: datetime) -> None:
    """Count a look at a case's status before its check code is compared: five wrong ones an hour for a number.

    Raises `TooManyTries`. Commit before comparing; a right code is taken off again by `forgive_look_up`.
    """
    keys = _look_up_keys(number, address)
    old = FailedSignIn.last_at < now - AN_HOUR
    session.execute(delete(FailedSignIn).where(FailedSignIn.key.in_([key for key, _ in keys]), old))
    _count(session, keys, CODES, now)


def forgive_look_up(session: Session, number: str, address: str, now: datetime) -> None:
    """The code was right: forget the wrong ones for this number, and take this try off the address."""
    _forgive(session, _look_up_keys(number, address), now)


def admit(session: Session, user: User, password: str, address: str, now: datetime) -> None:
    """The password was right: forget the wrong ones for this name, and take this try off the address."""
    _forgive(session, _keys(user.username, address), now)
    strengthen(user, password)
    session.flush()


def one_time_link(session: Session, user: User, now: datetime) -> str:
    """The token of a new link, for `/sign-in/TOKEN`; earlier unused ones stop working. Raises `Impossible`."""
    if not user.is_active:
        raise Impossible(say("The account of {username} has ended. Add the person anew.", username=user.username))
    forget_links(session, user)
    token = secrets.token_urlsafe(32)
    session.add(SignInLink(token_hash=_digest(token), user_id=user.id, expires_at=now + LINK_LASTS))
    session.flush()
    return token


def person_of_link(session: Session, token: str, now: datetime) -> User | None:
    """Whose link it is while it can be used, or None."""
    return session.scalar(
        select(User)
        .join(SignInLink, SignInLink.user_id == User.id)
        .where(
            SignInLink.token_hash == _digest(token),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
            User.ended_at.is_(None),
        )
    )


def use_link(session: Session, token: str, password: str, now: datetime) -> User:
    """Keep the password chosen with the link and use the link up.

    Raises `Impossible` for a link that cannot be used, `Incomplete` for a password that cannot be chosen.
    """
    user = person_of_link(session, token, now)
    if user is None or not _use_up(session, token, now):
        raise Impossible(say("This link has been used or has run out. Ask the office for a new one."))
    change_password(session, user, password)
    session.execute(delete(FailedSignIn).where(FailedSignIn.key == _keys(user.username, "")[0][0]))
    return user


def _use_up(session: Session, token: str, now: datetime) -> bool:
    """Whether this call, and no other at the same time, used the link."""
    result = session.execute(
        update(SignInLink)
        .where(SignInLink.token_hash == _digest(token), SignInLink.used_at.is_(None))
        .values(used_at=now)
    )
    return isinstance(result, CursorResult) and result.rowcount == 1


def _count(session: Session, keys: Keys, said: str, now: datetime) -> None:
    kept = [(_row(session, key, now), patience) for key, patience in keys]
    waits = [row.blocked_until - now for row, _ in kept if row.blocked_until and row.blocked_until > now]
    if waits:
        raise TooManyTries(math.ceil(max(waits).total_seconds()), said)
    for row, patience in kept:
        row.count += 1
        row.last_at = now
        row.blocked_until = patience.until(row.count, now)
    session.flush()


def _forgive(session: Session, keys: Keys, now: datetime) -> None:
    (name, _), (place, patience) = keys
    session.execute(delete(FailedSignIn).where(FailedSignIn.key == name))
    row = _row(session, place, now)
    row.count = max(0, row.count - 1)
    row.blocked_until = patience.until(row.count, now)
    session.flush()


def _look_up_keys(number: str, address: str) -> Keys:
    return (f"case:{_digest(number)}", FOR_A_NUMBER), (f"from:{_digest(address)}", WITH_AN_ADDRESS)


def _keys(username: str, address: str) -> Keys:
    """Always in this order, so that two tries at once do not wait for each other."""
    return (
        (f"name:{_digest(fold(username))}", WITH_A_NAME),
        (f"place:{_digest(address)}", WITH_AN_ADDRESS),
    )


def _row(session: Session, key: str, now: datetime) -> FailedSignIn:
    """The row of that key, made when missing, locked against others until the transaction ends."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = {"key": key, "count": 0, "last_at": now}
    session.execute(dialect.insert(FailedSignIn).values(values).on_conflict_do_nothing())
    return session.scalars(
        select(FailedSignIn).where(FailedSignIn.key == key).with_for_update(),
        execution_options={"populate_existing": True},
    ).one()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
