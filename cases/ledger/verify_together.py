"""The whole ledger checked by several processes at once, each a part of the cases: a long one in less time.

A case and what lies beside it are read in one moment; different parts may be read in different ones. It needs `fork`.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.ledger.sealed_texts import CaseRange, Stored
from cases.ledger.verify import EVERYTHING, LAST, Tally, Verdict, count_events, faults_beside, verify, verify_range
from cases.ledger.verify_checkpoints import count_checkpoints
from cases.ledger.witness import Witness
from cases.model.tables import Case
from extensions import read_snapshot

LONG: Final = 50_000
"""Events from which more than one process is worth its start."""

PART: Final = 3000
"""Case ids that a process checks at a time."""

_given: tuple[Session, Stored | None] | None = None
"""What a process finds when it is forked."""


def verify_together(
    session: Session,
    stored: Stored | None,
    progress: Callable[[int], None],
    witness: Witness | None,
    processes: int = os.cpu_count() or 1,
) -> Verdict:
    """As `verify`: the same verdict. A short ledger, or one that is looked at where nothing forks, by one process."""
    if processes < 2 or count_events(session) < LONG or "fork" not in multiprocessing.get_all_start_methods():
        return verify(session, stored, progress, witness)
    global _given
    _given = session, stored
    whole = Tally(stored)
    last = witness.last() if witness else None
    session.commit()  # the moment in which the counting was done
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, mp_context=fork, initializer=_alone) as pool:
        for part in pool.map(_part, _bounds(session)):
            whole.add(part)
            progress(part.events)
    with read_snapshot(session) as connection:
        faults = (*whole.faults, *faults_beside(connection, witness, last))
        return Verdict(whole.events, whole.chains, count_checkpoints(connection), whole.disposed, faults)


def _alone() -> None:
    """A process uses no connection of the one it comes from."""
    assert _given
    _given[0].get_bind().engine.dispose(close=False)


def _part(within: CaseRange) -> Tally:
    assert _given
    tally = verify_range(_given[0], within, _given[1])
    tally.stored = None  # cannot be sent back
    return tally


def _bounds(session: Session) -> Iterator[CaseRange]:
    """Bounds that cover every id there can be, each with as many cases at most as one process takes at a time."""
    with read_snapshot(session) as connection:
        first, last = connection.execute(select(func.min(Case.id), func.max(Case.id))).one()
    starts = [EVERYTHING.first, *range((first or 0) + PART, (last or 0) + 1, PART)]
    ends = [start - 1 for start in starts[1:]] + [LAST]
    return (CaseRange(start, end) for start, end in zip(starts, ends, strict=True))
