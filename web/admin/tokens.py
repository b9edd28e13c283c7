"""Tokens by which bodies' own systems come in: what each may do, its last use; proposed, shown once, revoked.

Another person confirms a token where accounts wait for one (`proposals.py`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy import select

from extensions import db
from registry.account_acts import LASTS, keeps_system, propose_token, show_token, token_acts
from registry.admission import find_enterprise
from registry.organisations import Bureau, Enterprise
from registry.people import names_of
from registry.tokens import OF_THE_OFFICE, SCOPES, ApiToken, OfABody, revoke, tokens_kept
from registry.two_persons import ActOfTwo
from web.account.sign_in import ROLE_NAMES
from web.admin.form import SCOPE_WORDS, SystemForm, TokenForm, like
from web.site.access import SENT, identity, law, note_security, now, requires, settings
from web.site.forms import Form, choice, form_page, number_in
from web.site.language import bureau_short, office_short
from workflow.definition import CHIEF, HEAD
from workflow.refusal import Incomplete, Message, say

pages = Blueprint("tokens", __name__, url_prefix="/tokens")

KEEP: Final = (CHIEF, HEAD)
SOON: Final = timedelta(days=14)
"""So long before its end a token is marked: the body has to ask for another."""


@dataclass(frozen=True)
class TokenRow:
    """A token in the list; `state` is a tone of a tag and its words, `may` what the reader can do with it now."""

    token: ApiToken
    name: str
    body: str
    state: tuple[str, str]
    may: frozenset[str]

    @property
    def last_day(self) -> date:
        return law().day_of(self.token.until)

    @property
    def scopes(self) -> list[str]:
        return [str(SCOPE_WORDS[scope]) for scope in self.token.scopes]


@pages.route("", methods=["GET", "POST"])
@requires(roles=KEEP, fresh=SENT)
def index() -> ResponseReturnValue:
    """The tokens that the reader keeps; sent, another is proposed."""
    form = TokenForm(bureaus(), data=_begun())
    if form.sent():
        with form.writing() as session:
            act = propose_token(session, form.token(*body_in(form)), identity(), now(), demo=settings().demo)
        if form.status == 200:
            note_security("proposed", whose=act.subject_id, act=act.what)
            second = ROLE_NAMES[act.details["second"]]
            flash(gettext("Proposed. It waits until tomorrow for another person: %(role)s.", role=second))
            return redirect(url_for("tokens.index"))
    return _page(form)


@pages.post("/<int:id>/show")
@requires(roles=KEEP, fresh=SENT)
def show(id: int) -> ResponseReturnValue:
    """The secret, this once."""
    token, form = _token(id), Form()
    with form.writing() as session:
        secret = show_token(session, token, identity())
    if form.status != 200:
        return _page(TokenForm(bureaus(), formdata=None), form.refusal)
    note_security("token_made", token=id, scopes=token.scopes)
    return once("admin/token_made.html", secret, name=names_of(db.session(), [token.person_id])[token.person_id], id=id)


@pages.post("/<int:id>/revoke")
@requires(roles=KEEP, fresh=SENT)
def end(id: int) -> ResponseReturnValue:
    """It opens nothing any more; that takes one person and works at once."""
    token, form = _token(id), Form()
    with form.writing() as session:
        revoke(session, token, now(), by=identity().user_id)
    note_security("token_revoked", token=id)
    flash(gettext("The token is revoked: it opens nothing any more."))
    return redirect(url_for("tokens.index"))


def bureaus() -> Sequence[Bureau]:
    """Whose systems the reader may choose among, beside the office and firms: every bureau, or their own alone."""
    query = select(Bureau).where(Bureau.successor_id.is_(None)).order_by(Bureau.id)
    if not identity().holds(CHIEF):
        query = query.where(Bureau.id == identity().bureau_id)
    return db.session().scalars(query).all()


def body_in(form: SystemForm) -> tuple[int | None, int | None]:
    """The bureau and the firm that were chosen: of the head of a bureau always that. Raises `Incomplete`."""
    if not identity().holds(CHIEF):
        return identity().bureau_id, None
    written, bureau_id = (form.enterprise.data or "").strip(), form.bureau_id()
    firm = find_enterprise(db.session(), written) if written else None
    if isinstance(firm, Message):
        raise Incomplete({"enterprise": firm})
    if firm and bureau_id is not None:
        raise Incomplete({"enterprise": say("Choose a bureau or write a firm, not both.")})
    if bureau_id is not None and bureau_id not in {bureau.id for bureau in bureaus()}:
        raise Incomplete({"body": say("Choose one of the bureaus in the list.")})
    return bureau_id, firm.id if firm else None


def body_names(kept: Sequence[OfABody]) -> Callable[[OfABody], str]:
    """What the body of each is called."""
    session = db.session()
    ids, firm_ids = {one.bureau_id for one in kept}, {one.enterprise_id for one in kept}
    of_bureaus = {one.id: bureau_short(one) for one in session.scalars(select(Bureau).where(Bureau.id.in_(ids)))}
    of_firms = {one.id: one.name for one in session.scalars(select(Enterprise).where(Enterprise.id.in_(firm_ids)))}

    def name(owned: OfABody) -> str:
        if owned.bureau_id is not None:
            return of_bureaus[owned.bureau_id]
        return of_firms[owned.enterprise_id] if owned.enterprise_id is not None else office_short()

    return name


def once(template: str, secret: str, **values: Any) -> Response:
    """A page that shows a secret, which stands nowhere else and is kept nowhere."""
    page = form_page(template, Form(), secret=secret, **values)
    page.headers["Cache-Control"] = "no-store"
    return page


def _page(form: TokenForm, refusal: str = "") -> Response:
    session, who = db.session(), identity()
    kept = [token for token in tokens_kept(session) if keeps_system(who, token)]
    names, body_of, acts = names_of(session, [token.person_id for token in kept]), body_names(kept), token_acts(session)
    rows = [_row(token, names[token.person_id], body_of(token), acts.get(token.person_id)) for token in kept]
    offered = [scope for scope in SCOPES if who.holds(CHIEF) or scope not in OF_THE_OFFICE]
    form.scopes.choices = [choice(scope, SCOPE_WORDS[scope]) for scope in offered]
    form.refusal = form.refusal or refusal
    form.status = 409 if refusal else form.status
    return form_page(
        "admin/tokens.html",
        form,
        rows=rows,
        in_use=sum("renew" in row.may for row in rows),
        soon=sum("renew" in row.may and row.state[0] == "soon" for row in rows),
        keeps=who.holds(CHIEF),
    )


def _row(token: ApiToken, name: str, body: str, act: ActOfTwo | None) -> TokenRow:
    state, may = _state(token, act)
    return TokenRow(token, name, body, state, frozenset(may))


def _state(token: ApiToken, act: ActOfTwo | None) -> tuple[tuple[str, str], Sequence[str]]:
    """How a token stands, and what the reader may do with it."""
    left = token.until - now()
    if token.revoked_at is not None:
        return ("off", gettext("Token revoked")), ()
    if left <= timedelta(0):
        return ("off", gettext("Ended")), ("like",)
    if token.token_hash is None and act is not None and act.confirmed:
        mine = act.proposed_by_id == identity().user_id
        return ("soon", gettext("Confirmed, not shown yet")), ("show", "end") if mine else ("end",)
    if token.token_hash is None:
        waits = act is not None and act.proposed_at > now() - LASTS
        return ("soon", gettext("Waits for a second person")) if waits else ("off", gettext("Lapsed")), ()
    if left <= SOON:
        return ("soon", ngettext("%(num)s day left", "%(num)s days left", max(left.days, 1))), ("renew", "end")
    return ("ok", gettext("In use")), ("renew", "end")


def _begun() -> Mapping[str, Any]:
    """What a new form begins with: all that another token has, where `?like=` names one."""
    found = db.session().get(ApiToken, number_in(request.args.get("like"), 0))
    if found is None or not keeps_system(identity(), found):
        return {}
    firm = db.session().get(Enterprise, found.enterprise_id) if found.enterprise_id is not None else None
    return like(found, names_of(db.session(), [found.person_id])[found.person_id], firm.code if firm else "")


def _token(id: int) -> ApiToken:
    found = db.session().get(ApiToken, id)
    return found if found and keeps_system(identity(), found) else abort(404)
