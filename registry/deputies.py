"""Deputies (D18): the head of the office names one for somebody of the office, a bureau's head for somebody there.

A deputy is a dated row. Which roles it lends is read by `identity.identity_of`. Nothing here knows a request.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.identity import Identity
from registry.people import Deputy, Membership, User, in_force, people_with
from workflow.definition import APPROVER, CHIEF, HEAD, OFFICER, REVIEWER
from workflow.refusal import Impossible, Incomplete, Message, say

AT_THE_OFFICE = (OFFICER, CHIEF)
AT_A_BUREAU = (REVIEWER, APPROVER, HEAD)
"""Roles that can be lent: an auditor neither has a deputy nor is one."""


@dataclass(frozen=True)
class NewDeputy:
    """Who is to stand in for whom, from which day until which, both included."""

    person_id: int
    deputy_id: int
    from_day: date
    until_day: date


def name_deputy(session: Session, new: NewDeputy, by: Identity, today: date, now: datetime) -> Deputy:
    """Name a deputy. Raises `Incomplete`, by field."""
    faults = dict(_faults(session, new, by, today))
    if faults:
        raise Incomplete(faults)
    row = Deputy(
        person_id=new.person_id,
        deputy_id=new.deputy_id,
        from_day=new.from_day,
        until_day=new.until_day,
        named_by_id=by.user_id,
        named_at=now,
    )
    session.add(row)
    session.flush()
    return row


def end_deputy(session: Session, id: int, by: Identity, now: datetime) -> Deputy:
    """End it before its last day; what was done meanwhile stands. Raises `Impossible`."""
    row = next((row for row in named_by(session, by) if row.id == id), None)
    if row is None:
        raise Impossible(say("This deputy is not yours to end."))
    if row.ended_at is not None:
        raise Impossible(say("This is over already."))
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
    """The people among whom this person may name deputies; nobody where that is not theirs to do."""
    if by.holds(CHIEF):
        return people_with(session, AT_THE_OFFICE)
    return people_with(session, AT_A_BUREAU, bureau_id=by.bureau_id) if by.holds(HEAD) else []


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
    known = {user.id: user for user in who_may_stand_in(session, by)}
    for field, id in (("person", new.person_id), ("deputy", new.deputy_id)):
        if id not in known:
            yield field, say("Choose one of the people in the list.")
    if new.person_id == new.deputy_id:
        yield "deputy", say("Nobody stands in for themselves: choose somebody else.")
    elif new.deputy_id == by.user_id and not {HEAD, CHIEF}.isdisjoint(by.acts_for):
        yield "deputy", say("Who stands in for a head names others, not themselves.")
    elif _overlaps(session, new):
        yield "deputy", say("This person already stands in for that one in these days.")
    yield from _day_faults(new, today)


def _day_faults(new: NewDeputy, today: date) -> Iterator[tuple[str, Message]]:
    if new.from_day < today:
        yield "from_day", say("This day is over: write today or a later day.")
    if new.until_day < new.from_day:
        yield "until_day", say("The last day lies before the first.")


def _overlaps(session: Session, new: NewDeputy) -> bool:
    same = select(Deputy.id).where(
        Deputy.person_id == new.person_id,
        Deputy.deputy_id == new.deputy_id,
        Deputy.ended_at.is_(None),
        Deputy.from_day <= new.until_day,
        Deputy.until_day >= new.from_day,
    )
    return session.scalar(same.limit(1)) is not None
