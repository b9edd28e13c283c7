"""Proposals that somebody has looked at one by one and marked, to approve them together: each with what was seen.

A mark decides nothing: it only says which version of a case its owner has read. Only its owner reads it.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.engine.advance import Command, advance
from cases.engine.writing import RecordedMove
from cases.kinds import all_kinds
from cases.model.reading import read_cases
from cases.model.related import Change, Since, changed_since
from extensions import Base, Instant, transaction
from registry.identity import Identity
from registry.people import User
from workflow.past import waiting_proposal
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


class ChangedSince(Outdated):
    """Something has happened round the case since it was marked; `changes` says what."""

    def __init__(self, changes: tuple[Change, ...], shown: int, now: int) -> None:
        super().__init__(say("Something has changed since you marked it."), shown, now)
        self.changes = changes


def marks_of(session: Session, user_id: int) -> dict[int, ApprovalMark]:
    """The person's marks, by case."""
    return {mark.case_id: mark for mark in session.scalars(select(ApprovalMark).filter_by(user_id=user_id))}


def mark(seen: ApprovalMark, now: datetime) -> None:
    """Keep what the person has seen; seen again, the newer replaces the older."""
    with transaction() as session:
        session.execute(select(User.id).where(User.id == seen.user_id).with_for_update())  # two windows, one mark
        seen.marked_at = now
        session.merge(seen)


def unmark(user_id: int, case_ids: Collection[int]) -> None:
    """Take these marks away; what is not there is not missed."""
    with transaction() as session:
        theirs = ApprovalMark.user_id == user_id, ApprovalMark.case_id.in_(case_ids)
        session.execute(delete(ApprovalMark).where(*theirs))


def approve_marked(
    world: RuleContext,
    marked: ApprovalMark,
    identity: Identity,
    person: Person,
    answers: Mapping[str, object],
    now: datetime,
) -> RecordedMove:
    """Decide as it was seen, all in one transaction. Raises ChangedSince where anything has happened round the case
    since, else as `advance`.

    The mark goes with the act; where it is refused it stays, so that its owner looks again.
    """
    case_id, action, version, opened_at = marked.case_id, marked.action, marked.seen, marked.opened_at
    with transaction() as session:
        file = read_cases(session, [case_id], lock=True)[0]
        if changes := changed_since(session, identity, Since(file, version, opened_at)):
            raise ChangedSince(changes, version, file.length)
        past = [event for event in file.snapshot.past if event.seq <= version]
        seen = waiting_proposal(all_kinds()[file.kind], past)
        written = advance(world, Command(case_id, action, answers, version, seen.seq if seen else None), person, now)
        unmark(identity.user_id, [case_id])
    return written
