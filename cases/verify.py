"""Checking the ledger: recomputes every chain and says where it does not match. Changes nothing.

It reads one snapshot of the database, a page of cases at a time, in constant memory. It says what does not
match, never what stood there before. Someone who owns the database and rewrites a chain together with its
case row is found only by comparing with something kept elsewhere: a checkpoint, an export, a served paper.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, groupby
from operator import attrgetter, itemgetter
from typing import Any, Final

from sqlalchemy import ColumnElement, String, func, select, type_coerce
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from cases.apart import require_own_fault
from cases.faults import Fault, legible
from cases.ledger import GENESIS, seal
from cases.sealed_texts import Among, Covered, SealedTexts, Stored, Within, sealed_texts_of
from cases.tables import Case, Event
from cases.verify_checkpoints import CHECKPOINT, chain_faults, checkpoint_faults, count_checkpoints
from cases.verify_life import TIMES, Beside, Life, as_kept, differences, rows_beside
from cases.verify_promises import PROMISE, promise_faults
from cases.verify_records import RECORD, faults_of_records, record_faults
from cases.witness import Signed, Witness
from extensions import one_moment
from workflow.definition import START
from workflow.refusal import Message, say

PAGE: Final = 300
"""Cases read at a time."""

LAST: Final = 2**31 - 1
"""No case has a greater id."""

EVERYTHING: Final = Within(-LAST, LAST)


@dataclass(frozen=True)
class Verdict:
    """What was read and what did not match. `disposed` counts texts that were lawfully emptied."""

    events: int
    chains: int
    checkpoints: int
    disposed: int
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        return not self.faults


def verify(
    session: Session, stored: Stored | None = None, progress: Callable[[int], None] | None = None,
    witness: Witness | None = None,
) -> Verdict:  # fmt: skip
    """Check every committed event, text, file, case row, record and checkpoint.

    `stored(sha256)` says whether the file's bytes are in the store and whole; without it only rows are
    compared. `progress` is told how many events were read since it was last told. `witness` knows the keys and the
    log outside the database; without it checkpoints are only compared with the rows.
    """
    tally = Tally(stored)
    last = witness.last() if witness else None
    with _without_collector(), one_moment(session) as connection:
        for before in _checked(connection, EVERYTHING, tally):
            if progress:
                progress(tally.events - before)
        beside = faults_beside(connection, witness, last)
        checkpoints = count_checkpoints(connection)
    return Verdict(tally.events, tally.chains, checkpoints, tally.disposed, (*tally.faults, *beside))


def verify_range(session: Session, within: Within, stored: Stored | None) -> Tally:
    """Check the cases whose ids lie within a bound, as `verify` does, in one moment of their own."""
    tally = Tally(stored)
    with _without_collector(), one_moment(session) as connection:
        for _ in _checked(connection, within, tally):
            pass
    return tally


def faults_beside(connection: Connection, witness: Witness | None, last: Signed | None) -> list[Fault]:
    """What does not match of records, checkpoints and promises. `last`: what the log outside had before this moment."""
    checkpoints = checkpoint_faults(connection, witness, last)
    promises = legible(PROMISE, promise_faults(connection))
    return [*legible(RECORD, record_faults(connection)), *legible(CHECKPOINT, checkpoints), *promises]


def verify_cases(session: Session, within: Covered, stored: Stored | None = None) -> Verdict:
    """Check some cases: events, texts, rows, records, and their heads in the newest checkpoint, as `verify` does."""
    tally = Tally(stored)
    with one_moment(session) as connection:
        _check_apart(connection, within, tally)
        about = select(Case.record_id).where(within.holds(Case.id), Case.record_id.is_not(None)).distinct()
        records = Among([id for id in connection.execute(about.order_by(Case.record_id)).scalars() if id is not None])
        tally.faults.extend(legible(RECORD, faults_of_records(connection, records)))
        tally.faults.extend(legible(CHECKPOINT, chain_faults(connection, within)))
    return Verdict(tally.events, tally.chains, 0, tally.disposed, tuple(tally.faults))


def verify_case(session: Session, case_id: int) -> Verdict:
    """Check one case as `verify` does; its files' bytes are not read."""
    return verify_cases(session, Among([case_id]))


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
    faults: list[Fault] = field(default_factory=list)

    def add(self, part: Tally) -> None:
        """Take in what was counted and found of a part."""
        self.events, self.chains = self.events + part.events, self.chains + part.chains
        self.disposed += part.disposed
        self.faults += part.faults


@dataclass(slots=True)
class _Walk:
    """Where the walk along one chain stands: the last hash and seq, and the last body that can be trusted."""

    previous: str | None = GENESIS
    seq: int = 0
    target: object = START
    body: Mapping[str, Any] | None = None
    life: Life = field(default_factory=Life)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Rows make no cycles: the collector, walking them in vain, took a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


CASE_COLUMNS: Final = select(
    Case.id, Case.number, Case.length, Case.head, Case.state, Case.desk, Case.bureau_id, Case.round, Case.variant,
    Case.outcome, Case.kind, Case.enterprise_id, Case.record_id, Case.filed_on, *as_kept(*TIMES), Case.due_on,
    Case.holder_id, Case.complained_of, Case.complained_bureau_id,
).order_by(Case.id)  # fmt: skip


def _checked(connection: Connection, bound: Within, tally: Tally) -> Iterator[int]:
    """Check page after page; after each, how many events had been read before it."""
    for within in _pages(connection, bound):
        before = tally.events
        _check_apart(connection, within, tally)
        yield before


def _pages(connection: Connection, bound: Within) -> Iterator[Within]:
    """Bounds of case ids, a page at a time; the last takes in events of no case."""
    after = bound.first - 1
    while True:
        page = select(Case.id).where(Case.id > after, Case.id <= bound.last).order_by(Case.id).limit(PAGE)
        ids = connection.execute(page).scalars().all()
        until = ids[-1] if len(ids) == PAGE else bound.last
        yield Within(after + 1, until)
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
    part.faults.append(Fault(str(number or "#0"), None, say("It cannot be read: {error}", error=error)))
    return part


def _check_page(connection: Connection, within: Covered, tally: Tally) -> Iterator[Fault]:
    cases = {row.id: row for row in connection.execute(CASE_COLUMNS.where(within.holds(Case.id)))}
    texts = sealed_texts_of(connection, within, tally.stored)
    beside = rows_beside(connection, within)
    silent = dict(cases)
    for case_id, events in groupby(_events(connection, within), key=itemgetter(0)):
        case = silent.pop(case_id, None)
        if case is None:
            count = sum(1 for _ in events)
            tally.events += count
            yield Fault(f"#{case_id}", None, say("{count} events belong to no case.", count=count))
            continue
        tally.chains += 1
        yield from _check_chain(case, events, texts, beside, tally)
    for case in silent.values():
        yield Fault(case.number, None, say("The case has no events; it counts {length}.", length=case.length))
    yield from (Fault(_number(cases, case_id), None, what) for case_id, what in texts.unclaimed())
    tally.disposed += texts.disposed


def _events(connection: Connection, within: Covered) -> Iterable[Any]:
    statement = (
        select(Event.case_id, Event.id, Event.seq, _sealed_instant(connection), Event.actor, Event.action, Event.body,
               Event.previous, Event.hash)
        .where(within.holds(Event.case_id))
        .order_by(Event.case_id, Event.seq)
    )  # fmt: skip
    return chain.from_iterable(connection.execution_options(yield_per=5000).execute(statement).partitions())


def _sealed_instant(connection: Connection) -> ColumnElement[str]:
    """`ledger.instant` said in SQL: a third of the time of a check went into reading dates."""
    if connection.dialect.name == "postgresql":
        return func.to_char(func.timezone("UTC", Event.at), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    return func.replace(type_coerce(Event.at, String), " ", "T").concat("Z")


def _check_chain(
    case: Any, events: Iterable[Any], texts: SealedTexts, beside: Beside, tally: Tally
) -> Iterator[Fault]:  # fmt: skip
    walk, number = _Walk(), case.number
    note = walk.life.note
    for event in events:
        tally.events += 1
        try:
            if faults := _check_event(case, number, walk, event, texts):
                yield from faults
        except (TypeError, ValueError, AttributeError) as error:  # whoever tampers need not keep to types
            walk.body = walk.target = None
            yield Fault(number, event[2], say("It cannot be read: {error}", error=error))
        note(event[2], event[3], walk.body)
    yield from _check_end(case, walk, beside)


def _check_event(case: Any, number: str, walk: _Walk, event: Any, texts: SealedTexts) -> Sequence[Fault]:
    """Take one step along the chain. An event whose hash fails is not believed in anything else."""
    case_id, event_id, seq, at, actor, action, body, previous, kept = event
    faults = [] if seq == walk.seq + 1 and previous == walk.previous else [_out_of_place(case, walk, seq, previous)]
    walk.previous, walk.seq = kept, seq
    computed = seal(previous, number, seq, at, actor, action, body)
    if computed != kept:
        walk.body = walk.target = None
        texts.forget(event_id)
        what = say(
            "Its content does not give its hash: kept {kept}, computed {computed}.", kept=kept, computed=computed
        )
        return [*faults, Fault(number, seq, what)]
    whats = _follow(body, walk)
    if walk.body is not None:
        if beside := texts.compare(case_id, event_id, walk.body):
            whats = [*whats, *beside]
        if seq == 1:
            faults += _check_opening(case, walk.body)
    return faults + [Fault(number, seq, what) for what in whats] if whats else faults


def _out_of_place(case: Any, walk: _Walk, seq: int, previous: str) -> Fault:
    first, last = walk.seq + 1, seq - 1
    if seq == first:
        return Fault(case.number, seq, say("It quotes {quoted} as the hash before it; the event before has {kept}.",
                                           quoted=previous, kept=walk.previous))  # fmt: skip
    walk.target = None
    if seq < first:
        return Fault(case.number, seq, say("Two events bear this number."))
    if first == last:
        return Fault(case.number, first, say("The event is missing."))
    return Fault(case.number, first, say("The events up to {last} are missing.", last=last))


_read_json: Final[Callable[[str, int], tuple[Any, int]]] = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
"""Three times as fast as `json.loads`, which first looks for what canonical JSON never has."""


NOTHING: Final[Sequence[Message]] = ()


def _follow(text: str, walk: _Walk) -> Sequence[Message]:
    """Read a body whose hash is right, and compare its source with where the event before led."""
    try:
        body, end = _read_json(text, 0)
    except StopIteration:
        body, end = None, 0
    if end != len(text) or not isinstance(body, dict):
        walk.body = walk.target = None
        return [say("Its body is not a JSON object.")]
    before, walk.target, walk.body = walk.target, body.get("target"), body
    if before is None or body.get("source") == before:
        return NOTHING
    return [say("It starts from {source}; the event before led to {target}.", source=body.get("source"), target=before)]


OPENED: Final = {"kind": "kind", "enterprise": "enterprise_id", "record": "record_id", "filed_on": "filed_on"}
"""What the first event's body says under `opens` of the case for good, and the column that must say the same."""


def _check_opening(case: Any, body: Mapping[str, Any]) -> Iterator[Fault]:
    for said, then in body.get("opens", {}).items():
        column = OPENED.get(said, said)
        now = getattr(case, column, None)
        if (now.isoformat() if isinstance(now, date) else now) != then:
            yield _row_differs(case, column, now, then)


REPLAYED: Final = {
    "target": "state", "desk": "desk", "bureau": "bureau_id", "round": "round", "variant": "variant",
    "outcome": "outcome", "holder": "holder_id", "complained_of": "complained_of",
    "complained_bureau": "complained_bureau_id",
}  # fmt: skip
"""What the last event's body says, and the column of the case row that must say the same."""

_columns_replayed: Final = attrgetter(*REPLAYED.values())

UNSAID: Final = {"complained_of": ""}
"""What the row says where an event, older than the column, says nothing."""


def _check_end(case: Any, walk: _Walk, beside: Beside) -> Iterator[Fault]:
    """Hold the case row against the end of its chain."""
    if walk.seq != case.length:
        beyond = min(walk.seq, case.length) + 1
        yield Fault(case.number, beyond, say("The case counts {length} events; its chain ends with {last}.",
                                             length=case.length, last=walk.seq))  # fmt: skip
        return
    if case.head != walk.previous:
        yield Fault(case.number, walk.seq, say("The case carries the head {head}; its last event has {kept}.",
                                               head=case.head, kept=walk.previous))  # fmt: skip
    if walk.body is None:
        return
    if _columns_replayed(case) != tuple(map(walk.body.get, REPLAYED)):
        for said, column in REPLAYED.items():
            now, then = getattr(case, column), walk.body.get(said, UNSAID.get(said))
            if then != now:
                yield _row_differs(case, column, now, then)
    for differs in differences(case, walk.life, beside, walk.body):
        yield _row_differs(case, *differs)


def _row_differs(case: Any, column: str, now: object, then: object) -> Fault:
    what = say("The case row says {column} {now}; its events lead to {then}.", column=column, now=now, then=then)
    return Fault(case.number, None, what)


def _number(cases: Mapping[int, Any], case_id: int) -> str:
    return cases[case_id].number if case_id in cases else f"#{case_id}"
