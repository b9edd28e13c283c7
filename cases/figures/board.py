"""The overdue board: open cases by the official deadline that is due first, and whose that is. Only reads.

Due dates are stored with the timers, so that one statement finds the first of each case, however many there are.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, ScalarSelect, Select, Subquery, and_, exists, func, select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
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

SUPERVISE: Final = "supervise"
RUNS: Final = (TimerRow.stopped_on.is_(None), TimerRow.owner.in_((str(Party.BUREAU), str(Party.OFFICE))))
"""The conditions that a deadline is official and has not ended."""


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


def board(session: Session, identity: Identity, *conditions: ColumnElement[bool]) -> tuple[list[BoardRow], list[str]]:
    """Every open case in which an official deadline runs, once, the first due first, those on hold last; of the
    deadlines that are on the board those that hold the conditions on `TimerRow`. Beside them the numbers of cases whose
    deadline cannot be read: one that is damaged takes the board from nobody."""
    marks: list[BoardRow] = []
    unread: list[str] = []
    for row in session.execute(_statement(identity).where(*conditions)):
        mark = readable(row.number, partial(_mark, row))
        if mark:
            marks.append(mark)
        else:
            unread.append(row.number)
    return marks, unread


def with_the_firm(session: Session, identity: Identity) -> int:
    """How many open cases are on no row: no official deadline runs in them, they wait for the firm alone."""
    runs = exists().where(TimerRow.case_id == Case.id, *RUNS)
    return count(session, identity, is_open(), ~runs)


def late_on(today: date) -> ColumnElement[bool]:
    """The condition that a deadline has passed on that day."""
    return TimerRow.due_on < today


def on_row_of(bureau_id: int | None) -> ColumnElement[bool]:
    """The condition that a deadline is this bureau's; None for our office."""
    if bureau_id is None:
        return TimerRow.owner == str(Party.OFFICE)
    return and_(TimerRow.owner == str(Party.BUREAU), TimerRow.bureau_id == bureau_id)


def sheet_goes_on(world: RuleContext, kind: str, timer: Timer) -> date | None:
    """The day on which the clock itself would send the sheet, had nobody sent it before."""
    rungs = [rung for rung in all_kinds()[kind].deadline(timer.deadline).rungs if rung.action == SUPERVISE]
    law = world.jurisdiction
    firing = next_firing(timer, rungs, world.calendar, law.office_opens, law.zone, born_late_after=timer.born)
    return firing.on if firing else None


def _statement(identity: Identity) -> Select[Any]:
    first = _first_of_each_case(identity)
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
        .join(first, and_(first.c.id == TimerRow.id, first.c.place == 1))
        .join(Case, Case.id == TimerRow.case_id)
        .join(Enterprise, Enterprise.id == Case.enterprise_id)
        .outerjoin(CreditRecord, CreditRecord.id == Case.record_id)
        .order_by(*_urgency(), TimerRow.case_id)
    )


def _first_of_each_case(identity: Identity) -> Subquery:
    """The running official deadlines, each with its place in its case."""
    place = func.row_number().over(partition_by=TimerRow.case_id, order_by=(*_urgency(), TimerRow.id))
    return (
        select(TimerRow.id, place.label("place"))
        .join(Case, Case.id == TimerRow.case_id)
        .where(Case.closed_at.is_(None), visible_to(identity), *RUNS)
        .subquery()
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


def _urgency() -> tuple[Any, ...]:
    """First due first, on hold last; of two due on one day, the step before the whole case."""
    return (TimerRow.due_on.is_(None), TimerRow.due_on, TimerRow.deadline == "whole")


def _mark(row: Any) -> BoardRow:
    case = (row.case_id, row.number, row.kind, row.variant, row.enterprise, row.document_number or "")
    return BoardRow(*case, timer_from(row), row.due_on and as_counted(row.due_on, row.provisional), row.supervised_at)
