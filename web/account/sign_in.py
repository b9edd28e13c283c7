"""Signing in and out, choosing a password, the account, and the language switch.

A session that ended while somebody was writing: they type their password and have all that they wrote again. The form
waits on the page that asks, so that nothing of it is kept on the server. It is given back to the person whose form it
was and to nobody else; sending it stays their own act. Where a page keeps what is written on it as a draft, the writer
is led back to that page, which shows all of it, what was chosen too.
"""

from typing import Final
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
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
from flask_wtf.csrf import CSRFError
from itsdangerous import BadData
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from extensions import db, login, only_reading, transaction
from registry.factors import has_factor
from registry.identity import Identity, identity_of
from registry.organisations import Bureau, Enterprise, Office
from registry.people import DEMO_PASSWORD, LANGUAGES, PASSWORD, WAIT, User, choice_of, choose
from registry.sessions import end_session_of
from registry.sign_in import LONGEST, SHORTEST, change_password, code_of_link, person_of_link, use_link
from registry.tries import count_link_code, forgive_link_code
from web.account.begin import begin, begin_whole, heard_code, heard_password, place_words
from web.account.form import AccountForm, AgainForm, NewPasswordForm, PasswordForm, SignInForm
from web.account.page import done_to_accounts, mail_is_set_up
from web.site.access import (
    EVERYBODY,
    SignedOut,
    Unproven,
    first_page,
    from_here,
    identity,
    is_public,
    law,
    note_security,
    now,
    open_session,
    person,
    reader,
    requires,
    settings,
    today,
)
from web.site.errors import MessagePage, show_failure, show_known, show_page
from web.site.forms import form_page
from web.site.kept_form import KeptForm, kept_form, signer
from web.site.language import language, remember_language
from web.site.security import safe_next
from workflow.definition import FILER
from workflow.refusal import say

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


@pages.route("/sign-in", methods=["GET", "POST"])
@requires(public=True)
def sign_in() -> ResponseReturnValue:
    """Begins a session, or says what was wrong: the name stays, the password never. Readers go on at once."""
    form = SignInForm()
    if request.method != "POST" and reader():
        return redirect(safe_next(request.values.get("next"), first_page()))
    wrong = say("The user name or the password is wrong. Check both and try again.")
    user = heard_password(form, form.password, form.username.data, wrong) if form.sent() else None
    if user:
        return begin(user, safe_next(request.values.get("next"), ""))
    return form_page(
        "account/sign_in.html",
        form,
        next=safe_next(request.values.get("next"), ""),
        accounts=demo_accounts() if settings().demo else [],
        roles=ROLE_NAMES,
        demo_password=DEMO_PASSWORD,
        mailed=mail_is_set_up() and bool(settings().site),
    )


@pages.post("/sign-out")
@requires(public=True)
def sign_out() -> ResponseReturnValue:
    """Ends this session, also for whoever has copied its cookie; the language stays.

    Nobody has to be read for it. While the database is away the browser forgets it all the same, and the page says so.
    """
    said = gettext("You have signed out.")
    token = session.get("_user_id", "")
    try:
        with transaction(user_initiated=False) as writing:
            ended = end_session_of(writing, token, now())
        if ended is not None:
            note_security("sign_out", whose=ended)
    except DBAPIError:
        said = gettext(
            "You have signed out in this browser. The database cannot be reached, so the session itself ends "
            "30 minutes after its last use."
        )
    session.clear()
    flash(said)
    return redirect(url_for("sign_in.sign_in"))


@pages.route("/sign-in/<token>", methods=["GET", "POST"])
@requires(public=True)
def link(token: str) -> ResponseReturnValue:
    """Keeps the password, uses the link up and begins a session; opening it shows whose it is and uses nothing up."""
    form, asks_code = NewPasswordForm(), bool(code_of_link(db.session(), token))
    whole = form.sent()
    if whole and asks_code:
        with form.writing(user_initiated=False) as session:
            count_link_code(session, token, now())
    if whole and form.status == 200:
        with form.writing() as session:
            user = use_link(session, token, form.password.data, now(), place_words(), form.code.data or "")
        if asks_code and "code" not in form.errors:
            with transaction(user_initiated=False) as session:
                forgive_link_code(session, token)
        if form.status == 200:
            note_security("link_used", whose=user.id)
            return begin(user)
    owner = person_of_link(db.session(), token, now())
    form.status = form.status if owner else 404
    return form_page("account/link.html", form, owner=owner, asks_code=asks_code, shortest=SHORTEST, longest=LONGEST)


@pages.route("/sign-in/wait/<token>", methods=["GET", "POST"])
@requires(public=True)
def wait(token: str) -> ResponseReturnValue:
    """Signs in with the password, from the mailbox, however many wrong ones others type for the name meanwhile."""
    form, owner = AgainForm(), person_of_link(db.session(), token, now(), WAIT)
    wrong = say("This is not your password. Type it again.")
    if owner and form.sent() and heard_password(form, form.password, owner.username, wrong, through=token):
        return begin(owner)
    form.status = form.status if owner else 404
    return form_page("account/wait.html", form, owner=owner)


@pages.get("/account")
@requires(roles=EVERYBODY)
def account() -> ResponseReturnValue:
    """What we keep about the reader, and what they may change."""
    chosen = choice_of(person(), identity().holds(FILER))
    return _account_page(AccountForm(language=person().language, notices=chosen))


@pages.post("/account")
@requires(roles=EVERYBODY)
def account_now() -> ResponseReturnValue:
    """Keeps the language of pages and mail, and how mail comes."""
    form = AccountForm()
    if not form.sent():
        return _account_page(form)
    with transaction() as writing:
        if form.notices.data:
            choose(writing, person().id, form.notices.data)
        person().language = form.language.data
    flash(gettext("Your choices are kept."))
    response = make_response(redirect(url_for("sign_in.account")))
    remember_language(response, form.language.data)
    return response


@pages.route("/account/password", methods=["GET", "POST"])
@requires(roles=EVERYBODY)
def password() -> ResponseReturnValue:
    """Changes the password: every other session ends, this one begins anew."""
    form, user = PasswordForm(), person()
    wrong = say("This is not your present password. Type it again.")
    if form.sent() and heard_password(form, form.current, user.username, wrong, 422, through=open_session().token_hash):
        with form.writing() as session:
            change_password(session, user, form.password.data, now(), place_words())
        if form.status == 200:
            note_security("new_password")
            begin_whole(user, open_session().how)
            flash(gettext("Your password has been changed. Every other session of yours has ended."))
            return redirect(url_for("sign_in.account"))
    return form_page("account/password.html", form, shortest=SHORTEST, longest=LONGEST)


@pages.get("/language/<lang>")
@requires(public=True)
def change_language(lang: str) -> ResponseReturnValue:
    """Speaks another language in this browser and stays on the page; that of mail is chosen under "My account"."""
    response = make_response(redirect(safe_next(request.args.get("next"))))
    remember_language(response, lang if lang in LANGUAGES else language())
    return response


def _account_page(form: AccountForm) -> Response:
    return form_page(
        "account/account.html",
        form,
        account=person(),
        identity=identity(),
        places=places_of(identity()),
        roles=ROLE_NAMES,
        lenders=lenders_of(identity()),
        papers_to=papers_go_to(identity()),
        opens=law().office_opens,
        done=done_to_accounts(person().id, LATEST),
    )


def places_of(here: Identity) -> list[str]:
    """The name of the bureau or of each enterprise; none at the office."""
    reading = db.session()
    if here.bureau_id is not None:
        return [reading.get_one(Bureau, here.bureau_id).name]
    return [reading.get_one(Enterprise, id).name for id in sorted(here.enterprise_ids)]


def papers_go_to(here: Identity) -> list[str]:
    """The addresses to which the official papers of the reader's body, or firms, are mailed."""
    reading = db.session()
    if here.bureau_id is not None:
        return [mail] if (mail := reading.get_one(Bureau, here.bureau_id).email) else []
    if not here.holds(FILER):
        return [office.email for office in reading.scalars(select(Office)) if office.email]
    firms = [reading.get_one(Enterprise, id).email for id in sorted(here.enterprise_ids)]
    return [mail for mail in dict.fromkeys(firms) if mail]


def lenders_of(here: Identity) -> dict[int, str]:
    """The names of those for whom the reader stands in."""
    return {id: db.session().get_one(User, id).name for id in here.acts_for.values()}


def demo_accounts() -> list[tuple[User, Identity, list[str]]]:
    """Whoever in the demo can sign in, the firms first: the person, what they may do and where."""
    can = select(User).where(User.demo, User.ended_at.is_(None), User.password_hash != "")
    found = [(user, identity_of(db.session(), user, today())) for user in db.session().scalars(can.order_by(User.id))]
    found.sort(key=lambda pair: (not pair[1].enterprise_ids, pair[1].bureau_id is None))
    return [(user, here, places_of(here)) for user, here in found]


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
        kept = signer(TOKEN_SALT).loads(token)
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
    wrong = say("This is not your password. Type it again.")
    asks_step = has_factor(db.session(), owner.id)
    user = heard_password(form, form.password, owner.username, wrong) if form.sent() else None
    how = heard_code(form, form.code, user) if user and asks_step else PASSWORD
    if user is None or how is None:
        return form_page("account/again.html", form, held=held, owner=owner, ours=OURS, asks_step=asks_step)
    begin_whole(user, how)
    return render_template("account/again.html", held=held, done=True, look=_shown_at(held.to))


@pages.app_errorhandler(CSRFError)
@pages.app_errorhandler(SignedOut)
@pages.app_errorhandler(Unproven)
def sign_in_again(error: CSRFError | SignedOut | Unproven) -> ResponseReturnValue:
    """Answer a form of ours whose session has ended, or whose token is of an older one: with all that it held."""
    if isinstance(error, CSRFError) and not from_here():
        return show_page(ELSEWHERE)
    try:
        with only_reading():  # it comes before a request is known to read only
            asked = _ask_again(isinstance(error, Unproven))
    except HTTPException as known:  # more than we read of whoever has not signed in
        return show_known(known)
    except Exception as failure:  # who has signed in could not be read
        return show_failure(failure)
    return asked or show_page(AGAIN, kept=kept_form())


def _ask_again(anew: bool) -> Response | None:
    """The page that asks the form's writer to sign in again; None where it was nobody's, or is the reader's own.

    To another reader it says no word of it. `anew`: the reader, who signed in too long ago for what the form does.
    """
    again = request.endpoint == "sign_in.again"
    held, now = _held() if again else kept_form(), reader()
    id = writer_of(held.token) if held else None
    if held is None or id is None or (now is not None and now.id == id and not anew):
        return None
    form = AgainForm(formdata=None)
    form.status = 400
    if now is not None and now.id != id:
        return form_page("account/again.html", form)
    if request.endpoint == "sign_in.sign_out":
        return make_response(redirect(url_for("sign_in.sign_in")))
    if is_public(current_app.view_functions[str(request.endpoint)]) and not again:
        return None  # a page that is open to all: nobody has to sign in to go on
    owner = _owner(held)  # of no account any more: nothing of the form is shown
    asks_step = owner is not None and has_factor(db.session(), owner.id)
    held = held if owner else None
    return form_page("account/again.html", form, held=held, owner=owner, ours=OURS, asks_step=asks_step, anew=anew)


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
