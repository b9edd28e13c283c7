"""Signing in and out, choosing a password, the account, and the language switch.

A session that ended while somebody was writing: they type their password and have all that they wrote again. The form
waits on the page that asks, so that nothing of it is kept on the server. It is given back to the person whose form it
was and to nobody else; sending it stays their own act. Where a page keeps what is written on it as a draft, the writer
is led back to that page, which shows all of it, what was chosen too.
"""

import secrets
from typing import Any, Final
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import login_user
from flask_wtf.csrf import CSRFError
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.exceptions import HTTPException

from extensions import db, login, only_reading, transaction
from registry.passwords import LONGEST, SHORTEST, change_password, check_password
from registry.people import DEMO_PASSWORD, LANGUAGES, User, choice_of, choose
from registry.sign_in import TooManyTries, admit, count_try, person_of_link, use_link
from web.account.form import AccountForm, AgainForm, NewPasswordForm, PasswordForm, SignInForm
from web.account.page import done_to_accounts
from web.account.queries import demo_accounts, lenders_of, papers_go_to, places_of
from web.site.access import (
    EVERYBODY,
    SignedOut,
    access_of,
    first_page,
    from_here,
    identity,
    law,
    now,
    person,
    reader,
    requires,
    settings,
)
from web.site.errors import MessagePage, show_failure, show_page
from web.site.forms import too_many
from web.site.kept_form import KeptForm, kept_form
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
    session["csrf_token"] = f"{secrets.token_hex(20)}.{user.id}"  # every form token says whose its page was
    g.pop("csrf_token", None)  # one made earlier in this request is of no session any more
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


CHECK_STEP: Final = "check"
"""The last page of a filing, which keeps no draft of its own."""
OURS: Final = "again-"
"""Before the names of the fields that this page adds to those of the form it holds."""
TOKEN_SALT: Final = "wtf-csrf-token"
"""What Flask-WTF signs its tokens with; a test holds that it still does."""

AGAIN = MessagePage(
    400,
    _("Please send the form again"),
    _(
        "The page had been open too long, or you signed in anew in between. "
        "Nothing was changed, and what you wrote is kept on this page."
    ),
)
ELSEWHERE = MessagePage(
    400,
    _("Please send the form again"),
    _("This form did not come from one of our pages. Nothing was changed. Open the page here and send it there."),
)


def writer_of(token: str) -> int | None:
    """Who was signed in when a page with this token was made; None: nobody, or the token is not ours."""
    try:
        kept = URLSafeTimedSerializer(str(current_app.secret_key), salt=TOKEN_SALT).loads(token)
    except BadData:
        return None
    id = str(kept).partition(".")[2]
    return int(id) if id.isdecimal() else None


@pages.post("/sign-in/again")
@requires(public=True)
def again() -> ResponseReturnValue:
    """Begins the session of the form's writer, and shows what they wrote; the form is not sent for them."""
    held, form = _held(), AgainForm()
    owner = _owner(held)
    if owner is None:
        abort(404)
    if not form.sent():
        return _again_page(held, form, owner, 422)
    try:
        user = heard(owner.username, form.password.data)
    except TooManyTries as refused:
        return too_many(_again_page(held, form, owner, 429, in_words(refused.message)), refused)
    if user is None:
        form.password.errors = (gettext("This is not your password. Type it again."),)
        return _again_page(held, form, owner, 401)
    begin_session(user)
    g.pop("_login_user", None)
    g.pop("identity", None)
    return _page("account/again.html", 200, held=held, done=True, look=_shown_at(held.to))


@pages.app_errorhandler(CSRFError)
@pages.app_errorhandler(SignedOut)
def sign_in_again(error: CSRFError | SignedOut) -> ResponseReturnValue:
    """Answer a form of ours whose session has ended, or whose token is of an older one: with all that it held."""
    if isinstance(error, CSRFError) and not from_here():
        return show_page(ELSEWHERE)
    try:
        with only_reading():  # it comes before a request is known to read only
            asked = _ask_again()
    except Exception as failure:  # who has signed in could not be read
        return show_failure(failure)
    return asked or show_page(AGAIN, kept=kept_form())


def _ask_again() -> Response | None:
    """The page that asks the form's writer to sign in again; None where it was nobody's, or is the reader's own.

    To another reader it says no word of it.
    """
    again = request.endpoint == "sign_in.again"
    held, now = _held() if again else kept_form(), reader()
    id = writer_of(held.token) if held else None
    if held is None or id is None or (now is not None and now.id == id):
        return None
    if now is not None:
        return _again_page(held, AgainForm(formdata=None), None, 400)
    if request.endpoint == "sign_in.sign_out":
        return make_response(redirect(url_for("sign_in.sign_in")))
    if access_of(current_app.view_functions[str(request.endpoint)]).public and not again:
        return None  # a page that is open to all: nobody has to sign in to go on
    return _again_page(held, AgainForm(formdata=None), _owner(held), 400)


def _again_page(held: KeptForm, form: AgainForm, owner: User | None, status: int, refusal: str = "") -> Response:
    """Without an owner: another one has signed in, and nothing of the form is shown."""
    shown = held if owner else None
    return _page("account/again.html", status, held=shown, form=form, owner=owner, refusal=refusal, ours=OURS)


def _shown_at(address: str) -> str:
    """Where the form is shown again with all that it held, once it is sent there as a draft; empty where no page does.

    A form of filing keeps itself at its own address, that of an act at one beside it.
    """
    parts = urlsplit(address)
    try:
        endpoint, names = current_app.url_map.bind("").match(parts.path, method="POST")
    except HTTPException:
        return ""
    if endpoint in ("filing.begin_now", "filing.save"):
        return address if names.get("step") != CHECK_STEP else ""
    if endpoint != "acts.act":
        return ""
    return url_for("acts.keep", **names) + (f"?{parts.query}" if parts.query else "")


def _owner(held: KeptForm) -> User | None:
    id = writer_of(held.token)
    return db.session().get(User, id) if id is not None else None


def _held() -> KeptForm:
    """The form that waits on the page that has been sent."""
    sent = request.form.items(multi=True)
    lost = request.form.get(f"{OURS}lost", "").split()
    return KeptForm(
        tuple((name, text) for name, text in sent if name != "csrf_token" and not name.startswith(OURS)),
        safe_next(request.form.get(f"{OURS}to")),
        request.form.get(f"{OURS}token", ""),
        files="files" in lost,
        secrets="secrets" in lost,
    )
