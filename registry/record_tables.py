"""The tables of credit records: a record, its flags, the statements beside it, and every change of it.

Tables only: what is written into them stands in `credit_records.py` and, for whole sheets, in `sheets/writing.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, NamedTuple, TypedDict

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from extensions import Base, Instant


class CreditRecord(Base):
    """One row of a record sheet, as it stands now.

    `values` holds every column of the sheet by its key, empty ones left out; the columns beside it repeat what
    is searched or counted by, and `promoted` keeps them in step. `known_as` is the document number by which
    sheets know the record, even after a case has corrected the number. `sheet_says` holds what the last sheet
    said where the record now says otherwise: a sheet that repeats it has not changed (D23). What a repair may end
    (display, list, sharing) stands beside the day and the case that ended it; a record that is on no list is never
    taken off one.
    """

    __tablename__ = "credit_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    determined_by_id: Mapped[int] = mapped_column(ForeignKey("bureau.id"))
    supplied_by_id: Mapped[int] = mapped_column(ForeignKey("bureau.id"), index=True)
    known_as: Mapped[str] = mapped_column(String(200))
    document_number: Mapped[str] = mapped_column(String(200), index=True)
    decided_on: Mapped[date]
    display_until: Mapped[date | None]
    values: Mapped[dict[str, str]] = mapped_column(JSON)
    sheet_says: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    handler: Mapped[str] = mapped_column(String(200), default="")
    severity: Mapped[str] = mapped_column(String(10), default="")
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    displayed: Mapped[bool] = mapped_column(default=True)
    display_ended_on: Mapped[date | None]
    display_ended_by_case: Mapped[int | None]
    listed: Mapped[bool] = mapped_column(default=True, server_default=true())
    delisted_on: Mapped[date | None]
    delisted_by_case: Mapped[int | None]
    shared: Mapped[bool] = mapped_column(default=True, server_default=true())
    sharing_stopped_on: Mapped[date | None]
    sharing_stopped_by_case: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("known_as", "enterprise_id", "determined_by_id", "kind"),
        Index(
            "ix_credit_record_displayed",
            "display_until",
            sqlite_where=text("displayed"),
            postgresql_where=text("displayed"),
        ),
    )


class RecordFlag(Base):
    """The flag 异议标注, held by each case that set it (D22)."""

    __tablename__ = "record_flag"

    record_id: Mapped[int] = mapped_column(ForeignKey("credit_record.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(primary_key=True, index=True)


class RecordStatement(Base):
    """What the enterprise says, kept beside a field that could not be established (D8)."""

    __tablename__ = "record_statement"

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("credit_record.id"), index=True)
    case_id: Mapped[int]
    field: Mapped[str] = mapped_column(String(200))
    statement: Mapped[str] = mapped_column(Text)
    checked_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(40), default="")

    __table_args__ = (UniqueConstraint("record_id", "case_id", "field"),)


class RecordChange(Base):
    """One change of a record: who, when, by which case, what stood before and after."""

    __tablename__ = "record_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("credit_record.id"), index=True)
    case_id: Mapped[int | None]
    event_seq: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(Instant)
    what: Mapped[str] = mapped_column(String(20))
    field: Mapped[str] = mapped_column(String(200), default="")
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text, default="")
    actor: Mapped[str] = mapped_column(String(80))

    __table_args__ = (
        Index(
            "ix_record_change_case",
            "case_id",
            sqlite_where=text("case_id IS NOT NULL"),
            postgresql_where=text("case_id IS NOT NULL"),
        ),
    )


class Promoted(TypedDict):
    """The columns of a record that repeat values."""

    document_number: str
    decided_on: date
    display_until: date | None
    handler: str
    severity: str


class Ending(NamedTuple):
    """What of a record can end: its columns, and what the changes are called that end it and take that back."""

    still: str
    on: str
    by_case: str
    ended: str
    again: str


DISPLAYED: Final = Ending("displayed", "display_ended_on", "display_ended_by_case", "display_ended", "shown_again")
LISTED: Final = Ending("listed", "delisted_on", "delisted_by_case", "delisted", "listed_again")
SHARED: Final = Ending("shared", "sharing_stopped_on", "sharing_stopped_by_case", "sharing_stopped", "shared_again")
ENDINGS: Final = (DISPLAYED, LISTED, SHARED)


def promoted(values: Mapping[str, str]) -> Promoted:
    """What the record's own columns say, read from its values."""
    until = values.get("display_until", "")
    return Promoted(
        document_number=values["document_number"],
        decided_on=date.fromisoformat(values["decided_on"]),
        display_until=date.fromisoformat(until) if until else None,
        handler=values.get("handler", ""),
        severity=values.get("severity", ""),
    )
