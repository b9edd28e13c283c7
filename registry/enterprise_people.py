"""The people of an enterprise and its agents: whom its managing person lets in, and whom they end.

The office admits the first person (`joining.py`). Nothing here knows a request; a link's token is handed back once.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.documents import Document, quoted
from registry.identity import Authority, Identity, authorities_of
from registry.organisations import mail_faults
from registry.people import Membership, User, add_person, end_person, find_person, memberships, people_with
from registry.sign_in import one_time_link
from workflow.definition import FILER
from workflow.refusal import Forbidden, Impossible, Message, refuse_faulty, say

LONGEST_DAYS = 3 * 366
"""A letter of authority for longer than three years is taken for a slip of the pen."""
NO_LETTER = say("Add the signed letter of authority as a file: without it nobody acts for the firm.")


@dataclass(frozen=True)
class NewColleague:
    """Somebody of the enterprise; `manages`: they let others in and end them too."""

    username: str
    name: str
    email: str = ""
    manages: bool = False


@dataclass(frozen=True)
class NewAgent:
    """An agent and their letter: from which day until which, both included, for which kinds of case; none: for all."""

    username: str
    name: str
    email: str
    from_day: date
    until_day: date
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Colleague:
    """Somebody of the enterprise, and whether they manage its people."""

    user: User
    manages: bool


def colleagues(session: Session, enterprise_id: int) -> list[Colleague]:
    """The people of an enterprise who have an account, the managing ones first."""
    found = session.execute(
        select(User, Membership.manages)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.enterprise_id == enterprise_id, User.ended_at.is_(None))
        .order_by(User.id)
    )
    return sorted((Colleague(user, manages) for user, manages in found), key=lambda one: not one.manages)


def add_colleague(
    session: Session, enterprise_id: int, new: NewColleague, by: Identity, now: datetime, *, demo: bool
) -> tuple[User, str]:
    """Let somebody of the enterprise in; gives the link with which they choose a password. Raises `Incomplete`."""
    _require_managing(by, enterprise_id)
    refuse_faulty(_faults_of_person(new.name, new.email))
    user = add_person(
        session,
        new.username,
        new.name,
        (FILER.name,),
        enterprise_id=enterprise_id,
        email=new.email.strip(),
        language=by.language,
        demo=demo,
        manages=new.manages,
    )
    return user, one_time_link(session, user, now, by=by.user_id)


def find_colleague(session: Session, enterprise_ids: Collection[int], user_id: int) -> User | None:
    """Somebody of these enterprises whose account has not ended."""
    theirs = select(Membership.user_id).where(Membership.enterprise_id.in_(enterprise_ids))
    return session.scalar(select(User).where(User.id == user_id, User.id.in_(theirs), User.ended_at.is_(None)))


def link_for(session: Session, user: User, by: Identity, now: datetime) -> str:
    """A new sign-in link for somebody of one's enterprise. Raises `Forbidden`."""
    _require_managing(by, *_firms(session, user))
    return one_time_link(session, user, now, by=by.user_id)


def end_colleague(session: Session, user: User, by: Identity, now: datetime) -> None:
    """End the account of somebody of the enterprise: the others go on. Raises `Forbidden` and `Impossible`."""
    _require_managing(by, *_firms(session, user))
    if user.id == by.user_id:
        raise Impossible(
            say("You cannot end your own account. Another managing person of the firm, or the office, can.")
        )
    end_person(session, user, now, by=by.user_id)


def name_agent(
    session: Session,
    enterprise_id: int,
    new: NewAgent,
    letter: Document | None,
    by: Identity,
    today: date,
    now: datetime,
    *,
    demo: bool,
) -> tuple[Authority, str]:
    """Let an agent act under a letter; gives it, and a sign-in link where the agent has had no account. Raises
    `Incomplete`, by field."""
    _require_managing(by, enterprise_id)
    refuse_faulty(_faults_of_agent(session, new, letter, today))
    assert letter is not None
    agent, token = _agent(session, new, by, now, demo)
    row = Authority(
        enterprise_id=enterprise_id,
        agent_id=agent.id,
        from_day=new.from_day,
        until_day=new.until_day,
        kinds=list(new.kinds),
        **quoted(letter),
        entered_by_id=by.user_id,
        entered_at=now,
    )
    session.add(row)
    session.flush()
    return row, token


def end_agent(session: Session, id: int, by: Identity, now: datetime) -> Authority:
    """End a letter before its last day; what was done under it stands. The agent may lay it down too.

    Raises `Impossible`.
    """
    row = session.get(Authority, id, with_for_update=True, populate_existing=True)
    if row is None or not (row.enterprise_id in by.manages or row.agent_id == by.user_id):
        raise Impossible(say("This letter of authority is not yours to end."))
    if row.ended_at is not None:
        raise Impossible(say("This is over already."))
    row.ended_at, row.ended_by_id = now, by.user_id
    session.flush()
    return row


def find_authority(session: Session, id: int, by: Identity) -> Authority | None:
    """A letter that this person of the enterprise, or the agent whom it names, may see."""
    row = session.get(Authority, id)
    seen = row is not None and (
        row.agent_id == by.user_id or row.enterprise_id in by.enterprise_ids - by.agent_for.keys()
    )
    return row if seen else None


def agents_of(session: Session, enterprise_ids: Collection[int]) -> list[tuple[Authority, User]]:
    """The letters of these enterprises with their agents, the latest first."""
    rows = authorities_of(session, enterprise_ids)
    agents = {
        user.id: user for user in session.scalars(select(User).where(User.id.in_({row.agent_id for row in rows})))
    }
    return [(row, agents[row.agent_id]) for row in rows]


def _require_managing(by: Identity, *enterprise_ids: int) -> None:
    if not enterprise_ids or not by.manages.issuperset(enterprise_ids):
        raise Forbidden(say("Only a managing person of the firm lets others in or ends their accounts."))


def _firms(session: Session, user: User) -> set[int]:
    return {row.enterprise_id for row in memberships(session, user) if row.enterprise_id is not None}


def _agent(session: Session, new: NewAgent, by: Identity, now: datetime, demo: bool) -> tuple[User, str]:
    known = find_person(session, new.username)
    if known is not None:
        return known, ""
    user = add_person(
        session,
        new.username,
        new.name,
        (FILER.name,),
        email=new.email.strip(),
        language=by.language,
        demo=demo,
        agent=True,
    )
    return user, one_time_link(session, user, now, by=by.user_id)


def _faults_of_person(name: str, email: str) -> Iterator[tuple[str, Message]]:
    if not name.strip():
        yield "name", say("Write the person's name.")
    yield from mail_faults(email)


def _faults_of_agent(
    session: Session, new: NewAgent, letter: Document | None, today: date
) -> Iterator[tuple[str, Message]]:
    yield from _faults_of_person(new.name, new.email)
    known = find_person(session, new.username)
    if known is not None and not _is_agent(session, known, new.name):
        yield (
            "username",
            say(
                "No agent's account has this user name and this name. Ask the agent how both are "
                "written, or choose another user name for a new account."
            ),
        )
    if new.until_day < today:
        yield "until_day", say("This day is over: write today or a later day.")
    elif new.until_day < new.from_day:
        yield "until_day", say("The last day lies before the first.")
    elif new.until_day - new.from_day > timedelta(days=LONGEST_DAYS):
        yield "until_day", say("A letter of authority is taken for at most three years: look at the year again.")
    if letter is None:
        yield "letter", NO_LETTER


def _is_agent(session: Session, user: User, name: str) -> bool:
    """Whether it is the account of that agent: nobody else's can be reached by guessing user names."""
    held = memberships(session, user)
    agent = bool(held) and all(row.role == FILER.name and row.enterprise_id is None for row in held)
    return agent and user.is_active and user.name.strip() == name.strip()


def managing(session: Session, enterprise_id: int) -> list[User]:
    """Those who let others in; none: the firm's people come in by the office."""
    return [one.user for one in colleagues(session, enterprise_id) if one.manages]


def admitted(session: Session, enterprise_id: int) -> bool:
    """Whether the enterprise has anybody here."""
    return bool(people_with(session, (FILER,), enterprise_id=enterprise_id))
