"""The form of what an action asks: a class a kind of field, which asks it, reads what was typed and says it.

A kind of field is three classes: `workflow.answers` says what is enough and how it is recorded, `cases.engine.answers`
what the case can keep, and this module what pages do. Add one to each, and to the table below each.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple, Protocol

from flask_babel import gettext as _
from sqlalchemy.orm import Session
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
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from cases.engine.answers import ENDED, GROUND, WRONG
from cases.model.evidence import StoredFile
from cases.model.reading import LoadedCase
from registry.columns import Column
from registry.credit_records import CreditRecord
from registry.organisations import Bureau
from web.parts.words import Words
from web.site.forms import Form
from web.site.language import bureau_short, in_words
from web.site.record_words import LONGEST, claims_form, findings_form
from workflow import definition as words
from workflow.answers import choices_for
from workflow.definition import FieldKind
from workflow.past import DISPLAY, OTHER, may_find
from workflow.refusal import Message, say

OUR_OWN: Final = ("csrf_token", "shown", "proposal", "kept", "then", "put", "discard")
"""Fields of a form that nobody fills in."""


@dataclass(frozen=True)
class Offered:
    """What a form may offer: bureaus, deadlines, records and people by code and words; and what its record says."""

    bureaus: Sequence[tuple[int, str]] = ()
    deadlines: Sequence[tuple[str, str]] = ()
    columns: Sequence[Column] = ()
    record: Mapping[str, str] = field(default_factory=dict)
    to_find: Sequence[str] = ()
    claims: Mapping[str, str] = field(default_factory=dict)
    records: Sequence[tuple[int, str]] = ()
    people: Sequence[tuple[int, str]] = ()
    record_kind: str = ""
    subject: str = ""
    """Whom the case is about."""
    law: Sequence[str] = ()


class CaseNames(Protocol):
    """A case as it is read, as far as its codes are said by it."""

    @property
    def session(self) -> Session: ...
    @property
    def definition(self) -> words.Definition: ...
    @property
    def file(self) -> LoadedCase: ...
    @property
    def bureaus(self) -> Mapping[int, Bureau]: ...
    @property
    def names(self) -> Mapping[int, str]: ...


class AskedDay(DateField):
    """A day. What cannot be read as one is kept as it was typed, also by a saved form."""

    def process_data(self, value: Any) -> None:
        self.data = value if isinstance(value, date) else _read(value)
        self.raw_data = [value] if isinstance(value, str) and value else None

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = " ".join(valuelist).strip()
        self.data = _read(typed)
        if typed and self.data is None:
            raise ValueError(in_words(say("{value} is not a day: enter it as 2026-06-06.", value=typed)))


class LawField(StringField):
    """A line that offers texts to choose from; another can be written."""

    def __init__(self, offers: Sequence[str] = (), **more: Any) -> None:
        super().__init__(**more)  # type: ignore[no-untyped-call]
        self.offers = tuple(offers)


class TextInput:
    """Asks words of any length. What differs in another kind of field, its class says."""

    as_typed = True
    """Whether the check of a filing shows it as it was typed."""
    chosen = False
    """Whether it is answered with one of the codes that the form offers."""

    def ask(self, asked: words.Field, offered: Offered) -> Field:
        return TextAreaField(validators=[Optional(), Length(max=LONGEST)], **_named(asked))

    def read(self, typed: Any, offered: Offered) -> object:
        """The answer that was typed, now or into a saved form; None where it cannot be read."""
        return typed.strip() if isinstance(typed, str) else None

    def saved(self, field: Any, offered: Offered) -> Any:
        """What a saved form keeps of it."""
        return field.data or ""

    def said(self, asked: words.Field, code: Any, case: CaseNames) -> Words:
        """A recorded code in words; empty where it names nothing."""
        return ""

    def checked(self, asked: words.Field, answer: Any, offered: Offered) -> tuple[Words, ...]:
        """An answer before it is sent."""
        return (str(answer),) if answer else ()

    def filled(self, name: str, code: Any, said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """What was recorded before, by the names of the form's fields, to be sent again."""
        yield name, said.get(name, "")


class LineInput(TextInput):
    def ask(self, asked: words.Field, offered: Offered) -> Field:
        return StringField(validators=[Optional(), Length(max=200)], **_named(asked))


class LawInput(LineInput):
    """Offers the articles of the place's table; the first one stands there to begin with."""

    def ask(self, asked: words.Field, offered: Offered) -> Field:
        return LawField(offered.law, default=next(iter(offered.law), ""), validators=[Length(max=400)], **_named(asked))


class CodeInput(TextInput):
    """What is answered by a code: nothing of it is filled in again unless its class does so."""

    as_typed = False

    def filled(self, name: str, code: Any, said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        yield from ()


class DateInput(CodeInput):
    def ask(self, asked: words.Field, offered: Offered) -> Field:
        return AskedDay(validators=[Optional()], **_named(asked))  # type: ignore[no-untyped-call]

    def read(self, typed: Any, offered: Offered) -> object:
        return typed if isinstance(typed, date) else _read(typed)

    def saved(self, field: Any, offered: Offered) -> Any:
        return " ".join(field.raw_data or ()).strip()

    def said(self, asked: words.Field, code: Any, case: CaseNames) -> Words:
        return say("{day}", day=date.fromisoformat(str(code)))

    def checked(self, asked: words.Field, answer: Any, offered: Offered) -> tuple[Words, ...]:
        return (say("{day}", day=answer),) if answer else ()


class NumberInput(CodeInput):
    as_typed = True

    def ask(self, asked: words.Field, offered: Offered) -> Field:
        wanted = in_words(say("Enter a whole number, 1 or more."))
        return IntegerField(validators=[Optional()], invalid_value_message=wanted, **_named(asked))

    def read(self, typed: Any, offered: Offered) -> object:
        return int(typed) if isinstance(typed, str) and typed.isdecimal() else typed if isinstance(typed, int) else None

    def saved(self, field: Any, offered: Offered) -> Any:
        return " ".join(field.raw_data or ()).strip()

    def said(self, asked: words.Field, code: Any, case: CaseNames) -> Words:
        return str(code)


class CommitmentInput(CodeInput):
    def ask(self, asked: words.Field, offered: Offered) -> Field:
        return BooleanField(**_named(asked))

    def read(self, typed: Any, offered: Offered) -> object:
        return typed is True

    def saved(self, field: Any, offered: Offered) -> Any:
        return field.data

    def said(self, asked: words.Field, code: Any, case: CaseNames) -> Words:
        return say(asked.hint) if asked.hint else say("given")

    def checked(self, asked: words.Field, answer: Any, offered: Offered) -> tuple[Words, ...]:
        return (say("Committed to: {text}", text=say(asked.hint)),) if answer else ()


class TickInput(CommitmentInput):
    def said(self, asked: words.Field, code: Any, case: CaseNames) -> Words:
        return say("yes")


class ChoiceInput(CodeInput):
    chosen = True

    def ask(self, asked: words.Field, offered: Offered) -> Field:
        choices = [
            SelectChoice(one.code, _(one.label)) for one in choices_for(asked, offered.record_kind, offered.subject)
        ]
        return RadioField(validators=[Optional()], choices=choices, validate_choice=False, **_named(asked))

    def said(self, asked: words.Field, code: Any, case: CaseNames) -> Words:
        return next((say(choice.label) for choice in asked.choices if choice.code == code), "")

    def checked(self, asked: words.Field, answer: Any, offered: Offered) -> tuple[Words, ...]:
        return tuple(say(one.label) for one in choices_for(asked, offered.record_kind) if one.code == answer)

    def filled(self, name: str, code: Any, said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        yield name, str(code or "")


class ListInput(CodeInput):
    """Asks for one of what there is."""

    chosen = True
    offers = ""

    def known(self, offered: Offered) -> Sequence[tuple[int | str, str]]:
        return getattr(offered, self.offers)  # type: ignore[no-any-return]

    def ask(self, asked: words.Field, offered: Offered) -> Field:
        known = [SelectChoice(str(code), name) for code, name in self.known(offered)]
        choices = known if len(known) == 1 else [SelectChoice("", _("Choose")), *known]
        return SelectField(validators=[Optional()], choices=choices, validate_choice=False, **_named(asked))

    def read(self, typed: Any, offered: Offered) -> object:
        return next((code for code, _name in self.known(offered) if str(code) == typed), None)

    def checked(self, asked: words.Field, answer: Any, offered: Offered) -> tuple[Words, ...]:
        return tuple(name for code, name in self.known(offered) if code == answer)


class BureauInput(ListInput):
    offers = "bureaus"

    def said(self, asked: words.Field, code: Any, case: CaseNames) -> Words:
        return bureau_short(case.bureaus[code]) if code in case.bureaus else ""


class DeadlineInput(ListInput):
    offers = "deadlines"

    def said(self, asked: words.Field, code: Any, case: CaseNames) -> Words:
        deadline = case.definition.deadline(str(code), case.file.snapshot.variant)
        return say(deadline.label) if deadline in case.definition.deadlines else ""


class RecordInput(ListInput):
    offers = "records"

    def said(self, asked: words.Field, code: Any, case: CaseNames) -> Words:
        record = case.session.get(CreditRecord, code) if isinstance(code, int) else None
        return record.document_number if record else ""


class PersonInput(ListInput):
    offers = "people"

    def said(self, asked: words.Field, code: Any, case: CaseNames) -> Words:
        return case.names.get(code, "")


class FilesInput(CodeInput):
    def ask(self, asked: words.Field, offered: Offered) -> Field:
        return MultipleFileField(**_named(asked))

    def checked(self, asked: words.Field, answer: Any, offered: Offered) -> tuple[Words, ...]:
        return tuple(file.name for file in answer)


class ClaimsInput(CodeInput):
    def ask(self, asked: words.Field, offered: Offered) -> Field:
        return FormField(claims_form(offered.columns, offered.record), **_named(asked))

    def read(self, typed: Any, offered: Offered) -> object:
        return {name: claim["value"] for name, claim in typed.items() if claim.get("wrong")}

    def filled(self, name: str, code: Any, said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        for key in code or ():
            yield f"{name}-{key}-wrong", "y"
            yield f"{name}-{key}-value", said.get(f"{name}.{key}", "")

    def saved(self, field: Any, offered: Offered) -> Any:
        keys = {column.key for column in offered.columns}
        return {key: claim for key, claim in field.data.items() if key in keys}


class FindingsInput(CodeInput):
    def ask(self, asked: words.Field, offered: Offered) -> Field:
        allowed = {name: may_find(asked, name) for name in offered.to_find}
        made = findings_form(offered.columns, allowed, offered.record, offered.claims)
        return FormField(made, **_named(asked))

    def read(self, typed: Any, offered: Offered) -> object:
        return typed

    def filled(self, name: str, code: Any, said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        for key, finding in dict(code or {}).items():
            yield f"{name}-{key}-finding", str(finding)
            for part in ("value", "reason"):
                yield f"{name}-{key}-{part}", said.get(f"{name}.{key}.{part}", "")


INPUTS: Final[Mapping[FieldKind, TextInput]] = {
    FieldKind.LINE: LineInput(),
    FieldKind.TEXT: TextInput(),
    FieldKind.DATE: DateInput(),
    FieldKind.CHOICE: ChoiceInput(),
    FieldKind.CLAIMS: ClaimsInput(),
    FieldKind.FINDINGS: FindingsInput(),
    FieldKind.FILES: FilesInput(),
    FieldKind.BUREAU: BureauInput(),
    FieldKind.DEADLINE: DeadlineInput(),
    FieldKind.NUMBER: NumberInput(),
    FieldKind.RECORD: RecordInput(),
    FieldKind.PERSON: PersonInput(),
    FieldKind.COMMITMENT: CommitmentInput(),
    FieldKind.LAW: LawInput(),
    FieldKind.TICK: TickInput(),
}


def _named(asked: words.Field) -> dict[str, str]:
    return {"label": _(asked.label), "description": _(asked.hint) if asked.hint else ""}


class Fault(NamedTuple):
    """One line of the summary: the id to which it leads, the field's name, the sentence."""

    id: str
    label: str
    words: str


class ActForm(Form):
    """The form of one action; `shown` is the version of the case that the page showed, `proposal` the event of the
    proposal on it, `kept` the files so far, `used` the phrases put in; `then`, `put` and `discard` are buttons."""

    shown = HiddenField()
    proposal = HiddenField()
    kept = HiddenField()
    used = HiddenField()
    then = StringField()
    put = StringField()
    discard = SubmitField()

    asked: tuple[words.Field, ...] = ()
    offered: Offered = Offered()

    def answers(self, files: Sequence[StoredFile]) -> dict[str, object]:
        """What was answered, as `decide` takes it. On a ground that disputes the display no field is asked."""
        answers: dict[str, object] = {
            asked.name: tuple(files)
            if asked.kind is FieldKind.FILES
            else INPUTS[asked.kind].read(_printable(self[asked.name].data), self.offered)
            for asked in self.asked
        }
        if answers.get(GROUND) and answers[GROUND] != WRONG:
            answers |= {asked.name: {DISPLAY: ENDED} for asked in self.asked if asked.kind is FieldKind.CLAIMS}
        return answers

    @property
    def left_out(self) -> list[str]:
        """The files, by their hash, that are not to be kept any more."""
        return [digest for one in self if isinstance(one, SelectMultipleField) for digest in one.data or ()]

    @property
    def phrases_used(self) -> list[int]:
        """The numbers of the phrases that were put in."""
        return [int(key) for key in str(self.used.data or "").split()[:100] if key.isdecimal() and len(key) < 10]

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
    made = {one.name: INPUTS[one.kind].ask(one, offered) for one in fields}
    made |= {
        f"{one.name}_out": SelectMultipleField(choices=[], validate_choice=False)
        for one in fields
        if one.kind is FieldKind.FILES
    }
    kind = type("OneActForm", (ActForm,), {**made, "asked": fields, "offered": offered})
    form: ActForm = kind(formdata=typed) if typed else kind()
    return form


def typed_in(form: ActForm) -> dict[str, list[str]]:
    """What stands in each field, as it was sent."""
    return {field.name: list(field.raw_data or ()) for field in fields_in(form)}


def fields_in(form: Iterable[Any]) -> Iterable[Any]:
    """Every field of a form that somebody fills in, those of forms within it too."""
    for one in form:
        if isinstance(one, FormField):
            yield from fields_in(one.form)
        elif one.short_name not in OUR_OWN and not isinstance(one, (MultipleFileField, SelectMultipleField)):
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


def _read(typed: object) -> date | None:
    try:
        return date.fromisoformat(typed) if isinstance(typed, str) else None
    except ValueError:
        return None
