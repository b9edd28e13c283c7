"""Timers as rows: what is derived from a timer for the index, and the rung that no second sweep can claim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.orm import Session

from cases.model.tables import RungFired, TimerRow
from workflow.definition import Definition
from workflow.snapshot import RuleContext
from workflow.timing import Firing, Timer, due_of, next_firing, rung_key

TIMERS: Final = cast(Table, TimerRow.__table__)
UPDATE: Final = (
    update(TIMERS)
    .where(TIMERS.c.id == bindparam("this_timer"))
    .values({column.name: bindparam(column.name) for column in TIMERS.c if column.name != "id"})
)


def firing_of(world: RuleContext, definition: Definition, timer: Timer) -> Firing | None:
    """The next rung of a timer; none while it is held or stopped.

    Raises LookupError where one runs that the kind has no more: silently it would never fire.
    """
    if timer.stopped is None and timer.deadline not in definition.deadline_names:
        raise LookupError(f"{definition.kind} has no deadline '{timer.deadline}'")
    law = world.jurisdiction
    rungs = definition.deadline(timer.deadline).rungs
    return next_firing(timer, rungs, world.calendar, law.office_opens, law.zone, born_late_after=timer.born)


def next_rung(world: RuleContext, definition: Definition, timers: Iterable[Timer]) -> tuple[Timer, Firing] | None:
    """The rung of a case that comes first, with its timer."""
    firings = [(timer, firing) for timer in timers if (firing := firing_of(world, definition, timer))]
    return min(firings, key=lambda pair: (pair[1].at, pair[1].rung.offset, pair[0].id or 0), default=None)


def timer_values(world: RuleContext, definition: Definition, timer: Timer, case_id: int) -> dict[str, Any]:
    """A timer's row: its budget and its ledger, and what is derived from them for the index."""
    return {
        "case_id": case_id,
        "deadline": timer.deadline,
        "rule": timer.rule,
        "owner": str(timer.owner),
        "bureau_id": timer.bureau,
        "round": timer.round,
        "started_on": timer.started,
        "born_on": timer.born,
        "n": timer.n,
        "unit": str(timer.unit),
        "rolls": timer.rolls,
        "extended": timer.extended,
        "holds": [[hold.start.isoformat(), hold.end and hold.end.isoformat(), hold.why] for hold in timer.holds],
        "stopped_on": timer.stopped,
        **derived_values(world, definition, timer),
    }


def derived_values(world: RuleContext, definition: Definition, timer: Timer) -> dict[str, Any]:
    """What a timer's row holds for the index alone: it can be derived again at any time."""
    due, firing = due_of(timer, world.calendar), firing_of(world, definition, timer)
    return {
        "due_on": due.day,
        "provisional": due.provisional,
        "next_rung": rung_key(firing.rung) if firing else "",
        "next_at": firing.at if firing else None,
    }


@dataclass(frozen=True)
class Changed:
    """A timer that a move has begun or changed, with its case and the definition that it runs by."""

    case_id: int
    definition: Definition
    timer: Timer


def write_timers(session: Session, world: RuleContext, changed: Sequence[Changed]) -> list[tuple[int, Timer]]:
    """Write the rows of these timers, many at a time; gives each with its case and its id."""
    new = [one for one in changed if one.timer.id is None]
    old = [one for one in changed if one.timer.id is not None]
    if old:
        rows = [{"this_timer": one.timer.id, **_values(world, one)} for one in old]
        session.connection().execute(UPDATE, rows)
    ids = _insert(session, [_values(world, one) for one in new]) if new else {}
    begun = [(one.case_id, replace(one.timer, id=ids[one.case_id, one.timer.deadline])) for one in new]
    return [*((one.case_id, one.timer) for one in old), *begun]


def _values(world: RuleContext, one: Changed) -> dict[str, Any]:
    return timer_values(world, one.definition, one.timer, one.case_id)


def _insert(session: Session, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[int, str], int]:
    """Insert new timers; gives their ids by case and deadline: a move begins a deadline once."""
    written = insert(TIMERS).returning(TIMERS.c.case_id, TIMERS.c.deadline, TIMERS.c.id)
    ids = {(case_id, deadline): id for case_id, deadline, id in session.connection().execute(written, rows)}
    if len(ids) != len(rows):
        raise ValueError("a move begins a deadline twice")
    return ids


def derive_again(session: Session, world: RuleContext, timers: Iterable[tuple[Definition, Timer]]) -> None:
    """Rewrite what is derived of timers whose ledger has not changed, many at a time."""
    rows = [{"id": timer.id, **derived_values(world, definition, timer)} for definition, timer in timers]
    if rows:
        session.execute(update(TimerRow), rows)


@dataclass(frozen=True)
class Claim:
    """A rung that an act stands for: it has fired for that due day, and the event of that number says so."""

    timer: Timer
    due_on: date
    key: str
    seq: int

    @property
    def claimed(self) -> Timer:
        """The timer with that rung among those that have fired."""
        return replace(self.timer, fired=self.timer.fired | {(self.due_on, self.key)})


def write_claims(session: Session, claims: Iterable[Claim]) -> None:
    """Record that rungs have fired: a second claim meets the unique row and fails."""
    rows = [{"timer_id": one.timer.id, "due_on": one.due_on, "rung": one.key, "event_seq": one.seq} for one in claims]
    if rows:
        session.execute(insert(RungFired), rows)
