"""Letter: one row an addressee, outbox and inbox in one; what a person finds in it, and what was never sent.

Served means: in the inbox (procedures.md, Rungs), so every letter is there, mailed or not. It knows no case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, String, and_, func, or_, select, text, tuple_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant

WAITING: Final = "waiting"
SENT: Final = "sent"
GIVEN_UP: Final = "given_up"
NO_MAIL: Final = "none"
PAGE = 50


@dataclass(frozen=True)
class Address:
    """Where a letter goes: a desk's role, or somebody outside; the mail address may be empty."""

    party: str
    id: int | None
    role: str = ""
    mail: str = ""
    language: str = "zh"


class Letter(Base):
    """A letter as sent, in both languages; `language` is the one that is mailed, the Chinese text the official one."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    to_party: Mapped[str] = mapped_column(String(20))
    to_id: Mapped[int | None]
    to_role: Mapped[str] = mapped_column(String(20))
    mail: Mapped[str] = mapped_column(String(254), default="")
    language: Mapped[str] = mapped_column(String(2))
    name: Mapped[str] = mapped_column(String(40))
    case_number: Mapped[str] = mapped_column(String(20), index=True)
    texts: Mapped[dict[str, Any]] = mapped_column(JSON)
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("paper.id"))
    written_at: Mapped[datetime] = mapped_column(Instant)
    served_at: Mapped[datetime] = mapped_column(Instant)
    """From when it is in the inbox: at once, or the office hour that a letter of the ladder waits for."""
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    mail_state: Mapped[str] = mapped_column(String(10))
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(Instant)
    failing_since: Mapped[datetime | None] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    claimed_until: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str] = mapped_column(String(40), default="")
    """A code (`550`, `unreachable`), never words: a server's answer may name a person."""

    __table_args__ = (
        Index("ix_letter_inbox", "to_party", "to_id", "to_role", "served_at", "id"),
        Index("ix_letter_waiting", "next_try_at", sqlite_where=text("mail_state = 'waiting'"),
              postgresql_where=text("mail_state = 'waiting'")),
        Index("ix_letter_given_up", "id", sqlite_where=text("mail_state = 'given_up'"),
              postgresql_where=text("mail_state = 'given_up'")),
    )  # fmt: skip

    def subject(self, language: str) -> str:
        return str(self.texts[language]["subject"])

    def body(self, language: str) -> str:
        return str(self.texts[language]["body"])


def inbox(
    session: Session, addresses: Sequence[Address], now: datetime, before_id: int | None = None, limit: int = PAGE
) -> Sequence[Letter]:
    """The letters of these addresses, newest first; `before_id` is the last letter of the page before."""
    found = select(Letter).where(_served_to(addresses, now))
    if before_id is not None and (last := session.get(Letter, before_id)):
        found = found.where(tuple_(Letter.served_at, Letter.id) < tuple_(last.served_at, last.id))
    return session.scalars(found.order_by(Letter.served_at.desc(), Letter.id.desc()).limit(limit)).all()


def find_letter(session: Session, addresses: Sequence[Address], letter_id: int, now: datetime) -> Letter | None:
    """One letter, if it has been served to one of these addresses."""
    return session.scalars(select(Letter).where(Letter.id == letter_id, _served_to(addresses, now))).one_or_none()


def unread_count(session: Session, addresses: Sequence[Address], now: datetime) -> int:
    unread = select(func.count()).select_from(Letter).where(Letter.read_at.is_(None), _served_to(addresses, now))
    return session.scalar(unread) or 0


def mark_read(session: Session, addresses: Sequence[Address], letter_ids: Sequence[int], now: datetime) -> int:
    """Note when letters were first read; how many were unread. Other people's letters are left alone."""
    mine = update(Letter).where(Letter.id.in_(letter_ids), Letter.read_at.is_(None), _served_to(addresses, now))
    ids = session.scalars(mine.values(read_at=now).returning(Letter.id)).all()
    return len(ids)


def letters_of(session: Session, addresses: Sequence[Address], case_number: str, now: datetime) -> Sequence[Letter]:
    """The letters of one case that were served to these addresses, newest first."""
    found = select(Letter).where(Letter.case_number == case_number, _served_to(addresses, now))
    return session.scalars(found.order_by(Letter.served_at.desc(), Letter.id.desc())).all()


def given_up(session: Session, limit: int = PAGE) -> Sequence[Letter]:
    """Letters whose mail was given up, newest first: the office must see to them. Each is in its inbox all the same."""
    found = select(Letter).where(Letter.mail_state == GIVEN_UP).order_by(Letter.id.desc())
    return session.scalars(found.limit(limit)).all()


def send_again(session: Session, letter_id: int, now: datetime, mail: str = "") -> bool:
    """Let a mail that was given up go out again, to another address where one is given; False if it was not given up."""
    again = update(Letter).where(Letter.id == letter_id, Letter.mail_state == GIVEN_UP)
    values: dict[str, Any] = {
        "mail_state": WAITING, "tries": 0, "next_try_at": now, "failing_since": None, "claimed_until": None,
        "last_error": "",
    }  # fmt: skip
    changed = session.scalars(again.values(**values, **({"mail": mail} if mail else {})).returning(Letter.id)).all()
    return bool(changed)


@dataclass(frozen=True)
class Delay:
    """Mail that does not go out: how many letters wait after a failure, since when, and when the next try is."""

    letters: int
    since: datetime
    next_try_at: datetime


def delayed(session: Session) -> Delay | None:
    """Whether mail is delayed now (the inbox is not)."""
    count, since, next_try = session.execute(
        select(func.count(), func.min(Letter.failing_since), func.min(Letter.next_try_at)).where(
            Letter.mail_state == WAITING, Letter.failing_since.is_not(None)
        )
    ).one()
    return Delay(count, since, next_try) if count else None


def _served_to(addresses: Sequence[Address], now: datetime) -> ColumnElement[bool]:
    to = or_(*(_is(address) for address in addresses)) if addresses else Letter.id.is_(None)
    return and_(to, Letter.served_at <= now)


def _is(address: Address) -> ColumnElement[bool]:
    whose = Letter.to_id.is_(None) if address.id is None else Letter.to_id == address.id
    return and_(Letter.to_party == address.party, whose, Letter.to_role == address.role)
