"""Applying for an account: who is the first person of an enterprise here. One question a page, then a paper to seal.

A code by mail proves the mailbox and nothing else; the office decides on the sealed paper. What is typed is kept in
the browser's own signed session until the code is right. Whether a firm is known here is said nowhere.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, cast

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from extensions import db, transaction
from registry.admission import AdmissionRequest, applications_from, apply, read_firm
from registry.sign_in import mailbox_asked, new_code, prove
from web.account.form import ApplicantForm, CodeForm, FirmForm, MailForm
from web.account.page import mail_is_set_up, mail_now
from web.site.access import client_address, now, requires, settings, today
from web.site.forms import Form, form_page
from web.site.language import language
from workflow.refusal import Incomplete, Message

pages = Blueprint("join", __name__, url_prefix="/join")

KEPT: Final = "join"
PROVED: Final = "mailbox"
STAYS: Final = timedelta(hours=1)
"""How long a proved mailbox shows its applications in this browser."""


@pages.after_request
def _keep_nowhere(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.get("")
@requires(public=True)
def firm() -> ResponseReturnValue:
    """For which firm."""
    return _page("firm", FirmForm(data=_kept()))


@pages.post("")
@requires(public=True)
def firm_now() -> ResponseReturnValue:
    form = FirmForm()
    if form.sent():
        try:
            asked = read_firm(form.firm.data or "", form.code.data or "")
        except Incomplete as refused:
            form.refuse(refused)
    if form.status != 200:
        return _page("firm", form)
    _keep(firm=asked.firm, code=asked.code)
    return redirect(url_for("join.person"))


@pages.get("/person")
@requires(public=True)
def person() -> ResponseReturnValue:
    """Who applies."""
    return _page("person", ApplicantForm(data=_kept())) if "code" in _kept() else redirect(url_for("join.firm"))


@pages.post("/person")
@requires(public=True)
def person_now() -> ResponseReturnValue:
    form = ApplicantForm()
    if "code" not in _kept():
        return redirect(url_for("join.firm"))
    if not form.sent():
        return _page("person", form)
    _keep(person=" ".join(str(form.person.data).split()))
    return redirect(url_for("join.mail"))


@pages.get("/mail")
@requires(public=True)
def mail() -> ResponseReturnValue:
    """Which mailbox; also for whoever comes back to see how the application stands."""
    return _page("mail", MailForm(data=_kept()))


@pages.post("/mail")
@requires(public=True)
def mail_now_() -> ResponseReturnValue:
    """Sends the code, while the person waits."""
    form = MailForm()
    if form.sent() and not _can_send():
        form.status = 409
    if form.status == 200:
        with form.writing(user_initiated=False) as writing:
            token, code = new_code(writing, form.mail.data or "", client_address(), now())
    if form.status == 200 and not _sent(form.mail.data or "", code):
        form.status, form.refusal = (
            503,
            gettext(
                "The mail did not go out. Look at the address, or try again in a few minutes. "
                "Nothing that you wrote is lost."
            ),
        )
    if form.status != 200:
        return _page("mail", form)
    _keep(mail=form.mail.data, token=token, shown="" if mail_is_set_up() else code)
    return redirect(url_for("join.code"))


@pages.get("/code")
@requires(public=True)
def code() -> ResponseReturnValue:
    """The code from the mail."""
    return _page("code", CodeForm()) if _to() else redirect(url_for("join.mail"))


@pages.post("/code")
@requires(public=True)
def code_now() -> ResponseReturnValue:
    """The mailbox is proved: the application is made, or those made before are shown."""
    form = CodeForm()
    if not _to():
        return redirect(url_for("join.mail"))
    if not form.sent():
        return _page("code", form)
    with transaction(user_initiated=False) as writing:
        proved = prove(writing, _kept().get("token", ""), form.code.data or "", now())
    if isinstance(proved, Message):
        form.mark({"code": proved})
        return _page("code", form)
    if asked := _asked():
        with transaction() as writing:
            apply(writing, asked, proved, language(), today(), now())
    session.pop(KEPT, None)
    session[PROVED] = {"mail": proved, "until": (now() + STAYS).isoformat()}
    return redirect(url_for("join.application"))


@pages.get("/application")
@requires(public=True)
def application() -> ResponseReturnValue:
    """The paper to print and seal, and how the application stands."""
    mailbox, named = _proved(), request.args.get("number", "")
    if not mailbox:
        return redirect(url_for("join.mail"))
    mine = applications_from(db.session(), mailbox)
    shown = next((one for one in mine if one.number == named or not named), None)
    others = [one for one in mine if one is not shown]
    return render_template("account/join/application.html", shown=shown, others=others, mail=mailbox)


@pages.post("/application")
@requires(public=True)
def application_away() -> ResponseReturnValue:
    """Whoever was at another's computer leaves nothing to be seen there."""
    for name in (PROVED, KEPT):  # also what was typed since then for another application
        session.pop(name, None)
    flash(gettext("The application is no longer shown in this browser. With a new code you see it again."))
    return redirect(url_for("join.mail"))


def _page(step: str, form: Form) -> Response:
    steps = ("firm", "person", "mail", "code")
    return form_page(
        f"account/join/{step}.html",
        form,
        now=steps.index(step) + 1,
        of=len(steps),
        to=_to(),
        applying=_asked() is not None or step in ("firm", "person"),
        can_send=_can_send(),
        kept=_kept(),
    )


def _kept() -> Mapping[str, Any]:
    """What was typed so far, in this browser."""
    return cast(Mapping[str, Any], session.get(KEPT) or {})


def _keep(**values: Any) -> None:
    session[KEPT] = {**_kept(), **values}


def _asked() -> AdmissionRequest | None:
    """The application as far as it is typed; None for who only comes back to look."""
    kept = _kept()
    whole = {"firm", "code", "person"} <= kept.keys()
    return AdmissionRequest(kept["firm"], kept["code"], kept["person"]) if whole else None


def _to() -> str:
    """To which mailbox the code went that can be typed now."""
    token = _kept().get("token", "")
    return mailbox_asked(db.session(), token, now()) if token else ""


def _proved() -> str:
    """The mailbox that was proved in this browser within the hour."""
    held = session.get(PROVED) or {}
    until = held.get("until")
    return str(held["mail"]) if until and now() < datetime.fromisoformat(until) else ""


def _can_send() -> bool:
    return mail_is_set_up() or settings().demo


def _sent(to: str, code: str) -> bool:
    """Whether the code went out; the demo sends no mail, its page shows what the mail would have said."""
    if not mail_is_set_up():
        return True
    body = gettext(
        "The code is %(code)s. Type it on the page from which you had it sent, within 15 minutes.\n\n"
        "It proves that you read this mailbox, and nothing else: the account is opened on the sealed paper. "
        "If you have not asked for it, leave it: nothing happens.",
        code=code,
    )
    return mail_now(to.strip(), language(), gettext("Your code: %(code)s", code=code), body + "\n")
