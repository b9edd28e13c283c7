"""A page's language, and what it says in it: messages, days and moments, the names of bodies.

In a page a day stands in `<time>`, with the exact one in `title`: who points at it sees it, and print shows it.
"""

import re
from calendar import month_name
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from babel.support import NullTranslations
from flask import Flask, Response, has_request_context, request, session
from flask_babel import get_locale, gettext
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.model.months import Month
from notifications.languages import Amount, catalog, day_in_full, day_in_words
from registry.organisations import Bureau, Office
from registry.people import LANGUAGES
from web.site.access import law, reader, today, unnamed
from workflow.definition import Party
from workflow.refusal import Message, say

COOKIE = "language"
KNOWN = "redress.language"
SPOKEN = "language"
"""What the session keeps of the signed-in person: pages speak to them while the database is away."""
LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
YEAR = 365 * 24 * 3600


def language() -> str:
    """The cookie's language, else the signed-in person's, else the browser's, else Chinese; found once a request."""
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
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES, LANGUAGES[0])


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
    values = {name: _plain(value) for name, value in message.values.items()}
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


def _plain(value: object) -> object:
    if isinstance(value, Message):
        return in_words(value)
    if isinstance(value, datetime):
        return moment_words(value)
    if isinstance(value, date):
        return day_words(value)
    return value[language()] if isinstance(value, Amount) else value


WHOLE: Final = re.compile(rf"\d{{4}}-\d\d-\d\d|\b\d{{1,2}} (?:{'|'.join(month_name[1:])})(?:, \d\d:\d\d)?")
"""A day that never breaks: as a sheet writes it, 2026-04-20, and day and month in English, with the hour."""


def when(value: date | datetime) -> Markup:
    """A day, or a moment that stands by itself: 今天 10:42, Yesterday, 16:08, else with its date. Within a sentence
    a moment is written by `moment_within`."""
    if not isinstance(value, datetime):
        return _day(value)
    there = local(value)
    near = {today(): gettext("Today"), today() - timedelta(days=1): gettext("Yesterday")}.get(there.date())
    return _instant(value, with_hour(near, there) if near else moment_words(value))


def dated(day: date) -> Markup:
    """2025年3月25日, 25 March 2025: with its year and without weekday, where a list holds days of several years."""
    words = day_in_full(day, language())
    return _time(day.isoformat(), words, words)


def moment_within(instant: datetime) -> Markup:
    """A moment within a sentence, always with its date: 11月23日 16:08, 23 November, 16:08."""
    return _instant(instant, moment_words(instant))


def written(words: Message | str) -> Markup:
    """A message as it stands in a page: its days in time elements, all else escaped. Not for attributes."""
    if not isinstance(words, Message):
        return _unbroken(words)
    return escape(gettext(words.id)).format(**{name: _in_page(value) for name, value in words.values.items()})


def _day(day: date) -> Markup:
    """A Chinese weekday may break off, month and day may not."""
    words, bracket, weekday = day_words(day).partition("（")
    exact = f"{day:%A} " * (language() == "en") + day_in_full(day, language())
    exact = exact.partition(bracket)[0] if bracket else exact  # what stands after is not said twice in print
    after = Markup('<span class="nowrap">{}</span>').format(bracket + weekday) if bracket else ""
    return _time(day.isoformat(), exact, words) + after


def _instant(instant: datetime, words: str) -> Markup:
    there = local(instant)
    exact = with_hour(day_in_full(there.date(), language()), there, "%H:%M:%S")
    return _time(there.isoformat(timespec="seconds"), exact, words)


def _in_page(value: object) -> object:
    if isinstance(value, Message):
        return written(value)
    if isinstance(value, datetime):
        return moment_within(value)
    if isinstance(value, Amount):
        return Markup('<span class="nowrap">{}</span>').format(value[language()])
    if isinstance(value, str):
        return _unbroken(value)
    return _day(value) if isinstance(value, date) else value


def _unbroken(words: str) -> Markup:
    """The words escaped, each day in them in one piece."""
    if isinstance(words, Markup):
        return words
    return Markup(WHOLE.sub(r'<span class="unbroken">\g<0></span>', str(escape(words))))


def _time(machine: str, exact: str, words: str) -> Markup:
    """The words in an element of their own, so that print can put the exact one in their place."""
    return Markup('<time datetime="{}" title="{}"><span>{}</span></time>').format(machine, exact, _unbroken(words))


NAMES: Final = (
    say("January"),
    say("February"),
    say("March"),
    say("April"),
    say("May"),
    say("June"),
    say("July"),
    say("August"),
    say("September"),
    say("October"),
    say("November"),
    say("December"),
)


def month_words(month: Month) -> Message:
    """October 2026."""
    return say("{month} {year}", month=NAMES[month.first.month - 1], year=month.first.year)


@dataclass(frozen=True)
class Names:
    """What the bodies are called in the reader's language, bureaus by their number, whole and short."""

    whole: Mapping[int, str]
    short: Mapping[int, str]
    office: str


def body_names(session: Session) -> Names:
    """All of them, read once."""
    said = Bureau.id, Bureau.name, Bureau.name_en, Bureau.short_name, Bureau.short_name_en
    bureaus: Sequence[Any] = session.execute(select(*said)).all()  # there may be thousands: their names alone
    whole = {bureau.id: bureau_name(bureau) for bureau in bureaus}
    return Names(whole, {bureau.id: bureau_short(bureau) for bureau in bureaus}, office_short())


def bureau_name(bureau: Bureau | Office) -> str:
    """The whole name."""
    return (language() == "en" and bureau.name_en) or bureau.name


def bureau_short(bureau: Bureau | Office) -> str:
    """The name that staff and firms use; the whole one where there is no other."""
    if language() == "en":
        return bureau.short_name_en or bureau.name_en or bureau.name
    return bureau.short_name or bureau.name


def office_short() -> str:
    office = law().place.office
    return office.short_name_en if language() == "en" else office.short_name


def in_a_sentence(body: Message | str, party: str | Party | None) -> Message | str:
    """A desk as a sentence names it: English sets "the" before the name of a body."""
    return say("the {body}", body=body) if isinstance(body, str) and body and party != Party.ENTERPRISE else body


def party_name(party: str | Party | None, bureau: Bureau | None, firm: str, mine: bool) -> Message | str:
    """Who a desk is, seen by the reader; the firm itself is called `your firm`."""
    if party == Party.BUREAU:
        return bureau_short(bureau) if bureau else say("the bureau")
    if party == Party.OFFICE:
        return office_short()
    if party == Party.THIRD:
        return say("the third party")
    return say("your firm") if mine else firm
