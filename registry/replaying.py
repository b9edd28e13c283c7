"""A record as the replay of its changes: begin with the first one's values, then let each change do its part.

Pure: it reads rows and writes none. `replay(changes_of(record)) == state_of(record, …)` must hold for every record.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from registry.credit_records import ENDINGS, CreditRecord, RecordChange, RecordStatement, with_values

ENDED: Final = {ending.ended: ending for ending in ENDINGS}
AGAIN: Final = {ending.again: ending for ending in ENDINGS}


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
    kind: str | None = field(default=None, compare=False)
    enterprise_id: int | None = field(default=None, compare=False)
    """No change changes these two; records begun before they were said have None."""
    known_as: str | None = field(default=None, compare=False)
    """The number by which it began; none of a record as it stands."""


def replay(changes: Iterable[RecordChange]) -> RecordState:
    """The record that these changes make, oldest first."""
    state = RecordState()
    for change in changes:
        state = _after(state, change)
    return state


def state_of(
    record: CreditRecord, flags: Iterable[int] = (), statements: Iterable[RecordStatement] = ()
) -> RecordState:
    """The record as it stands in the tables."""
    return RecordState(
        values=record.values,
        determined_by_id=record.determined_by_id,
        supplied_by_id=record.supplied_by_id,
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
        case what if what in ENDED:
            return _with_ending(state, what, False, date.fromisoformat(change.after), change.case_id)
        case what if what in AGAIN:
            return _with_ending(state, what, True, None, None)
        case "statement_kept" | "statement_dropped":
            statements = state.statements - _beside(change, change.before) | _beside(change, change.after)
            return replace(state, statements=statements)
        case "updated" | "corrected" | "class_stated" | "succeeded":
            return _with_field(state, change.field, change.after)
    raise ValueError(f"a change of a record that cannot be replayed: {change.what}")


def _with_ending(state: RecordState, what: str, still: bool, on: date | None, case_id: int | None) -> RecordState:
    ending = ENDED.get(what) or AGAIN[what]
    now: dict[str, Any] = {ending.still: still, ending.on: on, ending.by_case: case_id}
    return replace(state, **now)


def _beside(change: RecordChange, said: str) -> frozenset[tuple[int | None, str, str, date]]:
    """The statement that a change names before or after it; nothing where it names none."""
    if not said:
        return frozenset()
    kept = json.loads(said)
    return frozenset({(change.case_id, change.field, kept["statement"], date.fromisoformat(kept["checked_on"]))})


def _with_field(state: RecordState, name: str, after: str) -> RecordState:
    if name == "determined_by_id":
        return replace(state, determined_by_id=int(after))
    if name == "supplied_by_id":
        return replace(state, supplied_by_id=int(after))
    return replace(state, values=with_values(state.values, {name: after}))
