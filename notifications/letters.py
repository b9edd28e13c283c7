"""Letter: one row an addressee, outbox and inbox in one. A table and addresses, no rules.

Served means: in the inbox (procedures.md, Rungs), so every letter is there, mailed or not. It knows no case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from extensions import Base, Instant

WAITING: Final = "waiting"
SENT: Final = "sent"
GIVEN_UP: Final = "given_up"
NO_MAIL: Final = "none"
SHARING: Final = "sharing"
"""Not decided yet to which addresses it goes: that depends on who reads it and how they want their mail."""
APPLICANT: Final = "applicant"
"""The party of who asks to be let in: nobody's inbox."""
PERSON: Final = "person"
"""The party of somebody's own address, by their account: what they have in an inbox already, and their digest."""
DIGEST: Final = "digest"
"""The name of the letter that says once a working day what waits for somebody."""


@dataclass(frozen=True)
class Address:
    """Where a letter goes: a desk's role, or somebody outside; the mail address may be empty."""

    party: str
    id: int | None
    role: str = ""
    mail: str = ""
    language: str = "zh"


class Letter(Base):
    """A letter as sent, in both languages; `language` is the one that is mailed, the Chinese text the official one."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    to_party: Mapped[str] = mapped_column(String(20))
    to_id: Mapped[int | None]
    to_role: Mapped[str] = mapped_column(String(20))
    mail: Mapped[str] = mapped_column(String(254), default="")
    language: Mapped[str] = mapped_column(String(2))
    name: Mapped[str] = mapped_column(String(40))
    case_number: Mapped[str] = mapped_column(String(20), index=True)
    texts: Mapped[dict[str, Any]] = mapped_column(JSON)
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("paper.id"))
    written_at: Mapped[datetime] = mapped_column(Instant)
    served_at: Mapped[datetime] = mapped_column(Instant)
    """From when it is in the inbox: at once, or the office hour that a letter of the ladder waits for."""
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    mail_state: Mapped[str] = mapped_column(String(10))
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(Instant)
    failing_since: Mapped[datetime | None] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    claimed_until: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str] = mapped_column(String(40), default="")
    """A code (`550`, `unreachable`), never words: a server's answer may name a person."""

    __table_args__ = (
        Index("ix_letter_inbox", "to_party", "to_id", "to_role", "served_at", "id"),
        Index(
            "ix_letter_waiting",
            "next_try_at",
            sqlite_where=text("mail_state = 'waiting'"),
            postgresql_where=text("mail_state = 'waiting'"),
        ),
        Index(
            "ix_letter_sharing",
            "served_at",
            "id",
            sqlite_where=text("mail_state = 'sharing'"),
            postgresql_where=text("mail_state = 'sharing'"),
        ),
        Index(
            "ix_letter_given_up",
            "id",
            sqlite_where=text("mail_state = 'given_up'"),
            postgresql_where=text("mail_state = 'given_up'"),
        ),
    )

    def subject(self, language: str) -> str:
        return str(self.texts[language]["subject"])

    def body(self, language: str) -> str:
        return str(self.texts[language]["body"])
