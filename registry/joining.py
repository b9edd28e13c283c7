"""Applications for an account by the first person of an enterprise (with a mailbox that a code has proved).

What is written here proves no firm: the office decides on the sealed paper (`admissions.py`). Whether the firm is known
here already is not said to whoever applies.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ForeignKey, Index, String, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant
from registry.organisations import valid_code
from workflow.refusal import Incomplete, Message, say

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

    __table_args__ = (
        Index(
            "ix_application_waiting",
            "id",
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
    )

    @property
    def stands(self) -> str:
        """`waiting`, `admitted` or `refused`."""
        return "waiting" if self.decided_at is None else "admitted" if self.user_id is not None else "refused"


@dataclass(frozen=True)
class Asked:
    """What the first pages ask: the enterprise as on its licence, and the person."""

    firm: str
    code: str
    person: str = ""


def read_firm(firm: str, code: str) -> Asked:
    """The enterprise as it is kept. Raises `Incomplete`, by field; whether it is known here does not matter."""
    firm, code = " ".join(firm.split()), re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", code)).upper()
    faults: dict[str, Message] = {}
    if not 2 <= len(firm) <= LONGEST_NAME:
        faults["firm"] = say("Write the firm's whole name, as on its business licence.")
    if fault := valid_code(code):
        faults["code"] = fault
    if faults:
        raise Incomplete(faults)
    return Asked(firm, code)


def apply(session: Session, asked: Asked, mail: str, language: str, today: date, now: datetime) -> Application:
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
