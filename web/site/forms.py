"""What every form is built on: the form itself, a day, a choice."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField
from wtforms.fields.choices import SelectChoice

from web.site.language import in_words
from workflow.refusal import Message


class Form(FlaskForm):
    """A form of ours."""

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)  # type: ignore[no-untyped-call]
        if "csrf_token" in self:
            self["csrf_token"].render_kw = {"id": False}  # a page may hold several forms, an id stands once

    def sent(self) -> bool:
        """Whether it was sent and holds together."""
        return bool(self.validate_on_submit())  # type: ignore[no-untyped-call]

    def mark(self, faults: Mapping[str, Message]) -> None:
        """Say beside each field what is wrong with it."""
        for name, message in faults.items():
            self[name].errors = (in_words(message),)


class DayField(DateField):
    """A day; what is no day is said in words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)  # type: ignore[no-untyped-call]
        except ValueError:
            raise ValueError(_("Write the day as 2026-11-24.")) from None


def choice(value: str, words: Any) -> SelectChoice:
    """Words that are said in the language of whoever reads the page."""
    return SelectChoice(value, words)
