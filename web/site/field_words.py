"""What fields of a record and findings are called on pages."""

from __future__ import annotations

from typing import Final

from registry.columns import Column, column_of
from registry.credit_records import CreditRecord
from workflow.findings import AS_CLAIMED, DISPLAY, KEPT, OTHER, UNDECIDABLE
from workflow.refusal import Message, say

FINDINGS: Final = {
    AS_CLAIMED: say("As claimed"),
    OTHER: say("Another value"),
    KEPT: say("Keep the record"),
    UNDECIDABLE: say("Cannot be established"),
}


def field_label(record: CreditRecord | None, field: str) -> Message:
    """What a disputed field is called."""
    if field == DISPLAY:
        return say("The display itself")
    column = column_in(record, field)
    return say(column.label) if column else say("Value")


def column_in(record: CreditRecord | None, field: str) -> Column | None:
    """The column of a disputed field; None for one that only one sheet had, and for the display itself."""
    return column_of(record.kind if record else "penalty", field)
