"""Pages for what went wrong: what happened, what became of what was typed, and what to do next."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Flask, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import HTTPException

from database import Trouble, trouble_of
from extensions import db, recorded
from web.site.access import do_without_database, first_page
from web.site.incidents import incident
from web.site.kept_form import from_here, kept_form
from web.site.language import in_words
from web.site.plain_page import Page
from web.site.security import DemoStaysAtHome
from web.site.set_aside import note_number
from web.site.trouble_pages import PART, RETRY_AFTER, trouble_page
from workflow.refusal import Forbidden, Incomplete, Refusal

FAR_FROM_HOME = _("The demo answers only on this computer, at localhost or 127.0.0.1 and without a proxy.")
GO_BACK = _("Nothing was changed. Go back, reload the page and send it again.")
NOT_FOUND = Page(
    404,
    _("This page cannot be found"),
    _(
        "The address may be wrong, or this case is not yours to see. "
        "We show the same page for both, so that nobody's case is given away."
    ),
)
FAILED = Page(
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
        Page(400, _("This request cannot be read"), GO_BACK),
        NOT_FOUND,
        Page(
            405,
            _("This address cannot be opened like that"),
            _("It is reached by a button on a page. Go back and press it there."),
        ),
        Page(
            413,
            _("That is too much at once"),
            _("Nothing was changed. Go back and send at most 10 files of at most 10 MB each."),
        ),
        Page(429, _("Too many tries"), _("Nothing was changed. Wait a few minutes and try again.")),
        FAILED,
        Page(503, _("The service is not ready"), _("Nothing was changed. Try again in a minute.")),
    )
}


def register_errors(app: Flask) -> None:
    """Every error answers with a page; `create_app` calls it."""
    app.register_error_handler(DemoStaysAtHome, lambda error: show_page(replace(PAGES[400], sentence=FAR_FROM_HOME)))
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _known)
    app.register_error_handler(Exception, show_failure)


def _known(error: HTTPException) -> ResponseReturnValue:
    """An HTTP error; what is forbidden looks like what is not there."""
    code = 404 if error.code == 403 else error.code or 500
    if code < 400 or error.response is not None:
        return error  # a redirect, or an answer that somebody has made
    if code == 500:
        return _unknown(error)
    page = PAGES.get(code) or replace(PAGES[400], status=code)
    response = show_page(page)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def show_failure(error: Exception) -> ResponseReturnValue:
    """The database's trouble, or a bug."""
    trouble = trouble_of(error)
    return _unknown(error) if trouble is None else _troubled(error, trouble)


def _troubled(error: Exception, trouble: Trouble) -> Response:
    """503 and when to come back; what was typed stands on the page. Its frame needs no database."""
    current_app.logger.error(
        "database %s: %s %s %s: %s", trouble, request.method, request.url_rule, _named(), type(error).__name__
    )
    page = trouble_page(error, trouble)
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


def _failed_page() -> Page:
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
    return show_page(Page(status, _("This cannot be done now"), in_words(error.message)))


def show_page(page: Page, **values: Any) -> Response:
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


def _rendered(page: Page, **values: Any) -> Response:
    return make_response(render_template("site/error.html", page=page, home=first_page(), **values), page.status)
