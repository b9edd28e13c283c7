"""Forms that nobody went on with: thirty days after they were last saved they are removed, and their files with them.

A file stays as long as any row in the database has its digest: in a column `sha256`, or in a JSON column `files`. One
that came within the last days stays too: a form may carry it that is not in the database yet.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import JSON, String, cast, delete, select
from sqlalchemy.orm import Session

from cases.model.drafts import Draft, drop_dead
from cases.model.evidence import Store
from extensions import Base, transaction

LIVES: Final = timedelta(days=30)
"""How long a form waits for its owner."""
FRESH: Final = timedelta(days=2)
"""A file that came so lately may be carried by a form that is open somewhere."""

DEAD: Final[tuple[Callable[[Session, datetime], tuple[int, set[str]]], ...]] = (drop_dead,)
"""Other saved forms: each removes those last saved before a moment; gives how many, and the digests of their files."""


def clear_dead_drafts(store: Store | None, now: datetime) -> int:
    """Remove the forms whose time is over and what only they held; gives how many.

    The files go before the rows are gone for good: what is broken off is done again at the next beat.
    """
    with transaction(user_initiated=False) as session:
        removed, digests = _remove(session, now - LIVES)
        for clear in DEAD:
            more, theirs = clear(session, now - LIVES)
            removed, digests = removed + more, digests | theirs
        session.flush()
        for digest in sorted(digests - still_held(session, digests)) if store else ():
            assert store
            store.forget(digest, now - FRESH)
        return removed


def dies_on(saved_at: datetime) -> datetime:
    """When a form ends that was last saved then."""
    return saved_at + LIVES


def still_held(session: Session, digests: Iterable[str]) -> set[str]:
    """Those of these files to which a row somewhere refers."""
    wanted = set(digests)
    held = set(_in_columns(session, wanted)) if wanted else set()
    return held | {digest for digest in wanted - held if _in_lists(session, digest)}


def _remove(session: Session, before: datetime) -> tuple[int, set[str]]:
    """The forms that are over, locked first: one saved meanwhile stays."""
    over = select(Draft.key, Draft.files).where(Draft.case_id.is_(None), Draft.saved_at < before)
    rows = session.execute(over.with_for_update()).all()
    session.execute(delete(Draft).where(Draft.key.in_([row.key for row in rows])))
    return len(rows), {file["sha256"] for row in rows for file in row.files}


def _in_columns(session: Session, wanted: set[str]) -> Iterator[str]:
    for table in Base.metadata.sorted_tables:
        if "sha256" in table.c:
            yield from session.scalars(select(table.c.sha256).where(table.c.sha256.in_(wanted)))


def _in_lists(session: Session, digest: str) -> bool:
    lists = [
        table.c.files
        for table in Base.metadata.sorted_tables
        if "files" in table.c and isinstance(table.c.files.type, JSON)
    ]
    return any(
        session.scalar(select(column).where(cast(column, String).contains(digest)).limit(1)) is not None
        for column in lists
    )
