"""The feed: everything that happened to cases and records, numbered once it is committed, so that nothing comes late.

Two who write at once may commit in another order than that of their rows: whoever follows the rows' own numbers would
miss the slower one. The scheduler numbers what is committed, one at a time.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ForeignKey, and_, exists, func, insert, or_, select, text, true
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from cases.kinds import all_kinds, closed_kinds
from cases.model.tables import Case, CaseBureau, Event
from cases.model.visibility import records_visible_to, visible_to
from extensions import Base, transaction
from registry.credit_records import CreditRecord, RecordChange
from registry.identity import Identity
from workflow.definition import Party

AT_ONCE: Final = 5_000
"""Numbered at a beat, of each sort."""
BEHIND: Final = 1_000
"""So far behind the last one numbered a row is looked for at each beat: who wrote it was slower than others."""
FAR_BEHIND: Final = 500_000
"""And so far every `TEN_MINUTES`: a large sheet draws its numbers first and is committed last."""
TEN_MINUTES: Final = 10
CASE_CHANGED: Final = "case.changed"
_LOCK: Final = 0x66656564
"""The advisory lock under which PostgreSQL numbers; SQLite has one writer at a time."""


class FeedEntry(Base):
    """An event of a case, or a change of a record, in the order in which everybody may know of it."""

    __tablename__ = "feed_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), unique=True)
    change_id: Mapped[int | None] = mapped_column(ForeignKey("record_change.id"), unique=True)


def number_new(now: datetime) -> int:
    """Number what has been committed since; gives how many."""
    behind = BEHIND if now.minute % TEN_MINUTES else FAR_BEHIND
    with transaction() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        changes = _new(session, RecordChange.id, FeedEntry.change_id, behind)
        events = _new(session, Event.id, FeedEntry.event_id, behind)
        rows = [{"change_id": id, "event_id": None} for id in changes]
        rows += [{"change_id": None, "event_id": id} for id in events]
        if rows:
            session.execute(insert(FeedEntry), rows)
        return len(rows)


def _new(
    session: Session, of: InstrumentedAttribute[int], noted: InstrumentedAttribute[int | None], behind: int
) -> Sequence[int]:
    last = session.scalar(select(func.max(noted))) or 0
    new = select(of).where(of > last - behind, ~exists().where(noted == of)).order_by(of).limit(AT_ONCE)
    return session.scalars(new).all()


def last_numbered(session: Session) -> int:
    """The number of the newest entry."""
    return session.scalar(select(func.max(FeedEntry.id))) or 0


def entries_after(session: Session, identity: Identity, after: int, last: int, most: int) -> Sequence[Any]:
    """What came after that entry, up to the `last`, as far as the reader may know of it: of cases that are kept from
    nobody, and of one that a bureau has lost what happened while it had it (D25)."""
    of_case = and_(
        FeedEntry.event_id.is_not(None), Case.kind.not_in(closed_kinds()), visible_to(identity), _in_span(identity)
    )
    of_record = and_(FeedEntry.change_id.is_not(None), records_visible_to(identity))
    found = (
        select(
            FeedEntry.id,
            Case.number,
            Case.kind,
            Event.seq,
            Event.action,
            RecordChange.record_id,
            func.coalesce(Event.at, RecordChange.at).label("at"),
        )
        .outerjoin(Event, Event.id == FeedEntry.event_id)
        .outerjoin(Case, Case.id == Event.case_id)
        .outerjoin(RecordChange, RecordChange.id == FeedEntry.change_id)
        .outerjoin(CreditRecord, CreditRecord.id == RecordChange.record_id)
        .where(FeedEntry.id > after, FeedEntry.id <= last, or_(of_case, of_record))
    )
    return session.execute(found.order_by(FeedEntry.id).limit(most)).all()


def is_told(identity: Identity, row: Any) -> bool:
    """Whether an entry is told to a body: what officials do between themselves is not, to a firm."""
    rows = all_kinds()[row.kind].actions_named(row.action) if row.number else ()
    return Party.ENTERPRISE not in identity.parties or not any(action.is_internal for action in rows)


def named(row: Any) -> tuple[str, str, int | None]:
    """What an entry is called outside: its type, what it is about, and the version that this then has."""
    if row.number:
        return CASE_CHANGED, str(row.number), int(row.seq)
    return "record.changed", str(row.record_id), None


def _in_span(identity: Identity) -> Any:
    """The same cut as `visibility.span_of` makes in the case itself."""
    if Party.BUREAU not in identity.parties:
        return true()
    had = CaseBureau.case_id == Case.id, CaseBureau.bureau_id.in_(identity.bureau_ids)
    then = exists().where(*had, func.coalesce(CaseBureau.until_seq, Case.length) >= Event.seq)
    return or_(Case.bureau_id.in_(identity.bureau_ids), then)
