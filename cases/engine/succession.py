"""Succession (D26): a bureau's open cases follow what it became, in one act with its records and people.

Each case gets one event and its filer a letter; nothing of its time changes, since in law it is the same body.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from cases.engine.advance import Command, advance, named
from cases.model.tables import Case
from extensions import transaction
from registry.organisations import Bureau, Order, bodies, people_following, records_following, succeed
from workflow.snapshot import Person, RuleContext

__all__ = ["Following", "Order", "following", "succeed_bureau"]

SUCCEEDED: Final = "succeeded"


@dataclass(frozen=True)
class Following:
    """How much follows a bureau: its open cases, its records, its people."""

    cases: int
    records: int
    people: int


def following(session: Session, bureau_id: int) -> Following:
    """What would follow this bureau now."""
    cases = session.scalar(select(func.count()).select_from(Case).where(_theirs(bureau_id))) or 0
    return Following(cases, records_following(session, bureau_id), people_following(session, bureau_id))


def succeed_bureau(world: RuleContext, order: Order, person: Person, now: datetime) -> int:
    """Record what a bureau became; gives the number of cases that followed.

    Raises a Refusal, `Incomplete` with the fields how, successor, name, document and on_day, or one that names the case
    that cannot follow; then nothing happened.
    """
    with transaction() as session:
        old, new = bodies(session, order, world.jurisdiction.day_of(now), lock=True)
        cases = session.execute(select(Case.id, Case.number).where(_theirs(old.id)).order_by(Case.id)).all()
        if new is old:  # the letters then say both names
            _record(session, order, old, new, person, now)
            _move(world, cases, order, new, person, now)
        else:  # while the old body still stands: an act names only bodies that do
            _move(world, cases, order, new, person, now)
            _record(session, order, old, new, person, now)
        return len(cases)


def _theirs(bureau_id: int) -> ColumnElement[bool]:
    """The open cases that are with this bureau, or about it."""
    return Case.closed_at.is_(None) & or_(Case.bureau_id == bureau_id, Case.complained_bureau_id == bureau_id)


def _move(
    world: RuleContext, cases: Sequence[tuple[int, str]], order: Order, new: Bureau, person: Person, now: datetime
) -> None:
    answers = {"old_bureau": order.old_id, "bureau": new.id, "document": order.document.strip(), "on_day": order.on}
    for case_id, number in cases:
        try:
            advance(world, Command(case_id, SUCCEEDED, answers), person, now)
        except Exception as error:
            raise named(number, error) from error


def _record(session: Session, order: Order, old: Bureau, new: Bureau, person: Person, now: datetime) -> None:
    assert person.id is not None
    succeed(session, order, old, new, person.id, now)
