"""Getting in: passwords, one-time links, codes for mailboxes, the address of a calendar feed.

A mailbox code proves who reads the mailbox, and no enterprise: it lives for a quarter of an hour and five tries.
Passwords leave this file as Argon2 hashes alone. How often one may try is `tries.py`.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from threading import BoundedSemaphore

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import ForeignKey, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant
from registry.organisations import MAIL
from registry.people import (
    DEMO_PASSWORD,
    LINK_MADE,
    LINK_USED,
    PASSWORD,
    WAIT,
    SignInLink,
    User,
    end_sessions,
    find_person,
    fold,
    forget_links,
    note_act,
    token_hash,
)
from registry.tries import count_code, forgive_name
from workflow.refusal import Impossible, Incomplete, Message, say

LINK_LASTS = timedelta(hours=24)
CODE_LASTS = timedelta(minutes=15)
TRIES = 5
DIGITS = 6


def admit(session: Session, user: User, password: str, through: str = "") -> None:
    """The password was right: forget the wrong ones for this name, and those typed through a wait link.

    A password kept at another cost than today's is kept at today's.
    """
    forgive_name(session, user.username, through)
    if _in_use.outgrown(user.password_hash):
        user.password_hash = _in_use.make(password)
    session.flush()


def one_time_link(session: Session, user: User, now: datetime, *, by: int | None, code_hash: str = "") -> str:
    """The token of a new link, for `/sign-in/TOKEN`; earlier unused ones stop working. Raises `Impossible`.

    `by`: who makes it, which is kept; none on the command line. `code_hash`: of the code that is asked for with it.
    """
    if not user.is_active:
        raise Impossible(say("The account of {username} has ended. Add the person anew.", username=user.username))
    forget_links(session, user)
    token = secrets.token_urlsafe(32)
    session.add(
        SignInLink(token_hash=token_hash(token), user_id=user.id, expires_at=now + LINK_LASTS, code_hash=code_hash)
    )
    note_act(session, user.id, LINK_MADE, by, now)
    return token


def person_of_link(session: Session, token: str, now: datetime, opens: str = PASSWORD) -> User | None:
    """Whose link it is while it can be used for that, or None."""
    return session.scalar(
        select(User)
        .join(SignInLink, SignInLink.user_id == User.id)
        .where(
            SignInLink.token_hash == token_hash(token),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
            SignInLink.opens == opens,
            User.ended_at.is_(None),
        )
    )


def code_of_link(session: Session, token: str) -> str:
    """The hash of the code that is asked for with that link; empty: none is."""
    return session.scalar(select(SignInLink.code_hash).where(SignInLink.token_hash == token_hash(token))) or ""


def wait_link(session: Session, user: User, now: datetime) -> str:
    """The token of a new link for `/sign-in/wait/TOKEN`: who holds it types their password without waiting."""
    token = secrets.token_urlsafe(32)
    kept = {"token_hash": token_hash(token), "user_id": user.id, "expires_at": now + LINK_LASTS}
    session.add(SignInLink(opens=WAIT, **kept))
    session.flush()
    return token


def use_link(
    session: Session, token: str, password: str, now: datetime, words: Sequence[str] = (), code: str = ""
) -> User:
    """Keep the password chosen with the link and use the link up. `code`: its other half, where it has one.

    Raises `Impossible` for a link that cannot be used, `Incomplete` for a password that cannot be chosen.
    """
    user = person_of_link(session, token, now)
    other_half = code_of_link(session, token)
    if user and other_half and not fits("".join(code.split()).casefold(), other_half):
        raise Incomplete({"code": say("This is not the code that goes with the link. Ask who proposed it.")})
    unused = update(SignInLink).where(SignInLink.token_hash == token_hash(token), SignInLink.used_at.is_(None))
    if user is None or not session.scalars(unused.values(used_at=now).returning(SignInLink.user_id)).all():
        raise Impossible(say("This link has been used or has run out. Ask the office for a new one."))
    change_password(session, user, password, now, words)
    note_act(session, user.id, LINK_USED, user.id, now)
    forgive_name(session, user.username)
    return user


SHORTEST, LONGEST = 10, 200

ENOUGH = 10**10
"""As many guesses as a password must stand: more than anybody tries at the door, or in a day with a stolen hash."""
GUESSED_AT = 40
"""So many of its characters are guessed at; seventy can be chosen so that it takes seconds."""
GUESSED_HERE = (
    DEMO_PASSWORD,
    "redress",
    "xinsu",
    "xinyong",
    "credit",
    "woaini",
    "zhongguo",
    "neimenggu",
    "administrator",
)
"""What is tried first at such a place, beside the names of the place, the office and the person."""


@dataclass(frozen=True)
class Hashing:
    """Argon2 at one cost. At most two at once: a hash at full cost takes 64 MB."""

    hasher: PasswordHash
    gate: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(2))

    def make(self, password: str) -> str:
        with self.gate:
            return self.hasher.hash(_spelled(password))

    def fits(self, password: str, kept: str) -> bool:
        with self.gate:
            return self.hasher.verify(_spelled(password), kept)

    def outgrown(self, kept: str) -> bool:
        return self.hasher.current_hasher.check_needs_rehash(kept)

    @cached_property
    def nobody(self) -> str:
        """A hash that no account has, at the same cost."""
        return self.make("nobody's password")


STRONG = Hashing(PasswordHash((Argon2Hasher(),)))
QUICK = Hashing(PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),)))
"""For tests only: it would be guessed in no time."""

_in_use = STRONG


def use_hashing(hashing: Hashing) -> None:
    """Choose the cost for this process; `create_app` does it once."""
    global _in_use
    _in_use = hashing


def check_password(session: Session, username: str, password: str) -> User | None:
    """The active person of that name and password, or None.

    Takes as long for an unknown name, so that the time tells nothing. `count_try` comes first.
    """
    user = find_person(session, username)
    able = user is not None and user.is_active and user.password_hash != ""
    fits = _in_use.fits(password, user.password_hash if user and able else _in_use.nobody)
    return user if able and fits else None


def hashed(code: str) -> str:
    """The hash of a short code, as costly as a password's."""
    return _in_use.make(code)


def fits(code: str, kept: str) -> bool:
    return _in_use.fits(code, kept)


def change_password(session: Session, user: User, password: str, now: datetime, words: Sequence[str] = ()) -> None:
    """Keep the new password; every session and unused link of the person ends, and the feed. Raises `Incomplete`."""
    fault = password_fault(password, user, words)
    if fault:
        raise Incomplete({"password": fault})
    set_password(user, password)
    end_sessions(session, user.id, now)
    end_feed(session, user)
    forget_links(session, user)
    session.flush()


def set_password(user: User, password: str) -> None:
    """Keep a password without asking whether it is a good one: for demo data."""
    user.password_hash = _in_use.make(password)


def password_fault(password: str, user: User, words: Sequence[str] = ()) -> Message | None:
    """Why the password cannot be chosen, and what to do, or None. `words`: the names of the place and its bodies."""
    from zxcvbn import zxcvbn  # its lists of words take their time: loaded when a password is chosen

    if len(password) < SHORTEST:
        return say("Choose a longer password: at least {n} characters. A few words in a row will do.", n=SHORTEST)
    if len(password) > LONGEST:
        return say("Choose a shorter password: at most {n} characters.", n=LONGEST)
    known = [word for word in (user.username, user.name, user.email.partition("@")[0], *words, *GUESSED_HERE) if word]
    found = zxcvbn(fold(password)[:GUESSED_AT] or " ", user_inputs=[fold(word) for word in known])
    if found["guesses"] >= ENOUGH:
        return None
    if any(part.get("dictionary_name") == "user_inputs" for part in found["sequence"]):
        return say("Choose a password that is not built on your name, this place or this platform.")
    return say(
        "This password is guessed too easily. Choose another, for example four words that do not belong together."
    )


def _spelled(password: str) -> str:
    """A full-width letter from a Chinese keyboard is the same letter."""
    return unicodedata.normalize("NFKC", password)


class Feed(Base):
    """A person's feed. Its address alone gives the dates, so it is long, and there is one only."""

    __tablename__ = "feed"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id"), primary_key=True, autoincrement=False)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Instant)


def new_feed(session: Session, user: User, now: datetime) -> str:
    """The token of a new address, handed back this once; the one before stops working. Of two asked for at the same
    moment the later holds."""
    session.execute(select(User.id).where(User.id == user.id).with_for_update())
    end_feed(session, user)
    token = secrets.token_urlsafe(32)
    session.add(Feed(user_id=user.id, token_hash=token_hash(token), made_at=now))
    session.flush()
    return token


def end_feed(session: Session, user: User) -> bool:
    """Whether there was one to end."""
    ended = session.scalars(delete(Feed).where(Feed.user_id == user.id).returning(Feed.user_id)).first()
    session.flush()
    return ended is not None


def person_of_feed(session: Session, token: str) -> User | None:
    """Whose dates that address gives; nobody's once it is ended, or the account is."""
    found = select(User).join(Feed, Feed.user_id == User.id)
    return session.scalar(found.where(Feed.token_hash == token_hash(token), User.ended_at.is_(None)))


class MailCode(Base):
    """A code on its way: for which mailbox, asked for by the browser that holds the token."""

    __tablename__ = "mail_code"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    mail: Mapped[str] = mapped_column(String(254))
    code_hash: Mapped[str] = mapped_column(String(200))
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
    tries: Mapped[int] = mapped_column(default=0)


def new_code(session: Session, mail: str, address: str, now: datetime) -> tuple[str, str]:
    """A token for the browser and a code for that mailbox, asked for from that address.

    Raises `Incomplete` and `TooManyTries`.
    """
    mail = mail.strip()
    if not MAIL.fullmatch(mail) or len(mail) > 200:
        raise Incomplete({"mail": say("Enter a mail address that you can read now, for example office@example.cn.")})
    count_code(session, mail, address, now)
    session.execute(delete(MailCode).where(MailCode.expires_at <= now))
    token, code = secrets.token_urlsafe(32), f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    kept = {"token_hash": token_hash(token), "code_hash": _in_use.make(code)}
    session.add(MailCode(mail=mail, expires_at=now + CODE_LASTS, **kept))
    session.flush()
    return token, code


def prove(session: Session, token: str, code: str, now: datetime) -> str | Message:
    """The mailbox that the code proves, and the code is used up; else why not. Commit either way: tries are counted.

    The row is locked, so that tries at the same time cannot slip past.
    """
    asked = select(MailCode).where(MailCode.token_hash == token_hash(token), MailCode.expires_at > now)
    row = session.scalars(asked.with_for_update(), execution_options={"populate_existing": True}).one_or_none()
    if row is None or row.tries >= TRIES:
        return say("This code has run out. Have a new one sent.")
    row.tries += 1
    if right := _in_use.fits("".join(code.split()), row.code_hash):
        session.delete(row)
    session.flush()
    if right:
        return row.mail
    if row.tries == TRIES:
        return say("This was the fifth wrong code. Have a new one sent.")
    return say("The code is not right: look at the newest mail. {n} more tries.", n=TRIES - row.tries)


def mailbox_asked(session: Session, token: str, now: datetime) -> str:
    """To which mailbox the code of that token went, while it can be typed; empty: to none."""
    asked = select(MailCode.mail).where(
        MailCode.token_hash == token_hash(token), MailCode.expires_at > now, MailCode.tries < TRIES
    )
    return session.scalar(asked) or ""
