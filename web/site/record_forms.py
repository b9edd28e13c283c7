"""Forms over the fields of a record: what a claim says is wrong, and what is found on each disputed field.

They check that a value can be read as its column's; whether answers are enough is for the workflow to say.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, Field, FormField, HiddenField, RadioField, StringField, TextAreaField, ValidationError
from wtforms import Form as Part
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from registry.cleaning import Unfit, clean
from registry.columns import Column, shown
from web.parts.words import Words
from web.site.language import in_words
from web.site.record_words import FINDINGS
from workflow.findings import AS_CLAIMED, DISPLAY, KEPT, OTHER
from workflow.refusal import say

LONGEST = 20_000
SHORT = 12

Check = Callable[[Any, Any], None]


def claims_form(columns: Sequence[Column], record: Mapping[str, str]) -> type[Part]:
    """For each column: tick that it is wrong, and write what it should say."""
    made: dict[str, Field] = {
        column.key: FormField(_claim_form(column, record.get(column.key, "")), _(column.label)) for column in columns
    }
    made[DISPLAY] = FormField(_display_claim(), _("The display itself"))
    return type("ClaimsForm", (Part,), made)


def findings_form(
    columns: Sequence[Column],
    to_find: Mapping[str, Sequence[str]],
    record: Mapping[str, str],
    claims: Mapping[str, str],
) -> type[Part]:
    """For each disputed field: the finding, another value where there is one, and the reason.

    `to_find` gives the findings that may be made on each field; record and claims give the values that they name.
    """
    known = {column.key: column for column in columns}
    made: dict[str, Field] = {}
    for name, allowed in to_find.items():
        column = known.get(name)
        label = _(column.label) if column else _("The display itself")
        values = {AS_CLAIMED: claims.get(name, ""), KEPT: record.get(name, "")} if column else {}
        made[name] = FormField(_finding_form(allowed, column, values), label)
    return type("FindingsForm", (Part,), made)


def _claim_form(column: Column, was: str) -> type[Part]:
    return type(
        "ClaimForm",
        (Part,),
        {
            "wrong": BooleanField(_("This is wrong")),
            "value": StringField(_("It should say"), [Length(max=LONGEST), _fits_claim(column, was)]),
        },
    )


def _fits_claim(column: Column, was: str) -> Check:
    def fits(form: Any, asked: Any) -> None:
        if (asked.data or "").strip():
            form.wrong.data = True
        if not form.wrong.data:
            return
        asked.data = _cleaned(column, asked.data or "")
        if not asked.data:
            raise ValidationError(_("Write what it should say, or take the tick away."))
        if asked.data == was:
            raise ValidationError(_("This is what the record says already: write what it should say instead."))

    return fits


def _display_claim() -> type[Part]:
    return type(
        "DisplayClaimForm",
        (Part,),
        {"wrong": BooleanField(_("It must no longer be displayed")), "value": HiddenField(default="ended")},
    )


def _finding_form(allowed: Sequence[str], column: Column | None, values: Mapping[str, str]) -> type[Part]:
    kind = column.type if column else None
    choices = [SelectChoice(code, _choice(code, shown(values.get(code, ""), kind))) for code in allowed]
    fields: dict[str, Field] = {
        "finding": RadioField(_("Finding"), choices=choices, validate_choice=False),
        "reason": TextAreaField(_("Reason for this field"), [Length(max=LONGEST)]),
    }
    if OTHER in allowed:
        fields["value"] = StringField(_("The value it should have"), [Length(max=LONGEST), _fits_finding(column)])
    return type("FindingForm", (Part,), fields)


def _choice(code: str, value: Words) -> str:
    """A finding in words, with the value that the record then has where it is short enough to read."""
    if not value or len(str(value)) > SHORT:
        return in_words(FINDINGS[code])
    return in_words(say("As claimed: {value}", value=value) if code == AS_CLAIMED else say("Keep {value}", value=value))


def _fits_finding(column: Column | None) -> Check:
    def fits(form: Any, asked: Any) -> None:
        if form.finding.data == OTHER and column and (asked.data or "").strip():
            asked.data = _cleaned(column, asked.data)

    return fits


def _cleaned(column: Column, text: str) -> str:
    """The value as the record keeps it. Raises ValidationError with the sentence to show."""
    try:
        return clean(column, text)
    except Unfit as unfit:
        raise ValidationError(in_words(unfit.message)) from None
