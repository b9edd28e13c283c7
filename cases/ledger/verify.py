"""Check the ledger: recompute every chain, compare every row with it, and say what does not match. Changes nothing.

It reads a page of cases at a time from one snapshot of the database, or parts of a long ledger in several processes.
It never says what was there before. A chain that the database's owner rewrites together with its case row is found
only by comparing with something kept elsewhere: a checkpoint, an export, a served paper.
"""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from cases.ledger.mismatch import CaseList, CaseRange, Covered, Mismatch, legible, unreadable
from cases.ledger.verify_chain import CASE_COLUMNS, Stored, check_chain, events_of, sealed_texts_of
from cases.ledger.verify_rows import rows_beside
from cases.ledger.verify_shared import (
    CHECKPOINT,
    RECORD,
    Outside,
    chain_faults,
    count_checkpoints,
    faults_of_records,
    shared_faults,
)
from cases.ledger.witness import Witness
from cases.model.bisect import require_own_fault
from cases.model.tables import Case, Event
from extensions import read_snapshot
from workflow.refusal import say

PAGE: Final = 300
"""Cases read at a time."""
LAST: Final = 2**31 - 1
"""No case has a greater id."""
EVERYTHING: Final = CaseRange(-LAST, LAST)
LONG: Final = 50_000
"""Events from which more than one process is worth its start."""
PART: Final = 3000
"""Case ids that a process checks at a time."""

_given: tuple[Session, Stored | None] | None = None
"""What a process finds when it is forked."""


@dataclass(frozen=True)
class Verdict:
    """What was read and what did not match. `disposed` counts texts that were lawfully emptied."""

    events: int
    chains: int
    checkpoints: int
    disposed: int
    faults: tuple[Mismatch, ...]

    @property
    def ok(self) -> bool:
        return not self.faults


@dataclass
class Tally:
    """What was counted and found so far."""

    events: int = 0
    chains: int = 0
    disposed: int = 0
    faults: list[Mismatch] = field(default_factory=list)

    def add(self, part: Tally) -> None:
        self.events, self.chains = self.events + part.events, self.chains + part.chains
        self.disposed += part.disposed
        self.faults += part.faults


def verify(
    session: Session,
    stored: Stored | None = None,
    progress: Callable[[int], None] = lambda _events: None,
    witness: Witness | None = None,
    processes: int = 1,
) -> Verdict:
    """Check every committed event, text, file, case row, record and checkpoint.

    `stored(sha256)` says whether a file's bytes are in the store and whole; without it only rows are compared.
    `progress` is told how many more events were read. `witness` knows the keys and the log outside the database;
    without it checkpoints are only compared with the rows. A long ledger is shared out among `processes`, where they
    can fork: its parts may then be read at different moments, but each case and what lies beside it at one.
    """
    outside = Outside.of(witness)
    whole = Tally()
    several = processes > 1 and "fork" in multiprocessing.get_all_start_methods() and count_events(session) >= LONG
    if several:
        session.commit()  # the moment in which the events were counted
        for part in _in_processes(session, stored, processes):
            whole.add(part)
            progress(part.events)
    with _without_collector(), read_snapshot(session) as connection:
        if not several:
            whole = _walk(connection, EVERYTHING, stored, progress)
        faults = (*whole.faults, *shared_faults(connection, outside))
        return Verdict(whole.events, whole.chains, count_checkpoints(connection), whole.disposed, faults)


def verify_cases(session: Session, within: Covered, stored: Stored | None = None) -> Verdict:
    """Check some cases: events, texts, rows, records, and their heads in the newest checkpoint, as `verify` does."""
    with read_snapshot(session) as connection:
        tally = _check_apart(connection, within, stored)
        about = select(Case.record_id).where(within.holds(Case.id), Case.record_id.is_not(None)).distinct()
        records = CaseList([id for id in connection.execute(about.order_by(Case.record_id)).scalars() if id])
        tally.faults.extend(legible(RECORD, faults_of_records(connection, records)))
        tally.faults.extend(legible(CHECKPOINT, chain_faults(connection, within)))
    return Verdict(tally.events, tally.chains, 0, tally.disposed, tuple(tally.faults))


def verify_case(session: Session, case_id: int) -> Verdict:
    """Check one case as `verify` does; its files' bytes are not read."""
    return verify_cases(session, CaseList([case_id]))


def count_events(session: Session) -> int:
    """How many events there are to check."""
    return session.scalar(select(func.count()).select_from(Event)) or 0


def _in_processes(session: Session, stored: Stored | None, processes: int) -> Iterator[Tally]:
    global _given
    _given = session, stored
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, mp_context=fork, initializer=_drop_connections) as pool:
        yield from pool.map(_check_part, _parts(session))


def _drop_connections() -> None:
    """A process uses no connection of its parent."""
    assert _given
    _given[0].get_bind().engine.dispose(close=False)


def _check_part(bound: CaseRange) -> Tally:
    assert _given
    session, stored = _given
    with _without_collector(), read_snapshot(session) as connection:
        return _walk(connection, bound, stored)


def _parts(session: Session) -> Iterator[CaseRange]:
    """Ranges that cover every id there can be, each for one process at a time."""
    with read_snapshot(session) as connection:
        first, last = connection.execute(select(func.min(Case.id), func.max(Case.id))).one()
    starts = [EVERYTHING.first, *range((first or 0) + PART, (last or 0) + 1, PART)]
    ends = [start - 1 for start in starts[1:]] + [LAST]
    return (CaseRange(start, end) for start, end in zip(starts, ends, strict=True))


@contextmanager
def _without_collector() -> Iterator[None]:
    """Rows make no cycles: the collector, walking them in vain, took a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _walk(
    connection: Connection, bound: CaseRange, stored: Stored | None, progress: Callable[[int], None] | None = None
) -> Tally:
    """Check page after page."""
    whole = Tally()
    for within in _pages(connection, bound):
        part = _check_apart(connection, within, stored)
        whole.add(part)
        if progress:
            progress(part.events)
    return whole


def _pages(connection: Connection, bound: CaseRange) -> Iterator[CaseRange]:
    """Ranges of case ids, a page at a time; the last takes in events of no case."""
    after = bound.first - 1
    while True:
        page = select(Case.id).where(Case.id > after, Case.id <= bound.last).order_by(Case.id).limit(PAGE)
        ids = connection.execute(page).scalars().all()
        until = ids[-1] if len(ids) == PAGE else bound.last
        yield CaseRange(after + 1, until)
        if len(ids) < PAGE:
            return
        after = until


def _check_apart(connection: Connection, within: Covered, stored: Stored | None) -> Tally:
    """Check a page; where something in it cannot even be read, in halves until that case is alone."""
    tally = Tally()
    try:
        tally.faults.extend(_check_page(connection, within, stored, tally))
        return tally
    except Exception as error:
        require_own_fault(error)
        why = unreadable(error)
    tally = Tally()
    ids = connection.execute(select(Case.id).where(within.holds(Case.id)).order_by(Case.id)).scalars().all()
    if len(ids) > 1:
        for half in within.parted(ids):
            tally.add(_check_apart(connection, half, stored))
        return tally
    number = connection.execute(select(Case.number).where(within.holds(Case.id))).scalar()
    tally.faults.append(Mismatch(str(number or "#0"), None, why))
    return tally


def _check_page(connection: Connection, within: Covered, stored: Stored | None, tally: Tally) -> Iterator[Mismatch]:
    cases = {row.id: row for row in connection.execute(CASE_COLUMNS.where(within.holds(Case.id)))}
    texts = sealed_texts_of(connection, within, stored)
    beside = rows_beside(connection, within)
    silent = dict(cases)

    def counted() -> Iterator[Any]:
        for event in events_of(connection, within):
            tally.events += 1
            yield event

    for case_id, events in groupby(counted(), key=itemgetter(0)):
        case = silent.pop(case_id, None)
        if case is None:
            count = sum(1 for _ in events)
            yield Mismatch(f"#{case_id}", None, say("{count} events belong to no case.", count=count))
            continue
        tally.chains += 1
        yield from check_chain(case, events, texts, beside)
    for case in silent.values():
        yield Mismatch(case.number, None, say("The case has no events; it counts {length}.", length=case.length))
    yield from (Mismatch(_number(cases, case_id), None, what) for case_id, what in texts.unclaimed())
    tally.disposed += texts.disposed


def _number(cases: Mapping[int, Any], case_id: int) -> str:
    return cases[case_id].number if case_id in cases else f"#{case_id}"
