"""Letters leave as mail: claim, send, record. Sending holds no transaction open, and no letter is claimed twice.

A claim lasts some minutes, and longer than sending may take. Where a sender dies holding one, another takes over: a
mail may then arrive twice (with the same Message-ID), never not at all. A letter at which the server hangs holds up no
other: what was tried least goes first. A code or sign-in link is sent at once, while somebody waits for it, and kept
nowhere, since it holds a secret.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import Any, Final, NamedTuple

from sqlalchemy import Integer, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from extensions import transaction
from notifications.channels import Channel, Deferred, NoMail, Refused, Send, Unreachable
from notifications.languages import catalog
from notifications.letters import APPLICANT, DIGEST, GIVEN_UP, SENT, WAITING, Letter
from workflow.refusal import say

CLAIM: Final = timedelta(minutes=15)
LONGEST_WAIT: Final = timedelta(minutes=120)
PATIENCE: Final = timedelta(days=1)
"""How long after the first failure a mail is given up."""
BATCH: Final = 50
"""Letters claimed at a time."""
BATCH_SECONDS: Final = 300.0
"""How long a batch may take: what is left then is given back, well before its claim ends."""
BEAT_SECONDS: Final = 60.0
"""How long after its beginning a beat takes up another batch."""
IN_A_ROW: Final = 3
"""Letters at which the server fails before it is taken to serve nobody now."""

STILL_MADE: Final = timedelta(minutes=1)
"""After which a mail whose enclosure is still being made is looked at again."""

log = logging.getLogger("redress.mail")


class StillMade(Exception):
    """What a mail encloses is still being made: it waits, and nothing has failed."""


class Enclosure(NamedTuple):
    """A file that goes with a mail."""

    name: str
    content: bytes


Enclose = Callable[[Letter], Sequence[Enclosure]]
"""Gives what goes with a letter that encloses its paper; none where it cannot be made. Raises `StillMade`."""


def deliver_all(
    now: datetime,
    channel: Channel,
    enclose: Enclose = lambda _letter: (),
    steadily: Callable[[], float] = time.monotonic,
) -> int:
    """Send what is due at `now`, batch after batch while the server takes all and a minute has not gone by.

    `steadily` tells seconds; only a test gives another.
    """
    began, sent = steadily(), 0
    while (taken := deliver_due(now, channel, BATCH, enclose, steadily)) == BATCH and steadily() - began < BEAT_SECONDS:
        sent += taken
    return sent + taken


def deliver_due(
    now: datetime,
    channel: Channel,
    limit: int = BATCH,
    enclose: Enclose = lambda _letter: (),
    steadily: Callable[[], float] = time.monotonic,
) -> int:
    """Send what is due at `now`, at most `limit` letters; gives how many were sent.

    What was not taken is tried again after 1, 2, 4 … at most 120 minutes, and given up after a day, or at once
    where the address was refused for good. Without a mail server letters wait, and are in their inboxes.
    """
    if isinstance(channel, NoMail):
        return 0
    letters = _claim(now, limit)
    return _Round(channel, now, enclose, steadily).send(letters) if letters else 0


def given_up(session: Session, limit: int = 50) -> Sequence[Letter]:
    """Letters whose mail was given up, newest first: the office must see to them. Each is in its inbox all the same."""
    return session.scalars(select(Letter).from_statement(THE_GIVEN_UP), {"most": limit}).all()


THE_GIVEN_UP: Final = (
    select(Letter.__table__)
    .where(Letter.mail_state == GIVEN_UP)
    .order_by(Letter.id.desc())
    .limit(bindparam("most", type_=Integer))
)


def send_again(session: Session, letter_id: int, now: datetime, mail: str = "") -> bool:
    """Let a mail that was given up go out again, to another address where one is given; False if it was not one."""
    again = update(Letter).where(Letter.id == letter_id, Letter.mail_state == GIVEN_UP)
    values: dict[str, Any] = {
        "mail_state": WAITING,
        "tries": 0,
        "next_try_at": now,
        "failing_since": None,
        "claimed_until": None,
        "last_error": "",
    }
    changed = again.values(**values, **({"mail": mail} if mail else {})).returning(Letter.id)
    return session.scalars(changed).first() is not None


@dataclass(frozen=True)
class Delay:
    """Mail that does not go out: how many letters wait after a failure, since when, and when the next try is."""

    letters: int
    since: datetime
    next_try_at: datetime


DELAYED: Final = select(
    func.count().label("letters"),
    func.min(Letter.failing_since).label("since"),
    func.min(Letter.next_try_at).label("next_try_at"),
).where(Letter.mail_state == WAITING, Letter.failing_since.is_not(None))


def delayed(session: Session) -> Delay | None:
    """Whether mail is delayed now (inboxes are not)."""
    return delay_in(*session.execute(DELAYED).one())


def delay_in(letters: int, since: datetime | None, next_try: datetime | None) -> Delay | None:
    """The same by what `DELAYED` has given."""
    return Delay(letters, since, next_try) if since and next_try else None


def _claim(now: datetime, limit: int) -> Sequence[Letter]:
    """Take letters that are due, so that nobody else does; each counts as tried from here on."""
    with transaction() as session:
        due = (
            select(Letter.id)
            .where(Letter.mail_state == WAITING, Letter.next_try_at <= now)
            .where(or_(Letter.claimed_until.is_(None), Letter.claimed_until <= now))
            .order_by(Letter.tries, Letter.next_try_at, Letter.id)
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


class _Round:
    """The sending of a batch, over one connection or, where the server hangs at a letter, a few."""

    def __init__(self, channel: Channel, now: datetime, enclose: Enclose, steadily: Callable[[], float]) -> None:
        self._channel, self._now, self._enclose, self._steadily = channel, now, enclose, steadily
        self._ends, self._failed_in_a_row, self._sent = steadily() + BATCH_SECONDS, 0, 0
        self._waiting: list[Letter] = []

    def send(self, letters: Sequence[Letter]) -> int:
        """Try each until the server serves nobody or the time is up; gives how many were sent."""
        self._waiting = list(letters)
        while self._waiting and self._failed_in_a_row < IN_A_ROW and self._has_time():
            try:
                with self._channel.open() as send:
                    self._over(send)
            except Unreachable as failure:  # it does not even take up the line: nothing else would go out
                for letter in self._waiting:
                    _record_failure(letter, failure, self._now)
                return self._sent
        if self._waiting:  # claimed and not tried: they are due as before, and nothing was counted
            with transaction() as session:
                session.execute(
                    update(Letter)
                    .where(Letter.id.in_([letter.id for letter in self._waiting]), Letter.mail_state == WAITING)
                    .values(claimed_until=None, tries=Letter.tries - 1)
                    .execution_options(synchronize_session=False)
                )
        return self._sent

    def _over(self, send: Send) -> None:
        """Try one after the other over a line, as long as it holds."""
        while self._waiting and self._has_time():
            letter = self._waiting.pop(0)
            try:
                send(as_mail(letter, self._channel.sender, self._enclose(letter) if letter.encloses else ()))
            except StillMade:
                _record(letter, {"next_try_at": self._now + STILL_MADE, "tries": Letter.tries - 1})
                continue
            except Unreachable as failure:
                _record_failure(letter, failure, self._now)
                self._failed_in_a_row += 1
                return
            except Refused as failure:
                _record_failure(letter, failure, self._now)
            except Exception as error:  # a fault of ours with this one letter: the line is in nobody knows what state
                log.error("the mail of letter %s cannot be written", letter.id, exc_info=error)
                _record_failure(letter, Refused("cannot_be_written"), self._now)
                return
            else:
                sent = {"mail_state": SENT, "sent_at": self._now, "next_try_at": None, "failing_since": None}
                _record(letter, {**sent, "last_error": ""})
                self._sent += 1
            self._failed_in_a_row = 0

    def _has_time(self) -> bool:
        return self._steadily() < self._ends


def wait_after(tries: int, longest: timedelta = LONGEST_WAIT) -> timedelta:
    """How long to wait after so many tries that failed: 1, 2, 4 … minutes, at most `longest`."""
    return min(timedelta(minutes=2 ** min(tries - 1, 7)), longest)


def _record_failure(letter: Letter, failure: Refused, now: datetime) -> None:
    log.warning("the mail of letter %s was not taken: %s", letter.id, failure.code)
    since = letter.failing_since or now
    wait = wait_after(letter.tries)
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


SIGN_OFF = say(
    "This letter is in your inbox on the platform, where its document is too. It was sent by the system; "
    "answers to this address are not read."
)
FROM_A_MACHINE = say("It was sent by the system; answers to this address are not read.")
"""To an applicant, who has no inbox."""
CHOSEN = say(
    "It was sent by the system, since you have one letter a working day; answers to this address are not read."
)
"""Under a digest, which is in no inbox and says nothing official."""
ENCLOSED = say("The document is enclosed as PDF, as you wish it.")
NOT_ENCLOSED = say("The document could not be enclosed as PDF; it can be read and printed on the platform.")
OFFICIAL = say("The Chinese text of this letter is the official one.")


def as_mail(letter: Letter, sender: str, enclosures: Sequence[Enclosure] = ()) -> EmailMessage:
    """The mail of a letter; its Message-ID is the same at every try. Raises Refused for a bad address."""
    id = f"<letter-{letter.id}-{letter.written_at:%Y%m%d%H%M%S%f}@{sender.partition('@')[2]}>"
    language = letter.language
    text = _text(letter, bool(enclosures))
    mail = _mail(sender, letter.mail, language, letter.subject(language), text, letter.written_at, id)
    for one in enclosures:
        mail.add_attachment(one.content, maintype="application", subtype="pdf", filename=one.name)
    return mail


def send_at_once(channel: Channel, mail: str, language: str, subject: str, body: str, now: datetime) -> bool:
    """Whether the server took it. A failure is logged without the address; nothing is tried again."""
    if isinstance(channel, NoMail) or not mail:
        return False
    try:
        id = make_msgid(domain=channel.sender.partition("@")[2] or None)
        message = _mail(channel.sender, mail, language, subject, body, now, id)
        with channel.open() as send:
            send(message)
    except Refused as failure:
        log.warning("a mail that somebody waits for was not taken: %s", failure.code)
        return False
    return True


def _mail(sender: str, to: str, language: str, subject: str, body: str, at: datetime, id: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    try:
        mail["From"] = MailAddress(addr_spec=sender)
        mail["To"] = MailAddress(addr_spec=to)
    except (ValueError, LookupError, AttributeError, MessageError):  # all that its parser raises
        raise Refused("bad_address") from None
    mail["Subject"] = " ".join(subject.splitlines())  # a header holds no line break
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(body)
    mail["Content-Language"] = language  # set last: set_content removes every header of another content
    return mail


def _text(letter: Letter, enclosed: bool) -> str:
    words = catalog(letter.language)
    along = [words.gettext((ENCLOSED if enclosed else NOT_ENCLOSED).id)] if letter.encloses else []
    last = [] if letter.language == "zh" or letter.name == DIGEST else [words.gettext(OFFICIAL.id)]
    sign_off = CHOSEN if letter.name == DIGEST else FROM_A_MACHINE if letter.to_party == APPLICANT else SIGN_OFF
    return "\n\n".join([letter.body(letter.language), *along, "--", *last, words.gettext(sign_off.id)]) + "\n"
