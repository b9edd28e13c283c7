"""What one firm may bring at most, as its place says: cases in an hour, cases about no record open at once, files in a
case. It holds for the firm's own people; what comes over the counter is always taken.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.model.tables import Attachment, Case
from workflow.decide import Move
from workflow.definition import FILER
from workflow.jurisdiction import AtMost
from workflow.refusal import Impossible, NotYet, say

HOUR: Final = timedelta(hours=1)


def refuse_more_cases(session: Session, at_most: AtMost, move: Move, enterprise: int, now: datetime) -> None:
    """Raise NotYet or Impossible where this filing is one more than the firm may bring, with when the next is taken."""
    if move.role != FILER:
        return
    theirs = select(Case.opened_at).where(Case.enterprise_id == enterprise)
    lately = session.scalars(
        theirs.where(Case.opened_at > now - HOUR).order_by(Case.opened_at.desc()).limit(at_most.filings_an_hour)
    ).all()
    if len(lately) == at_most.filings_an_hour:
        raise NotYet(
            say(
                "Within an hour an enterprise can file {n} cases, and yours has. The next can be sent after {at}; what "
                "you wrote is kept.",
                n=len(lately),
                at=lately[-1] + HOUR,
            )
        )
    if not move.definition.without_record:
        return
    opened = select(func.count(Case.id)).where(
        Case.enterprise_id == enterprise, Case.kind == move.definition.kind, Case.closed_at.is_(None)
    )
    if session.scalar(opened) == at_most.complaints_open:
        raise Impossible(
            say(
                "Your enterprise has {n} such cases open, as many as there can be at once. The next can be sent when "
                "one of them has been answered or withdrawn; what you wrote is kept.",
                n=at_most.complaints_open,
            )
        )


def refuse_more_files(session: Session, at_most: AtMost, move: Move, case_id: int) -> None:
    """Raise Impossible where the firm's files would be more than a case takes."""
    coming = sum(isinstance(files, list | tuple) and len(files) for files in move.files.values())
    if move.role != FILER or not coming:
        return
    there = session.scalar(select(func.count(Attachment.id)).where(Attachment.case_id == case_id)) or 0
    if there + coming > at_most.files_a_case:
        raise Impossible(
            say(
                "A case takes {most} files, and this one has {there}: send fewer, or bring the rest to the office.",
                most=at_most.files_a_case,
                there=there,
            )
        )
