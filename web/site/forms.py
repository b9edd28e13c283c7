"""The forms of signing in and of the account: what they ask and the words of what is missing."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from registry.people import AT_ONCE, DIGEST, INBOX


class Form(FlaskForm):
    """A form of ours."""

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)  # type: ignore[no-untyped-call]
        if "csrf_token" in self:
            self["csrf_token"].render_kw = {"id": False}  # a page may hold several forms, an id stands once

    def sent(self) -> bool:
        """Whether it was sent and holds together."""
        return bool(self.validate_on_submit())  # type: ignore[no-untyped-call]


class Day(DateField):
    """A day; what is no day is said in words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)  # type: ignore[no-untyped-call]
        except ValueError:
            raise ValueError(_("Write the day as 2026-11-24.")) from None


def choice(value: str, words: Any) -> SelectChoice:
    """Words that are said in the language of whoever reads the page."""
    return SelectChoice(value, words)


_AGAIN_DIFFERS = _("Type the same new password in both places.")


class SignInForm(Form):
    username = StringField(_("User name"), [InputRequired(_("Type your user name.")), Length(max=200)])
    password = PasswordField(_("Password"), [InputRequired(_("Type your password.")), Length(max=1000)])


class AgainForm(Form):
    """The password of whoever wrote the form that waits on this page; its name is not one of that form's."""

    password = PasswordField(
        _("Password"), [InputRequired(_("Type your password.")), Length(max=1000)], name="again-password"
    )


class NewPasswordForm(Form):
    password = PasswordField(_("New password"), [InputRequired(_("Type the new password."))])
    again = PasswordField(_("New password, once more"), [InputRequired(_("Type the new password once more."))])

    def fits(self) -> bool:
        """Whether everything is there and both are the same."""
        if not self.sent():
            return False
        if self.password.data != self.again.data:
            self.again.errors = (_AGAIN_DIFFERS,)
        return not self.errors


class PasswordForm(NewPasswordForm):
    current = PasswordField(_("Present password"), [InputRequired(_("Type your present password."))])


class AccountForm(Form):
    language = RadioField(
        _("Language of pages and mail"),
        choices=[
            SelectChoice("zh", _("Chinese")),  # type: ignore[arg-type]
            SelectChoice("en", _("English")),  # type: ignore[arg-type]
        ],
    )
    notices = RadioField(
        _("How your mail comes"),
        [Optional()],
        choices=[
            SelectChoice(AT_ONCE, _("Each letter at once")),  # type: ignore[arg-type]
            SelectChoice(DIGEST, _("One letter a working day, in the morning")),  # type: ignore[arg-type]
            SelectChoice(INBOX, _("Nothing, I look in the inbox")),  # type: ignore[arg-type]
        ],
    )
