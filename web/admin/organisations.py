"""The bureaus and the office: what is known of each, what is missing before it may decide, and mending it."""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from extensions import db
from registry.organisations import (
    MERGED,
    RENAMED,
    Bureau,
    Office,
    OrganisationChange,
    Succession,
    WithRemedy,
    changes_of,
    describe,
    fields_of,
    successions_of,
)
from registry.people import User
from web.admin.form import OrganisationForm
from web.site.access import identity, now, requires, today
from web.site.forms import form_page
from web.site.language import bureau_name, bureau_short, language
from workflow.definition import AUDITOR, CHIEF, OFFICER
from workflow.refusal import Message, say

pages = Blueprint("organisations", __name__, url_prefix="/organisations")


@dataclass(frozen=True)
class RemedyState:
    """A review body or a court: its state is `missing`, `to_confirm` or `confirmed`."""

    name: str
    state: str


@pages.get("")
@requires(roles=(OFFICER, CHIEF, AUDITOR))
def index() -> ResponseReturnValue:
    """Every bureau with what is missing, and the office."""
    bureaus = {bureau.id: bureau for bureau in db.session().scalars(select(Bureau).order_by(Bureau.id))}
    rows = [(one, _review(one), _court(one), bureaus.get(one.successor_id or 0)) for one in bureaus.values()]
    states = [({review.state, court.state}, successor) for _body, review, court, successor in rows]
    office = db.session().get_one(Office, 1)
    return render_template(
        "admin/organisations.html",
        rows=rows,
        office=office,
        review=_review(office),
        court=_court(office),
        blocked=sum("missing" in these and not successor for these, successor in states),
        to_confirm=sum("to_confirm" in these for these, _successor in states),
        name_of=bureau_name,
    )


@pages.get("/<int:id>")
@requires(roles=(OFFICER, CHIEF, AUDITOR))
def show(id: int) -> ResponseReturnValue:
    body = _bureau(id)
    return _page(body, OrganisationForm(obj=body))


@pages.post("/<int:id>")
@requires(roles=(CHIEF,))
def change(id: int) -> ResponseReturnValue:
    """Write what was changed of a bureau."""
    return _change(_bureau(id), url_for("organisations.show", id=id))


@pages.get("/office")
@requires(roles=(OFFICER, CHIEF, AUDITOR))
def show_office() -> ResponseReturnValue:
    body = db.session().get_one(Office, 1)
    return _page(body, OrganisationForm(obj=body))


@pages.post("/office")
@requires(roles=(CHIEF,))
def change_office() -> ResponseReturnValue:
    """Write what was changed of the office."""
    return _change(db.session().get_one(Office, 1), url_for("organisations.show_office"))


def _change(body: Bureau | Office, back: str) -> ResponseReturnValue:
    form, actor = OrganisationForm(obj=body), f"user:{identity().user_id}"
    if form.sent():
        with form.writing() as session:
            changes = describe(session, body, form.values(body), today=today(), now=now(), actor=actor)
    if form.status != 200:
        return _page(body, form)
    flash(
        gettext("Kept. Papers that are already out stay as they are.") if changes else gettext("Nothing was changed.")
    )
    return redirect(back)


def _page(body: Bureau | Office, form: OrganisationForm) -> ResponseReturnValue:
    labels = {name: form[name].label.text for name in fields_of(body)}
    changes = [
        (change, _who(change), labels.get(change.field, change.field)) for change in changes_of(db.session(), body)
    ]
    bureau = body if isinstance(body, Bureau) else None
    return form_page(
        "admin/organisation.html",
        form,
        body=body,
        changes=changes,
        may_write=identity().holds(CHIEF),
        labels=labels,
        review=_review(body),
        court=_court(body),
        is_office=bureau is None,
        name=bureau_name(body),
        short=bureau_short(body),
        name_of=bureau_name,
        successor=_bureau(bureau.successor_id) if bureau and bureau.successor_id else None,
        became=[_became(row, bureau) for row in successions_of(db.session(), bureau.id)] if bureau else [],
    )


def _became(row: Succession, body: Bureau) -> Message:
    """What this bureau became, or what became it."""
    values = {"document": row.document, "day": row.on_day, "old": row.old_name}
    if row.how == RENAMED:
        return say("Renamed on {day} by {document}; until then its name was {old}.", **values)
    new = bureau_name(db.session().get_one(Bureau, row.new_bureau_id))
    if row.new_bureau_id == body.id:
        return say("What {old} had came to it on {day} by {document}.", **values)
    if row.how == MERGED:
        return say("Merged into {new} on {day} by {document}.", new=new, **values)
    return say("Split on {day} by {document}; what it had went to {new}.", new=new, **values)


def _bureau(id: int) -> Bureau:
    return db.session().get(Bureau, id) or abort(404)


def _review(body: WithRemedy) -> RemedyState:
    return _remedy(body.review_body, body.review_body_en, body.review_confirmed)


def _court(body: WithRemedy) -> RemedyState:
    return _remedy(body.court, body.court_en, body.court_confirmed)


def _remedy(name: str, english: str, confirmed: bool) -> RemedyState:
    """By its name in the page's language; the official one says whether it is missing."""
    state = "missing" if not name else "confirmed" if confirmed else "to_confirm"
    return RemedyState((language() == "en" and english) or name, state)


def _who(change: OrganisationChange) -> str | Message:
    id = change.actor.removeprefix("user:")
    user = db.session().get(User, int(id)) if id.isdecimal() else None
    return user.name if user else say("the clock")
