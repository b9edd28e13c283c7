"""To whom a case can be handed: those who could take its next step where it lies."""

from __future__ import annotations

from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.visibility import ABOUT_AN_OFFICER
from registry.people import people_with
from workflow.definition import CHIEF, Party
from workflow.snapshot import Snapshot


def colleagues_in(session: Session, case: Snapshot) -> list[tuple[int, str]]:
    """The people of its desk who can move the case on, by id and name; nobody while it is with the enterprise."""
    state = all_kinds()[case.kind].state(case.state)
    roles = [role for role in all_kinds()[case.kind].movers(case.state) if role.party is state.desk]
    if case.complained_of == ABOUT_AN_OFFICER:
        roles = [CHIEF]
    if state.desk not in (Party.OFFICE, Party.BUREAU) or not roles:
        return []
    bureau = case.bureau if state.desk is Party.BUREAU else None
    return [(user.id, user.name) for user in people_with(session, roles, bureau_id=bureau)]
