"""How far the ladder of late deadlines has been climbed: which sheets went out, and when the next would. Only reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.tables import Event, RungFired, TimerRow
from workflow.snapshot import World
from workflow.timing import Timer, next_firing

SUPERVISE = "supervise"


def sheets_sent(session: Session, timer_ids: Sequence[int]) -> dict[int, tuple[date, datetime]]:
    """The last supervision sheet of each timer: the due date it was for, and when it went out."""
    statement = (
        select(RungFired.timer_id, RungFired.due_on, Event.at)
        .join(TimerRow, TimerRow.id == RungFired.timer_id)
        .join(Event, and_(Event.case_id == TimerRow.case_id, Event.seq == RungFired.event_seq))
        .where(RungFired.timer_id.in_(timer_ids), RungFired.rung.endswith(f":{SUPERVISE}"))
        .order_by(RungFired.due_on)
    )
    return {timer_id: (due_on, at) for timer_id, due_on, at in session.execute(statement)}


def sheet_goes_on(world: World, kind: str, timer: Timer) -> date | None:
    """The day on which the clock itself would send the sheet, had nobody sent it before."""
    rungs = [rung for rung in all_kinds()[kind].deadline(timer.deadline).rungs if rung.action == SUPERVISE]
    law = world.jurisdiction
    firing = next_firing(timer, rungs, world.calendar, law.office_opens, law.zone, born_late_after=timer.born)
    return firing.on if firing else None
