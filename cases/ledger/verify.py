"""Checking the ledger: recomputes every chain and says where it does not match. Changes nothing.

It reads one snapshot of the database, a page of cases at a time, in constant memory. It says what does not
match, never what stood there before. Someone who owns the database and rewrites a chain together with its
case row is found only by comparing with something kept elsewhere: a checkpoint, an export, a served paper.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from cases.ledger.faults import Mismatch, legible
from cases.ledger.sealed_texts import CaseList, CaseRange, Covered, Stored, sealed_texts_of
from cases.ledger.verify_chain import CASE_COLUMNS, check_chain, events_of
from cases.ledger.verify_checkpoints import CHECKPOINT, chain_faults, checkpoint_faults, count_checkpoints
from cases.ledger.verify_life import rows_beside
from cases.ledger.verify_promises import PROMISE, promise_faults
from cases.ledger.verify_records import RECORD, faults_of_records, record_faults
from cases.ledger.witness import Signed, Witness
from cases.model.bisect import require_own_fault
from cases.model.tables import Case, Event
from extensions import read_snapshot
from workflow.refusal import say

PAGE: Final = 300
"""Cases read at a time."""

LAST: Final = 2**31 - 1
"""No case has a greater id."""

EVERYTHING: Final = CaseRange(-LAST, LAST)


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


def verify(
    session: Session,
    stored: Stored | None = None,
    progress: Callable[[int], None] | None = None,
    witness: Witness | None = None,
) -> Verdict:
    """Check every committed event, text, file, case row, record and checkpoint.

    `stored(sha256)` says whether the file's bytes are in the store and whole; without it only rows are
    compared. `progress` is told how many events were read since it was last told. `witness` knows the keys and the
    log outside the database; without it checkpoints are only compared with the rows.
    """
    tally = Tally(stored)
    last = witness.last() if witness else None
    with _without_collector(), read_snapshot(session) as connection:
        for before in _checked(connection, EVERYTHING, tally):
            if progress:
                progress(tally.events - before)
        beside = faults_beside(connection, witness, last)
        checkpoints = count_checkpoints(connection)
    return Verdict(tally.events, tally.chains, checkpoints, tally.disposed, (*tally.faults, *beside))


def verify_range(session: Session, within: CaseRange, stored: Stored | None) -> Tally:
    """Check the cases whose ids lie within a bound, as `verify` does, in one moment of their own."""
    tally = Tally(stored)
    with _without_collector(), read_snapshot(session) as connection:
        for _ in _checked(connection, within, tally):
            pass
    return tally


def faults_beside(connection: Connection, witness: Witness | None, last: Signed | None) -> list[Mismatch]:
    """What does not match of records, checkpoints and promises. `last`: what the log outside had before this moment."""
    checkpoints = checkpoint_faults(connection, witness, last)
    promises = legible(PROMISE, promise_faults(connection))
    return [*legible(RECORD, record_faults(connection)), *legible(CHECKPOINT, checkpoints), *promises]


def verify_cases(session: Session, within: Covered, stored: Stored | None = None) -> Verdict:
    """Check some cases: events, texts, rows, records, and their heads in the newest checkpoint, as `verify` does."""
    tally = Tally(stored)
    with read_snapshot(session) as connection:
        _check_apart(connection, within, tally)
        about = select(Case.record_id).where(within.holds(Case.id), Case.record_id.is_not(None)).distinct()
        records = CaseList(
            [id for id in connection.execute(about.order_by(Case.record_id)).scalars() if id is not None]
        )
        tally.faults.extend(legible(RECORD, faults_of_records(connection, records)))
        tally.faults.extend(legible(CHECKPOINT, chain_faults(connection, within)))
    return Verdict(tally.events, tally.chains, 0, tally.disposed, tuple(tally.faults))


def verify_case(session: Session, case_id: int) -> Verdict:
    """Check one case as `verify` does; its files' bytes are not read."""
    return verify_cases(session, CaseList([case_id]))


def count_events(session: Session) -> int:
    """How many events there are to check, for a progress bar."""
    return session.scalar(select(func.count()).select_from(Event)) or 0


@dataclass
class Tally:
    """What was counted and found so far."""

    stored: Stored | None
    events: int = 0
    chains: int = 0
    disposed: int = 0
    faults: list[Mismatch] = field(default_factory=list)

    def add(self, part: Tally) -> None:
        """Take in what was counted and found of a part."""
        self.events, self.chains = self.events + part.events, self.chains + part.chains
        self.disposed += part.disposed
        self.faults += part.faults


@contextmanager
def _without_collector() -> Iterator[None]:
    """Rows make no cycles: the collector, walking them in vain, took a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _checked(connection: Connection, bound: CaseRange, tally: Tally) -> Iterator[int]:
    """Check page after page; after each, how many events had been read before it."""
    for within in _pages(connection, bound):
        before = tally.events
        _check_apart(connection, within, tally)
        yield before


def _pages(connection: Connection, bound: CaseRange) -> Iterator[CaseRange]:
    """Bounds of case ids, a page at a time; the last takes in events of no case."""
    after = bound.first - 1
    while True:
        page = select(Case.id).where(Case.id > after, Case.id <= bound.last).order_by(Case.id).limit(PAGE)
        ids = connection.execute(page).scalars().all()
        until = ids[-1] if len(ids) == PAGE else bound.last
        yield CaseRange(after + 1, until)
        if len(ids) < PAGE:
            return
        after = until


def _check_apart(connection: Connection, within: Covered, tally: Tally) -> None:
    """Check a page; where something in it cannot even be read, in halves until that case stands alone."""
    part = Tally(tally.stored)
    try:
        part.faults.extend(_check_page(connection, within, part))
    except Exception as error:
        require_own_fault(error)
        part = _halved(connection, within, Tally(tally.stored), error)
    tally.add(part)


def _halved(connection: Connection, within: Covered, part: Tally, error: Exception) -> Tally:
    ids = connection.execute(select(Case.id).where(within.holds(Case.id)).order_by(Case.id)).scalars().all()
    if len(ids) > 1:
        for half in within.parted(ids):
            _check_apart(connection, half, part)
        return part
    number = connection.execute(select(Case.number).where(within.holds(Case.id))).scalar()
    part.faults.append(Mismatch(str(number or "#0"), None, say("It cannot be read: {error}", error=error)))
    return part


def _check_page(connection: Connection, within: Covered, tally: Tally) -> Iterator[Mismatch]:
    cases = {row.id: row for row in connection.execute(CASE_COLUMNS.where(within.holds(Case.id)))}
    texts = sealed_texts_of(connection, within, tally.stored)
    beside = rows_beside(connection, within)
    silent = dict(cases)
    for case_id, events in groupby(_counted(events_of(connection, within), tally), key=itemgetter(0)):
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


def _counted(events: Iterable[Any], tally: Tally) -> Iterator[Any]:
    for event in events:
        tally.events += 1
        yield event


def _number(cases: Mapping[int, Any], case_id: int) -> str:
    return cases[case_id].number if case_id in cases else f"#{case_id}"
