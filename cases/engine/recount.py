"""When a calendar file is loaded: which running deadlines move, said first and then done, all or nothing.

It works out no date itself (`workflow/timing.py` does) and knows no page. A held deadline has no date that could
move; a stopped one keeps the date it had.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from cases.engine.advance import fire_due, named
from cases.engine.clock import refuse_doubted
from cases.engine.standing import stand_again
from cases.engine.writing import derive_again, write_moves
from cases.kinds import all_kinds
from cases.model.bisect import require_own_fault
from cases.model.reading import Act, LoadedCase, read_cases, read_timers, timer_from
from cases.model.tables import Case, TimerRow
from extensions import transaction
from registry.in_force import add_calendar_file, notices_of, with_file
from workflow.calendar import Calendar, as_counted, read_calendar
from workflow.decide import decide
from workflow.definition import CLOCK, RECOUNTED
from workflow.snapshot import Person, RuleContext
from workflow.timing import due_of

BATCH = 500
"""Cases read and written at a time; all batches stand in one transaction."""


@dataclass(frozen=True)
class Recounted:
    """A running deadline: the day that stands there, and the day that the new calendar gives it."""

    case_id: int
    number: str
    kind: str
    timer_id: int
    deadline: str
    before: date
    after: date
    was_provisional: bool
    provisional: bool

    @property
    def moved(self) -> bool:
        return self.before != self.after

    @property
    def became_certain(self) -> bool:
        return not self.moved and self.was_provisional and not self.provisional


@dataclass(frozen=True)
class CalendarPreview:
    """What a calendar comes to: dates that move, dates that stay and become certain, and how many neither."""

    calendar: Calendar
    moved: tuple[Recounted, ...]
    certain: tuple[Recounted, ...]
    unchanged: int

    @property
    def cases_moved(self) -> int:
        return len({line.case_id for line in self.moved})


def preview(session: Session, world: RuleContext, file_text: str) -> CalendarPreview:
    """What loading the file would do to every running deadline; changes nothing.

    Raises `BadCalendar` with a sentence for a file that cannot be used.
    """
    calendar = with_file(world.calendar, file_text)
    return _summed(calendar, list(_recounted(session, calendar)))


def load(world: RuleContext, file_text: str, now: datetime, actor: int | None = None) -> CalendarPreview:
    """Keep the file and recount every running deadline, in one transaction; gives the outcome.

    One event a case whose dates move; a date that only becomes certain is rewritten without one. `actor` is the
    person who loads the file. What fell due before is recorded before. Raises `BadCalendar` with a sentence, and
    `Impossible` with the number of a case that cannot be moved; then nothing is kept.
    """
    with transaction() as session:
        refuse_doubted(session, now)
        calendar = add_calendar_file(session, world.jurisdiction, file_text, now, actor)
        new, case_ids = RuleContext(world.jurisdiction, calendar), _with_deadlines(session)
        notice = notices_of(read_calendar(file_text))
        lines: list[Recounted] = []
        for first in range(0, len(case_ids), BATCH):
            work = partial(_count_anew, session, world, new, now, actor, notice)
            lines += _naming(session, case_ids[first : first + BATCH], work)
    return _summed(calendar, lines)


def provisional_deadlines(session: Session) -> int:
    """How many running deadlines have a date that reads days not announced yet."""
    found = select(func.count(TimerRow.id)).where(TimerRow.stopped_on.is_(None), TimerRow.provisional)
    return session.scalar(found) or 0


def _with_deadlines(session: Session) -> Sequence[int]:
    """Every case with a running deadline, locked: nobody moves one while its dates are recounted."""
    running = select(TimerRow.case_id).where(TimerRow.stopped_on.is_(None))
    return session.scalars(select(Case.id).where(Case.id.in_(running)).order_by(Case.id).with_for_update()).all()


def _naming(
    session: Session, case_ids: Sequence[int], work: Callable[[Sequence[int]], list[Recounted]]
) -> list[Recounted]:
    """The work on a batch; where it fails, the case that fails alone is named. Nothing is kept then."""
    try:
        with session.begin_nested():
            return work(case_ids)
    except Exception as error:
        require_own_fault(error)
        for case_id in case_ids:
            _try_alone(session, case_id, work)
        raise


def _try_alone(session: Session, case_id: int, work: Callable[[Sequence[int]], list[Recounted]]) -> None:
    number = session.scalars(select(Case.number).where(Case.id == case_id)).one()
    try:
        with session.begin_nested():
            work([case_id])
    except Exception as error:
        raise named(number, error) from error


def _count_anew(
    session: Session,
    world: RuleContext,
    new: RuleContext,
    now: datetime,
    actor: int | None,
    notice: str,
    case_ids: Sequence[int],
) -> list[Recounted]:
    fire_due(session, world, case_ids, now)
    return _recount(session, new, case_ids, now, actor, notice)


def _recount(
    session: Session, world: RuleContext, case_ids: Sequence[int], now: datetime, actor: int | None, notice: str
) -> list[Recounted]:
    lines = list(_recounted(session, world.calendar, TimerRow.case_id.in_(case_ids)))
    moved = {line.case_id for line in lines if line.moved}
    files = read_cases(session, sorted(moved), lock=True)
    if files:
        write_moves(session, world, [_act(world, file, lines, now, actor, notice) for file in files], now)
    _derive_the_rest(session, world, [line for line in lines if line.case_id not in moved])
    stand_again(session, world, [id for id in case_ids if id not in moved])  # how much is left of what is held
    return lines


def _act(
    world: RuleContext, file: LoadedCase, lines: Sequence[Recounted], now: datetime, actor: int | None, notice: str
) -> Act:
    """The clock's act on a case, in the name of the person who loaded the file: rewrite all its running timers."""
    moved = [line for line in lines if line.case_id == file.id and line.moved]
    answers: dict[str, object] = {
        "from": {line.deadline: line.before.isoformat() for line in moved},
        "to": {line.deadline: line.after.isoformat() for line in moved},
        "notice": notice,
    }
    if may_move := [line.deadline for line in moved if line.provisional]:
        answers["provisional"] = may_move
    clock = Person(id=actor, roles=frozenset({CLOCK}))
    move = decide(all_kinds()[file.kind], file.snapshot, world, RECOUNTED, clock, answers, now)
    timers = tuple(timer for timer in file.snapshot.timers if timer.stopped is None)
    first = min(moved, key=lambda line: line.after)
    return Act(file, replace(move, timers=timers), next(timer for timer in timers if timer.id == first.timer_id))


def _derive_the_rest(session: Session, world: RuleContext, lines: Sequence[Recounted]) -> None:
    """Dates that stay: whether they are certain, and on which day each rung falls."""
    kinds, kind_of = all_kinds(), {line.timer_id: line.kind for line in lines}
    timers = read_timers(session, sorted({line.case_id for line in lines}))
    derive_again(
        session,
        world,
        [(kinds[kind_of[timer.id]], timer) for of in timers.values() for timer in of if timer.id in kind_of],
    )


def _recounted(session: Session, calendar: Calendar, *conditions: ColumnElement[bool]) -> Iterator[Recounted]:
    """Every running deadline that has a date, with the date it would have; by case number and date."""
    rows = session.execute(
        select(TimerRow.__table__, Case.number, Case.kind)
        .join(Case, Case.id == TimerRow.case_id)
        .where(TimerRow.stopped_on.is_(None), TimerRow.due_on.is_not(None), *conditions)
        .order_by(Case.number, TimerRow.due_on, TimerRow.id)
    )
    for row in rows:
        due = due_of(timer_from(row), calendar)
        if due.day is not None:
            yield Recounted(
                row.case_id,
                row.number,
                row.kind,
                row.id,
                row.deadline,
                as_counted(row.due_on, row.provisional),
                due.day,
                row.provisional,
                due.provisional,
            )


def _summed(calendar: Calendar, lines: Sequence[Recounted]) -> CalendarPreview:
    moved = tuple(line for line in lines if line.moved)
    certain = tuple(line for line in lines if line.became_certain)
    return CalendarPreview(calendar, moved, certain, len(lines) - len(moved) - len(certain))
