"""The overdue board: open cases by the official deadline that is due first, and whose that is. Only reads.

Which deadline that is stands with the case (`cases/engine/standing.py`), so that all are counted by an index and
only those that are named are read.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, not_, select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.kinds.common import SUPERVISE
from cases.lists.worklists import count, is_open
from cases.model.bisect import readable
from cases.model.reading import timer_from
from cases.model.tables import Case, Event, RungFired, TimerRow
from cases.model.visibility import visible_to
from registry.credit_records import CreditRecord
from registry.identity import Identity
from registry.organisations import Enterprise
from workflow.calendar import as_counted
from workflow.definition import Party
from workflow.snapshot import RuleContext
from workflow.timing import Timer, next_firing

ON_IT = and_(Case.closed_at.is_(None), Case.board_timer_id.is_not(None))
"""The condition that a case is open and an official deadline runs in it."""


@dataclass(frozen=True)
class BoardRow:
    """One open case on the overdue board: its most urgent official deadline, and when the sheet for it went out."""

    case_id: int
    number: str
    kind: str
    variant: str
    enterprise: str
    document_number: str
    timer: Timer
    due_on: date | None
    """None while it is on hold."""
    supervised_at: datetime | None

    @property
    def bureau_id(self) -> int | None:
        """The bureau on whose row the case is; None for our office."""
        return self.timer.bureau if self.timer.owner == Party.BUREAU else None


class Lot(NamedTuple):
    """So many open cases of a body, None for our office, of which the board says the same: due on a day, or on hold
    with so many days left."""

    bureau_id: int | None
    due_on: date | None
    left: int | None
    n: int


def board(
    session: Session, identity: Identity, *conditions: ColumnElement[bool], most: int | None = None, skip: int = 0
) -> tuple[list[BoardRow], list[str]]:
    """Open cases in which an official deadline runs, the first due first, those on hold last, the least left first.
    Beside them the numbers of cases whose deadline cannot be read: one that is damaged takes the board from nobody."""
    marks: list[BoardRow] = []
    unread: list[str] = []
    for row in session.execute(_statement(identity).where(*conditions).limit(most).offset(skip)):
        mark = readable(row.number, partial(_mark, row))
        if mark:
            marks.append(mark)
        else:
            unread.append(row.number)
    return marks, unread


def lots(session: Session, identity: Identity, today: date, *conditions: ColumnElement[bool]) -> list[Lot]:
    """All of them counted, but for `out_of_step`: how late those are the days alone do not tell."""
    said = Case.board_bureau_id, Case.board_due_on, Case.board_left
    counted = select(*said, func.count()).where(ON_IT, visible_to(identity), not_(out_of_step(today)), *conditions)
    return [Lot(*row) for row in session.execute(counted.group_by(*said))]


def out_of_step(today: date) -> ColumnElement[bool]:
    """The condition that a deadline has passed that stood still before: the days on which it did count for nothing."""
    return and_(Case.board_paused, late_on(today))


def with_the_firm(session: Session, identity: Identity) -> int:
    """How many open cases are on no row: no official deadline runs in them, they wait for the firm alone."""
    return count(session, identity, is_open(), Case.board_timer_id.is_(None))


def late_on(today: date) -> ColumnElement[bool]:
    """The condition that a deadline has passed on that day; never unknown, so that its contrary can be asked."""
    return and_(Case.board_due_on.is_not(None), Case.board_due_on < today)


def on_row_of(bureau_id: int | None) -> ColumnElement[bool]:
    """The condition that a deadline is this bureau's; None for our office."""
    return Case.board_bureau_id == bureau_id if bureau_id is not None else Case.board_bureau_id.is_(None)


def sheet_goes_on(world: RuleContext, kind: str, timer: Timer) -> date | None:
    """The day on which the clock itself would send the sheet, had nobody sent it before."""
    rungs = [rung for rung in all_kinds()[kind].deadline(timer.deadline).rungs if rung.action == SUPERVISE]
    law = world.jurisdiction
    firing = next_firing(timer, rungs, world.calendar, law.office_opens, law.zone, born_late_after=timer.born)
    return firing.on if firing else None


def _statement(identity: Identity) -> Select[Any]:
    return (
        select(
            TimerRow.__table__,
            Case.number,
            Case.kind,
            Case.variant,
            Enterprise.name.label("enterprise"),
            CreditRecord.document_number,
            _supervised_at().label("supervised_at"),
        )
        .select_from(Case)
        .join(TimerRow, TimerRow.id == Case.board_timer_id)
        .join(Enterprise, Enterprise.id == Case.enterprise_id)
        .outerjoin(CreditRecord, CreditRecord.id == Case.record_id)
        .where(ON_IT, visible_to(identity))
        .order_by(Case.board_due_on.nulls_last(), Case.board_left.nulls_last(), Case.id)
    )


def _supervised_at() -> ScalarSelect[Any]:
    """When the sheet for the day on which a deadline is due went out."""
    return (
        select(func.max(Event.at))
        .join(RungFired, RungFired.event_seq == Event.seq)
        .where(
            RungFired.timer_id == TimerRow.id,
            RungFired.due_on == TimerRow.due_on,
            RungFired.rung.endswith(f":{SUPERVISE}"),
            Event.case_id == TimerRow.case_id,
        )
        .correlate(TimerRow)
        .scalar_subquery()
    )


def _mark(row: Any) -> BoardRow:
    case = (row.case_id, row.number, row.kind, row.variant, row.enterprise, row.document_number or "")
    return BoardRow(*case, timer_from(row), row.due_on and as_counted(row.due_on, row.provisional), row.supervised_at)
