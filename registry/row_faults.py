"""What is wrong with the values of a record as a whole, whichever way they came: by a sheet or by hand.

It looks at values that have been cleaned one by one; it knows no bureau, no firm and no table.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from registry.columns import CITIZENS, KINDS
from workflow.refusal import Message, say

NOT_BEFORE: Final[Mapping[str, str]] = {
    "display_until": "The display would end on {until}, before the decision of {decided}.",
    "displayed_from": "The display would begin on {day}, before the decision of {decided}.",
    "removed_on": "It would be removed from the list on {day}, before it was listed on {decided}.",
}
"""Days that cannot lie before the decision, and what is said then."""
NEEDED: Final = say("Nothing is written here: without it the row cannot be imported.")


@cache
def needed(kind: str) -> tuple[str, ...]:
    """The keys of the columns without which no record of this kind goes in."""
    return tuple(column.key for column in KINDS[kind] if column.needed)


def row_faults(kind: str, values: Mapping[str, str], today: str, missing: Message = NEEDED) -> dict[str, Message]:
    """By column key: what is missing, what lies in the future, what cannot come before what. `today` is ISO."""
    wrong = {key: missing for key in needed(kind) if key not in values}
    decided = values.get("decided_on", "")
    if decided > today:
        wrong["decided_on"] = say("{day} lies in the future.", day=decided)
    else:
        for key in NOT_BEFORE:
            if (day := values.get(key, "")) and decided > day:
                wrong[key] = say(NOT_BEFORE[key], day=day, until=day, decided=decided)
    if values.get("subject_kind") in CITIZENS:
        wrong["subject_kind"] = say("Records of citizens are not handled yet: only those of enterprises.")
    return wrong
