"""Signals worth a look: what has happened lately that is usual where something is wrong, and where nothing is.

Each is read from events and the deadlines they met; none proves anything, and none moves a case. Only reads, and only
cases that the reader may read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import and_, select, union
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
from workflow.past import rows_of
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
class _ReadCase:
    """A case with the acts that tell by themselves, or all its events, in their order; its official deadlines, where
    they may matter."""

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
    for events, timers in _seen(session, identity, acts, since):
        number = events[0].number
        here = readable(number, partial(_of, events, timers, acts, world.calendar, since, now))
        if here is None:
            unread.append(number)
        found += here or ()
    return sorted(found, key=lambda one: (SIGNALS.index(one.name), -one.on.toordinal(), one.number)), unread


def _seen(
    session: Session, identity: Identity, acts: _Acts, since: datetime
) -> Iterator[tuple[Sequence[Any], Sequence[Any]]]:
    """The cases in which something was done lately from which a signal can follow, in a handful of statements: events
    and timers. Of an act that tells by itself nothing else of its case is read: such acts are most of them."""
    timed, returned, whole = (
        select(Event.case_id).where(Event.at >= since, Event.action.in_(names))
        for names in (acts.timed, acts.returning, acts.whole)
    )
    before = aliased(Event)
    last = and_(before.case_id == Event.case_id, before.seq == Event.seq - 1)
    decided = select(Event.case_id, Event.at, before.at.label("before")).join(before, last)
    recent = session.execute(decided.where(Event.at >= since, Event.action.in_(acts.deciding)))
    # later than within minutes of what was done before no decision was hasty, and its case need not be read
    quick = [row.case_id for row in recent if row.at - row.before < MINUTES]
    alone = and_(Event.at >= since, Event.action.in_((*acts.timed, *acts.returning)))
    assigned = and_(Event.case_id.in_(returned), Event.action.in_(acts.assigning))
    read_whole = Event.case_id.in_(whole), Event.case_id.in_(quick)
    here = union(*(select(Event.id).where(some) for some in (alone, assigned, *read_whole)))
    timers: dict[int, list[Any]] = defaultdict(list)
    official = select(TimerRow.__table__).where(TimerRow.case_id.in_(timed), TimerRow.owner.in_(map(str, OFFICIALS)))
    for row in session.execute(official.order_by(TimerRow.id)):
        timers[row.case_id].append(row)
    read = EVENT_COLUMNS.add_columns(Case.number, Case.kind).join(Case, Case.id == Event.case_id)
    found = session.execute(read.where(Event.id.in_(here), visible_to(identity)))
    for case_id, rows in groupby(found, attrgetter("case_id")):
        yield list(rows), timers[case_id]


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
    assigning = {
        row.name
        for kind, row in rows
        if any(target is not STAY and kind.state(str(target)).desk is Party.BUREAU for target in row.targets)
    }
    whole = {row.name for _kind, row in rows if row.reopens} | {MAPPED.name}
    deciding = {row.name for _kind, row in rows if row.part is DECIDES}
    return _Acts(*(tuple(sorted(names)) for names in (deciding, timed, returning, assigning, whole)))


def _of(
    events: Sequence[Any], timers: Sequence[Any], acts: _Acts, calendar: Calendar, since: datetime, now: datetime
) -> list[Signal]:
    first = events[0]
    read = [timer_from(row) for row in timers]
    case = _ReadCase(first.case_id, first.number, all_kinds()[first.kind], told_in(events), read)
    lately = ((place, one) for place, one in enumerate(case.told) if since <= one.at <= now and one.past.action in acts)
    return [signal for place, one in lately for signal in _by(case, place, one, calendar)]


def _by(case: _ReadCase, place: int, one: DeskEvent, calendar: Calendar) -> Iterator[Signal]:
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
    closed = next((earlier for earlier in reversed(before) if earlier.closes), None)
    if row.reopens and closed and workdays_between(calendar, closed.past.on, one.past.on) <= SOON_AFTER:
        yield _signal(case, REOPENED, one, _desk(one))
    if row.part is DECIDES and one.past.person is not None and _hasty(case, before, one):
        yield _signal(case, HASTY, one, one.past.bureau)


def _signal(case: _ReadCase, name: str, one: DeskEvent, bureau: int | None) -> Signal:
    return Signal(name, case.id, case.number, one.past.on, bureau)


def _desk(one: DeskEvent) -> int | None:
    """The bureau with which the case then lay; None for the office."""
    return one.bureau if one.desk == Party.BUREAU else None


def _extends(row: Action) -> bool:
    return any(effect.name == "extend" for effect in row.does)


def _waits(definition: Definition, row: Action) -> bool:
    """Whether the act lays the case before the firm while official clocks pause."""
    held = {state for deadline in definition.deadlines for state in deadline.paused_in}
    return row.source != (START,) and not row.reopens and any(target in held for target in row.targets)


def _extended(case: _ReadCase, row: Action, one: DeskEvent) -> Iterable[Timer]:
    """The deadlines that an act made longer, as they were before: an extension is given once."""
    names = {effect.of for effect in row.does if effect.name == "extend"}
    mine = (timer for timer in case.timers if timer.deadline in names and timer.round == one.past.round)
    return [replace(_before(timer, one.past.on), extended=0) for timer in mine if timer.owner == one.desk]


def _paused(case: _ReadCase, one: DeskEvent) -> Iterable[Timer]:
    """The deadlines of the asking desk that paused from this act on, as they were before."""
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


def _hasty(case: _ReadCase, before: Sequence[DeskEvent], one: DeskEvent) -> bool:
    """Decided within minutes of coming before who decided, or of being taken by them: the later of the two."""
    came = next((earlier for earlier in reversed(before) if earlier.past.source != earlier.past.target), None)
    mine = (earlier for earlier in reversed(before) if earlier.past.person == one.past.person)
    took = next((earlier for earlier in mine if _takes(case.definition, earlier.past)), None)
    moments = [event.at for event in (came, took) if event]
    return bool(moments) and one.at - max(moments) < MINUTES


def _takes(definition: Definition, past: EventFacts) -> bool:
    return any(effect.name == "take" for row in rows_of(definition, past)[:1] for effect in row.does)


def by_bureau(found: Iterable[Signal]) -> list[tuple[int | None, int]]:
    """How many of each bureau, the most first; None is the office."""
    counts = Counter(one.bureau for one in found)
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0] is None, pair[0] or 0))
