"""What a person may be today: roles held, roles lent to a deputy (D18), enterprises an agent acts for.

Deputies and letters of authority are dated rows, read with every request: they end by themselves.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, cached_property
from typing import Any, Final, Protocol

from sqlalchemy import JSON, BindParameter, ColumnElement, Date, ForeignKey, Integer, String, and_, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from database import Question, ask_together
from extensions import Base, Instant
from registry.organisations import Bureau
from registry.people import Deputy, Membership, User, in_force, people_with
from workflow.definition import APPROVER, AUDITOR, CHIEF, FILER, HEAD, OFFICER, REVIEWER, ROLES, Party, Role
from workflow.refusal import Impossible, Message, refuse_faulty, say

LENDS = (Party.BUREAU, Party.OFFICE)
"""Where somebody may stand in for another; a firm gives its person's account to nobody."""


@dataclass(frozen=True)
class Identity:
    """A person as the rules see them: which roles, at which bureau, for which enterprises."""

    user_id: int
    name: str
    roles: frozenset[Role]
    bureau_id: int | None = None
    enterprise_ids: frozenset[int] = frozenset()
    language: str = "zh"
    acts_for: Mapping[Role, int] = field(default_factory=dict)
    """For whom, by id, in the roles that the person holds only as a deputy (D18)."""
    succeeded: frozenset[int] = frozenset()
    """The bureaus that have become theirs: in law the same body (D26)."""
    manages: frozenset[int] = frozenset()
    """The enterprises whose people and agents they let in."""
    agent_for: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """The enterprises for which they are an agent today, by id, and the kinds of case their letters name; none: all."""
    through: int | None = None
    """The service person of the system that acts for them (D63)."""

    @cached_property
    def bureau_ids(self) -> frozenset[int]:
        """Their bureau and those that have become it."""
        return self.succeeded | {self.bureau_id} if self.bureau_id is not None else frozenset()

    def holds(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    def acts_in(self, enterprise_id: int, kind: str) -> bool:
        """Whether they act for that enterprise in cases of this kind: an agent only as far as the letter goes."""
        kinds = self.agent_for.get(enterprise_id)
        return enterprise_id in self.enterprise_ids and (not kinds or kind in kinds)

    @cached_property
    def narrowed(self) -> dict[int, frozenset[str]]:
        """The enterprises for which they act in some kinds of case only."""
        return {id: kinds for id, kinds in self.agent_for.items() if kinds}

    @cached_property
    def parties(self) -> frozenset[Party]:
        return frozenset(role.party for role in self.roles)


_BECAME: Final = select(Bureau.id, Bureau.successor_id).where(Bureau.successor_id.is_not(None))


def identity_of(session: Session, user: User, day: date | None = None) -> Identity:
    """What the person may be; nobody once the account has ended. Given the day, also as a deputy and as an agent."""
    return identity_by(user, ask_together(session.connection(), of_a_person(), {"user": user.id, "day": day}))


def identity_by(user: User, found: Sequence[Sequence[Any]]) -> Identity:
    """The same by what `of_a_person` has given, asked together with something else."""
    held, lent, letters, became = found if user.is_active else ((), (), (), ())
    own = frozenset(ROLES[row.role] for row in held)
    bureau_id = next((row.bureau_id for row in held if row.bureau_id is not None), None)
    acts_for = _lent(lent, own, bureau_id)
    firms = frozenset(row.enterprise_id for row in held if row.enterprise_id is not None)
    agent_for = {id: kinds for id, kinds in _lent_by(letters).items() if id not in firms} if FILER in own else {}
    return Identity(
        user_id=user.id,
        name=user.name,
        roles=own.union(acts_for),
        bureau_id=bureau_id,
        enterprise_ids=firms.union(agent_for),
        language=user.language,
        acts_for=acts_for,
        succeeded=_succeeded_by(became, bureau_id) if bureau_id is not None else frozenset(),
        manages=frozenset(row.enterprise_id for row in held if row.enterprise_id is not None and row.manages),
        agent_for=agent_for,
    )


def _lent(lent: Sequence[Any], own: Collection[Role], bureau_id: int | None) -> dict[Role, int]:
    """The roles of those for whom the person stands in, where both are still of one body, but for their own roles."""
    if not any(role.party in LENDS and role is not AUDITOR for role in own):
        return {}
    found = {ROLES[row.role]: row.user_id for row in lent if row.bureau_id == bureau_id}
    return {role: person_id for role, person_id in found.items() if role not in own}


def succeeded_by(session: Session, bureau_id: int) -> frozenset[int]:
    """Every bureau that has become this one, at once or in the end."""
    return _succeeded_by(session.execute(_BECAME).all(), bureau_id)


def _succeeded_by(became: Sequence[Any], bureau_id: int) -> frozenset[int]:
    """Every bureau that has become this one, at once or in the end."""
    successors = {row.id: row.successor_id for row in became}
    found: set[int] = set()
    new = {bureau_id}
    while new:
        new = {old for old, successor in successors.items() if successor in new} - found
        found |= new
    return frozenset(found)


class Document(Protocol):
    """A stored file: a letter of authority, a published limit, a scan. `sha256` is of its content, in hex."""

    @property
    def sha256(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def size(self) -> int: ...


class WithDocument:
    """The columns by which a row quotes a stored file; empty where there is none."""

    sha256: Mapped[str] = mapped_column(String(64), default="")
    name: Mapped[str] = mapped_column(String(200), default="")
    media_type: Mapped[str] = mapped_column(String(60), default="")
    size: Mapped[int] = mapped_column(default=0)

    def quote(self, document: Document) -> None:
        """Quote this file from now on."""
        for name in ("sha256", "name", "media_type", "size"):
            setattr(self, name, getattr(document, name))


class Authority(WithDocument, Base):
    """What an enterprise has given an agent in writing. `kinds` of case; none named: all. It is never removed."""

    __tablename__ = "authority"

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("user_.id"), index=True)
    from_day: Mapped[date]
    until_day: Mapped[date]
    kinds: Mapped[list[str]] = mapped_column(JSON, default=list)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))
    entered_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))

    def stands(self, day: date) -> str:
        """Its state on a day: `ended` before its last day, `later`, `now` or `over`."""
        if self.ended_at is not None:
            return "ended"
        return "later" if day < self.from_day else "over" if day > self.until_day else "now"


def authority_in_force(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """The condition that holds for the letters by which an agent may act on this day."""
    return and_(Authority.from_day <= day, Authority.until_day >= day, Authority.ended_at.is_(None))


@cache
def of_a_person() -> tuple[Question, ...]:
    """What says what a person may be, as every request asks it: their roles, the roles lent to a deputy, the letters
    of an agent, and what bureaus became."""
    user, day = bindparam("user", type_=Integer), bindparam("day", type_=Date)
    held = select(Membership.role, Membership.bureau_id, Membership.enterprise_id, Membership.manages)
    lent = (
        select(Membership.role, Membership.user_id, Membership.bureau_id)
        .join(Deputy, Deputy.person_id == Membership.user_id)
        .join(User, User.id == Membership.user_id)
        .where(Deputy.deputy_id == user, in_force(day), User.ended_at.is_(None))
        .where(Membership.role != AUDITOR.name, Membership.enterprise_id.is_(None))
        .order_by(Deputy.id.desc())
    )
    letters = select(Authority.enterprise_id, Authority.kinds).where(Authority.agent_id == user)
    return (
        held.where(Membership.user_id == user).order_by(Membership.id),
        lent,
        letters.where(authority_in_force(day)).order_by(Authority.id),
        _BECAME,
    )


def _lent_by(letters: Sequence[Any]) -> dict[int, frozenset[str]]:
    """For which enterprises the agent may act, and in which kinds of case; none named: in all."""
    lent: dict[int, frozenset[str]] = {}
    for row in letters:
        known = lent.get(row.enterprise_id)
        whole = not row.kinds or known == frozenset()
        lent[row.enterprise_id] = frozenset() if whole else frozenset(row.kinds) | (known or frozenset())
    return lent


def authorities_held(session: Session, agent_id: int) -> Sequence[Authority]:
    """Every letter that an agent holds or has held, the latest first."""
    held = select(Authority).where(Authority.agent_id == agent_id)
    return session.scalars(held.order_by(Authority.from_day.desc(), Authority.id.desc())).all()


@dataclass(frozen=True)
class NewDeputy:
    """Who is to stand in for whom, from which day until which, both included."""

    person_id: int
    deputy_id: int
    from_day: date
    until_day: date


def name_deputy(session: Session, new: NewDeputy, by: Identity, today: date, now: datetime) -> Deputy:
    """Name a deputy. Raises `Incomplete`, by field."""
    refuse_faulty(_faults(session, new, by, today))
    row = Deputy(**vars(new), named_by_id=by.user_id, named_at=now)
    session.add(row)
    session.flush()
    return row


def end_deputy(session: Session, id: int, by: Identity, now: datetime) -> Deputy:
    """End it before its last day; what was done meanwhile stays. Raises `Impossible`."""
    row = next((row for row in named_by(session, by) if row.id == id), None)
    if row is None:
        raise Impossible(say("Only the head of that body can end these deputy days: ask the head."))
    if row.ended_at is not None:
        raise Impossible(say("This has ended already. Nothing was changed, and there is nothing left to do."))
    row.ended_at = now
    session.flush()
    return row


def deputies_in_force(session: Session, day: date) -> list[Deputy]:
    """Who stands in on this day, the first named first."""
    return list(session.scalars(select(Deputy).where(in_force(day)).order_by(Deputy.id)))


def stood_in_for(session: Session, deputy_id: int) -> set[int]:
    """The people for whom this person stands in, is to, or once did."""
    return set(session.scalars(select(Deputy.person_id).where(Deputy.deputy_id == deputy_id)))


def who_may_stand_in(session: Session, by: Identity) -> list[User]:
    """The people among whom this person may name deputies: no auditor; nobody where that is not theirs to do."""
    if by.holds(CHIEF):
        return people_with(session, (OFFICER, CHIEF))
    return people_with(session, (REVIEWER, APPROVER, HEAD), bureau_id=by.bureau_id) if by.holds(HEAD) else []


def named_by(session: Session, by: Identity) -> list[Deputy]:
    """The deputies that are this person's to keep, the latest first: those of the people of their body."""
    ids = [user.id for user in who_may_stand_in(session, by)]
    found = select(Deputy).where(Deputy.person_id.in_(ids)).order_by(Deputy.from_day.desc(), Deputy.id.desc())
    return list(session.scalars(found))


def roles_lent(session: Session, ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Which roles each of these people lends to a deputy."""
    found: dict[int, tuple[str, ...]] = dict.fromkeys(ids, ())
    for row in session.scalars(select(Membership).where(Membership.user_id.in_(ids)).order_by(Membership.id)):
        found[row.user_id] += (row.role,)
    return found


def _faults(session: Session, new: NewDeputy, by: Identity, today: date) -> Iterator[tuple[str, Message]]:
    known = {user.id for user in who_may_stand_in(session, by)}
    same = select(Deputy.id).where(
        Deputy.person_id == new.person_id,
        Deputy.deputy_id == new.deputy_id,
        Deputy.ended_at.is_(None),
        Deputy.from_day <= new.until_day,
        Deputy.until_day >= new.from_day,
    )
    for name, id in (("person", new.person_id), ("deputy", new.deputy_id)):
        if id not in known:
            yield name, say("Choose one of the people in the list.")
    if new.person_id == new.deputy_id:
        yield "deputy", say("Nobody stands in for themselves: choose somebody else.")
    elif new.deputy_id == by.user_id and not {HEAD, CHIEF}.isdisjoint(by.acts_for):
        yield "deputy", say("Who stands in for a head names others, not themselves: choose somebody else.")
    elif session.scalar(same.limit(1)) is not None:
        yield (
            "deputy",
            say("This person already stands in for that one in these days: choose other days or another person."),
        )
    if new.from_day < today:
        yield "from_day", say("This day is over: enter today or a later day.")
    if new.until_day < new.from_day:
        yield "until_day", say("The last day is before the first: correct one of them.")
