"""The form that admits a person: who, as what, and for which body."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import EmailField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from registry.admission import NewPerson
from registry.organisations import Bureau
from registry.people import LANGUAGES
from web.account.sign_in import ROLE_NAMES
from web.site.bodies import bureau_name
from web.site.forms import Form, choice
from web.site.request_limits import number_in

NONE = 0
"""An id that no bureau has: what was not offered is refused in words."""


class PersonForm(Form):
    username = StringField(_("User name"), [InputRequired(_("Choose a user name."))])
    name = StringField(_("The person's own name"), [InputRequired(_("Write the person's name.")), Length(max=80)])
    email = EmailField(_("Mail address"), [Length(max=254)])
    role = SelectMultipleField(
        _("Roles"),
        choices=[choice(role, words) for role, words in ROLE_NAMES.items()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
    )
    bureau = SelectField(_("Bureau"), coerce=str, validate_choice=False)
    enterprise = StringField(_("Firm"), [Length(max=200)])
    language = RadioField(
        _("Language of pages and mail"),
        choices=[choice("zh", _("Chinese")), choice("en", _("English"))],
        default=LANGUAGES[0],
    )

    def offer(self, bureaus: Sequence[Bureau]) -> None:
        """Put the bureaus to choose from into the list."""
        self.bureau.choices = [
            choice("", _("none")),
            *(choice(str(bureau.id), bureau_name(bureau)) for bureau in bureaus),
        ]

    def person(self) -> NewPerson:
        """What was written."""
        bureau = self.bureau.data or ""
        return NewPerson(
            username=self.username.data or "",
            name=self.name.data or "",
            roles=self.role.data or (),
            bureau_id=number_in(bureau, NONE) if bureau else None,
            enterprise=self.enterprise.data or "",
            language=self.language.data,
            email=self.email.data or "",
        )
