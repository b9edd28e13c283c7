"""Look-ups by number and check code: the status of a case, and whether a paper was issued here.

No name, no word, no record. Kinds that are kept from somebody are never shown so: a number and a code can be copied
from a desk.
"""

import hmac
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.ledger.verify import verify_case
from cases.letters.telling import paper_form
from cases.model.tables import Case, Event, TimerRow
from notifications.papers import Paper, code_in, find_paper, papers_of

MASK = "＊＊＊＊"


def status_of(session: Session, number: str, code: str) -> tuple[Case, TimerRow | None] | None:
    """The case and the deadline of the desk that has it: the running one that ends first, a paused one where nothing
    else runs; None where number and code do not belong together, or the kind is not shown so."""
    case = session.scalars(select(Case).where(Case.number == as_number(number))).first()
    kept = case.check_code if case else ""
    if case is None or not hmac.compare_digest(kept, code_in(code)) or all_kinds()[case.kind].closed_to:
        return None
    running = select(TimerRow).where(
        TimerRow.case_id == case.id, TimerRow.stopped_on.is_(None), TimerRow.owner == case.desk
    )
    found = session.scalars(running.order_by(TimerRow.due_on, TimerRow.id)).all()
    return case, min(found, key=lambda timer: timer.due_on or date.max, default=None)


def as_number(text: str) -> str:
    """A case number as it is kept, however it was typed: letter by letter, in small letters, in groups."""
    plain = code_in(text)
    return f"{plain[:4]}-{plain[4:6]}-{plain[6:]}" if plain[:4].isdecimal() and plain[4:6].isalpha() else plain


@dataclass(frozen=True)
class GenuinePaper:
    """A paper that was issued here. `later` took its place, if any did; `head` is the hash at the head of its case
    then, `whole` whether the chain of the case's `events` holds now."""

    paper: Paper
    later: Paper | None
    head: str
    events: int
    whole: bool


def genuine(session: Session, number: str, code: str) -> GenuinePaper | None:
    """The paper, or None where number and code do not belong together, or the kind is not shown so."""
    return shown_to_all(session, find_paper(session, number, code))


def shown_to_all(session: Session, paper: Paper | None) -> GenuinePaper | None:
    """What everybody is told of a paper that was found; None where none was, or its kind is not shown so."""
    case = session.scalars(select(Case).where(Case.number == paper.case_number)).first() if paper else None
    if paper is None or case is None or not can_be_checked(paper, case.kind):
        return None
    verdict = verify_case(session, case.id)
    head = head_at_issue(session, paper, case.id)
    return GenuinePaper(paper, replaced_by(session, paper), head, verdict.events, verdict.ok)


def can_be_checked(paper: Paper, kind: str) -> bool:
    """Whether everybody with number and code may be told that the paper is genuine."""
    return not all_kinds()[kind].closed_to and not paper_form(paper.form).closed


class Beside(TypedDict):
    """What the sheet of a paper says that the paper does not keep: the head of its case's ledger when it was issued,
    and, where that is allowed, the address where anybody can check it."""

    ledger: str
    site: str


def beside(session: Session, paper: Paper, site: str) -> Beside:
    """What stands beside the paper on its sheet; of one whose case is not here nothing does."""
    case = session.scalars(select(Case).where(Case.number == paper.case_number)).first()
    if case is None:
        return {"ledger": "", "site": ""}
    checked = site if can_be_checked(paper, case.kind) else ""
    return {"ledger": head_at_issue(session, paper, case.id), "site": checked}


def replaced_by(session: Session, paper: Paper) -> Paper | None:
    """The decision that took the place of this one in its case: the answer after a review, a revocation."""
    later = [one for one in papers_of(session, paper.case_number) if one.id > paper.id and _decides_anew(one)]
    return later[0] if later and paper_form(paper.form).decides else None


def _decides_anew(paper: Paper) -> bool:
    """Whether it decides with reasons of its own; that a review has ended leaves the first decision as it was."""
    form = paper_form(paper.form)
    return form.decides and not {"reasons", "findings"}.isdisjoint(form.needs)


def head_at_issue(session: Session, paper: Paper, case_id: int) -> str:
    """The hash at the head of the case when the paper was issued: that of the event that issued it, or ""."""
    then = select(Event.hash).where(Event.case_id == case_id, Event.at <= paper.issued_at)
    return session.scalars(then.order_by(Event.seq.desc()).limit(1)).first() or ""


def in_part(name: str) -> str:
    """A name as it may be shown to a holder of the paper who compares: how it begins, and how it ends."""
    return f"{name[:2]}{MASK}{name[-4:]}" if len(name) > 10 else f"{name[:1]}{MASK}{name[-1:]}" if name else ""
