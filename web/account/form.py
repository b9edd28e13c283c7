"""The forms of accounts: signing in, choosing a password, applying, an enterprise's people and agents."""

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    EmailField,
    FileField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from cases.kinds import all_kinds
from registry.admission import NewAgent, NewColleague
from registry.people import AT_ONCE, DIGEST, INBOX, WITH_PAPERS
from web.site.forms import DayField, Form, choice
from web.site.language import in_words
from workflow.refusal import say


class SignInForm(Form):
    username = StringField(_("User name"), [InputRequired(_("Type your user name.")), Length(max=200)])
    password = PasswordField(_("Password"), [InputRequired(_("Type your password.")), Length(max=1000)])


class AgainForm(Form):
    """The password of whoever wrote the form that waits on this page; its name is not one of that form's."""

    password = PasswordField(
        _("Password"), [InputRequired(_("Type your password.")), Length(max=1000)], name="again-password"
    )
    code = StringField(_("Six digits from your authenticator"), [Length(max=20)], name="again-code")


class PasskeyForm(Form):
    """What a browser is asked, signed, and what it answers."""

    challenge = HiddenField()
    credential = HiddenField()


class StepForm(PasskeyForm):
    """Six digits or a recovery code; nothing, where a passkey is shown."""

    code = StringField(_("Six digits from your authenticator"), [Length(max=1000)])


class ProofForm(StepForm):
    """The same, or the password of whoever has no second step."""

    password = PasswordField(_("Password"), [Length(max=1000)])


class SeedForm(Form):
    seed = HiddenField()
    code = StringField(
        _("The six digits that it shows now"), [InputRequired(_("Type the six digits.")), Length(max=20)]
    )


class NewPasswordForm(Form):
    code = StringField(_("Code that goes with the link"), [Length(max=100)])
    password = PasswordField(_("New password"), [InputRequired(_("Type the new password."))])
    again = PasswordField(_("New password, once more"), [InputRequired(_("Type the new password once more."))])

    def sent(self) -> bool:
        """Whether everything is there and both are the same."""
        whole = super().sent()
        if whole and self.password.data != self.again.data:
            self.mark({"again": say("Type the same new password in both places.")})
        return whole and self.status == 200


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
            SelectChoice(WITH_PAPERS, _("Each letter at once, its document enclosed as PDF")),  # type: ignore[arg-type]
            SelectChoice(DIGEST, _("One letter a working day, in the morning")),  # type: ignore[arg-type]
            SelectChoice(INBOX, _("Nothing, I look in the inbox")),  # type: ignore[arg-type]
        ],
    )


class FirmForm(Form):
    firm = StringField(
        _("Name of the firm"),
        [InputRequired(_("Enter the firm's whole name, as on its business licence.")), Length(max=200)],
    )
    code = StringField(_("Credit code"), [InputRequired(_("Write the credit code of 18 characters."))])


class ApplicantForm(Form):
    person = StringField(_("Your name"), [InputRequired(_("Write your name.")), Length(max=80)])


class MailForm(Form):
    mail = EmailField(_("Mail address"), [InputRequired(_("Write a mail address that you can read now."))])


class CodeForm(Form):
    code = StringField(_("Code from the mail"), [InputRequired(_("Type the six digits from the mail."))])


ALL_KINDS = "all"


class ColleagueForm(Form):
    name = StringField(_("The person's own name"), [InputRequired(_("Enter the person's name.")), Length(max=80)])
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
    from_day = DayField(_("First day of the authority"), [InputRequired(_("Write its first day."))])  # type: ignore[no-untyped-call]
    until_day = DayField(_("Last day of the authority"), [InputRequired(_("Write its last day."))])  # type: ignore[no-untyped-call]
    kinds = SelectMultipleField(
        _("For which cases"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
    )
    letter = FileField(_("Letter of authority, signed and sealed"))
    kept = HiddenField()
    """The letter that came with a form that was refused."""

    def __init__(self) -> None:
        super().__init__()
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


def _in_one_line(name: str | None) -> str:
    """A name stands in a mail that we send, with no lines of its own in it."""
    return " ".join((name or "").split())


ADDRESS = r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+$"


class ReadAllForm(Form):
    """The newest letter that was shown: what came since is not marked."""

    newest = StringField()


class SendAgainForm(Form):
    """Another address for a mail that was given up; empty: the same."""

    mail = EmailField(
        _("Another address"),
        [Optional(), Length(max=254), Regexp(ADDRESS, message=_("Write an address such as name@firm.example."))],
    )
