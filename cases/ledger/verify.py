"""Check the ledger: recompute every chain, compare every row with it, and say what does not match. Changes nothing.

It reads a page of cases at a time from one snapshot of the database, or parts of a long ledger in several processes;
then what no single case owns. It never says what was there before. A chain that the database's owner rewrites together
with its case row is found only by comparing with something kept elsewhere: a checkpoint, an export, a served paper.
"""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from functools import cache
from itertools import groupby, islice, pairwise
from operator import attrgetter, itemgetter
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from cases.ledger.verify_beside import delivery_faults, faults_of_seals, register_faults, seals_after
from cases.ledger.verify_chain import CASE_COLUMNS, FILES, TEXTS, SealedTexts, Stored, check_chain, events_in, events_of
from cases.ledger.verify_checkpoints import (
    Outside,
    chain_faults,
    checkpoint_faults,
    head_faults,
    heads_lost,
    notices_of,
    promise_faults,
    signature_faults,
)
from cases.ledger.verify_rows import (
    CHECKPOINT,
    PROMISE,
    RECORD,
    REGISTER,
    SEAL,
    SIGNATURE,
    CaseList,
    CaseRange,
    Covered,
    Holds,
    Mismatch,
    RowsBeside,
    legible,
    rows_beside,
    unreadable,
)
from cases.ledger.witness import Log, Witness
from cases.model.bisect import require_own_fault
from cases.model.tables import Attachment, Case, Checkpoint, Event, EventText, RegisterEntry, SealedRow
from database import Question, ask_together
from extensions import read_snapshot
from registry.columns import KINDS
from registry.credit_records import CreditRecord, RecordChange, RecordFlag, RecordStatement, promoted
from registry.organisations import Enterprise, told_apart
from registry.replay import RecordState, replay, state_of
from workflow.refusal import Message, say

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


@dataclass
class Verdict:
    """What was read and what did not match. `disposed` counts texts that were lawfully emptied."""

    events: int = 0
    chains: int = 0
    checkpoints: int = 0
    entries: int = 0
    """Of the register."""
    seals: int = 0
    disposed: int = 0
    faults: list[Mismatch] = field(default_factory=list)
    notices: list[Message] = field(default_factory=list)
    """What is no fault, and yet is to be known of the checkpoints."""

    @property
    def ok(self) -> bool:
        return not self.faults

    def add(self, part: Verdict) -> None:
        self.events, self.chains = self.events + part.events, self.chains + part.chains
        self.disposed += part.disposed
        self.faults += part.faults


def verify(
    session: Session,
    stored: Stored | None = None,
    progress: Callable[[int], None] = lambda _events: None,
    witness: Witness | None = None,
    processes: int = 1,
    copies: Sequence[Log] = (),
) -> Verdict:
    """Check every committed event, text, file, case row, record and checkpoint.

    `stored(sha256)` says whether a file's bytes are in the store and whole; without it only rows are compared.
    `progress` is told how many more events were read. `witness` knows the keys and the log outside the database,
    `copies` are logs kept elsewhere; without a witness checkpoints are only compared with the rows. A long ledger is
    shared out among `processes`, where they can fork: its parts may then be read at different moments, but each case
    and what lies beside it at one.
    """
    outside = Outside(witness, witness.read(), copies) if witness else None
    whole = Verdict()
    several = processes > 1 and "fork" in multiprocessing.get_all_start_methods() and count_events(session) >= LONG
    if several:
        session.commit()  # the moment in which the events were counted
        for part in _in_processes(session, stored, processes):
            whole.add(part)
            progress(part.events)
    with _without_collector(), read_snapshot(session) as connection:
        if not several:
            whole = _walk(connection, EVERYTHING, stored, progress)
        whole.faults += shared_faults(connection, outside)
        whole.notices = list(notices_of(connection, witness)) if witness else []
        counted = (select(func.count()).select_from(table) for table in (Checkpoint, RegisterEntry, SealedRow))
        whole.checkpoints, whole.entries, whole.seals = (connection.execute(one).scalar_one() for one in counted)
        return whole


def verify_cases(session: Session, within: Covered, stored: Stored | None = None) -> Verdict:
    """Check some cases: events, texts, rows, records, and their heads in the newest checkpoint, as `verify` does."""
    with read_snapshot(session) as connection:
        verdict = _check_apart(connection, within, stored)
        records = ask_together(connection, _records_of(_on_records_of(type(within).holds)), within.values)
        verdict.faults.extend(legible(RECORD, _compare_records(*records)))
        verdict.faults.extend(legible(CHECKPOINT, chain_faults(connection, within)))
    return verdict


def verify_case(session: Session, case_id: int) -> Verdict:
    """Check one case as `verify` does, by one statement; its files' bytes are not read.

    Where something of it cannot even be read, it is read piece by piece, to say what that is.
    """
    these, verdict, connection = CaseList([case_id]), Verdict(), session.connection()
    beside, apart, of_its_record = _of_a_case(connection.dialect.name)
    try:
        found = iter(ask_together(connection, (*beside, *apart, *of_its_record), these.values))
        page, [events, heads] = list(islice(found, len(beside))), islice(found, len(apart))
        verdict.faults.extend(_check_rows(page, events, None, verdict))
    except Exception as error:
        require_own_fault(error)
        return verify_cases(session, these)
    verdict.faults.extend(legible(RECORD, _compare_records(*found)))
    verdict.faults.extend(head_faults(heads))
    return verdict


def count_events(session: Session) -> int:
    """How many events there are to check."""
    return session.scalar(select(func.count()).select_from(Event)) or 0


def _in_processes(session: Session, stored: Stored | None, processes: int) -> Iterator[Verdict]:
    """Check ranges that cover every id there can be, each in one process at a time."""
    global _given
    _given = session, stored
    with read_snapshot(session) as connection:
        first, last = connection.execute(select(func.min(Case.id), func.max(Case.id))).one()
    starts = [EVERYTHING.first, *range((first or 0) + PART, (last or 0) + 1, PART)]
    parts = [CaseRange(start, end - 1) for start, end in pairwise([*starts, LAST + 1])]
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, mp_context=fork, initializer=_drop_connections) as pool:
        yield from pool.map(_check_part, parts)


def _drop_connections() -> None:
    """A process uses no connection of its parent."""
    assert _given
    _given[0].get_bind().engine.dispose(close=False)


def _check_part(bound: CaseRange) -> Verdict:
    assert _given
    session, stored = _given
    with _without_collector(), read_snapshot(session) as connection:
        return _walk(connection, bound, stored)


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
) -> Verdict:
    """Check page after page."""
    whole = Verdict()
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


def _check_apart(connection: Connection, within: Covered, stored: Stored | None) -> Verdict:
    """Check a page; where something in it cannot even be read, in halves until that case is alone."""
    verdict = Verdict()
    try:
        verdict.faults.extend(_check_page(connection, within, stored, verdict))
        return verdict
    except Exception as error:
        require_own_fault(error)
        why = unreadable(error)
    verdict = Verdict()
    named = select(Case.id).where(within.holds(Case.id)).order_by(Case.id)
    ids = connection.execute(named, within.values).scalars().all()
    if len(ids) > 1:
        for half in within.parted(ids):
            verdict.add(_check_apart(connection, half, stored))
        return verdict
    number = connection.execute(select(Case.number).where(within.holds(Case.id)), within.values).scalar()
    verdict.faults.append(Mismatch(str(number or "#0"), None, why))
    return verdict


@cache
def _page_of(holds: Holds) -> tuple[Question, ...]:
    """All that is read of a page of cases but their events."""
    texts, files = TEXTS.where(holds(EventText.case_id)), FILES.where(holds(Attachment.case_id))
    return (CASE_COLUMNS.where(holds(Case.id)), texts, files, *rows_beside(holds))


@cache
def _of_a_case(dialect: str) -> tuple[tuple[Question, ...], tuple[Question, ...], tuple[Question, ...]]:
    """All that is read to check one case: what is read of a page, its events and vouched heads, its record."""
    holds = CaseList.holds
    return _page_of(holds), (events_in(holds, dialect), heads_lost(holds)), _records_of(_on_records_of(holds))


def _check_page(connection: Connection, within: Covered, stored: Stored | None, verdict: Verdict) -> Iterator[Mismatch]:
    page = ask_together(connection, _page_of(type(within).holds), within.values)
    yield from _check_rows(page, events_of(connection, within), stored, verdict)


def _check_rows(
    page: Sequence[Sequence[Any]], events: Iterable[Any], stored: Stored | None, verdict: Verdict
) -> Iterator[Mismatch]:
    rows, said, attached, *others = page
    cases, texts, beside = {row.id: row for row in rows}, SealedTexts(said, attached, stored), RowsBeside(*others)
    silent = dict(cases)

    def counted() -> Iterator[Any]:
        for event in events:
            verdict.events += 1
            yield event

    for case_id, own in groupby(counted(), key=itemgetter(0)):
        case = silent.pop(case_id, None)
        if case is None:
            count = sum(1 for _ in own)
            yield Mismatch(f"#{case_id}", None, say("{count} events belong to no case.", count=count))
            continue
        verdict.chains += 1
        yield from check_chain(case, own, texts, beside)
    for case in silent.values():
        yield Mismatch(case.number, None, say("The case has no events; it counts {length}.", length=case.length))
    for case_id, what in texts.unclaimed():
        yield Mismatch(cases[case_id].number if case_id in cases else f"#{case_id}", None, what)
    verdict.disposed += texts.disposed


def shared_faults(connection: Connection, outside: Outside | None, but: Collection[str] = ()) -> list[Mismatch]:
    """What does not match of all that no single case owns, `but` for some tables.

    Without what is `outside` neither keys nor log are asked.
    """
    return [
        found
        for name, faults in SHARED_CHECKS.items()
        if name not in but
        for found in legible(name, faults(connection, outside))
    ]


RECORDS_READ: Final = 1000
"""Records read at a time."""

COMPARED: Final = tuple(one.name for one in fields(RecordState) if one.compare)

FOR_GOOD: Final = ("kind", "enterprise_id")
"""What no change changes; compared where the first one says it, as it does not of records begun before."""

OF_ANY_KIND: Final = frozenset({"severity", "handler"})
COLUMNS: Final = {kind: frozenset(column.key for column in columns) for kind, columns in KINDS.items()}
NAMED: Final = frozenset[str]().union(*COLUMNS.values()) - OF_ANY_KIND
"""Columns that some kind has and another may not; a sheet's own columns beside them are any kind's."""


def _record_faults(connection: Connection, _outside: object) -> Iterator[Mismatch]:
    """What does not match of any record."""
    ids = select(CreditRecord.id).order_by(CreditRecord.id)
    after = 0
    while page := connection.execute(ids.where(CreditRecord.id > after).limit(RECORDS_READ)).scalars().all():
        yield from faults_of_records(connection, CaseRange(after + 1, page[-1]))
        after = page[-1]


def faults_of_records(connection: Connection, within: CaseRange) -> Iterator[Mismatch]:
    """What does not match of some records, and of what is owed of them to other places."""
    yield from _compare_records(*ask_together(connection, _records_of(within.holds), within.values))
    yield from delivery_faults(connection, within)


def _compare_records(records: Sequence[Any], cases: Sequence[Any], *others: Sequence[Any]) -> Iterator[Mismatch]:
    """What does not match of some records: each must be what its changes, replayed from the first, make of it."""
    changes, flags, statements = map(_by_record, others)
    of_another_firm = {row.id: row.number for row in cases}
    for record in records:
        id = record.id
        beside = {row.case_id for row in flags.get(id, ())}, statements.get(id, ())
        try:
            yield from (Mismatch(RECORD, id, what) for what in _compare_record(record, changes.get(id, ()), *beside))
        except (TypeError, ValueError, KeyError) as error:  # a tamperer need not keep to types
            yield Mismatch(RECORD, id, unreadable(error))
        if number := of_another_firm.get(id):
            yield Mismatch(RECORD, id, say("Its enterprise_id is not that of {number}, a case on it.", number=number))


def _compare_record(
    record: Any, changes: Sequence[Any], flags: set[int], statements: Sequence[Any]
) -> Iterator[Message]:
    if not changes:
        yield say("It has no change that it begins with.")
        return
    now, then = state_of(record, flags, statements), replay(changes)
    for name in COMPARED:
        if getattr(now, name) != getattr(then, name):
            # of its values those that differ; what they are is not said
            keys = sorted({key for key, _ in now.values.items() ^ then.values.items()}) if name == "values" else [name]
            yield say("Its {column} is not what its changes lead to.", column=", ".join(keys))
    for column, value in promoted(record.values).items():
        if getattr(record, column) != value:
            yield say("Its column {column} is not what its values say.", column=column)
    for column in _columns_amiss(record, then, changes):
        yield say("Its {column} is not what its changes lead to.", column=column)


def _columns_amiss(record: Any, then: RecordState, changes: Sequence[Any]) -> Iterator[str]:
    """Columns that no change changes: its kind, its firm, the number by which sheets know it."""
    for name in FOR_GOOD:
        if getattr(then, name) not in (None, getattr(record, name)):
            yield name
    if then.kind is None and (then.values.keys() & NAMED) - COLUMNS.get(record.kind, frozenset()):
        yield "kind"
    if then.enterprise_id in (None, record.enterprise_id) and then.values.get("uscc", record.firm) != record.firm:
        yield "enterprise_id"
    if then.known_as not in (None, record.known_as):
        # of bureaus that were merged into one that decided on the same document, one record bears a mark
        moved = any(change.what == "succeeded" and change.field == "determined_by_id" for change in changes)
        if not (moved and record.known_as == told_apart(then.known_as or "", record.id)):
            yield "known_as"


@cache
def _on_records_of(holds: Holds) -> Holds:
    """The same of the records that the cases are about."""
    return lambda column: column.in_(select(Case.record_id).where(holds(Case.id)))


@cache
def _records_of(holds: Holds) -> tuple[Question, ...]:
    """All that is read of a page of records: they, cases on them of another firm, and what lies beside them, in the
    order in which it was written."""
    table = CreditRecord.__table__
    records = select(table, Enterprise.code.label("firm")).outerjoin(Enterprise, Enterprise.id == table.c.enterprise_id)
    other = select(CreditRecord.id, Case.number).join(Case, Case.record_id == CreditRecord.id)
    other = other.where(holds(CreditRecord.id), Case.enterprise_id != CreditRecord.enterprise_id)
    beside = (
        select(one.__table__)
        .where(holds(one.record_id))
        .order_by(one.__table__.c.record_id, *one.__table__.primary_key)
        for one in (RecordChange, RecordFlag, RecordStatement)
    )
    return (records.where(holds(CreditRecord.id)).order_by(table.c.id), other.order_by(Case.id.desc()), *beside)


def _by_record(rows: Iterable[Any]) -> dict[int, list[Any]]:
    """Rows of a table by the record they belong to."""
    return {id: list(own) for id, own in groupby(rows, key=attrgetter("record_id"))}


def _seal_faults(connection: Connection, _outside: object) -> Iterator[Mismatch]:
    """What does not match of any seal, a page at a time."""
    after: int | None = -1
    while after is not None:
        first, after = after + 1, seals_after(connection, after)
        yield from faults_of_seals(connection, first, LAST if after is None else after)


SHARED_CHECKS: Final[Mapping[str, Callable[[Connection, Outside | None], Iterator[Mismatch]]]] = {
    RECORD: _record_faults,
    CHECKPOINT: checkpoint_faults,
    PROMISE: promise_faults,
    REGISTER: register_faults,
    SEAL: _seal_faults,
    SIGNATURE: signature_faults,
}
