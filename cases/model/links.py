"""Cases that one case opened or was opened by, as a person may see them: what they may not read is not there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cases.model.tables import Case, CaseLink
from cases.model.visibility import visible_to
from registry.identity import Identity


@dataclass(frozen=True)
class Link:
    """A linked case. `how` it is, seen from the case at hand: opened, opened_by, joined (added to) or joined_by.

    `seq` is the event of the case that was opened or added to.
    """

    number: str
    kind: str
    state: str
    how: str
    seq: int
    filed_on: date
    closed: bool


def links_of(session: Session, identity: Identity, case_id: int) -> tuple[Link, ...]:
    """The linked cases that the person may read, in the order in which they were linked."""
    other = or_(
        (CaseLink.from_case_id == case_id) & (Case.id == CaseLink.to_case_id),
        (CaseLink.to_case_id == case_id) & (Case.id == CaseLink.from_case_id),
    )
    found = select(CaseLink, Case).join(Case, other).where(visible_to(identity)).order_by(Case.id)
    return tuple(_link(link, case, case_id) for link, case in session.execute(found))


def _link(link: CaseLink, case: Case, case_id: int) -> Link:
    how = "opened" if link.seq == 1 else "joined"
    if link.to_case_id == case_id:
        how += "_by"
    return Link(case.number, case.kind, case.state, how, link.seq, case.filed_on, case.closed_at is not None)
