"""Saved forms: begun, filled step by step, resumed by their owner, and turned into one case.

A draft is read by its owner alone. Once it has become a case its words are emptied: the case keeps them.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.engine.opening import Opening, open_case
from cases.engine.writing import RecordedMove
from cases.model.evidence import StoredFile
from cases.model.form_tables import Draft
from extensions import transaction
from workflow.refusal import Impossible, say
from workflow.snapshot import Person, RuleContext


@dataclass(frozen=True)
class Purpose:
    """What a draft is for: a kind's opening row, on a record, or without one for an enterprise."""

    kind: str
    action: str
    variant: str = ""
    record_id: int | None = None
    enterprise_id: int | None = None


def find_draft(session: Session, user_id: int, key: str) -> Draft | None:
    """The draft of that key, if it is this person's."""
    draft = session.get(Draft, key) if key else None
    return draft if draft and draft.user_id == user_id else None


def purpose_of(draft: Draft) -> Purpose:
    return Purpose(draft.kind, draft.action, draft.variant, draft.record_id, draft.enterprise_id)


def begun(session: Session, user_id: int, purpose: Purpose) -> Draft | None:
    """The person's newest draft for that purpose that has not become a case."""
    found = select(Draft).where(
        Draft.user_id == user_id,
        Draft.case_id.is_(None),
        Draft.kind == purpose.kind,
        Draft.action == purpose.action,
        Draft.variant == purpose.variant,
        Draft.record_id == purpose.record_id,
        Draft.enterprise_id == purpose.enterprise_id,
    )
    return session.scalars(found.order_by(Draft.saved_at.desc()).limit(1)).first()


def unsent(session: Session, user_id: int) -> Sequence[Draft]:
    """Every form that the person has begun and not sent, the newest first."""
    mine = select(Draft).where(Draft.user_id == user_id, Draft.case_id.is_(None))
    return session.scalars(mine.order_by(Draft.saved_at.desc(), Draft.key)).all()


def begin_draft(user_id: int, purpose: Purpose, now: datetime) -> Draft:
    """A new, empty draft; the one that the person has begun already, if there is one."""
    with transaction() as session:
        before = begun(session, user_id, purpose)
        if before:
            return before
        draft = Draft(
            key=secrets.token_urlsafe(32),
            user_id=user_id,
            record_id=purpose.record_id,
            kind=purpose.kind,
            action=purpose.action,
            variant=purpose.variant,
            enterprise_id=purpose.enterprise_id,
            answers={},
            files=[],
            saved_at=now,
        )
        session.add(draft)
        session.flush()
        return draft


def save_draft(key: str, answers: Mapping[str, Any], files: Sequence[StoredFile] | None, now: datetime) -> Draft:
    """Keep what was typed over what was kept before; `files` are all that stay, None leaves them as they are.

    Raises Impossible where the draft has become a case meanwhile.
    """
    with transaction() as session:
        draft = _locked(session, key)
        if draft.case_id is not None:
            raise Impossible(say("This form has been sent already. Add what you have to say to the case."))
        draft.answers = {**draft.answers, **answers}
        if files is not None:
            draft.files = [file.as_data() for file in files]
        draft.saved_at = now
        session.flush()
        return draft


def files_of(draft: Draft) -> tuple[StoredFile, ...]:
    """The files kept with a draft."""
    return tuple(StoredFile(**data) for data in draft.files)


def file_draft(world: RuleContext, opening: Opening, person: Person, now: datetime) -> RecordedMove:
    """Open the case of a draft and empty the draft; sent a second time, it gives the case it became. Raises Refusal."""
    with transaction() as session:
        draft = _locked(session, opening.draft)
        written = open_case(world, opening, person, now)
        draft.answers, draft.files = {}, []
        session.flush()
        return written


def _locked(session: Session, key: str) -> Draft:
    """The draft as it stands now: a second click waits here until the first has filed it, and then sees that.

    Raises Impossible where its time has ended meanwhile.
    """
    draft = session.get(Draft, key, with_for_update=True, populate_existing=True)
    if draft is None:
        raise Impossible(say("This form was left for thirty days and is gone. Begin it anew: nothing had been sent."))
    return draft
