"""Getting in without or despite a password: one-time links, and the growing wait after wrong tries; of codes too.

Names and addresses are kept as hashes only: a password typed into the name's field must not be found here.
"""

import math
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from registry.passwords import change_password, strengthen, token_hash
from registry.people import LINK_MADE, LINK_USED, FailedSignIn, SignInLink, User, fold, forget_links, note_act
from workflow.refusal import Impossible, Refusal, say

LINK_LASTS = timedelta(hours=24)
FORGOTTEN_AFTER = timedelta(hours=24)
AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Patience:
    """How many wrong tries are free; each further one doubles the wait, up to the longest.

    They are forgotten together, `forgets` after the last, or, where there is `fades`, one by one as time goes by: what
    many people mistype now and then does not add up.
    """

    free: int
    first: timedelta
    longest: timedelta
    forgets: timedelta = FORGOTTEN_AFTER
    fades: timedelta | None = None

    def until(self, count: int, now: datetime) -> datetime | None:
        """Until when nothing is heard after so many wrong tries in a row; None: the next is heard at once.

        None, not `now`: a demo that starts again begins at its old time, before that of its last sign-in.
        """
        if count < self.free:
            return None
        doublings: int = min(count - self.free, 20)
        return now + min(self.longest, self.first * (1 << doublings))

    def left(self, count: int, as_of: datetime, now: datetime) -> tuple[int, datetime]:
        """How many of `count` wrong tries still count at `now`, and as of when that is so.

        Of those that fade none is kept beyond what brings the longest wait: else they would take days to fade.
        """
        gone_by = max(now - as_of, timedelta())
        if self.fades is None:
            return (count if gone_by < self.forgets else 0), now
        faded = gone_by // self.fades
        left = max(0, min(count, self._most()) - faded)
        return left, (min(as_of, now) + faded * self.fades if left else now)

    def _most(self) -> int:
        return self.free + math.ceil(math.log2(self.longest / self.first))


WITH_A_NAME = Patience(free=5, first=timedelta(seconds=30), longest=timedelta(minutes=15))
WITH_AN_ADDRESS = Patience(
    free=30, first=timedelta(seconds=10), longest=timedelta(minutes=5), fades=timedelta(minutes=10)
)
"""More patient: a whole bureau may stand behind one address, or everybody behind that of a proxy."""
FOR_A_NUMBER_THERE = Patience(free=5, first=AN_HOUR, longest=AN_HOUR, forgets=AN_HOUR)
"""For a number and an address together: nobody locks a number for those who look from elsewhere."""
FOR_A_NUMBER = Patience(free=200, first=timedelta(minutes=1), longest=timedelta(minutes=5), fades=AN_HOUR / 200)
"""From however many addresses."""

FOR_A_MAILBOX_THERE = Patience(free=5, first=AN_HOUR, longest=AN_HOUR, forgets=AN_HOUR)
FOR_A_MAILBOX = Patience(free=20, first=AN_HOUR, longest=AN_HOUR, fades=timedelta(minutes=15))
"""Codes sent to one mail address: nobody's box is filled by others, from however many places they ask."""

PASSWORDS = "Too many wrong passwords. Try again in {minutes} min, after {at}, or ask the office for a sign-in link."
CODES = "Too many wrong tries. Try again in {minutes} min, after {at}, or sign in."
MAILS = (
    "Too many codes have been asked for. Try again in {minutes} min, after {at}, "
    "or bring the sealed paper to the office."
)
LINKS = "Too many links have been sent to this address. Try again in {minutes} min, after {at}."

Keys = tuple[tuple[str, Patience], ...]
"""Under which keys a try counts: first the one whose wrong tries a right one ends, then those shared with others."""


class TooManyTries(Refusal):
    """Too many wrong passwords or check codes, or codes asked for; `seconds` until the next try is heard."""

    def __init__(self, seconds: int, said: str, now: datetime) -> None:
        minutes = math.ceil(seconds / 60)
        super().__init__(say(said, minutes=minutes, at=now + timedelta(minutes=minutes)))
        self.seconds = seconds


def count_try(session: Session, username: str, address: str, now: datetime) -> None:
    """Count a try before its password is looked at, so that tries at the same time cannot slip past.

    Raises `TooManyTries`; a try that is not heard counts for nothing. Commit before checking the password.
    """
    session.execute(delete(FailedSignIn).where(FailedSignIn.last_at < now - FORGOTTEN_AFTER))
    _count(session, _keys(username, address), PASSWORDS, now)


def count_look_up(session: Session, number: str, address: str, now: datetime) -> None:
    """Count a look at a case's status before its check code is compared: five wrong ones an hour for a number, there.

    Raises `TooManyTries`. Commit before comparing; a right code is taken off again by `forgive_look_up`.
    """
    _count(session, _look_up_keys(number, address), CODES, now)


def forgive_look_up(session: Session, number: str, address: str, now: datetime) -> None:
    """The code was right: forget the wrong ones from there, and take this try off what is counted of others too."""
    _forgive(session, _look_up_keys(number, address), now)


def count_mailed_code(session: Session, mail: str, address: str, now: datetime) -> None:
    """Count a code before it is sent to a mail address: five an hour from one place. Raises `TooManyTries`."""
    _count(session, _mail_keys(mail, address), MAILS, now)


def count_mailed_link(session: Session, mail: str, address: str, now: datetime) -> None:
    """Count a sign-in link before it is sent to a mail address, among the codes sent there. Raises `TooManyTries`."""
    _count(session, _mail_keys(mail, address), LINKS, now)


def admit(session: Session, user: User, password: str, address: str, now: datetime) -> None:
    """The password was right: forget the wrong ones for this name, and take this try off the address."""
    _forgive(session, _keys(user.username, address), now)
    strengthen(user, password)
    session.flush()


def one_time_link(session: Session, user: User, now: datetime, *, by: int | None) -> str:
    """The token of a new link, for `/sign-in/TOKEN`; earlier unused ones stop working. Raises `Impossible`.

    `by`: who makes it, which is kept; none on the command line.
    """
    if not user.is_active:
        raise Impossible(say("The account of {username} has ended. Add the person anew.", username=user.username))
    forget_links(session, user)
    token = secrets.token_urlsafe(32)
    session.add(SignInLink(token_hash=token_hash(token), user_id=user.id, expires_at=now + LINK_LASTS))
    note_act(session, user.id, LINK_MADE, by, now)
    return token


def person_of_link(session: Session, token: str, now: datetime) -> User | None:
    """Whose link it is while it can be used, or None."""
    return session.scalar(
        select(User)
        .join(SignInLink, SignInLink.user_id == User.id)
        .where(
            SignInLink.token_hash == token_hash(token),
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
    note_act(session, user.id, LINK_USED, user.id, now)
    session.execute(delete(FailedSignIn).where(FailedSignIn.key == _keys(user.username, "")[0][0]))
    return user


def _use_up(session: Session, token: str, now: datetime) -> bool:
    """Whether this call, and no other at the same time, used the link."""
    result = session.execute(
        update(SignInLink)
        .where(SignInLink.token_hash == token_hash(token), SignInLink.used_at.is_(None))
        .values(used_at=now)
    )
    return isinstance(result, CursorResult) and result.rowcount == 1


def _count(session: Session, keys: Keys, said: str, now: datetime) -> None:
    kept = [(_row(session, key, now), patience) for key, patience in keys]
    waits = [row.blocked_until - now for row, _ in kept if row.blocked_until and row.blocked_until > now]
    if waits:
        raise TooManyTries(math.ceil(max(waits).total_seconds()), said, now)
    for row, patience in kept:
        left, row.last_at = patience.left(row.count, row.last_at, now)
        row.count = left + 1
        row.blocked_until = patience.until(row.count, now)
    session.flush()


def _forgive(session: Session, keys: Keys, now: datetime) -> None:
    """Forget the first; of the others this try alone, and the wait that it brought: who is right shuts out nobody."""
    (own, _), *shared = keys
    session.execute(delete(FailedSignIn).where(FailedSignIn.key == own))
    for key, _ in shared:
        row = _row(session, key, now)
        row.count = max(0, row.count - 1)
        row.blocked_until = None
    session.flush()


def _look_up_keys(number: str, address: str) -> Keys:
    """In the order of `_keys`: from the narrowest to the address."""
    return (
        (f"case:{token_hash(f'{number} {address}')}", FOR_A_NUMBER_THERE),
        (f"number:{token_hash(number)}", FOR_A_NUMBER),
        (f"from:{token_hash(address)}", WITH_AN_ADDRESS),
    )


def _mail_keys(mail: str, address: str) -> Keys:
    return (
        (f"post:{token_hash(f'{fold(mail)} {address}')}", FOR_A_MAILBOX_THERE),
        (f"mail:{token_hash(fold(mail))}", FOR_A_MAILBOX),
        (f"asks:{token_hash(address)}", WITH_AN_ADDRESS),
    )


def _keys(username: str, address: str) -> Keys:
    """Always in this order, so that two tries at once do not wait for each other."""
    return ((f"name:{token_hash(fold(username))}", WITH_A_NAME), (f"place:{token_hash(address)}", WITH_AN_ADDRESS))


def _row(session: Session, key: str, now: datetime) -> FailedSignIn:
    """The row of that key, made when missing, locked against others until the transaction ends.

    The row is written to, not only looked for: a right try at the same time may take it away.
    """
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = {"key": key, "count": 0, "last_at": now}
    kept = dialect.insert(FailedSignIn).values(values)
    session.execute(kept.on_conflict_do_update(index_elements=["key"], set_={"key": key}))
    return session.scalars(
        select(FailedSignIn).where(FailedSignIn.key == key), execution_options={"populate_existing": True}
    ).one()
