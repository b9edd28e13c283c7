"""Credit records: their tables, and every change of them field by field.

Whole sheets are written by `sheets/importing.py`. Each change leaves a RecordChange; a write that changes nothing none.
For every record `replay(changes_of(session, record)) == state_of(record, …)` holds (`replay.py`).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, Final, NamedTuple

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, or_, select, true
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant, SignedRow, partial_index, transaction
from registry.columns import ADVERSE, SEVERITIES
from workflow.refusal import Forbidden, Impossible, Incomplete, say


def value_of(record: CreditRecord, key: str) -> str:
    """What the record says in one column, empty where it says nothing."""
    return record.values.get(key, "")


def correct(
    session: Session,
    record: CreditRecord,
    found: Mapping[str, str],
    case_id: int | None,
    at: datetime,
    actor: str,
    what: str = "corrected",
) -> list[RecordChange]:
    """Write what was found, by column key, over any value; the change keeps the value before (D23)."""
    changed = {key: value for key, value in found.items() if value_of(record, key) != value}
    if not changed:
        return []
    changes, sheet_says = [], dict(record.sheet_says)
    for key, value in changed.items():
        before = value_of(record, key)
        changes.append(_change(record, case_id, at, actor, what, key, before, value))
        said_by_sheet = sheet_says.pop(key, before)
        if said_by_sheet != value:
            sheet_says[key] = said_by_sheet
    record.sheet_says, record.values = sheet_says, with_values(record.values, changed)
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


class FixedValue(NamedTuple):
    """A value that a case has decided: which case and when, and what decisions on this field have rejected (D55)."""

    case_id: int
    at: datetime
    rejected: frozenset[str]


def fixed_values(session: Session, record_ids: Iterable[int]) -> dict[int, dict[str, FixedValue]]:
    """The values that cases have decided, by record and column: those whose last change is a case's correction."""
    of_values = ("updated", "corrected", "class_stated", "sheet_refused")
    one = RecordChange
    said = (one.record_id, one.case_id, one.at, one.what, one.field, one.before)
    query = select(*said).where(one.record_id.in_(list(record_ids)), one.what.in_(of_values)).order_by(one.id)
    fixed: dict[int, dict[str, FixedValue]] = {}
    rejected: dict[tuple[int, str], frozenset[str]] = {}
    for change in session.execute(query):
        of, key = fixed.setdefault(change.record_id, {}), (change.record_id, change.field)
        if change.case_id is not None:
            rejected[key] = rejected.get(key, frozenset()) | {change.before}
        if change.what == "corrected" and change.case_id is not None:
            of[change.field] = FixedValue(change.case_id, change.at, rejected[key])
        elif change.what == "sheet_refused" and change.field in of:
            of[change.field] = of[change.field]._replace(rejected=rejected[key])
        else:
            of.pop(change.field, None)
    return fixed


def refuse_sheet(
    session: Session, record: CreditRecord, refused: Mapping[str, str], case_id: int, at: datetime, actor: str
) -> list[RecordChange]:
    """Note what a sheet has said against a decision and a case has now not found: said again, it changes nothing."""
    conflict = RecordChange.record_id == record.id, RecordChange.what == "conflict"
    said = {(change.field, change.after) for change in session.scalars(select(RecordChange).where(*conflict))}
    return _written(
        session,
        [
            _change(record, case_id, at, actor, "sheet_refused", key, value, value_of(record, key))
            for key, value in refused.items()
            if (key, value) in said
        ],
    )


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


def show_again(
    session: Session,
    record: CreditRecord,
    case_id: int,
    on: date,
    at: datetime,
    actor: str,
    last_day: date | None = None,
) -> list[RecordChange]:
    """Undo what this case ended of display, list and sharing, and nothing else (D15).

    A display whose last day is over on the day `on` stays ended: nothing is added to it. `last_day` is that day where
    the bureau's class gives an earlier one than the sheet (`display.last_day`).
    """
    days = [day for day in (last_day, record.display_until) if day]
    over = DISPLAYED if days and min(days) < on else None
    changes = []
    for ending in ENDINGS:
        if ending is over or getattr(record, ending.still) or getattr(record, ending.by_case) != case_id:
            continue
        ended_on: date = getattr(record, ending.on)
        for name, value in ((ending.still, True), (ending.on, None), (ending.by_case, None)):
            setattr(record, name, value)
        changes.append(_change(record, case_id, at, actor, ending.again, before=ended_on.isoformat()))
    return _written(session, changes)


def keep_statement(
    session: Session,
    record: CreditRecord,
    case_id: int,
    statements: Mapping[str, str],
    checked_on: date,
    at: datetime,
    actor: str,
) -> list[RecordChange]:
    """Keep the enterprise's words and the note "checked on …, could not be established" beside each field (D8).

    `statements` are of all fields that this case now leaves open, empty where the enterprise has said nothing of one:
    its statement beside any other is taken off, as a review may have found on it (D21), and one checked again has the
    day of the new check.
    """
    query = select(RecordStatement).where(RecordStatement.record_id == record.id, RecordStatement.case_id == case_id)
    kept, changes = {row.field: row for row in session.scalars(query)}, []
    for key, statement in statements.items():
        row = kept.pop(key, None)
        before = _said_beside(row) if row else ""
        if row is None:
            row = RecordStatement(record_id=record.id, case_id=case_id, field=key, note="undetermined")
            session.add(row)
        row.statement, row.checked_on = statement, checked_on
        if (after := _said_beside(row)) != before:
            changes.append(_change(record, case_id, at, actor, "statement_kept", key, before, after))
    for key, row in kept.items():
        session.delete(row)
        changes.append(_change(record, case_id, at, actor, "statement_dropped", key, _said_beside(row)))
    return _written(session, changes)


def statements_of(session: Session, record: CreditRecord) -> list[RecordStatement]:
    """The statements kept beside a record."""
    query = select(RecordStatement).where(RecordStatement.record_id == record.id).order_by(RecordStatement.id)
    return list(session.scalars(query))


def changes_of(session: Session, record: CreditRecord) -> list[RecordChange]:
    """A record's changes, oldest first."""
    query = select(RecordChange).where(RecordChange.record_id == record.id).order_by(RecordChange.id)
    return list(session.scalars(query))


def enter(session: Session, record: CreditRecord, at: datetime, actor: str) -> list[RecordChange]:
    """Take in a record that a person typed: `entered_by_id` then bars that person from deciding on it (D10, D27)."""
    known = select(CreditRecord.id).where(
        or_(CreditRecord.known_as == record.known_as, CreditRecord.document_number == record.known_as),
        CreditRecord.enterprise_id == record.enterprise_id,
        CreditRecord.determined_by_id == record.determined_by_id,
        CreditRecord.kind == record.kind,
    )
    if session.scalar(known) is not None:  # under the number that sheets know, or the one that it bears now
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
    """The first change's `after`: everything a record begins with, as JSON (see `replay.py`)."""
    return begun(record.values, record.determined_by_id, record.supplied_by_id, record.kind, record.enterprise_id)


def begun(values: Mapping[str, str], determined_by: int, supplied_by: int, kind: str, enterprise: int) -> str:
    """The JSON of `beginning`, for writers of many rows."""
    state = {
        "values": dict(values),
        "determined_by_id": determined_by,
        "supplied_by_id": supplied_by,
        "kind": kind,
        "enterprise_id": enterprise,
    }
    return json.dumps(state, ensure_ascii=False)


def with_values(values: Mapping[str, str], changed: Mapping[str, str]) -> dict[str, str]:
    """The values with some changed; what says nothing is left out."""
    return {key: value for key, value in {**values, **changed}.items() if value}


def _said_beside(row: RecordStatement) -> str:
    """A statement as its change keeps it, as JSON (see `replay.py`)."""
    said = {"statement": row.statement, "checked_on": row.checked_on.isoformat()}
    return json.dumps(said, ensure_ascii=False)


def _end(
    ending: Ending, session: Session, record: CreditRecord, case_id: int | None, on: date, at: datetime, actor: str
) -> list[RecordChange]:
    if not getattr(record, ending.still):
        return []
    for name, value in ((ending.still, False), (ending.on, on), (ending.by_case, case_id)):
        setattr(record, name, value)
    return _written(session, [_change(record, case_id, at, actor, ending.ended, after=on.isoformat())])


def _change(
    record: CreditRecord,
    case_id: int | None,
    at: datetime,
    actor: str,
    what: str,
    field: str = "",
    before: str = "",
    after: str = "",
) -> RecordChange:
    return RecordChange(
        record_id=record.id, case_id=case_id, at=at, what=what, field=field, before=before, after=after, actor=actor
    )


def _written(session: Session, changes: list[RecordChange]) -> list[RecordChange]:
    session.add_all(changes)
    session.flush()
    return changes


def new_key() -> str:
    """22 letters and digits that nobody guesses."""
    return secrets.token_urlsafe(16).replace("-", "x").replace("_", "X")


class CreditRecord(Base):
    """One row of a record sheet, as it is now.

    `values` holds every column of the sheet by its key, empty ones left out; the columns beside it repeat what
    is searched or counted by, and `promoted` keeps them in step. `known_as` is the document number by which
    sheets know the record, even after a case has corrected the number. `sheet_says` holds what the last sheet
    said where the record now says otherwise: a sheet that repeats it has not changed (D23). What a repair may end
    (display, list, sharing) is kept beside the day and the case that ended it; a record that is on no list is never
    taken off one.
    """

    __tablename__ = "credit_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(22), default=new_key, server_default="")
    """The end of the address at which everybody finds it while it is public; follows from nothing that it says."""
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
    handlers: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    """The accounts that were chosen (D41); None: nobody has chosen."""
    handler_doubt: Mapped[str] = mapped_column(Text, default="", server_default="")
    """Names beside them that may be anybody's: what sheets said before, or have said since the choice."""
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
        Index("ix_credit_record_decided", "decided_on", "id"),
        Index("uq_credit_record_key", "key", unique=True),
        partial_index("ix_credit_record_displayed", "display_until", where="displayed"),
    )

    @property
    def named_handlers(self) -> str:
        """The names that bar in doubt."""
        return names_that_bar(self.handlers, self.handler, self.handler_doubt)


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


class RecordChange(SignedRow, Base):
    """One change of a record: who, when, by which case, and the value before and after."""

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
    rule: Mapped[str] = mapped_column(String(80), default="", server_default="")
    due_on: Mapped[date | None]
    """Of a display that ended by itself: the rule's name, none where the sheet gave the day; and its last day."""
    seal_salt: Mapped[str] = mapped_column(String(32), default="", server_default="")
    """Of a change that a case made: with it the event seals what the field says after it."""

    __table_args__ = (partial_index("ix_record_change_case", "case_id", where="case_id IS NOT NULL"),)


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

end_display: Final = partial(_end, DISPLAYED)
"""End the display on a day of the jurisdiction; the case is None where it ends by itself (D13)."""
delist: Final = partial(_end, LISTED)
"""Take the enterprise off the list that the record says it is on."""
stop_sharing: Final = partial(_end, SHARED)
"""End sharing and use of the record."""


def promoted(values: Mapping[str, str]) -> dict[str, Any]:
    """What the record's own columns say, read from its values."""
    until = values.get("display_until", "")
    return {
        "document_number": values["document_number"],
        "decided_on": date.fromisoformat(values["decided_on"]),
        "display_until": date.fromisoformat(until) if until else None,
        "handler": values.get("handler", ""),
        "severity": values.get("severity", ""),
    }


def state_class(
    record_id: int, bureau_id: int | None, severity: str, now: datetime, user_id: int
) -> list[RecordChange]:
    """The deciding bureau states the record's class (D13). Raises Forbidden for another bureau, Incomplete, and
    Impossible for a record that speaks well of the enterprise."""
    if severity not in SEVERITIES.values():
        raise Incomplete({"severity": say("Choose one of the answers offered.")})
    with transaction() as session:
        record = session.get_one(CreditRecord, record_id, with_for_update=True, populate_existing=True)
        if record.determined_by_id != bureau_id:
            raise Forbidden(say("Only the bureau that decided states the class of a record: ask it to."))
        if record.kind not in ADVERSE:
            raise Impossible(say("A record that speaks well of the enterprise has no class: leave it empty."))
        return state_severity(session, record, severity, now, f"user:{user_id}")


def names_that_bar(handlers: Sequence[int] | None, handler: str, doubt: str) -> str:
    """The names of handlers that no chosen account settles."""
    return doubt if handlers is not None else "\n".join(filter(None, (handler, doubt)))
