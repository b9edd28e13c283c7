"""The filters of a desk: which of its cases are late, due today, due soon, on hold, or lie with somebody else.

Conditions only; `worklists.rows` and `worklists.count` put them under the reader's scope.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, false, func, or_, select

from cases.kinds import all_kinds
from cases.lists.proposals import awaits_approval
from cases.lists.worklists import in_hand, on_desk_of, taken_by, taken_by_others
from cases.model.tables import Case, Event
from registry.identity import Identity
from workflow.calendar import Calendar, add_workdays
from workflow.definition import PROPOSES, SENDS_BACK, Part, Party

SOON = 3
"""Working days from today within which something is due soon."""

VIEWS = (
    "mine",
    "taken",
    "free",
    "others",
    "late",
    "today",
    "soon",
    "all-in-hand",
    "enterprise",
    "approval",
    "sent-back",
    "hold",
    "bureau",
    "office",
)
FOR = "for-"
"""Before the id of whom somebody stands in for: that person's work, as a filter."""
URGENCIES = ("late", "today", "soon", "later", "hold")


def condition(view: str, identity: Identity, calendar: Calendar, today: date) -> ColumnElement[bool]:
    """What holds for the cases of a filter. Of the desk's own work, but for those that lie elsewhere."""
    if view == "mine":
        return and_(on_desk_of(identity), ~others_have(identity))
    if view == "taken":
        return and_(on_desk_of(identity), taken_by(identity))
    if view == "free":
        return and_(on_desk_of(identity), ~others_have(identity), ~_mine(identity))
    if view == "approval":
        return and_(in_hand(identity), awaits_approval())
    if view == "sent-back":
        return and_(on_desk_of(identity), sent_back_to(identity))
    if view.startswith(FOR):
        return stands_in_for(identity, int(view.removeprefix(FOR)))
    if view == "others":
        return and_(on_desk_of(identity), others_have(identity))
    if view == "all-in-hand":
        return in_hand(identity)
    if view in ("enterprise", "bureau", "office"):
        return and_(in_hand(identity), Case.desk == view)
    if view == "hold":
        return and_(in_hand(identity), on_hold())
    return and_(on_desk_of(identity), ~others_have(identity), ~on_hold(), _due(view, calendar, today))


def others_have(identity: Identity) -> ColumnElement[bool]:
    """Somebody else of the desk has taken it; said so that its contrary holds where nobody has."""
    return func.coalesce(taken_by_others(identity), false())


def _mine(identity: Identity) -> ColumnElement[bool]:
    """The reader has taken it; said so that its contrary holds where nobody has."""
    return func.coalesce(taken_by(identity), false())


def stands_in_for(identity: Identity, person_id: int) -> ColumnElement[bool]:
    """What that person has taken, and what lies on the reader's desk only by the roles that they lend."""
    lent = frozenset(role for role, id in identity.acts_for.items() if id == person_id)
    theirs = on_desk_of(replace(identity, roles=lent)) if lent else false()
    return and_(on_desk_of(identity), or_(Case.holder_id == person_id, and_(theirs, Case.holder_id.is_(None))))


def sent_back_to(identity: Identity) -> ColumnElement[bool]:
    """What the person proposed last was sent back, and nobody has proposed anything since."""
    proposed = _last_of(PROPOSES)
    mine = exists().where(Event.case_id == Case.id, Event.seq == proposed, Event.actor == f"user:{identity.user_id}")
    return and_(Case.state.in_(_sent_back_into()), _last_of(SENDS_BACK) > proposed, mine)


def _last_of(part: Part) -> ScalarSelect[int | None]:
    """The number of the last event of the case that did this in the making of a decision."""
    last = select(func.max(Event.seq)).where(Event.case_id == Case.id, Event.action.in_(_names_of(part)))
    return last.correlate(Case).scalar_subquery()


@cache
def _names_of(part: Part) -> tuple[str, ...]:
    return tuple(sorted({row.name for kind in all_kinds().values() for row in kind.actions if row.part is part}))


@cache
def _sent_back_into() -> tuple[str, ...]:
    rows = (row for kind in all_kinds().values() for row in kind.actions if row.part is SENDS_BACK)
    return tuple(sorted({str(target) for row in rows for target in row.targets}))


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


def urgencies(calendar: Calendar, today: date, firm: bool = False) -> dict[str, ColumnElement[bool]]:
    """The same cut as conditions: each case holds exactly one. To a `firm` its own deadlines are what is due."""
    until, held = soon_until(calendar, today), Case.due_on.is_(None) if firm else on_hold()
    return {
        "late": and_(~held, Case.due_on < today),
        "today": and_(~held, Case.due_on == today),
        "soon": and_(~held, Case.due_on > today, Case.due_on <= until),
        "later": and_(~held, Case.due_on > until),
        "hold": held,
    }


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
