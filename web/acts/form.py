"""A form made from what an action asks: one WTForms field for each field of the definition, named as it names them.

It checks that answers can be read (a date is a date); whether they are enough is the workflow's to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    Field,
    FormField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from cases.model.evidence import StoredFile
from registry.columns import Column
from web.acts.claim_form import LONGEST, claims_form, findings_form
from web.site.forms import Form
from web.site.language import in_words
from workflow import definition as words
from workflow.answers import choices_for
from workflow.definition import FieldKind
from workflow.findings import OTHER, may_find
from workflow.refusal import Message, say

LISTED: Final = (FieldKind.BUREAU, FieldKind.DEADLINE, FieldKind.RECORD, FieldKind.PERSON)
"""Kinds of fields whose answers are chosen from a list of what there is."""
OUR_OWN: Final = ("csrf_token", "shown", "kept")
"""Fields of a form that nobody fills in."""


@dataclass(frozen=True)
class Offered:
    """What a form may offer: bureaus, deadlines, records and people by code and words; of the record that it is about
    the kind, the columns and what they say."""

    bureaus: Sequence[tuple[int, str]] = ()
    deadlines: Sequence[tuple[str, str]] = ()
    columns: Sequence[Column] = ()
    record: Mapping[str, str] = field(default_factory=dict)
    to_find: Sequence[str] = ()
    claims: Mapping[str, str] = field(default_factory=dict)
    records: Sequence[tuple[int, str]] = ()
    people: Sequence[tuple[int, str]] = ()
    record_kind: str = ""

    def known(self, kind: FieldKind) -> Sequence[tuple[int | str, str]]:
        """What there is to choose from for a field of that kind."""
        match kind:
            case FieldKind.BUREAU:
                return list(self.bureaus)
            case FieldKind.RECORD:
                return list(self.records)
            case FieldKind.PERSON:
                return list(self.people)
            case _:
                return list(self.deadlines)


class Day(DateField):
    """A day. What cannot be read as one is kept as it was typed, also by a saved form."""

    def process_data(self, value: Any) -> None:
        self.data = value if isinstance(value, date) else _read(value)
        self.raw_data = [value] if isinstance(value, str) and value else None

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = " ".join(valuelist).strip()
        self.data = _read(typed)
        if typed and self.data is None:
            raise ValueError(in_words(say("{value} is not a day: write it as 2026-06-06.", value=typed)))


class Fault(NamedTuple):
    """One line of the summary: the id to which it leads, the field's name, the sentence."""

    id: str
    label: str
    words: str


class ActForm(Form):
    """The form of one action; `shown` is the version of the case that the page showed, `kept` the files so far,
    `used` the phrases that were put in."""

    shown = HiddenField()
    kept = HiddenField()
    used = HiddenField()

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
        if asked.kind in LISTED:
            return next((code for code, _words in self.offered.known(asked.kind) if str(code) == data), None)
        return data.strip() if isinstance(data, str) else data

    def mark(self, faults: Mapping[str, Message]) -> None:
        """Set the workflow's faults beside the fields they are about."""
        for name, message in faults.items():
            target = self._find(name)
            target.errors = [*target.errors, in_words(message)]

    def forgive(self, names: Iterable[str]) -> None:
        """Take the faults of forms within the form away: with these answers they are not asked."""
        for inner in [inner for name in names for inner in _inner(self[name])]:
            inner.errors = []

    def _find(self, name: str) -> Any:
        head, _dot, tail = name.partition(".")
        found: Any = self[head] if head in self else self[self.asked[0].name]
        if not isinstance(found, FormField):
            return found
        if not tail:
            first: Any = next(iter(_inner(found)))
            first.about = str(found.label.text)  # it is not about the first field, it only stands there
            return first
        return _lacking(found.form[tail].form) if "finding" in found.form[tail].form else found.form[tail]

    def faults(self) -> list[Fault]:
        """Every fault for the summary."""
        return [fault for asked in self for fault in _faults_of(asked)]

    def lines(self, faults: Mapping[str, Message]) -> list[Fault]:
        """The workflow's faults as lines that lead to the fields they are about; the fields stay as they are."""
        return [Fault(_anchor(self._find(name)), self._label(name), in_words(words)) for name, words in faults.items()]

    def _label(self, name: str) -> str:
        """What the field is called; of a form within the form, what it is about."""
        head, _dot, tail = name.partition(".")
        asked = self[head] if head in self else self[self.asked[0].name]
        return str((asked.form[tail] if tail and isinstance(asked, FormField) else asked).label.text)


def _lacking(finding: Any) -> Any:
    """What a finding lacks: the choice itself, else the other value, else the reason."""
    if not finding["finding"].data:
        return finding["finding"]
    other = finding["finding"].data == OTHER and not (finding["value"].data or "").strip()
    return finding["value"] if other else finding["reason"]


def _printable(data: Any) -> Any:
    """What was typed, without the character that no database keeps."""
    if isinstance(data, str):
        return data.replace("\0", "")
    return {name: _printable(inner) for name, inner in data.items()} if isinstance(data, dict) else data


def act_form(asked: Iterable[words.Field], offered: Offered, typed: MultiDict[str, str] | None = None) -> ActForm:
    """The form of these fields, as it was sent; `typed`: as it was filled in before."""
    fields = tuple(asked)
    made = {one.name: _field(one, offered) for one in fields}
    kind = type("OneActForm", (ActForm,), {**made, "asked": fields, "offered": offered})
    form: ActForm = kind(formdata=typed) if typed else kind()
    return form


def fields_in(form: Iterable[Any]) -> Iterable[Any]:
    """Every field of a form that somebody fills in, those of forms within it too."""
    for one in form:
        if isinstance(one, FormField):
            yield from fields_in(one.form)
        elif one.short_name not in OUR_OWN:
            yield one


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
        yield Fault(_anchor(asked), getattr(asked, "about", "") or label or own, str(asked.errors[0]))


def _anchor(asked: Any) -> str:
    """The id to which a summary leads: the first of several boxes, else the field."""
    return f"{asked.id}-0" if isinstance(asked, RadioField) else str(asked.id)


def _field(asked: words.Field, offered: Offered) -> Field:
    label, hint = _(asked.label), _(asked.hint) if asked.hint else ""
    match asked.kind:
        case FieldKind.LINE:
            return StringField(label, [Optional(), Length(max=200)], description=hint)
        case FieldKind.DATE:
            return Day(label, [Optional()], description=hint)  # type: ignore[no-untyped-call]
        case FieldKind.NUMBER:
            wanted = in_words(say("Write a whole number, 1 or more."))
            return IntegerField(label, [Optional()], invalid_value_message=wanted, description=hint)
        case FieldKind.COMMITMENT:
            return BooleanField(label, description=hint)
        case FieldKind.CHOICE:
            offered_here = choices_for(asked, offered.record_kind)
            choices = [SelectChoice(choice.code, _(choice.label)) for choice in offered_here]
            return RadioField(label, [Optional()], choices=choices, description=hint, validate_choice=False)
        case FieldKind.BUREAU | FieldKind.DEADLINE | FieldKind.RECORD | FieldKind.PERSON:
            return _select(label, [(str(code), words) for code, words in offered.known(asked.kind)], hint)
        case FieldKind.FILES:
            return MultipleFileField(label, description=hint)
        case FieldKind.CLAIMS:
            return FormField(claims_form(offered.columns, offered.record), label, description=hint)
        case FieldKind.FINDINGS:
            allowed = {name: may_find(asked, name) for name in offered.to_find}
            return FormField(
                findings_form(offered.columns, allowed, offered.record, offered.claims), label, description=hint
            )
    return TextAreaField(label, [Optional(), Length(max=LONGEST)], description=hint)


def _read(typed: object) -> date | None:
    try:
        return date.fromisoformat(typed) if isinstance(typed, str) else None
    except ValueError:
        return None


def _select(label: str, known: list[tuple[str, str]], hint: str) -> Field:
    offered = known if len(known) == 1 else [("", _("Choose")), *known]
    choices = [SelectChoice(code, label) for code, label in offered]
    return SelectField(label, [Optional()], choices=choices, description=hint, validate_choice=False)
