"""How many wrong tries are heard: of a name's passwords, of a number's check codes, of codes sent to a mailbox.

A password counts under its name alone, whoever types it from wherever: no network address shuts out those who share it.
Whoever holds a link from the mailbox, or is signed in, counts under that instead, and nobody else makes them wait.
Names and addresses are kept as hashes: a password typed into the name's field must not be found here.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from registry.people import WAIT, FailedSignIn, SignInLink, User, find_person, fold, token_hash
from workflow.refusal import Refusal, say

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
        most = self.free + math.ceil(math.log2(self.longest / self.first))
        left = max(0, min(count, most) - faded)
        return left, (min(as_of, now) + faded * self.fades if left else now)


WITH_A_NAME = Patience(free=5, first=timedelta(seconds=30), longest=timedelta(minutes=15))
FOR_A_NUMBER = Patience(free=5, first=AN_HOUR, longest=AN_HOUR, forgets=AN_HOUR)
"""For a number and an address together: nobody locks a number for those who look from elsewhere. A code has ten
signs: what many addresses together can try finds none."""
FOR_A_MAILBOX_THERE = Patience(free=5, first=AN_HOUR, longest=AN_HOUR, forgets=AN_HOUR)
FOR_A_MAILBOX = Patience(free=20, first=AN_HOUR, longest=AN_HOUR, fades=timedelta(minutes=15))
"""Codes sent to one mail address: nobody's box is filled by others, from however many places they ask."""
FROM_AN_ADDRESS = Patience(
    free=30, first=timedelta(seconds=10), longest=timedelta(minutes=1), fades=timedelta(minutes=1)
)
"""Codes asked for from one address, for whichever mailboxes: whoever shares it with a mailer waits a minute."""

SEARCHES = Patience(free=30, first=timedelta(seconds=10), longest=timedelta(minutes=1), fades=timedelta(seconds=2))
"""Public records looked for from one address: thirty a minute. Whoever wants all of them takes the lists."""

PASSWORDS = "Too many wrong passwords. Try again in {minutes} min, after {at}, or ask the office to end the wait."
STEPS = "Too many wrong digits. Try again in {minutes} min, after {at}, or use a passkey where the page offers one."
CODES = "Too many wrong tries. Try again in {minutes} min, after {at}, or sign in."
MAILS = (
    "Too many codes have been asked for. Try again in {minutes} min, after {at}, "
    "or bring the sealed paper to the office."
)
FINDS = "Too many searches from here. Try again in {minutes} min, after {at}, or download the whole list."
LINKS = "Too many links have been sent to this address. Try again in {minutes} min, after {at}."

Keys = tuple[tuple[str, Patience], ...]
"""Under which keys a try counts, always in the same order, so that two at once do not wait for each other."""


class TooManyTries(Refusal):
    """Too many wrong passwords or check codes, or codes asked for; `seconds` until the next try is heard."""

    def __init__(self, seconds: int, said: str, now: datetime) -> None:
        minutes = math.ceil(seconds / 60)
        super().__init__(say(said, minutes=minutes, at=now + timedelta(minutes=minutes)))
        self.seconds = seconds


def count_try(session: Session, username: str, now: datetime, through: str = "") -> None:
    """Count a try before its password is looked at, so that tries at the same time cannot slip past.

    `through`: the wait link, or the session, that the person holds. The row names the owner who is to be told of the
    wait (`cases/scheduler/waits.py`): this try has begun it, or the link that they were sent has run out and it goes
    on. Raises `TooManyTries`; a try that is not heard counts for nothing. Commit before checking the password.
    """
    session.execute(delete(FailedSignIn).where(FailedSignIn.last_at < now - FORGOTTEN_AFTER))
    [row] = _count(session, ((_name_key(username, through), WITH_A_NAME),), PASSWORDS, now)
    over = row.count - WITH_A_NAME.free
    if over == 0 or (over > 0 and _link_ran_out(session, username, now)):
        user = find_person(session, username)
        row.user_id = user.id if user and user.is_active and user.password_hash and not through else None
        session.flush()


def count_step(session: Session, user_id: int, now: datetime) -> None:
    """Count six digits, or a recovery code, before they are looked at; the password was right.

    Raises `TooManyTries`.
    """
    _count(session, ((f"step:{user_id}", WITH_A_NAME),), STEPS, now)


def forgive_step(session: Session, user_id: int) -> None:
    """They were right: forget the wrong ones."""
    session.execute(delete(FailedSignIn).where(FailedSignIn.key == f"step:{user_id}"))


def count_link_code(session: Session, token: str, now: datetime) -> None:
    """Count a code that goes with a sign-in link before it is looked at. Raises `TooManyTries`."""
    _count(session, ((f"link:{token_hash(token)}", WITH_A_NAME),), CODES, now)


def forgive_link_code(session: Session, token: str) -> None:
    """It was right: forget the wrong ones."""
    session.execute(delete(FailedSignIn).where(FailedSignIn.key == f"link:{token_hash(token)}"))


def waiting_names(session: Session, usernames: Iterable[str], now: datetime) -> set[str]:
    """Who of these would have to wait at this moment."""
    keys = set(session.scalars(select(FailedSignIn.key).where(FailedSignIn.blocked_until > now)))
    return {name for name in usernames if _name_key(name, "") in keys} if keys else set()


def forgive_name(session: Session, username: str, through: str = "") -> None:
    """Forget the wrong passwords typed for that name, and what was typed through that link."""
    keys = {_name_key(username, ""), _name_key(username, through)}
    session.execute(delete(FailedSignIn).where(FailedSignIn.key.in_(keys)))


def count_look_up(session: Session, number: str, address: str, now: datetime) -> None:
    """Count a look at a case's status before its check code is compared: five wrong ones an hour for a number, there.

    Raises `TooManyTries`. Commit before comparing; a right code is taken off again by `forgive_look_up`.
    """
    _count(session, ((_look_up_key(number, address), FOR_A_NUMBER),), CODES, now)


def forgive_look_up(session: Session, number: str, address: str) -> None:
    """The code was right: forget the wrong ones from there."""
    session.execute(delete(FailedSignIn).where(FailedSignIn.key == _look_up_key(number, address)))


def count_code(session: Session, mail: str, address: str, now: datetime) -> None:
    """Count a code before it is sent to a mailbox, asked for from that address. Raises `TooManyTries`."""
    _count(session, _mail_keys(mail, address), MAILS, now)


def count_mailed_link(session: Session, mail: str, address: str, now: datetime) -> None:
    """Count a sign-in link before it is sent to a mail address, among the codes sent there. Raises `TooManyTries`."""
    _count(session, _mail_keys(mail, address), LINKS, now)


def count_search(session: Session, address: str, now: datetime) -> None:
    """Count a search of public records from that address, and nothing of what is looked for. Raises `TooManyTries`."""
    _count(session, ((f"public:{token_hash(address)}", SEARCHES),), FINDS, now)


def _count(session: Session, keys: Keys, said: str, now: datetime) -> list[FailedSignIn]:
    """Count a try under each key, and give their rows, in that order."""
    kept = [(_row(session, key, now), patience) for key, patience in keys]
    waits = [row.blocked_until - now for row, _ in kept if row.blocked_until and row.blocked_until > now]
    if waits:
        raise TooManyTries(math.ceil(max(waits).total_seconds()), said, now)
    for row, patience in kept:
        left, row.last_at = patience.left(row.count, row.last_at, now)
        row.count = left + 1
        row.blocked_until = patience.until(row.count, now)
    session.flush()
    return [row for row, _ in kept]


def _look_up_key(number: str, address: str) -> str:
    return f"case:{token_hash(f'{number} {address}')}"


def _mail_keys(mail: str, address: str) -> Keys:
    return (
        (f"post:{token_hash(f'{fold(mail)} {address}')}", FOR_A_MAILBOX_THERE),
        (f"mail:{token_hash(fold(mail))}", FOR_A_MAILBOX),
        (f"asks:{token_hash(address)}", FROM_AN_ADDRESS),
    )


def _link_ran_out(session: Session, username: str, now: datetime) -> bool:
    """Whether the last link against the wait has run out; asked alike for a name that nobody bears."""
    theirs = select(func.max(SignInLink.expires_at)).join(User, User.id == SignInLink.user_id)
    last = session.scalar(theirs.where(User.username == fold(username), SignInLink.opens == WAIT))
    return last is not None and last <= now


def _name_key(username: str, through: str) -> str:
    return f"through:{token_hash(through)}" if through else f"name:{token_hash(fold(username))}"


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
