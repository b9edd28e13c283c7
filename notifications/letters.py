"""Letters: one row an addressee, outbox and inbox in one; read by the addresses that a person has.

Served means in the inbox (procedures.md, Rungs), so every letter is there, mailed or not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    and_,
    func,
    or_,
    select,
    true,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant, SignedRow, partial_index

WAITING: Final = "waiting"
SENT: Final = "sent"
GIVEN_UP: Final = "given_up"
NO_MAIL: Final = "none"
SHARING: Final = "sharing"
"""Its mail addresses are not chosen yet: they depend on its readers and how they want their mail."""
APPLICANT: Final = "applicant"
"""The party of an applicant: nobody's inbox."""
PERSON: Final = "person"
"""The party of a person's own address: copies of letters in an inbox, and their digest."""
DIGEST: Final = "digest"
"""The name of the letter that says once a working day what waits for somebody."""
PAGE = 50
Readable = ColumnElement[bool]
"""A condition laid over letters: some letters of a case stay unread for ever."""
ALL: Final[Readable] = true()


OFFICE_ID: Final = 1
"""There is one office, and its row is this."""


@dataclass(frozen=True)
class Address:
    """Where a letter goes: a role at a desk, or somebody outside; the mail address may be empty."""

    party: str
    id: int | None
    role: str = ""
    mail: str = ""
    language: str = "zh"


class Letter(SignedRow, Base):
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
    encloses: Mapped[bool] = mapped_column(default=False)
    """Whether its paper goes with the mail as a file, as whoever reads that address wants it."""
    last_error: Mapped[str] = mapped_column(String(40), default="")
    """A code (`550`, `unreachable`), never words: a server's answer may name a person."""

    __table_args__ = (
        Index("ix_letter_inbox", "to_party", "to_id", "to_role", "served_at", "id"),
        partial_index("ix_letter_waiting", "next_try_at", where="mail_state = 'waiting'"),
        partial_index("ix_letter_sharing", "served_at", "id", where="mail_state = 'sharing'"),
        partial_index("ix_letter_given_up", "id", where="mail_state = 'given_up'"),
    )

    def subject(self, language: str) -> str:
        return str(self.texts[language]["subject"])

    def body(self, language: str) -> str:
        return str(self.texts[language]["body"])


def inbox(
    session: Session,
    addresses: Sequence[Address],
    now: datetime,
    before_id: int | None = None,
    limit: int = PAGE,
    readable: Readable = ALL,
) -> Sequence[Letter]:
    """The letters of these addresses, newest first; `before_id` is the last letter of the page before."""
    found = select(Letter).where(served_to(addresses, now), readable)
    last = session.scalars(found.where(Letter.id == before_id)).one_or_none() if before_id is not None else None
    if last:
        found = found.where(tuple_(Letter.served_at, Letter.id) < tuple_(last.served_at, last.id))
    return session.scalars(found.order_by(Letter.served_at.desc(), Letter.id.desc()).limit(limit)).all()


def find_letter(
    session: Session, addresses: Sequence[Address], letter_id: int, now: datetime, readable: Readable = ALL
) -> Letter | None:
    """One letter, if it has been served to one of these addresses."""
    found = select(Letter).where(Letter.id == letter_id, served_to(addresses, now), readable)
    return session.scalars(found).one_or_none()


def unread_count(
    session: Session, addresses: Sequence[Address], now: datetime, readable: Readable = ALL, most: int | None = None
) -> int:
    """How many letters of these addresses nobody has opened; counted from the newest, no further than `most`."""
    return session.scalar(number_unread(addresses, now, readable, most)) or 0


def number_unread(
    addresses: Sequence[Address], now: datetime, readable: Readable = ALL, most: int | None = None
) -> Select[int]:
    """The same as a question, to be asked together with others."""
    if most is None or not addresses:
        unread = select(Letter.id).where(Letter.read_at.is_(None), served_to(addresses, now), readable)
        return select(func.count()).select_from(unread.subquery())
    # each address for itself, so that its index gives the newest and no more of them are looked at
    newest = (
        select(Letter.id)
        .where(Letter.read_at.is_(None), served_to([address], now), readable)
        .order_by(Letter.served_at.desc(), Letter.id.desc())
        .limit(most)
        .subquery()
        for address in dict.fromkeys(addresses)
    )
    every = union_all(*(select(one.c.id) for one in newest)).limit(most)
    return select(func.count()).select_from(every.subquery())


def mark_read(session: Session, letter: Letter, now: datetime) -> None:
    """Note when a letter was first opened; a second time changes nothing."""
    if letter.read_at is None:
        letter.read_at = now
        session.flush()


def mark_all_read(
    session: Session, addresses: Sequence[Address], newest_id: int, now: datetime, readable: Readable = ALL
) -> None:
    """Note of every letter of these addresses that nobody has opened, up to the newest one that was shown, that it is
    read."""
    unread = select(Letter.id).where(Letter.read_at.is_(None), served_to(addresses, now), readable)
    session.execute(update(Letter).where(Letter.id.in_(unread.where(Letter.id <= newest_id))).values(read_at=now))


def letters_of(session: Session, addresses: Sequence[Address], case_number: str, now: datetime) -> Sequence[Letter]:
    """The letters of one case that were served to these addresses, newest first."""
    found = select(Letter).where(Letter.case_number == case_number, served_to(addresses, now))
    return session.scalars(found.order_by(Letter.served_at.desc(), Letter.id.desc())).all()


def served_to(addresses: Sequence[Address], now: datetime) -> ColumnElement[bool]:
    return and_(_to_one_of(*addresses), Letter.served_at <= now)


@lru_cache(maxsize=500)
def _to_one_of(*addresses: Address) -> ColumnElement[bool]:
    each = (
        and_(
            Letter.to_party == address.party,
            Letter.to_id.is_(None) if address.id is None else Letter.to_id == address.id,
            Letter.to_role == address.role,
        )
        for address in addresses
    )
    return or_(*each) if addresses else Letter.id.is_(None)
