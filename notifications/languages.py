"""Values put into the words of one language: messages translated, days written out, lists line by line.

It loads the catalog itself, so that a letter can be written in both languages whoever is looking. It knows no letter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Final

from babel.dates import format_date
from babel.support import NullTranslations, Translations

from config import ROOT
from workflow.jurisdiction import Text
from workflow.limits import Rule, mark_of
from workflow.refusal import Message, say

LANGUAGES: Final = ("zh", "en")
"""The first is the official one."""

LOCALES: Final = {"zh": "zh_Hans_CN", "en": "en"}

BASES: Final = {
    "statute": say("set by law"),
    "statute_unverified": say("set by law, unverified"),
    "promise": say("promised"),
    "proposal": say("proposed, not yet published"),
    "analogy": say("borrowed from a neighbouring law"),
}
"""A proposal is never called a promise, a promise never law."""

PROMISED: Final = say("promised in {document}")


class MissingValue(LookupError):
    """A letter or paper names something that it was not given: a bug."""


@dataclass(frozen=True)
class Words:
    """The same in both languages; where there is no English, the Chinese stands."""

    zh: str
    en: str = ""

    def __getitem__(self, language: str) -> str:
        return (self.en or self.zh) if language == "en" else self.zh


@cache
def catalog(language: str) -> NullTranslations:
    """The translations of a language. Raises LookupError where they were never compiled."""
    if language == "en":
        return NullTranslations()
    found = Translations.load(ROOT / "translations", [LOCALES["zh"]])
    if not isinstance(found, Translations):
        raise LookupError("translations/zh_Hans_CN has no messages.mo: run `flask messages compile`")
    return found


def put(value: object, language: str, today: date) -> str:
    """A value in words. `today` is the day of writing: a day of its year is written without the year."""
    match value:
        case Message():
            inner = {name: put(part, language, today) for name, part in value.values.items()}
            return str(catalog(language).gettext(value.id)).format(**inner)
        case Words() | Text():
            return value[language]
        case datetime():
            raise TypeError("a letter names days, not instants: give the day there")
        case date():
            return day_in_words(value, language, today)
        case str():
            return value
        case Mapping():
            return put(Words(str(value["zh"]), str(value.get("en", ""))), language, today)
        case Sequence():
            return "\n".join(put(item, language, today) for item in value)
    return str(value)


def basis_of(rule: Rule, *, extended: bool = False) -> str | dict[str, str]:
    """What a limit rests on, as letters and papers keep it: its code; of a promise, its document in both languages."""
    mark = mark_of(rule, extended=extended)
    return {"zh": rule.citation, "en": rule.citation_en, "code": mark} if mark == "promise" else mark


def basis_message(rule: Rule, *, extended: bool = False) -> Message:
    """The same as a sentence's part."""
    mark = mark_of(rule, extended=extended)
    return say(PROMISED.id, document=Words(rule.citation, rule.citation_en)) if mark == "promise" else BASES[mark]


def basis_in_words(code: object, language: str, today: date) -> str:
    """What a limit rests on, from what `basis_of` gave. Raises MissingValue for a code that does not exist."""
    if isinstance(code, Mapping):
        document = Words(str(code["zh"]), str(code["en"]))
        return put(say(PROMISED.id, document=document), language, today)
    if isinstance(code, str) and code in BASES:
        return put(BASES[code], language, today)
    raise MissingValue(f"there is no basis {code!r}: use one of {', '.join(BASES)}")


@lru_cache(maxsize=4096)
def day_in_words(day: date, language: str, today: date) -> str:
    """11月27日（周五）, Friday 27 November; with its year where that is not today's."""
    year = "" if day.year == today.year else "y"
    if language == "en":
        return str(format_date(day, "EEEE d MMMM" + (" y" if year else ""), locale="en"))
    return str(format_date(day, ("y年" if year else "") + "M月d日（EEE）", locale=LOCALES["zh"]))
