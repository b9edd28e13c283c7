"""Filters of the desk that people keep: a name and what is asked for. Only their owner reads them.

A query is kept as the desk writes it; whether it still says anything is for the desk to see.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant, transaction
from registry.people import User
from workflow.refusal import Impossible, Incomplete, Message, say

MOST: Final = 20
LONGEST: Final = 40
"""Characters of a name."""


class SavedFilter(Base):
    """A filter of one person. Two people may call theirs the same."""

    __tablename__ = "saved_filter"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id"), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST))
    query: Mapped[str] = mapped_column(String(500))
    saved_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("user_id", "name"),)


def filters_of(session: Session, user_id: int) -> list[SavedFilter]:
    """The person's filters, in the order in which they were kept."""
    return list(session.scalars(select(SavedFilter).where(SavedFilter.user_id == user_id).order_by(SavedFilter.id)))


def keep_filter(user_id: int, name: str, query: str, now: datetime) -> SavedFilter:
    """Keep a new filter. Raises Incomplete by field, Impossible where there are twenty already."""
    with transaction() as session:
        held = _held(session, user_id)
        name = _fit(name, held)
        if len(held) >= MOST:
            raise Impossible(say("You keep {n} filters already: remove one first.", n=MOST))
        row = SavedFilter(user_id=user_id, name=name, query=query, saved_at=now)
        session.add(row)
        session.flush()
        return row


def rename_filter(user_id: int, id: int, name: str) -> SavedFilter:
    """Call a filter otherwise. Raises Incomplete by field, Impossible where it is not there."""
    with transaction() as session:
        held = _held(session, user_id)
        row = _one(held, id)
        row.name = _fit(name, [other for other in held if other is not row])
        session.flush()
        return row


def remove_filter(user_id: int, id: int) -> None:
    """Take a filter away. Raises Impossible where it is not there."""
    with transaction() as session:
        session.delete(_one(_held(session, user_id), id))


def _held(session: Session, user_id: int) -> list[SavedFilter]:
    """Under the lock of their owner, so that two windows keep no twenty-first and no name twice."""
    session.execute(select(User.id).where(User.id == user_id).with_for_update())
    return filters_of(session, user_id)


def _one(held: list[SavedFilter], id: int) -> SavedFilter:
    found = next((row for row in held if row.id == id), None)
    if found is None:
        raise Impossible(say("This filter is not there any more."))
    return found


def _fit(name: str, others: list[SavedFilter]) -> str:
    name = " ".join(name.split())
    fault = _fault(name, others)
    if fault:
        raise Incomplete({"name": fault})
    return name


def _fault(name: str, others: list[SavedFilter]) -> Message | None:
    if not name:
        return say("Give the filter a name.")
    if len(name) > LONGEST:
        return say("Use {n} characters at most.", n=LONGEST)
    if any(other.name == name for other in others):
        return say("You have a filter of this name: choose another.")
    return None
