"""Days and moments as people say them: in the page's language, by the place's clock, in `<time>` with the exact one.

The exact one stands in `title`, for who points at it, and is what is printed: on paper nothing is "today".
"""

import re
from calendar import month_name
from datetime import date, datetime, timedelta
from typing import Final

from flask_babel import gettext
from markupsafe import Markup, escape

from cases.model.months import Month
from notifications.languages import day_in_full
from web.parts.words import Amount
from web.site.context import today
from web.site.language import amount_in_words, day_words, language, local, moment_words, with_hour
from workflow.refusal import Message, say

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


def moment_within(instant: datetime) -> Markup:
    """A moment within a sentence, always with its date: 11月23日 16:08, 23 November, 16:08."""
    return _instant(instant, moment_words(instant))


def written(words: Message | str) -> Markup:
    """A message as it stands in a page: its days in time elements, all else escaped. Not for attributes."""
    if not isinstance(words, Message):
        return _unbroken(words)
    return escape(gettext(words.id)).format(**{name: _put(value) for name, value in words.values.items()})


def _day(day: date) -> Markup:
    """A Chinese weekday may break off, month and day may not."""
    words, bracket, weekday = day_words(day).partition("（")
    exact = f"{day:%A} " * (language() == "en") + day_in_full(day, language())
    after = Markup('<span class="nowrap">{}</span>').format(bracket + weekday) if bracket else ""
    return _time(day.isoformat(), exact, words) + after


def _instant(instant: datetime, words: str) -> Markup:
    there = local(instant)
    exact = with_hour(day_in_full(there.date(), language()), there, "%H:%M:%S")
    return _time(there.isoformat(timespec="seconds"), exact, words)


def _put(value: object) -> object:
    if isinstance(value, Message):
        return written(value)
    if isinstance(value, datetime):
        return moment_within(value)
    if isinstance(value, Amount):
        return Markup('<span class="nowrap">{}</span>').format(amount_in_words(value))
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
