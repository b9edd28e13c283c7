"""To whom a case can be handed: those who could take its next step where it lies."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.model.visibility import ABOUT_AN_OFFICER
from registry.people import people_with
from workflow.definition import CHIEF, Party, Role
from workflow.snapshot import Snapshot

People = list[tuple[int, str]]
"""By id and name."""


@dataclass(frozen=True)
class Desk:
    """Whose step is next: these roles, at that bureau or at the office; none while it is with the enterprise."""

    roles: frozenset[Role] = frozenset()
    bureau: int | None = None


def desk_of(case: Snapshot) -> Desk:
    """The desk where a case lies, and the roles there that move it on."""
    state = all_kinds()[case.kind].state(case.state)
    if state.desk not in (Party.OFFICE, Party.BUREAU):
        return Desk()
    roles = frozenset(role for role in all_kinds()[case.kind].movers(case.state) if role.party is state.desk)
    about_an_officer = case.complained_of == ABOUT_AN_OFFICER
    return Desk(frozenset({CHIEF}) if about_an_officer else roles, case.bureau if state.desk is Party.BUREAU else None)


def people_of(session: Session, desk: Desk) -> People:
    """The people of a desk."""
    found = people_with(session, desk.roles, bureau_id=desk.bureau) if desk.roles else []
    return [(user.id, user.name) for user in found]


def colleagues_in(session: Session, case: Snapshot) -> People:
    """The people of its desk who can move the case on; nobody while it is with the enterprise."""
    return people_of(session, desk_of(case))
