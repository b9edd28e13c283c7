"""Acts of two: one person proposes a change, another of the same body confirms it. Until then nothing is changed.

What is changed, and who may not take part, is the caller's to say.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant, partial_index
from registry.identity import Identity
from workflow.refusal import Forbidden, Impossible, say

WAITS: Final = say("Another change is waiting for a second person: it has to be confirmed or refused first.")
OVER: Final = say("This change is no longer waiting. Nothing was changed; reload the page.")


class ActOfTwo(Base):
    """What a person has proposed about a subject: what stood then and what is to stand; once decided, by whom and how.

    `bureau_id` is the body whose second person decides; None: the office.
    """

    __tablename__ = "act_of_two"

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("bureau.id"))
    before: Mapped[list[int]] = mapped_column(JSON)
    after: Mapped[list[int]] = mapped_column(JSON)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What else the caller keeps of it."""
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    confirmed: Mapped[bool | None]

    __table_args__ = (
        partial_index("uq_act_of_two_waiting", "what", "subject_id", where="decided_at IS NULL", unique=True),
    )


def waiting_act(session: Session, what: str, subject_id: int) -> ActOfTwo | None:
    """What waits for a second person."""
    return session.scalar(select(ActOfTwo).filter_by(what=what, subject_id=subject_id, decided_at=None))


def propose(session: Session, act: ActOfTwo) -> ActOfTwo:
    """Let it wait. The subject is locked; raises Impossible where something waits already."""
    if waiting_act(session, act.what, act.subject_id):
        raise Impossible(WAITS)
    session.add(act)
    session.flush()
    return act


def decide(session: Session, act_id: int, by: Identity, confirmed: bool, now: datetime) -> ActOfTwo:
    """Confirm or refuse it. Raises Forbidden for who proposed or is of another body, Impossible where it is over."""
    act = session.get(ActOfTwo, act_id, with_for_update=True, populate_existing=True)
    if act is None or act.decided_at is not None:
        raise Impossible(OVER)
    if act.proposed_by_id == by.user_id:
        raise Forbidden(say("You proposed this: a second person must confirm it."))
    if act.bureau_id not in (by.bureau_ids or {None}):
        raise Forbidden(say("Somebody of the body that proposed this must confirm it: it waits for them there."))
    act.decided_by_id, act.decided_at, act.confirmed = by.user_id, now, confirmed
    session.flush()
    return act
