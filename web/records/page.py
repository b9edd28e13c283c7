"""One record whole: every column with what is said beside it, and everything that befell it. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from cases.model.tables import Case
from registry.columns import KINDS, Column, column_of
from registry.credit_records import CreditRecord, RecordChange, RecordStatement
from web.parts.words import Words
from web.site.record_words import value_words
from workflow.refusal import Message, say

DONE: Final[Mapping[str, Message]] = {
    "imported": say("Taken in from a record sheet"),
    "entered": say("Entered by hand"),
    "updated": say("Changed by a new record sheet"),
    "corrected": say("Corrected"),
    "class_stated": say("The bureau stated the class"),
    "flagged": say("Marked as under objection"),
    "unflagged": say("The mark of an objection was taken away"),
    "display_ended": say("Display ended"),
    "shown_again": say("Displayed again"),
    "delisted": say("Taken off the list"),
    "listed_again": say("Put on the list again"),
    "sharing_stopped": say("Sharing and use stopped"),
    "shared_again": say("Shared and used again"),
    "statement_kept": say("The statement of the enterprise is kept beside the field"),
    "statement_dropped": say("The statement of the enterprise beside the field was taken off"),
    "succeeded": say("Passed to the successor of the bureau"),
}


@dataclass(frozen=True)
class Cell:
    """A column and what it says; `beside`: statements kept with it (D8)."""

    column: Column
    value: str
    beside: tuple[RecordStatement, ...]

    @property
    def says(self) -> bool:
        return bool(self.value or self.beside)


@dataclass(frozen=True)
class Befell:
    """One change: when, what, of which field, from what to what, by which case the reader may see, by whom."""

    at: datetime
    what: Message
    field: Words
    before: str
    after: str
    case: str
    who: Words


def cells(record: CreditRecord, statements: Sequence[RecordStatement]) -> tuple[Cell, ...]:
    """Every column of the sheet, those that say nothing too."""
    return tuple(
        Cell(
            column,
            value_words(column, record.values.get(column.key, "")),
            tuple(statement for statement in statements if statement.field == column.key),
        )
        for column in KINDS[record.kind]
    )


def other_columns(record: CreditRecord) -> tuple[tuple[str, str], ...]:
    """What the sheet had beside the national columns, by its own heading."""
    known = {column.key for column in KINDS[record.kind]}
    return tuple((key, value) for key, value in record.values.items() if key not in known)


def left_list_on(record: CreditRecord, today: date) -> date | None:
    """Since when the enterprise is off the list: by a case, else by the day that the sheet gives."""
    said = record.values.get("removed_on", "")
    by_sheet = date.fromisoformat(said) if said else None
    return record.delisted_on or (by_sheet if by_sheet and by_sheet <= today else None)


def history(
    record: CreditRecord,
    changes: Sequence[RecordChange],
    cases: Sequence[Case],
    people: Mapping[int, str],
    bureaus: Mapping[int, str],
) -> tuple[Befell, ...]:
    """Everything that befell the record, the newest first. A case that the reader may not see is not named."""
    numbers = {case.id: case.number for case in cases}
    return tuple(_befell(record, change, numbers, people, bureaus) for change in reversed(changes))


def _befell(
    record: CreditRecord,
    change: RecordChange,
    numbers: Mapping[int, str],
    people: Mapping[int, str],
    bureaus: Mapping[int, str],
) -> Befell:
    before, after = _values(record, change, bureaus)
    return Befell(
        at=change.at,
        what=DONE.get(change.what, say("Changed")),
        field=_field(record, change),
        before=before,
        after=after,
        case=numbers.get(change.case_id or 0, ""),
        who=_who(change, people),
    )


def _field(record: CreditRecord, change: RecordChange) -> Words:
    if change.field in ("determined_by_id", "supplied_by_id"):
        return _field_named(record, change.field.removesuffix("_id"))
    return _field_named(record, change.field) if change.field else ""


def _field_named(record: CreditRecord, key: str) -> Words:
    column = column_of(record.kind, key)
    return say(column.label) if column else key


def _values(record: CreditRecord, change: RecordChange, bureaus: Mapping[int, str]) -> tuple[str, str]:
    """What stood before and after, where the change is one of a value; a first import is not written out."""
    if change.what in ("imported", "entered", "flagged", "unflagged"):
        return "", ""
    if change.what in ("statement_kept", "statement_dropped"):
        before, after = (str(json.loads(said)["statement"]) if said else "" for said in (change.before, change.after))
        return before, after
    if change.what == "succeeded":
        return bureaus.get(int(change.before), ""), bureaus.get(int(change.after), "")
    column = column_of(record.kind, change.field)
    return (
        (value_words(column, change.before), value_words(column, change.after))
        if column
        else (change.before, change.after)
    )


def _who(change: RecordChange, people: Mapping[int, str]) -> Words:
    kind, _colon, rest = change.actor.partition(":")
    if kind == "user":
        return people.get(int(rest), "")
    return say("the sheet {name}", name=rest) if kind == "import" else say("the clock")
