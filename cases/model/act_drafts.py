"""Drafts of acts: what a person has typed into the form of an act and not sent, kept for them alone.

A draft is no part of the case and moves nothing. It is gone once the act is taken, or when it has not been touched
for as long as any saved form lives (`dead_drafts.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from cases.model.evidence import StoredFile
from cases.model.form_tables import ActDraft
from extensions import transaction
from registry.people import User


@dataclass(frozen=True)
class Sheet:
    """Whose form of which act of which case."""

    user_id: int
    case_id: int
    action: str


@dataclass(frozen=True)
class Filled:
    """What stands in the form: the fields by name, the files, and the version of the case that it showed."""

    typed: Mapping[str, Sequence[str]]
    files: Sequence[StoredFile]
    seen: int


def find_act_draft(session: Session, sheet: Sheet) -> ActDraft | None:
    """The owner's draft of that act."""
    return session.get(ActDraft, (sheet.user_id, sheet.case_id, sheet.action))


def drafts_in(session: Session, user_id: int, case_id: int) -> list[ActDraft]:
    """Every draft that this person has in a case, the latest first."""
    found = select(ActDraft).where(ActDraft.user_id == user_id, ActDraft.case_id == case_id)
    return list(session.scalars(found.order_by(ActDraft.saved_at.desc())))


def keep_act_draft(sheet: Sheet, filled: Filled, now: datetime) -> ActDraft:
    """Keep what stands in the form over what was kept before, also while the page keeps it by itself."""
    with transaction() as session:
        session.execute(select(User.id).where(User.id == sheet.user_id).with_for_update())
        draft = session.merge(
            ActDraft(
                user_id=sheet.user_id,
                case_id=sheet.case_id,
                action=sheet.action,
                seen=filled.seen,
                saved_at=now,
                typed={name: list(values) for name, values in filled.typed.items()},
                files=[file.as_data() for file in filled.files],
            )
        )
        session.flush()
        return draft


def discard_act_draft(sheet: Sheet) -> None:
    """The owner wants none of it."""
    with transaction() as session:
        forget_draft(session, sheet)


def forget_draft(session: Session, sheet: Sheet) -> None:
    """The act has been taken: `advance` drops the draft with it, or both stay."""
    session.execute(delete(ActDraft).where(*_is(sheet)))


def drop_dead(session: Session, before: datetime) -> tuple[int, set[str]]:
    """Drop the drafts that nobody has touched since then; gives how many, and the digests of the files they held."""
    old = delete(ActDraft).where(ActDraft.saved_at < before).returning(ActDraft.files)
    dropped = session.scalars(old).all()
    return len(dropped), {str(file["sha256"]) for files in dropped for file in files}


def files_of(draft: ActDraft) -> tuple[StoredFile, ...]:
    """The files kept with a draft."""
    return tuple(StoredFile(**data) for data in draft.files)


def _is(sheet: Sheet) -> tuple[ColumnElement[bool], ...]:
    return (ActDraft.user_id == sheet.user_id, ActDraft.case_id == sheet.case_id, ActDraft.action == sheet.action)
