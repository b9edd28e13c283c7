"""A limit that is published: what the new number would have meant for the cases of the last months, said first; then
recorded. A case that is filed keeps the limit of its filing day, so nothing that runs is moved."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.engine.clock import refuse_doubted
from cases.model.months import Month
from cases.model.reading import timer_from
from cases.model.tables import Case, Event, TimerRow
from extensions import transaction
from registry.in_force import NewPromise, Planned, Promise, in_force, law_on, plan, record_promise, rule_of
from workflow.calendar import Calendar
from workflow.limits import Rule
from workflow.refusal import Impossible, say
from workflow.snapshot import RuleContext
from workflow.timing import Timer, due_of

MONTHS: Final = 12


@dataclass(frozen=True)
class Tried:
    """The cases of a month by when their step ended: in time either way, late only with the new limit, late only with
    the old one, late either way."""

    month: Month
    in_time: int = 0
    would_be_late: int = 0
    would_be_saved: int = 0
    late: int = 0

    @property
    def ended(self) -> int:
        return self.in_time + self.would_be_late + self.would_be_saved + self.late


@dataclass(frozen=True)
class Preview:
    """What a promise comes to: the limits on either side of its first day, the open cases that keep the old one, and
    the months before this one tried by the new number, those without such a step left out."""

    planned: Planned
    keep: int
    months: tuple[Tried, ...]

    @property
    def would_be_late(self) -> int:
        return sum(month.would_be_late for month in self.months)

    @property
    def would_be_saved(self) -> int:
        return sum(month.would_be_saved for month in self.months)

    @property
    def late(self) -> int:
        return sum(month.late for month in self.months)

    @property
    def ended(self) -> int:
        return sum(month.ended for month in self.months)


def preview(session: Session, world: RuleContext, rule: Rule, new: NewPromise, today: date) -> Preview:
    """What recording it would come to; changes nothing. Raises as `registry.in_force.plan` does."""
    planned = plan(session, world.jurisdiction, rule, new, today)
    counts: dict[Month, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    this = Month.of(today)
    for row in _ended(session, world, planned.before, this.on(-MONTHS).first, this.first):
        counts[Month.of(row.filed_on)][_how(timer_from(row), planned.after, world.calendar)] += 1
    months = tuple(Tried(month, **counts[month]) for month in sorted(counts, key=lambda month: month.first))
    return Preview(planned, keeping(session, world, rule, today), months)


def adopt(world: RuleContext, key: str, new: NewPromise, seen: str, by: int, now: datetime) -> Promise:
    """Record the promise; sending the same again finds it. Raises `Impossible` and `Incomplete`."""
    with transaction() as session:
        refuse_doubted(session, now)
        world = in_force(session, world)
        today = world.jurisdiction.day_of(now)
        rule = rule_of(world.jurisdiction, key, today)
        if rule is None:
            raise Impossible(say("There is no such limit today: choose one of those in force."))
        return record_promise(session, world.jurisdiction, rule, new, seen, by, today, now)


def keeping(session: Session, world: RuleContext, rule: Rule, today: date) -> int:
    """How many open cases go by this limit; they keep the one of their filing day."""
    held = select(Case.variant, func.count()).where(Case.kind == rule.kind, Case.closed_at.is_(None))
    rows = session.execute(held.group_by(Case.variant)).all()
    return sum(many for variant, many in rows if law_on(world.jurisdiction, rule, variant, today))


def _ended(session: Session, world: RuleContext, rule: Rule, first: date, end: date) -> Sequence[Any]:
    """The timers of this rule that have stopped, of cases filed in a time, without those that a text binds."""
    rows = session.execute(
        select(TimerRow.__table__, Case.filed_on, Case.variant)
        .join(Case, Case.id == TimerRow.case_id)
        .where(
            TimerRow.rule == rule.name,
            TimerRow.unit == rule.unit.value,
            TimerRow.stopped_on.is_not(None),
            Case.filed_on >= first,
            Case.filed_on < end,
        )
    ).all()
    said: dict[int, dict[str, object]] = {}
    # what the opening of each case answered
    for at in range(0, len(rows) if rule.binding else 0, 500):
        ids = [row.case_id for row in rows[at : at + 500]]
        firsts = select(Event.case_id, Event.body).where(Event.case_id.in_(ids), Event.seq == 1)
        said |= {row.case_id: json.loads(row.body).get("codes", {}) for row in session.execute(firsts)}
    return [
        row
        for row in rows
        if law_on(world.jurisdiction, rule, row.variant, row.filed_on)
        and not rule.binds(row.variant, said.get(row.case_id, {}))
    ]


def _how(timer: Timer, rule: Rule, calendar: Calendar) -> str:
    """A step that has ended by the limit it had and by the new one, an extension added to either."""
    late, late_then = _late(timer, calendar), _late(replace(timer, n=rule.n), calendar)
    if late:
        return "late" if late_then else "would_be_saved"
    return "would_be_late" if late_then else "in_time"


def _late(timer: Timer, calendar: Calendar) -> bool:
    due = due_of(timer, calendar).day
    return due is not None and timer.stopped is not None and timer.stopped > due
