"""Which timers a move starts, stops, holds, releases and extends. Pure; the arithmetic is in `timing.py`.

A deadline runs over a set of states: entering the set starts it, leaving stops it, moving inside keeps it,
`paused_in` holds it. Entered again it goes on with what was left, unless it must start afresh.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from workflow.calendar import Calendar
from workflow.definition import Deadline, Definition, Party
from workflow.rules import Jurisdiction
from workflow.snapshot import Past, Snapshot
from workflow.timing import Timer, extend, hold, missed, release


def timers_after(
    definition: Definition, law: Jurisdiction, before: Snapshot, after: Snapshot, on: date, past: Sequence[Past]
) -> tuple[Timer, ...]:
    """The timers that differ once a case has moved from `before` to `after` on a day; new ones have no id."""
    changed: list[Timer] = []
    for deadline in definition.deadlines:
        applies = not deadline.variants or after.variant in deadline.variants
        changed += _moved(deadline, law, before, after, on, past) if applies else _ended(deadline, before, on)
    return tuple(changed)


def extended(timers: Sequence[Timer], deadline: str, length: int, calendar: Calendar, on: date) -> tuple[Timer, ...]:
    """The running timers of a deadline, longer by `length` of their own unit; what is missed stays missed (D5)."""
    running = (timer for timer in timers if timer.deadline == deadline and timer.stopped is None)
    return tuple(extend(timer, length) for timer in running if not missed(timer, calendar, on))


def _moved(
    deadline: Deadline, law: Jurisdiction, before: Snapshot, after: Snapshot, on: date, past: Sequence[Past]
) -> list[Timer]:
    timer = _latest(deadline, before)
    if after.state not in deadline.over:
        return _ended(deadline, before, on)
    if timer is None or _afresh(deadline, timer, before, after):
        return [*_ended(deadline, before, on), _started(deadline, law, after, on, past)]
    kept = _paused_at(deadline, _resumed(timer, on), after.state, on)
    return [kept] if kept != timer else []


def _latest(deadline: Deadline, case: Snapshot) -> Timer | None:
    """The last timer of a deadline; snapshots list timers in the order in which they began."""
    return next((timer for timer in reversed(case.timers) if timer.deadline == deadline.name), None)


def _afresh(deadline: Deadline, timer: Timer, before: Snapshot, after: Snapshot) -> bool:
    if timer.round != after.round:
        return True
    if deadline.owner is Party.BUREAU and timer.bureau != after.bureau:
        return True
    return deadline.fresh and before.state not in deadline.over


def _ended(deadline: Deadline, case: Snapshot, on: date) -> list[Timer]:
    timers = [timer for timer in case.timers if timer.deadline == deadline.name and timer.stopped is None]
    return [replace(timer, stopped=on) for timer in timers]


def _started(deadline: Deadline, law: Jurisdiction, after: Snapshot, on: date, past: Sequence[Past]) -> Timer:
    rule = law.limit(deadline.rule, after.variant, after.filed_on or on)
    start = _counted_from(deadline, past, on)
    timer = Timer(
        deadline=deadline.name, rule=deadline.rule, owner=deadline.owner, round=after.round, started=start, n=rule.n,
        unit=rule.unit, rolls=rule.rolls, bureau=after.bureau if deadline.owner is Party.BUREAU else None,
        born=on if start < on else None,
    )  # fmt: skip
    for event in past if deadline.counts_from else ():
        if event.on >= start:
            timer = _paused_at(deadline, timer, event.target, event.on)
    return _paused_at(deadline, timer, after.state, on)


def _counted_from(deadline: Deadline, past: Sequence[Past], on: date) -> date:
    """The day of the event the law counts from; the day of this move where nothing is said."""
    source = deadline.counts_from
    if source is None:
        return on
    for event in reversed(past):
        if source.taken and event.action == source.taken:
            return event.on
        said = event.codes.get(source.asked) if source.asked else None
        if said:
            return min(date.fromisoformat(str(said)), on)
    return on


def _resumed(timer: Timer, on: date) -> Timer:
    if timer.stopped is None:
        return timer
    return release(hold(replace(timer, stopped=None), timer.stopped, "away"), on)


def _paused_at(deadline: Deadline, timer: Timer, state: str, on: date) -> Timer:
    held = bool(timer.holds) and timer.holds[-1].end is None
    if state in deadline.paused_in:
        return timer if held else hold(timer, on, "asked")
    return release(timer, on) if held else timer
