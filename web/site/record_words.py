"""A record's fields as pages name them, show them and ask for them, in the reader's language.

The forms check that a value can be read as its column's; whether answers are enough is for the workflow to say.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import BooleanField, Field, FormField, HiddenField, RadioField, StringField, TextAreaField, ValidationError
from wtforms import Form as Part
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from cases.engine.answers import SAYS_ALREADY
from extensions import db
from registry.cleaning import Unfit, clean
from registry.columns import ADVERSE, CLASSES, KIND_LABELS, Column, Type, column_of, shown
from registry.credit_records import CreditRecord
from registry.organisations import Bureau, folded
from registry.people import names_of
from web.parts.display_facts import LISTED
from web.parts.words import Words, listed
from web.site.access import identity
from web.site.language import bureau_name, in_words
from workflow.definition import Party
from workflow.past import AS_CLAIMED, DISPLAY, KEPT, OTHER, UNDECIDABLE
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


def handler_names(record: CreditRecord) -> Words:
    """Who handled the decision: the accounts that were chosen, and names that are nobody's for sure."""
    chosen = names_of(db.session(), record.handlers or ())
    names: list[Words] = [*chosen.values(), *(name for name in record.named_handlers.split("\n") if name)]
    return listed(list(dict.fromkeys(names))) if names else ""


def author_of(record: CreditRecord, bureau: Bureau) -> Words:
    """The body that decided, by the name that the record gives it: who took over from it is not the author (D26)."""
    said = record.values.get("determined_by", "")
    if not said or folded(said) == folded(bureau.name):
        return bureau_name(bureau)
    return say("{name} (as the record says; today {bureau})", name=said, bureau=bureau_name(bureau))


def record_title(record: CreditRecord) -> Words:
    """What a record is called by what stands in it today."""
    return title_in(record.kind, record.values)


def title_in(kind: str, values: Mapping[str, str]) -> Words:
    """What was imposed: its kinds, and the fine where there is one; of another kind of record which, and which list."""
    if kind != "penalty":
        name = values.get("list_name", "")
        return say("{kind}: {name}", kind=kind_label(kind), name=name) if name else kind_label(kind)
    kinds: list[Words] = [one for one in map(str.strip, values.get("penalty_kind", "").split(";")) if one]
    said = reduce(lambda first, second: say("{first}; {second}", first=first, second=second), kinds or [say("Penalty")])
    fine = values.get("fine", "")
    return say("{kind}, {amount}", kind=said, amount=shown(fine, Type.AMOUNT)) if fine else said


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


def template_words() -> dict[str, Any]:
    """For `context_processor`: the functions that templates about records use."""
    return {
        "name_of": bureau_name,
        "author_of": author_of,
        "title_of": record_title,
        "kind_of": kind_label,
        "adverse": ADVERSE,
        "listed_kinds": LISTED,
        "shown": value_words,
        "classes": CLASSES,
        "told": in_this_language,
        "at_work": at_work,
    }


LONGEST = 20_000
SHORT = 12


class ClaimForm(Part):
    """Tick that a column is wrong, and write what it should say. Made for one column and what the record says."""

    column: Column
    was: str
    wrong = BooleanField(lazy_gettext("This is wrong"))
    value = StringField(lazy_gettext("It should say"), [Length(max=LONGEST)])

    def validate_value(self, asked: Field) -> None:
        if (asked.data or "").strip():
            self.wrong.data = True
        if not self.wrong.data:
            return
        asked.data = _cleaned(self.column, asked.data or "")
        if not asked.data:
            raise ValidationError(_("Enter what it should say, or take the tick away."))
        if asked.data == self.was:
            raise ValidationError(in_words(SAYS_ALREADY))


class DisplayClaimForm(Part):
    wrong = BooleanField(lazy_gettext("It must no longer be displayed"))
    value = HiddenField(default="ended")


class FindingForm(Part):
    """The finding on one disputed field, another value where there is one, and the reason. Made for one field."""

    column: Column | None

    def validate_value(self, asked: Field) -> None:
        if self["finding"].data == OTHER and self.column and (asked.data or "").strip():
            asked.data = _cleaned(self.column, asked.data)


def claims_form(columns: Sequence[Column], record: Mapping[str, str]) -> type[Part]:
    """For each column, and for the display, what is wrong."""
    made: dict[str, Field] = {}
    for column in columns:
        form = type("OneClaimForm", (ClaimForm,), {"column": column, "was": record.get(column.key, "")})
        made[column.key] = FormField(form, _(column.label))
    made[DISPLAY] = FormField(DisplayClaimForm, _("The display itself"))
    return type("ClaimsForm", (Part,), made)


def findings_form(
    columns: Sequence[Column],
    to_find: Mapping[str, Sequence[str]],
    record: Mapping[str, str],
    claims: Mapping[str, str],
) -> type[Part]:
    """For each disputed field what is found.

    `to_find` gives the findings that may be made on each field; record and claims give the values that they name.
    """
    known = {column.key: column for column in columns}
    made: dict[str, Field] = {}
    for name, allowed in to_find.items():
        column = known.get(name)
        values = {AS_CLAIMED: claims.get(name, ""), KEPT: record.get(name, "")} if column else {}
        kind = column.type if column else None
        choices = [SelectChoice(code, _choice(code, shown(values.get(code, ""), kind))) for code in allowed]
        fields: dict[str, Any] = {
            "column": column,
            "finding": RadioField(_("Finding"), choices=choices, validate_choice=False),
            "reason": TextAreaField(_("Reason for this field"), [Length(max=LONGEST)]),
        }
        if OTHER in allowed:
            fields["value"] = StringField(_("The value it should have"), [Length(max=LONGEST)])
        form = type("OneFindingForm", (FindingForm,), fields)
        made[name] = FormField(form, _(column.label) if column else _("The display itself"))
    return type("FindingsForm", (Part,), made)


def _choice(code: str, value: Words) -> str:
    """A finding in words, with the value that the record then has where it is short enough to read."""
    if not value or len(str(value)) > SHORT:
        return in_words(FINDINGS[code])
    return in_words(say("As claimed: {value}", value=value) if code == AS_CLAIMED else say("Keep {value}", value=value))


def _cleaned(column: Column, text: str) -> str:
    """The value as the record keeps it. Raises ValidationError with the sentence to show."""
    try:
        return clean(column, text)
    except Unfit as unfit:
        raise ValidationError(in_words(unfit.message)) from None
