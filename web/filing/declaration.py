"""What is declared on the last page of a form: nothing is sent before it is ticked."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField
from wtforms.validators import InputRequired

from web.filing.request import Scene
from web.site.forms import Form

TICK = InputRequired(_("Tick this before you send it."))


class DeclarationForm(Form):
    """Of who files, or opens for their own body."""

    declared = BooleanField(_("What I have written and attached is true"), [TICK])


class EnteredForm(Form):
    """Of who enters what another has handed in (D17)."""

    declared = BooleanField(_("What I have entered is what was handed in"), [TICK])


def declaration(scene: Scene) -> Form:
    """The declaration that fits who sends the form."""
    return EnteredForm() if scene.on_paper else DeclarationForm()
