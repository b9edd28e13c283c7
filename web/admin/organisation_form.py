"""The form of a body: its names, its mail, where its decisions can be taken further."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length, Optional

from registry.organisations import Bureau, Office, fields_of
from web.site.forms import Day, Form

SHORT, LONG = Length(max=60), Length(max=200)


class OrganisationForm(Form):
    name = StringField(_("Name of the body"), [InputRequired(_("Write the name.")), LONG])
    name_en = StringField(_("Name in English"), [LONG])
    short_name = StringField(_("Short name"), [SHORT])
    short_name_en = StringField(_("Short name in English"), [SHORT])
    email = StringField(_("Mail address"), [LONG])
    address = StringField(_("Where it is, and when it is open"), [LONG])
    address_en = StringField(_("The same in English"), [LONG])
    review_body = StringField(_("Review body"), [LONG])
    review_body_en = StringField(_("Review body in English"), [LONG])
    review_source = StringField(_("Where the review body is written"), [LONG])
    review_on = Day(_("Day of the source for the review body"), [Optional()])  # type: ignore[no-untyped-call]
    review_confirmed = BooleanField(_("The review body has been confirmed"))
    court = StringField(_("Court"), [LONG])
    court_en = StringField(_("Court in English"), [LONG])
    court_source = StringField(_("Where the court is written"), [LONG])
    court_on = Day(_("Day of the source for the court"), [Optional()])  # type: ignore[no-untyped-call]
    court_confirmed = BooleanField(_("The court has been confirmed"))

    def values(self, body: Bureau | Office) -> dict[str, Any]:
        """What was written, by field of this body."""
        return {name: self[name].data for name in fields_of(body)}


def form_of(body: Bureau | Office) -> OrganisationForm:
    """The form, filled with what is kept unless it was sent."""
    return OrganisationForm(obj=body)
