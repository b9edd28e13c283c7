"""The second step of signing in: an authenticator's six digits, passkeys, and ten recovery codes.

A seed is kept under a key made from `SECRET_KEY`, so that the database alone gives no digits; recovery codes as hashes.
A step of the clock, and a recovery code, work once. Rows are never removed: what has ended has a day.
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

import pyotp
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant
from registry.people import FACTOR_ENDED, FACTOR_SET, NEW_CODES, User, end_sessions, fold, note_act
from registry.sign_in import fits, hashed
from workflow.refusal import Incomplete, Message, say

TOTP: Final = "totp"
PASSKEY: Final = "passkey"
CODE: Final = "code"
CODES: Final = 10
SIGNS: Final = "23456789abcdefghjkmnpqrstuvwxyz"
STEP: Final = 30
"""Seconds that six digits are shown; those before and after are taken as well."""
DIGITS: Final = 6
WRONG_CODE: Final = say("This is none of your recovery codes, or it has been used. Each works once.")
WRONG_DIGITS: Final = say("These six digits are wrong, or their 30 seconds are over. Enter the next ones.")


class Factor(Base):
    """Something beside the password that a person signs in with; `sort` is one of the three.

    `secret`: the seed, under key; a passkey's public key; a recovery code's hash. `counter`: the last step of the
    clock, or the signatures that a passkey has made.
    """

    __tablename__ = "factor"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id"), index=True)
    sort: Mapped[str] = mapped_column(String(8))
    label: Mapped[str] = mapped_column(String(80), default="")
    secret: Mapped[str] = mapped_column(String(2000))
    credential: Mapped[str | None] = mapped_column(String(1400), unique=True)
    counter: Mapped[int] = mapped_column(default=0)
    added_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


@dataclass(frozen=True)
class Fitting:
    """A factor that what was shown belongs to: the count that it then stands at, and the secret under today's key."""

    row: Factor
    counter: int = 0
    secret: str = ""


@dataclass(frozen=True)
class Vault:
    """Seals seeds with the newest of the keys, and opens what any of them has sealed."""

    keys: tuple[str, ...]

    def seal(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def opened(self, sealed: str) -> str | None:
        """What was sealed; None where no key opens it."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None

    @property
    def _fernet(self) -> MultiFernet:
        made = (sha256(b"redress second step:" + key.encode()).digest() for key in self.keys)
        return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in made])


def factors_of(session: Session, user_id: int) -> Sequence[Factor]:
    """What the person can sign in with beside the password, the oldest first."""
    found = select(Factor).where(Factor.user_id == user_id, Factor.ended_at.is_(None))
    return session.scalars(found.order_by(Factor.id)).all()


def has_factor(session: Session, user_id: int) -> bool:
    """Whether the password alone does not sign the person in."""
    found = select(Factor.id).where(Factor.user_id == user_id, Factor.ended_at.is_(None), Factor.sort != CODE)
    return session.scalar(found.limit(1)) is not None


def second_steps(session: Session) -> dict[int, list[str]]:
    """What each person has as a second step, the oldest first; recovery codes are none."""
    found = select(Factor.user_id, Factor.sort).where(Factor.ended_at.is_(None), Factor.sort != CODE)
    kept: dict[int, list[str]] = {}
    for user_id, sort in session.execute(found.order_by(Factor.id)):
        if sort not in kept.setdefault(user_id, []):
            kept[user_id].append(sort)
    return kept


def new_seed() -> str:
    return pyotp.random_base32()


def seed_address(seed: str, username: str, issuer: str) -> str:
    """What an authenticator reads from the square code."""
    return pyotp.TOTP(seed).provisioning_uri(name=username, issuer_name=issuer)


def set_authenticator(
    session: Session, user: User, seed: str, digits: str, vault: Vault, clock: datetime, now: datetime
) -> list[str]:
    """Keep the authenticator that shows these digits, in the place of the one before; gives ten new recovery codes.

    `clock`: what the machine's own clock says, as telephones do. Raises `Incomplete` for wrong digits.
    """
    step = _step_of(seed, digits, clock)
    if step is None:
        raise Incomplete({"code": WRONG_DIGITS})
    _end(session, user.id, now, TOTP)
    _add(session, Factor(user_id=user.id, sort=TOTP, secret=vault.seal(seed), counter=step, added_at=now))
    note_act(session, user.id, FACTOR_SET, user.id, now)
    return new_codes(session, user, now)


def new_code() -> str:
    """Eight signs that are read aloud without mistakes."""
    return "-".join("".join(secrets.choice(SIGNS) for _ in range(4)) for _ in range(2))


def new_codes(session: Session, user: User, now: datetime) -> list[str]:
    """Ten new recovery codes, handed back this once; those before stop working."""
    _end(session, user.id, now, CODE)
    codes = [new_code() for _ in range(CODES)]
    for code in codes:
        _add(session, Factor(user_id=user.id, sort=CODE, secret=hashed(code), added_at=now))
    note_act(session, user.id, NEW_CODES, user.id, now)
    return codes


def fitting(rows: Sequence[Factor], typed: str, vault: Vault, clock: datetime) -> Fitting | Message:
    """Which of the person's factors the six digits, or the recovery code, belong to; else why none.

    Reads only: a hash takes its time, and nobody is to wait for it who writes.
    """
    typed = _plain(typed)
    if typed.isdecimal() and len(typed) == DIGITS:
        row = next((row for row in rows if row.sort == TOTP), None)
        seed = vault.opened(row.secret) if row else None
        step = _step_of(seed, typed, clock) if seed else None
        return Fitting(row, step, vault.seal(seed)) if row and seed and step else WRONG_DIGITS
    plain = typed.replace("-", "")
    row = next((row for row in rows if row.sort == CODE and fits(f"{plain[:4]}-{plain[4:]}", row.secret)), None)
    return Fitting(row) if row else WRONG_CODE


def use_factor(session: Session, found: Fitting, now: datetime) -> Message | None:
    """Use it; why it cannot be, where it has been used meanwhile: a step of the clock, a recovery code serve once."""
    row, code = found.row, found.row.sort == CODE
    rises = (Factor.counter < found.counter) if found.counter else (Factor.counter == 0)
    used = (
        update(Factor)
        .where(Factor.id == row.id, Factor.ended_at.is_(None), rises)
        .values(counter=found.counter, used_at=now, ended_at=now if code else None, secret=found.secret or row.secret)
    )
    if session.scalars(used.returning(Factor.id)).first() is not None:
        return None
    return say("These six digits have been used. Wait for the next ones.") if row.sort == TOTP else WRONG_CODE


def add_passkey(session: Session, row: Factor, now: datetime) -> None:
    """Keep a passkey that has just been made."""
    _add(session, row)
    note_act(session, row.user_id, FACTOR_SET, row.user_id, now)


def end_passkey(session: Session, user: User, factor_id: int, now: datetime) -> bool:
    """Whether there was such a passkey of the person's to end."""
    row = session.scalar(select(Factor).filter_by(id=factor_id, user_id=user.id, sort=PASSKEY, ended_at=None))
    if row is None:
        return False
    row.ended_at = now
    note_act(session, user.id, FACTOR_ENDED, user.id, now)
    return True


def end_factors(session: Session, user: User, now: datetime, *, by: int | None) -> None:
    """Everything beside the password ends, and every session: the person sets it up anew at the next sign-in."""
    _end(session, user.id, now, TOTP, PASSKEY, CODE)
    end_sessions(session, user.id, now)
    note_act(session, user.id, FACTOR_ENDED, by, now)


def _step_of(seed: str, digits: str, clock: datetime) -> int | None:
    """The step of the clock at which these digits are shown, now or one step away."""
    here = int(clock.timestamp()) // STEP
    typed, shown = _plain(digits).encode(), pyotp.TOTP(seed)
    steps = (here, here - 1, here + 1)
    return next((step for step in steps if hmac.compare_digest(shown.generate_otp(step).encode(), typed)), None)


def _plain(typed: str) -> str:
    """Without gaps; a full-width digit from a Chinese keyboard is the same digit."""
    return "".join(fold(typed).split())


def _end(session: Session, user_id: int, now: datetime, *sorts: str) -> None:
    these = update(Factor).where(Factor.user_id == user_id, Factor.sort.in_(sorts), Factor.ended_at.is_(None))
    session.execute(these.values(ended_at=now))


def _add(session: Session, row: Factor) -> None:
    """The one place where a row is added."""
    session.add(row)
    session.flush()
