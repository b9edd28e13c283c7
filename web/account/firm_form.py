"""The forms of an enterprise's own people and agents."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, EmailField, FileField, HiddenField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from cases.kinds import all_kinds
from registry.firm_people import NewAgent, NewColleague
from web.site.forms import Day, Form, choice
from web.site.language import in_words
from workflow.refusal import say

ALL_KINDS = "all"


class ColleagueForm(Form):
    name = StringField(_("The person's own name"), [InputRequired(_("Write the person's name.")), Length(max=80)])
    username = StringField(_("User name"), [InputRequired(_("Choose a user name."))])
    email = EmailField(_("Mail address"), [Length(max=200)])
    manages = BooleanField(_("May let others in and end their accounts too"))

    def colleague(self) -> NewColleague:
        """What was written."""
        return NewColleague(
            self.username.data or "", _in_one_line(self.name.data), self.email.data or "", self.manages.data
        )


class AgentForm(Form):
    name = StringField(_("Name of the agent"), [InputRequired(_("Write the agent's name.")), Length(max=80)])
    username = StringField(_("User name"), [InputRequired(_("Choose a user name, or write that of the agent."))])
    email = EmailField(_("Mail address"), [Length(max=200)])
    from_day = Day(_("First day of the authority"), [InputRequired(_("Write its first day."))])  # type: ignore[no-untyped-call]
    until_day = Day(_("Last day of the authority"), [InputRequired(_("Write its last day."))])  # type: ignore[no-untyped-call]
    kinds = SelectMultipleField(
        _("For which cases"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
    )
    letter = FileField(_("Letter of authority, signed and sealed"))
    kept = HiddenField()
    """The letter that came with a form that was refused."""

    def offer(self) -> None:
        """Put the kinds of case into the list."""
        self.kinds.choices = [
            choice(ALL_KINDS, _("everything that concerns the firm's records")),
            *(choice(kind, in_words(say(one.label))) for kind, one in all_kinds().items()),
        ]

    def agent(self) -> NewAgent:
        """What was written; nothing ticked, or everything: all kinds of case."""
        named = tuple(kind for kind in self.kinds.data or () if kind in all_kinds())
        whole = ALL_KINDS in (self.kinds.data or ()) or len(named) == len(all_kinds())
        return NewAgent(
            self.username.data or "",
            _in_one_line(self.name.data),
            self.email.data or "",
            self.from_day.data,
            self.until_day.data,
            () if whole else named,
        )

    def chose_kinds(self) -> bool:
        return bool(self.kinds.data)


def _in_one_line(name: str | None) -> str:
    """A name stands in a mail that we send, with no lines of its own in it."""
    return " ".join((name or "").split())
