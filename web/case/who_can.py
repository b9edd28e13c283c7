"""Who else could take an act that is barred to the reader: those of the same desk whom no guard holds back today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.model.visibility import NextDesk, person_in
from registry.identity import Identity, deputies_in_force, identity_of
from registry.people import User, people_with
from web.case.reading import Reading
from workflow.decide import choices
from workflow.definition import Action, Party


def who_can(
    reading: Reading, action: Action, standings: Callable[[NextDesk], list[Identity]] | None = None
) -> tuple[str, ...]:
    """Their names, deputies in force included; empty where nobody else can.

    `standings` gives the people of a desk, where somebody asks for several cases of the same one.
    """
    read = standings or partial(identities_of, reading.session, reading.today)
    roles = frozenset(role for role in action.by if role.party is reading.state.desk)
    desk = NextDesk(roles, reading.file.bureau_id if reading.state.desk is Party.BUREAU else None)
    others = (one for one in read(desk) if one.user_id != reading.person.id)
    return tuple(one.name for one in others if _may(reading, action, one))


def identities_of(session: Session, day: date, desk: NextDesk) -> list[Identity]:
    """Those who hold one of the roles of the desk, and who stands in for them that day."""
    people = people_with(session, desk.roles, bureau_id=desk.bureau) if desk.roles else []
    ids = {user.id for user in people}
    lent = {row.deputy_id for row in deputies_in_force(session, day) if row.person_id in ids}
    more = session.scalars(select(User).where(User.id.in_(lent - ids), User.ended_at.is_(None)))
    return [identity_of(session, user, day) for user in (*people, *more)]


def _may(reading: Reading, action: Action, other: Identity) -> bool:
    person = person_in(other, reading.file)
    found = choices(reading.definition, reading.file.snapshot, reading.world, person, reading.now)
    return any(one.action.name == action.name and one.why_not is None for one in found)
