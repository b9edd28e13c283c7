"""Sessions: each sign-in is a row until the person signs out, ends it elsewhere, or its time is over.

The browser holds a token, the row its hash: what is ended here is over at the next request, whatever cookie is shown.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, delete, exists, func, select, update
from sqlalchemy.orm import Session

from extensions import Instant
from registry.people import OpenSession, User, token_hash

Moment = datetime | BindParameter[datetime]

IDLE: Final = timedelta(minutes=30)
"""Without a request in so long a session is over."""
LONGEST_SESSION: Final = timedelta(hours=12)
HALF: Final = timedelta(minutes=10)
"""How long a right password waits for the second step."""
FRESH: Final = timedelta(minutes=15)
"""Before accounts, links, roles and keys change, who signed in must have shown who they are within so long."""
NOTED_EVERY: Final = timedelta(minutes=5)
"""How exactly a row says when it was used last: a page is read without a write."""
KEPT_FOR: Final = timedelta(days=184)
"""How long a session that is over is kept for its owner to look at."""


@dataclass(frozen=True)
class From:
    """Where somebody signs in from: the network address, and what the browser calls itself."""

    address: str = ""
    browser: str = ""


def begin_session(
    session: Session, user: User, come: From, now: datetime, *, how: str = "password", half: bool = False
) -> str:
    """The token of a new session, for the browser alone; sessions that ended long ago are forgotten.

    `half`: the second step is still to come, within `HALF`.
    """
    session.execute(delete(OpenSession).where(OpenSession.until < now - KEPT_FOR))
    token = secrets.token_urlsafe(32)
    session.add(
        OpenSession(
            token_hash=token_hash(token),
            user_id=user.id,
            begun_at=now,
            seen_at=now,
            until=now + (HALF if half else LONGEST_SESSION),
            proven_at=now,
            how=how,
            half=half,
            address=come.address[:64],
            browser=come.browser[:200],
        )
    )
    session.flush()
    return token


def session_of(session: Session, token: str, now: datetime, *, half: bool = False) -> tuple[OpenSession, User] | None:
    """The session of that token and whose it is; None once it, or the account, is over.

    `half`: one whose second step is still to come, which is no session for anything else.
    """
    asked = {"token": token_hash(token), "half": half, "now": now, "seen": now - IDLE - NOTED_EVERY}
    return session.execute(_OF_TOKEN, asked).one_or_none()


def open_sessions(session: Session, user_id: int, now: datetime) -> Sequence[OpenSession]:
    """The sessions in which a person is signed in, the newest first."""
    found = select(OpenSession).where(OpenSession.user_id == user_id, ~OpenSession.half, _open(now))
    return session.scalars(found.order_by(OpenSession.begun_at.desc(), OpenSession.id.desc())).all()


def last_sign_ins(session: Session) -> dict[int, datetime]:
    """When each person signed in last, as far back as sessions are kept."""
    last = select(OpenSession.user_id, func.max(OpenSession.begun_at)).where(~OpenSession.half)
    rows = session.execute(last.group_by(OpenSession.user_id))
    return {row[0]: row[1] for row in rows}


def signed_in_before(session: Session, user_id: int) -> bool:
    """Whether the person has signed in before, as far back as sessions are kept."""
    before = exists().where(OpenSession.user_id == user_id, ~OpenSession.half)
    return bool(session.scalar(select(before)))


def note_seen(session: Session, open_session_id: int, now: datetime) -> None:
    """Keep that the session is in use."""
    session.execute(update(OpenSession).where(OpenSession.id == open_session_id).values(seen_at=now))


def note_proven(session: Session, open_session_id: int, how: str, now: datetime) -> None:
    """Keep that the person has shown anew who they are, and with what."""
    session.execute(update(OpenSession).where(OpenSession.id == open_session_id).values(proven_at=now, how=how))


def end_session_of(session: Session, token: str, now: datetime) -> int | None:
    """End the session of that token; whose it was, if it was open."""
    this = (OpenSession.token_hash == token_hash(token), OpenSession.ended_at.is_(None))
    return session.scalars(update(OpenSession).where(*this).values(ended_at=now).returning(OpenSession.user_id)).first()


def _open(now: datetime) -> ColumnElement[bool]:
    """The condition on `OpenSession` that holds for those in use; each is seen at most `NOTED_EVERY` later."""
    return _open_at(now, now - IDLE - NOTED_EVERY)


def _open_at(now: Moment, seen: Moment) -> ColumnElement[bool]:
    return and_(OpenSession.ended_at.is_(None), OpenSession.until > now, OpenSession.seen_at > seen)


_OF_TOKEN: Final = (
    select(OpenSession, User)
    .join(User, User.id == OpenSession.user_id)
    .where(OpenSession.token_hash == bindparam("token"), OpenSession.half == bindparam("half"))
    .where(_open_at(bindparam("now", type_=Instant), bindparam("seen", type_=Instant)), User.ended_at.is_(None))
)
"""Every request asks this: it is built once."""
