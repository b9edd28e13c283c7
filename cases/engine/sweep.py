"""The sweep: the clock does what has fallen due, in order, through the same writer as everything else.

Any number of sweeps may run at once: due cases are claimed by row lock, and a rung by its unique row. A case that
fails holds up no other: it is logged, shown to the office, and tried alone after growing waits. Where the database is
busy, away or full no case is to blame: the rest waits for the next beat.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import sleep
from typing import Final

from sqlalchemy import Select, and_, delete, exists, or_, select
from sqlalchemy.orm import Session

from cases.engine.advance import fire_due
from cases.engine.writing import RecordedMove
from cases.model.bisect import bisect, require_own_fault
from cases.model.tables import Case, Event, StuckCase, TimerRow
from database import Trouble, trouble_of
from extensions import db, transaction
from registry.in_force import in_force
from workflow.snapshot import RuleContext

BATCH = 500
MOST_HELD = 2
"""Batches that may each meet a lock held too long before a sweep ends: every one has waited for it."""
GIVE_WAY = 0.12
"""Seconds: a little more than the longest time between two looks at SQLite's lock."""
ERROR_LENGTH = 300
LONGEST_WAIT: Final = timedelta(minutes=15)
MOST_AT_ONCE: Final = 50
"""Cases that are set aside and tried again at one beat, so that many of them take no beat from the others."""
log = logging.getLogger("redress.scheduler")


@dataclass(frozen=True)
class Due:
    """A row of the queue: its place, which is its moment and then its number, and the case."""

    next_at: datetime
    timer_id: int
    case_id: int


def sweep(world: RuleContext, now: datetime, batch: int = BATCH) -> list[RecordedMove]:
    """Fire every rung that is due, once through the queue, a batch a transaction; gives what was done, in order.

    A case that fails is set aside and the others are done. Raises where the database cannot be used, and in the end
    where a batch met a lock that others held too long: it is left for the next beat.
    """
    done = _fire_set_aside(world, now)
    held: list[Exception] = []
    last: Due | None = None
    while len(held) < MOST_HELD:
        page, fired = _fire_page(world, now, batch, last, held)
        done += fired
        if len(page) < batch:
            break
        last = page[-1]
        if db.engine.dialect.name == "sqlite":
            # who waits for SQLite's one write lock looks ten times a second: without a pause it is held each time,
            # and another sweep, or somebody who files, is turned away after seconds of waiting
            sleep(GIVE_WAY)
    with transaction() as session:  # forget those that somebody has moved since and that have nothing due any more
        moved = exists().where(Event.case_id == StuckCase.case_id, Event.at > StuckCase.last_at)
        session.execute(delete(StuckCase).where(StuckCase.case_id.not_in(_due_cases(now)), moved))
    if held:
        raise held[0]
    return done


def _fire_set_aside(world: RuleContext, now: datetime) -> list[RecordedMove]:
    """Cases that failed before, each in a transaction of its own: in a batch they would make the others fail again."""
    done: list[RecordedMove] = []
    with transaction() as session:
        again = to_try_again(session, now)
    for case_id in again:
        try:
            done += _fire_free(world, now, [case_id], forget=True)
        except Exception as error:
            require_own_fault(error)
            _set_aside(now, case_id, error)
    return done


def _fire_page(
    world: RuleContext, now: datetime, batch: int, last: Due | None, held: list[Exception]
) -> tuple[Sequence[Due], list[RecordedMove]]:
    """The next rows of the queue and what came of them: together, or in halves where one of them fails."""
    page: Sequence[Due] = []
    cases: list[int] = []
    try:
        with transaction() as session:
            page = due_rows(session, now, batch, last)
            cases = list(dict.fromkeys(row.case_id for row in page))
            return page, fire_due(session, in_force(session, world), cases, now)
    except Exception as error:
        if not page:
            raise
        if trouble_of(error) is Trouble.BUSY:
            log.warning("%s due cases are left for the next beat: others hold what they need", len(cases))
            held.append(error)
            return page, []
        log.warning("one of %s due cases failed: they are tried in halves until it stands alone", len(cases))
        return page, bisect(cases, error, partial(_fire_free, world, now), partial(_set_aside, now))


def _fire_free(
    world: RuleContext, now: datetime, case_ids: Sequence[int], *, forget: bool = False
) -> list[RecordedMove]:
    """These cases in a transaction of their own, but for those that somebody else holds; `forget` that they failed."""
    with transaction() as session:
        ours = select(Case.id).where(Case.id.in_(case_ids)).order_by(Case.id).with_for_update(skip_locked=True)
        free = session.scalars(ours).all()
        done = fire_due(session, in_force(session, world), free, now)
        if forget:
            session.execute(delete(StuckCase).where(StuckCase.case_id.in_(free)))
        return done


def _set_aside(now: datetime, case_id: int, error: Exception) -> None:
    log.error("the clock cannot move case %s", note_stuck(case_id, error, now).number, exc_info=error)


def due_rows(session: Session, now: datetime, batch: int, last: Due | None = None) -> list[Due]:
    """Rows that are due and come after `last`, their cases locked; what another sweep holds is left to it.

    Not those of cases that are set aside.
    """
    queue = (
        select(TimerRow.next_at, TimerRow.id, TimerRow.case_id)
        .join(Case, Case.id == TimerRow.case_id)
        .where(TimerRow.next_at <= now, TimerRow.case_id.not_in(select(StuckCase.case_id)))
        .order_by(TimerRow.next_at, TimerRow.id)
        .limit(batch)
        .with_for_update(of=Case, skip_locked=True)
    )
    if last:
        behind = and_(TimerRow.next_at == last.next_at, TimerRow.id > last.timer_id)
        queue = queue.where(TimerRow.next_at >= last.next_at, or_(TimerRow.next_at > last.next_at, behind))
    return [Due(next_at, timer_id, case_id) for next_at, timer_id, case_id in session.execute(queue) if next_at]


def _due_cases(now: datetime) -> Select[int]:
    return select(TimerRow.case_id).where(TimerRow.next_at <= now)


@dataclass(frozen=True)
class Stuck:
    """A case that could not be moved, since when, and when it was last tried."""

    number: str
    since: datetime
    last_at: datetime


STUCK: Final = (
    select(Case.number, StuckCase.since, StuckCase.last_at)
    .join(Case, Case.id == StuckCase.case_id)
    .order_by(StuckCase.since, Case.number)
)


def stuck_cases(session: Session) -> list[Stuck]:
    """Every case that is set aside, the longest stuck first."""
    return [Stuck(*row) for row in session.execute(STUCK)]


def note_stuck(case_id: int, error: Exception, now: datetime) -> Stuck:
    """Keep, in a transaction of its own, that a case failed at `now`; gives since when it has.

    Of the error only its sort is kept: its words may hold what a person typed.
    """
    with transaction(user_initiated=False) as session:
        # the row's lock keeps two sweeps from writing the same first line
        number = session.scalars(select(Case.number).where(Case.id == case_id).with_for_update()).one()
        kept = session.get(StuckCase, case_id, populate_existing=True) or StuckCase(case_id=case_id, since=now)
        kept.last_at, kept.error = now, type(error).__name__[:ERROR_LENGTH]
        session.add(kept)
        return Stuck(number, kept.since, kept.last_at)


def to_try_again(session: Session, now: datetime, most: int = MOST_AT_ONCE) -> list[int]:
    """Cases set aside that have something due and have waited long enough: as long again as they had failed for when
    last tried, at most a quarter of an hour. At most `most` at once, the longest untried first."""
    kept = select(StuckCase.case_id, StuckCase.since, StuckCase.last_at).where(StuckCase.case_id.in_(_due_cases(now)))
    rows = session.execute(kept.order_by(StuckCase.last_at, StuckCase.case_id)).all()
    return [case_id for case_id, since, last_at in rows if last_at + min(last_at - since, LONGEST_WAIT) <= now][:most]


def anything_due(session: Session, case_id: int, now: datetime) -> bool:
    """Whether the clock has something to do in a case before anybody else."""
    return bool(session.scalar(select(exists().where(TimerRow.case_id == case_id, TimerRow.next_at <= now))))
