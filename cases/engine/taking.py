"""Taking a case that nobody has: of two who ask at the same moment one gets it, and the other is told."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select

from cases.engine.advance import Command, advance
from cases.engine.writing import Written
from cases.model.tables import Case
from extensions import transaction
from workflow.refusal import Impossible, say
from workflow.snapshot import Person, RuleContext

TAKE: Final = "take"


def take_free(world: RuleContext, case_id: int, free: ColumnElement[bool], person: Person, now: datetime) -> Written:
    """Take it if it is still `free` under its lock. Raises Impossible where it is not, else as `advance`."""
    with transaction() as session:
        still = select(Case.id).where(Case.id == case_id, free).with_for_update(of=Case)
        if session.scalar(still) is None:
            raise Impossible(say("Somebody else has taken this case."))
        return advance(world, Command(case_id, TAKE, {}), person, now)
