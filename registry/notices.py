"""How a person wants their mail: each letter at once, one digest a working day, or none, since all is in the inbox.

It says nothing of official papers: those are mailed wherever an address is known. Nothing here sends.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import Session

from registry.people import Membership, User
from workflow.definition import FILER

AT_ONCE: Final = "at_once"
DIGEST: Final = "digest"
INBOX: Final = "inbox"
CHOICES: Final = (AT_ONCE, DIGEST, INBOX)


def choice_of(user: User, files: bool) -> str:
    """What the person has chosen, else what is usual: who `files` for a firm hears at once, since nobody there looks
    in every day; who works here has a desk open, and forty letters a day would bury the one that matters."""
    return user.notices or (AT_ONCE if files else DIGEST)


def wants_digest() -> ColumnElement[bool]:
    """The condition on `User`: has an address, and has chosen the digest or works where it is usual."""
    works = exists().where(Membership.user_id == User.id, Membership.role != FILER.name)
    return and_(User.ended_at.is_(None), User.email != "", or_(User.notices == DIGEST, and_(User.notices == "", works)))


def choose(session: Session, user_id: int, choice: str) -> None:
    """Keep how the person wants their mail. Raises ValueError for what is none of the three."""
    if choice not in CHOICES:
        raise ValueError(f"there is no such choice: {choice!r}")
    session.get_one(User, user_id).notices = choice
