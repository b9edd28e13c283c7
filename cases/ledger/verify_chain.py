"""The walk along one chain: each event against the one before it and its own seal, and the case row against the end.

It is given rows and asks no database but for them; what it finds are faults, never what stood there before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import ColumnElement, String, func, select, type_coerce
from sqlalchemy.engine import Connection

from cases.ledger.faults import Mismatch
from cases.ledger.sealed_texts import Covered, SealedTexts
from cases.ledger.sealing import GENESIS, seal
from cases.ledger.verify_life import TIMES, Beside, Life, as_kept, differences
from cases.model.tables import Case, Event
from workflow.definition import START
from workflow.refusal import Message, say

CASE_COLUMNS: Final = select(
    Case.id,
    Case.number,
    Case.length,
    Case.head,
    Case.state,
    Case.desk,
    Case.bureau_id,
    Case.round,
    Case.variant,
    Case.outcome,
    Case.kind,
    Case.enterprise_id,
    Case.record_id,
    Case.filed_on,
    *as_kept(*TIMES),
    Case.due_on,
    Case.holder_id,
    Case.complained_of,
    Case.complained_bureau_id,
).order_by(Case.id)


def events_of(connection: Connection, within: Covered) -> Iterable[Any]:
    """The events of these cases, case by case, in their order."""
    statement = (
        select(
            Event.case_id,
            Event.id,
            Event.seq,
            _sealed_instant(connection),
            Event.actor,
            Event.action,
            Event.body,
            Event.previous,
            Event.hash,
        )
        .where(within.holds(Event.case_id))
        .order_by(Event.case_id, Event.seq)
    )
    return chain.from_iterable(connection.execution_options(yield_per=5000).execute(statement).partitions())


def _sealed_instant(connection: Connection) -> ColumnElement[str]:
    """`ledger.instant` said in SQL: a third of the time of a check went into reading dates."""
    if connection.dialect.name == "postgresql":
        return func.to_char(func.timezone("UTC", Event.at), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    return func.replace(type_coerce(Event.at, String), " ", "T").concat("Z")


@dataclass(slots=True)
class _Walk:
    """Where the walk along one chain stands: the last hash and seq, and the last body that can be trusted."""

    previous: str | None = GENESIS
    seq: int = 0
    target: object = START
    body: Mapping[str, Any] | None = None
    life: Life = field(default_factory=Life)


def check_chain(case: Any, events: Iterable[Any], texts: SealedTexts, beside: Beside) -> Iterator[Mismatch]:
    """What does not match of one case: `case` as `CASE_COLUMNS` reads it, its events as `events_of` does."""
    walk, number = _Walk(), case.number
    note = walk.life.note
    for event in events:
        try:
            if faults := _check_event(case, number, walk, event, texts):
                yield from faults
        except (TypeError, ValueError, AttributeError) as error:  # whoever tampers need not keep to types
            walk.body = walk.target = None
            yield Mismatch(number, event[2], say("It cannot be read: {error}", error=error))
        note(event[2], event[3], walk.body)
    yield from _check_end(case, walk, beside)


def _check_event(case: Any, number: str, walk: _Walk, event: Any, texts: SealedTexts) -> Sequence[Mismatch]:
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
        return [*faults, Mismatch(number, seq, what)]
    whats = _follow(body, walk)
    if walk.body is not None:
        if beside := texts.compare(case_id, event_id, walk.body):
            whats = [*whats, *beside]
        if seq == 1:
            faults += _check_opening(case, walk.body)
    return faults + [Mismatch(number, seq, what) for what in whats] if whats else faults


def _out_of_place(case: Any, walk: _Walk, seq: int, previous: str) -> Mismatch:
    first, last = walk.seq + 1, seq - 1
    if seq == first:
        return Mismatch(
            case.number,
            seq,
            say(
                "It quotes {quoted} as the hash before it; the event before has {kept}.",
                quoted=previous,
                kept=walk.previous,
            ),
        )
    walk.target = None
    if seq < first:
        return Mismatch(case.number, seq, say("Two events bear this number."))
    if first == last:
        return Mismatch(case.number, first, say("The event is missing."))
    return Mismatch(case.number, first, say("The events up to {last} are missing.", last=last))


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


def _check_opening(case: Any, body: Mapping[str, Any]) -> Iterator[Mismatch]:
    for said, then in body.get("opens", {}).items():
        column = OPENED.get(said, said)
        now = getattr(case, column, None)
        if (now.isoformat() if isinstance(now, date) else now) != then:
            yield _row_differs(case, column, now, then)


REPLAYED: Final = {
    "target": "state",
    "desk": "desk",
    "bureau": "bureau_id",
    "round": "round",
    "variant": "variant",
    "outcome": "outcome",
    "holder": "holder_id",
    "complained_of": "complained_of",
    "complained_bureau": "complained_bureau_id",
}
"""What the last event's body says, and the column of the case row that must say the same."""

_columns_replayed: Final = attrgetter(*REPLAYED.values())

UNSAID: Final = {"complained_of": ""}
"""What the row says where an event, older than the column, says nothing."""


def _check_end(case: Any, walk: _Walk, beside: Beside) -> Iterator[Mismatch]:
    """Hold the case row against the end of its chain."""
    if walk.seq != case.length:
        beyond = min(walk.seq, case.length) + 1
        yield Mismatch(
            case.number,
            beyond,
            say("The case counts {length} events; its chain ends with {last}.", length=case.length, last=walk.seq),
        )
        return
    if case.head != walk.previous:
        yield Mismatch(
            case.number,
            walk.seq,
            say("The case carries the head {head}; its last event has {kept}.", head=case.head, kept=walk.previous),
        )
    if walk.body is None:
        return
    if _columns_replayed(case) != tuple(map(walk.body.get, REPLAYED)):
        for said, column in REPLAYED.items():
            now, then = getattr(case, column), walk.body.get(said, UNSAID.get(said))
            if then != now:
                yield _row_differs(case, column, now, then)
    for differs in differences(case, walk.life, beside, walk.body):
        yield _row_differs(case, *differs)


def _row_differs(case: Any, column: str, now: object, then: object) -> Mismatch:
    what = say("The case row says {column} {now}; its events lead to {then}.", column=column, now=now, then=then)
    return Mismatch(case.number, None, what)
