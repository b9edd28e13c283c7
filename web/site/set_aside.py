"""An act that a bug keeps from being recorded: its case is set aside, where the office sees it, and the log has why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from cases.engine.sweep import anything_due, note_stuck
from cases.model.bisect import require_own_fault
from cases.model.tables import Case
from extensions import db
from web.site.access import moment
from web.site.incidents import incident
from workflow.refusal import Message, say

WHY = say("This case cannot be moved at the moment.")


@dataclass(frozen=True)
class SetAside:
    """Since when the case cannot be moved, by which number the log names it, and whether the clock is what fails."""

    since: datetime
    code: str
    due: bool
    why: Message = WHY


def set_aside(case_id: int, number: str, action: str, error: Exception) -> SetAside:
    """Note it. A database that is busy, away or full is no fault of the case: that is raised, for its own page."""
    db.session.rollback()
    require_own_fault(error)
    stuck = note_stuck(case_id, error, moment())
    code = incident(error, f"act {action}", f"case {number}")
    return SetAside(stuck.since, code, anything_due(db.session(), case_id, moment()))


def note_number(number: str, error: Exception) -> None:
    """Note a case of which only the number is known, since it could not even be read; where that fails too, no more."""
    try:
        db.session.rollback()
        case_id = db.session().scalar(select(Case.id).where(Case.number == number, Case.closed_at.is_(None)))
        if case_id is not None:
            note_stuck(case_id, error, moment())
    except SQLAlchemyError as failure:
        incident(failure, "noting that a case cannot be moved", f"case {number}")
