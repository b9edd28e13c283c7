"""What a case row says of its deadlines, so that lists and the overdue board find it by an index.

Written with each act; all of it follows from the timers. Nothing is decided by it: whoever decides reads the timers.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from cases.kinds.common import SUPERVISE
from cases.model.reading import read_timers
from cases.model.tables import Case, TimerRow
from extensions import transaction
from workflow.calendar import Unit
from workflow.definition import OFFICIALS, Party
from workflow.snapshot import RuleContext
from workflow.timing import Timer, due_of, left

BATCH = 500
_CASES: Final = cast(Table, Case.__table__)


def standing(world: RuleContext, timers: Iterable[Timer]) -> dict[str, Any]:
    """The columns of a case row that follow from its timers, all of them, as they are now."""
    days = [(due_of(timer, world.calendar).day, timer) for timer in timers if timer.stopped is None]
    due_on, due_of_name = min(((day, timer.deadline) for day, timer in days if day), default=(None, ""))
    official = ((day, timer) for day, timer in days if timer.owner in OFFICIALS)
    return {"due_on": due_on, "due_of": due_of_name, **_on_the_board(world, min(official, key=_urgency, default=None))}


def _urgency(of: tuple[date | None, Timer]) -> tuple[bool, date, bool, int]:
    """First due first, on hold last; of two due on one day, the step before the whole case."""
    day, timer = of
    return day is None, day or date.max, timer.deadline == "whole", timer.id or 0


def _on_the_board(world: RuleContext, first: tuple[date | None, Timer] | None) -> dict[str, Any]:
    day, timer = first or (None, None)
    held = timer and timer.open_hold if day is None else None
    return {
        "board_timer_id": timer and timer.id,
        "board_bureau_id": timer.bureau if timer and timer.owner == Party.BUREAU else None,
        "board_due_on": day,
        "board_left": left(timer, world.calendar, held.start) if timer and held else None,
        "board_paused": bool(timer and timer.holds and timer.unit is Unit.WORKDAY),
        "board_sheet": bool(timer and any(of == day and rung.endswith(f":{SUPERVISE}") for of, rung in timer.fired)),
    }


def stand_again(session: Session, world: RuleContext, case_ids: Sequence[int]) -> None:
    """Derive these columns anew, of cases whose timers have not changed."""
    timers = read_timers(session, case_ids)
    rows = [{"this_case": id, **standing(world, timers.get(id, ()))} for id in case_ids]
    if rows:
        names: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "this_case"}
        session.connection().execute(update(_CASES).where(_CASES.c.id == bindparam("this_case")).values(names), rows)


def stand_missing(world: RuleContext) -> int:
    """Derive them of the open cases that an earlier version has not; gives how many."""
    official = select(TimerRow.case_id).where(TimerRow.stopped_on.is_(None), TimerRow.owner.in_(map(str, OFFICIALS)))
    missing = select(Case.id).where(Case.closed_at.is_(None), Case.board_timer_id.is_(None), Case.id.in_(official))
    done = 0
    while True:
        with transaction() as session:
            ids = session.scalars(missing.order_by(Case.id).limit(BATCH)).all()
            stand_again(session, world, ids)
        done += len(ids)
        if len(ids) < BATCH:
            return done
