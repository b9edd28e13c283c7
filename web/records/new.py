"""A record entered by hand: which kind, then one form of its columns. Who enters it does not decide on it (D10).

What was typed is cleaned and checked in `registry/sheets/importing.py`, as an import cleans it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from cases.lists.records import bureaus_on
from extensions import db
from registry.columns import CLASSES, KINDS, SEVERITIES, Column, Type
from registry.organisations import Bureau
from registry.sheets.entering import TypedRecord, enter_record
from web.site.access import identity, law, now, person, requires, today
from web.site.forms import Form, number_in
from web.site.language import bureau_name, in_words
from web.site.record_words import template_words
from workflow.definition import OFFICER, REVIEWER
from workflow.refusal import Message, Refusal, say

LONGEST: Final = 20_000
NONE: Final = 0
"""An id that no bureau has: what was not offered is refused in words."""
LONG: Final = ("facts", "basis", "penalty", "remark")
HINTS: Final[Mapping[Type, Message]] = {
    Type.DATE: say("For example 2026-06-06."),
    Type.AMOUNT: say("In units of ¥10,000, for example 0.50; or the sum with its sign, ¥5,000."),
}
FIRM: Final = ("name", "uscc", "legal_representative")
NUMBERS: Final = ("subject_kind", "registration_number", "organisation_code", "tax_number")
DISPLAY: Final = ("displayed_from", "display_until", "severity")
SOURCE: Final = ("determined_by", "supplied_by", "handler", "remark")


@dataclass(frozen=True)
class FieldGroup:
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
        determined_by = self.own.id if self.own else self._bureau("determined_by") or NONE
        return TypedRecord(self.kind, cells, determined_by, self._bureau("supplied_by"))

    def mark(self, faults: Mapping[str, Message]) -> None:
        """Set what is wrong beside the fields."""
        super().mark({key if key in self else "document_number": message for key, message in faults.items()})

    def groups(self) -> tuple[FieldGroup, ...]:
        """The fields as the page shows them."""
        elsewhere = {*FIRM, *NUMBERS, *DISPLAY, *SOURCE}
        own = [column.key for column in self.columns if column.key not in elsewhere]
        return (
            FieldGroup(say("The enterprise"), self._of(FIRM)),
            FieldGroup(say("Its other numbers"), self._of(NUMBERS), seldom=True),
            FieldGroup(say("What was decided"), self._of(own)),
            FieldGroup(say("Display and class"), self._of(DISPLAY)),
            FieldGroup(say("Who decided and who supplied it"), self._of(SOURCE)),
        )

    def optional(self, field: Field) -> bool:
        """Whether the field may stay empty."""
        needed = {column.key for column in self.columns if column.needed} | {"determined_by"}
        return field.name not in needed

    def _of(self, keys: Sequence[str]) -> tuple[Field, ...]:
        return tuple(self[key] for key in keys if key in self)

    def _bureau(self, key: str) -> int | None:
        return number_in(self[key].data, NONE) if self[key].data else None


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


pages = Blueprint("record_new", __name__)
pages.context_processor(template_words)


@pages.get("/records/new")
@requires(roles={OFFICER, REVIEWER})
def new() -> ResponseReturnValue:
    """Asks for the kind; then the empty form of it."""
    kind = request.args.get("kind", "")
    if kind not in KINDS:
        return render_template("records/new_kind.html", kinds=tuple(KINDS), may_import=identity().holds(OFFICER))
    return _page(_form(kind))


@pages.post("/records/new")
@requires(roles={OFFICER, REVIEWER})
def enter() -> ResponseReturnValue:
    """Takes the record in, or shows the form again with what is wrong beside the fields and nothing lost."""
    kind = request.args.get("kind", "")
    if kind not in KINDS:
        return redirect(url_for("record_new.new"))
    form = _form(kind)
    if form.sent():
        try:
            own = form.own.id if form.own else None
            record_id = enter_record(form.entry(), law(), now(), person().id, own)
            flash(_("The record is entered."))
            return redirect(url_for("records.record", record_id=record_id))
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form)


def _form(kind: str) -> RecordForm:
    """A person of a bureau enters what that bureau decided; the office may name any that exists today."""
    session, bureau_id = db.session(), identity().bureau_id
    own = session.get_one(Bureau, bureau_id) if bureau_id is not None else None
    bureaus = bureaus_on(session, today())
    asked = [column for column in KINDS[kind] if column.key not in ("determined_by_code", "supplied_by_code")]
    made = {column.key: _field(column, bureaus) for column in asked if not (own and column.key == "determined_by")}
    one = type("OneRecordForm", (RecordForm,), {**made, "columns": asked, "kind": kind, "own": own})
    form: RecordForm = one()
    return form


def _page(form: RecordForm) -> ResponseReturnValue:
    return render_template("records/new.html", form=form), form.status
