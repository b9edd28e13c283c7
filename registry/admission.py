"""Letting people in and out: who is admitted for which body, found by what a person can type, and who may not be ended.

Nothing here knows a request; a link's token is handed back once and kept nowhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.organisations import Bureau, Enterprise, folded, mail_faults, names_of
from registry.people import Membership, User, add_person, end_person, people_with
from registry.sign_in import one_time_link
from workflow.definition import CHIEF, ROLES, Party
from workflow.refusal import Impossible, Incomplete, Message, refuse_faulty, say


@dataclass(frozen=True)
class NewPerson:
    """What the office writes of a new person. `enterprise` is a credit code or a firm's whole name."""

    username: str
    name: str
    roles: Sequence[str]
    bureau_id: int | None = None
    enterprise: str = ""
    language: str = "zh"
    email: str = ""


@dataclass(frozen=True)
class Member:
    """A person as a list shows them: their roles and the body for which they hold them."""

    user: User
    roles: tuple[str, ...]
    party: Party | None
    bureau: Bureau | None
    enterprise: Enterprise | None


def admit_person(session: Session, new: NewPerson, by: int, now: datetime, *, demo: bool) -> tuple[User, str]:
    """Add a person and make the link with which they choose a password. Raises `Incomplete`, by field."""
    enterprise_id = None
    if new.enterprise.strip():
        found = find_enterprise(session, new.enterprise)
        if isinstance(found, Message):
            raise Incomplete({"enterprise": found})
        enterprise_id = found.id
    if new.bureau_id is not None:
        bureau = session.get(Bureau, new.bureau_id)
        if bureau is None or bureau.successor_id is not None:
            raise Incomplete({"bureau": say("Choose one of the bureaus in the list.")})
    refuse_faulty(mail_faults(new.email))
    user = add_person(
        session,
        new.username,
        new.name,
        new.roles,
        bureau_id=new.bureau_id,
        enterprise_id=enterprise_id,
        language=new.language,
        email=new.email.strip(),
        demo=demo,
        manages=enterprise_id is not None,
    )
    return user, one_time_link(session, user, now, by=by)


def end_account(session: Session, user: User, by: int, now: datetime) -> None:
    """End an account. Nobody ends their own, and a deputy not that of the only head: so there is always a head of the
    office left. Raises `Impossible`."""
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
        return say("More than one firm has this name: write the credit code.")
    return named[0] if named else say("No firm here has this code or name. It comes in with its first record.")


def members(session: Session) -> list[Member]:
    """Everybody, ended or not: the office first, then bureaus, then firms."""
    bureaus = {bureau.id: bureau for bureau in session.scalars(select(Bureau))}
    held: dict[int, list[Membership]] = {}
    for row in session.scalars(select(Membership).order_by(Membership.id)):
        held.setdefault(row.user_id, []).append(row)
    firm_ids = {row.enterprise_id for rows in held.values() for row in rows if row.enterprise_id}
    firms = {firm.id: firm for firm in session.scalars(select(Enterprise).where(Enterprise.id.in_(firm_ids)))}
    found = [
        _member(user, held.get(user.id, []), bureaus, firms) for user in session.scalars(select(User).order_by(User.id))
    ]
    return sorted(found, key=_place)


def _member(user: User, held: Sequence[Membership], bureaus: dict[int, Bureau], firms: dict[int, Enterprise]) -> Member:
    bureau = next((bureaus[row.bureau_id] for row in held if row.bureau_id), None)
    firm = next((firms[row.enterprise_id] for row in held if row.enterprise_id), None)
    party = ROLES[held[0].role].party if held else None
    return Member(user, tuple(row.role for row in held), party, bureau, firm)


def _place(member: Member) -> tuple[int, int, int]:
    order = {Party.OFFICE: 0, Party.BUREAU: 1, Party.ENTERPRISE: 2}
    where = member.bureau or member.enterprise
    return (order.get(member.party, 3) if member.party else 3, where.id if where else 0, member.user.id)
