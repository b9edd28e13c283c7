"""The second step: taking it, setting it up, recovery codes, passkeys; and showing anew who one is."""

import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Final

import segno
from flask import Blueprint, Response, abort, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from itsdangerous import BadSignature

from extensions import db, transaction
from registry.factors import (
    CODE,
    PASSKEY,
    TOTP,
    Factor,
    Fitting,
    end_passkey,
    factors_of,
    has_factor,
    new_codes,
    new_seed,
    seed_address,
    set_authenticator,
)
from registry.passkeys import REFUSED, asked_to_make, asked_to_show, make, shown_passkey
from registry.people import PASSWORD, User, end_sessions
from registry.sessions import HALF as HALF_LASTS
from registry.sessions import note_proven, session_of
from web.account.begin import HALF, begin_whole, heard_code, heard_factor, heard_password, passkey_site, vault
from web.account.form import PasskeyForm, ProofForm, SeedForm, StepForm
from web.account.sessions import device
from web.site.access import (
    ASKED_AND_SENT,
    EVERYBODY,
    first_page,
    must_set_step,
    note_security,
    now,
    open_session,
    person,
    requires,
    settings,
)
from web.site.forms import Form, form_page
from web.site.kept_form import signer
from web.site.security import safe_next
from workflow.refusal import Incomplete, Message, say

pages = Blueprint("factor", __name__)

SALT: Final = "passkey"


@pages.route("/sign-in/step", methods=["GET", "POST"])
@requires(public=True)
def step() -> ResponseReturnValue:
    """The second step of whoever has typed the right password: six digits, a recovery code, or a passkey."""
    token = session.get(HALF, "")
    found = session_of(db.session(), token, now(), half=True)
    if found is None:
        return redirect(url_for("sign_in.sign_in", next=request.values.get("next")))
    user, form = found[1], StepForm()
    rows = factors_of(db.session(), user.id)
    if form.sent() and (how := _taken(form, user, rows, token)):
        begin_whole(user, how)
        return redirect(safe_next(request.values.get("next"), first_page()))
    return _page_with_passkey(
        "account/step.html",
        form,
        token,
        rows,
        owner=user,
        codes=sum(row.sort == CODE for row in rows),
        next=safe_next(request.values.get("next"), ""),
    )


@pages.route("/account/factor", methods=["GET", "POST"])
@requires(roles=EVERYBODY, fresh=ASKED_AND_SENT, without_step=True)
def index() -> ResponseReturnValue:
    """What the reader signs in with beside the password; sent, an authenticator is set up, or another in its place."""
    form = SeedForm()
    if form.sent():
        seed = vault().opened(form.seed.data or "")
        with form.writing() as writing:
            if seed is None:
                raise Incomplete({"code": say("This page was open for too long. Scan the new code.")})
            codes = set_authenticator(writing, person(), seed, form.code.data, vault(), settings().clock.wall(), now())
            note_proven(writing, open_session().id, TOTP, now())
            end_sessions(writing, person().id, now(), but=open_session().id)
        if form.status == 200:
            note_security("factor_set", how=TOTP)
            return _codes_page(codes)
    return _index(form)


@pages.post("/account/factor/codes")
@requires(roles=EVERYBODY, fresh=ASKED_AND_SENT)
def codes() -> ResponseReturnValue:
    """Ten new recovery codes; those before stop working."""
    if not has_factor(db.session(), person().id):
        abort(404)
    with transaction() as writing:
        made = new_codes(writing, person(), now())
    note_security("new_codes")
    return _codes_page(made)


@pages.post("/account/factor/passkey")
@requires(roles=EVERYBODY, fresh=ASKED_AND_SENT)
def passkey() -> ResponseReturnValue:
    """Keep the passkey that the browser has just made."""
    form, site = PasskeyForm(), passkey_site()
    if not site.can or not has_factor(db.session(), person().id):
        abort(404)
    challenge = _challenge_in(form, open_session().token_hash)
    with form.writing() as writing:
        if challenge is None:
            raise Incomplete({"credential": REFUSED})
        named = device(request.user_agent.string)
        make(writing, site, person(), form.credential.data or "", challenge, named, now())
    if form.status == 200:
        note_security("factor_set", how=PASSKEY)
        flash(gettext("The passkey is kept. You can sign in with it from now on."))
        return redirect(url_for("factor.index"))
    return _index(SeedForm(formdata=None), form)


@pages.post("/account/factor/passkey/<int:id>/end")
@requires(roles=EVERYBODY, fresh=ASKED_AND_SENT)
def end(id: int) -> ResponseReturnValue:
    """A passkey of the reader's signs nobody in any more."""
    with transaction() as writing:
        if not end_passkey(writing, person(), id, now()):
            abort(404)
    note_security("factor_ended", how=PASSKEY)
    flash(gettext("The passkey is removed. Delete it on the device as well."))
    return redirect(url_for("factor.index"))


@pages.route("/account/proof", methods=["GET", "POST"])
@requires(roles=EVERYBODY, without_step=True)
def proof() -> ResponseReturnValue:
    """Shows anew who one is, before accounts, links, roles or keys change: by the second step, else by the password."""
    form, user, row = ProofForm(), person(), open_session()
    rows = factors_of(db.session(), user.id)
    asks_step = any(one.sort != CODE for one in rows)
    how = None
    if form.sent() and asks_step:
        how = _taken(form, user, rows, row.token_hash)
    elif form.sent():
        wrong = say("This is not your password. Type it again.")
        how = PASSWORD if heard_password(form, form.password, user.username, wrong, through=row.token_hash) else None
    if how:
        with transaction(user_initiated=False) as writing:
            note_proven(writing, row.id, how, now())
        note_security("proof", how=how)
        return redirect(safe_next(request.values.get("next"), first_page()))
    target = safe_next(request.values.get("next"), "")
    return _page_with_passkey("account/proof.html", form, row.token_hash, rows, asks_step=asks_step, next=target)


def _taken(form: StepForm, user: User, rows: Sequence[Factor], bound: str) -> str | None:
    """With what the second step was taken: the passkey that was shown, else what was typed."""
    if not form.credential.data:
        return heard_code(form, form.code, user)
    challenge = _challenge_in(form, bound)
    found: Fitting | Message = REFUSED
    if challenge is not None:
        found = shown_passkey(passkey_site(), rows, form.credential.data, challenge)
    return heard_factor(form, form.code, user, found)


def _index(form: SeedForm, adding: PasskeyForm | None = None) -> Response:
    user, site = person(), passkey_site()
    rows = factors_of(db.session(), user.id)
    set_up = any(row.sort == TOTP for row in rows)
    seed = (vault().opened(form.seed.data or "") if form.errors else None) or new_seed()
    form.seed.data = vault().seal(seed)
    address = seed_address(seed, user.username, gettext("Redress"))
    adding = adding or PasskeyForm(formdata=None)
    ask = ""
    if site.can and set_up:
        challenge = secrets.token_bytes(32)
        adding.challenge.data = _sealed(challenge, open_session().token_hash)
        ask = asked_to_make(site, user, [row for row in rows if row.sort == PASSKEY], challenge)
    form.status = max(form.status, adding.status)
    page = form_page(
        "account/factor.html",
        form,
        adding=adding,
        ask=ask,
        rows=rows,
        set_up=set_up,
        codes=sum(row.sort == CODE for row in rows),
        square=segno.make(address, error="m", micro=False).svg_data_uri(border=2, scale=4),
        seed=" ".join(seed[at : at + 4] for at in range(0, len(seed), 4)),
        must=must_set_step(),
        can=site.can,
        needed=settings().second_factor,
    )
    page.headers["Cache-Control"] = "no-store"
    return page


def _codes_page(codes: list[str]) -> Response:
    page = form_page("account/codes.html", Form(), codes=codes, first_page=first_page())
    page.headers["Cache-Control"] = "no-store"
    return page


def _page_with_passkey(template: str, form: StepForm, bound: str, rows: Sequence[Factor], **values: object) -> Response:
    """A page that takes six digits, and a passkey where the person has one and it can be asked for."""
    site, ask = passkey_site(), ""
    keys = [row for row in rows if row.sort == PASSKEY] if site.can else []
    if keys:
        challenge = secrets.token_bytes(32)
        form.challenge.data = _sealed(challenge, bound)
        ask = asked_to_show(site, keys, challenge)
    form.credential.data = ""
    return form_page(template, form, ask=ask, **values)


def _sealed(challenge: bytes, bound: str) -> str:
    """What the form carries of a challenge: it holds for this session alone, for some minutes."""
    return str(signer(SALT).dumps([b64encode(challenge).decode(), bound]))


def _challenge_in(form: PasskeyForm, bound: str) -> bytes | None:
    try:
        challenge, whose = signer(SALT).loads(form.challenge.data or "", max_age=HALF_LASTS.seconds)
    except BadSignature:
        return None
    return b64decode(challenge) if whose == bound else None
