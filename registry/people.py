"""People: their accounts, memberships and how they want their mail; and what was done to an account, by whom and when.

What somebody may be today is `identity.py`. Passwords and links are `sign_in.py`, tries `tries.py`.
Acts on accounts are never changed; the database refuses it (`cases/model/triggers.py`).
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    and_,
    delete,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant, SignedRow
from workflow.definition import APPROVER, AUDITOR, FILER, HEAD, REVIEWER, ROLES, Party, Role
from workflow.refusal import Message, refuse_faulty, say

LANGUAGES = ("zh", "en")
DEMO_PASSWORD = "demo-only-624"
LOOK_ALIKE: Final = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"})
"""Alphabets whose letters look like those of another."""
DEMO_NAMES = (
    "enterprise",
    "enterprise2",
    "agent",
    "reviewer",
    "approver",
    "reviewer2",
    "approver2",
    "office",
    "chief",
    "auditor",
)
"""Names whose password everybody knows: no real account may bear one."""


class User(Base):
    """A person who may sign in."""

    __tablename__ = "user_"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(2), default="zh")
    email: Mapped[str] = mapped_column(String(254), default="")
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    notices: Mapped[str] = mapped_column(String(8), default="")
    """How mail comes to the person (`people.py`); empty: as is usual for their role."""
    demo: Mapped[bool] = mapped_column(default=False)

    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.ended_at is None


class OpenSession(Base):
    """One sign-in of a person: from where, until when; over once `ended_at` is set (`sessions.py`)."""

    __tablename__ = "open_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id"), index=True)
    begun_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime] = mapped_column(Instant, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    proven_at: Mapped[datetime] = mapped_column(Instant)
    how: Mapped[str] = mapped_column(String(8), default="password")
    """What was shown beside the password, or that alone."""
    half: Mapped[bool] = mapped_column(default=False)
    """The password was right, and the second step is still to come: it opens no page but that of the step."""
    address: Mapped[str] = mapped_column(String(64), default="")
    browser: Mapped[str] = mapped_column(String(200), default="")


class Membership(Base):
    """A role that a person holds at a bureau, for an enterprise, or (neither) at the office."""

    __tablename__ = "membership"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id"), index=True)
    role: Mapped[str] = mapped_column(String(12))
    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("bureau.id"))
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"))
    """Of a filer neither: an agent, to whom letters of authority lend firms by date (`identity.py`)."""
    manages: Mapped[bool] = mapped_column(default=False)
    """Whether the person of an enterprise lets its other people and its agents in, and ends them."""

    __table_args__ = (
        Index("ix_membership_bureau", "bureau_id", "role"),
        Index("ix_membership_enterprise", "enterprise_id"),
    )


class Deputy(Base):
    """From one day to another, both included, somebody stands in for a person of their own body (D18)."""

    __tablename__ = "deputy"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("user_.id"), index=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("user_.id"), index=True)
    from_day: Mapped[date]
    until_day: Mapped[date]
    named_by_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))
    named_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


PASSWORD: Final = "password"
WAIT: Final = "wait"


class SignInLink(Base):
    """A link that lets its holder once choose a `PASSWORD`, or type the one they have in spite of a `WAIT`.

    Only the hash of its token is kept.
    """

    __tablename__ = "sign_in_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id"), index=True)
    opens: Mapped[str] = mapped_column(String(8), default=PASSWORD)
    code_hash: Mapped[str] = mapped_column(String(200), default="")
    """Of the other half, which another person hands over; empty: the link is whole."""
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class FailedSignIn(Base):
    """Wrong passwords or codes in a row under one key, and until when no more are heard.

    `user_id`: whose sign-in waits, who has not been told of it yet.
    """

    __tablename__ = "failed_sign_in"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(Instant, index=True)
    blocked_until: Mapped[datetime | None] = mapped_column(Instant)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"), index=True)


def add_person(
    session: Session,
    username: str,
    name: str,
    roles: Iterable[str],
    *,
    bureau_id: int | None = None,
    enterprise_id: int | None = None,
    language: str = "zh",
    email: str = "",
    demo: bool = False,
    manages: bool = False,
    agent: bool = False,
    waits: bool = False,
    all_in_one: bool = False,
) -> User:
    """A new person, without a password: `sign_in.one_time_link` lets them choose one. Raises `Incomplete`.

    `agent`: a filer of no enterprise, to whom letters of authority lend some. `waits`: the roles are only looked at,
    and held once a second person has confirmed them. `all_in_one`: as the place says it of a body's three roles.
    """
    roles = tuple(dict.fromkeys(roles))
    username = fold(username)
    faults = {} if agent else _role_faults(roles, bureau_id, enterprise_id)
    if not all_in_one and {REVIEWER.name, APPROVER.name, HEAD.name} <= set(roles):
        faults = {"role": say("One person is not reviewer, approver and head of a body at once: leave one role out.")}
    refuse_faulty(_faults(session, username, demo) | look_alikes(name=name, username=username) | faults)
    user = User(username=username, name=name.strip() or username, language=language, email=email, demo=demo)
    session.add(user)
    session.flush()
    if waits:
        return user
    session.add_all(
        Membership(user_id=user.id, role=role, bureau_id=bureau_id, enterprise_id=enterprise_id, manages=manages)
        for role in roles
    )
    session.flush()
    return user


def end_person(session: Session, user: User, now: datetime, *, by: int | None) -> None:
    """The account, its sessions and its unused links end. What the person did stays under their name.

    `by`: who ends it; none on the command line.
    """
    if user.ended_at is None:
        user.ended_at = now
        note_act(session, user.id, ENDED, by, now)
    end_sessions(session, user.id, now)
    forget_links(session, user)
    session.flush()


def end_sessions(
    session: Session, user_id: int, now: datetime, *, but: int | None = None, only: int | None = None
) -> None:
    """The sessions of a person, `but` one or `only` one where that is said, are over at their next request."""
    these = [OpenSession.user_id == user_id, OpenSession.ended_at.is_(None)]
    these += [OpenSession.id != but] if but is not None else []
    these += [OpenSession.id == only] if only is not None else []
    session.execute(update(OpenSession).where(*these).values(ended_at=now))


def forget_links(session: Session, user: User) -> None:
    """Links that were not used can no longer be."""
    session.execute(delete(SignInLink).where(SignInLink.user_id == user.id, SignInLink.used_at.is_(None)))


def token_hash(text: str) -> str:
    """The hash under which a long token, a name or an address is kept."""
    return hashlib.sha256(text.encode()).hexdigest()


def fold(username: str) -> str:
    """A user name as it is kept and compared: width and case make no difference."""
    return unicodedata.normalize("NFKC", username).strip().casefold()


def look_alikes(**names: str) -> dict[str, Message]:
    """What is wrong with names whose letters look alike and are of several alphabets: a Cyrillic а beside a Latin a."""
    return {
        key: say("{name} mixes letters of several alphabets that look alike. Enter it in one.", name=name)
        for key, name in names.items()
        if len({script for letter in name if (script := unicodedata.name(letter, "").split(" ")[0]) in LOOK_ALIKE}) > 1
    }


def find_person(session: Session, username: str) -> User | None:
    """The person of that user name, ended or not."""
    return session.scalar(select(User).where(User.username == fold(username)))


def people_called(session: Session, said: str) -> Sequence[User]:
    """The person of that user name, else all of that name, ended or not."""
    one = find_person(session, said)
    return [one] if one else session.scalars(select(User).where(User.name == said).order_by(User.username)).all()


def memberships(session: Session, user: User) -> tuple[Membership, ...]:
    held = select(Membership).where(Membership.user_id == user.id)
    return tuple(session.scalars(held.order_by(Membership.id)))


def in_force(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """The condition on `Deputy` that holds for those who stand in on this day."""
    return and_(Deputy.from_day <= day, Deputy.until_day >= day, Deputy.ended_at.is_(None))


def people_with(
    session: Session, roles: Iterable[Role], *, bureau_id: int | None = None, enterprise_id: int | None = None
) -> list[User]:
    """The active people who hold one of the roles at that bureau, for that enterprise or (neither) at the office."""
    here = select(Membership.user_id).where(
        Membership.role.in_([role.name for role in roles]),
        Membership.bureau_id.is_(bureau_id) if bureau_id is None else Membership.bureau_id == bureau_id,
        Membership.enterprise_id.is_(enterprise_id)
        if enterprise_id is None
        else Membership.enterprise_id == enterprise_id,
    )
    return list(session.scalars(select(User).where(User.id.in_(here), User.ended_at.is_(None)).order_by(User.id)))


def working_at(bureau_id: BindParameter[int] | None, roles: BindParameter[Sequence[str]]) -> Select[int, str]:
    """The question for id and name of those, built once: the active people with one of the roles at that bureau or,
    without one, at the office."""
    there = Membership.bureau_id.is_(None) if bureau_id is None else Membership.bureau_id == bureau_id
    here = select(Membership.user_id).where(Membership.role.in_(roles), there, Membership.enterprise_id.is_(None))
    return select(User.id, User.name).where(User.id.in_(here), User.ended_at.is_(None)).order_by(User.id)


def names_of(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """What these people are called, also those whose account has ended."""
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(set(ids))))}


def anybody(session: Session, *, demo: bool | None = None) -> bool:
    """Whether there is any account; with `demo`, one of the demo, whose password everybody knows, or a real one."""
    found = select(User.id) if demo is None else select(User.id).where(User.demo.is_(demo))
    return session.scalar(found.limit(1)) is not None


def demo_accounts(session: Session) -> list[str]:
    """The user names with which a visitor of the demo can sign in."""
    can = select(User.username).where(User.demo, User.ended_at.is_(None), User.password_hash != "")
    return sorted(session.scalars(can), key=lambda name: DEMO_NAMES.index(name) if name in DEMO_NAMES else 99)


def _faults(session: Session, username: str, demo: bool) -> dict[str, Message]:
    if not 2 <= len(username) <= 64 or any(
        not character.isprintable() or character.isspace() for character in username
    ):
        return {"username": say("Choose a user name of 2 to 64 characters, without spaces.")}
    if username in DEMO_NAMES and not demo:
        return {"username": say("{username} is the name of a demo account. Choose another.", username=username)}
    if find_person(session, username):
        return {"username": say("{username} is taken. Choose another user name.", username=username)}
    return {}


def _role_faults(roles: tuple[str, ...], bureau_id: int | None, enterprise_id: int | None) -> dict[str, Message]:
    if not roles or any(role not in ROLES for role in roles):
        return {"role": say("Name at least one role out of: {known}.", known=", ".join(ROLES))}
    party, *others = {ROLES[role].party for role in roles}
    if others:
        return {"role": say("All roles of a person belong to one desk: the enterprise's, a bureau's or the office's.")}
    if AUDITOR.name in roles and len(roles) > 1:
        return {"role": say("An auditor only reads, and holds no other role.")}
    if (party is Party.BUREAU) is not (bureau_id is not None):
        return {"bureau": say("Name the bureau for a reviewer, an approver or a head, and for nobody else.")}
    if (party is Party.ENTERPRISE) is not (enterprise_id is not None):
        return {"enterprise": say("Name the enterprise for a filer, and for nobody else.")}
    return {}


LINK_MADE: Final = "made"
LINK_SHOWN: Final = "shown"
"""No mail could bring it to the person: it was shown on the page of its maker."""
LINK_USED: Final = "used"
ENDED: Final = "ended"
FACTOR_SET: Final = "factor"
FACTOR_ENDED: Final = "unfactor"
NEW_CODES: Final = "codes"


class AccountAct(SignedRow, Base):
    """One act on the account of `user_id`. `by_id` is none where it was done on the server's command line."""

    __tablename__ = "account_act"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id"), index=True)
    what: Mapped[str] = mapped_column(String(8))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    at: Mapped[datetime] = mapped_column(Instant)


def note_act(session: Session, user_id: int, what: str, by: int | None, now: datetime) -> None:
    """Keep that this was done to an account."""
    session.add(AccountAct(user_id=user_id, what=what, by_id=by, at=now))
    session.flush()


def account_acts(session: Session, user_id: int | None, most: int) -> Sequence[AccountAct]:
    """What was done to one account, or to any where none is named, the newest first."""
    found = select(AccountAct).order_by(AccountAct.id.desc()).limit(most)
    return session.scalars(found if user_id is None else found.where(AccountAct.user_id == user_id)).all()


AT_ONCE: Final = "at_once"
WITH_PAPERS: Final = "papers"
"""Each at once, and the paper that it brings with it as a file."""
DIGEST: Final = "digest"
INBOX: Final = "inbox"
CHOICES: Final = (AT_ONCE, WITH_PAPERS, DIGEST, INBOX)


def choice_of(user: User, files: bool) -> str:
    """What the person has chosen, else what is usual: who `files` for a firm hears at once, since nobody there looks
    in every day; who works here has a desk open, and forty letters a day would bury the one that matters."""
    return user.notices or (AT_ONCE if files else DIGEST)


def wants_digest() -> ColumnElement[bool]:
    """The condition on `User`: has an address, and has chosen the digest or works where it is usual."""
    works = User.id.in_(select(Membership.user_id).where(Membership.role != FILER.name))
    return and_(User.ended_at.is_(None), User.email != "", or_(User.notices == DIGEST, and_(User.notices == "", works)))


def choose(session: Session, user_id: int, choice: str) -> None:
    """Keep how the person wants their mail. Raises ValueError for what is none of them."""
    if choice not in CHOICES:
        raise ValueError(f"there is no such choice: {choice!r}")
    session.get_one(User, user_id).notices = choice
