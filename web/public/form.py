"""The forms of pages that are open to all: status, paper check, a promised limit."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import FileField, HiddenField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, Optional

from cases.model.evidence import StoredFile
from registry.in_force import LONGEST_NUMBER, LONGEST_TITLE, NewPromise
from web.site.forms import DayField, Form
from web.site.kept_form import one_file
from workflow.refusal import Message


class Number(IntegerField):
    """A whole number; what is none is said in words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)  # type: ignore[no-untyped-call]
        except ValueError:
            raise ValueError(_("Write a whole number.")) from None


class PromiseForm(Form):
    """What the document says. `seen` is what was recorded of the limit when the page was shown."""

    title = StringField(_("Document that was published"), [Length(max=LONGEST_TITLE)])
    number = StringField(_("Number of the document"), [Length(max=LONGEST_NUMBER)])
    dated = DayField(_("Published on"), [Optional()])  # type: ignore[no-untyped-call]
    n = Number(_("Limit in the document"), [Optional()])  # type: ignore[no-untyped-call]
    extension = Number(_("Extension in the document"), [Optional()])  # type: ignore[no-untyped-call]
    first_day = DayField(_("From which filing day"), [Optional()])  # type: ignore[no-untyped-call]
    title_en = StringField(_("Its title in English"), [Length(max=LONGEST_TITLE)])
    file = FileField(_("The document itself"))
    kept = HiddenField()
    seen = HiddenField()

    def new(self, file: StoredFile | None) -> NewPromise:
        """What was written."""
        return NewPromise(
            title=self.title.data or "",
            number=self.number.data or "",
            dated=self.dated.data,
            n=self.n.data,
            first_day=self.first_day.data,
            file=file,
            extension=self.extension.data,
            title_en=self.title_en.data or "",
        )

    def take_file(self) -> tuple[StoredFile | None, Message | None]:
        """The document that has just come, else the one that the form carries; and why it cannot be kept."""
        return one_file(self.kept, request.files.getlist("file"))


class StatusForm(Form):
    number = StringField(_("Case number"), [InputRequired(_("Type the case number.")), Length(max=60)])
    code = StringField(_("Case code"), [InputRequired(_("Type the case code.")), Length(max=60)])


class PaperCheckForm(Form):
    number = StringField(_("Number of the paper"), [InputRequired(_("Type the number of the paper.")), Length(max=60)])
    code = StringField(_("Paper code"), [InputRequired(_("Type the paper code.")), Length(max=60)])
