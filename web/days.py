"""Days and moments as a page writes them: in its language, in the place's time, in `<time>`."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext
from markupsafe import Markup, escape

from notifications.languages import day_in_words
from web.language import language
from web.world import law, today
from workflow.refusal import Message


def day_words(day: date) -> str:
    """11月27日（周五）, Friday 27 November; with its year where that is not this year."""
    return day_in_words(day, language(), today())


def moment_words(instant: datetime) -> str:
    """Day and time in the place, without the weekday: 11月23日 16:08, 23 November, 16:08."""
    there = local(instant)
    words = day_words(there.date())
    if language() == "en":
        return f"{words.partition(' ')[2]}, {there:%H:%M}"
    return f"{words.partition('（')[0]} {there:%H:%M}"


def when(value: date | datetime) -> Markup:
    """A day or a moment in a time element; a Chinese weekday may break off, month and day may not."""
    if isinstance(value, datetime):
        return _time(local(value).isoformat(timespec="minutes"), moment_words(value))
    words, bracket, weekday = day_words(value).partition("（")
    return _time(value.isoformat(), words) + bracket + weekday


def written(words: Message | str) -> Markup:
    """A message as it stands in a page: its days in time elements, all else escaped. Not for attributes."""
    if not isinstance(words, Message):
        return escape(words)
    return escape(gettext(words.id)).format(**{name: _put(value) for name, value in words.values.items()})


def local(instant: datetime) -> datetime:
    """The moment as the place's clock shows it."""
    return instant.astimezone(law().zone)


def _put(value: object) -> object:
    if isinstance(value, Message):
        return written(value)
    return when(value) if isinstance(value, date) and not isinstance(value, datetime) else value


def _time(machine: str, words: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(machine, words)
