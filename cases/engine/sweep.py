"""The sweep: what has fallen due is done by the clock, in order, through the same door as everything else.

Any number of sweeps may run at once: due cases are claimed by row lock, and a rung by its unique row. A case that
fails keeps no other: it is named in the log, kept where the office sees it, and from then on tried alone, after waits
that grow. A database that is busy, away or full is no case's fault: what is left is left for the next beat.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from time import sleep
from typing import Final

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from cases.engine.stuck import forget, forget_moved, note_stuck, to_try_again
from cases.engine.writing import Written, write_moves
from cases.kinds import all_kinds
from cases.model.acts import Act
from cases.model.bisect import apart, require_own_fault
from cases.model.reading import LoadedCase, read_cases
from cases.model.tables import Case, TimerRow
from cases.model.timer_rows import derive_again, next_rung
from cases.model.watch_tables import StuckCase
from database import Trouble, trouble_of
from extensions import db, transaction
from registry.in_force import in_force
from workflow.decide import decide
from workflow.definition import CLOCK
from workflow.snapshot import Person, RuleContext
from workflow.timing import rung_key

CLOCKWORK = Person(id=None, roles=frozenset({CLOCK}))
BATCH = 500
MOST_HELD = 2
"""Batches that may each meet a lock held too long before a sweep ends: every one has waited for it."""
GIVE_WAY = 0.12
"""Seconds: a little more than the longest time between two looks at SQLite's lock."""
log = logging.getLogger("redress.scheduler")


@dataclass(frozen=True)
class Due:
    """A row of the queue: its place, which is its moment and then its number, and the case."""

    next_at: datetime
    timer_id: int
    case_id: int


def sweep(world: RuleContext, now: datetime, batch: int = BATCH) -> list[Written]:
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
        _give_way()
    forget_moved(now)
    if held:
        raise held[0]
    return done


def _give_way() -> None:
    """Let others write between two batches. Whoever waits for SQLite's one write lock looks ten times a second, and
    would find it held each time: another sweep, or somebody who files, would be turned away after seconds of waiting.
    """
    if db.engine.dialect.name == "sqlite":
        sleep(GIVE_WAY)


def _fire_set_aside(world: RuleContext, now: datetime) -> list[Written]:
    """Cases that failed before, each in a transaction of its own: in a batch they would make the others fail again."""
    done: list[Written] = []
    with transaction() as session:
        again = to_try_again(session, now)
    for case_id in again:
        try:
            done += _fire_again(world, now, case_id)
        except Exception as error:
            require_own_fault(error)
            _set_aside(now, case_id, error)
    return done


def _fire_again(world: RuleContext, now: datetime, case_id: int) -> list[Written]:
    with transaction() as session:
        free = _claim(session, [case_id])
        done = fire_due(session, in_force(session, world), free, now)
        forget(session, free)
        return done


def _fire_page(
    world: RuleContext, now: datetime, batch: int, last: Due | None, held: list[Exception]
) -> tuple[Sequence[Due], list[Written]]:
    """The next rows of the queue and what came of them: together, or in halves where one of them fails."""
    page: Sequence[Due] = []
    try:
        with transaction() as session:
            page = due_rows(session, now, batch, last)
            return page, fire_due(session, in_force(session, world), _cases_of(page), now)
    except Exception as error:
        if not page:
            raise
        cases = _cases_of(page)
        if trouble_of(error) is Trouble.BUSY:
            log.warning("%s due cases are left for the next beat: others hold what they need", len(cases))
            held.append(error)
            return page, []
        log.warning("one of %s due cases failed: they are tried in halves until it stands alone", len(cases))
        return page, apart(cases, error, partial(_fire_free, world, now), partial(_set_aside, now))


def _fire_free(world: RuleContext, now: datetime, case_ids: Sequence[int]) -> list[Written]:
    """These cases in a transaction of their own, but for those that somebody else holds."""
    with transaction() as session:
        free = _claim(session, case_ids)
        return fire_due(session, in_force(session, world), free, now)


def _claim(session: Session, case_ids: Sequence[int]) -> Sequence[int]:
    free = select(Case.id).where(Case.id.in_(case_ids)).order_by(Case.id).with_for_update(skip_locked=True)
    return session.scalars(free).all()


def _set_aside(now: datetime, case_id: int, error: Exception) -> None:
    log.error("the clock cannot move case %s", note_stuck(case_id, error, now).number, exc_info=error)


def _cases_of(page: Sequence[Due]) -> list[int]:
    return list(dict.fromkeys(row.case_id for row in page))


def due_rows(session: Session, now: datetime, batch: int, last: Due | None = None) -> list[Due]:
    """Rows that are due and stand behind `last`, their cases locked; what another sweep holds is left to it.

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


def fire_due(session: Session, world: RuleContext, case_ids: Sequence[int], now: datetime) -> list[Written]:
    """Fire what is due in these cases, one rung a case at a time until nothing is due any more."""
    done: list[Written] = []
    while due := _due_among(session, case_ids, now):
        files = read_cases(session, due, lock=True)
        acts = [act for file in files if (act := _next_act(world, file, now))]
        case_ids = [act.file.id for act in acts]
        _derive_idle(session, world, [file for file in files if file.id not in set(case_ids)])
        if acts:
            done += write_moves(session, world, acts, now)
    return done


_DUE_AMONG: Final = (
    select(TimerRow.case_id)
    .where(TimerRow.case_id.in_(bindparam("ids", expanding=True)), TimerRow.next_at <= bindparam("now"))
    .distinct()
    .order_by(TimerRow.case_id)
)


def _due_among(session: Session, case_ids: Sequence[int], now: datetime) -> Sequence[int]:
    return session.scalars(_DUE_AMONG, {"ids": case_ids, "now": now}).all() if case_ids else []


def _derive_idle(session: Session, world: RuleContext, files: Sequence[LoadedCase]) -> None:
    """Rows said that something was due, and nothing is: derive them anew, or they are asked for ever."""
    derive_again(session, world, [(all_kinds()[file.kind], timer) for file in files for timer in file.snapshot.timers])


def _next_act(world: RuleContext, file: LoadedCase, now: datetime) -> Act | None:
    """The clock's next act on a case, counted as done when it fell due."""
    definition = all_kinds()[file.kind]
    found = next_rung(world, definition, file.snapshot.timers)
    if found is None or found[1].at > now:
        return None
    timer, firing = found
    answers = {"deadline": timer.deadline, "due": firing.due.isoformat(), "rung": rung_key(firing.rung)}
    move = decide(
        definition, file.snapshot, world, firing.rung.action, CLOCKWORK, answers, now, as_of=firing.at, on=firing.on
    )
    return Act(file, move, timer, firing)
