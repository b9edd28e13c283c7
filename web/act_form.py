"""A form made from what an action asks: one WTForms field for each field of the definition, named as it names them.

It checks that answers can be read (a date is a date); whether they are enough is the workflow's to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    Field,
    Form,
    FormField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional

from cases.evidence import StoredFile
from registry.cleaning import Unfit, clean
from registry.columns import Column
from web.language import in_words
from workflow import definition as words
from workflow.definition import FieldKind
from workflow.findings import DISPLAY, may_find
from workflow.refusal import Message

LONGEST = 20_000
FINDING_WORDS = {
    "as_claimed": "As claimed",
    "other": "Another value",
    "kept": "Keep the record",
    "undecidable": "Cannot be established",
}  # message ids; registered for translation in `labels`


@dataclass(frozen=True)
class Offered:
    """What a form may offer: bureaus and deadlines by code and words, the record's columns and what they say."""

    bureaus: Sequence[tuple[int, str]] = ()
    deadlines: Sequence[tuple[str, str]] = ()
    columns: Sequence[Column] = ()
    record: Mapping[str, str] = field(default_factory=dict)
    to_find: Sequence[str] = ()
    claims: Mapping[str, str] = field(default_factory=dict)


class ActForm(FlaskForm):
    """The form of one action; `shown` is the version of the case that the page showed."""

    shown = HiddenField()
    kept = HiddenField()

    asked: tuple[words.Field, ...] = ()
    offered: Offered = Offered()

    def answers(self, files: Sequence[StoredFile]) -> dict[str, object]:
        """What was answered, as `decide` takes it."""
        return {asked.name: self._answer(asked, files) for asked in self.asked}

    def _answer(self, asked: words.Field, files: Sequence[StoredFile]) -> object:
        if asked.kind is FieldKind.FILES:
            return tuple(files)
        data = self[asked.name].data
        if asked.kind is FieldKind.CLAIMS:
            return {name: claim["value"] for name, claim in data.items() if claim.get("wrong")}
        if asked.kind is FieldKind.FINDINGS:
            return data
        if asked.kind is FieldKind.BUREAU:
            return int(data) if data else None
        return data.strip() if isinstance(data, str) else data

    def mark(self, faults: Mapping[str, Message]) -> None:
        """Set the workflow's faults beside the fields they are about."""
        for name, message in faults.items():
            target = self._find(name)
            target.errors = [*target.errors, in_words(message)]

    def _find(self, name: str) -> Any:
        head, _dot, tail = name.partition(".")
        found = self[head] if head in self else next(iter(self))
        return found.form[tail] if tail and isinstance(found, FormField) else found

    def faults(self) -> Iterable[tuple[str, str, str]]:
        """Every fault for the summary: the id of its field, its label, the sentence."""
        for asked in self:
            yield from _faults_of(asked)


def act_form(asked: Iterable[words.Field], offered: Offered) -> ActForm:
    """The form of these fields."""
    fields = tuple(asked)
    made = {one.name: _field(one, offered) for one in fields}
    kind = type("OneActForm", (ActForm,), {**made, "asked": fields, "offered": offered})
    form: ActForm = kind()
    return form


def _faults_of(asked: Any) -> Iterable[tuple[str, str, str]]:
    if isinstance(asked, FormField):
        if asked.errors and not isinstance(asked.errors, dict):
            yield asked.id, str(asked.label.text), str(asked.errors[0])
        for inner in asked.form:
            label = str(asked.label.text) if not isinstance(inner, FormField) and asked.label.text else ""
            for id, own, fault in _faults_of(inner):
                yield id, label or own, fault
    elif asked.errors:
        yield asked.id, str(asked.label.text), str(asked.errors[0])


def _field(asked: words.Field, offered: Offered) -> Field:
    label, hint = _(asked.label), _(asked.hint) if asked.hint else ""
    match asked.kind:
        case FieldKind.LINE:
            return StringField(label, [Optional(), Length(max=200)], description=hint)
        case FieldKind.DATE:
            return DateField(label, [Optional()], description=hint)
        case FieldKind.CHOICE:
            choices = [(choice.code, _(choice.label)) for choice in asked.choices]
            return RadioField(label, [Optional()], choices=choices, description=hint, validate_choice=False)
        case FieldKind.BUREAU:
            return _select(label, [(str(id), name) for id, name in offered.bureaus], hint)
        case FieldKind.DEADLINE:
            return _select(label, list(offered.deadlines), hint)
        case FieldKind.FILES:
            return MultipleFileField(label, description=hint)
        case FieldKind.CLAIMS:
            return FormField(_claims_form(offered), label, description=hint)
        case FieldKind.FINDINGS:
            return FormField(_findings_form(asked, offered), label, description=hint)
    return TextAreaField(label, [Optional(), Length(max=LONGEST)], description=hint)


def _select(label: str, choices: list[tuple[str, str]], hint: str) -> Field:
    choices = choices if len(choices) == 1 else [("", _("Choose")), *choices]
    return SelectField(label, [Optional()], choices=choices, description=hint, validate_choice=False)


def _claims_form(offered: Offered) -> type[Form]:
    """For each column: tick that it is wrong, and write what it should say."""
    made = {column.key: FormField(_claim_form(column, offered), _(column.label)) for column in offered.columns}
    made[DISPLAY] = FormField(_display_claim(), _("The display itself"))
    return type("ClaimsForm", (Form,), made)


def _claim_form(column: Column, offered: Offered) -> type[Form]:
    def fits(form: Any, asked: Any) -> None:
        if not form.wrong.data and (asked.data or "").strip():
            form.wrong.data = True
        if not form.wrong.data:
            return
        try:
            asked.data = clean(column, asked.data or "")
        except Unfit as unfit:
            raise ValueError(in_words(unfit.message)) from None
        if not asked.data:
            raise ValueError(_("Write what it should say, or take the tick away."))
        if asked.data == offered.record.get(column.key, ""):
            raise ValueError(_("This is what the record says already: write what it should say instead."))

    return type("ClaimForm", (Form,), {
        "wrong": BooleanField(_("This is wrong")),
        "value": StringField(_("It should say"), [Length(max=LONGEST), fits]),
    })  # fmt: skip


def _display_claim() -> type[Form]:
    return type("DisplayClaimForm", (Form,), {
        "wrong": BooleanField(_("It must no longer be displayed")),
        "value": HiddenField(default="ended"),
    })  # fmt: skip


def _findings_form(asked: words.Field, offered: Offered) -> type[Form]:
    """For each disputed field: the finding, another value where there is one, and the reason."""
    columns = {column.key: column for column in offered.columns}
    made = {}
    for name in offered.to_find:
        column = columns.get(name)
        label = _(column.label) if column else _("The display itself")
        made[name] = FormField(_finding_form(may_find(asked, name), column), label)
    return type("FindingsForm", (Form,), made)


def _finding_form(allowed: Sequence[str], column: Column | None) -> type[Form]:
    def fits(form: Any, asked: Any) -> None:
        if form.finding.data == "other" and column and (asked.data or "").strip():
            try:
                asked.data = clean(column, asked.data)
            except Unfit as unfit:
                raise ValueError(in_words(unfit.message)) from None

    choices = [(code, _(FINDING_WORDS[code])) for code in allowed]
    fields: dict[str, Field] = {
        "finding": RadioField(_("Finding"), choices=choices, validate_choice=False),
        "reason": TextAreaField(_("Reasons"), [Length(max=LONGEST)]),
    }
    if "other" in allowed:
        fields["value"] = StringField(_("The value it should have"), [Length(max=LONGEST), fits])
    return type("FindingForm", (Form,), fields)


def labels() -> tuple[str, ...]:
    """The findings' words, so that the translations are found."""
    return _("As claimed"), _("Another value"), _("Keep the record"), _("Cannot be established")
