"""People, kept by the head of the office: who may sign in and as what, a new link, the end of an account."""

from itertools import groupby

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from extensions import db
from registry.admission import Member, admit_person, end_account, members
from registry.organisations import Bureau
from registry.people import User
from registry.sign_in import one_time_link
from web.account.page import count_link, done_to_accounts, link_made
from web.account.sign_in import ROLE_NAMES
from web.admin.form import PersonForm
from web.site.access import ASKED_AND_SENT, identity, note_security, now, requires, settings
from web.site.forms import Form, form_page, page_of
from web.site.language import bureau_name, office_short
from workflow.definition import CHIEF, Party

pages = Blueprint("people", __name__, url_prefix="/people")

PAGE = 100
"""Accounts on a page; where there are more, there is a field to look for one."""


@pages.get("")
@requires(roles=(CHIEF,))
def index() -> ResponseReturnValue:
    """Everybody, by the body they belong to."""
    everybody, asked = members(db.session()), request.args.get("q", "").strip()
    found = [one for one in everybody if _fits(one, asked.casefold())]
    shown = page_of(found, PAGE)
    groups = [(place, list(those)) for place, those in groupby(shown.rows, key=_group)]
    return render_template(
        "admin/people.html",
        groups=groups,
        count=len(everybody),
        roles=ROLE_NAMES,
        q=asked,
        shown=shown,
        long=len(everybody) > PAGE,
    )


def _fits(one: Member, asked: str) -> bool:
    """Whether the name, the user name or the body holds what is looked for."""
    where = one.enterprise or one.bureau
    names = (one.user.name, one.user.username, where.name if where else "")
    return not asked or any(asked in name.casefold() for name in names)


@pages.route("/new", methods=["GET", "POST"])
@requires(roles=(CHIEF,), fresh=ASKED_AND_SENT)
def new() -> ResponseReturnValue:
    """Admit a person: a link by mail, or shown this once."""
    form = PersonForm(db.session().scalars(select(Bureau).where(Bureau.successor_id.is_(None)).order_by(Bureau.id)))
    if form.sent():
        with form.writing() as session:
            user, token = admit_person(session, form.person(), identity().user_id, now(), demo=settings().demo)
            count_link(session, user)
        if form.status == 200:
            note_security("account_added", whose=user.id, roles=list(form.person().roles))
            return _handed_over(user, token, gettext("%(name)s has been added", name=user.name))
    return form_page("admin/person_new.html", form)


@pages.get("/<int:id>")
@requires(roles=(CHIEF,))
def show(id: int) -> ResponseReturnValue:
    """One person, and what may be done about the account."""
    return _person_page(_member(id), Form())


@pages.post("/<int:id>/link")
@requires(roles=(CHIEF,), fresh=ASKED_AND_SENT)
def new_link(id: int) -> ResponseReturnValue:
    """A link for a forgotten password; earlier unused ones stop working."""
    member, form = _member(id), Form()
    with form.writing() as session:
        token = one_time_link(session, member.user, now(), by=identity().user_id)
        count_link(session, member.user)
    if form.status != 200:
        return _person_page(member, form)
    return _handed_over(member.user, token, gettext("A new sign-in link for %(name)s", name=member.user.name))


@pages.route("/<int:id>/end", methods=["GET", "POST"])
@requires(roles=(CHIEF,), fresh=ASKED_AND_SENT)
def end(id: int) -> ResponseReturnValue:
    """End the account, its sessions and its links; asked for, the page says what ends with it."""
    member, form = _member(id), Form()
    if not form.sent():
        if not member.user.is_active:
            return redirect(url_for("people.show", id=id))
        return render_template("admin/person_end.html", member=member, form=form)
    with form.writing() as session:
        end_account(session, member.user, identity().user_id, now())
    if form.status != 200:
        return _person_page(member, form)
    note_security("account_ended", whose=member.user.id)
    flash(gettext("The account of %(name)s has ended.", name=member.user.name))
    return redirect(url_for("people.index"))


def _member(id: int) -> Member:
    return next((member for member in members(db.session()) if member.user.id == id), None) or abort(404)


def _group(member: Member) -> str:
    """Under which heading a person stands: all firms share one, since most have one person."""
    return gettext("Firms") if member.enterprise else _place(member)


def _place(member: Member) -> str:
    if member.bureau:
        return bureau_name(member.bureau)
    if member.party is Party.ENTERPRISE:
        return member.enterprise.name if member.enterprise else gettext("Agents")
    return office_short()


def _person_page(member: Member, form: Form) -> Response:
    return form_page(
        "admin/person.html",
        form,
        member=member,
        place=_place(member),
        roles=ROLE_NAMES,
        own=member.user.id == identity().user_id,
        done=done_to_accounts(member.user.id, PAGE),
    )


def _handed_over(user: User, token: str, title: str) -> Response:
    return link_made(user, token, title, "people.index", gettext("Back to people"))
