"""The replay of a record's changes: the record that they make must be the one in the tables."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import reduce
from typing import Any

from registry.credit_records import ENDINGS, CreditRecord, RecordChange, RecordStatement, with_values


@dataclass(frozen=True)
class RecordState:
    """What changes can change."""

    values: Mapping[str, str] = field(default_factory=dict)
    determined_by_id: int = 0
    supplied_by_id: int = 0
    displayed: bool = True
    display_ended_on: date | None = None
    display_ended_by_case: int | None = None
    listed: bool = True
    delisted_on: date | None = None
    delisted_by_case: int | None = None
    shared: bool = True
    sharing_stopped_on: date | None = None
    sharing_stopped_by_case: int | None = None
    flags: frozenset[int] = frozenset()
    statements: frozenset[tuple[int | None, str, str, date]] = frozenset()
    """Case, field, words and the day of the check."""
    handlers: tuple[int, ...] = ()
    kind: str | None = field(default=None, compare=False)
    enterprise_id: int | None = field(default=None, compare=False)
    """No change changes these two; records begun before they were said have None."""
    known_as: str | None = field(default=None, compare=False)
    """The number by which it began; none of a record as the tables have it."""


def replay(changes: Iterable[RecordChange]) -> RecordState:
    """The record that these changes make, oldest first."""
    return reduce(_after, changes, RecordState())


def state_of(
    record: CreditRecord, flags: Iterable[int] = (), statements: Iterable[RecordStatement] = ()
) -> RecordState:
    """The record as the tables have it."""
    return RecordState(
        values=record.values,
        determined_by_id=record.determined_by_id,
        supplied_by_id=record.supplied_by_id,
        handlers=tuple(record.handlers or ()),
        kind=record.kind,
        enterprise_id=record.enterprise_id,
        **{name: getattr(record, name) for ending in ENDINGS for name in ending[:3]},
        flags=frozenset(flags),
        statements=frozenset((row.case_id, row.field, row.statement, row.checked_on) for row in statements),
    )


def _after(state: RecordState, change: RecordChange) -> RecordState:
    match change.what:
        case "imported" | "entered":
            begun = json.loads(change.after)
            return RecordState(known_as=begun["values"].get("document_number"), **begun)
        case "flagged":
            return replace(state, flags=state.flags | {int(change.after)})
        case "unflagged":
            return replace(state, flags=state.flags - {int(change.before)})
        case what if what in {ending.ended for ending in ENDINGS}:
            return _with_ending(state, what, False, date.fromisoformat(change.after), change.case_id)
        case what if what in {ending.again for ending in ENDINGS}:
            return _with_ending(state, what, True, None, None)
        case "statement_kept" | "statement_dropped":
            statements = state.statements - _beside(change, change.before) | _beside(change, change.after)
            return replace(state, statements=statements)
        case "updated" | "corrected" | "class_stated" | "succeeded":
            if change.field in ("determined_by_id", "supplied_by_id"):
                moved: dict[str, Any] = {change.field: int(change.after)}
                return replace(state, **moved)
            return replace(state, values=with_values(state.values, {change.field: change.after}))
        case "handlers_named":
            return replace(state, handlers=tuple(json.loads(change.after)))
        case "conflict" | "sheet_refused":
            return state
    raise ValueError(f"a change of a record that cannot be replayed: {change.what}")


def _with_ending(state: RecordState, what: str, still: bool, on: date | None, case_id: int | None) -> RecordState:
    ending = next(ending for ending in ENDINGS if what in (ending.ended, ending.again))
    now: dict[str, Any] = {ending.still: still, ending.on: on, ending.by_case: case_id}
    return replace(state, **now)


def _beside(change: RecordChange, said: str) -> frozenset[tuple[int | None, str, str, date]]:
    """The statement that a change names before or after it; nothing where it names none."""
    if not said:
        return frozenset()
    kept = json.loads(said)
    return frozenset({(change.case_id, change.field, kept["statement"], date.fromisoformat(kept["checked_on"]))})
