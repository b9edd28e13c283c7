"""The form on which the head of the office records what a bureau became."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from cases.engine.succession import Order
from registry.organisations import Bureau
from registry.successions import MERGED, RENAMED, SPLIT
from web.admin.people_form import NONE
from web.site.bodies import bureau_name
from web.site.forms import Day, Form, choice
from web.site.request_limits import number_in

HOW_LABELS: dict[str, Any] = {
    MERGED: _("Merged into another body"),
    SPLIT: _("Split; another body takes over what it had"),
    RENAMED: _("Renamed"),
}
"""What the head of the office may say of a body."""
TOO_LONG = _("Too long: at most 200 characters.")


class SuccessionForm(Form):
    how = RadioField(
        _("What has become of it"),
        [InputRequired(_("Choose one of the answers offered."))],
        choices=[choice(how, words) for how, words in HOW_LABELS.items()],
    )
    successor = SelectField(_("Body that succeeds it"), coerce=str, validate_choice=False)
    name = StringField(_("New name"), [Length(max=200, message=TOO_LONG)])
    document = StringField(_("Decision or document"), [Length(max=200, message=TOO_LONG)])
    on_day = Day(_("Day from which it holds"), [Optional()])  # type: ignore[no-untyped-call]

    def offer(self, bureaus: Sequence[Bureau]) -> None:
        """Put the bodies that may be the successor into the list."""
        self.successor.choices = [
            choice("", _("Choose a body")),
            *(choice(str(bureau.id), bureau_name(bureau)) for bureau in bureaus),
        ]

    def order(self, old_id: int) -> Order:
        """What was written of this body."""
        successor = self.successor.data or ""
        return Order(
            old_id=old_id,
            new_id=number_in(successor, NONE) if successor else None,
            new_name=self.name.data or "",
            how=self.how.data or "",
            document=self.document.data or "",
            on=self.on_day.data,
        )
