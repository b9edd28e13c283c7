"""What nobody does alone to the account of an official: let them in, a new link, the second step anew, end a wait.

Whoever makes a link could sign in with it. So one proposes, the head of the office or of the person's bureau, and
another confirms within a day: an officer where the head of the office proposed, else the head of the office. Neither is
whom it is for. A firm's own people are let in as `admission.py` says (D65).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from registry.admission import find_enterprise
from registry.factors import end_factors, new_code
from registry.identity import Identity
from registry.organisations import Bureau, mail_faults
from registry.people import Membership, User, add_person, memberships, people_with
from registry.sign_in import hashed, one_time_link
from registry.tries import forgive_name
from registry.two_persons import OVER, ActOfTwo, decide, propose
from workflow.definition import CHIEF, FILER, HEAD, OFFICER, ROLES
from workflow.refusal import Forbidden, Impossible, Incomplete, Message, refuse_faulty, say

ADD: Final = "account_add"
LINK: Final = "account_link"
RESET: Final = "account_reset"
UNWAIT: Final = "account_unwait"
ACCOUNT_ACTS: Final = (ADD, LINK, RESET, UNWAIT)
LASTS: Final = timedelta(hours=24)


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


def admit_person(session: Session, new: NewPerson, by: int, now: datetime, *, demo: bool) -> tuple[User, str]:
    """Add a person and make the link with which they choose a password. Raises `Incomplete`, by field.

    Of a firm: officials are let in by two.
    """
    user = member_of(session, new, demo=demo)
    return user, one_time_link(session, user, now, by=by)


def member_of(session: Session, new: NewPerson, *, demo: bool, waits: bool = False, all_in_one: bool = False) -> User:
    """Add a person to the firm or bureau that is named; with `waits` as `add_person`. Raises `Incomplete`, by field."""
    firm = find_enterprise(session, new.enterprise) if new.enterprise.strip() else None
    if isinstance(firm, Message):
        raise Incomplete({"enterprise": firm})
    bureau = session.get(Bureau, new.bureau_id) if new.bureau_id is not None else None
    if new.bureau_id is not None and (bureau is None or bureau.successor_id is not None):
        raise Incomplete({"bureau": say("Choose one of the bureaus in the list.")})
    refuse_faulty(mail_faults(new.email))
    return add_person(
        session,
        new.username,
        new.name,
        new.roles,
        bureau_id=new.bureau_id,
        enterprise_id=firm.id if firm else None,
        language=new.language,
        email=new.email.strip(),
        demo=demo,
        manages=firm is not None,
        waits=waits,
        all_in_one=all_in_one,
    )


def is_official(session: Session, user: User) -> bool:
    """Whether the person works at a bureau or the office."""
    return any(row.role != FILER.name for row in memberships(session, user))


def propose_person(
    session: Session, new: NewPerson, by: Identity, now: datetime, *, demo: bool, coded: bool, all_in_one: bool = False
) -> tuple[ActOfTwo, str]:
    """Propose an official, who holds no role and can not sign in until it is confirmed. As `propose_account_act`."""
    lapse(session, now)
    user = member_of(session, new, demo=demo, waits=True, all_in_one=all_in_one)
    details = {"roles": list(new.roles), "bureau_id": new.bureau_id}
    return _propose(session, ADD, user, by, now, details, coded)


def propose_account_act(
    session: Session, what: str, user: User, by: Identity, now: datetime, *, coded: bool = False
) -> tuple[ActOfTwo, str]:
    """Propose it; where it is `coded`, with the code that goes with a link that no mail brings, for the proposer alone.

    Raises Forbidden, and Impossible where something of the sort waits, or nobody could confirm it.
    """
    lapse(session, now)
    held = memberships(session, user)
    theirs = {row.bureau_id for row in held} - {None}
    if not (by.holds(CHIEF) or (by.holds(HEAD) and theirs & by.bureau_ids)):
        raise Forbidden(say("The head of the office proposes this, or the head of the person's bureau."))
    if not user.is_active:
        raise Impossible(say("The account of {username} has ended. Add the person anew.", username=user.username))
    return _propose(session, what, user, by, now, {}, coded)


def waiting_account_acts(session: Session, now: datetime) -> Sequence[ActOfTwo]:
    """What has been proposed and waits, the oldest first."""
    return session.scalars(select(ActOfTwo).where(*_waits(now)).order_by(ActOfTwo.id)).all()


def waiting_for(by: Identity, now: datetime) -> Select[int]:
    """How many proposals wait for this person, as a statement."""
    second = ActOfTwo.details["second"].as_string().in_([role.name for role in by.roles])
    apart = ActOfTwo.proposed_by_id != by.user_id, ActOfTwo.subject_id != by.user_id
    return select(func.count()).select_from(ActOfTwo).where(*_waits(now), second, *apart)


def _waits(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return ActOfTwo.what.in_(ACCOUNT_ACTS), ActOfTwo.decided_at.is_(None), ActOfTwo.proposed_at > now - LASTS


def may_confirm(act: ActOfTwo, by: Identity) -> bool:
    """Whether the person is the second who is asked for."""
    return by.holds(ROLES[act.details["second"]]) and by.user_id not in (act.proposed_by_id, act.subject_id)


def confirm_account_act(session: Session, act_id: int, by: Identity, now: datetime) -> tuple[ActOfTwo, User, str]:
    """Do what was proposed; gives the link's token, where there is one. Raises Forbidden and Impossible."""
    act, user = _decided(session, act_id, by, True, now)
    if act.what == ADD:
        kept = {"user_id": user.id, "bureau_id": act.details["bureau_id"]}
        session.add_all(Membership(role=role, **kept) for role in act.details["roles"])
    if act.what == RESET:
        end_factors(session, user, now, by=by.user_id)
    if act.what == UNWAIT:
        forgive_name(session, user.username)
    session.flush()
    token = ""
    if act.what in (ADD, LINK):
        token = one_time_link(session, user, now, by=by.user_id, code_hash=act.details.get("code", ""))
    return act, user, token


def refuse_account_act(session: Session, act_id: int, by: Identity, now: datetime) -> tuple[ActOfTwo, str]:
    """Nothing is done; gives what the person whom it was for is called. The proposer may take it back."""
    act = session.get(ActOfTwo, act_id)
    if act and act.proposed_by_id == by.user_id:
        name = session.get_one(User, act.subject_id).name
        _drop(session, act, by.user_id, now)
        return act, name
    act, user = _decided(session, act_id, by, False, now)
    name = user.name
    _drop(session, act, by.user_id, now)
    return act, name


def lapse(session: Session, now: datetime) -> None:
    """What nobody has confirmed within a day is over."""
    waiting = select(ActOfTwo).where(ActOfTwo.what.in_(ACCOUNT_ACTS), ActOfTwo.decided_at.is_(None))
    for act in session.scalars(waiting.where(ActOfTwo.proposed_at <= now - LASTS)):
        _drop(session, act, None, now)


def _propose(
    session: Session, what: str, user: User, by: Identity, now: datetime, details: dict[str, Any], coded: bool
) -> tuple[ActOfTwo, str]:
    second = OFFICER if by.holds(CHIEF) else CHIEF
    if by.user_id == user.id:
        raise Forbidden(say("This is for yourself: somebody else must propose it."))
    if not [one for one in people_with(session, (second,)) if one.id not in (by.user_id, user.id)]:
        raise Impossible(
            say("Nobody here could confirm it. Until there is a second person, whoever runs the platform adds people.")
        )
    code = new_code() if coded else ""
    act = ActOfTwo(what=what, subject_id=user.id, before=[], after=[], proposed_by_id=by.user_id, proposed_at=now)
    act.details = {**details, "second": second.name, **({"code": hashed(code)} if code else {})}
    return propose(session, act), code


def _decided(session: Session, act_id: int, by: Identity, confirmed: bool, now: datetime) -> tuple[ActOfTwo, User]:
    act = session.get(ActOfTwo, act_id)
    if act is None or act.what not in ACCOUNT_ACTS or act.proposed_at <= now - LASTS:
        raise Impossible(OVER)
    if by.user_id == act.subject_id:
        raise Forbidden(say("This is for yourself: somebody else must confirm it."))
    if act.proposed_by_id != by.user_id and not may_confirm(act, by):
        raise Forbidden(
            say("Another must confirm it: an officer what the head of the office proposed, the head what a bureau did.")
        )
    return decide(session, act_id, by, confirmed, now), session.get_one(User, act.subject_id)


def _drop(session: Session, act: ActOfTwo, by: int | None, now: datetime) -> None:
    """A person who was only proposed is taken out again, and their user name is free."""
    act.decided_by_id, act.decided_at, act.confirmed = by, now, False
    if act.what == ADD:
        session.delete(session.get_one(User, act.subject_id))
    session.flush()
