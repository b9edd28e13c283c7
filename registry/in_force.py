"""The world as of now: the law with what was promised, the calendar with what was announced. Asked in each transaction,
so that every process counts by the same from the same moment."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from registry.calendars import calendar_in_force, loaded_since
from registry.promises import law_in_force
from workflow.jurisdiction import Jurisdiction
from workflow.snapshot import RuleContext


def world_in_force(session: Session, law: Jurisdiction) -> RuleContext:
    """The law of the place and its calendar as they hold now; `law` may be as shipped."""
    return RuleContext(law_in_force(session, law), calendar_in_force(session, law.shipped or law))


def in_force(session: Session, world: RuleContext) -> RuleContext:
    """The world to write by, asked under the lock of what is to be moved: more may have been recorded meanwhile."""
    law = law_in_force(session, world.jurisdiction)
    calendar = loaded_since(session, law.shipped or law, world.calendar)
    if calendar is world.calendar and law is world.jurisdiction:
        return world
    return replace(world, jurisdiction=law, calendar=calendar)
