"""Which timers a move starts, stops, holds, releases and extends. Pure; the arithmetic is in `timing.py`.

A deadline runs over a set of states: entering the set starts it, leaving stops it, moving inside keeps it,
`paused_in` holds it. Entered again it goes on with what was left, unless it must start afresh. An
enterprise that is not answered in time has the law's remedies; their first day is counted here too (D3).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from workflow.calendar import Calendar, due
from workflow.definition import FILER, Addressee, Deadline, Definition, FieldKind, Party
from workflow.jurisdiction import Jurisdiction
from workflow.past import rows_of
from workflow.snapshot import EventFacts, RuleContext, Snapshot
from workflow.timing import Timer, extend, hold, missed, release


def timers_after(
    definition: Definition, law: Jurisdiction, before: Snapshot, after: Snapshot, on: date, past: Sequence[EventFacts]
) -> tuple[Timer, ...]:
    """The timers that differ once a case has moved from `before` to `after` on a day; new ones have no id."""
    running = {deadline.name: deadline for deadline in definition.deadlines_of(after.variant)}
    desk = definition.by_state[after.state].desk
    changed: list[Timer] = []
    for name in dict.fromkeys(deadline.name for deadline in definition.deadlines):
        if name in running:
            changed += _moved(running[name], law, before, after, on, past, desk)
        else:
            changed += _ended(name, before, on)
    return tuple(changed)


def succeeded(timers: Sequence[Timer], old: int, new: int) -> tuple[Timer, ...]:
    """The timers, those of a bureau that has become another as that one's: in law it is the same body (D26)."""
    return tuple(replace(timer, bureau=new) if timer.bureau == old else timer for timer in timers)


def extended(timers: Sequence[Timer], deadline: str, length: int, calendar: Calendar, on: date) -> tuple[Timer, ...]:
    """The running timers of a deadline, longer by `length` of their own unit; what is missed stays missed (D5)."""
    running = (timer for timer in timers if timer.deadline == deadline and timer.stopped is None)
    return tuple(extend(timer, length) for timer in running if not missed(timer, calendar, on))


def _moved(
    deadline: Deadline,
    law: Jurisdiction,
    before: Snapshot,
    after: Snapshot,
    on: date,
    past: Sequence[EventFacts],
    desk: Party | None,
) -> list[Timer]:
    timer = _latest(deadline, before)
    if after.state not in deadline.over:
        return _ended(deadline.name, before, on)
    if timer is None or _afresh(deadline, timer, law, before, after):
        return [*_ended(deadline.name, before, on), _started(deadline, law, after, on, past, desk)]
    kept = _paused_at(deadline, _resumed(timer, on), after.state, on)
    if deadline.owner is Addressee.DESK:
        kept = replace(kept, **_owner(deadline, after, desk))
    return [kept] if kept != timer else []


def _latest(deadline: Deadline, case: Snapshot) -> Timer | None:
    """The last timer of a deadline; snapshots list timers in the order in which they began."""
    return next((timer for timer in reversed(case.timers) if timer.deadline == deadline.name), None)


def _afresh(deadline: Deadline, timer: Timer, law: Jurisdiction, before: Snapshot, after: Snapshot) -> bool:
    if timer.round != after.round:
        return True
    if deadline.owner is Party.BUREAU and timer.bureau != after.bureau:
        return True
    if before.variant != after.variant and _ruled_otherwise(deadline, law, before, after):
        return True
    return deadline.fresh and timer.stopped is not None


def _ruled_otherwise(deadline: Deadline, law: Jurisdiction, before: Snapshot, after: Snapshot) -> bool:
    """Whether the new variant has a deadline or a limit of its own: then it counts from its own day."""
    if deadline.variants and before.variant not in deadline.variants:
        return True
    day = after.filed_on
    assert day is not None
    return law.limit(deadline.rule, before.variant, day) != law.limit(deadline.rule, after.variant, day)


def _ended(name: str, case: Snapshot, on: date) -> list[Timer]:
    timers = [timer for timer in case.timers if timer.deadline == name and timer.stopped is None]
    return [replace(timer, stopped=on) for timer in timers]


def _started(
    deadline: Deadline, law: Jurisdiction, after: Snapshot, on: date, past: Sequence[EventFacts], desk: Party | None
) -> Timer:
    rule = law.limit(deadline.rule, after.variant, after.filed_on or on)
    rule = rule.bound() if rule.binds(after.variant, past[0].codes if past else {}) else rule
    start = _counted_from(deadline, after, past, on)
    owner = _owner(deadline, after, desk)
    timer = Timer(
        deadline=deadline.name,
        rule=deadline.rule,
        round=after.round,
        started=start,
        n=rule.n,
        unit=rule.unit,
        rolls=rule.rolls,
        born=on if start < on else None,
        owner=owner["owner"],
        bureau=owner["bureau"],
    )
    for event in past if deadline.counts_from else ():
        if event.on >= start:
            timer = _paused_at(deadline, timer, event.target, event.on)
    return _paused_at(deadline, timer, after.state, on)


def _owner(deadline: Deadline, after: Snapshot, desk: Party | None) -> dict[str, Any]:
    """Whose time it is: a fixed desk's, or that of the desk where the case lies now."""
    owner = str(desk) if deadline.owner is Addressee.DESK else str(deadline.owner)
    return {"owner": owner, "bureau": after.bureau if owner == Party.BUREAU else None}


def _counted_from(deadline: Deadline, after: Snapshot, past: Sequence[EventFacts], on: date) -> date:
    """The day of the event the law counts from; the day of this move where nothing is said.

    What starts afresh after the opening, or in a new round, counts from its entering and not from the filing.
    """
    source = deadline.counts_from
    if source is None or after.round > 1:
        return on
    if source.filing:
        again = deadline.fresh and len(past) > 1
        return on if again or after.filed_on is None else min(after.filed_on, on)
    for event in reversed(past[-1:] if deadline.fresh else past):
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


def remedies_open(world: RuleContext, definition: Definition, case: Snapshot, owner: str | None) -> date | None:
    """The day after the time that 《行政诉讼法》第四十七条 gives from the receipt by the late body.

    None where the enterprise has asked for nothing: a bureau or another case began this.
    """
    began = next((event for event in case.past if event.round == case.round), None)
    if began is None or not _is_asked(definition, began):
        return None
    remedy = next(remedy for remedy in world.jurisdiction.remedies if remedy.after == "silence")
    start = _received(definition, case, began, owner)
    return due(world.calendar, start, remedy.n, remedy.unit, rolls=remedy.rolls)[0] + timedelta(days=1)


def _is_asked(definition: Definition, began: EventFacts) -> bool:
    """By the enterprise itself, or on its paper: what it commits itself to it has asked for."""
    rows = rows_of(definition, began)
    return any(FILER in row.by or any(field.kind is FieldKind.COMMITMENT for field in row.asks) for row in rows)


def _received(definition: Definition, case: Snapshot, began: EventFacts, owner: str | None) -> date:
    """The day of the filing, or of what began the round; of a bureau its own receipt, where one is named."""
    day = case.filed_on if case.round == 1 and case.filed_on else began.on
    if owner != Party.BUREAU:
        return day
    return max(day, *_receipts(definition, case))


def _receipts(definition: Definition, case: Snapshot) -> Iterator[date]:
    """The days from which the law counts a bureau's time, as they were answered."""
    yield date.min
    named = {one.counts_from.asked for one in definition.deadlines if one.owner is Party.BUREAU and one.counts_from}
    for event in case.past:
        yield from (date.fromisoformat(str(event.codes[name])) for name in named if event.codes.get(name))
