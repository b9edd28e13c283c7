"""Signals, as they are written with the act that shows one, and read again from the events to check them.

Each is read from events and the deadlines they met; none proves anything, and none moves a case.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final, NamedTuple

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from cases.engine.closings import told_of
from cases.kinds import all_kinds, digests
from cases.model.custody import DeskEvent, returns
from cases.model.reading import read_timers
from cases.model.tables import Case, SignalRow
from extensions import transaction
from workflow.calendar import Calendar, workdays_between
from workflow.definition import DECIDES, START, Action, Definition, Party
from workflow.past import rows_of
from workflow.snapshot import EventFacts, RuleContext
from workflow.timing import Timer, due_of, release

LATELY: Final = timedelta(days=30)
"""How far back somebody is shown them."""
SOON_AFTER: Final = 5
"""Working days between a closing and its being opened again."""
MINUTES: Final = timedelta(minutes=3)
"""Between a case's coming before somebody, or being taken, and the decision."""
BATCH = 500

EXTENDED, PAUSED, RETURNED, REOPENED, HASTY = "extended", "paused", "returned", "reopened", "hasty"
SIGNALS: Final = (EXTENDED, PAUSED, RETURNED, REOPENED, HASTY)


@dataclass(frozen=True)
class SignalledCase:
    """What signals are read from: all events of a case in their order, and its deadlines."""

    id: int
    kind: str
    told: Sequence[DeskEvent]
    timers: Sequence[Timer]

    @property
    def definition(self) -> Definition:
        return all_kinds()[self.kind]


class SignalSeen(NamedTuple):
    """A row, as it is written. `to` is the bureau to which a returned case was assigned."""

    case_id: int
    seq: int
    name: str
    at: datetime
    seen_on: date
    bureau_id: int | None
    to_id: int | None = None


def tells(kind: str, action: str) -> bool:
    """Whether a signal can follow from an act of this name."""
    return action in _telling(kind, digests())


@cache
def _telling(kind: str, _digests: tuple[str, ...]) -> frozenset[str]:
    definition = all_kinds()[kind]
    return frozenset(
        row.name
        for row in definition.actions
        if _extends(row)
        or _waits(definition, row)
        or row.reopens
        or row.part is DECIDES
        or any(returns(definition, row, state) for state in row.source)
    )


def write_signals(session: Session, calendar: Calendar, cases: Sequence[SignalledCase]) -> None:
    """What the last act of each case shows, in the transaction that is open."""
    if rows := [row for case in cases for row in _by(case, len(case.told) - 1, calendar)]:
        session.execute(insert(SignalRow), [row._asdict() for row in rows])


def assigned_to(session: Session, case_id: int, bureau_id: int | None) -> None:
    """The bureau before which a returned case has come, maybe the same again."""
    waits = SignalRow.case_id == case_id, SignalRow.name == RETURNED, SignalRow.to_id.is_(None)
    session.execute(update(SignalRow).where(*waits).values(to_id=bureau_id))


def signals_of(session: Session, calendar: Calendar, case_ids: Sequence[int]) -> list[SignalSeen]:
    """What the rows of these cases must be, read from all their events."""
    told, timers = told_of(session, case_ids), read_timers(session, case_ids)
    kinds = session.execute(select(Case.id, Case.kind).where(Case.id.in_(case_ids)).order_by(Case.id))
    cases = [SignalledCase(id, kind, told[id], timers.get(id, ())) for id, kind in kinds]
    return [row for case in cases for place in range(len(case.told)) for row in _by(case, place, calendar)]


def write_missing(world: RuleContext) -> int:
    """Write those of what stands, where an earlier version wrote none; gives how many."""
    with transaction() as session:
        there = session.scalar(select(SignalRow.case_id).limit(1))
    return write_again(world) if there is None else 0


def write_again(world: RuleContext) -> int:
    """Drop all rows and write them again from the events, by the calendar in force now; gives how many."""
    done = 0
    with transaction() as session:
        session.execute(delete(SignalRow))
        for ids in _every_case(session):
            rows = signals_of(session, world.calendar, ids)
            if rows:
                session.execute(insert(SignalRow), [row._asdict() for row in rows])
            done += len(rows)
    return done


def unlike(session: Session, world: RuleContext) -> list[str]:
    """The numbers of cases whose rows are not what their events give."""
    wrong: list[str] = []
    columns = [getattr(SignalRow, name) for name in SignalSeen._fields]
    for ids in _every_case(session):
        kept = {SignalSeen(*row) for row in session.execute(select(*columns).where(SignalRow.case_id.in_(ids)))}
        bad = {row.case_id for row in kept ^ set(signals_of(session, world.calendar, ids))}
        wrong += session.scalars(select(Case.number).where(Case.id.in_(bad)).order_by(Case.id)).all()
    return wrong


def _every_case(session: Session) -> Iterator[Sequence[int]]:
    last = 0
    while ids := session.scalars(select(Case.id).where(Case.id > last).order_by(Case.id).limit(BATCH)).all():
        yield ids
        last = ids[-1]


def _by(case: SignalledCase, place: int, calendar: Calendar) -> Iterator[SignalSeen]:
    """What the act at this place shows."""
    one, before = case.told[place], case.told[:place]
    row = next(iter(rows_of(case.definition, one.past)), None)
    if row is None or not tells(case.kind, one.past.action):
        return

    def shown(name: str, bureau: int | None, to: int | None = None) -> SignalSeen:
        return SignalSeen(case.id, one.past.seq, name, one.at, one.past.on, bureau, to)

    if _extends(row) and any(_left(timer, one.past, calendar) == 0 for timer in _extended(case, row, one)):
        yield shown(EXTENDED, _desk(one))
    if _waits(case.definition, row) and any(_left(timer, one.past, calendar) in (0, 1) for timer in _paused(case, one)):
        yield shown(PAUSED, one.past.bureau)
    if returns(case.definition, row, one.past.source):
        to = next((later.bureau for later in case.told[place + 1 :] if later.desk == Party.BUREAU), None)
        yield shown(RETURNED, one.past.bureau, to)
    closed = next((earlier for earlier in reversed(before) if earlier.closes), None)
    if row.reopens and closed and workdays_between(calendar, closed.past.on, one.past.on) <= SOON_AFTER:
        yield shown(REOPENED, _desk(one))
    if row.part is DECIDES and one.past.person is not None and _hasty(case, before, one):
        yield shown(HASTY, one.past.bureau)


def _desk(one: DeskEvent) -> int | None:
    """The bureau with which the case then lay; None for the office."""
    return one.bureau if one.desk == Party.BUREAU else None


def _extends(row: Action) -> bool:
    return any(effect.name == "extend" for effect in row.does)


def _waits(definition: Definition, row: Action) -> bool:
    """Whether the act lays the case before the firm while official clocks pause."""
    held = {state for deadline in definition.deadlines for state in deadline.paused_in}
    return row.source != (START,) and not row.reopens and any(target in held for target in row.targets)


def _extended(case: SignalledCase, row: Action, one: DeskEvent) -> Iterable[Timer]:
    """The deadlines that an act made longer, as they were before: an extension is given once."""
    names = {effect.of for effect in row.does if effect.name == "extend"}
    mine = (timer for timer in case.timers if timer.deadline in names and timer.round == one.past.round)
    return [replace(_before(timer, one.past.on), extended=0) for timer in mine if timer.owner == one.desk]


def _paused(case: SignalledCase, one: DeskEvent) -> Iterable[Timer]:
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


def _hasty(case: SignalledCase, before: Sequence[DeskEvent], one: DeskEvent) -> bool:
    """Decided within minutes of coming before who decided, or of being taken by them: the later of the two."""
    came = next((earlier for earlier in reversed(before) if earlier.past.source != earlier.past.target), None)
    mine = (earlier for earlier in reversed(before) if earlier.past.person == one.past.person)
    took = next((earlier for earlier in mine if _takes(case.definition, earlier.past)), None)
    moments = [event.at for event in (came, took) if event]
    return bool(moments) and one.at - max(moments) < MINUTES


def _takes(definition: Definition, past: EventFacts) -> bool:
    return any(effect.name == "take" for row in rows_of(definition, past)[:1] for effect in row.does)
