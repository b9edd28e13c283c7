"""What lies around a case for one reader: people, papers, files, links, flags and drafts, asked in one statement."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Integer, bindparam, or_, select
from sqlalchemy.orm import Session

from cases.letters.decision import CORRECTED
from cases.model.drafts import ActDraft
from cases.model.tables import Attachment, Case, CaseLink
from database import Question, ask_together
from notifications.letters import Letter
from notifications.papers import Paper
from registry.credit_records import RecordFlag
from registry.people import User, working_at
from workflow.definition import Party


class Around(NamedTuple):
    """The rows of each question. Who may read what of them is for the reading to say."""

    names: Sequence[Any]
    """Id and name of the people who were asked for."""
    colleagues: Sequence[Any]
    """Id and name of who can move the case on where it lies."""
    corrected: Sequence[Any]
    """What the case, or the one that opened it, has changed in the record."""
    opened_by: Sequence[Any]
    links: Sequence[Any]
    on_the_record: Sequence[Any]
    flags: Sequence[Any]
    papers: Sequence[Paper]
    served: Sequence[Any]
    """The papers that the firm was sent."""
    files: Sequence[Attachment]
    drafts: Sequence[ActDraft]
    """The reader's, the latest first."""


def around(session: Session, values: Mapping[str, Any]) -> Around:
    """`values`: the case, its number, firm and record, the reader, the people to name; roles and bureau of its desk."""
    asked = _asked(values["bureau"] is None)
    found = dict(zip(asked, ask_together(session.connection(), tuple(asked.values()), values), strict=True))
    for name, table in (("papers", Paper), ("files", Attachment), ("drafts", ActDraft)):
        found[name] = [table(**row._asdict()) for row in found[name]]
    return Around(**found)


@cache
def _asked(at_the_office: bool) -> dict[str, Question]:
    case, record, user = (bindparam(name, type_=Integer) for name in ("case", "record", "user"))
    here = None if at_the_office else bindparam("bureau", type_=Integer)
    number: BindParameter[str] = bindparam("number")
    to_firm = Letter.to_party == str(Party.ENTERPRISE), Letter.to_id == bindparam("firm", type_=Integer)
    links, drafts = select(CaseLink.__table__), select(ActDraft.__table__)
    return {
        "names": select(User.id, User.name).where(User.id.in_(bindparam("people", expanding=True))),
        "colleagues": working_at(here, bindparam("roles", expanding=True)),
        "corrected": CORRECTED,
        "opened_by": select(CaseLink.from_case_id).where(CaseLink.to_case_id == case).order_by(CaseLink.seq),
        "links": links.where(or_(CaseLink.from_case_id == case, CaseLink.to_case_id == case)),
        "on_the_record": select(Case.id).where(Case.record_id == record, Case.id != case),
        "flags": select(RecordFlag.case_id).where(RecordFlag.record_id == record),
        "papers": select(Paper.__table__).where(Paper.case_number == number).order_by(Paper.id.desc()),
        "served": select(Letter.paper_id).where(Letter.case_number == number, *to_firm),
        "files": select(Attachment.__table__).where(Attachment.case_id == case).order_by(Attachment.id),
        "drafts": drafts.where(ActDraft.user_id == user, ActDraft.case_id == case).order_by(ActDraft.saved_at.desc()),
    }
