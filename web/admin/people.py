"""People, kept by the head of the office: who may sign in and as what, a new link, the end of an account."""

from collections import Counter
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import func, select

from cases.model.tables import Case
from cases.model.visibility import visible_to
from extensions import db, transaction
from registry.account_acts import LINK, RESET, UNWAIT, admit_person, is_official, propose_account_act, propose_person
from registry.admission import Member, end_account, members
from registry.endpoints import service_people
from registry.organisations import Bureau
from registry.people import User, end_sessions
from registry.sessions import open_sessions
from registry.sign_in import one_time_link
from web.account.page import count_link, done_to_accounts, link_made, mail_is_set_up
from web.account.security_lines import WAYS, own_lines
from web.account.sessions import LATEST, device
from web.account.sign_in import ROLE_NAMES
from web.admin.accounts import SHOWN, account_rows
from web.admin.form import PersonForm
from web.admin.proposals import proposed
from web.site.access import ASKED_AND_SENT, SENT, identity, law, note_read, note_security, now, requires, settings
from web.site.forms import Form, form_page, page_of
from web.site.language import bureau_name, bureau_short, office_short
from workflow.definition import CHIEF, FILER, HEAD, Party

pages = Blueprint("people", __name__, url_prefix="/people")

KEEP = (CHIEF, HEAD)
"""The head of the office keeps everybody, that of a bureau proposes for its people."""
PAGE = 100
"""Accounts on a page; where there are more, there is a field to look for one."""


@pages.get("")
@requires(roles=KEEP)
def index() -> ResponseReturnValue:
    """Everybody, by the body they belong to; for the head of a bureau its own people."""
    rows, asked = account_rows(db.session(), _kept()), request.args.get("q", "").strip()
    state, body = request.args.get("state", ""), request.args.get("body", "")
    state = state if state in SHOWN else ""
    bodies = Counter(_body(one.member) for one in rows)
    body = body if any(body == key for key, _ in bodies) else ""
    found = [one for one in rows if SHOWN[state][1](one) and _fits(one.member, asked.casefold())]
    found = [one for one in found if body in ("", _body(one.member)[0])]
    shown = page_of(found, PAGE)
    firms = [one for one in shown.rows if one.member.enterprise]
    groups = groupby((one for one in shown.rows if not one.member.enterprise), key=lambda one: _place(one.member))
    return render_template(
        "admin/people.html",
        groups=[(place, list(those)) for place, those in groups],
        firms=firms,
        firm_people=sum(one.member.enterprise is not None for one in found),
        states=[(name, words, sum(map(fits, rows))) for name, (words, fits) in SHOWN.items()],
        state=state,
        bodies=[(key, place, n) for (key, place), n in bodies.items()] if len(bodies) > 1 else [],
        body=body,
        count=len(rows),
        in_use=sum(one.in_use for one in rows),
        roles=ROLE_NAMES,
        q=asked,
        shown=shown,
        long=len(rows) > PAGE,
        unfolded=bool(asked or state or body or shown.before),
        keeps=identity().holds(CHIEF),
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
        if any(role != FILER.name for role in form.person().roles):
            return _propose_person(form)
        with form.writing() as session:
            user, token = admit_person(session, form.person(), identity().user_id, now(), demo=settings().demo)
            count_link(session, user)
        if form.status == 200:
            note_security("account_added", whose=user.id, roles=list(form.person().roles))
            return _handed_over(user, token, gettext("%(name)s has been added", name=user.name))
    return form_page("admin/person_new.html", form)


def _propose_person(form: PersonForm) -> ResponseReturnValue:
    """An official is let in by two."""
    as_here = {"demo": settings().demo, "all_in_one": law().place.all_in_one}
    coded = not (mail_is_set_up() and form.email.data)
    with form.writing() as session:
        act, code = propose_person(session, form.person(), identity(), now(), coded=coded, **as_here)
    if form.status != 200:
        return form_page("admin/person_new.html", form)
    return proposed(act, db.session().get_one(User, act.subject_id), code, url_for("people.index"))


@pages.get("/<int:id>")
@requires(roles=KEEP)
def show(id: int) -> ResponseReturnValue:
    """One person, and what may be done about the account."""
    return _person_page(_member(id), Form())


@pages.post("/<int:id>/link")
@requires(roles=KEEP, fresh=SENT)
def new_link(id: int) -> ResponseReturnValue:
    """A link for a forgotten password; earlier unused ones stop working. An official's is proposed."""
    member, form = _member(id), Form()
    if is_official(db.session(), member.user):
        return _propose(LINK, member, coded=not (mail_is_set_up() and member.user.email))
    with form.writing() as session:
        token = one_time_link(session, member.user, now(), by=identity().user_id)
        count_link(session, member.user)
    if form.status != 200:
        return _person_page(member, form)
    return _handed_over(member.user, token, gettext("A new sign-in link for %(name)s", name=member.user.name))


@pages.post("/<int:id>/reset")
@requires(roles=KEEP, fresh=SENT)
def reset(id: int) -> ResponseReturnValue:
    """Propose that the second step is set up anew, where the telephone is lost."""
    return _propose(RESET, _member(id))


@pages.post("/<int:id>/unwait")
@requires(roles=KEEP, fresh=SENT)
def unwait(id: int) -> ResponseReturnValue:
    """Propose that the wait after wrong passwords ends."""
    return _propose(UNWAIT, _member(id))


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


@pages.post("/<int:id>/sessions/end")
@requires(roles=(CHIEF,), fresh=SENT)
def end_all_sessions(id: int) -> ResponseReturnValue:
    """Sign the person out everywhere."""
    member = _member(id)
    with transaction() as writing:
        end_sessions(writing, member.user.id, now())
    note_security("signed_out", whose=member.user.id)
    flash(gettext("%(name)s has been signed out everywhere.", name=member.user.name))
    return redirect(url_for("people.show", id=id))


@pages.post("/<int:id>/sessions/<int:session_id>/end")
@requires(roles=(CHIEF,), fresh=SENT)
def end_one_session(id: int, session_id: int) -> ResponseReturnValue:
    """Sign the person out at one place."""
    member = _member(id)
    if session_id not in {row.id for row in open_sessions(db.session(), member.user.id, now())}:
        abort(404)
    with transaction() as writing:
        end_sessions(writing, member.user.id, now(), only=session_id)
    note_security("signed_out", whose=member.user.id)
    flash(gettext("That session has ended."))
    return redirect(url_for("people.show", id=id))


def _propose(what: str, member: Member, *, coded: bool = False) -> ResponseReturnValue:
    form = Form()
    with form.writing() as session:
        act, code = propose_account_act(session, what, member.user, identity(), now(), coded=coded)
    if form.status != 200:
        return _person_page(member, form)
    return proposed(act, member.user, code, url_for("people.show", id=member.user.id))


def _kept() -> list[Member]:
    """The people whom the reader keeps: everybody, or those of the bureau that they head."""
    session, who = db.session(), identity()
    systems = set(session.scalars(service_people()))
    everybody = [one for one in members(session) if one.user.id not in systems]
    if who.holds(CHIEF):
        return everybody
    return [one for one in everybody if one.bureau and one.bureau.id in who.bureau_ids]


def _member(id: int) -> Member:
    return next((member for member in _kept() if member.user.id == id), None) or abort(404)


def _body(member: Member) -> tuple[str, str]:
    """What an address calls the body, and what a list does; all firms are one."""
    if member.bureau:
        return str(member.bureau.id), bureau_short(member.bureau)
    if member.enterprise:
        return "firms", gettext("Firms")
    return str(member.party), _place(member)


def _place(member: Member) -> str:
    if member.bureau:
        return bureau_name(member.bureau)
    if member.party is Party.ENTERPRISE:
        return member.enterprise.name if member.enterprise else gettext("Agents")
    return office_short()


def _person_page(member: Member, form: Form) -> Response:
    keeps, [row] = identity().holds(CHIEF), account_rows(db.session(), [member])
    return form_page(
        "admin/person.html",
        form,
        member=member,
        row=row,
        place=_place(member),
        roles=ROLE_NAMES,
        own=member.user.id == identity().user_id,
        official=is_official(db.session(), member.user),
        keeps=keeps,
        done=done_to_accounts(member.user.id, PAGE),
        **(_signed_in(member.user) if keeps else {}),
    )


def _signed_in(user: User) -> dict[str, Any]:
    """What only the head of the office sees of another: where they are signed in, what was done, what is in hand."""
    note_read("person", user.id)
    mine = visible_to(identity()), Case.holder_id == user.id, Case.closed_at.is_(None)
    return {
        "sessions": [(row, device(row.browser)) for row in open_sessions(db.session(), user.id, now())],
        "ways": WAYS,
        "latest": own_lines(user.id, LATEST),
        "in_hand": db.session().scalar(select(func.count()).select_from(Case).where(*mine)),
    }


def _handed_over(user: User, token: str, title: str) -> Response:
    return link_made(user, token, title, "people.index", gettext("Back to people"))
