"""A record entered by hand: which kind, then one form of its columns. Who enters it does not decide on it (D10).

What was typed is cleaned and checked in `registry/record_entry.py`, as an import cleans it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import gettext as _
from sqlalchemy import or_, select
from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from extensions import db
from registry.columns import CLASSES, KINDS, SEVERITIES, Column, Type
from registry.organisations import Bureau
from registry.record_entry import BUREAU_CODES, TypedRecord, enter_record
from web.site.access import identity, law, now, person, requires, today
from web.site.forms import Form, number_in
from web.site.language import bureau_name, in_words
from web.site.record_words import template_words
from workflow.definition import OFFICER, REVIEWER
from workflow.refusal import Impossible, Incomplete, Message, say

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


pages = Blueprint("record_new", __name__)
pages.context_processor(template_words)


@pages.get("/records/new")
@requires(roles={OFFICER, REVIEWER})
def new() -> ResponseReturnValue:
    """Asks for the kind; then the empty form of it."""
    kind = request.args.get("kind", "")
    if kind not in KINDS:
        return render_template("records/new_kind.html", kinds=tuple(KINDS), may_import=identity().holds(OFFICER))
    return _page(_form(kind), 200)


@pages.post("/records/new")
@requires(roles={OFFICER, REVIEWER})
def enter() -> ResponseReturnValue:
    """Takes the record in, or shows the form again with what is wrong beside the fields and nothing lost."""
    kind = request.args.get("kind", "")
    if kind not in KINDS:
        return redirect(url_for("record_new.new"))
    form = _form(kind)
    if not form.sent():
        return _page(form, 422)
    own = form.own.id if form.own else None
    try:
        record_id = enter_record(form.entry(), law(), now(), person().id, own)
    except Incomplete as refusal:
        form.mark(refusal.fields)
        return _page(form, 422)
    except Impossible as refusal:
        return _page(form, 409, refusal.message)
    flash(gettext("The record is entered."))
    return redirect(url_for("records.record", record_id=record_id))


def _form(kind: str) -> RecordForm:
    """A person of a bureau enters what that bureau decided; the office may name any that stands today."""
    bureau_id = identity().bureau_id
    standing_today = select(Bureau).where(
        Bureau.successor_id.is_(None),
        or_(Bureau.valid_from.is_(None), Bureau.valid_from <= today()),
        or_(Bureau.valid_until.is_(None), Bureau.valid_until >= today()),
    )
    session = db.session()
    bureaus = session.scalars(standing_today.order_by(Bureau.id)).all()
    return record_form(kind, bureaus, session.get_one(Bureau, bureau_id) if bureau_id is not None else None)


def _page(form: RecordForm, status: int, refused: Message | None = None) -> ResponseReturnValue:
    return render_template("records/new.html", form=form, refusal=in_words(refused) if refused else ""), status
