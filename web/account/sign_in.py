"""Signing in and out, choosing a password, the account, and the language switch."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import login_user

from extensions import db, login, transaction
from registry.passwords import LONGEST, SHORTEST, change_password, check_password
from registry.people import DEMO_PASSWORD, LANGUAGES, User, choice_of, choose
from registry.sign_in import TooManyTries, admit, count_try, person_of_link, use_link
from web.account.form import AccountForm, NewPasswordForm, PasswordForm, SignInForm
from web.account.page import done_to_accounts
from web.account.queries import demo_accounts, lenders_of, papers_go_to, places_of
from web.site.access import EVERYBODY, first_page, identity, now, person, reader, requires, settings
from web.site.attempts import too_many
from web.site.context import law
from web.site.kept_form import begin_token
from web.site.language import SPOKEN, in_words, language, remember_language
from web.site.security import safe_next
from workflow.definition import FILER
from workflow.refusal import Impossible, Incomplete

pages = Blueprint("sign_in", __name__)
login.login_view = "sign_in.sign_in"

LATEST = 5
"""How much of what was done to an account its owner sees."""

ROLE_NAMES = {
    "filer": _("Filer"),
    "reviewer": _("Reviewer"),
    "approver": _("Approver"),
    "head": _("Head of the bureau"),
    "officer": _("Officer"),
    "chief": _("Head of the office"),
    "auditor": _("Auditor"),
}


@pages.get("/sign-in")
@requires(public=True)
def sign_in() -> ResponseReturnValue:
    """Asks for name and password; whoever has signed in goes on at once."""
    if reader():
        return redirect(_onward())
    return _sign_in_page(SignInForm(), 200)


@pages.post("/sign-in")
@requires(public=True)
def sign_in_now() -> ResponseReturnValue:
    """Begins a session, or says what was wrong; the name stays, the password never."""
    form = SignInForm()
    if not form.sent():
        return _sign_in_page(form, 422)
    try:
        user = heard(form.username.data, form.password.data)
    except TooManyTries as refused:
        return too_many(_sign_in_page(form, 429, refused), refused)
    if user is None:
        form.password.errors = (_("The user name or the password is wrong. Check both and try again."),)
        return _sign_in_page(form, 401)
    begin_session(user)
    return redirect(_onward())


@pages.post("/sign-out")
@requires(public=True)
def sign_out() -> ResponseReturnValue:
    """Ends this session; the language stays. Nobody has to be read for it: it works while the database is away."""
    session.clear()
    flash(gettext("You have signed out."))
    return redirect(url_for("sign_in.sign_in"))


@pages.get("/sign-in/<token>")
@requires(public=True)
def link(token: str) -> ResponseReturnValue:
    """Shows whose link it is and asks for a password; opening it does not use it up."""
    return _link_page(NewPasswordForm(), person_of_link(db.session(), token, now()), 200)


@pages.post("/sign-in/<token>")
@requires(public=True)
def link_now(token: str) -> ResponseReturnValue:
    """Keeps the password, uses the link up and begins a session."""
    form = NewPasswordForm()
    if not form.fits():
        return _link_page(form, person_of_link(db.session(), token, now()), 422)
    try:
        with transaction() as writing:
            user = use_link(writing, token, form.password.data, now())
    except Incomplete as refused:
        form.mark(refused.fields)
        return _link_page(form, person_of_link(db.session(), token, now()), 422)
    except Impossible:
        return _link_page(form, None, 404)
    begin_session(user)
    return redirect(first_page())


@pages.get("/account")
@requires(roles=EVERYBODY)
def account() -> ResponseReturnValue:
    """What we keep about the reader, and what they may change."""
    chosen = choice_of(person(), identity().holds(FILER))
    return _account_page(AccountForm(language=person().language, notices=chosen), 200)


@pages.post("/account")
@requires(roles=EVERYBODY)
def account_now() -> ResponseReturnValue:
    """Keeps the language of pages and mail, and how mail comes."""
    form = AccountForm()
    if not form.sent():
        return _account_page(form, 422)
    if form.notices.data:
        with transaction() as writing:
            choose(writing, person().id, form.notices.data)
    flash(gettext("Your choices are kept."))
    return _speak(form.language.data, url_for("sign_in.account"))


@pages.get("/account/password")
@requires(roles=EVERYBODY)
def password() -> ResponseReturnValue:
    return _password_page(PasswordForm(), 200)


@pages.post("/account/password")
@requires(roles=EVERYBODY)
def password_now() -> ResponseReturnValue:
    """Changes the password: every other session ends, this one begins anew."""
    form = PasswordForm()
    if not form.fits():
        return _password_page(form, 422)
    user = person()
    try:
        if heard(user.username, form.current.data) is None:
            form.current.errors = (_("This is not your present password. Type it again."),)
            return _password_page(form, 422)
        with transaction() as writing:
            change_password(writing, user, form.password.data)
    except TooManyTries as refused:
        return too_many(_password_page(form, 429, refused), refused)
    except Incomplete as refused:
        form.mark(refused.fields)
        return _password_page(form, 422)
    begin_session(user)
    flash(gettext("Your password has been changed. Every other session of yours has ended."))
    return redirect(url_for("sign_in.account"))


@pages.route("/language/<lang>", methods=["GET", "POST"])
@requires(public=True)
def change_language(lang: str) -> ResponseReturnValue:
    """Speak another language and stay on the page."""
    chosen = lang if lang in LANGUAGES else language()
    return _speak(chosen, safe_next(request.values.get("next")))


def begin_session(user: User) -> None:
    """A new session for the person: nothing of an earlier one, the form token included, goes over into it."""
    session.clear()
    session.permanent = True  # ends after half an hour without a request
    session[SPOKEN] = user.language
    begin_token(user.id)
    login_user(user)


def heard(username: str, password: str) -> User | None:
    """The person, if the password is right; the try was counted before. Raises `TooManyTries`."""
    address, at = request.remote_addr or "", now()
    with transaction(user_initiated=False) as writing:
        count_try(writing, username, address, at)
    user = check_password(db.session(), username, password)
    if user is not None:
        with transaction(user_initiated=False) as writing:
            admit(writing, user, password, address, at)
    return user


def _speak(chosen: str, target: str) -> ResponseReturnValue:
    response = make_response(redirect(target))
    remember_language(response, chosen)
    if reader() and person().language != chosen:
        with transaction():
            person().language = chosen
    return response


def _onward() -> str:
    return safe_next(request.values.get("next"), first_page())


def _page(template: str, status: int, **values: Any) -> Response:
    return make_response(render_template(template, **values), status)


def _sign_in_page(form: SignInForm, status: int, refused: TooManyTries | None = None) -> Response:
    return _page(
        "account/sign_in.html",
        status,
        form=form,
        refusal=in_words(refused.message) if refused else "",
        next=safe_next(request.values.get("next"), ""),
        accounts=demo_accounts() if settings().demo else [],
        roles=ROLE_NAMES,
        demo_password=DEMO_PASSWORD,
    )


def _password_page(form: PasswordForm, status: int, refused: TooManyTries | None = None) -> Response:
    refusal = in_words(refused.message) if refused else ""
    return _page("account/password.html", status, form=form, refusal=refusal, shortest=SHORTEST, longest=LONGEST)


def _link_page(form: NewPasswordForm, owner: User | None, status: int) -> Response:
    status = status if owner else 404
    return _page("account/link.html", status, form=form, owner=owner, shortest=SHORTEST, longest=LONGEST)


def _account_page(form: AccountForm, status: int) -> Response:
    here = {
        "account": person(),
        "identity": identity(),
        "places": places_of(identity()),
        "roles": ROLE_NAMES,
        "lenders": lenders_of(identity()),
        "papers_to": papers_go_to(identity()),
        "opens": law().office_opens,
        "done": done_to_accounts(person().id, LATEST),
    }
    return _page("account/account.html", status, form=form, **here)
