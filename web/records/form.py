"""The form by which a record is typed in: one field a column of its kind, as sheets name and order them. Pure.

It asks; what was typed is cleaned and checked in `registry/record_entry.py`, as an import cleans it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _
from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from registry.columns import CLASSES, KINDS, SEVERITIES, Column, Type
from registry.organisations import Bureau
from registry.record_entry import BUREAU_CODES, TypedRecord
from web.site.bodies import bureau_name
from web.site.forms import Form
from web.site.language import in_words
from web.site.request_limits import number_in
from workflow.refusal import Message, say

LONGEST: Final = 20_000
NONE: Final = 0
"""An id that no bureau has: what was not offered is refused in words."""
LONG: Final = ("facts", "basis", "penalty", "remark")
HINTS: Final[Mapping[Type, Message]] = {
    Type.DATE: say("For example 2026-06-06."),
    Type.AMOUNT: say("In 10,000 yuan, for example 0.50."),
}
FIRM: Final = ("name", "uscc", "legal_representative")
NUMBERS: Final = ("subject_kind", "registration_number", "organisation_code", "tax_number")
DISPLAY: Final = ("displayed_from", "display_until", "severity")
SOURCE: Final = ("determined_by", "supplied_by", "handler", "remark")


@dataclass(frozen=True)
class Group:
    """Fields that belong together under a heading; `seldom`: folded away while nothing is written in them."""

    heading: Message
    fields: tuple[Any, ...]
    seldom: bool = False

    @property
    def unfolded(self) -> bool:
        return any(field.errors or field.data for field in self.fields)


class RecordForm(Form):
    """The form of one kind; `own` is the bureau of who types, which then is the one that decided."""

    columns: Sequence[Column] = ()
    kind: str = ""
    own: Bureau | None = None

    def entry(self) -> TypedRecord:
        """What was typed."""
        cells = {column.key: self[column.key].data or "" for column in self.columns if column.type is not Type.BUREAU}
        return TypedRecord(
            self.kind,
            cells,
            self.own.id if self.own else self._bureau("determined_by") or NONE,
            self._bureau("supplied_by"),
        )

    def mark(self, faults: Mapping[str, Message]) -> None:
        """Set what is wrong beside the fields."""
        for key, message in faults.items():
            field = self[key] if key in self else self["document_number"]
            field.errors = (in_words(message),)

    def groups(self) -> tuple[Group, ...]:
        """The fields as the page shows them."""
        elsewhere = {*FIRM, *NUMBERS, *DISPLAY, *SOURCE}
        own = [column.key for column in self.columns if column.key not in elsewhere]
        return (
            Group(say("The enterprise"), self._of(FIRM)),
            Group(say("Its other numbers"), self._of(NUMBERS), seldom=True),
            Group(say("What was decided"), self._of(own)),
            Group(say("Display and class"), self._of(DISPLAY)),
            Group(say("Who decided and who supplied it"), self._of(SOURCE)),
        )

    def optional(self, field: Field) -> bool:
        """Whether the field may stay empty."""
        return not any(
            column.key == field.name and (column.needed or column.key == "determined_by") for column in self.columns
        )

    def _of(self, keys: Sequence[str]) -> tuple[Field, ...]:
        return tuple(self[key] for key in keys if key in self)

    def _bureau(self, key: str) -> int | None:
        return number_in(self[key].data, NONE) if self[key].data else None


def record_form(kind: str, bureaus: Sequence[Bureau], own: Bureau | None) -> RecordForm:
    """The form of a kind, as it was sent. `bureaus`: those that stand today."""
    asked = [column for column in KINDS[kind] if column.key not in BUREAU_CODES]
    made = {column.key: _field(column, bureaus) for column in asked if not (own and column.key == "determined_by")}
    one = type("OneRecordForm", (RecordForm,), {**made, "columns": asked, "kind": kind, "own": own})
    form: RecordForm = one()
    return form


def _field(column: Column, bureaus: Sequence[Bureau]) -> Field:
    label = _(column.label)
    if column.type is Type.BUREAU:
        first = _("Choose") if column.key == "determined_by" else _("The same bureau")
        return _select(label, [("", first), *((str(bureau.id), bureau_name(bureau)) for bureau in bureaus)])
    if column.type is Type.CLASS:
        classes = [(code, in_words(CLASSES[code])) for code in SEVERITIES.values()]
        return _select(label, [("", _("not stated by the bureau")), *classes])
    hint = in_words(HINTS[column.type]) if column.type in HINTS else ""
    fits = [Length(max=LONGEST, message=_("This is too long."))]
    if column.key in LONG:
        return TextAreaField(label, fits, description=hint)
    return StringField(label, fits, description=hint)


def _select(label: str, offered: Sequence[tuple[str, str]]) -> Field:
    choices = [SelectChoice(code, words) for code, words in offered]
    return SelectField(label, choices=choices, validate_choice=False)
