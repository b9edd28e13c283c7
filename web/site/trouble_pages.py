"""What a page says while the database is busy, away or full, and where nobody knows whether something was recorded."""

from __future__ import annotations

from typing import Final

from flask import current_app, request, url_for
from flask_babel import lazy_gettext as _

from database import Trouble, Unknown
from extensions import recorded
from web.site.plain_page import Page

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


def trouble_page(error: Exception, trouble: Trouble) -> Page:
    """What to say of it, to whoever sent something and to whoever only reads."""
    if isinstance(error, Unknown):
        marks = (("trouble", str(trouble)), ("recorded", "unknown"))
        return Page(503, _("We do not know whether it was recorded"), UNKNOWN, _("Look first"), _to_look(), marks=marks)
    if request.method in ("GET", "HEAD"):
        return Page(
            503, TITLES[trouble], SENTENCES[trouble], _("Try again"), _here(), marks=(("trouble", str(trouble)),)
        )
    state, said = ("part", PART) if recorded() else ("no", NOTHING)
    late = () if trouble is Trouble.BUSY else (IN_TIME,)
    return Page(
        503,
        TITLES[trouble],
        SENTENCES[trouble],
        _("Back without sending"),
        _to_look(),
        (said, AGAIN[trouble], *late),
        (("trouble", str(trouble)), ("recorded", state)),
    )


def _here() -> str:
    return request.full_path if request.query_string else request.path


def _to_look() -> str:
    """Where it can be seen whether something was recorded: the case's page, else the page of the form."""
    number = (request.view_args or {}).get("number")
    if number:
        return url_for("cases.show", number=number)
    site = current_app.url_map.bind_to_environ(request.environ)
    return _here() if site.test(request.path, "GET") else url_for("front.front")
