"""What nobody does alone to the account of an official: let them in, a new link, the second step anew, end a wait; and
to let in a body's system.

Whoever makes a link or a token could use it. So one proposes, the head of the office or of the person's bureau, and
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
from registry.tokens import ApiToken, NewToken, OfABody, add_token, issue
from registry.tries import forgive_name
from registry.two_persons import OVER, ActOfTwo, decide, propose
from workflow.definition import CHIEF, FILER, HEAD, OFFICER, ROLES
from workflow.refusal import Forbidden, Impossible, Incomplete, Message, refuse_faulty, say

ADD: Final = "account_add"
LINK: Final = "account_link"
RESET: Final = "account_reset"
UNWAIT: Final = "account_unwait"
TOKEN: Final = "account_token"
ACCOUNT_ACTS: Final = (ADD, LINK, RESET, UNWAIT, TOKEN)
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


def keeps_system(by: Identity, owned: OfABody | NewToken) -> bool:
    """Whether the person answers for that body's systems: the head of the office for all, else the bureau's own."""
    return by.holds(CHIEF) or (by.holds(HEAD) and owned.bureau_id in by.bureau_ids)


def propose_token(session: Session, new: NewToken, by: Identity, now: datetime, *, demo: bool) -> ActOfTwo:
    """Propose a token, which has no secret until it is confirmed and its proposer is shown it.

    Raises `Incomplete`, by field, else as `propose_account_act`.
    """
    lapse(session, now)
    if not keeps_system(by, new):
        raise Forbidden(say("The head of the office proposes this, or the head of the bureau whose system it is."))
    token = add_token(session, new, now, demo=demo)
    return _propose(session, TOKEN, session.get_one(User, token.person_id), by, now, {}, False)[0]


def token_acts(session: Session) -> dict[int, ActOfTwo]:
    """By whom each token was proposed and decided, by its service person; those that a command made have none."""
    return {act.subject_id: act for act in session.scalars(select(ActOfTwo).where(ActOfTwo.what == TOKEN))}


def show_token(session: Session, token: ApiToken, by: Identity) -> str:
    """The secret, this once, for who proposed it, after another has confirmed it. Raises Forbidden and Impossible."""
    act = session.scalar(select(ActOfTwo).filter_by(what=TOKEN, subject_id=token.person_id))
    if act is None or not act.confirmed or token.revoked_at is not None:
        raise Impossible(say("This token cannot be shown: nobody has confirmed it, or it has been revoked."))
    if act.proposed_by_id != by.user_id:
        raise Forbidden(
            say("The secret of a token is shown only to whoever has proposed it: propose a token of your own.")
        )
    return issue(session, token)


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
    """A person or a system that was only proposed is taken out again, and the user name is free."""
    act.decided_by_id, act.decided_at, act.confirmed = by, now, False
    if act.what == TOKEN:
        session.delete(session.scalars(select(ApiToken).filter_by(person_id=act.subject_id)).one())
        session.flush()
    if act.what in (ADD, TOKEN):
        session.delete(session.get_one(User, act.subject_id))
    session.flush()
