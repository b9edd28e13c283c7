"""The filters of a desk: which of its cases are late, due today, due soon, on hold, or lie with somebody else.

Conditions only; `worklists.rows` and `worklists.count` put them under the reader's scope.
"""

from __future__ import annotations

from datetime import date
from functools import cache

from sqlalchemy import ColumnElement, and_, false, func, or_

from cases.kinds import all_kinds
from cases.tables import Case
from cases.worklists import in_hand, on_desk_of, taken_by, taken_by_others
from registry.people import Standing
from workflow.calendar import Calendar, add_workdays
from workflow.definition import Party

SOON = 3
"""Working days from today within which something is due soon."""

VIEWS = ("mine", "taken", "others", "late", "today", "soon", "all-in-hand", "hold", "enterprise", "bureau", "office")
URGENCIES = ("late", "today", "soon", "later", "hold")


def condition(view: str, standing: Standing, calendar: Calendar, today: date) -> ColumnElement[bool]:
    """What holds for the cases of a filter. Of the desk's own work, but for those that lie elsewhere."""
    if view == "mine":
        return and_(on_desk_of(standing), ~others_have(standing))
    if view == "taken":
        return and_(on_desk_of(standing), taken_by(standing))
    if view == "others":
        return and_(on_desk_of(standing), others_have(standing))
    if view == "all-in-hand":
        return in_hand(standing)
    if view in ("enterprise", "bureau", "office"):
        return and_(in_hand(standing), Case.desk == view)
    if view == "hold":
        return and_(in_hand(standing), on_hold())
    return and_(on_desk_of(standing), ~others_have(standing), ~on_hold(), _due(view, calendar, today))


def others_have(standing: Standing) -> ColumnElement[bool]:
    """Somebody else of the desk has taken it; said so that its contrary holds where nobody has."""
    return func.coalesce(taken_by_others(standing), false())


def on_hold() -> ColumnElement[bool]:
    """No official's deadline runs: the enterprise's time does."""
    return or_(Case.due_on.is_(None), Case.due_of.in_(enterprise_deadlines()))


def urgency_of(due_on: date | None, due_of: str, calendar: Calendar, today: date) -> str:
    """Under which heading a case of a list stands: the same cut as the filters make."""
    if due_on is None or due_of in enterprise_deadlines():
        return "hold"
    if due_on <= today:
        return "late" if due_on < today else "today"
    return "soon" if due_on <= soon_until(calendar, today) else "later"


def soon_until(calendar: Calendar, today: date) -> date:
    return add_workdays(calendar, today, SOON)


@cache
def enterprise_deadlines() -> frozenset[str]:
    """The names of the deadlines that an enterprise has to keep."""
    return frozenset(
        deadline.name
        for definition in all_kinds().values()
        for deadline in definition.deadlines
        if deadline.owner is Party.ENTERPRISE
    )


def _due(view: str, calendar: Calendar, today: date) -> ColumnElement[bool]:
    if view == "late":
        return Case.due_on < today
    if view == "today":
        return Case.due_on == today
    return and_(Case.due_on > today, Case.due_on <= soon_until(calendar, today))
