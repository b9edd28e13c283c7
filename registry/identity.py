"""What a person may be today: the roles they hold, those lent to them as a deputy, and the firms as an agent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import Date, Integer, bindparam, select
from sqlalchemy.orm import Session

from registry.authority import lent_to
from registry.organisations import Bureau
from registry.people import Deputy, Membership, User, in_force, memberships
from workflow.definition import AUDITOR, FILER, ROLES, Party, Role

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

    @property
    def bureau_ids(self) -> frozenset[int]:
        """Their bureau and those that have become it."""
        return self.succeeded | {self.bureau_id} if self.bureau_id is not None else frozenset()

    def holds(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    def acts_in(self, enterprise_id: int, kind: str) -> bool:
        """Whether they act for that enterprise in cases of this kind: an agent only as far as the letter goes."""
        kinds = self.agent_for.get(enterprise_id)
        return enterprise_id in self.enterprise_ids and (not kinds or kind in kinds)

    @property
    def narrowed(self) -> dict[int, frozenset[str]]:
        """The enterprises for which they act in some kinds of case only."""
        return {id: kinds for id, kinds in self.agent_for.items() if kinds}

    @property
    def parties(self) -> frozenset[Party]:
        return frozenset(role.party for role in self.roles)


_BECAME: Final = select(Bureau.id, Bureau.successor_id).where(Bureau.successor_id.is_not(None))
_LENT: Final = (
    select(Membership.role, Membership.user_id)
    .join(Deputy, Deputy.person_id == Membership.user_id)
    .join(User, User.id == Membership.user_id)
    .where(Deputy.deputy_id == bindparam("user"), in_force(bindparam("day", type_=Date)))
    .where(User.ended_at.is_(None), Membership.role != AUDITOR.name, Membership.enterprise_id.is_(None))
    .where(Membership.bureau_id.is_not_distinct_from(bindparam("bureau", type_=Integer)))
    .order_by(Deputy.id.desc())
)
"""Every request asks these: they are built once."""


def identity_of(session: Session, user: User, day: date | None = None) -> Identity:
    """What the person may be; nobody once the account has ended. Given the day, also as a deputy and as an agent."""
    held = memberships(session, user) if user.is_active else ()
    own = frozenset(ROLES[row.role] for row in held)
    bureau_id = next((row.bureau_id for row in held if row.bureau_id is not None), None)
    acts_for = _lent(session, user, own, bureau_id, day) if day else {}
    firms = frozenset(row.enterprise_id for row in held if row.enterprise_id is not None)
    lent = lent_to(session, user.id, day) if day and FILER in own else {}
    agent_for = {id: kinds for id, kinds in lent.items() if id not in firms}
    return Identity(
        user_id=user.id,
        name=user.name,
        roles=own.union(acts_for),
        bureau_id=bureau_id,
        enterprise_ids=firms.union(agent_for),
        language=user.language,
        acts_for=acts_for,
        succeeded=_succeeded_by(session, bureau_id) if bureau_id is not None else frozenset(),
        manages=frozenset(row.enterprise_id for row in held if row.enterprise_id is not None and row.manages),
        agent_for=agent_for,
    )


def _lent(session: Session, user: User, own: Collection[Role], bureau_id: int | None, day: date) -> dict[Role, int]:
    """The roles of those for whom the person stands in, where both still are of one body. What was lent to them is not
    lent on, and a role of one's own is not borrowed."""
    if not any(role.party in LENDS and role is not AUDITOR for role in own):
        return {}
    asked = {"user": user.id, "day": day, "bureau": bureau_id}
    found = {ROLES[role]: person_id for role, person_id in session.execute(_LENT, asked)}
    return {role: person_id for role, person_id in found.items() if role not in own}


def _succeeded_by(session: Session, bureau_id: int) -> frozenset[int]:
    """Every bureau that has become this one, at once or in the end."""
    successors = {row.id: row.successor_id for row in session.execute(_BECAME)}
    found: set[int] = set()
    new = {bureau_id}
    while new:
        new = {old for old, successor in successors.items() if successor in new} - found
        found |= new
    return frozenset(found)
