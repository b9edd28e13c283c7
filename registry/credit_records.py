"""Credit records, and every change of one with what stood before and after.

A record is the replay of its changes (`replaying.py`). A case writes to a record through the functions here and
nowhere else; each returns the changes written, and a write that changes nothing writes none. It knows cases only
as numbers and who acts only as a word ("user:3", "import:penalties.xlsx", "clock").
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TypedDict

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant
from registry.columns import SEVERITIES
from workflow.refusal import Impossible, say


class CreditRecord(Base):
    """One row of a record sheet, as it stands now.

    `values` holds every column of the sheet by its key, empty ones left out; the columns beside it repeat what
    is searched or counted by, and `promoted` keeps them in step. `known_as` is the document number by which
    sheets know the record, even after a case has corrected the number. `sheet_says` holds what the last sheet
    said where the record now says otherwise: a sheet that repeats it has not changed (D23).
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

    __table_args__ = (
        UniqueConstraint("known_as", "enterprise_id", "determined_by_id", "kind"),
        Index("ix_credit_record_displayed", "display_until",
              sqlite_where=text("displayed"), postgresql_where=text("displayed")),
    )  # fmt: skip


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
        Index("ix_record_change_case", "case_id",
              sqlite_where=text("case_id IS NOT NULL"), postgresql_where=text("case_id IS NOT NULL")),
    )  # fmt: skip


class Promoted(TypedDict):
    """The columns of a record that repeat values."""

    document_number: str
    decided_on: date
    display_until: date | None
    handler: str
    severity: str


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


def value_of(record: CreditRecord, key: str) -> str:
    """What the record says in one column, empty where it says nothing."""
    return record.values.get(key, "")


def correct(session: Session, record: CreditRecord, found: Mapping[str, str], case_id: int | None,
            at: datetime, actor: str, what: str = "corrected") -> list[RecordChange]:  # fmt: skip
    """Write what was found, by column key, whatever stands there now; what stood is kept in the change (D23)."""
    changed = {key: value for key, value in found.items() if value_of(record, key) != value}
    if not changed:
        return []
    changes = [
        _change(record, case_id, at, actor, what, key, value_of(record, key), value) for key, value in changed.items()
    ]
    record.sheet_says = _said_by_sheet(record, changed)
    record.values = with_values(record.values, changed)
    for name, value in promoted(record.values).items():
        setattr(record, name, value)
    return _written(session, changes)


def state_severity(
    session: Session, record: CreditRecord, severity: str, at: datetime, actor: str
) -> list[RecordChange]:
    """The bureau states the record's class, a code of `SEVERITIES` (D13)."""
    if severity not in ("", *SEVERITIES.values()):
        raise ValueError(severity)
    return correct(session, record, {"severity": severity}, None, at, actor, what="class_stated")


def flag(session: Session, record: CreditRecord, case_id: int, at: datetime, actor: str) -> list[RecordChange]:
    """Show with the record that this case objects to it."""
    if session.get(RecordFlag, (record.id, case_id)):
        return []
    session.add(RecordFlag(record_id=record.id, case_id=case_id))
    return _written(session, [_change(record, case_id, at, actor, "flagged", after=str(case_id))])


def unflag(session: Session, record: CreditRecord, case_id: int, at: datetime, actor: str) -> list[RecordChange]:
    """Take away this case's flag; those of other cases stay (D22)."""
    held = session.get(RecordFlag, (record.id, case_id))
    if not held:
        return []
    session.delete(held)
    return _written(session, [_change(record, case_id, at, actor, "unflagged", before=str(case_id))])


def flags_of(session: Session, record_ids: Iterable[int]) -> dict[int, list[int]]:
    """The cases that hold a flag, by record."""
    held: dict[int, list[int]] = {}
    query = select(RecordFlag).where(RecordFlag.record_id.in_(list(record_ids))).order_by(RecordFlag.case_id)
    for row in session.scalars(query):
        held.setdefault(row.record_id, []).append(row.case_id)
    return held


def end_display(session: Session, record: CreditRecord, case_id: int | None, on: date,
                at: datetime, actor: str) -> list[RecordChange]:  # fmt: skip
    """End the display on a day of the jurisdiction; `case_id` is None where it ends by itself (D13)."""
    if not record.displayed:
        return []
    record.displayed = False
    record.display_ended_on, record.display_ended_by_case = on, case_id
    return _written(session, [_change(record, case_id, at, actor, "display_ended", after=on.isoformat())])


def show_again(session: Session, record: CreditRecord, case_id: int, at: datetime, actor: str) -> list[RecordChange]:
    """Undo the end of display, as far as this case ended it (D15)."""
    if record.displayed or record.display_ended_by_case != case_id or record.display_ended_on is None:
        return []
    before = record.display_ended_on.isoformat()
    record.displayed = True
    record.display_ended_on, record.display_ended_by_case = None, None
    return _written(session, [_change(record, case_id, at, actor, "shown_again", before=before)])


def keep_statement(session: Session, record: CreditRecord, case_id: int, fields: Iterable[str], statement: str,
                   checked_on: date, at: datetime, actor: str) -> list[RecordChange]:  # fmt: skip
    """Keep the enterprise's words and the note "checked on …, could not be established" beside each field (D8).

    `fields` are all that this case now leaves open: its statement beside any other is taken off, as a review may have
    found on it (D21), and one checked again bears the day of the new check.
    """
    query = select(RecordStatement).where(RecordStatement.record_id == record.id, RecordStatement.case_id == case_id)
    kept, changes = {row.field: row for row in session.scalars(query)}, []
    for field in dict.fromkeys(fields):
        row = kept.pop(field, None)
        before = _said_beside(row) if row else ""
        if row is None:
            row = RecordStatement(record_id=record.id, case_id=case_id, field=field, note="undetermined")
            session.add(row)
        row.statement, row.checked_on = statement, checked_on
        if (after := _said_beside(row)) != before:
            changes.append(_change(record, case_id, at, actor, "statement_kept", field, before, after))
    for field, row in kept.items():
        session.delete(row)
        changes.append(_change(record, case_id, at, actor, "statement_dropped", field, _said_beside(row)))
    return _written(session, changes)


def statements_of(session: Session, record: CreditRecord) -> list[RecordStatement]:
    """The statements kept beside a record."""
    query = select(RecordStatement).where(RecordStatement.record_id == record.id).order_by(RecordStatement.id)
    return list(session.scalars(query))


def changes_of(session: Session, record: CreditRecord) -> list[RecordChange]:
    """Everything that befell a record, oldest first."""
    query = select(RecordChange).where(RecordChange.record_id == record.id).order_by(RecordChange.id)
    return list(session.scalars(query))


def enter(session: Session, record: CreditRecord, at: datetime, actor: str) -> list[RecordChange]:
    """Take in a record that a person typed: `entered_by_id` then bars that person from deciding on it (D10, D27)."""
    if _known(session, record):
        raise Impossible(say("This record is here already: look for its document number."))
    session.add(record)
    session.flush()
    return _written(session, [_change(record, None, at, actor, "entered", after=beginning(record))])


def follow_successor(session: Session, old_id: int, new_id: int, at: datetime, actor: str) -> int:
    """Give every record of one bureau to its successor (D26); returns how many records moved."""
    columns = {"determined_by_id": CreditRecord.determined_by_id, "supplied_by_id": CreditRecord.supplied_by_id}
    moved: set[int] = set()
    for name, column in columns.items():
        for record in session.scalars(select(CreditRecord).where(column == old_id)):
            setattr(record, name, new_id)
            session.add(_change(record, None, at, actor, "succeeded", name, str(old_id), str(new_id)))
            moved.add(record.id)
    session.flush()
    return len(moved)


def beginning(record: CreditRecord) -> str:
    """The first change's `after`: everything a record begins with, as JSON (see `replaying.py`)."""
    return begun(record.values, record.determined_by_id, record.supplied_by_id)


def begun(values: Mapping[str, str], determined_by: int, supplied_by: int) -> str:
    """The JSON of `beginning`, for writers of many rows."""
    state = {"values": dict(values), "determined_by_id": determined_by, "supplied_by_id": supplied_by}
    return json.dumps(state, ensure_ascii=False)


def with_values(values: Mapping[str, str], changed: Mapping[str, str]) -> dict[str, str]:
    """The values with some changed; what says nothing is left out."""
    return {key: value for key, value in {**values, **changed}.items() if value}


def _said_beside(row: RecordStatement) -> str:
    """A statement as its change keeps it, as JSON (see `replaying.py`)."""
    said = {"statement": row.statement, "checked_on": row.checked_on.isoformat()}
    return json.dumps(said, ensure_ascii=False)


def _said_by_sheet(record: CreditRecord, changed: Mapping[str, str]) -> dict[str, str]:
    said = dict(record.sheet_says)
    for key, value in changed.items():
        sheet = said.pop(key, value_of(record, key))
        if sheet != value:
            said[key] = sheet
    return said


def _known(session: Session, record: CreditRecord) -> bool:
    query = select(CreditRecord.id).where(
        CreditRecord.known_as == record.known_as,
        CreditRecord.enterprise_id == record.enterprise_id,
        CreditRecord.determined_by_id == record.determined_by_id,
        CreditRecord.kind == record.kind,
    )
    return session.scalar(query) is not None


def _change(record: CreditRecord, case_id: int | None, at: datetime, actor: str, what: str,
            field: str = "", before: str = "", after: str = "") -> RecordChange:  # fmt: skip
    return RecordChange(record_id=record.id, case_id=case_id, at=at, what=what, field=field, before=before,
                        after=after, actor=actor)  # fmt: skip


def _written(session: Session, changes: list[RecordChange]) -> list[RecordChange]:
    session.add_all(changes)
    session.flush()
    return changes
