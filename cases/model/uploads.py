"""Files as they come: how much a firm has sent within a day, and which of it nothing has come to refer to.

A row is written before its file is: what a broken request, or a killed process, has left in the store is found by it.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ForeignKey, Index, String, delete, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.model.drafts import FRESH, held_by_forms, held_by_rows
from cases.model.evidence import Store
from extensions import Base, Instant, transaction
from registry.organisations import Enterprise
from workflow.jurisdiction import AtMost
from workflow.refusal import Message, say

DAY: Final = timedelta(days=1)
MEGABYTE: Final = 1024 * 1024
BATCH: Final = 500
"""Files looked at in a beat."""


class Upload(Base):
    """A file that came, whether it was kept or not; gone once it is known that something refers to it, or nothing."""

    __tablename__ = "upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant)
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"))
    """The firm that sent it; None for an official, whose files are not counted."""
    look_at: Mapped[datetime] = mapped_column(Instant, index=True)
    """When it is looked for next whether something refers to it."""

    __table_args__ = (Index("ix_upload_firm", "enterprise_id", "at"),)


def note_uploads(files: Sequence[bytes], firm: int | None, at_most: AtMost, now: datetime) -> Message | None:
    """Write what has come, before it is stored; or say why none of it can be, and from when it can."""
    if not files:
        return None
    with transaction() as session:
        if firm is not None:
            session.execute(select(Enterprise.id).where(Enterprise.id == firm).with_for_update())
            if refused := _too_much(session, list(map(len, files)), firm, at_most, now):
                return refused
        came = {"at": now, "enterprise_id": firm, "look_at": now + FRESH}
        rows = [{"digest": hashlib.sha256(file).hexdigest(), "size": len(file), **came} for file in files]
        session.execute(insert(Upload), rows)
    return None


def _too_much(session: Session, coming: list[int], firm: int, at_most: AtMost, now: datetime) -> Message | None:
    """Why what comes is more than a firm sends in a day: from when enough of what it sent is older than that."""
    theirs = select(Upload.at, Upload.size).where(Upload.enterprise_id == firm, Upload.at > now - DAY)
    sent = session.execute(theirs.order_by(Upload.at)).all()
    files, size = len(sent) + len(coming), sum(row.size for row in sent) + sum(coming)
    most = at_most.megabytes_a_day * MEGABYTE
    if files <= at_most.files_a_day and size <= most:
        return None
    free = now
    for row in sent:
        if files <= at_most.files_a_day and size <= most:
            break
        files, size, free = files - 1, size - row.size, row.at + DAY
    return say(
        "Within a day an enterprise can send {files} files and {megabytes} MB, and these would be more. They can be "
        "sent after {at}; the form is kept, and can be sent without them.",
        files=at_most.files_a_day,
        megabytes=at_most.megabytes_a_day,
        at=free,
    )


def sweep_uploads(store: Store, now: datetime) -> int:
    """Remove the files that nothing refers to, and what a broken writing left; gives how many.

    What a form holds is looked at again a day later: it may be left out of it, or the form never sent.
    """
    removed = store.clear_broken(now - FRESH)
    with transaction(user_initiated=False) as session:
        due = select(Upload.id, Upload.digest).where(Upload.look_at <= now).order_by(Upload.look_at).limit(BATCH)
        rows = session.execute(due.with_for_update(skip_locked=True)).all()
        digests = {row.digest for row in rows}
        kept = held_by_rows(session, digests)
        waiting = held_by_forms(session, digests - kept)
        for digest in sorted(digests - kept - waiting):
            removed += store.forget(digest, now - FRESH)
        later = [row.id for row in rows if row.digest in waiting]
        session.execute(update(Upload).where(Upload.id.in_(later)).values(look_at=now + DAY))
        session.execute(delete(Upload).where(Upload.id.in_({row.id for row in rows} - set(later))))
    return removed
