"""Forms that are not sent yet: of filing, and of an act. Tables and constraints, no rules."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from extensions import Base, Instant


class Draft(Base):
    """A saved form, not a case. Its key is used once: a second submission finds the case it became."""

    __tablename__ = "draft"

    key: Mapped[str] = mapped_column(String(43), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id"), index=True)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("credit_record.id"))
    kind: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(40))
    variant: Mapped[str] = mapped_column(String(30), default="")
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"))
    """Whom it is filed for, where it is about no record."""
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    saved_at: Mapped[datetime] = mapped_column(Instant)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_.id"))


class ActDraft(Base):
    """A form of an act as its owner has filled it in so far: read by nobody else, and no part of the case."""

    __tablename__ = "act_draft"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), primary_key=True)
    action: Mapped[str] = mapped_column(String(40), primary_key=True)
    typed: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    """What stood in each field, by its name in the form."""
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    seen: Mapped[int]
    """The version of the case that the form showed."""
    saved_at: Mapped[datetime] = mapped_column(Instant, index=True)
