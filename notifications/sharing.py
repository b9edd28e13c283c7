"""Letters that were written and not yet given an address: which ones, and what becomes of each.

A letter keeps one row for the body it is served to. That row is mailed to the body's address or not at all; whoever
else wants it as mail gets a row of their own, which is in no inbox. It knows no person and no case.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications.letters import NO_MAIL, PERSON, SHARING, WAITING, Letter


@dataclass(frozen=True)
class Own:
    """Somebody's own address, and the language they read."""

    user_id: int
    mail: str
    language: str


@dataclass(frozen=True)
class Ways:
    """Where a letter is mailed: to the body's address or not, in which language, and to whom besides."""

    body: bool
    people: tuple[Own, ...] = ()
    language: str = ""
    """That of whoever has the body's address as their own; empty: as it was written."""


def to_share(
    session: Session, now: datetime, limit: int, of: Sequence[int] | None = None, but: Collection[int] = ()
) -> Sequence[Letter]:
    """Letters served by now, the oldest first, `of` these alone and without those; locked, so that no other scheduler
    shares them too."""
    served = select(Letter).where(Letter.mail_state == SHARING, Letter.served_at <= now, Letter.id.not_in(but))
    if of is not None:
        served = served.where(Letter.id.in_(of))
    oldest = served.order_by(Letter.served_at, Letter.id).limit(limit).with_for_update(skip_locked=True)
    return session.scalars(oldest.execution_options(populate_existing=True)).all()


def share(session: Session, letter: Letter, ways: Ways) -> None:
    """Let a letter go these ways."""
    mailed = ways.body and bool(letter.mail)
    letter.mail = letter.mail if mailed else ""
    letter.mail_state = WAITING if mailed else NO_MAIL
    letter.next_try_at = letter.served_at if mailed else None
    letter.language = (mailed and ways.language) or letter.language
    session.add_all(_copy(letter, one) for one in ways.people)


def _copy(letter: Letter, to: Own) -> Letter:
    return Letter(
        to_party=PERSON,
        to_id=to.user_id,
        to_role="",
        mail=to.mail,
        language=to.language,
        name=letter.name,
        case_number=letter.case_number,
        texts=letter.texts,
        paper_id=letter.paper_id,
        written_at=letter.written_at,
        served_at=letter.served_at,
        mail_state=WAITING,
        next_try_at=letter.served_at,
    )
