"""My firm: its people, its agents with their letters of authority, and the calendar feed of whoever reads.

A managing person lets others in and ends them; the office lets in the first (`joining.py`).
"""

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from cases.kinds import all_kinds
from cases.model.evidence import StoredFile
from extensions import db, transaction
from registry.enterprise_people import (
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
from registry.feeds import feed_of
from registry.identity import Authority, authorities_held
from registry.organisations import Enterprise
from registry.people import User
from registry.sign_in import TooManyTries
from web.account.form import AgentForm, ColleagueForm
from web.account.page import count_link, link_made
from web.site.access import identity, now, person, requires, settings, today
from web.site.forms import Form, number_in
from web.site.kept_form import one_file, sent_file
from web.site.language import in_words
from workflow.definition import FILER
from workflow.refusal import Incomplete, Message, Refusal, say

pages = Blueprint("firm", __name__, url_prefix="/firm")


@pages.get("")
@requires(roles={FILER})
def index() -> ResponseReturnValue:
    """The people and agents of the reader's firms; for an agent, the letters that they hold."""
    return _index()


@pages.get("/people/new")
@requires(roles={FILER})
def new_colleague() -> ResponseReturnValue:
    return _colleague_page(_managed(), ColleagueForm())


@pages.post("/people/new")
@requires(roles={FILER})
def add() -> ResponseReturnValue:
    """Let somebody of the firm in: a link by mail, or shown this once."""
    firm, form = _managed(), ColleagueForm()
    if not form.sent():
        return _colleague_page(firm, form, 422)
    try:
        with transaction() as session:
            user, token = add_colleague(session, firm.id, form.colleague(), identity(), now(), demo=settings().demo)
            count_link(session, user)
    except Incomplete as refused:
        form.mark(refused.fields)
        return _colleague_page(firm, form, 422)
    except TooManyTries as refused:
        form.mark({"email": refused.message})
        return _colleague_page(firm, form, 429)
    return _handed_over(user, token, gettext("%(name)s has been let in", name=user.name))


@pages.post("/people/<int:id>/link")
@requires(roles={FILER})
def link(id: int) -> ResponseReturnValue:
    """A link for a forgotten password; earlier unused ones stop working."""
    user = _colleague(id)
    try:
        with transaction() as session:
            token = link_for(session, user, identity(), now())
            count_link(session, user)
    except TooManyTries as refused:
        return _index(429, in_words(refused.message))
    return _handed_over(user, token, gettext("A new sign-in link for %(name)s", name=user.name))


@pages.get("/people/<int:id>/end")
@requires(roles={FILER})
def ask_end(id: int) -> ResponseReturnValue:
    """What ends with an account, before it is ended."""
    return render_template("account/firm/end_person.html", user=_colleague(id), form=Form())


@pages.post("/people/<int:id>/end")
@requires(roles={FILER})
def end(id: int) -> ResponseReturnValue:
    """End the account of somebody of the firm."""
    user = _colleague(id)
    try:
        with transaction() as session:
            end_colleague(session, user, identity(), now())
    except Refusal as refused:
        return _index(409, in_words(refused.message))
    flash(gettext("The account of %(name)s has ended.", name=user.name))
    return redirect(url_for("firm.index"))


@pages.get("/agents/new")
@requires(roles={FILER})
def new_agent() -> ResponseReturnValue:
    form = AgentForm()
    form.offer()
    form.from_day.data = today()
    return _agent_page(_managed(), form)


@pages.post("/agents/new")
@requires(roles={FILER})
def add_agent() -> ResponseReturnValue:
    """Let an agent act under a letter; a link for who has no account yet."""
    firm, form = _managed(), AgentForm()
    form.offer()
    form.sent()
    signed, unfit = one_file(form.kept, request.files.getlist("letter"))
    if not form.chose_kinds():
        form.kinds.errors = (gettext("Tick for which cases the letter holds."),)
    if unfit or signed is None:
        form.mark({"letter": unfit or NO_LETTER})
    if form.errors:
        return _agent_page(firm, form, 422, signed)
    try:
        with transaction() as session:
            row, token = name_agent(
                session, firm.id, form.agent(), signed, identity(), today(), now(), demo=settings().demo
            )
            if token:
                count_link(session, session.get_one(User, row.agent_id))
    except Incomplete as refused:
        form.mark(refused.fields)
        return _agent_page(firm, form, 422, signed)
    except TooManyTries as refused:
        form.mark({"email": refused.message})
        return _agent_page(firm, form, 429, signed)
    agent = db.session().get_one(User, row.agent_id)
    if token:
        return _handed_over(agent, token, gettext("%(name)s may act for %(firm)s", name=agent.name, firm=firm.name))
    flash(gettext("%(name)s may act for %(firm)s", name=agent.name, firm=firm.name))
    return redirect(url_for("firm.index"))


@pages.get("/agents/<int:id>/letter")
@requires(roles={FILER})
def letter(id: int) -> ResponseReturnValue:
    """The letter of authority, for the firm and for the agent whom it names."""
    row = _authority(id)
    return sent_file(row.sha256, row.name, row.media_type)


@pages.get("/agents/<int:id>/end")
@requires(roles={FILER})
def ask_end_agent(id: int) -> ResponseReturnValue:
    """What ends with a letter of authority, before it is ended."""
    row = _authority(id)
    if not _may_end(row):
        abort(404)
    agent = db.session().get_one(User, row.agent_id)
    firm = db.session().get_one(Enterprise, row.enterprise_id)
    return render_template("account/firm/end_agent.html", row=row, agent=agent, firm=firm, form=Form())


@pages.post("/agents/<int:id>/end")
@requires(roles={FILER})
def end_agent_now(id: int) -> ResponseReturnValue:
    """End a letter before its last day."""
    row = _authority(id)
    if not _may_end(row):
        abort(404)
    try:
        with transaction() as session:
            end_agent(session, row.id, identity(), now())
    except Refusal as refused:
        return _index(409, in_words(refused.message))
    flash(gettext("The authority of %(name)s has ended.", name=db.session().get_one(User, row.agent_id).name))
    return redirect(url_for("firm.index"))


def _index(status: int = 200, refusal: str = "") -> Response:
    session, here = db.session(), identity()
    own = sorted(here.enterprise_ids - here.agent_for.keys())
    firms = [
        (firm, colleagues(session, firm.id), agents_of(session, [firm.id]))
        for firm in (session.get_one(Enterprise, id) for id in own)
    ]
    held = [(row, session.get_one(Enterprise, row.enterprise_id)) for row in authorities_held(session, here.user_id)]
    page = render_template(
        "account/firm/index.html",
        firms=firms,
        held=held,
        me=person(),
        manages=here.manages,
        day=today(),
        kinds=_kind_names(),
        feed=feed_of(session, person()),
        refusal=refusal,
        form=Form(),
    )
    return make_response(page, status)


def _kind_names() -> dict[str, Message]:
    return {kind: say(one.label) for kind, one in all_kinds().items()}


def _managed() -> Enterprise:
    """The firm that the request names among those that the reader manages; where there is one only, that one."""
    ours = identity().manages
    named = number_in(request.values.get("firm"), -1) if "firm" in request.values else next(iter(sorted(ours)), -1)
    return db.session().get_one(Enterprise, named) if named in ours else abort(404)


def _colleague(id: int) -> User:
    return find_colleague(db.session(), identity().manages, id) or abort(404)


def _authority(id: int) -> Authority:
    return find_authority(db.session(), id, identity()) or abort(404)


def _may_end(row: Authority) -> bool:
    return row.enterprise_id in identity().manages or row.agent_id == identity().user_id


def _colleague_page(firm: Enterprise, form: ColleagueForm, status: int = 200) -> Response:
    return make_response(render_template("account/firm/new_person.html", firm=firm, form=form), status)


def _agent_page(firm: Enterprise, form: AgentForm, status: int = 200, signed: StoredFile | None = None) -> Response:
    return make_response(render_template("account/firm/new_agent.html", firm=firm, form=form, file=signed), status)


def _handed_over(user: User, token: str, title: str) -> Response:
    return link_made(
        user,
        token,
        title,
        url_for("firm.index"),
        gettext("Back to my firm"),
        work=False,
        earlier=bool(user.password_hash),
    )
