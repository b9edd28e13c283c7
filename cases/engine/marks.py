"""Proposals that somebody has looked at one by one and marked, to approve them together: each with what was seen.

A mark decides nothing: it only says which version of a case its owner has read. Only its owner reads it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Delete, ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.engine.advance import Command, advance
from cases.engine.writing import RecordedMove
from cases.model.reading import read_cases
from cases.model.related import Change, Since, changed_since
from extensions import Base, Instant, transaction
from registry.identity import Identity
from registry.people import User
from workflow.refusal import Outdated, say
from workflow.snapshot import Person, RuleContext


class ApprovalMark(Base):
    """That a person has opened a proposal, when, and which version of the case they were shown."""

    __tablename__ = "approval_mark"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), primary_key=True)
    action: Mapped[str] = mapped_column(String(40))
    seen: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(Instant)
    marked_at: Mapped[datetime] = mapped_column(Instant)


@dataclass(frozen=True)
class Seen:
    """What somebody was shown: the act, the version of the case, and when the page was opened."""

    case_id: int
    action: str
    version: int
    opened_at: datetime


class ChangedSince(Outdated):
    """Something has happened round the case since it was marked; `changes` says what."""

    def __init__(self, changes: tuple[Change, ...], shown: int, now: int) -> None:
        super().__init__(say("Something has changed since you marked it."), shown, now)
        self.changes = changes


def marks_of(session: Session, user_id: int) -> dict[int, ApprovalMark]:
    """The person's marks, by case."""
    found = session.scalars(select(ApprovalMark).where(ApprovalMark.user_id == user_id))
    return {mark.case_id: mark for mark in found}


def mark(user_id: int, seen: Seen, now: datetime) -> None:
    """Keep that the person has seen this; seen again, the newer replaces the older."""
    with transaction() as session:
        session.execute(select(User.id).where(User.id == user_id).with_for_update())  # two windows, one mark
        session.execute(_of(user_id, [seen.case_id]))
        session.add(
            ApprovalMark(
                user_id=user_id,
                case_id=seen.case_id,
                action=seen.action,
                seen=seen.version,
                opened_at=seen.opened_at,
                marked_at=now,
            )
        )


def unmark(user_id: int, case_ids: Collection[int]) -> None:
    """Take these marks away; what is not there is not missed."""
    with transaction() as session:
        session.execute(_of(user_id, case_ids))


def approve_marked(
    world: RuleContext, seen: Seen, identity: Identity, person: Person, answers: Mapping[str, object], now: datetime
) -> RecordedMove:
    """Decide as it was seen, all in one transaction. Raises ChangedSince where anything has happened round the case
    since, else as `advance`.

    The mark goes with the act; where it is refused it stays, so that its owner looks again.
    """
    with transaction() as session:
        file = read_cases(session, [seen.case_id], lock=True)[0]
        changes = changed_since(session, identity, Since(file, seen.version, seen.opened_at))
        if changes:
            raise ChangedSince(changes, seen.version, file.length)
        written = advance(world, Command(seen.case_id, seen.action, answers, seen.version), person, now)
        unmark(identity.user_id, [seen.case_id])
    return written


def _of(user_id: int, case_ids: Collection[int]) -> Delete:
    return delete(ApprovalMark).where(ApprovalMark.user_id == user_id, ApprovalMark.case_id.in_(case_ids))
