"""A form made from what an action asks: one WTForms field for each field of the definition, named as it names them.

It checks that answers can be read (a date is a date); whether they are enough is the workflow's to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flask_babel import gettext as _
from wtforms import (
    DateField,
    Field,
    FormField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from cases.evidence import StoredFile
from registry.columns import Column
from web.claim_form import LONGEST, claims_form, findings_form
from web.forms import Form
from web.language import in_words
from workflow import definition as words
from workflow.definition import FieldKind
from workflow.findings import may_find
from workflow.refusal import Message


@dataclass(frozen=True)
class Offered:
    """What a form may offer: bureaus and deadlines by code and words, the record's columns and what they say."""

    bureaus: Sequence[tuple[int, str]] = ()
    deadlines: Sequence[tuple[str, str]] = ()
    columns: Sequence[Column] = ()
    record: Mapping[str, str] = field(default_factory=dict)
    to_find: Sequence[str] = ()
    claims: Mapping[str, str] = field(default_factory=dict)


class Fault(NamedTuple):
    """One line of the summary: the id to which it leads, the field's name, the sentence."""

    id: str
    label: str
    words: str


class ActForm(Form):
    """The form of one action; `shown` is the version of the case that the page showed, `kept` the files so far."""

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
        data = _printable(self[asked.name].data)
        if asked.kind is FieldKind.CLAIMS:
            return {name: claim["value"] for name, claim in data.items() if claim.get("wrong")}
        if asked.kind is FieldKind.BUREAU:
            return next((id for id, _name in self.offered.bureaus if str(id) == data), None)
        if asked.kind is FieldKind.DEADLINE:
            return next((code for code, _words in self.offered.deadlines if code == data), None)
        return data.strip() if isinstance(data, str) else data

    def mark(self, faults: Mapping[str, Message]) -> None:
        """Set the workflow's faults beside the fields they are about."""
        for name, message in faults.items():
            target = self._find(name)
            target.errors = [*target.errors, in_words(message)]

    def _find(self, name: str) -> Any:
        head, _dot, tail = name.partition(".")
        found: Any = self[head] if head in self else self[self.asked[0].name]
        if not isinstance(found, FormField):
            return found
        if not tail:
            return next(iter(_inner(found)))
        return found.form[tail].form["finding"] if "finding" in found.form[tail].form else found.form[tail]

    def faults(self) -> list[Fault]:
        """Every fault for the summary."""
        return [fault for asked in self for fault in _faults_of(asked)]


def _printable(data: Any) -> Any:
    """What was typed, without the character that no database keeps."""
    if isinstance(data, str):
        return data.replace("\0", "")
    return {name: _printable(inner) for name, inner in data.items()} if isinstance(data, dict) else data


def act_form(asked: Iterable[words.Field], offered: Offered) -> ActForm:
    """The form of these fields."""
    fields = tuple(asked)
    made = {one.name: _field(one, offered) for one in fields}
    kind = type("OneActForm", (ActForm,), {**made, "asked": fields, "offered": offered})
    form: ActForm = kind()
    return form


def _inner(asked: Any) -> Iterable[Any]:
    """The fields of a form within a form that can bear a fault, innermost first."""
    for one in asked.form:
        yield from _inner(one) if isinstance(one, FormField) else (one,)


def _faults_of(asked: Any, label: str = "") -> Iterable[Fault]:
    own = str(asked.label.text)
    if isinstance(asked, FormField):
        for inner in asked.form:
            yield from _faults_of(inner, own if not isinstance(inner, FormField) else "")
    elif asked.errors:
        first = f"{asked.id}-0" if isinstance(asked, RadioField) else asked.id
        yield Fault(first, label or own, str(asked.errors[0]))


def _field(asked: words.Field, offered: Offered) -> Field:
    label, hint = _(asked.label), _(asked.hint) if asked.hint else ""
    match asked.kind:
        case FieldKind.LINE:
            return StringField(label, [Optional(), Length(max=200)], description=hint)
        case FieldKind.DATE:
            return DateField(label, [Optional()], description=hint)
        case FieldKind.CHOICE:
            choices = [SelectChoice(choice.code, _(choice.label)) for choice in asked.choices]
            return RadioField(label, [Optional()], choices=choices, description=hint, validate_choice=False)
        case FieldKind.BUREAU:
            return _select(label, [(str(id), name) for id, name in offered.bureaus], hint)
        case FieldKind.DEADLINE:
            return _select(label, list(offered.deadlines), hint)
        case FieldKind.FILES:
            return MultipleFileField(label, description=hint)
        case FieldKind.CLAIMS:
            return FormField(claims_form(offered.columns, offered.record), label, description=hint)
        case FieldKind.FINDINGS:
            allowed = {name: may_find(asked, name) for name in offered.to_find}
            return FormField(findings_form(offered.columns, allowed, offered.record, offered.claims), label,
                             description=hint)  # fmt: skip
    return TextAreaField(label, [Optional(), Length(max=LONGEST)], description=hint)


def _select(label: str, known: list[tuple[str, str]], hint: str) -> Field:
    offered = known if len(known) == 1 else [("", _("Choose")), *known]
    choices = [SelectChoice(code, label) for code, label in offered]
    return SelectField(label, [Optional()], choices=choices, description=hint, validate_choice=False)
