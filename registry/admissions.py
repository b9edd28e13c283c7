"""The first person of an enterprise let in by the office, on the sealed paper and on nothing else.

Nothing here knows a request; a link's token is handed back once and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from notifications.letters import APPLICANT
from notifications.post import Address, NewLetter, post
from registry.documents import Document
from registry.joining import Application
from registry.organisations import Enterprise
from registry.people import User, add_person
from registry.sign_in import one_time_link
from workflow.definition import FILER
from workflow.refusal import Impossible, Incomplete, Message, say


@dataclass(frozen=True)
class SealedPaper:
    """What the officer compared: the date on the paper, who signed it, and where it lies or its scan."""

    dated: date | None
    signed_by: str
    filed_at: str = ""
    scan: Document | None = None


def waiting_count(session: Session) -> int:
    """How many applications wait for the office."""
    waiting = select(func.count()).select_from(Application).where(Application.decided_at.is_(None))
    return session.scalar(waiting) or 0


def waiting_applications(session: Session) -> Sequence[Application]:
    """All that wait for the sealed paper, the oldest first."""
    return session.scalars(select(Application).where(Application.decided_at.is_(None)).order_by(Application.id)).all()


def decided_lately(session: Session, most: int) -> Sequence[Application]:
    """What was decided, the latest first."""
    found = select(Application).where(Application.decided_at.is_not(None)).order_by(Application.decided_at.desc())
    return session.scalars(found.limit(most)).all()


def find_application(session: Session, number: str) -> Application | None:
    return session.scalar(select(Application).where(Application.number == number)) if number.isprintable() else None


def firm_known(session: Session, application: Application) -> Enterprise | None:
    """The enterprise of that code, where it is here already."""
    return session.scalar(select(Enterprise).where(Enterprise.code == application.code))


def admit_first(
    session: Session, id: int, paper: SealedPaper, username: str, by: int, today: date, now: datetime, *, demo: bool
) -> tuple[User, str]:
    """Let the person in as a managing person of the firm; gives the link with which they choose a password.

    Raises `Incomplete`, by field, and `Impossible` where it has been decided meanwhile.
    """
    row = _undecided(session, id)
    faults = dict(_faults(paper, today))
    if faults:
        raise Incomplete(faults)
    user = add_person(
        session,
        username,
        row.person,
        (FILER.name,),
        enterprise_id=_firm(session, row).id,
        language=row.language,
        email=row.mail,
        demo=demo,
        manages=True,
    )
    row.paper_on, row.signed_by, row.filed_at = paper.dated, paper.signed_by.strip(), paper.filed_at.strip()
    if scan := paper.scan:
        row.sha256, row.name, row.media_type, row.size = scan.sha256, scan.name, scan.media_type, scan.size
    row.decided_at, row.decided_by_id, row.user_id = now, by, user.id
    session.flush()
    return user, one_time_link(session, user, now, by=by)


def refuse(session: Session, id: int, reasons: str, by: int, now: datetime) -> Application:
    """Refuse with reasons, which go to the mailbox as a letter. Raises `Incomplete` and `Impossible`."""
    row = _undecided(session, id)
    if not reasons.strip():
        raise Incomplete({"reasons": say("Write the reasons: they go to the person, who may apply again.")})
    row.reasons, row.decided_at, row.decided_by_id = reasons.strip(), now, by
    values = {"person": row.person, "enterprise": row.firm, "reasons": row.reasons}
    to = Address(APPLICANT, row.id, "", row.mail, row.language)
    post(session, [NewLetter(to, "application_refused", str(row.number), values)], now)
    session.flush()
    return row


def new_link(session: Session, application: Application, by: int, now: datetime) -> str:
    """Another sign-in link for who was admitted, where the first was lost. Raises `Impossible`."""
    user = session.get(User, application.user_id) if application.user_id is not None else None
    if user is None or user.password_hash:
        raise Impossible(say("Only who has not chosen a password yet gets a link here."))
    return one_time_link(session, user, now, by=by)


def _undecided(session: Session, id: int) -> Application:
    row = session.get_one(Application, id, with_for_update=True, populate_existing=True)
    if row.decided_at is not None:
        raise Impossible(say("This application has been decided meanwhile. Nothing was changed."))
    return row


def _firm(session: Session, row: Application) -> Enterprise:
    """The enterprise of the code, or a new one; where no mail of it is known, letters go to the proved mailbox."""
    firm = firm_known(session, row)
    if firm is None:
        firm = Enterprise(code=row.code, name=row.firm)
        session.add(firm)
    firm.email = firm.email or row.mail
    session.flush()
    return firm


def _faults(paper: SealedPaper, today: date) -> Iterator[tuple[str, Message]]:
    if paper.dated is None:
        yield "dated", say("Write the date that stands on the sealed paper.")
    elif paper.dated > today:
        yield "dated", say("The paper cannot bear a day that is still to come.")
    if not paper.signed_by.strip():
        yield "signed_by", say("Write who signed the paper for the firm.")
    if not paper.filed_at.strip() and paper.scan is None:
        yield "filed_at", say("Write where the paper lies, or add its scan: nobody is let in without it.")
