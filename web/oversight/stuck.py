"""Cases that the clock cannot move, as far as the reader may know of them."""

from __future__ import annotations

from sqlalchemy import select

from cases.engine.sweep import Stuck, stuck_cases
from cases.model.tables import Case
from cases.model.visibility import visible_to
from extensions import db
from web.site.access import identity


def stuck_here() -> list[Stuck]:
    """The cases that the clock cannot move, as far as the reader may know of them (D16)."""
    found = stuck_cases(db.session())
    numbers = select(Case.number).where(Case.number.in_([case.number for case in found]), visible_to(identity()))
    known = set(db.session().scalars(numbers))
    return [case for case in found if case.number in known]
