"""The private address of a person's calendar feed: made, renewed and ended by that person. Only its hash is kept."""

import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant
from registry.passwords import token_hash
from registry.people import User


class Feed(Base):
    """A person's feed. Its address alone gives the dates, so it is long, and there is one only."""

    __tablename__ = "feed"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id"), primary_key=True, autoincrement=False)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Instant)


def new_feed(session: Session, user: User, now: datetime) -> str:
    """The token of a new address, handed back this once; the one before stops working. Of two asked for at the same
    moment the later holds."""
    session.execute(select(User.id).where(User.id == user.id).with_for_update())
    end_feed(session, user)
    token = secrets.token_urlsafe(32)
    session.add(Feed(user_id=user.id, token_hash=token_hash(token), made_at=now))
    session.flush()
    return token


def end_feed(session: Session, user: User) -> bool:
    """Whether there was one to end."""
    ended = session.scalars(delete(Feed).where(Feed.user_id == user.id).returning(Feed.user_id)).first()
    session.flush()
    return ended is not None


def feed_of(session: Session, user: User) -> Feed | None:
    return session.get(Feed, user.id)


def person_of_feed(session: Session, token: str) -> User | None:
    """Whose dates that address gives; nobody's once it is ended, or the account is."""
    found = select(User).join(Feed, Feed.user_id == User.id)
    return session.scalar(found.where(Feed.token_hash == token_hash(token), User.ended_at.is_(None)))
