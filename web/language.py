"""Which language a page speaks, and a message of the lower layers put into it."""

from __future__ import annotations

from datetime import date, datetime

from flask import Response, has_request_context, request, session
from flask_babel import gettext
from markupsafe import Markup

from notifications.languages import day_in_words
from registry.people import LANGUAGES
from web.doors import reader, unnamed
from web.parts.words import Amount
from web.world import today
from workflow.refusal import Message

COOKIE = "language"
KNOWN = "redress.language"
SPOKEN = "language"
"""What the session keeps of the signed-in person: pages speak to them while the database is away."""
LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
YEAR = 365 * 24 * 3600


def language() -> str:
    """The cookie's language, else the signed-in person's, else Chinese; found once a request."""
    if not has_request_context():
        return LANGUAGES[0]
    known: dict[str, str] = request.environ
    if KNOWN not in known:
        known[KNOWN] = _asked_for()
    return known[KNOWN]


def _asked_for() -> str:
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    user = reader()
    chosen = user.language if user else session.get(SPOKEN, "") if unnamed() else ""
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def locale() -> str:
    """For `babel.init_app(app, locale_selector=locale)`."""
    return LOCALES[language()]


def remember_language(response: Response, chosen: str) -> None:
    """Keep the language in this browser for a year; it tells nothing about the person."""
    response.set_cookie(COOKIE, chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure, httponly=True)


def in_words(message: Message) -> str:
    """A message in the page's language, its own messages and days too."""
    values = {name: _put(value) for name, value in message.values.items()}
    return str(gettext(message.id)).format(**values)


def in_a_row(*sentences: str) -> Markup:
    """Sentences one after the other, spaced as the language spaces them; empty ones are left out."""
    return Markup(" " if language() == "en" else "").join(sentence for sentence in sentences if sentence)


def _put(value: object) -> object:
    if isinstance(value, Message):
        return in_words(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return day_in_words(value, language(), today())
    if isinstance(value, Amount):
        return value if language() == "en" else gettext("{figure} × 10,000 yuan").format(figure=value.figure)
    return value
