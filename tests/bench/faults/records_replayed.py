"""Credit records as the replay of their changes, and each change of a case with the event that made it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.bench.faults.stored import Row, Stored, grouped

ENDINGS = {
    "displayed": ("display_ended_on", "display_ended_by_case", "display_ended", "shown_again"),
    "listed": ("delisted_on", "delisted_by_case", "delisted", "listed_again"),
    "shared": ("sharing_stopped_on", "sharing_stopped_by_case", "sharing_stopped", "shared_again"),
}
"""By the column that says whether it still stands: since when not, by which case, what ends it, what brings it back."""

REPEATED = {"document_number": "", "decided_on": None, "display_until": None, "handler": "", "severity": ""}
"""Columns that repeat a value of the sheet, and what they hold where the sheet says nothing."""

BODIES = ("determined_by_id", "supplied_by_id")


@dataclass
class Replayed:
    """A record as its changes make it, and what could not be."""

    columns: dict[str, Any] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    flags: set[int] = field(default_factory=set)
    statements: set[tuple[Any, str, str, str]] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


def records_replayed(stored: Stored) -> Iterator[str]:
    """What a record says and its changes do not, changes without their event, and flags that nobody holds or misses."""
    changes = grouped(stored["record_change"], "record_id")
    flags, statements = grouped(stored["record_flag"], "record_id"), grouped(stored["record_statement"], "record_id")
    for record in stored["credit_record"]:
        held = {row.case_id for row in flags.pop(record.id, ())}
        kept = {(row.case_id, row.field, row.statement, row.checked_on) for row in statements.pop(record.id, ())}
        found = _replay(changes.pop(record.id, ()))
        yield from (f"record {record.id}: {what}" for what in _compare(record, held, kept, found))
    for rows in (changes, flags, statements):
        yield from (f"record {record_id}: it does not exist and has changes" for record_id in rows)
    yield from _changes_of_events(stored)
    yield from _flags_of_cases(stored)


def _replay(changes: Sequence[Row]) -> Replayed:
    now = Replayed()
    for place, change in enumerate(changes):
        if (change.what in ("imported", "entered")) != (place == 0):
            now.faults.append(f"its change {place + 1} is {change.what}")
        _apply(now, change)
    if not changes:
        now.faults.append("it has no change that begins it")
    return now


def _apply(now: Replayed, change: Row) -> None:
    if change.what in ("imported", "entered"):
        began = json.loads(change.after)
        now.values = {key: value for key, value in began["values"].items() if value}
        now.columns = {name: began[name] for name in BODIES}
        for still, (on, by_case, _, _) in ENDINGS.items():
            now.columns |= {still: True, on: None, by_case: None}
    elif change.what in ("flagged", "unflagged"):
        _flag(now, change)
    elif change.what in ("statement_kept", "statement_dropped"):
        _statement(now, change)
    elif change.what in ("updated", "corrected", "class_stated", "succeeded"):
        _value(now, change)
    elif change.what in ("conflict", "handlers_named"):
        pass  # what a sheet said against a decision, and whom a bureau named: no value of the record
    elif not _ending(now, change):
        now.faults.append(f"a change that is called {change.what}")


def _flag(now: Replayed, change: Row) -> None:
    case_id = int(change.after or change.before)
    if (case_id in now.flags) == (change.what == "flagged"):
        now.faults.append(f"case {case_id} {change.what} it a second time")
    now.flags ^= {case_id}


def _statement(now: Replayed, change: Row) -> None:
    for said in (change.before, change.after):
        if said:
            kept = json.loads(said)
            now.statements ^= {(change.case_id, change.field, kept["statement"], kept["checked_on"])}


def _value(now: Replayed, change: Row) -> None:
    if change.field in BODIES:
        before, now.columns[change.field] = str(now.columns.get(change.field)), int(change.after)
    else:
        before = now.values.pop(change.field, "")
        now.values |= {change.field: change.after} if change.after else {}
    if before != change.before:
        now.faults.append(f"{change.field} is said to have been {change.before!r}; its changes left {before!r}")


def _ending(now: Replayed, change: Row) -> bool:
    for still, (on, by_case, ends, again) in ENDINGS.items():
        if change.what in (ends, again):
            over = change.what == ends
            if now.columns.get(still) is not over:
                now.faults.append(f"{change.what} a second time")
            now.columns |= {still: not over, on: change.after if over else None,
                            by_case: change.case_id if over else None}  # fmt: skip
            return True
    return False


def _compare(record: Row, held: set[int], kept: set[tuple[Any, str, str, str]], now: Replayed) -> Iterator[str]:
    yield from now.faults
    for key in record.values.keys() | now.values.keys():
        if record.values.get(key, "") != now.values.get(key, ""):
            yield f"{key} is {record.values.get(key, '')!r}; its changes lead to {now.values.get(key, '')!r}"
    repeated = {name: record.values.get(name) or empty for name, empty in REPEATED.items()}
    for name, follows in {**now.columns, **repeated}.items():
        if getattr(record, name) != follows:
            yield f"{name} is {getattr(record, name)}; its changes lead to {follows}"
    if held != now.flags:
        yield f"its flags are of the cases {sorted(held)}; its changes lead to {sorted(now.flags)}"
    if kept != now.statements:
        yield "the statements kept beside it are not those that its changes lead to"


def _changes_of_events(stored: Stored) -> Iterator[str]:
    """Each event says which changes it made: these and no others are there, with its time and its actor."""
    made = grouped((row for row in stored["record_change"] if row.case_id is not None), "case_id")
    for case_id, events in stored.events.items():
        rows, name = grouped(made.pop(case_id, ()), "event_seq"), stored.name_of(case_id)
        for event in events:
            yield from (f"{name}: {what}" for what in _of_event(event, rows.pop(event.seq, ())))
        yield from (f"{name}: a record was changed by event {seq}, which is not there" for seq in rows)
    yield from (f"#{case_id}: a case without events changed a record" for case_id in made)


def _of_event(event: Row, own: Sequence[Row]) -> Iterator[str]:
    if {f"{row.what}:{row.field}" for row in own} != set(event.said.get("changes", ())):
        yield f"event {event.seq} says other changes of the record than were made"
    if len({(row.what, row.field) for row in own}) != len(own):
        yield f"event {event.seq} changed a field of the record twice"
    if any((row.at, row.actor) != (event.at, event.actor) for row in own):
        yield f"a change of the record bears another time or hand than event {event.seq}"


def _flags_of_cases(stored: Stored) -> Iterator[str]:
    """A record is flagged by a case that flagged it, is open, and has not taken the flag away; by each such case."""
    held = {(row.case_id, row.record_id) for row in stored["record_flag"]}
    for case_id, record_id in held:
        case = stored.cases.get(case_id)
        if case is None or case.closed_at is not None or case.record_id != record_id:
            yield f"{stored.name_of(case_id)}: it holds a flag and is not an open case on record {record_id}"
    for case in stored["case_"]:
        flagged = False
        for event in stored.events.get(case.id, ()):
            effects = event.said.get("effects", ())
            flagged = (flagged or "flag" in effects) and "unflag" not in effects
        if case.closed_at is None and flagged and (case.id, case.record_id) not in held:
            yield f"{case.number}: it is open, flagged its record, and the flag is gone"
