"""The walk along one chain: each event against the one before, its own seal, its texts and files; then the case row.

It is given rows and asks the database for nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import ColumnElement, String, func, select, type_coerce
from sqlalchemy.engine import Connection

from cases.ledger.sealing import SALT_LENGTH, file_text, salted_hash, seal, timers_digest
from cases.ledger.verify_rows import TIMES, ChainWalk, Covered, Holds, Mismatch, RowsBeside, unreadable
from cases.model.tables import Attachment, Case, Event, EventText
from database import Question
from workflow.refusal import Message, say

Fault = tuple[int | None, Message]
"""What does not match in a case; with the event's number, or None for the case row."""
Stored = Callable[[str], bool]
"""Whether the bytes with this SHA-256 are in the store, and whole."""
NOTHING: Final[Sequence[Any]] = ()
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
    *(type_coerce(getattr(Case, name), String).label(name) for name in TIMES),
    Case.due_on,
    *(getattr(Case, f"board_{name}") for name in ("timer_id", "bureau_id", "due_on", "left", "paused", "sheet")),
    Case.holder_id,
    Case.complained_of,
    Case.complained_bureau_id,
).order_by(Case.id)
"""Moments as the database gives them, text on SQLite: to make a date of each took a while."""


def events_of(connection: Connection, within: Covered) -> Iterable[Any]:
    """The events of these cases, case by case, in their order."""
    events = events_in(within.holds, connection.dialect.name)
    return chain.from_iterable(connection.execution_options(yield_per=5000).execute(events, within.values).partitions())


@cache
def events_in(holds: Holds, dialect: str) -> Question:
    """The same as a question, to be asked together with others."""
    at: ColumnElement[str] = func.replace(type_coerce(Event.at, String), " ", "T").concat("Z")
    if dialect == "postgresql":  # `sealing.instant` in SQL: to read dates took a third of a check
        at = func.to_char(func.timezone("UTC", Event.at), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    columns = (
        Event.case_id,
        Event.id,
        Event.seq,
        at.label("at"),
        Event.actor,
        Event.action,
        Event.body,
        Event.previous,
        Event.hash,
    )
    return select(*columns).where(holds(Event.case_id)).order_by(Event.case_id, Event.seq)


def check_chain(case: Any, events: Iterable[Any], texts: SealedTexts, beside: RowsBeside) -> Iterator[Mismatch]:
    """What does not match of one case: `case` as `CASE_COLUMNS` reads it, its events as `events_of` does."""
    walk, number = ChainWalk(), case.number
    for event in events:
        try:
            if faults := _check_event(case, walk, event, texts):
                yield from (Mismatch(number, *fault) for fault in faults)
        except (TypeError, ValueError, AttributeError) as error:
            walk.distrust()
            yield Mismatch(number, event[2], unreadable(error))
        walk.note(event[2], event[3])
    yield from (Mismatch(number, *fault) for fault in _check_end(case, walk, beside))


def _check_event(case: Any, walk: ChainWalk, event: Any, texts: SealedTexts) -> Sequence[Fault]:
    """Take one step along the chain. An event whose hash fails is not believed in anything else."""
    case_id, event_id, seq, at, actor, action, body, previous, kept = event
    faults = [] if seq == walk.seq + 1 and previous == walk.previous else [_out_of_place(walk, seq, previous)]
    walk.previous, walk.seq = kept, seq
    computed = seal(previous, case.number, seq, at, actor, action, body)
    if computed != kept:
        walk.distrust()
        texts.forget(event_id)
        what = say(
            "Its content does not give its hash: kept {kept}, computed {computed}.", kept=kept, computed=computed
        )
        return [*faults, (seq, what)]
    whats = _follow(body, walk)
    if walk.body is not None:
        if beside := texts.compare(case_id, event_id, walk.body):
            whats = [*whats, *beside]
        if seq == 1:
            for said, then in walk.body.get("opens", {}).items():
                column = OPENED.get(said, said)
                now = getattr(case, column, None)
                if (now.isoformat() if isinstance(now, date) else now) != then:
                    faults.append(_row_differs(column, now, then))
    return faults + [(seq, what) for what in whats] if whats else faults


def _out_of_place(walk: ChainWalk, seq: int, previous: str) -> Fault:
    first, last = walk.seq + 1, seq - 1
    if seq == first:
        return seq, say(
            "It quotes {quoted} as the hash before it; the event before has {kept}.",
            quoted=previous,
            kept=walk.previous,
        )
    walk.target, walk.whole = None, False
    if seq < first:
        return seq, say("Two events bear this number.")
    if first == last:
        return first, say("The event is missing.")
    return first, say("The events up to {last} are missing.", last=last)


_read_json: Final[Callable[[str, int], tuple[Any, int]]] = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
"""Three times as fast as `json.loads`, which first looks for what canonical JSON never has."""


def _follow(text: str, walk: ChainWalk) -> Sequence[Message]:
    """Read a body whose hash is right, and compare its source with where the event before led."""
    try:
        body, end = _read_json(text, 0)
    except StopIteration:
        body, end = None, 0
    if end != len(text) or not isinstance(body, dict):
        walk.distrust()
        return [say("Its body is not a JSON object.")]
    before, walk.target, walk.body = walk.target, body.get("target"), body
    if before is None or body.get("source") == before:
        return NOTHING
    return [say("It starts from {source}; the event before led to {target}.", source=body.get("source"), target=before)]


OPENED: Final = {"kind": "kind", "enterprise": "enterprise_id", "record": "record_id", "filed_on": "filed_on"}
"""What the first event's body says under `opens` of the case for good, and the column that must say the same."""


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


def _check_end(case: Any, walk: ChainWalk, beside: RowsBeside) -> Iterator[Fault]:
    """Hold the case row against the end of its chain."""
    if walk.seq != case.length:
        yield (
            min(walk.seq, case.length) + 1,
            say("The case counts {length} events; its chain ends with {last}.", length=case.length, last=walk.seq),
        )
        return
    if case.head != walk.previous:
        yield (
            walk.seq,
            say("The case carries the head {head}; its last event has {kept}.", head=case.head, kept=walk.previous),
        )
    if walk.body is None:
        return
    if _columns_replayed(case) != tuple(map(walk.body.get, REPLAYED)):
        for said, column in REPLAYED.items():
            now, then = getattr(case, column), walk.body.get(said, UNSAID.get(said))
            if then != now:
                yield _row_differs(column, now, then)
    yield from (_row_differs(*differs) for differs in beside.differences(case, walk))
    sealed, timers = walk.body.get("timers"), beside.timers.get(case.id, NOTHING)
    if sealed is not None and sealed != timers_digest(timers):
        now = ", ".join(sorted(f"{row['deadline']} {row['due_on'] or '-'}" for row in timers)) or "-"
        yield None, say("Its running deadlines are not those that its last event sealed; now: {timers}.", timers=now)


def _row_differs(column: str, now: object, then: object) -> Fault:
    return None, say("The case row says {column} {now}; its events lead to {then}.", column=column, now=now, then=then)


TEXTS: Final = select(EventText.event_id, EventText.case_id, EventText.name, EventText.text, EventText.salt)
FILES: Final = select(Attachment.event_id, Attachment.case_id, Attachment.sha256, Attachment.name)


class SealedTexts:
    """The texts and attachments of a page of cases, rows by event; what is compared is taken out.

    A text that a lawful disposal emptied is counted, not called altered.
    """

    def __init__(self, texts: Sequence[Any], files: Sequence[Any], stored: Stored | None) -> None:
        self.texts, self.files = _by_event(texts), _by_event(files)
        self.stored, self.disposed = stored, 0

    def compare(self, case_id: int, event_id: int, body: Mapping[str, Any]) -> Sequence[Message]:
        """What does not match of one event whose body can be trusted."""
        found, attached = self.texts.pop(event_id, NOTHING), self.files.pop(event_id, NOTHING)
        sealed, files = body.get("texts") or {}, body.get("files") or {}
        if not (found or attached or sealed or files):
            return NOTHING
        faults: list[Message] = []
        if files or attached:
            sealed = {**sealed, **{file_text(sha256): hashed for sha256, hashed in files.items()}}
            names = {name: text for _, _, name, text, _ in found}
            faults.extend(self._compare_files(case_id, files, attached, names))
        if sealed or found:
            faults.extend(self._compare_texts(case_id, sealed, found))
        return faults

    def forget(self, event_id: int) -> None:
        """An event whose own hash fails says nothing of its texts."""
        self.texts.pop(event_id, None)
        self.files.pop(event_id, None)

    def unclaimed(self) -> Iterator[tuple[int, Message]]:
        """By case id: texts and attachments of an event that is no longer there."""
        for rows in (*self.texts.values(), *self.files.values()):
            yield rows[0].case_id, say("Texts or files belong to an event that is not in its chain.")

    def _compare_texts(self, case: int, sealed: Mapping[str, str], found: Sequence[Any]) -> Iterator[Message]:
        matched = 0
        for _, case_id, name, text, salt in found:
            hashed = sealed.get(name)
            if hashed is None or case_id != case:
                yield say("The text {name} was never sealed.", name=name)
                continue
            matched += 1
            if text is None:
                self.disposed += 1
            elif len(salt) != SALT_LENGTH or salted_hash(salt, text) != hashed:
                yield say("The text {name} is not the one that was sealed.", name=name)
        if matched < len(sealed):
            there = {name for _, case_id, name, _, _ in found if case_id == case}
            yield from (say("The text {name} is missing.", name=name) for name in sealed if name not in there)

    def _compare_files(
        self, case: int, sealed: Mapping[str, str], attached: Sequence[Any], names: Mapping[str, str | None]
    ) -> Iterator[Message]:
        there: dict[str, set[str]] = {}
        for _, case_id, sha256, name in attached:
            there.setdefault(sha256, set()).add(name)
            if sha256 not in sealed or case_id != case:
                yield say("The file {sha256} was never sealed.", sha256=sha256)
        for sha256 in sealed:
            name = names.get(file_text(sha256))
            if sha256 not in there:
                if name is not None:
                    yield say("The attachment of the file {sha256} is missing.", sha256=sha256)
                continue
            if name is not None and there[sha256] != {name}:
                yield say("The file {sha256} bears another name than was sealed.", sha256=sha256)
            if self.stored and not self.stored(sha256):
                yield say("The file {sha256} is missing from the store, or its bytes have changed.", sha256=sha256)


def _by_event(rows: Sequence[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return found
