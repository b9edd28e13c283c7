"""One-time codes by mail: who types one reads that mailbox. It proves nothing else, and above all no firm.

Neither a code nor the browser's token is kept, only what is hashed of them. A code lives a quarter of an hour and dies
at the fifth wrong try; how many are sent is limited in `sign_in.py`. Nothing here sends or knows a request.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant
from registry.editing import MAIL
from registry.passwords import one_way, same
from registry.sign_in import count_mailed_code
from workflow.refusal import Incomplete, Message, say

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
    session.add(MailCode(token_hash=_digest(new.token), mail=mail, code_hash=one_way(new.code), expires_at=now + LASTS))
    session.flush()
    return new


def prove(session: Session, token: str, code: str, now: datetime) -> str | Message:
    """The mailbox that the code proves, and the code is used up; else why not. Commit either way: tries are counted.

    The row is locked, so that tries at the same time cannot slip past.
    """
    asked = select(MailCode).where(MailCode.token_hash == _digest(token), MailCode.expires_at > now)
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
        MailCode.token_hash == _digest(token), MailCode.expires_at > now, MailCode.tries < TRIES
    )
    return session.scalar(asked) or ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
