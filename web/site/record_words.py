"""A record's fields as its pages name and show them, in the reader's language."""

import re
from collections.abc import Mapping
from functools import reduce
from typing import Any, Final

from registry.columns import ADVERSE, CLASSES, KIND_LABELS, Column, Type, column_of, shown
from registry.credit_records import CreditRecord
from web.parts.words import Amount, Words
from web.site.access import identity
from web.site.bodies import bureau_name
from web.site.language import in_words
from workflow.definition import Party
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


FIGURE: Final = re.compile(r"[0-9]+(\.[0-9]+)?")
CLASS_LABELS: Final[Mapping[str, Message]] = CLASSES


def record_title(record: CreditRecord) -> Words:
    """What was imposed: its kinds, and the fine where there is one; of another kind of record which, and which list."""
    if record.kind != "penalty":
        return _listing(record)
    kinds: list[Words] = [kind for kind in map(str.strip, record.values.get("penalty_kind", "").split(";")) if kind]
    said = reduce(_and, kinds) if kinds else say("Penalty")
    fine = record.values.get("fine", "")
    return say("{kind}, {amount}", kind=said, amount=amount_words(fine)) if fine else said


def amount_words(ten_thousands: str) -> Words:
    """An amount as people say it: the record's own figure with 万元, in English in yuan."""
    if not FIGURE.fullmatch(ten_thousands):
        return say("{figure} × 10,000 yuan", figure=ten_thousands)
    return say("{amount}", amount=Amount(ten_thousands))


def kind_label(kind: str) -> Message:
    """What a kind of record is called."""
    return say(KIND_LABELS[kind])


def in_this_language(words: Words) -> str:
    """Words, translated where they are a message."""
    return in_words(words) if isinstance(words, Message) else words


def at_work() -> bool:
    """Whether the reader works with records, and so reads them densely; a firm reads them spaciously."""
    return not identity().parties.isdisjoint((Party.BUREAU, Party.OFFICE))


def value_words(column: Column, value: str) -> str:
    """A value as pages write it beside others."""
    return in_this_language(shown(value, column.type))


def value_in_a_sentence(column: Column | None, value: str) -> Words:
    """The same within a sentence, where an amount needs its unit. None for a column that only one sheet had."""
    kind = column.type if column else None
    return amount_words(value) if kind is Type.AMOUNT and value else shown(value, kind)


def template_words() -> dict[str, Any]:
    """For `context_processor`: the functions that templates about records use."""
    return {
        "name_of": bureau_name,
        "title_of": record_title,
        "kind_of": kind_label,
        "adverse": ADVERSE,
        "shown": value_words,
        "classes": CLASS_LABELS,
        "told": in_this_language,
        "at_work": at_work,
    }


def _listing(record: CreditRecord) -> Message:
    name = record.values.get("list_name", "")
    return say("{kind}: {name}", kind=kind_label(record.kind), name=name) if name else kind_label(record.kind)


def _and(first: Words, second: Words) -> Words:
    return say("{first}; {second}", first=first, second=second)
