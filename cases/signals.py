"""Signals worth a look: what has happened lately that is usual where something is wrong, and where nothing is.

Each is read from events and the deadlines they met; none proves anything, and none moves a case. Only reads, and only
cases that the reader may read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from cases.closings import told_of
from cases.hands import Told, returns
from cases.kinds import all_kinds
from cases.reading import timer_from
from cases.tables import Case, Event, TimerRow
from cases.visibility import visible_to
from registry.standing import Standing
from workflow.calendar import Calendar, workdays_between
from workflow.definition import DECIDES, START, Action, Definition, Party
from workflow.findings import rows_of
from workflow.snapshot import Past, World
from workflow.timing import Timer, due_of, release

LATELY: Final = timedelta(days=30)
"""How far back they look."""
SOON_AFTER: Final = 5
"""Working days between a closing and its being opened again."""
MINUTES: Final = timedelta(minutes=3)
"""Between a case's coming before somebody, or being taken, and the decision."""

EXTENDED, PAUSED, RETURNED, REOPENED, HASTY = "extended", "paused", "returned", "reopened", "hasty"
SIGNALS: Final = (EXTENDED, PAUSED, RETURNED, REOPENED, HASTY)


@dataclass(frozen=True)
class Signal:
    """One case that shows one: on which day, and the bureau whose it is; None for the office."""

    name: str
    case_id: int
    number: str
    on: date
    bureau: int | None
    to: int | None = None
    """Of a returned case, the bureau to which it was assigned."""


@dataclass(frozen=True)
class _Seen:
    """A case with what a signal is looked for in: its events from the first, and its timers where one may matter."""

    id: int
    number: str
    definition: Definition
    told: Sequence[Told]
    timers: Sequence[Timer]


def signals(session: Session, standing: Standing, world: World, now: datetime) -> list[Signal]:
    """The signals of the last thirty days, by sort, the newest first."""
    since = now - LATELY
    found = [one for case in _seen(session, standing, since) for one in _of(case, world, since, now)]
    return sorted(found, key=lambda one: (SIGNALS.index(one.name), -one.on.toordinal(), one.number))


def _seen(session: Session, standing: Standing, since: datetime) -> Iterator[_Seen]:
    """The cases in which something was done lately from which a signal can follow, read in a handful of statements."""
    acts = _acts()
    by_act = select(Event.case_id).where(Event.at >= since, Event.action.in_(acts.any))
    timed = select(Event.case_id).where(Event.at >= since, Event.action.in_(acts.timed))
    quick = _decided_at_once(session, acts.deciding, since)
    read = select(Case.id, Case.number, Case.kind).where(or_(Case.id.in_(by_act), Case.id.in_(quick)))
    cases = session.execute(read.where(visible_to(standing)).order_by(Case.id)).all()
    told = told_of(session, [row.id for row in cases])
    timers: dict[int, list[Timer]] = defaultdict(list)
    official = select(TimerRow.__table__).where(TimerRow.case_id.in_(timed), TimerRow.owner != str(Party.ENTERPRISE))
    for timer in session.execute(official.order_by(TimerRow.id)):
        timers[timer.case_id].append(timer_from(timer))
    for row in cases:
        yield _Seen(row.id, row.number, all_kinds()[row.kind], told[row.id], timers[row.id])


def _decided_at_once(session: Session, deciding: Sequence[str], since: datetime) -> list[int]:
    """The cases that were decided within minutes of whatever had been done before: of the others no decision can have
    been hasty, and their events need not be read."""
    earlier = aliased(Event)
    last = select(func.max(earlier.at)).where(earlier.case_id == Event.case_id, earlier.seq < Event.seq)
    decided = select(Event.case_id, Event.at, last.scalar_subquery().label("before")).where(
        Event.at >= since, Event.action.in_(deciding)
    )
    return [row.case_id for row in session.execute(decided) if row.before and row.at - row.before < MINUTES]


@dataclass(frozen=True)
class _Acts:
    """The acts from which a signal can follow, by the names that any kind gives them."""

    deciding: tuple[str, ...]
    timed: tuple[str, ...]
    """Those of which it matters how much of a deadline was left."""
    any: tuple[str, ...]
    """All but decisions, of which most are of no interest."""


def _acts() -> _Acts:
    rows = [(definition, row) for definition in all_kinds().values() for row in definition.actions]
    timed = {row.name for kind, row in rows if _extends(row) or _waits(kind, row)}
    others = {row.name for kind, row in rows if row.reopens or any(returns(kind, row, state) for state in row.source)}
    deciding = {row.name for _kind, row in rows if row.part is DECIDES}
    return _Acts(*(tuple(sorted(names)) for names in (deciding, timed, timed | others)))


def _of(case: _Seen, world: World, since: datetime, now: datetime) -> Iterator[Signal]:
    calendar = world.calendar
    for place, one in enumerate(case.told):
        row = next(iter(rows_of(case.definition, one.past)), None) if since <= one.at <= now else None
        if row is None:
            continue
        before = case.told[:place]
        if _extends(row) and any(_left(timer, one.past, calendar) == 0 for timer in _extended(case, row, one)):
            yield _signal(case, EXTENDED, one)
        if _waits(case.definition, row) and any(_left(timer, one.past, calendar) in (0, 1)
                                                for timer in _paused(case, one)):  # fmt: skip
            yield _signal(case, PAUSED, one, before[-1] if before else None)
        if returns(case.definition, row, one.past.source):
            yield _returned(case, one, before, case.told[place + 1 :])
        if row.reopens and _closed_lately(before, one, calendar):
            yield _signal(case, REOPENED, one)
        if row.part is DECIDES and one.past.person is not None and _hasty(case, before, one):
            yield _signal(case, HASTY, one, before[-1] if before else None)


def _signal(case: _Seen, name: str, one: Told, at: Told | None = None) -> Signal:
    """Whose it is: the desk where the case lay when it was done."""
    where = at or one
    return Signal(name, case.id, case.number, one.past.on, where.bureau if where.desk == Party.BUREAU else None)


def _extends(row: Action) -> bool:
    return any(effect.name == "extend" for effect in row.does)


def _waits(definition: Definition, row: Action) -> bool:
    """Whether the act lays the case before the firm while official clocks stand still."""
    held = {state for deadline in definition.deadlines for state in deadline.paused_in}
    return row.source != (START,) and not row.reopens and any(target in held for target in row.targets)


def _extended(case: _Seen, row: Action, one: Told) -> Iterable[Timer]:
    """The deadlines that an act made longer, as they were before: an extension is given once."""
    names = {effect.of for effect in row.does if effect.name == "extend"}
    mine = (timer for timer in case.timers if timer.deadline in names and timer.round == one.past.round)
    return [replace(_before(timer, one.past.on), extended=0) for timer in mine if timer.owner == one.desk]


def _paused(case: _Seen, one: Told) -> Iterable[Timer]:
    """The deadlines of the desk that asked which stood still from this act on, as they were before."""
    held = {deadline.name for deadline in case.definition.deadlines if one.past.target in deadline.paused_in}
    desk = case.definition.state(one.past.source).desk
    return [_before(timer, one.past.on) for timer in case.timers
            if timer.deadline in held and timer.owner == desk and timer.round == one.past.round
            and timer.started <= one.past.on <= (timer.stopped or date.max)]  # fmt: skip


def _before(timer: Timer, on: date) -> Timer:
    """The timer without the holds that began on that day or later, and running."""
    return release(replace(timer, stopped=None, holds=tuple(hold for hold in timer.holds if hold.start < on)), on)


def _left(timer: Timer, past: Past, calendar: Calendar) -> int | None:
    """Working days from the act to the last day; None once it has passed."""
    due = due_of(timer, calendar).day
    return None if due is None or due < past.on else workdays_between(calendar, past.on, due)


def _returned(case: _Seen, one: Told, before: Sequence[Told], after: Sequence[Told]) -> Signal:
    assigned = next((later.bureau for later in after if later.desk == Party.BUREAU), None)
    return replace(_signal(case, RETURNED, one, before[-1] if before else None), to=assigned)


def _closed_lately(before: Sequence[Told], one: Told, calendar: Calendar) -> bool:
    closed = next((earlier for earlier in reversed(before) if earlier.closes), None)
    return closed is not None and workdays_between(calendar, closed.past.on, one.past.on) <= SOON_AFTER


def _hasty(case: _Seen, before: Sequence[Told], one: Told) -> bool:
    """Decided within minutes of coming before whoever decided, or of being taken by them, whichever was later."""
    came = next((earlier for earlier in reversed(before) if earlier.past.source != earlier.past.target), None)
    took = next((earlier for earlier in reversed(before) if _takes(case.definition, earlier, one)), None)
    moments = [event.at for event in (came, took) if event]
    return bool(moments) and one.at - max(moments) < MINUTES


def _takes(definition: Definition, earlier: Told, one: Told) -> bool:
    rows = rows_of(definition, earlier.past)[:1]
    return earlier.past.person == one.past.person and any(e.name == "take" for row in rows for e in row.does)


def by_bureau(found: Iterable[Signal]) -> list[tuple[int | None, int]]:
    """How many of each bureau, the most first; None is the office."""
    counts: dict[int | None, int] = defaultdict(int)
    for one in found:
        counts[one.bureau] += 1
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0] is None, pair[0] or 0))
