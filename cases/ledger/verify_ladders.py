"""Running deadlines held against what has fired of their ladders: one that has rungs left must wait for the next.

Rungs that have not fired are known from the kind; so only cases whose last event was written under the kind as it is
now are asked. Reminders may be left out (`timing.next_firing`), the rungs from the due day on never. Writes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import String, and_, select, type_coerce
from sqlalchemy.engine import Connection

from cases.kinds import all_kinds
from cases.ledger.sealed_texts import Covered
from cases.model.tables import Case, RungFired, TimerRow
from workflow.definition import Definition
from workflow.timing import rung_key

MOST: Final = timedelta(days=60)
"""No rung is so far from the due day, the day a deadline was made or the end of its last hold: the last one comes
after ten working days, and no holidays are so long."""


@dataclass(frozen=True)
class RunningDeadline:
    """A deadline that runs in an open case, and the keys of the rungs that have fired for its due day."""

    row: Any
    fired: set[str] = field(default_factory=set)


def running_deadlines(connection: Connection, within: Covered) -> dict[int, list[RunningDeadline]]:
    """The running deadlines of these cases that have a due day, by case."""
    runs = and_(TimerRow.stopped_on.is_(None), TimerRow.due_on.is_not(None), TimerRow.rule != "")
    found = select(
        TimerRow.id,
        TimerRow.case_id,
        TimerRow.deadline,
        TimerRow.n,
        TimerRow.extended,
        TimerRow.due_on,
        TimerRow.next_rung,
        RungFired.rung,
        *(type_coerce(getattr(TimerRow, name), String).label(name) for name in ("born_on", "holds", "next_at")),
    ).join(Case, Case.id == TimerRow.case_id)
    for_this_day = and_(RungFired.timer_id == TimerRow.id, RungFired.due_on == TimerRow.due_on)
    found = found.outerjoin(RungFired, for_this_day).where(
        within.holds(TimerRow.case_id), runs, Case.closed_at.is_(None)
    )
    by_id: dict[int, RunningDeadline] = {}
    by_case: dict[int, list[RunningDeadline]] = {}
    for row in connection.execute(found):
        running = by_id.get(row.id)
        if running is None:
            running = by_id[row.id] = RunningDeadline(row)
            by_case.setdefault(row.case_id, []).append(running)
        if row.rung is not None:
            running.fired.add(row.rung)
    return by_case


def silenced(
    kind: str, body: Mapping[str, Any], running: list[RunningDeadline]
) -> Iterator[tuple[str, object, object]]:
    """The column, what it says and what it should, of each deadline that does not wait for its next rung."""
    definition = all_kinds().get(kind)
    if definition is None or body.get("definition") != definition.digest:
        return
    for one in running:
        try:
            amiss = _amiss(one, definition)
        except (TypeError, ValueError, LookupError, AttributeError) as error:  # whoever tampers need not keep to types
            amiss = "timer", type(error).__name__, one.row.deadline
        if amiss:
            yield amiss


def _amiss(one: RunningDeadline, definition: Definition) -> tuple[str, object, object] | None:
    row = one.row
    holds = json.loads(row.holds) if isinstance(row.holds, str) else row.holds
    start, end, _ = holds[-1] if holds else ("", "", "")
    if end is None and _day(start) > row.due_on:
        return None  # held after it was missed: the day stays, the ladder waits
    if row.next_at is not None and row.next_rung:
        latest = max([row.due_on, *(_day(day) for day in (row.born_on, end) if day)])
        return ("next_at", _day(row.next_at), f"≤ {latest + MOST}") if _day(row.next_at) > latest + MOST else None
    budget = row.n + row.extended
    left = [rung for rung in definition.deadline(row.deadline).rungs if rung.offset >= 0 and budget >= rung.at_least]
    waiting = [key for rung in left if (key := rung_key(rung)) not in one.fired]
    return ("next_at", None, waiting[0]) if waiting else None


def _day(moment: object) -> date:
    """The day of a moment or a day, as the database gives it."""
    return date.fromisoformat(str(moment)[:10])
