"""Timers as rows: what is derived from a timer for the index, and the rung that no second sweep can claim."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from cases.tables import RungFired, TimerRow
from workflow.definition import Definition
from workflow.snapshot import World
from workflow.timing import Firing, Timer, due_of, next_firing, rung_key


def firing_of(world: World, definition: Definition, timer: Timer) -> Firing | None:
    """The next rung of a timer; none while it is held or stopped."""
    law = world.jurisdiction
    rungs = definition.deadline(timer.deadline).rungs
    return next_firing(timer, rungs, world.calendar, law.office_opens, law.zone, born_late_after=timer.born)


def next_rung(world: World, definition: Definition, timers: Iterable[Timer]) -> tuple[Timer, Firing] | None:
    """The rung of a case that comes first, with its timer."""
    firings = [(timer, firing) for timer in timers if (firing := firing_of(world, definition, timer))]
    return min(firings, key=lambda pair: (pair[1].at, pair[1].rung.offset, pair[0].id or 0), default=None)


def timer_values(world: World, definition: Definition, timer: Timer, case_id: int) -> dict[str, Any]:
    """A timer's row: its budget and its ledger, and what is derived from them for the index."""
    return {
        "case_id": case_id, "deadline": timer.deadline, "rule": timer.rule, "owner": str(timer.owner),
        "bureau_id": timer.bureau, "round": timer.round, "started_on": timer.started, "born_on": timer.born,
        "n": timer.n,
        "unit": str(timer.unit), "rolls": timer.rolls, "extended": timer.extended,
        "holds": [[hold.start.isoformat(), hold.end and hold.end.isoformat(), hold.why] for hold in timer.holds],
        "stopped_on": timer.stopped, **derived_values(world, definition, timer),
    }  # fmt: skip


def derived_values(world: World, definition: Definition, timer: Timer) -> dict[str, Any]:
    """What a timer's row holds for the index alone: it can be derived again at any time."""
    due, firing = due_of(timer, world.calendar), firing_of(world, definition, timer)
    return {
        "due_on": due.day, "provisional": due.provisional,
        "next_rung": rung_key(firing.rung) if firing else "", "next_at": firing.at if firing else None,
    }  # fmt: skip


def write_timers(
    session: Session, world: World, definition: Definition, case_id: int, timers: Sequence[Timer]
) -> list[Timer]:
    """Write the rows of these timers; gives them with their ids."""
    written = []
    for timer in timers:
        values = timer_values(world, definition, timer, case_id)
        if timer.id is None:
            new = session.execute(insert(TimerRow).returning(TimerRow.id), [values]).scalar_one()
            written.append(replace(timer, id=new))
        else:
            session.execute(update(TimerRow).where(TimerRow.id == timer.id).values(**values))
            written.append(timer)
    return written


def derive_again(session: Session, world: World, timers: Iterable[tuple[Definition, Timer]]) -> None:
    """Rewrite what is derived of timers whose ledger has not changed, many at a time."""
    rows = [{"id": timer.id, **derived_values(world, definition, timer)} for definition, timer in timers]
    if rows:
        session.execute(update(TimerRow), rows)


def claim(session: Session, timer: Timer, due_on: date, key: str, seq: int) -> Timer:
    """Record that a rung has fired for a due date: a second claim meets the unique row and fails."""
    session.execute(insert(RungFired), [{"timer_id": timer.id, "due_on": due_on, "rung": key, "event_seq": seq}])
    return replace(timer, fired=timer.fired | {(due_on, key)})
