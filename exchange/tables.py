"""A delivery, one image of a record owed to one place; what was done about it; and the states it goes through."""

from datetime import date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, Session, mapped_column
from transitions import Machine

from extensions import Base, Instant, SignedRow, partial_index
from workflow.refusal import Impossible, say

OPEN: Final = ("queued", "sent", "acknowledged", "refused", "by_hand", "differs")
ENDED: Final = ("confirmed", "superseded", "void")
STEPS: Final = (
    ("send", ("queued",), "sent"),
    ("acknowledge", ("queued", "sent"), "acknowledged"),
    ("refuse", ("queued", "sent", "by_hand"), "refused"),
    ("hand", ("queued", "sent", "acknowledged", "refused", "differs"), "by_hand"),
    ("confirm", OPEN, "confirmed"),
    ("differ", ("sent", "acknowledged", "by_hand"), "differs"),
    ("void", ("refused",), "void"),
    ("supersede", OPEN, "superseded"),
)
"""What may be done with a delivery, from which states, and where that leads."""


class Delivery(SignedRow, Base):
    """What a place must show of a record now; at most one is open a place and record.

    `revision` is the number of the record's change that it tells. `due_on` is when the place is to show it.
    """

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(String(30))
    record_id: Mapped[int] = mapped_column(ForeignKey("credit_record.id"), index=True)
    revision: Mapped[int]
    image: Mapped[dict[str, Any]] = mapped_column(JSON)
    cause: Mapped[str] = mapped_column(String(20))
    case_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(12))
    queued_at: Mapped[datetime] = mapped_column(Instant)
    due_on: Mapped[date]
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(Instant)
    claimed_until: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        partial_index(
            "uq_delivery_open",
            "place",
            "record_id",
            where="state NOT IN ('confirmed', 'superseded', 'void')",
            unique=True,
        ),
        partial_index("ix_delivery_queued", "next_try_at", where="state = 'queued'"),
    )

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def is_late(self, today: date) -> bool:
        return self.is_open and self.due_on < today

    @property
    def with_keeper(self) -> bool:
        """Whether it is the keeper's turn; it is the office's to tell, to look, and to tell again."""
        return self.sent_at is not None and self.state in ("sent", "by_hand")


class DeliveryAct(SignedRow, Base):
    """One thing done about a delivery, or said of it: by whom, from which state to which, in which words.

    `sha256` is that of the file that carried it.
    """

    __tablename__ = "delivery_act"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(80))
    from_state: Mapped[str] = mapped_column(String(12))
    to_state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text, default="")
    sha256: Mapped[str] = mapped_column(String(64), default="")


@cache
def _machine() -> Machine:
    machine = Machine(model=None, states=[*OPEN, *ENDED], initial="queued", auto_transitions=False)
    for step, sources, target in STEPS:
        machine.add_transition(step, list(sources), target)
    return machine


def may(delivery: Delivery, step: str) -> bool:
    """Whether that can be done with the delivery as it stands."""
    return bool(_machine().get_transitions(step, delivery.state))


def move(
    session: Session, delivery: Delivery, step: str, at: datetime, actor: str, reason: str = "", sha256: str = ""
) -> None:
    """Take a step with a delivery and note it; raises Impossible from a state that does not have it."""
    found = _machine().get_transitions(step, delivery.state)
    if not found:
        raise Impossible(say("This has moved on meanwhile. Nothing was changed: reload the page and look first."))
    before, delivery.state = delivery.state, str(found[0].dest)
    if step in ("send", "acknowledge"):
        delivery.sent_at = delivery.sent_at or at
    elif step == "hand":
        delivery.sent_at = None  # its keeper has not been told by hand yet
    elif step == "confirm":
        delivery.confirmed_at = at
    note(session, delivery, at, actor, before, reason, sha256)


def note(
    session: Session, delivery: Delivery, at: datetime, actor: str, before: str = "", reason: str = "", sha256: str = ""
) -> None:
    """Write what was said or done of a delivery; nothing is flushed."""
    session.add(
        DeliveryAct(
            delivery_id=delivery.id,
            at=at,
            actor=actor,
            from_state=before or delivery.state,
            to_state=delivery.state,
            reason=reason,
            sha256=sha256,
        )
    )
