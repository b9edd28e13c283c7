"""What waits for a second person before an official's account changes or a system comes in: to confirm, to refuse, to
take back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext
from sqlalchemy import select

from extensions import db
from registry.account_acts import (
    ACCOUNT_ACTS,
    ADD,
    LASTS,
    LINK,
    RESET,
    TOKEN,
    UNWAIT,
    confirm_account_act,
    may_confirm,
    refuse_account_act,
    waiting_account_acts,
)
from registry.identity import Identity
from registry.organisations import Bureau
from registry.people import User, memberships
from registry.tokens import ApiToken
from registry.two_persons import ActOfTwo
from web.account.page import link_made, mail_now
from web.account.sign_in import ROLE_NAMES
from web.admin.form import SCOPE_WORDS
from web.admin.tokens import body_names
from web.site.access import SENT, identity, note_security, now, requires
from web.site.forms import Form, form_page
from web.site.language import LOCALES, bureau_name, office_short
from workflow.definition import CHIEF, FILER, HEAD, OFFICER
from workflow.refusal import Message, say

pages = Blueprint("proposals", __name__, url_prefix="/people/proposals")

PROPOSE: Final = (CHIEF, HEAD)
SEE: Final = (CHIEF, HEAD, OFFICER)
WORDS: Final = {
    ADD: say("Add a person"),
    LINK: say("Make a new sign-in link"),
    RESET: say("Set up the second step anew"),
    UNWAIT: say("End the wait after wrong passwords"),
    TOKEN: say("Let a system in"),
}


@dataclass(frozen=True)
class WaitingAct:
    """What waits: for whom, where and as what, who proposed it, until when, and what the reader may do about it."""

    id: int
    what: Message
    name: str
    username: str
    place: str
    roles: list[str]
    networks: Sequence[str]
    """From where alone a system may come in."""
    by: str
    until: datetime
    may_confirm: bool
    own: bool


@pages.get("")
@requires(roles=SEE)
def index() -> ResponseReturnValue:
    """What waits, for whoever may confirm it, and one's own proposals."""
    return _page(Form())


@pages.post("/<int:id>/confirm")
@requires(roles=SEE, fresh=SENT)
def confirm(id: int) -> ResponseReturnValue:
    """Do it; a link goes by mail, else the half of it is shown to whoever confirms."""
    form = _form_of(id)
    with form.writing() as session:
        act, user, token = confirm_account_act(session, id, identity(), now())
    if form.status != 200:
        return _page(form)
    note_security("confirmed", whose=user.id, act=act.what, proposed_by=act.proposed_by_id)
    if token:
        title = gettext("A sign-in link for %(name)s", name=user.name)
        return link_made(user, token, title, "proposals.index", gettext("Back"), half=bool(act.details.get("code")))
    if act.what == RESET:
        _tell_of_reset(user)
    flash(gettext("Done for %(name)s.", name=user.name))
    return redirect(url_for("proposals.index"))


@pages.post("/<int:id>/refuse")
@requires(roles=SEE, fresh=SENT)
def refuse(id: int) -> ResponseReturnValue:
    """Nothing is done; whoever proposed it may take it back so."""
    form = _form_of(id)
    with form.writing() as session:
        act, name = refuse_account_act(session, id, identity(), now())
    if form.status != 200:
        return _page(form)
    note_security("unconfirmed", whose=act.subject_id, act=act.what, proposed_by=act.proposed_by_id)
    flash(gettext("Nothing was changed for %(name)s.", name=name))
    return redirect(url_for("proposals.index"))


def proposed(act: ActOfTwo, user: User, code: str, back: str) -> Response:
    """The page that says what happens next; with the code that goes with the link, which stands nowhere else."""
    note_security("proposed", whose=user.id, act=act.what)
    second = ROLE_NAMES[act.details["second"]]
    page = make_response(
        render_template("admin/proposed.html", user=user, code=code, second=second, until=now() + LASTS, back=back)
    )
    page.headers["Cache-Control"] = "no-store"
    return page


def _page(form: Form) -> Response:
    session, who = db.session(), identity()
    acts = [act for act in waiting_account_acts(session, now()) if may_confirm(act, who) or _own(act, who)]
    ids = {id for act in acts for id in (act.subject_id, act.proposed_by_id)}
    people = {user.id: user for user in session.scalars(select(User).where(User.id.in_(ids)))}
    rows = [_row(act, people[act.subject_id], people[act.proposed_by_id].name, who) for act in acts]
    return form_page("admin/proposals.html", form, rows=rows)


def _row(act: ActOfTwo, user: User, by: str, who: Identity) -> WaitingAct:
    session, proposed_as = db.session(), act.details
    if act.what == TOKEN:
        return _system_row(session.scalars(select(ApiToken).filter_by(person_id=user.id)).one(), act, user, by, who)
    if act.what != ADD:
        held = memberships(session, user)
        proposed_as = {"roles": [one.role for one in held], "bureau_id": next((one.bureau_id for one in held), None)}
    bureau = session.get(Bureau, proposed_as["bureau_id"]) if proposed_as["bureau_id"] else None
    firm = FILER.name in proposed_as["roles"]
    return WaitingAct(
        act.id,
        WORDS[act.what],
        user.name,
        user.username,
        "" if firm else bureau_name(bureau) if bureau else office_short(),
        [str(ROLE_NAMES[role]) for role in proposed_as["roles"]],
        (),
        by,
        act.proposed_at + LASTS,
        may_confirm(act, who),
        _own(act, who),
    )


def _system_row(token: ApiToken, act: ActOfTwo, user: User, by: str, who: Identity) -> WaitingAct:
    return WaitingAct(
        act.id,
        WORDS[TOKEN],
        user.name,
        "",
        body_names([token])(token),
        [str(SCOPE_WORDS[scope]) for scope in token.scopes],
        token.networks or [gettext("anywhere")],
        by,
        act.proposed_at + LASTS,
        may_confirm(act, who),
        _own(act, who),
    )


def _form_of(id: int) -> Form:
    """Of a proposal that the reader may confirm or has made; another is not there for them."""
    act, who = db.session().get(ActOfTwo, id), identity()
    if act is None or act.what not in ACCOUNT_ACTS or not (may_confirm(act, who) or _own(act, who)):
        abort(404)
    return Form()


def _own(act: ActOfTwo, who: Identity) -> bool:
    return act.proposed_by_id == who.user_id


def _tell_of_reset(user: User) -> None:
    """By mail: whoever has not asked for it notices at once."""
    with force_locale(LOCALES[user.language]):
        body = gettext(
            "%(name)s,\n\nyour second step and your recovery codes no longer work, and you have been signed out "
            "everywhere. At the next sign-in you set it up anew.\n\nYou did not ask for it? Tell the auditor at once.",
            name=user.name,
        )
        subject = gettext("Your second step has been reset")
    mail_now(user.email, user.language, subject, body + "\n")
