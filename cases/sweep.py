"""The sweep: what has fallen due is done by the clock, in order, through the same door as everything else.

Any number of sweeps may run at once: due cases are claimed by row lock, and a rung by its unique row.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.acts import Act
from cases.kinds import all_kinds
from cases.reading import CaseFile, read_cases
from cases.tables import Case, TimerRow
from cases.timer_rows import next_rung
from cases.writing import Written, write_moves
from extensions import transaction
from workflow.decide import decide
from workflow.definition import CLOCK
from workflow.snapshot import Person, World
from workflow.timing import rung_key

CLOCKWORK = Person(id=None, roles=frozenset({CLOCK}))
BATCH = 500


def sweep(world: World, now: datetime, batch: int = BATCH) -> list[Written]:
    """Fire every rung that is due, a batch of cases a transaction; gives what was done, in order."""
    done: list[Written] = []
    while True:
        with transaction() as session:
            fired = fire_due(session, world, due_cases(session, now, batch), now)
        done += fired
        if not fired:
            return done


def due_cases(session: Session, now: datetime, batch: int) -> Sequence[int]:
    """Cases with a rung that is due, locked for this transaction; those that another sweep holds are left to it."""
    due = select(TimerRow.case_id).where(TimerRow.next_at <= now).order_by(TimerRow.next_at).limit(batch)
    cases = select(Case.id).where(Case.id.in_(due)).order_by(Case.id).with_for_update(skip_locked=True)
    return session.scalars(cases).all()


def fire_due(session: Session, world: World, case_ids: Sequence[int], now: datetime) -> list[Written]:
    """Fire what is due in these cases, one rung a case at a time until nothing is due any more."""
    done: list[Written] = []
    while case_ids:
        if not _any_due(session, case_ids, now):
            return done
        acts = [act for file in read_cases(session, case_ids, lock=True) if (act := _next_act(world, file, now))]
        if not acts:
            return done
        done += write_moves(session, world, acts, now)
        case_ids = [act.file.id for act in acts]
    return done


def _any_due(session: Session, case_ids: Sequence[int], now: datetime) -> bool:
    found = select(TimerRow.id).where(TimerRow.case_id.in_(case_ids), TimerRow.next_at <= now).limit(1)
    return session.scalar(found) is not None


def _next_act(world: World, file: CaseFile, now: datetime) -> Act | None:
    """The clock's next act on a case, counted as done when it fell due."""
    definition = all_kinds()[file.kind]
    found = next_rung(world, definition, file.snapshot.timers)
    if found is None or found[1].at > now:
        return None
    timer, firing = found
    answers = {"deadline": timer.deadline, "due": firing.due.isoformat(), "rung": rung_key(firing.rung)}
    move = decide(definition, file.snapshot, world, firing.rung.action, CLOCKWORK, answers, now,
                  as_of=firing.at, on=firing.on)  # fmt: skip
    return Act(file, move, timer, firing)
