"""A running deadline's arithmetic: its budget, its ledger of holds, its due day, and which rung comes next.

Everything is derived from the ledger, never from a stored target. It knows no case and no table; which move starts,
holds or stops a timer is `lanes.py`. What is missed stays missed: a hold that begins after the due day moves no
date. A day is a day in the jurisdiction's zone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from workflow.calendar import (
    ONE_DAY,
    Calendar,
    Count,
    Day,
    Pause,
    Unit,
    Why,
    add_workdays,
    as_counted,
    count,
    due,
    next_workday,
)
from workflow.vocabulary import Rung

SOON = 3
"""Working days from today within which something is due soon."""


@dataclass(frozen=True)
class Hold:
    """The count stands still after `start`, up to and with `end`; an open hold has no end yet.

    `why` is "asked" (the case is in a state that pauses) or "away" (it has left the deadline's states).
    """

    start: date
    end: date | None
    why: str


@dataclass(frozen=True)
class Timer:
    """One deadline of one case: running, held, or stopped and able to go on. `n` is the rule's own limit."""

    deadline: str
    rule: str
    owner: str
    round: int
    started: date
    n: int
    unit: Unit
    rolls: bool = False
    bureau: int | None = None
    extended: int = 0
    holds: tuple[Hold, ...] = ()
    stopped: date | None = None
    id: int | None = None
    fired: frozenset[tuple[date, str]] = frozenset()
    """Due day and `rung_key` of each rung that has fired."""
    born: date | None = None
    """The day it was made, where the law counts it from an earlier one."""

    @property
    def budget(self) -> int:
        return self.n + self.extended

    @property
    def open_hold(self) -> Hold | None:
        return self.holds[-1] if self.holds and self.holds[-1].end is None else None


@dataclass(frozen=True)
class DueDay:
    """When it is due: no day while it is held."""

    day: date | None
    provisional: bool


@dataclass(frozen=True)
class Firing:
    """The next rung: the instant (UTC), the day it belongs to, and the due day it is for.

    An exact rung fires at 24:00, which still belongs to that day (民法典 203).
    """

    at: datetime
    on: date
    rung: Rung
    due: date


def due_of(timer: Timer, calendar: Calendar) -> DueDay:
    """The due day; none while a hold that began in time is open. A stopped timer tells its last one."""
    day, provisional = _due(timer, calendar)
    held = timer.open_hold
    if held is not None and timer.stopped is None and held.start <= day:
        return DueDay(None, False)
    return DueDay(day, provisional)


def explain(timer: Timer, calendar: Calendar, until: date | None = None) -> Count:
    """The due day with a line for each day, for page, letter and API.

    Of a held timer: as if the hold ended on `until`, without it as if it had not begun. Ask `due_of` first.
    """
    return count(
        calendar, timer.started, timer.budget, timer.unit, rolls=timer.rolls, pauses=_pauses(timer, open_until=until)
    )


def late_days(timer: Timer, calendar: Calendar, today: date) -> tuple[Day, ...]:
    """The days after a missed due day, up to today; the ordinal says by how many units it is late. Else none."""
    due_day = due_of(timer, calendar).day
    if due_day is None or today <= due_day:
        return ()
    days: list[Day] = []
    ordinal = 0
    for k in range(1, (today - due_day).days + 1):
        day = as_counted(due_day, False) + timedelta(days=k)
        held, off = _held(timer, day), not calendar.is_worked(day)
        counts = held is None and not (off and timer.unit is Unit.WORKDAY)
        ordinal += counts
        why = held or (Why.COUNTED if timer.unit is not Unit.WORKDAY else calendar.why(day))
        days.append(Day(day, ordinal if counts else None, why, off, calendar.source(day), not calendar.is_known(day)))
    return tuple(days)


def used(timer: Timer, calendar: Calendar, today: date) -> int:
    """The units that have counted so far, up to and with the day, or the one on which it stopped; holds do not."""
    return _units(timer, calendar, timer.started, min(timer.stopped or today, today))


def left(timer: Timer, calendar: Calendar, today: date) -> int:
    """Units after today up to the due day (0: due today); negative: late by so many. Held: what will be left.

    In working days where the deadline counts so, else in days (months too).
    """
    due_day = due_of(timer, calendar).day
    if due_day is None:
        began = timer.holds[-1].start
        return left(release(timer, began), calendar, began)
    if today <= due_day:
        return _units(timer, calendar, today, due_day)
    return -_units(timer, calendar, due_day, today)


def days_left(timer: Timer, calendar: Calendar, today: date) -> int:
    """As `left`, but never nought once the day has passed: from the weekend after its due day, a case is late."""
    counted, due_day = left(timer, calendar, today), due_of(timer, calendar).day
    return min(counted, -1) if due_day is not None and due_day < today else counted


def missed(timer: Timer, calendar: Calendar, on: date) -> bool:
    """Whether the due day has passed on that day: then no extension moves it any more."""
    due_day = due_of(timer, calendar).day
    return due_day is not None and due_day < on


def hold(timer: Timer, on: date, why: str) -> Timer:
    """The timer held after that day. Held already for another reason, the days count once, under the new one."""
    held = timer.open_hold
    if held is not None and held.why == why:
        return timer
    closed = release(timer, on)
    return replace(closed, holds=(*closed.holds, Hold(on, None, why)))


def release(timer: Timer, on: date) -> Timer:
    """The timer going on after that day. A hold of no length leaves no trace."""
    held = timer.open_hold
    if held is None:
        return timer
    kept = (replace(held, end=on),) if on > held.start else ()
    return replace(timer, holds=timer.holds[:-1] + kept)


def extend(timer: Timer, by: int) -> Timer:
    """The timer longer by so many of its own units. Ask `missed` first: what is missed stays missed."""
    return replace(timer, extended=timer.extended + by)


def rung_key(rung: Rung) -> str:
    """How a fired rung is remembered: `+3:supervise`."""
    return f"{rung.offset:+d}:{rung.action}"


def next_firing(
    timer: Timer,
    rungs: Sequence[Rung],
    calendar: Calendar,
    office_opens: time,
    zone: ZoneInfo,
    born_late_after: date | None = None,
) -> Firing | None:
    """The first rung that has not fired for this due day; none while held or stopped.

    Rungs are working days from the due day, in office hours; the rung at 0 waits for the first working day after
    it, an exact one for the very end of its day. A reminder is left out where its day is not after the start or the
    last hold. `born_late_after` is the day the timer was made, where its count began earlier: reminders up to then
    are left out, and what is overdue already fires from then on, in order.
    """
    if timer.stopped is not None or timer.open_hold is not None:
        return None
    due_day = as_counted(_due(timer, calendar)[0], False)
    since = max(timer.started, born_late_after or timer.started, *(hold.end for hold in timer.holds if hold.end))
    firings = []
    for rung in rungs:
        if timer.budget < rung.at_least or (due_day, rung_key(rung)) in timer.fired:
            continue
        day = _rung_day(timer, rung, calendar, due_day)
        if rung.offset < 0 and day <= since:
            continue
        if born_late_after is not None and not rung.exact:
            day = max(day, next_workday(calendar, born_late_after))
        firings.append(Firing(_instant(day, rung, office_opens, zone), day, rung, due_day))
    return min(firings, key=lambda firing: (firing.at, firing.rung.offset), default=None)


def _due(timer: Timer, calendar: Calendar) -> tuple[date, bool]:
    """The due day by the holds that have ended."""
    return _counted(calendar, timer.started, timer.budget, timer.unit, timer.rolls, _pauses(timer))


@lru_cache(maxsize=4096)
def _counted(
    calendar: Calendar, start: date, n: int, unit: Unit, rolls: bool, pauses: tuple[Pause, ...]
) -> tuple[date, bool]:
    """As `due` counts it: thousands of deadlines that began on one day are counted once."""
    return due(calendar, start, n, unit, rolls=rolls, pauses=pauses)


def _pauses(timer: Timer, open_until: date | None = None) -> tuple[Pause, ...]:
    """The holds as pauses; an open one ends where the timer stopped, else on `open_until`, else is left out."""
    last = timer.stopped or open_until
    return tuple(
        Pause(hold.start, end, Why.AWAY if hold.why == "away" else Why.PAUSED)
        for hold in timer.holds
        if (end := hold.end or last) is not None
    )


def _held(timer: Timer, day: date) -> Why | None:
    for hold in timer.holds:
        if hold.start < day and (hold.end is None or day <= hold.end):
            return Why.AWAY if hold.why == "away" else Why.PAUSED
    return None


def _units(timer: Timer, calendar: Calendar, after: date, until: date) -> int:
    """The days in (after, until] that count for this timer."""
    days = (after + timedelta(days=k) for k in range(1, (until - after).days + 1))
    in_workdays = timer.unit is Unit.WORKDAY
    return sum(1 for day in days if not (in_workdays and not calendar.is_worked(day)) and not _held(timer, day))


def _rung_day(timer: Timer, rung: Rung, calendar: Calendar, due_day: date) -> date:
    if rung.exact and rung.offset == 0:
        return due_day
    if rung.offset < 0:
        return add_workdays(calendar, due_day, rung.offset)
    return _counted(calendar, due_day, max(rung.offset, 1), Unit.WORKDAY, False, _pauses(timer))[0]


def _instant(day: date, rung: Rung, office_opens: time, zone: ZoneInfo) -> datetime:
    if rung.exact:
        return datetime.combine(day + ONE_DAY, time.min, zone).astimezone(UTC)
    return datetime.combine(day, office_opens, zone).astimezone(UTC)
