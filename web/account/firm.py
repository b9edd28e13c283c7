"""My firm: its people, its agents with their letters of authority, and the calendar feed of whoever reads.

A managing person lets others in and ends them; the office lets in the first (`admission.py`).
"""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from cases.kinds import all_kinds
from extensions import db
from registry.admission import (
    NO_LETTER,
    add_colleague,
    agents_of,
    colleagues,
    end_agent,
    end_colleague,
    find_authority,
    find_colleague,
    link_for,
    name_agent,
)
from registry.identity import Authority, authorities_held
from registry.organisations import Enterprise
from registry.people import User
from registry.sign_in import Feed
from web.account.form import AgentForm, ColleagueForm
from web.account.page import count_link, link_made
from web.site.access import ASKED_AND_SENT, identity, note_security, now, person, requires, settings, today
from web.site.forms import Form, form_page, number_in
from web.site.kept_form import one_file, sent_file
from workflow.definition import FILER
from workflow.refusal import say

pages = Blueprint("firm", __name__, url_prefix="/firm")


@pages.get("")
@requires(roles={FILER})
def index() -> ResponseReturnValue:
    """The people and agents of the reader's firms; for an agent, the letters that they hold."""
    return _index(Form())


@pages.route("/people/new", methods=["GET", "POST"])
@requires(roles={FILER}, fresh=ASKED_AND_SENT)
def new_colleague() -> ResponseReturnValue:
    """Let somebody of the firm in: a link by mail, or shown this once."""
    firm, form = _managed(), ColleagueForm()
    if form.sent():
        with form.writing() as session:
            user, token = add_colleague(session, firm.id, form.colleague(), identity(), now(), demo=settings().demo)
            count_link(session, user)
        if form.status == 200:
            note_security("account_added", whose=user.id, roles=[FILER.name])
            return _handed_over(user, token, gettext("%(name)s has been let in", name=user.name))
    return form_page("account/firm/new_person.html", form, firm=firm)


@pages.post("/people/<int:id>/link")
@requires(roles={FILER}, fresh=ASKED_AND_SENT)
def link(id: int) -> ResponseReturnValue:
    """A link for a forgotten password; earlier unused ones stop working."""
    user, form = _colleague(id), Form()
    with form.writing() as session:
        token = link_for(session, user, identity(), now())
        count_link(session, user)
    if form.status != 200:
        return _index(form)
    return _handed_over(user, token, gettext("A new sign-in link for %(name)s", name=user.name))


@pages.route("/people/<int:id>/end", methods=["GET", "POST"])
@requires(roles={FILER}, fresh=ASKED_AND_SENT)
def end(id: int) -> ResponseReturnValue:
    """End the account of somebody of the firm; asked for, the page says what ends with it."""
    user, form = _colleague(id), Form()
    if not form.sent():
        return render_template("account/firm/end_person.html", user=user, form=form)
    with form.writing() as session:
        end_colleague(session, user, identity(), now())
    if form.status != 200:
        return _index(form)
    note_security("account_ended", whose=user.id)
    flash(gettext("The account of %(name)s has ended.", name=user.name))
    return redirect(url_for("firm.index"))


@pages.route("/agents/new", methods=["GET", "POST"])
@requires(roles={FILER}, fresh=ASKED_AND_SENT)
def new_agent() -> ResponseReturnValue:
    """Let an agent act under a letter; a link for who has no account yet."""
    firm, form = _managed(), AgentForm()
    if request.method != "POST":
        form.from_day.data = today()
        return form_page("account/firm/new_agent.html", form, firm=firm, file=None)
    form.sent()
    signed, unfit = one_file(form.kept, request.files.getlist("letter"), firm.id)
    if not form.kinds.data:
        form.mark({"kinds": say("Tick for which cases the letter holds.")})
    if unfit or signed is None:
        form.mark({"letter": unfit or NO_LETTER})
    if form.status == 200 and signed:
        with form.writing() as session:
            row, token = name_agent(
                session, firm.id, form.agent(), signed, identity(), today(), now(), demo=settings().demo
            )
            if token:
                count_link(session, session.get_one(User, row.agent_id))
    if form.status != 200:
        return form_page("account/firm/new_agent.html", form, firm=firm, file=signed)
    agent = db.session().get_one(User, row.agent_id)
    note_security("agent_named", whose=agent.id)
    title = gettext("%(name)s may act for %(firm)s", name=agent.name, firm=firm.name)
    if token:
        return _handed_over(agent, token, title)
    flash(title)
    return redirect(url_for("firm.index"))


@pages.get("/agents/<int:id>/letter")
@requires(roles={FILER})
def letter(id: int) -> ResponseReturnValue:
    """The letter of authority, for the firm and for the agent whom it names."""
    row = _authority(id)
    return sent_file(row.sha256, row.name, row.media_type)


@pages.route("/agents/<int:id>/end", methods=["GET", "POST"])
@requires(roles={FILER})
def end_authority(id: int) -> ResponseReturnValue:
    """End a letter before its last day; asked for, the page says what ends with it."""
    row, form = _authority(id), Form()
    if row.enterprise_id not in identity().manages and row.agent_id != identity().user_id:
        abort(404)
    agent = db.session().get_one(User, row.agent_id)
    if not form.sent():
        firm = db.session().get_one(Enterprise, row.enterprise_id)
        return render_template("account/firm/end_agent.html", row=row, agent=agent, firm=firm, form=form)
    with form.writing() as session:
        end_agent(session, row.id, identity(), now())
    if form.status != 200:
        return _index(form)
    note_security("agent_ended", whose=row.agent_id)
    flash(gettext("The authority of %(name)s has ended.", name=agent.name))
    return redirect(url_for("firm.index"))


def _index(form: Form) -> Response:
    session, here = db.session(), identity()
    own = sorted(here.enterprise_ids - here.agent_for.keys())
    firms = [
        (firm, colleagues(session, firm.id), agents_of(session, [firm.id]))
        for firm in (session.get_one(Enterprise, id) for id in own)
    ]
    held = [(row, session.get_one(Enterprise, row.enterprise_id)) for row in authorities_held(session, here.user_id)]
    return form_page(
        "account/firm/index.html",
        form,
        firms=firms,
        held=held,
        me=person(),
        manages=here.manages,
        day=today(),
        kinds={kind: say(one.label) for kind, one in all_kinds().items()},
        feed=session.get(Feed, person().id),
    )


def _managed() -> Enterprise:
    """The firm that the request names among those that the reader manages; where there is one only, that one."""
    ours = identity().manages
    named = number_in(request.values.get("firm"), -1) if "firm" in request.values else next(iter(sorted(ours)), -1)
    return db.session().get_one(Enterprise, named) if named in ours else abort(404)


def _colleague(id: int) -> User:
    return find_colleague(db.session(), identity().manages, id) or abort(404)


def _authority(id: int) -> Authority:
    return find_authority(db.session(), id, identity()) or abort(404)


def _handed_over(user: User, token: str, title: str) -> Response:
    return link_made(user, token, title, "firm.index", gettext("Back to my firm"))
