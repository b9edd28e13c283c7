"""What the office keeps beside its cases, and what has to be entered before the first case."""

from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from sqlalchemy import exists, select

from cases.kinds import all_kinds
from cases.model.tables import Case
from exchange.by_hand import waiting
from extensions import db
from registry.account_acts import waiting_for
from registry.admission import number_waiting
from registry.credit_records import CreditRecord
from registry.organisations import Bureau, Office, WithRemedy, remedy_ready
from registry.people import Membership, User
from web.account.page import mail_is_set_up
from web.site.access import identity, law, now, requires, today, world
from web.site.language import written
from web.site.navigation import NavItem, numbers
from workflow.definition import APPROVER, CHIEF, HEAD, OFFICER, REVIEWER, Role
from workflow.refusal import say


@dataclass(frozen=True)
class SetupStep:
    """One thing to enter: how it stands in words, where it is entered, and whether that is done."""

    name: str
    label: str
    said: Any
    href: str
    done: bool


def first_steps() -> list[SetupStep]:
    """All of them in order while one is missing, for the head of the office; else none."""
    if not identity().holds(CHIEF):
        return []
    bureaus = list(db.session().scalars(select(Bureau).where(Bureau.successor_id.is_(None))))
    steps = [_people_step(bureaus), _remedies_step(bureaus), _calendar_step(), _mail_step(bureaus), _records_step()]
    return steps if not all(step.done for step in steps) else []


def no_case_yet() -> bool:
    """Whether nobody has ever filed anything here."""
    return not db.session().scalar(select(exists().where(Case.id > 0)))


def _people_step(bureaus: list[Bureau]) -> SetupStep:
    """A bureau can work once somebody proposes and another approves there; the office once it has an officer."""
    reviewing, approving = _with(REVIEWER.name), _with(APPROVER.name, HEAD.name)
    lacking = [bureau for bureau in bureaus if bureau.id not in reviewing or bureau.id not in approving]
    nobody = None not in _with(OFFICER.name)
    said = gettext("Every bureau has a reviewer and an approver.")
    if nobody:
        said = gettext("The office has no officer yet.")
    elif lacking:
        said = ngettext(
            "%(num)s bureau has not both a reviewer and an approver: what goes there waits.",
            "%(num)s bureaus have not both a reviewer and an approver: what goes there waits.",
            len(lacking),
        )
    return SetupStep("people", gettext("People"), said, url_for("people.new"), not lacking and not nobody)


def _with(*roles: str) -> set[int | None]:
    """The bureaus, None for the office, where somebody holds one of these roles."""
    held = select(Membership.bureau_id).join(User, User.id == Membership.user_id)
    return set(db.session().scalars(held.where(Membership.role.in_(roles), User.ended_at.is_(None)).distinct()))


def _remedies_step(bureaus: list[Bureau]) -> SetupStep:
    office = db.session().scalars(select(Office)).first()
    bodies: list[WithRemedy] = [*bureaus, *([office] if office else [])]
    lacking = sum(not remedy_ready(body) for body in bodies)
    said = gettext("Entered for every body.")
    if lacking:
        said = ngettext(
            "%(num)s body lacks its review body or court: until then nothing adverse can be decided there.",
            "%(num)s bodies lack their review body or court: until then nothing adverse can be decided there.",
            lacking,
        )
    return SetupStep("remedies", gettext("Review bodies and courts"), said, url_for("organisations.index"), not lacking)


def _calendar_step() -> SetupStep:
    until = world().calendar.known_until
    said = written(say("Holidays are known until {day}.", day=until))
    return SetupStep("calendar", gettext("Calendar"), said, url_for("calendar.calendar"), today() <= until)


def _mail_step(bureaus: list[Bureau]) -> SetupStep:
    without = sum(bureau.email == "" for bureau in bureaus)
    if not mail_is_set_up():
        said = gettext("No mail server is set up: letters reach inboxes only. Whoever runs this platform enters one.")
    elif without:
        said = ngettext(
            "%(num)s bureau has no mail address: its papers reach its inbox only.",
            "%(num)s bureaus have no mail address: their papers reach their inboxes only.",
            without,
        )
    else:
        said = gettext("A mail server is set up, and every bureau has an address.")
    return SetupStep("mail", gettext("Mail"), said, url_for("organisations.index"), mail_is_set_up() and not without)


def _records_step() -> SetupStep:
    there = db.session().scalar(select(exists().where(CreditRecord.id > 0))) or False
    said = gettext("Records are there.") if there else gettext("None yet: import the sheet of each bureau.")
    return SetupStep("records", gettext("Records"), said, url_for("record_import.choose"), there)


pages = Blueprint("manage", __name__)

BOTH: Final = (OFFICER, CHIEF)


@dataclass(frozen=True)
class ManagedThing(NavItem):
    """One thing that the office keeps: what it is for, and whose it is."""

    hint: Any = ""
    by: tuple[Role, ...] = BOTH


GROUPS: Final = (
    (
        _("What comes in"),
        (
            ManagedThing(
                "admissions.index",
                _("Admissions"),
                hint=_("Firms that ask for an account: compare the sealed paper, admit or refuse."),
                counted=lambda _who: number_waiting(),
            ),
            ManagedThing(
                "filing.begin",
                _("Enter a complaint"),
                hint=_("What came by letter or at the counter."),
                kind="complaint",
            ),
            ManagedThing(
                "record_import.choose",
                _("Import records"),
                hint=_("A sheet of records from a bureau: looked at first, then taken in."),
            ),
        ),
    ),
    (
        _("Who is who"),
        (
            ManagedThing(
                "organisations.index",
                _("Organisations"),
                hint=_("Bureaus and this office: review body, court, mail, who follows whom."),
            ),
            ManagedThing(
                "people.index",
                _("People"),
                hint=_("Who may sign in and as what; a new link; the end of an account."),
                by=(CHIEF,),
            ),
            ManagedThing(
                "proposals.index",
                _("Accounts that wait for a second person"),
                hint=_("Links, new people and resets that one person has proposed: confirm or refuse them."),
                counted=lambda who: waiting_for(who, now()),
            ),
            ManagedThing(
                "deputies.index", _("Deputies"), hint=_("Who stands in for whom, from when to when."), by=(CHIEF,)
            ),
            ManagedThing(
                "tokens.index",
                _("Tokens of systems"),
                hint=_("Which systems come in over the interface, with what they may do and their last use."),
                by=(CHIEF,),
            ),
            ManagedThing(
                "endpoints.index",
                _("Messages to systems"),
                hint=_("Which systems are told what happens, what they took, and what stopped."),
                by=(CHIEF,),
            ),
            ManagedThing("phrases.index", _("Phrases"), hint=_("Sentences for reasons that the whole office may use.")),
        ),
    ),
    (
        _("What goes out"),
        (
            ManagedThing(
                "places.owed",
                _("Other places"),
                hint=_("Where else records are shown: what is owed, late, refused, to be told or looked at by hand."),
                counted=lambda _who: waiting(),
            ),
        ),
    ),
    (
        _("What holds"),
        (
            ManagedThing(
                "rules.rules",
                _("Limits and rules"),
                hint=_("Every limit with its basis; a proposal becomes a promise once it is published."),
            ),
            ManagedThing(
                "calendar.calendar",
                _("Calendar"),
                hint=_("Days off and days made up; a new holiday notice is loaded here."),
            ),
            ManagedThing(
                "audit.index", _("Audit"), hint=_("Whether the ledger matches, and who read what."), by=(CHIEF,)
            ),
        ),
    ),
)
"""A card each."""


@pages.get("/manage")
@requires(roles=BOTH)
def index() -> ResponseReturnValue:
    """The things that this reader keeps, each with what it is for."""
    holds = identity().holds
    groups = [
        (title, [one for one in kept if holds(*one.by) and (not one.kind or one.kind in all_kinds())])
        for title, kept in GROUPS
        if law().places or kept[0].endpoint != "places.owed"
    ]
    counts = numbers([one for _title, kept in groups for one in kept])
    return render_template("admin/manage.html", groups=groups, counts=counts, first=first_steps(), fresh=no_case_yet())
