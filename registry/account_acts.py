"""What was done to an account, by whom and when: a sign-in link made, shown or used, the account ended.

Whoever holds a link can sign in as that person: who made one, and who saw one, stays readable for the person and for
the auditor. Rows are never changed; the database refuses it (`cases/model/triggers.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant

LINK_MADE: Final = "made"
LINK_SHOWN: Final = "shown"
"""No mail could bring it to the person: it stood on the page of who made it."""
LINK_USED: Final = "used"
ENDED: Final = "ended"


class AccountAct(Base):
    """One act on the account of `user_id`. `by_id` is none where it was done on the server's command line."""

    __tablename__ = "account_act"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id"), index=True)
    what: Mapped[str] = mapped_column(String(8))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    at: Mapped[datetime] = mapped_column(Instant)


def note_act(session: Session, user_id: int, what: str, by: int | None, now: datetime) -> None:
    """Keep that this was done to an account."""
    session.add(AccountAct(user_id=user_id, what=what, by_id=by, at=now))
    session.flush()


def account_acts(session: Session, user_id: int | None, most: int) -> Sequence[AccountAct]:
    """What was done to one account, or to any where none is named, the newest first."""
    found = select(AccountAct).order_by(AccountAct.id.desc()).limit(most)
    return session.scalars(found if user_id is None else found.where(AccountAct.user_id == user_id)).all()
