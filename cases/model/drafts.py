"""Forms that are not sent yet, kept for their owner alone: those of filing, and those of an act on a case.

A draft is no part of a case and moves nothing. That of a filing is emptied once it has become a case; that of an act is
gone once the act is taken. Both end when they were not touched for as long as a saved form lives.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import JSON, ForeignKey, String, cast, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.model.evidence import Store, StoredFile
from extensions import Base, Instant, transaction
from registry.people import User
from workflow.refusal import Impossible, say


@dataclass(frozen=True)
class Purpose:
    """What a draft is for: a kind's opening row, on a record, or without one for an enterprise."""

    kind: str
    action: str
    variant: str = ""
    record_id: int | None = None
    enterprise_id: int | None = None


class SavedForm:
    """What every form that is not sent yet keeps: its files, and when it was last saved."""

    files: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)

    @property
    def stored_files(self) -> tuple[StoredFile, ...]:
        return tuple(StoredFile(**data) for data in self.files)


class Draft(SavedForm, Base):
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
    saved_at: Mapped[datetime] = mapped_column(Instant)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_.id"))

    @property
    def purpose(self) -> Purpose:
        return Purpose(self.kind, self.action, self.variant, self.record_id, self.enterprise_id)


class ActDraft(SavedForm, Base):
    """A form of an act as its owner has filled it in so far: read by nobody else, and no part of the case."""

    __tablename__ = "act_draft"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), primary_key=True)
    action: Mapped[str] = mapped_column(String(40), primary_key=True)
    typed: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    """What stood in each field, by its name in the form."""
    seen: Mapped[int]
    """The version of the case that the form showed."""
    saved_at: Mapped[datetime] = mapped_column(Instant, index=True)


def find_draft(session: Session, user_id: int, key: str) -> Draft | None:
    """The draft of that key, if it is this person's."""
    draft = session.get(Draft, key) if key else None
    return draft if draft and draft.user_id == user_id else None


def begun(session: Session, user_id: int, purpose: Purpose) -> Draft | None:
    """The person's newest draft for that purpose that has not become a case."""
    found = select(Draft).filter_by(user_id=user_id, case_id=None, **asdict(purpose))
    return session.scalars(found.order_by(Draft.saved_at.desc()).limit(1)).first()


def unsent(session: Session, user_id: int) -> Sequence[Draft]:
    """Every form that the person has begun and not sent, the newest first."""
    mine = select(Draft).where(Draft.user_id == user_id, Draft.case_id.is_(None))
    return session.scalars(mine.order_by(Draft.saved_at.desc(), Draft.key)).all()


def begin_draft(user_id: int, purpose: Purpose, now: datetime) -> Draft:
    """A new, empty draft; the one that the person has begun already, if there is one."""
    with transaction() as session:
        if before := begun(session, user_id, purpose):
            return before
        key = secrets.token_urlsafe(32)
        draft = Draft(key=key, user_id=user_id, answers={}, files=[], saved_at=now, **asdict(purpose))
        session.add(draft)
        session.flush()
        return draft


def save_draft(key: str, answers: Mapping[str, Any], files: Sequence[StoredFile] | None, now: datetime) -> Draft:
    """Keep what was typed over what was kept before; `files` are all that stay, None leaves them as they are.

    Raises Impossible where the draft has become a case meanwhile.
    """
    with transaction() as session:
        draft = locked_draft(session, key)
        if draft.case_id is not None:
            raise Impossible(say("This form has been sent already. Add what you have to say to the case."))
        draft.answers = {**draft.answers, **answers}
        if files is not None:
            draft.files = [asdict(file) for file in files]
        draft.saved_at = now
        session.flush()
        return draft


def locked_draft(session: Session, key: str) -> Draft:
    """The draft as it stands now: a second click waits here until the first has filed it, and then sees that.

    Raises Impossible where its time has ended meanwhile.
    """
    draft = session.get(Draft, key, with_for_update=True, populate_existing=True)
    if draft is None:
        raise Impossible(say("This form was left for thirty days and is gone. Begin it anew: nothing had been sent."))
    return draft


def keep_act_draft(draft: ActDraft) -> None:
    """Keep what the form says now over what was kept before, also while the page keeps it by itself."""
    with transaction() as session:
        session.execute(select(User.id).where(User.id == draft.user_id).with_for_update())
        session.merge(draft)


def discard_act_draft(user_id: int, case_id: int, action: str) -> None:
    """The owner wants none of it."""
    with transaction() as session:
        session.execute(delete(ActDraft).filter_by(user_id=user_id, case_id=case_id, action=action))


LIVES: Final = timedelta(days=30)
"""How long a form waits for its owner."""
FRESH: Final = timedelta(days=2)
"""A file that came so lately may be carried by a form that is open somewhere and not in the database yet."""


def dies_on(saved_at: datetime) -> datetime:
    """When a form ends that was last saved then."""
    return saved_at + LIVES


def clear_dead_drafts(store: Store | None, now: datetime) -> int:
    """Remove the forms whose time is over and the files that only they held; gives how many forms.

    The files go before the rows are gone for good: what is broken off is done again at the next beat.
    """
    before = now - LIVES
    with transaction(user_initiated=False) as session:
        over = select(Draft.key, Draft.files).where(Draft.case_id.is_(None), Draft.saved_at < before)
        rows = session.execute(over.with_for_update()).all()  # locked first: one saved meanwhile stays
        session.execute(delete(Draft).where(Draft.key.in_([row.key for row in rows])))
        acts = session.scalars(delete(ActDraft).where(ActDraft.saved_at < before).returning(ActDraft.files)).all()
        digests = {str(file["sha256"]) for files in (*(row.files for row in rows), *acts) for file in files}
        session.flush()
        if store:
            kept = held_by_rows(session, digests)
            for digest in sorted(digests - kept - held_by_forms(session, digests - kept)):
                store.forget(digest, now - FRESH)
        return len(rows) + len(acts)


def held_by_rows(session: Session, digests: set[str]) -> set[str]:
    """The files to which something refers for good: in a column `sha256`."""
    tables = Base.metadata.sorted_tables
    held: set[str] = set()
    for column in (table.c.sha256 for table in tables if digests and "sha256" in table.c):
        held |= set(session.scalars(select(column).where(column.in_(digests))))
    return held


def held_by_forms(session: Session, digests: set[str]) -> set[str]:
    """The files to which a form refers that is not sent yet: in a JSON column `files`."""
    tables = Base.metadata.sorted_tables
    lists = [table.c.files for table in tables if "files" in table.c and isinstance(table.c.files.type, JSON)]
    held: set[str] = set()
    for digest in digests:
        named = (select(column).where(cast(column, String).contains(digest)).limit(1) for column in lists)
        if any(session.scalar(statement) is not None for statement in named):
            held.add(digest)
    return held
