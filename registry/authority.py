"""Letters of authority: from one day to another, both included, an enterprise lets an agent act for it.

A dated row with the letter as a file. It is read with every request, so it ends by itself. It knows no person's name,
no case and no request; days are days in the jurisdiction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import JSON, BindParameter, ColumnElement, Date, ForeignKey, String, and_, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant


class Authority(Base):
    """What an enterprise has given an agent in writing. `kinds` of case; none named: all. It is never removed."""

    __tablename__ = "authority"

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("user_.id"), index=True)
    from_day: Mapped[date]
    until_day: Mapped[date]
    kinds: Mapped[list[str]] = mapped_column(JSON, default=list)
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))
    entered_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))

    def stands(self, day: date) -> str:
        """How it stands on a day: `ended` before its last day, `later`, `now` or `over`."""
        if self.ended_at is not None:
            return "ended"
        return "later" if day < self.from_day else "over" if day > self.until_day else "now"


def in_force(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """The condition that holds for the letters by which an agent may act on this day."""
    return and_(Authority.from_day <= day, Authority.until_day >= day, Authority.ended_at.is_(None))


_LENT: Final = (
    select(Authority)
    .where(Authority.agent_id == bindparam("agent"), in_force(bindparam("day", type_=Date)))
    .order_by(Authority.id)
)


def lent_to(session: Session, agent_id: int, day: date) -> dict[int, frozenset[str]]:
    """For which enterprises the agent may act on this day, and in which kinds of case; none named: in all."""
    lent: dict[int, frozenset[str]] = {}
    for row in session.scalars(_LENT, {"agent": agent_id, "day": day}):
        known = lent.get(row.enterprise_id)
        whole = not row.kinds or known == frozenset()
        lent[row.enterprise_id] = frozenset() if whole else frozenset(row.kinds) | (known or frozenset())
    return lent


def authorities_of(session: Session, enterprise_ids: Collection[int]) -> Sequence[Authority]:
    """Every letter of these enterprises, the latest first."""
    mine = select(Authority).where(Authority.enterprise_id.in_(enterprise_ids))
    return session.scalars(mine.order_by(Authority.from_day.desc(), Authority.id.desc())).all()


def authorities_held(session: Session, agent_id: int) -> Sequence[Authority]:
    """Every letter that an agent holds or has held, the latest first."""
    held = select(Authority).where(Authority.agent_id == agent_id)
    return session.scalars(held.order_by(Authority.from_day.desc(), Authority.id.desc())).all()
