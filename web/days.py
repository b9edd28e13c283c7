"""Days and moments as people say them: in the page's language, by the place's clock, in `<time>` with the exact one.

The exact one stands in `title`, for who points at it, and is what is printed: on paper nothing is "today".
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_babel import gettext
from markupsafe import Markup, escape

from notifications.languages import day_in_words
from notifications.numbers import day_in_full
from web.language import language
from web.world import law, today
from workflow.refusal import Message


def when(value: date | datetime) -> Markup:
    """A day, or a moment that stands by itself: 今天 10:42, Yesterday, 16:08, else with its date. Within a sentence
    a moment is written by `moment_within`."""
    if not isinstance(value, datetime):
        return _day(value)
    there = local(value)
    near = {today(): gettext("Today"), today() - timedelta(days=1): gettext("Yesterday")}.get(there.date())
    return _instant(value, _with_hour(near, there) if near else moment_words(value))


def moment_within(instant: datetime) -> Markup:
    """A moment within a sentence, always with its date: 11月23日 16:08, 23 November, 16:08."""
    return _instant(instant, moment_words(instant))


def day_words(day: date) -> str:
    """11月27日（周五）, Friday 27 November; with its year unless it is this one. For attributes and plain text."""
    return day_in_words(day, language(), today())


def moment_words(instant: datetime) -> str:
    """Day and time in the place, without the weekday, as plain text."""
    there = local(instant)
    words = day_words(there.date())
    return _with_hour(words.partition(" ")[2] if language() == "en" else words.partition("（")[0], there)


def written(words: Message | str) -> Markup:
    """A message as it stands in a page: its days in time elements, all else escaped. Not for attributes."""
    if not isinstance(words, Message):
        return escape(words)
    return escape(gettext(words.id)).format(**{name: _put(value) for name, value in words.values.items()})


def local(instant: datetime) -> datetime:
    """The moment as the place's clock shows it."""
    return instant.astimezone(law().zone)


def _day(day: date) -> Markup:
    """A Chinese weekday may break off, month and day may not."""
    words, bracket, weekday = day_words(day).partition("（")
    exact = f"{day:%A} " * (language() == "en") + day_in_full(day, language())
    after = Markup('<span class="nowrap">{}</span>').format(bracket + weekday) if bracket else ""
    return _time(day.isoformat(), exact, words) + after


def _instant(instant: datetime, words: str) -> Markup:
    there = local(instant)
    exact = _with_hour(day_in_full(there.date(), language()), there, "%H:%M:%S")
    return _time(there.isoformat(timespec="seconds"), exact, words)


def _with_hour(day: str, there: datetime, form: str = "%H:%M") -> str:
    return f"{day}, {there:{form}}" if language() == "en" else f"{day} {there:{form}}"


def _put(value: object) -> object:
    if isinstance(value, Message):
        return written(value)
    if isinstance(value, datetime):
        return moment_within(value)
    return _day(value) if isinstance(value, date) else value


def _time(machine: str, exact: str, words: str) -> Markup:
    """The words in an element of their own, so that print can put the exact one in their place."""
    return Markup('<time datetime="{}" title="{}"><span>{}</span></time>').format(machine, exact, words)
