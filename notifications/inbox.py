"""Inboxes: the letters served to the addresses that a person reads, newest first. Only `mark_read` writes.

`readable` is a condition that the caller lays over them: of some cases a letter is not read for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select, true, tuple_
from sqlalchemy.orm import Session

from notifications.letters import Address, Letter

PAGE = 50
Readable = ColumnElement[bool]
ALL: Final[Readable] = true()


def inbox(
    session: Session,
    addresses: Sequence[Address],
    now: datetime,
    before_id: int | None = None,
    limit: int = PAGE,
    readable: Readable = ALL,
) -> Sequence[Letter]:
    """The letters of these addresses, newest first; `before_id` is the last letter of the page before."""
    found = select(Letter).where(_served_to(addresses, now), readable)
    last = session.scalars(found.where(Letter.id == before_id)).one_or_none() if before_id is not None else None
    if last:
        found = found.where(tuple_(Letter.served_at, Letter.id) < tuple_(last.served_at, last.id))
    return session.scalars(found.order_by(Letter.served_at.desc(), Letter.id.desc()).limit(limit)).all()


def find_letter(
    session: Session, addresses: Sequence[Address], letter_id: int, now: datetime, readable: Readable = ALL
) -> Letter | None:
    """One letter, if it has been served to one of these addresses."""
    found = select(Letter).where(Letter.id == letter_id, _served_to(addresses, now), readable)
    return session.scalars(found).one_or_none()


def unread_count(
    session: Session, addresses: Sequence[Address], now: datetime, readable: Readable = ALL, most: int | None = None
) -> int:
    """How many letters of these addresses nobody has opened; counted from the newest, no further than `most`."""
    unread = select(Letter.id).where(Letter.read_at.is_(None), _served_to(addresses, now), readable)
    if most is not None:
        unread = unread.order_by(Letter.served_at.desc(), Letter.id.desc()).limit(most)
    return session.scalar(select(func.count()).select_from(unread.subquery())) or 0


def mark_read(session: Session, letter: Letter, now: datetime) -> None:
    """Note when a letter was first opened; a second time changes nothing."""
    if letter.read_at is None:
        letter.read_at = now
        session.flush()


def letters_of(session: Session, addresses: Sequence[Address], case_number: str, now: datetime) -> Sequence[Letter]:
    """The letters of one case that were served to these addresses, newest first."""
    found = select(Letter).where(Letter.case_number == case_number, _served_to(addresses, now))
    return session.scalars(found.order_by(Letter.served_at.desc(), Letter.id.desc())).all()


def _served_to(addresses: Sequence[Address], now: datetime) -> ColumnElement[bool]:
    return and_(_to_one_of(*addresses), Letter.served_at <= now)


@lru_cache(maxsize=500)
def _to_one_of(*addresses: Address) -> ColumnElement[bool]:
    return or_(*(_is(address) for address in addresses)) if addresses else Letter.id.is_(None)


def _is(address: Address) -> ColumnElement[bool]:
    whose = Letter.to_id.is_(None) if address.id is None else Letter.to_id == address.id
    return and_(Letter.to_party == address.party, whose, Letter.to_role == address.role)
