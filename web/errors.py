"""Pages for what went wrong: what happened, what became of what was typed, and what to do next."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from extensions import db
from web.doors import first_page, reader
from web.language import in_words
from web.security import DemoStaysAtHome
from workflow.refusal import Forbidden, Incomplete, Refusal


@dataclass(frozen=True)
class Page:
    """A page that says one thing: heading, sentence, and one way on (empty: to where the reader's work lies)."""

    status: int
    title: Any
    sentence: Any
    way: Any = ""
    to: str = ""


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
    _(
        "Nothing was changed. What you wrote is still in the form: go back to it and try again. "
        "If it fails again, tell the office this number:"
    ),
    _("Try again"),
)
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
AGAIN = Page(
    400,
    _("Please send the form again"),
    _(
        "The page had been open too long, or you signed in anew in between. "
        "Nothing was changed, and what you wrote is kept on this page."
    ),
)
OVER = replace(
    AGAIN,
    title=_("Please sign in again and go on"),
    sentence=_(
        "Your sign-in had run out. Nothing was changed, and what you wrote is kept on this page: "
        "sign in in a new window, then come back here and send it again."
    ),
)
ELSEWHERE = Page(
    400,
    _("Please send the form again"),
    _("This form did not come from one of our pages. Nothing was changed. Open the page here and send it there."),
)


def register_errors(app: Flask) -> None:
    """Every error answers with a page; `create_app` calls it."""
    app.register_error_handler(CSRFError, _forged_or_stale)
    app.register_error_handler(DemoStaysAtHome, lambda error: _show(replace(PAGES[400], sentence=FAR_FROM_HOME)))
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _known)
    app.register_error_handler(Exception, _unknown)


def _known(error: HTTPException) -> ResponseReturnValue:
    """An HTTP error; what is forbidden looks like what is not there."""
    code = 404 if error.code == 403 else error.code or 500
    if code < 400 or error.response is not None:
        return error  # a redirect, or an answer that somebody has made
    if code == 500:
        return _unknown(error)
    page = PAGES.get(code) or replace(PAGES[400], status=code)
    response = _show(page)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _unknown(error: Exception) -> ResponseReturnValue:
    """A bug: logged under a short number that the person can tell us. In tests it is raised."""
    if current_app.testing and current_app.config["PROPAGATE_EXCEPTIONS"] is None:
        raise error
    code = _incident()
    current_app.logger.error("incident %s: %s %s", code, request.method, request.url_rule, exc_info=error)
    db.session.rollback()
    to = request.full_path if request.method == "GET" else request.path
    return _show(replace(FAILED, to=to), incident=code)


def _refused(error: Refusal) -> ResponseReturnValue:
    """A refusal that no page has caught: its sentence, and the way back."""
    status = 403 if isinstance(error, Forbidden) else 422 if isinstance(error, Incomplete) else 409
    return _show(Page(status, _("This cannot be done now"), in_words(error.message)))


def _forged_or_stale(error: CSRFError) -> ResponseReturnValue:
    """A form without a fitting token: ours, from an older session, is offered again with all that it held."""
    if not _from_here():
        return _show(ELSEWHERE)
    kept = [(name, value) for name, value in request.form.items(multi=True) if not _secret(name)]
    page = AGAIN if reader() or request.path.startswith("/sign-in") else OVER
    return _show(page, kept=kept, files=any(file.filename for file in request.files.values()), over=page is OVER)


def _from_here() -> bool:
    """Whether our own page sent the form: only then may it be offered again with one button."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(source).netloc == request.host


def _secret(name: str) -> bool:
    return name == "csrf_token" or "password" in name


def _incident() -> str:
    letters, digits = "ABCDEFGHJKLMNPQRSTUVWXYZ", "0123456789"
    return secrets.choice(letters) + secrets.choice(digits) + "-" + "".join(secrets.choice(digits) for _ in range(4))


def _show(page: Page, **values: Any) -> Response:
    try:
        return make_response(render_template("error.html", page=page, home=first_page(), **values), page.status)
    except Exception:  # the page's frame may need what has just failed
        current_app.logger.exception("the error page itself failed")
        plain = f"{page.title}. {page.sentence} {values.get('incident', '')}"
        return Response(plain, page.status, mimetype="text/plain")
