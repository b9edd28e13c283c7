"""Passwords: how they are kept, checked and chosen. Only Argon2 hashes leave this file."""

import hashlib
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from threading import BoundedSemaphore

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy.orm import Session

from registry.people import DEMO_PASSWORD, User, end_sessions, find_person, fold, forget_links
from workflow.refusal import Incomplete, Message, say

SHORTEST, LONGEST = 10, 200

COMMON = frozenset(
    """0123456789 1234567890 12345678910 0987654321 9876543210 1234512345 123456789a a123456789 1q2w3e4r5t qwertyuiop
    asdfghjkl; qwerty1234 qwerty12345 qwerty123456 password12 password123 password1234 password123456 passw0rd123
    mypassword letmein123 welcome123 welcome1234 administrator admin12345 admin123456 admin@123456 changeme123
    iloveyou123 woaini1314 woaini520520 5201314520 zhongguo123 xinyong123 neimenggu123""".split()  # noqa: SIM905
) | {DEMO_PASSWORD}
"""Passwords long enough, yet among the first that are guessed."""


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


def use(hashing: Hashing) -> None:
    """Choose the cost for this process; `create_app` does it once."""
    global _in_use
    _in_use = hashing


def check_password(session: Session, username: str, password: str) -> User | None:
    """The active person of that name and password, or None.

    Takes as long for a name that nobody bears, so that the time tells nothing. `sign_in.count_try` comes first.
    """
    user = find_person(session, username)
    able = user is not None and user.is_active and user.password_hash != ""
    fits = _in_use.fits(password, user.password_hash if user and able else _in_use.nobody)
    return user if able and fits else None


def change_password(session: Session, user: User, password: str) -> None:
    """Keep the new password; every session and unused link of the person ends. Raises `Incomplete`."""
    fault = password_fault(password, user.username)
    if fault:
        raise Incomplete({"password": fault})
    set_password(user, password)
    forget_links(session, user)
    session.flush()


def set_password(user: User, password: str) -> None:
    """Keep a password without asking whether it is a good one: for demo data."""
    user.password_hash = _in_use.make(password)
    end_sessions(user)


def strengthen(user: User, password: str) -> None:
    """Keep the password at today's cost when it was kept at another; called with one that was right."""
    if _in_use.outgrown(user.password_hash):
        user.password_hash = _in_use.make(password)


def password_fault(password: str, username: str) -> Message | None:
    """Why the password cannot be chosen, and what to do, or None."""
    spelled = fold(password)
    if len(password) < SHORTEST:
        return say("Choose a longer password: at least {n} characters. A few words in a row will do.", n=SHORTEST)
    if len(password) > LONGEST:
        return say("Choose a shorter password: at most {n} characters.", n=LONGEST)
    if fold(username) in spelled and len(spelled) - len(fold(username)) < SHORTEST:
        return say("Choose a password that is not built on your user name.")
    if spelled in COMMON or len(set(spelled)) < 4:
        return say("This password is among those that are guessed first. Choose another.")
    return None


def _spelled(password: str) -> str:
    """A full-width letter from a Chinese keyboard is the same letter."""
    return unicodedata.normalize("NFKC", password)


def one_way(secret: str) -> str:
    """A short secret, hashed as slowly as passwords are: trying them all takes long."""
    return _in_use.make(secret)


def token_hash(text: str) -> str:
    """The hash under which a long token, a name or an address is kept."""
    return hashlib.sha256(text.encode()).hexdigest()


def same(secret: str, kept: str) -> bool:
    """Whether it is the secret that was hashed by `one_way`."""
    return _in_use.fits(secret, kept)
