"""How an enterprise's first person comes in: mailbox code, application, decision on the sealed paper.

A mailbox code proves who reads the mailbox, and no enterprise. It lives a quarter of an hour and dies at the fifth
wrong try; only hashes of codes and tokens are kept. Nothing here sends or knows a request.
"""

import re
import secrets
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ForeignKey, String, Text, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant, partial_index
from notifications.letters import APPLICANT, Address
from notifications.post import NewLetter, post
from registry.documents import Document
from registry.organisations import MAIL, Enterprise, valid_code
from registry.passwords import one_way, same, token_hash
from registry.people import User, add_person
from registry.sign_in import count_mailed_code, one_time_link
from workflow.definition import FILER
from workflow.refusal import Impossible, Incomplete, Message, refuse_faulty, say

LETTERS: Final = "KT"
LONGEST_NAME: Final = 200


class Application(Base):
    """Who asks to be let in for which enterprise; once decided, on which sealed paper, by whom and with what result."""

    __tablename__ = "application"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(20), unique=True)
    """Drawn from the id in the same transaction."""
    code: Mapped[str] = mapped_column(String(18), index=True)
    firm: Mapped[str] = mapped_column(String(200))
    person: Mapped[str] = mapped_column(String(80))
    mail: Mapped[str] = mapped_column(String(254), index=True)
    language: Mapped[str] = mapped_column(String(2))
    applied_at: Mapped[datetime] = mapped_column(Instant)
    paper_on: Mapped[date | None]
    """The date on the sealed paper."""
    signed_by: Mapped[str] = mapped_column(String(80), default="")
    filed_at: Mapped[str] = mapped_column(String(200), default="")
    """Where the paper lies; may be empty where there is a scan."""
    sha256: Mapped[str] = mapped_column(String(64), default="")
    name: Mapped[str] = mapped_column(String(200), default="")
    media_type: Mapped[str] = mapped_column(String(60), default="")
    size: Mapped[int] = mapped_column(default=0)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    """The account that it became."""
    reasons: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (partial_index("ix_application_waiting", "id", where="decided_at IS NULL"),)

    @property
    def stands(self) -> str:
        """`waiting`, `admitted` or `refused`."""
        return "waiting" if self.decided_at is None else "admitted" if self.user_id is not None else "refused"


@dataclass(frozen=True)
class AdmissionRequest:
    """What the first pages ask: the enterprise as on its licence, and the person."""

    firm: str
    code: str
    person: str = ""


def read_firm(firm: str, code: str) -> AdmissionRequest:
    """The enterprise as it is kept. Raises `Incomplete`, by field; whether it is known here does not matter."""
    firm, code = " ".join(firm.split()), re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", code)).upper()
    faults: dict[str, Message] = {}
    if not 2 <= len(firm) <= LONGEST_NAME:
        faults["firm"] = say("Write the firm's whole name, as on its business licence.")
    if fault := valid_code(code):
        faults["code"] = fault
    refuse_faulty(faults)
    return AdmissionRequest(firm, code)


def apply(
    session: Session, asked: AdmissionRequest, mail: str, language: str, today: date, now: datetime
) -> Application:
    """The application; the one that waits already where the same person has sent it before."""
    waiting = select(Application).where(
        Application.code == asked.code,
        Application.mail == mail,
        Application.person == asked.person,
        Application.decided_at.is_(None),
    )
    if before := session.scalars(waiting).first():
        return before
    row = Application(
        code=asked.code, firm=asked.firm, person=asked.person, mail=mail, language=language, applied_at=now
    )
    session.add(row)
    session.flush()
    row.number = f"{today.year}-{LETTERS}-{row.id:06d}"
    session.flush()
    return row


def applications_from(session: Session, mail: str) -> Sequence[Application]:
    """What was asked for from a mailbox, the latest first."""
    mine = select(Application).where(Application.mail == mail).order_by(Application.id.desc())
    return session.scalars(mine).all()


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
    refuse_faulty(_faults(paper, today))
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


LASTS: Final = timedelta(minutes=15)
TRIES: Final = 5
DIGITS: Final = 6


class MailCode(Base):
    """A code on its way: for which mailbox, asked for by the browser that holds the token."""

    __tablename__ = "mail_code"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    mail: Mapped[str] = mapped_column(String(254))
    code_hash: Mapped[str] = mapped_column(String(200))
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
    tries: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True)
class NewCode:
    """What leaves at once: the token for the browser, the code for the mailbox."""

    token: str
    code: str


def new_code(session: Session, mail: str, address: str, now: datetime) -> NewCode:
    """A code for that mailbox, asked for from that network address. Raises `Incomplete` and `TooManyTries`."""
    mail = mail.strip()
    if not MAIL.fullmatch(mail) or len(mail) > 200:
        raise Incomplete({"mail": say("Write a mail address that you can read now, for example office@example.cn.")})
    count_mailed_code(session, mail, address, now)
    session.execute(delete(MailCode).where(MailCode.expires_at <= now))
    new = NewCode(secrets.token_urlsafe(32), f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}")
    session.add(
        MailCode(token_hash=token_hash(new.token), mail=mail, code_hash=one_way(new.code), expires_at=now + LASTS)
    )
    session.flush()
    return new


def prove(session: Session, token: str, code: str, now: datetime) -> str | Message:
    """The mailbox that the code proves, and the code is used up; else why not. Commit either way: tries are counted.

    The row is locked, so that tries at the same time cannot slip past.
    """
    asked = select(MailCode).where(MailCode.token_hash == token_hash(token), MailCode.expires_at > now)
    row = session.scalars(asked.with_for_update(), execution_options={"populate_existing": True}).one_or_none()
    if row is None or row.tries >= TRIES:
        return say("This code has run out. Have a new one sent.")
    row.tries += 1
    if same("".join(code.split()), row.code_hash):
        session.delete(row)
        session.flush()
        return row.mail
    session.flush()
    left = TRIES - row.tries
    if not left:
        return say("This was the fifth wrong code. Have a new one sent.")
    return say("The code is not right: look at the newest mail. {n} more tries.", n=left)


def mailbox_asked(session: Session, token: str, now: datetime) -> str:
    """To which mailbox the code of that token went, while it can be typed; empty: to none."""
    asked = select(MailCode.mail).where(
        MailCode.token_hash == token_hash(token), MailCode.expires_at > now, MailCode.tries < TRIES
    )
    return session.scalar(asked) or ""
