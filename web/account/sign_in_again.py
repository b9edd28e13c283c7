"""A session that ended while somebody was writing: they type their password and have all that they wrote again.

The form itself waits on the page that asks, not on the server, so that nothing of it is kept anywhere. It is given
back to the person whose form it was and to nobody else; sending it stays their own act. Where a page keeps what is
written on it as a draft, the writer is led back to that page, which shows all of it, what was chosen too.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from extensions import db, only_reading
from registry.people import User
from registry.sign_in import TooManyTries
from web.account.form import AgainForm
from web.account.sign_in import begin_session, heard
from web.site.access import SignedOut, access_of, reader, requires
from web.site.attempts import too_many
from web.site.errors import MessagePage, show_failure, show_page
from web.site.kept_form import FIELD, Kept, from_here, kept_form, writer_of
from web.site.language import in_words
from web.site.security import safe_next

pages = Blueprint("sign_in_again", __name__)

CHECK_STEP: Final = "check"
"""The last page of a filing, which keeps no draft of its own."""
OURS: Final = "again-"
"""Before the names of the fields that this page adds to those of the form it holds."""


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


@dataclass(frozen=True)
class Held:
    """A form that waits: what it held, where it goes, and by which token whose it is."""

    kept: Kept
    to: str
    token: str

    @property
    def characters(self) -> int:
        """How much of it reads as somebody's own words."""
        return sum(len(text) for text in self.kept.words)


@pages.post("/sign-in/again")
@requires(public=True)
def again() -> ResponseReturnValue:
    """Begins the session of whoever wrote the form, and shows what they wrote; the form is not sent for them."""
    held, form = _held(), AgainForm()
    owner = _owner(held)
    if owner is None:
        abort(404)
    if not form.sent():
        return _page(held, form, owner, 422)
    try:
        user = heard(owner.username, form.password.data)
    except TooManyTries as refused:
        return too_many(_page(held, form, owner, 429, in_words(refused.message)), refused)
    if user is None:
        form.password.errors = (gettext("This is not your password. Type it again."),)
        return _page(held, form, owner, 401)
    begin_session(user)
    g.pop("_login_user", None)
    g.pop("identity", None)
    return make_response(render_template("account/again.html", held=held, done=True, look=_shown_at(held.to)), 200)


def register_sign_in_again(app: Flask) -> None:
    """Answer forms whose session has ended with a page that asks the writer to sign in again."""
    app.register_error_handler(CSRFError, _forged_or_stale)
    app.register_error_handler(SignedOut, _over)


def _forged_or_stale(error: CSRFError) -> ResponseReturnValue:
    """A form without a fitting token: ours, from an older session, is offered again with all that it held."""
    if not from_here():
        return show_page(ELSEWHERE)
    return _again()


def _over(_error: SignedOut) -> ResponseReturnValue:
    """A form of ours whose token still fits, and whose session was ended from elsewhere."""
    return _again()


def _again() -> ResponseReturnValue:
    try:
        with only_reading():  # it comes before a request is known to read only
            asked = ask_again()
    except Exception as failure:  # whoever has signed in could not be read
        return show_failure(failure)
    return asked or show_page(AGAIN, kept=kept_form())


def ask_again() -> Response | None:
    """The page that asks whoever wrote the form that was sent to sign in again; None where it was nobody's, or is the
    reader's own. To another reader it says no word of it."""
    held = _held() if request.endpoint == "sign_in_again.again" else Held(kept_form() or NOTHING, _here(), _token())
    id, now = writer_of(held.token), reader()
    if id is None or (now is not None and now.id == id):
        return None
    if now is None and request.endpoint == "sign_in.sign_out":
        return make_response(redirect(url_for("sign_in.sign_in")))
    if now is None and _asks_nobody():
        return None
    return _page(held, AgainForm(formdata=None), None if now is not None else _owner(held), 400)


def _asks_nobody() -> bool:
    """Whether the form was of a page that is open to all, where nobody has to sign in to go on."""
    view = current_app.view_functions[str(request.endpoint)]
    return access_of(view).public and request.endpoint != "sign_in_again.again"


NOTHING: Final = Kept((), files=False, secrets=False)


def _page(held: Held, form: AgainForm, owner: User | None, status: int, refusal: str = "") -> Response:
    """Without an owner: another one has signed in, and nothing of the form is shown."""
    shown = held if owner else None
    return make_response(
        render_template("account/again.html", held=shown, form=form, owner=owner, refusal=refusal, ours=OURS), status
    )


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


def _owner(held: Held) -> User | None:
    id = writer_of(held.token)
    return db.session().get(User, id) if id is not None else None


def _held() -> Held:
    """The form that waits on the page that has been sent."""
    fields = tuple(
        (name, text) for name, text in request.form.items(multi=True) if name != FIELD and not name.startswith(OURS)
    )
    lost = request.form.get(f"{OURS}lost", "").split()
    kept = Kept(fields, files="files" in lost, secrets="secrets" in lost)
    return Held(kept, safe_next(request.form.get(f"{OURS}to")), request.form.get(f"{OURS}token", ""))


def _here() -> str:
    return request.full_path if request.query_string else request.path


def _token() -> str:
    return request.form.get(FIELD, "")
