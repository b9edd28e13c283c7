"""The forms of applying for an account: one question a page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import EmailField, StringField
from wtforms.validators import InputRequired, Length

from web.site.forms import Form


class FirmForm(Form):
    firm = StringField(
        _("Name of the firm"),
        [InputRequired(_("Write the firm's whole name, as on its business licence.")), Length(max=200)],
    )
    code = StringField(_("Credit code"), [InputRequired(_("Write the credit code of 18 characters."))])


class PersonForm(Form):
    person = StringField(_("Your name"), [InputRequired(_("Write your name.")), Length(max=80)])


class MailForm(Form):
    mail = EmailField(_("Mail address"), [InputRequired(_("Write a mail address that you can read now."))])


class CodeForm(Form):
    code = StringField(_("Code from the mail"), [InputRequired(_("Type the six digits from the mail."))])
