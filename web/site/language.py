"""Which language a page speaks, and a message of the lower layers put into it."""

from datetime import date, datetime

from babel.support import NullTranslations
from flask import Flask, Response, has_request_context, request, session
from flask_babel import get_locale, gettext
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from notifications.languages import catalog, day_in_words
from registry.people import LANGUAGES
from web.parts.words import Amount
from web.site.access import reader, unnamed
from web.site.context import law, today
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


def keep_catalogues(app: Flask) -> None:
    """Let templates look words up in the catalogs of letters: flask-babel's way takes a tenth of every page."""

    @pass_eval_context
    def said(evaluated: EvalContext, text: str, /, **values: object) -> str:
        words = _catalog().gettext(text)
        put = Markup(words) if evaluated.autoescape else words
        return put % values if values or "%" in words else put

    app.jinja_env.globals.update(_=said, gettext=said)


def _catalog() -> NullTranslations:
    """The catalog of the page's language, forced or chosen."""
    spoken = get_locale()
    return catalog("en" if spoken and spoken.language == "en" else "zh")


def remember_language(response: Response, chosen: str) -> None:
    """Keep the language in this browser for a year; it tells nothing about the person."""
    response.set_cookie(COOKIE, chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure, httponly=True)


def in_words(message: Message) -> str:
    """A message in the page's language, its own messages and days too."""
    values = {name: _put(value) for name, value in message.values.items()}
    return str(_catalog().gettext(message.id)).format(**values)


def in_a_row(*sentences: str) -> Markup:
    """Sentences one after the other, spaced as the language spaces them; empty ones are left out."""
    return Markup(" " if language() == "en" else "").join(sentence for sentence in sentences if sentence)


def day_words(day: date) -> str:
    """11月27日（周五）, Friday 27 November; with its year unless it is this one. For attributes and plain text."""
    return day_in_words(day, language(), today())


def moment_words(instant: datetime) -> str:
    """Day and time in the place, without the weekday, as plain text."""
    there = local(instant)
    words = day_words(there.date())
    return with_hour(words.partition(" ")[2] if language() == "en" else words.partition("（")[0], there)


def local(instant: datetime) -> datetime:
    """The moment as the place's clock shows it."""
    return instant.astimezone(law().zone)


def with_hour(day: str, there: datetime, form: str = "%H:%M") -> str:
    return f"{day}, {there:{form}}" if language() == "en" else f"{day} {there:{form}}"


def _put(value: object) -> object:
    if isinstance(value, Message):
        return in_words(value)
    if isinstance(value, datetime):
        return moment_words(value)
    if isinstance(value, date):
        return day_words(value)
    return amount_in_words(value) if isinstance(value, Amount) else value


def amount_in_words(amount: Amount) -> str:
    """An amount in the page's language, as plain text."""
    return str(amount) if language() == "en" else gettext("{figure} × 10,000 yuan").format(figure=amount.figure)
