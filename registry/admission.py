"""How people come in and go: let in by the office, by a managing person of their firm, or on a sealed paper.

A firm's first person applies from a mailbox that they have proved (`sign_in.py`). Nothing here knows a request; a
link's token is handed back once, and only its hash is kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ForeignKey, Select, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant, partial_index
from notifications.letters import APPLICANT, Address
from notifications.post import NewLetter, post
from registry.columns import LONGEST
from registry.identity import Authority, Document, Identity, WithDocument
from registry.organisations import Bureau, Enterprise, folded, mail_faults, names_of, valid_code
from registry.people import Membership, User, add_person, end_person, find_person, memberships, people_with
from registry.sign_in import one_time_link
from workflow.definition import CHIEF, FILER, ROLES, Party
from workflow.refusal import Forbidden, Impossible, Incomplete, Message, refuse_faulty, say


@dataclass(frozen=True)
class Member:
    """A person as a list shows them: their roles and the body for which they hold them."""

    user: User
    roles: tuple[str, ...]
    party: Party | None
    bureau: Bureau | None
    enterprise: Enterprise | None


def end_account(session: Session, user: User, by: int, now: datetime) -> None:
    """End an account; nobody ends their own, nor that of the only head of the office. Raises `Impossible`."""
    if user.id == by:
        raise Impossible(say("You cannot end your own account. Another head of the office can."))
    if people_with(session, (CHIEF,)) == [user]:
        raise Impossible(say("This is the only head of the office. Add another before you end this account."))
    end_person(session, user, now, by=by)


def find_enterprise(session: Session, text: str) -> Enterprise | Message:
    """The firm of that credit code, or of that whole name, now or formerly; else why there is none."""
    asked = folded(text)
    coded = session.scalar(select(Enterprise).where(Enterprise.code == asked.upper()))
    if coded:
        return coded
    named = [firm for firm in session.scalars(select(Enterprise)) if asked in map(folded, names_of(firm))]
    if len(named) > 1:
        return say("More than one firm has this name: enter the credit code.")
    return (
        named[0]
        if named
        else say("No firm here has this code or name. Import or enter a record of it first: the firm is added with it.")
    )


def members(session: Session) -> list[Member]:
    """Everybody, ended or not: the office first, then bureaus, then firms."""
    bureaus = {bureau.id: bureau for bureau in session.scalars(select(Bureau))}
    held: dict[int, list[Membership]] = {}
    for row in session.scalars(select(Membership).order_by(Membership.id)):
        held.setdefault(row.user_id, []).append(row)
    firm_ids = {row.enterprise_id for rows in held.values() for row in rows if row.enterprise_id}
    firms = {firm.id: firm for firm in session.scalars(select(Enterprise).where(Enterprise.id.in_(firm_ids)))}
    found = []
    for user in session.scalars(select(User).order_by(User.id)):
        rows = held.get(user.id, [])
        bureau = next((bureaus[row.bureau_id] for row in rows if row.bureau_id), None)
        firm = next((firms[row.enterprise_id] for row in rows if row.enterprise_id), None)
        party = ROLES[rows[0].role].party if rows else None
        found.append(Member(user, tuple(row.role for row in rows), party, bureau, firm))
    order = (Party.OFFICE, Party.BUREAU, Party.ENTERPRISE, None)
    return sorted(found, key=lambda one: (order.index(one.party), getattr(one.bureau or one.enterprise, "id", 0)))


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


def colleagues(session: Session, enterprise_id: int) -> list[tuple[User, bool]]:
    """The people of an enterprise who have an account, each with whether they manage; those who do first."""
    found = select(User, Membership.manages).join(Membership, Membership.user_id == User.id)
    here = found.where(Membership.enterprise_id == enterprise_id, User.ended_at.is_(None))
    rows = session.execute(here.order_by(Membership.manages.desc(), User.id))
    return [(user, manages) for user, manages in rows]


def add_colleague(
    session: Session, enterprise_id: int, new: NewColleague, by: Identity, now: datetime, *, demo: bool
) -> tuple[User, str]:
    """Let somebody of the enterprise in; gives the link with which they choose a password. Raises `Incomplete`."""
    _require_managing(by, {enterprise_id})
    refuse_faulty(_faults_of_person(new))
    return _add_filer(session, new, enterprise_id, by.language, by.user_id, now, demo)


def find_colleague(session: Session, enterprise_ids: Collection[int], user_id: int) -> User | None:
    """Somebody of these enterprises whose account has not ended."""
    theirs = select(Membership.user_id).where(Membership.enterprise_id.in_(enterprise_ids))
    return session.scalar(select(User).where(User.id == user_id, User.id.in_(theirs), User.ended_at.is_(None)))


def link_for(session: Session, user: User, by: Identity, now: datetime) -> str:
    """A new sign-in link for somebody of one's enterprise. Raises `Forbidden`."""
    _require_managing(by, _firms(session, user))
    return one_time_link(session, user, now, by=by.user_id)


def end_colleague(session: Session, user: User, by: Identity, now: datetime) -> None:
    """End the account of somebody of the enterprise: the others go on. Raises `Forbidden` and `Impossible`."""
    _require_managing(by, _firms(session, user))
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
    _require_managing(by, {enterprise_id})
    refuse_faulty(_faults_of_agent(session, new, letter, today))
    assert letter is not None
    agent, token = find_person(session, new.username), ""
    if agent is None:
        agent, token = _add_filer(session, new, None, by.language, by.user_id, now, demo)
    row = Authority(
        enterprise_id=enterprise_id,
        agent_id=agent.id,
        from_day=new.from_day,
        until_day=new.until_day,
        kinds=list(new.kinds),
        entered_by_id=by.user_id,
        entered_at=now,
    )
    row.quote(letter)
    session.add(row)
    session.flush()
    return row, token


def end_agent(session: Session, id: int, by: Identity, now: datetime) -> Authority:
    """End a letter before its last day; what was done under it stays. The agent may end it too. Raises `Impossible`."""
    row = session.get(Authority, id, with_for_update=True, populate_existing=True)
    if row is None or not (row.enterprise_id in by.manages or row.agent_id == by.user_id):
        raise Impossible(say("Only a managing person of the firm, or the agent, can end this letter of authority."))
    if row.ended_at is not None:
        raise Impossible(say("This has ended already. Nothing was changed, and there is nothing left to do."))
    row.ended_at, row.ended_by_id = now, by.user_id
    session.flush()
    return row


def find_authority(session: Session, id: int, by: Identity) -> Authority | None:
    """A letter that this person of the enterprise, or the agent whom it names, may see."""
    row = session.get(Authority, id)
    if row and (row.agent_id == by.user_id or row.enterprise_id in by.enterprise_ids - by.agent_for.keys()):
        return row
    return None


def agents_of(session: Session, enterprise_ids: Collection[int]) -> list[tuple[Authority, User]]:
    """The letters of these enterprises with their agents, the latest first."""
    found = select(Authority, User).join(User, User.id == Authority.agent_id)
    theirs = found.where(Authority.enterprise_id.in_(enterprise_ids))
    rows = session.execute(theirs.order_by(Authority.from_day.desc(), Authority.id.desc()))
    return [(row, agent) for row, agent in rows]


def _require_managing(by: Identity, enterprise_ids: set[int]) -> None:
    if not enterprise_ids or not by.manages.issuperset(enterprise_ids):
        raise Forbidden(say("Only a managing person of the firm lets others in or ends accounts: ask one."))


def _firms(session: Session, user: User) -> set[int]:
    return {row.enterprise_id for row in memberships(session, user) if row.enterprise_id is not None}


def _add_filer(
    session: Session,
    new: NewColleague | NewAgent,
    enterprise_id: int | None,
    language: str,
    by: int,
    now: datetime,
    demo: bool,
) -> tuple[User, str]:
    """Add a person of an enterprise, or an agent of none, and make their link."""
    user = add_person(
        session,
        new.username,
        new.name,
        (FILER.name,),
        enterprise_id=enterprise_id,
        email=new.email.strip(),
        language=language,
        demo=demo,
        manages=isinstance(new, NewColleague) and new.manages,
        agent=enterprise_id is None,
    )
    return user, one_time_link(session, user, now, by=by)


def _faults_of_person(new: NewColleague | NewAgent) -> Iterator[tuple[str, Message]]:
    if not new.name.strip():
        yield "name", say("Enter the person's name.")
    yield from mail_faults(new.email)


def _faults_of_agent(
    session: Session, new: NewAgent, letter: Document | None, today: date
) -> Iterator[tuple[str, Message]]:
    yield from _faults_of_person(new)
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
        yield "until_day", say("This day is over: enter today or a later day.")
    elif new.until_day < new.from_day:
        yield "until_day", say("The last day is before the first: correct one of them.")
    elif new.until_day - new.from_day > timedelta(days=LONGEST_DAYS):
        yield "until_day", say("A letter of authority is accepted for at most three years: check the year.")
    if letter is None:
        yield "letter", NO_LETTER


def _is_agent(session: Session, user: User, name: str) -> bool:
    """Whether it is the account of that agent: nobody else's can be reached by guessing user names."""
    held = memberships(session, user)
    agent = bool(held) and all(row.role == FILER.name and row.enterprise_id is None for row in held)
    return agent and user.is_active and user.name.strip() == name.strip()


class Application(WithDocument, Base):
    """Who asks to be let in for which enterprise; once decided, on which sealed paper, by whom and with what result."""

    __tablename__ = "application"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(20), unique=True)
    """Drawn from the id in the same transaction."""
    code: Mapped[str] = mapped_column(String(18), index=True)
    firm: Mapped[str] = mapped_column(String(200))
    person: Mapped[str] = mapped_column(String(80))
    mail: Mapped[str] = mapped_column(String(254), index=True)
    language: Mapped[str] = mapped_column(String(2))
    applied_at: Mapped[datetime] = mapped_column(Instant)
    paper_on: Mapped[date | None]
    """The date on the sealed paper."""
    signed_by: Mapped[str] = mapped_column(String(80), default="")
    filed_at: Mapped[str] = mapped_column(String(200), default="")
    """Where the paper lies; may be empty where there is a scan."""
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    """The account that it became."""
    reasons: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (partial_index("ix_application_waiting", "id", where="decided_at IS NULL"),)

    @property
    def stands(self) -> str:
        """`waiting`, `admitted` or `refused`."""
        return "waiting" if self.decided_at is None else "admitted" if self.user_id is not None else "refused"


@dataclass(frozen=True)
class AdmissionRequest:
    """What the first pages ask: the enterprise as on its licence, and the person."""

    firm: str
    code: str
    person: str = ""


def read_firm(firm: str, code: str) -> AdmissionRequest:
    """The enterprise as it is kept. Raises `Incomplete`, by field; whether it is known here does not matter."""
    firm, code = " ".join(firm.split()), re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", code)).upper()
    faults: dict[str, Message] = {}
    if not 2 <= len(firm) <= LONGEST:
        faults["firm"] = say("Enter the firm's whole name, as on its business licence.")
    if fault := valid_code(code):
        faults["code"] = fault
    refuse_faulty(faults)
    return AdmissionRequest(firm, code)


def apply(
    session: Session, asked: AdmissionRequest, mail: str, language: str, today: date, now: datetime
) -> Application:
    """The application; the one that waits already where the same person has sent it before."""
    waiting = select(Application).where(
        Application.code == asked.code,
        Application.mail == mail,
        Application.person == asked.person,
        Application.decided_at.is_(None),
    )
    if before := session.scalars(waiting).first():
        return before
    row = Application(
        code=asked.code, firm=asked.firm, person=asked.person, mail=mail, language=language, applied_at=now
    )
    session.add(row)
    session.flush()
    row.number = f"{today.year}-KT-{row.id:06d}"
    session.flush()
    return row


def applications_from(session: Session, mail: str) -> Sequence[Application]:
    """What was asked for from a mailbox, the latest first."""
    mine = select(Application).where(Application.mail == mail).order_by(Application.id.desc())
    return session.scalars(mine).all()


@dataclass(frozen=True)
class SealedPaper:
    """What the officer compared: the date on the paper, who signed it, and where it lies or its scan."""

    dated: date | None
    signed_by: str
    filed_at: str = ""
    scan: Document | None = None


def number_waiting() -> Select[int]:
    """How many applications wait for the office, as a question to be asked together with others."""
    return select(func.count()).select_from(Application).where(Application.decided_at.is_(None))


def waiting_applications(session: Session) -> Sequence[Application]:
    """All that wait for the sealed paper, the oldest first."""
    return session.scalars(select(Application).where(Application.decided_at.is_(None)).order_by(Application.id)).all()


def decided_lately(session: Session, most: int) -> Sequence[Application]:
    """What was decided, the latest first."""
    found = select(Application).where(Application.decided_at.is_not(None)).order_by(Application.decided_at.desc())
    return session.scalars(found.limit(most)).all()


def find_application(session: Session, number: str) -> Application | None:
    return session.scalar(select(Application).where(Application.number == number)) if number.isprintable() else None


def firm_known(session: Session, application: Application) -> Enterprise | None:
    """The enterprise of that code, where it is here already."""
    return session.scalar(select(Enterprise).where(Enterprise.code == application.code))


def admit_first(
    session: Session, id: int, paper: SealedPaper, username: str, by: int, today: date, now: datetime, *, demo: bool
) -> tuple[User, str]:
    """Let the person in as a managing person of the firm; gives the link with which they choose a password.

    Raises `Incomplete`, by field, and `Impossible` where it has been decided meanwhile.
    """
    row = _undecided(session, id)
    refuse_faulty(_faults(paper, today))
    new = NewColleague(username, row.person, row.mail, manages=True)
    user, token = _add_filer(session, new, _firm(session, row).id, row.language, by, now, demo)
    row.paper_on, row.signed_by, row.filed_at = paper.dated, paper.signed_by.strip(), paper.filed_at.strip()
    if paper.scan:
        row.quote(paper.scan)
    row.decided_at, row.decided_by_id, row.user_id = now, by, user.id
    session.flush()
    return user, token


def refuse(session: Session, id: int, reasons: str, by: int, now: datetime) -> Application:
    """Refuse with reasons, which go to the mailbox as a letter. Raises `Incomplete` and `Impossible`."""
    row = _undecided(session, id)
    if not reasons.strip():
        raise Incomplete({"reasons": say("Enter the reasons: they go to the person, who may apply again.")})
    row.reasons, row.decided_at, row.decided_by_id = reasons.strip(), now, by
    values = {"person": row.person, "enterprise": row.firm, "reasons": row.reasons}
    to = Address(APPLICANT, row.id, "", row.mail, row.language)
    post(session, [NewLetter(to, "application_refused", str(row.number), values)], now)
    session.flush()
    return row


def new_link(session: Session, application: Application, by: int, now: datetime) -> str:
    """Another sign-in link for who was admitted, where the first was lost. Raises `Impossible`."""
    user = session.get(User, application.user_id) if application.user_id is not None else None
    if user is None or user.password_hash:
        raise Impossible(say("Only whoever has no password yet gets a link here: the head makes others, under People."))
    return one_time_link(session, user, now, by=by)


def _undecided(session: Session, id: int) -> Application:
    row = session.get_one(Application, id, with_for_update=True, populate_existing=True)
    if row.decided_at is not None:
        raise Impossible(say("This application has been decided meanwhile. Nothing was changed."))
    return row


def _firm(session: Session, row: Application) -> Enterprise:
    """The enterprise of the code, or a new one; where no mail of it is known, letters go to the proved mailbox."""
    firm = firm_known(session, row)
    if firm is None:
        firm = Enterprise(code=row.code, name=row.firm)
        session.add(firm)
    firm.email = firm.email or row.mail
    session.flush()
    return firm


def _faults(paper: SealedPaper, today: date) -> Iterator[tuple[str, Message]]:
    if paper.dated is None:
        yield "dated", say("Enter the date that stands on the sealed paper.")
    elif paper.dated > today:
        yield "dated", say("The paper cannot bear a day that is still to come: enter the day that stands on it.")
    if not paper.signed_by.strip():
        yield "signed_by", say("Enter who signed the paper for the firm.")
    if not paper.filed_at.strip() and paper.scan is None:
        yield "filed_at", say("Enter where the paper is kept, or add its scan: no account is opened without it.")
