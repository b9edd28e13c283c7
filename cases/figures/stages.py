"""How long each deadline of a party took that ended in a month: counted from the deadlines themselves. Only reads.

Deadlines are counted alike for every reader, but for complaints about an officer (D16); which cases may be named is
said with each.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from cases.figures.statistics import counted
from cases.kinds import all_kinds
from cases.model.bisect import readable
from cases.model.custody import WHOLE
from cases.model.months import Month
from cases.model.reading import timer_from
from cases.model.tables import Case, Event, EventText, TimerRow
from cases.model.visibility import visible_to
from registry.identity import Identity
from registry.organisations import Enterprise
from registry.people import User
from workflow.definition import PROPOSES, Party
from workflow.limits import Rule
from workflow.snapshot import RuleContext
from workflow.timing import Timer, due_of, late_days, used

REASONS: Final = (("extend", "reasons"), ("note", "words"))
"""Where a body says why something takes long: as it is given more time, or in a note of its own."""


@dataclass(frozen=True)
class BodyStage:
    """A deadline that a body has kept, or kept too late; not ended it is late and goes on.

    `used` and `late` are in the unit of the limit, months in days. `until_proposed`: of those used, the ones up
    to the first proposal, None where nothing was proposed. `named`: whether the reader may know which case it is.
    """

    case_id: int
    number: str
    kind: str
    variant: str
    firm: str
    holder: str
    timer: Timer
    rule: Rule
    due: date
    used: int
    late: int
    until_proposed: int | None
    named: bool


@dataclass(frozen=True)
class SaidWhy:
    """What a body has said of a case last, and when: as a note, or as the reason for more time."""

    words: str
    at: datetime
    extended: bool


def body_stages(
    session: Session, identity: Identity, world: RuleContext, party: Party, month: Month, today: date
) -> list[BodyStage]:
    """Those of all bodies of a party that ended in this month; in the month of today also what is late and goes on.

    The whole case is a deadline of the office's and no stage.
    """
    ended = and_(TimerRow.stopped_on >= month.first, TimerRow.stopped_on < month.end)
    goes_on = and_(TimerRow.stopped_on.is_(None), TimerRow.due_on < today)
    statement = (
        select(
            TimerRow.__table__,
            Case.number,
            Case.kind,
            Case.variant,
            Case.filed_on,
            Enterprise.name.label("firm"),
            User.name.label("holder"),
            visible_to(identity).label("named"),
        )
        .join(Case, Case.id == TimerRow.case_id)
        .join(Enterprise, Enterprise.id == Case.enterprise_id)
        .outerjoin(User, User.id == Case.holder_id)
        .where(TimerRow.owner == str(party), TimerRow.deadline != WHOLE, counted())
        .where(or_(ended, goes_on) if month == Month.of(today) else ended)
        .order_by(TimerRow.id)
    )
    rows = session.execute(statement).all()
    proposals = _proposals(session, world, {row.case_id for row in rows})
    found = (readable(row.number, partial(_stage, row, world, today, proposals.get(row.case_id, ()))) for row in rows)
    return [one for one in found if one]


def said_why(session: Session, bureau: int | None, case_ids: Iterable[int]) -> Mapping[int, SaidWhy]:
    """The last reason that this bureau, or without one the office, has given in each of these cases."""
    said = or_(*(and_(Event.action == action, EventText.name == name) for action, name in REASONS))
    texts = (
        select(Event.case_id, Event.action, Event.at, Event.body, EventText.text)
        .join(EventText, and_(EventText.event_id == Event.id, EventText.case_id == Event.case_id))
        .where(Event.case_id.in_(sorted(set(case_ids))), said, EventText.text.is_not(None))
        .order_by(Event.id)
    )
    found = {}
    for row in session.execute(texts):
        if json.loads(row.body).get("by_bureau") == bureau:
            found[row.case_id] = SaidWhy(row.text, row.at, row.action == "extend")
    return found


def _proposals(session: Session, world: RuleContext, case_ids: Iterable[int]) -> Mapping[int, Sequence[date]]:
    """The days on which something was proposed in each of these cases."""
    names = {row.name for kind in all_kinds().values() for row in kind.actions if row.part is PROPOSES}
    acts = select(Event.case_id, Event.at).where(Event.case_id.in_(sorted(case_ids)), Event.action.in_(sorted(names)))
    found: dict[int, list[date]] = defaultdict(list)
    for case_id, at in session.execute(acts.order_by(Event.id)):
        found[case_id].append(world.jurisdiction.day_of(at))
    return found


def _stage(row: Any, world: RuleContext, today: date, proposed: Sequence[date]) -> BodyStage:
    timer, calendar = timer_from(row), world.calendar
    until = timer.stopped or today
    rule = world.jurisdiction.limit(timer.rule, row.variant, row.filed_on)
    first = next((day for day in proposed if timer.started <= day <= until), None)
    late = late_days(timer, calendar, until)
    return BodyStage(
        row.case_id,
        row.number,
        row.kind,
        row.variant,
        row.firm,
        row.holder or "",
        timer,
        rule.bound() if rule.binds(row.variant, {}) else rule,
        due_of(timer, calendar).day or until,
        used(timer, calendar, until),
        max(sum(day.ordinal is not None for day in late), bool(late)),
        used(timer, calendar, first) if first else None,
        bool(row.named),
    )
