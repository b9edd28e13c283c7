"""Who else could take an act that is barred to the reader: those of the same desk whom no guard holds back today."""

from __future__ import annotations

from sqlalchemy import select

from cases.visibility import person_in
from registry.deputies import deputies_in_force
from registry.people import User, people_with, standing_of
from web.case_reading import Reading
from workflow.decide import choices
from workflow.definition import Action, Party


def who_can(reading: Reading, action: Action) -> tuple[str, ...]:
    """Their names, deputies in force included; empty where nobody else can."""
    return tuple(user.name for user in _of_the_desk(reading, action) if _may(reading, action, user))


def _of_the_desk(reading: Reading, action: Action) -> list[User]:
    """The people who hold one of the act's roles where the case lies, and who stands in for them."""
    roles = [role for role in action.by if role.party is reading.state.desk]
    bureau = reading.file.bureau_id if reading.state.desk is Party.BUREAU else None
    people = people_with(reading.session, roles, bureau_id=bureau) if roles else []
    ids = {user.id for user in people}
    lent = {row.deputy_id for row in deputies_in_force(reading.session, reading.today) if row.person_id in ids}
    more = reading.session.scalars(select(User).where(User.id.in_(lent - ids), User.ended_at.is_(None)))
    return [user for user in (*people, *more) if user.id != reading.person.id]


def _may(reading: Reading, action: Action, user: User) -> bool:
    person = person_in(standing_of(reading.session, user, reading.today), reading.file)
    found = choices(reading.definition, reading.file.snapshot, reading.world, person, reading.now)
    return any(one.action.name == action.name and one.why_not is None for one in found)
