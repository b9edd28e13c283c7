"""What has to be entered before the first case can be dealt with whole: a short list for the office, in order.

It stands on the office's page of what it keeps as long as something of it is missing, and on the desk of a place in
which there has not been a case yet. Each line says how far it is; nothing is forced.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext, ngettext
from sqlalchemy import exists, func, select

from cases.model.tables import Case
from extensions import db
from registry.credit_records import CreditRecord
from registry.organisations import Bureau, Office, WithRemedy, remedy_ready
from registry.people import Membership, User
from web.site.access import identity
from web.site.context import today, world
from web.site.dates import written
from web.site.mail_now import mail_is_set_up
from workflow.definition import APPROVER, CHIEF, HEAD, OFFICER, REVIEWER, Party
from workflow.refusal import say


@dataclass(frozen=True)
class Step:
    """One thing to enter: how it stands in words, where it is entered, and whether that is done."""

    name: str
    label: str
    said: Any
    href: str
    done: bool


def first_steps() -> list[Step]:
    """All of them in order while one is missing, for the head of the office; else none."""
    if not identity().holds(CHIEF):
        return []
    bureaus = list(db.session().scalars(select(Bureau).where(Bureau.successor_id.is_(None))))
    steps = [_people(bureaus), _remedies(bureaus), _calendar(), _mail(), _records()]
    return steps if not all(step.done for step in steps) else []


def no_case_yet() -> bool:
    """Whether nobody has ever filed anything here."""
    return not db.session().scalar(select(exists().where(Case.id > 0)))


def _people(bureaus: list[Bureau]) -> Step:
    """A bureau can work once somebody proposes and another approves there; the office once it has an officer."""
    reviewing, approving = _with(REVIEWER.name), _with(APPROVER.name, HEAD.name)
    lacking = [bureau for bureau in bureaus if bureau.id not in reviewing or bureau.id not in approving]
    nobody = Party.OFFICE if None not in _with(OFFICER.name) else None
    said = (
        ngettext(
            "%(num)s bureau has not both a reviewer and an approver: what goes there waits.",
            "%(num)s bureaus have not both a reviewer and an approver: what goes there waits.",
            len(lacking),
        )
        if lacking
        else gettext("Every bureau has a reviewer and an approver.")
    )
    said = gettext("The office has no officer yet.") if nobody else said
    return Step("people", gettext("People"), said, url_for("people.new"), not lacking and not nobody)


def _with(*roles: str) -> set[int | None]:
    """The bureaus, None for the office, where somebody holds one of these roles."""
    held = select(Membership.bureau_id).join(User, User.id == Membership.user_id)
    return set(db.session().scalars(held.where(Membership.role.in_(roles), User.ended_at.is_(None)).distinct()))


def _remedies(bureaus: list[Bureau]) -> Step:
    office = db.session().scalars(select(Office)).first()
    bodies: list[WithRemedy] = [*bureaus, *([office] if office else [])]
    lacking = sum(not remedy_ready(body) for body in bodies)
    said = (
        ngettext(
            "%(num)s body lacks its review body or court: until then nothing adverse can be decided there.",
            "%(num)s bodies lack their review body or court: until then nothing adverse can be decided there.",
            lacking,
        )
        if lacking
        else gettext("Entered for every body.")
    )
    return Step("remedies", gettext("Review bodies and courts"), said, url_for("organisations.index"), not lacking)


def _calendar() -> Step:
    until = world().calendar.known_until
    known = today() <= until
    said = say("Holidays are known until {day}.", day=until)
    return Step("calendar", gettext("Calendar"), written(said), url_for("calendar.calendar"), known)


def _mail() -> Step:
    without = (
        db.session().scalar(
            select(func.count()).select_from(Bureau).where(Bureau.successor_id.is_(None), Bureau.email == "")
        )
        or 0
    )
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
    return Step("mail", gettext("Mail"), said, url_for("organisations.index"), mail_is_set_up() and not without)


def _records() -> Step:
    there = db.session().scalar(select(exists().where(CreditRecord.id > 0))) or False
    said = gettext("Records are there.") if there else gettext("None yet: import the sheet of each bureau.")
    return Step("records", gettext("Records"), said, url_for("record_import.choose"), there)
