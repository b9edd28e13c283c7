"""Answers kept for what a system sends twice: the first is given again for a day, and nothing is done a second time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ForeignKey, String, Text, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant
from workflow.refusal import Impossible, Incomplete, say

LASTS: Final = timedelta(hours=24)
RUNS: Final = timedelta(minutes=1)
"""So long nobody else does what has begun; after it, who began has died."""
RUNNING: Final = say("What was sent with this Idempotency-Key is being done. Send the same again in some seconds.")


class KeptAnswer(Base):
    """What a token sent under a key, by its hash, and what was answered; no `status`: it is being done."""

    __tablename__ = "kept_answer"

    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id"), primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    asked: Mapped[str] = mapped_column(String(64))
    begun_at: Mapped[datetime] = mapped_column(Instant)
    status: Mapped[int | None]
    body: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int | None]


@dataclass(frozen=True)
class Sent:
    """What a token sends under a key; `asked` is the hash of all that it asks."""

    token_id: int
    key: str
    asked: str


def begin(session: Session, sent: Sent, now: datetime) -> KeptAnswer | None:
    """Claim it; gives the answer where there is one. Raises Impossible while it is being done, Incomplete where the
    key stood before something else."""
    old = KeptAnswer.token_id == sent.token_id, KeptAnswer.begun_at <= now - LASTS
    session.execute(delete(KeptAnswer).where(*old))
    this = {"token_id": sent.token_id, "key": sent.key}
    found = session.scalar(select(KeptAnswer).filter_by(**this).with_for_update())
    if found is None:
        try:
            with session.begin_nested():
                session.add(KeptAnswer(**this, asked=sent.asked, begun_at=now))
        except IntegrityError:
            raise Impossible(RUNNING) from None
        return None
    if found.asked != sent.asked:
        other = say("This Idempotency-Key was sent with something else: send each new request with a new key.")
        raise Incomplete({"Idempotency-Key": other})
    if found.status is not None:
        return found
    if now - found.begun_at < RUNS:
        raise Impossible(RUNNING)
    found.begun_at = now
    session.flush()
    return None


def finish(session: Session, sent: Sent, begun_at: datetime, status: int, body: str, version: int | None) -> None:
    """Keep the answer, in the transaction of what was done. Raises Impossible where another has taken it over."""
    done: Any = session.execute(
        update(KeptAnswer).where(*_mine(sent, begun_at)).values(status=status, body=body, version=version)
    )
    if done.rowcount != 1:
        raise Impossible(RUNNING)


def give_up(session: Session, sent: Sent, begun_at: datetime) -> None:
    """Nothing was done: the key may be sent again."""
    session.execute(delete(KeptAnswer).where(*_mine(sent, begun_at)))


def _mine(sent: Sent, begun_at: datetime) -> tuple[Any, ...]:
    same = KeptAnswer.token_id == sent.token_id, KeptAnswer.key == sent.key
    return (*same, KeptAnswer.begun_at == begun_at, KeptAnswer.status.is_(None))
