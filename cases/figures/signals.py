"""Signals worth a look: what has happened lately that is usual where something is wrong, and where nothing is.

Each is read from events and the deadlines they met; none proves anything, and none moves a case. Only reads, and only
cases that the reader may read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Select, and_, select, union
from sqlalchemy.orm import Session, aliased

from cases.engine.closings import told_in
from cases.kinds import all_kinds
from cases.model.bisect import readable
from cases.model.custody import DeskEvent, returns
from cases.model.reading import EVENT_COLUMNS, timer_from
from cases.model.tables import Case, Event, TimerRow
from cases.model.visibility import visible_to
from registry.identity import Identity
from workflow.calendar import Calendar, workdays_between
from workflow.definition import DECIDES, MAPPED, OFFICIALS, START, STAY, Action, Definition, Party
from workflow.findings import rows_of
from workflow.snapshot import EventFacts, RuleContext
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
    """A case as it is stored, with what a signal is looked for in: the acts that tell by themselves, or all its events,
    in their order; its official deadlines, where they may matter."""

    id: int
    number: str
    kind: str
    events: Sequence[Any]
    timers: Sequence[Any]


@dataclass(frozen=True)
class _Case:
    """The same, read."""

    id: int
    number: str
    definition: Definition
    told: Sequence[DeskEvent]
    timers: Sequence[Timer]


def signals(session: Session, identity: Identity, world: RuleContext, now: datetime) -> tuple[list[Signal], list[str]]:
    """The signals of the last thirty days, by sort, the newest first. Beside them the numbers of cases that cannot be
    read: one that is damaged takes those of the others from nobody."""
    since, acts = now - LATELY, _acts()
    found: list[Signal] = []
    unread: list[str] = []
    for case in _seen(session, identity, acts, since):
        here = readable(case.number, partial(_of, case, acts, world.calendar, since, now))
        if here is None:
            unread.append(case.number)
        found += here or ()
    return sorted(found, key=lambda one: (SIGNALS.index(one.name), -one.on.toordinal(), one.number)), unread


def _seen(session: Session, identity: Identity, acts: _Acts, since: datetime) -> Iterator[_Seen]:
    """The cases in which something was done lately from which a signal can follow, in a handful of statements. Of an
    act that tells by itself nothing else of its case is read: such acts are most of them."""
    timed, returned, whole = (
        select(Event.case_id).where(Event.at >= since, Event.action.in_(names))
        for names in (acts.timed, acts.returning, acts.whole)
    )
    quick = _decided_at_once(session, acts.deciding, since)
    alone = and_(Event.at >= since, Event.action.in_((*acts.timed, *acts.returning)))
    assigned = and_(Event.case_id.in_(returned), Event.action.in_(acts.assigning))
    read_whole = Event.case_id.in_(whole), Event.case_id.in_(quick)
    here = union(*(select(Event.id).where(some) for some in (alone, assigned, *read_whole)))
    timers = _by_case(
        session,
        select(TimerRow.__table__)
        .where(TimerRow.case_id.in_(timed), TimerRow.owner.in_(map(str, OFFICIALS)))
        .order_by(TimerRow.id),
    )
    read = EVENT_COLUMNS.add_columns(Case.number, Case.kind).join(Case, Case.id == Event.case_id)
    found = session.execute(read.where(Event.id.in_(here), visible_to(identity)))
    for case_id, rows in groupby(found, attrgetter("case_id")):
        events = list(rows)
        yield _Seen(case_id, events[0].number, events[0].kind, events, timers[case_id])


def _by_case(session: Session, read: Select[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(read):
        found[row.case_id].append(row)
    return found


def _decided_at_once(session: Session, deciding: Sequence[str], since: datetime) -> list[int]:
    """The cases that were decided within minutes of what had been done before: of the others no decision can have been
    hasty, and their events need not be read."""
    before = aliased(Event)
    last = and_(before.case_id == Event.case_id, before.seq == Event.seq - 1)
    decided = select(Event.case_id, Event.at, before.at.label("before")).join(before, last)
    recent = session.execute(decided.where(Event.at >= since, Event.action.in_(deciding)))
    return [row.case_id for row in recent if row.at - row.before < MINUTES]


@dataclass(frozen=True)
class _Acts:
    """The acts from which a signal can follow, by the names that any kind gives them."""

    deciding: tuple[str, ...]
    timed: tuple[str, ...]
    """Those of which it matters how much of a deadline was left."""
    returning: tuple[str, ...]
    assigning: tuple[str, ...]
    """Those that lay a case before a bureau: they say to which one a returned case went, maybe to the same again."""
    whole: tuple[str, ...]
    """Those that tell something beside what was done before, and a change of names."""

    def __contains__(self, name: str) -> bool:
        return any(name in names for names in (self.deciding, self.timed, self.returning, self.whole))


def _acts() -> _Acts:
    rows = [(definition, row) for definition in all_kinds().values() for row in definition.actions]
    timed = {row.name for kind, row in rows if _extends(row) or _waits(kind, row)}
    returning = {row.name for kind, row in rows if any(returns(kind, row, state) for state in row.source)}
    assigning = {row.name for kind, row in rows if any(_before_a_bureau(kind, target) for target in row.targets)}
    whole = {row.name for _kind, row in rows if row.reopens} | {MAPPED.name}
    deciding = {row.name for _kind, row in rows if row.part is DECIDES}
    return _Acts(*(tuple(sorted(names)) for names in (deciding, timed, returning, assigning, whole)))


def _before_a_bureau(definition: Definition, target: object) -> bool:
    return target is not STAY and definition.state(str(target)).desk is Party.BUREAU


def _of(seen: _Seen, acts: _Acts, calendar: Calendar, since: datetime, now: datetime) -> list[Signal]:
    timers = [timer_from(row) for row in seen.timers]
    case = _Case(seen.id, seen.number, all_kinds()[seen.kind], told_in(seen.events), timers)
    lately = ((place, one) for place, one in enumerate(case.told) if since <= one.at <= now and one.past.action in acts)
    return [signal for place, one in lately for signal in _by(case, place, one, calendar)]


def _by(case: _Case, place: int, one: DeskEvent, calendar: Calendar) -> Iterator[Signal]:
    """What an act shows."""
    row, before = next(iter(rows_of(case.definition, one.past)), None), case.told[:place]
    if row is None:
        return
    if _extends(row) and any(_left(timer, one.past, calendar) == 0 for timer in _extended(case, row, one)):
        yield _signal(case, EXTENDED, one, _desk(one))
    if _waits(case.definition, row) and any(_left(timer, one.past, calendar) in (0, 1) for timer in _paused(case, one)):
        yield _signal(case, PAUSED, one, one.past.bureau)
    if returns(case.definition, row, one.past.source):
        to = next((later.bureau for later in case.told[place + 1 :] if later.desk == Party.BUREAU), None)
        yield replace(_signal(case, RETURNED, one, one.past.bureau), to=to)
    if row.reopens and _closed_lately(before, one, calendar):
        yield _signal(case, REOPENED, one, _desk(one))
    if row.part is DECIDES and one.past.person is not None and _hasty(case, before, one):
        yield _signal(case, HASTY, one, one.past.bureau)


def _signal(case: _Case, name: str, one: DeskEvent, bureau: int | None) -> Signal:
    return Signal(name, case.id, case.number, one.past.on, bureau)


def _desk(one: DeskEvent) -> int | None:
    """The bureau with which the case then lay; None for the office."""
    return one.bureau if one.desk == Party.BUREAU else None


def _extends(row: Action) -> bool:
    return any(effect.name == "extend" for effect in row.does)


def _waits(definition: Definition, row: Action) -> bool:
    """Whether the act lays the case before the firm while official clocks stand still."""
    held = {state for deadline in definition.deadlines for state in deadline.paused_in}
    return row.source != (START,) and not row.reopens and any(target in held for target in row.targets)


def _extended(case: _Case, row: Action, one: DeskEvent) -> Iterable[Timer]:
    """The deadlines that an act made longer, as they were before: an extension is given once."""
    names = {effect.of for effect in row.does if effect.name == "extend"}
    mine = (timer for timer in case.timers if timer.deadline in names and timer.round == one.past.round)
    return [replace(_before(timer, one.past.on), extended=0) for timer in mine if timer.owner == one.desk]


def _paused(case: _Case, one: DeskEvent) -> Iterable[Timer]:
    """The deadlines of the desk that asked which stood still from this act on, as they were before."""
    held = {deadline.name for deadline in case.definition.deadlines if one.past.target in deadline.paused_in}
    desk = case.definition.state(one.past.source).desk
    return [
        _before(timer, one.past.on)
        for timer in case.timers
        if timer.deadline in held
        and timer.owner == desk
        and timer.round == one.past.round
        and timer.started <= one.past.on <= (timer.stopped or date.max)
    ]


def _before(timer: Timer, on: date) -> Timer:
    """The timer without the holds that began on that day or later, and running."""
    return release(replace(timer, stopped=None, holds=tuple(hold for hold in timer.holds if hold.start < on)), on)


def _left(timer: Timer, past: EventFacts, calendar: Calendar) -> int | None:
    """Working days from the act to the last day; None once it has passed."""
    due = due_of(timer, calendar).day
    return None if due is None or due < past.on else workdays_between(calendar, past.on, due)


def _closed_lately(before: Sequence[DeskEvent], one: DeskEvent, calendar: Calendar) -> bool:
    closed = next((earlier for earlier in reversed(before) if earlier.closes), None)
    return closed is not None and workdays_between(calendar, closed.past.on, one.past.on) <= SOON_AFTER


def _hasty(case: _Case, before: Sequence[DeskEvent], one: DeskEvent) -> bool:
    """Decided within minutes of coming before whoever decided, or of being taken by them, whichever was later."""
    came = next((earlier for earlier in reversed(before) if earlier.past.source != earlier.past.target), None)
    took = next((earlier for earlier in reversed(before) if _takes(case.definition, earlier, one)), None)
    moments = [event.at for event in (came, took) if event]
    return bool(moments) and one.at - max(moments) < MINUTES


def _takes(definition: Definition, earlier: DeskEvent, one: DeskEvent) -> bool:
    rows = rows_of(definition, earlier.past)[:1]
    return earlier.past.person == one.past.person and any(e.name == "take" for row in rows for e in row.does)


def by_bureau(found: Iterable[Signal]) -> list[tuple[int | None, int]]:
    """How many of each bureau, the most first; None is the office."""
    counts: dict[int | None, int] = defaultdict(int)
    for one in found:
        counts[one.bureau] += 1
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0] is None, pair[0] or 0))
