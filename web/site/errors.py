"""What went wrong: pages that say so, the log's short numbers, and cases set aside because of a bug.

A page says what became of what was typed, and what to do next.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from flask import Flask, Response, abort, current_app, make_response, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from cases.engine.sweep import anything_due, note_stuck
from cases.model.bisect import require_own_fault
from cases.model.tables import Case
from database import Trouble, Unknown, trouble_of
from extensions import db, recorded
from web.site.access import do_without_database, first_page, from_here, is_public, now, own_address
from web.site.kept_form import kept_form
from web.site.language import in_words
from web.site.security import DemoStaysAtHome
from workflow.refusal import Forbidden, Incomplete, Message, Refusal, say


@dataclass(frozen=True)
class MessagePage:
    """A page that says one thing: heading, sentences, and one way on (empty: to where the reader's work lies)."""

    status: int
    title: Any
    sentence: Any
    way: Any = ""
    to: str = ""
    more: tuple[Any, ...] = ()
    marks: tuple[tuple[str, str], ...] = ()
    """Attributes of `main`, for scripts: names without "data-"."""


RETRY_AFTER: Final = {Trouble.BUSY: 10, Trouble.GONE: 30, Trouble.FULL: 300, Trouble.BROKEN: 300}
"""Seconds."""

TITLES: Final = {
    Trouble.BUSY: _("Please wait a moment"),
    Trouble.GONE: _("The database cannot be reached at the moment"),
    Trouble.FULL: _("Nothing can be recorded at the moment"),
    Trouble.BROKEN: _("This cannot be read or recorded at the moment"),
}
SENTENCES: Final = {
    Trouble.BUSY: _("Others were writing the same for longer than we wait."),
    Trouble.GONE: _("Your browser has reached the platform, but the platform does not reach its database."),
    Trouble.FULL: _("The platform has run out of room. What is there can still be read."),
    Trouble.BROKEN: _("Something on the platform's disk cannot be used. The cause is in its log."),
}
NOTHING: Final = _("Nothing of what you sent was recorded.")
PART: Final = _("Some of what you sent has been recorded: look at what is there before you send the rest again.")
IN_TIME: Final = _("Where a time limit of yours ends before it can be sent, tell the office.")
AGAIN: Final = {
    Trouble.BUSY: _("Wait some seconds, then send it again from here."),
    Trouble.GONE: _("Wait a minute, then send it again from here."),
    Trouble.FULL: _("Send it again from here later, or copy it from here."),
    Trouble.BROKEN: _("Send it again from here later, or copy it from here."),
}
UNKNOWN: Final = _(
    "The connection to the database broke in the very moment of recording. Look first: if what you sent is there, "
    "all is well. If it is not, send it again from here; what is there already is not recorded a second time."
)


def _trouble_page(error: Exception, trouble: Trouble) -> MessagePage:
    """What to say of it, to senders and to readers."""
    page = MessagePage(503, TITLES[trouble], SENTENCES[trouble], _("Try again"), own_address())
    mark = ("trouble", str(trouble))
    if isinstance(error, Unknown):
        marks = (mark, ("recorded", "unknown"))
        title = _("We do not know whether it was recorded")
        return replace(page, title=title, sentence=UNKNOWN, way=_("Look first"), to=_to_look(), marks=marks)
    if request.method in ("GET", "HEAD"):
        return replace(page, marks=(mark,))
    state, said = ("part", PART) if recorded() else ("no", NOTHING)
    more = (said, AGAIN[trouble]) if trouble is Trouble.BUSY else (said, AGAIN[trouble], IN_TIME)
    way = _("Back without sending")
    return replace(page, way=way, to=_to_look(), more=more, marks=(mark, ("recorded", state)))


def _to_look() -> str:
    """Where it can be seen whether something was recorded: the case's page, else the page of the form."""
    number = (request.view_args or {}).get("number")
    if number:
        return url_for("cases.show", number=number)
    site = current_app.url_map.bind_to_environ(request.environ)
    return own_address() if site.test(request.path, "GET") else url_for("front.front")


def incident(error: BaseException, what: str, about: str) -> str:
    """Log a bug, with what it is about; gives the short number that finds it."""
    letters, digits = "ABCDEFGHJKLMNPQRSTUVWXYZ", "0123456789"
    number = "".join(secrets.choice(digits) for _ in range(4))
    code = f"{secrets.choice(letters)}{secrets.choice(digits)}-{number}"
    current_app.logger.error("incident %s: %s %s", code, what, about, exc_info=error)
    return code


WHY: Final = say("This case cannot be moved at the moment.")


@dataclass(frozen=True)
class SetAside:
    """Since when the case cannot be moved, by which number the log names it, and whether the clock is what fails."""

    since: datetime
    code: str
    due: bool
    why: Message = WHY


def set_aside(case_id: int, number: str, action: str, error: Exception) -> SetAside:
    """Note it. A database that is busy, away or full is no fault of the case: that is raised, for its own page."""
    db.session.rollback()
    require_own_fault(error)
    stuck = note_stuck(case_id, error, now())
    code = incident(error, f"act {action}", f"case {number}")
    return SetAside(stuck.since, code, anything_due(db.session(), case_id, now()))


def note_number(number: str, error: Exception) -> None:
    """Note a case of which only the number is known, since it could not even be read; where that fails too, no more."""
    try:
        db.session.rollback()
        case_id = db.session().scalar(select(Case.id).where(Case.number == number, Case.closed_at.is_(None)))
        if case_id is not None:
            note_stuck(case_id, error, now())
    except SQLAlchemyError as failure:
        incident(failure, "noting that a case cannot be moved", f"case {number}")


FAR_FROM_HOME = _("The demo answers only on this computer, at localhost or 127.0.0.1 and without a proxy.")
SIGNED_OUT = MessagePage(
    413,
    _("You are no longer signed in"),
    _(
        "So your files were not read, and nothing was changed. Sign in in another window; then go back to the form "
        "here, where what you typed still stands, choose the files again and send it."
    ),
    _("Sign in"),
    "/sign-in",
)
GO_BACK = _("Nothing was changed. Go back, reload the page and send it again.")
FAILED = MessagePage(
    500,
    _("That did not work"),
    _("Nothing was changed. What you wrote is still in the form: go back to it and try again."),
    _("Try again"),
)
FAILED_READ = _("A fault of the platform keeps this page from being shown. It is in its log.")
CASE_FAILED = _("This case cannot be moved at the moment.")
ON_THE_BOARD = _("It stands on the office's board, and whoever runs this platform finds the cause in its log.")
FAILED_SENT = _("Nothing of what you sent was recorded, and it is kept on this page.")
TELL = _("If it fails again, tell the office this number:")
PAGES = {
    page.status: page
    for page in (
        MessagePage(400, _("This request cannot be read"), GO_BACK),
        MessagePage(
            404,
            _("This page cannot be found"),
            _(
                "The address may be wrong, or this case is not yours to see. "
                "We show the same page for both, so that nobody's case is given away."
            ),
        ),
        MessagePage(
            405,
            _("This address cannot be opened like that"),
            _("It is reached by a button on a page. Go back and press it there."),
        ),
        MessagePage(
            413,
            _("That is too much at once"),
            _(
                "Nothing was changed. Go back and send at most 10 files of at most 10 MB each, or 2 MB in all if you "
                "have not signed in, texts of at most 100,000 characters, and not more answers than the form asks for."
            ),
        ),
        MessagePage(
            431,
            _("Your browser sends too much at once"),
            _(
                "Nothing was changed. Either the address is too long: open the page again from the first page. "
                "Or too many cookies go with it: delete this site's cookies in your browser, then sign in again."
            ),
        ),
        MessagePage(429, _("Too many tries"), _("Nothing was changed. Wait a few minutes and try again.")),
        FAILED,
        MessagePage(503, _("The service is not ready"), _("Nothing was changed. Try again in a minute.")),
    )
}


def register_errors(app: Flask) -> None:
    """Every error answers with a page; `create_app` calls it."""
    app.before_request_funcs.setdefault(None, []).insert(0, _say_unread)
    app.register_error_handler(DemoStaysAtHome, lambda error: show_page(replace(PAGES[400], sentence=FAR_FROM_HOME)))
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, show_known)
    app.register_error_handler(Exception, show_failure)


def _say_unread() -> None:
    """Answer for the server, which read no more of the request than it could."""
    if code := request.environ.get("redress.unread"):
        abort(code)


def show_known(error: HTTPException) -> ResponseReturnValue:
    """An HTTP error; what is forbidden looks like what is not there."""
    code = 404 if error.code == 403 else error.code or 500
    if code < 400 or error.response is not None:
        return error  # a redirect, or an answer that somebody has made
    if code == 500:
        return _unknown(error)
    page = PAGES.get(code) or replace(PAGES[400], status=code)
    if code == 413 and _signed_out():
        page = SIGNED_OUT
    response = show_page(page)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _signed_out() -> bool:
    """Whether a form for who is signed in came with files and without a session: of strangers no files are read."""
    ours = request.endpoint is not None and not is_public(current_app.view_functions[request.endpoint])
    return ours and "_user_id" not in session and request.mimetype == "multipart/form-data"


def show_failure(error: Exception) -> ResponseReturnValue:
    """A bug; or the database's trouble: 503, when to come back, what was typed, in a frame that needs no database."""
    trouble = trouble_of(error)
    if trouble is None:
        return _unknown(error)
    current_app.logger.error(
        "database %s: %s %s %s: %s", trouble, request.method, request.url_rule, _named(), type(error).__name__
    )
    page = _trouble_page(error, trouble)
    db.session.rollback()
    do_without_database()
    response = show_page(page, kept=kept_form())
    response.headers["Retry-After"] = str(RETRY_AFTER[trouble])
    return response


def _unknown(error: Exception) -> ResponseReturnValue:
    """A bug: logged under a short number that the person can tell us. In tests it is raised."""
    if current_app.testing and current_app.config["PROPAGATE_EXCEPTIONS"] is None:
        raise error
    code = incident(error, f"{request.method} {request.url_rule}", _named())
    page, kept = _failed_page(), kept_form()
    if request.method == "POST" and "number" in (request.view_args or {}) and trouble_of(error) is None:
        page = replace(page, title=CASE_FAILED, more=(ON_THE_BOARD, *page.more))
        note_number(str((request.view_args or {})["number"]), error)
    db.session.rollback()
    return show_page(page, incident=code, kept=kept)


def _failed_page() -> MessagePage:
    if request.method in ("GET", "HEAD"):
        return replace(FAILED, to=request.full_path, sentence=FAILED_READ, more=(TELL,))
    marks = (("recorded", "part" if recorded() else "no"),)
    if recorded():
        return replace(FAILED, to=request.path, sentence=PART, more=(TELL,), way=_("Back"), marks=marks)
    kept = FAILED_SENT if from_here() else FAILED.sentence
    return replace(FAILED, to=request.path, sentence=kept, more=(TELL,), way=_("Back"), marks=marks)


def _named() -> str:
    """The case, or the row, that the address names: never what a person typed, and no token."""
    named = (request.view_args or {}).items()
    return " ".join(f"{name}={value}" for name, value in named if name == "number" or isinstance(value, int))


def _refused(error: Refusal) -> ResponseReturnValue:
    """A refusal that no page has caught: its sentence, and the way back."""
    status = 403 if isinstance(error, Forbidden) else 422 if isinstance(error, Incomplete) else 409
    return show_page(MessagePage(status, _("This cannot be done now"), in_words(error.message)))


def show_page(page: MessagePage, **values: Any) -> Response:
    """The page in its frame; where that needs what has just failed, in a frame that does without it."""
    try:
        return _rendered(page, **values)
    except Exception as error:
        current_app.logger.error("the error page itself failed: %s", type(error).__name__)
        do_without_database()
    try:
        return _rendered(page, **values)
    except Exception:
        current_app.logger.exception("the error page failed again")
        plain = f"{page.title}. {page.sentence} {values.get('incident', '')}"
        return Response(plain, page.status, mimetype="text/plain")


def _rendered(page: MessagePage, **values: Any) -> Response:
    return make_response(render_template("site/error.html", page=page, home=first_page(), **values), page.status)
