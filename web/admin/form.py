"""The forms of what the office keeps: people, deputies, admissions, bodies, successions, systems of bodies."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    EmailField,
    FileField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from cases.engine.succession import Order
from registry.account_acts import NewPerson
from registry.endpoints import NewEndpoint
from registry.identity import NewDeputy
from registry.organisations import MERGED, RENAMED, SPLIT, Bureau, Office, fields_of
from registry.people import LANGUAGES, User
from registry.tokens import (
    ACT,
    LONGEST,
    READ_CASES,
    READ_FEED,
    READ_FIGURES,
    READ_RECORDS,
    SCOPES,
    SUPPLY_RECORDS,
    ApiToken,
    NewToken,
)
from web.account.sign_in import ROLE_NAMES
from web.site.forms import DayField, Form, choice, number_in
from web.site.language import bureau_name, in_words
from workflow.refusal import Message

NONE = 0
"""An id that no bureau has: what was not offered is refused in words."""


class PersonForm(Form):
    username = StringField(_("User name"), [InputRequired(_("Choose a user name."))])
    name = StringField(_("The person's own name"), [InputRequired(_("Enter the person's name.")), Length(max=80)])
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

    def __init__(self, bureaus: Iterable[Bureau]) -> None:
        super().__init__()
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


class SystemForm(Form):
    """A body's own system: what it is called, and whose it is. `body` is empty for the office's."""

    name = StringField(
        _("What it is called"), [InputRequired(_("Enter what the system is called, in 2 to 80 characters."))]
    )
    body = SelectField(_("Whose system"), coerce=str, validate_choice=False)
    enterprise = StringField(_("Firm"), [Length(max=200)])

    def __init__(self, bureaus: Iterable[Bureau], **values: Any) -> None:
        super().__init__(**values)
        named = [choice(str(bureau.id), bureau_name(bureau)) for bureau in bureaus]
        self.body.choices = [choice("", _("The office")), *named]

    def bureau_id(self) -> int | None:
        return number_in(self.body.data, NONE) if self.body.data else None


SCOPE_WORDS: Mapping[str, Any] = {
    READ_RECORDS: _("Read records"),
    SUPPLY_RECORDS: _("Bring record sheets in"),
    READ_CASES: _("Read cases"),
    ACT: _("Act"),
    READ_FEED: _("Follow what happens"),
    READ_FIGURES: _("Read figures"),
}
"""What a token may do, in short."""


class TokenForm(SystemForm):
    scopes = SelectMultipleField(
        _("What it may do"),
        choices=[choice(scope, SCOPE_WORDS[scope]) for scope in SCOPES],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
    )
    days = StringField(_("For how many days"), default="180")
    networks = StringField(_("From which networks"), [Length(max=500)])

    def token(self, bureau_id: int | None, enterprise_id: int | None) -> NewToken:
        """What was written, for that body."""
        asked = (self.networks.data or "").replace(",", " ").split()
        days = number_in((self.days.data or "").strip(), NONE)
        return NewToken(self.name.data or "", self.scopes.data or (), days, bureau_id, enterprise_id, asked)


def like(token: ApiToken, name: str, enterprise: str) -> dict[str, Any]:
    """What the form of a token begins with that is to take another's place."""
    return {
        "name": name,
        "body": str(token.bureau_id or ""),
        "enterprise": enterprise,
        "scopes": token.scopes,
        "days": str(min((token.until - token.made_at).days, LONGEST.days)),
        "networks": " ".join(token.networks),
    }


class EndpointForm(SystemForm):
    address = StringField(_("Address"), [InputRequired(_("Write the address.")), Length(max=500)])

    def endpoint(self, bureau_id: int | None, enterprise_id: int | None) -> NewEndpoint:
        """What was written, for that body."""
        return NewEndpoint(self.name.data or "", self.address.data or "", bureau_id, enterprise_id)


CHOOSE = _("Choose one of the people in the list.")


class DeputyForm(Form):
    """Who stands in for whom, and when."""

    person = SelectField(_("Person who is away"), [InputRequired(CHOOSE)], coerce=str, validate_choice=False)
    deputy = SelectField(_("Deputy"), [InputRequired(CHOOSE)], coerce=str, validate_choice=False)
    from_day = DayField(_("First day"), [InputRequired(_("Write the first day."))])  # type: ignore[no-untyped-call]
    until_day = DayField(_("Last day"), [InputRequired(_("Write the last day."))])  # type: ignore[no-untyped-call]

    def __init__(self, people: Iterable[User]) -> None:
        super().__init__()
        named = [choice("", _("Choose a person")), *(choice(str(user.id), user.name) for user in people)]
        self.person.choices, self.deputy.choices = named, named

    def asked(self) -> NewDeputy:
        """What was written."""
        person, deputy = (number_in(field.data, NONE) for field in (self.person, self.deputy))
        return NewDeputy(person, deputy, self.from_day.data, self.until_day.data)


class SealedPaperForm(Form):
    """What the officer compared."""

    dated = DayField(_("Date on the paper"), [Optional()])  # type: ignore[no-untyped-call]
    signed_by = StringField(_("Who signed it for the firm"), [Length(max=80)])
    filed_at = StringField(_("Where the paper lies"), [Length(max=200)])
    scan = FileField(_("Scan of the sealed paper"))
    kept = HiddenField()
    """The scan that came with a form that was refused."""
    username = StringField(_("User name of the account"), [Length(max=64)])


class AdmissionRefusalForm(Form):
    reasons = TextAreaField(_("Reasons"), [Length(max=2000)])


SHORT, LONG = Length(max=60), Length(max=200)


class OrganisationForm(Form):
    name = StringField(_("Name of the body"), [InputRequired(_("Enter the name.")), LONG])
    name_en = StringField(_("Name in English"), [LONG])
    short_name = StringField(_("Short name"), [SHORT])
    short_name_en = StringField(_("Short name in English"), [SHORT])
    email = StringField(_("Mail address"), [LONG])
    address = StringField(_("Where it is, and when it is open"), [LONG])
    address_en = StringField(_("The same in English"), [LONG])
    review_body = StringField(_("Review body"), [LONG])
    review_body_en = StringField(_("Review body in English"), [LONG])
    review_source = StringField(_("Where the review body is written"), [LONG])
    review_on = DayField(_("Day of the source for the review body"), [Optional()])  # type: ignore[no-untyped-call]
    review_confirmed = BooleanField(_("The review body has been confirmed"))
    court = StringField(_("Court"), [LONG])
    court_en = StringField(_("Court in English"), [LONG])
    court_source = StringField(_("Where the court is written"), [LONG])
    court_on = DayField(_("Day of the source for the court"), [Optional()])  # type: ignore[no-untyped-call]
    court_confirmed = BooleanField(_("The court has been confirmed"))

    def values(self, body: Bureau | Office) -> dict[str, Any]:
        """What was written, by field of this body."""
        return {name: self[name].data for name in fields_of(body)}


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
    on_day = DayField(_("Day from which it holds"), [Optional()])  # type: ignore[no-untyped-call]

    def __init__(self, bureaus: Iterable[Bureau]) -> None:
        super().__init__()
        self.successor.choices = [
            choice("", _("Choose a body")),
            *(choice(str(bureau.id), bureau_name(bureau)) for bureau in bureaus),
        ]

    def mark(self, faults: Mapping[str, Message]) -> None:
        """What is wrong with none of the fields stands above the form."""
        beside_none = next((message for name, message in faults.items() if name not in self), None)
        if beside_none is None:
            super().mark(faults)
        else:
            self.status, self.refusal = 409, in_words(beside_none)

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
