"""Whether a paper that somebody holds was issued here: for whoever has its number and its check code.

Papers of kinds that are kept from somebody are never shown so: number and code can be copied from a desk.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.ledger.verify import verify_case
from cases.letters.telling import paper_form
from cases.model.tables import Case, Event
from notifications.papers import Paper, find_paper

MASK = "＊＊＊＊"


@dataclass(frozen=True)
class Genuine:
    """A paper that was issued here; `head` is the hash at the head of its case then, `whole` whether the chain of the
    case's `events` holds now."""

    paper: Paper
    head: str
    events: int
    whole: bool


def genuine(session: Session, number: str, code: str) -> Genuine | None:
    """The paper, or None where number and code do not belong together, or the kind is not shown so."""
    paper = find_paper(session, number, code)
    case = session.scalars(select(Case).where(Case.number == paper.case_number)).first() if paper else None
    if paper is None or case is None or not can_be_checked(paper, case.kind):
        return None
    verdict = verify_case(session, case.id)
    return Genuine(paper, head_at_issue(session, paper, case.id), verdict.events, verdict.ok)


def can_be_checked(paper: Paper, kind: str) -> bool:
    """Whether everybody with number and code may be told that the paper is genuine."""
    return not all_kinds()[kind].closed_to and not paper_form(paper.form).closed


def head_at_issue(session: Session, paper: Paper, case_id: int) -> str:
    """The hash at the head of the case when the paper was issued: that of the event that issued it, or ""."""
    then = select(Event.hash).where(Event.case_id == case_id, Event.at <= paper.issued_at)
    return session.scalars(then.order_by(Event.seq.desc()).limit(1)).first() or ""


def in_part(name: str) -> str:
    """A name as it may be shown to whoever holds the paper and compares: how it begins, and how it ends."""
    return f"{name[:2]}{MASK}{name[-4:]}" if len(name) > 10 else f"{name[:1]}{MASK}{name[-1:]}" if name else ""
