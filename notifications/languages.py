"""Puts values into the words of one language: messages translated, days written out, lists line by line.

It loads the catalog itself, so a letter is written in both languages whatever the reader's own.
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
from workflow.refusal import CONTEXT, Message, say

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
PROMISE: Final = "promise"


class MissingValue(LookupError):
    """A letter or paper names something that it was not given: a bug."""


@dataclass(frozen=True)
class Bilingual:
    """The same in both languages; where there is no English, the Chinese stands."""

    zh: str
    en: str = ""

    def __getitem__(self, language: str) -> str:
        return (self.en or self.zh) if language == "en" else self.zh


@dataclass(frozen=True)
class Basis:
    """What a limit rests on: its code; of a promise also the document."""

    code: str
    document: Bilingual | None = None

    @classmethod
    def of(cls, rule: Rule, *, extended: bool = False) -> Basis:
        code = mark_of(rule, extended=extended)
        return cls(code, Bilingual(rule.citation, rule.citation_en) if code == PROMISE else None)

    @classmethod
    def kept(cls, value: str | Mapping[str, str]) -> Basis:
        """The basis that a paper keeps as `as_kept` gave it."""
        return cls(value) if isinstance(value, str) else cls(PROMISE, Bilingual(value["zh"], value["en"]))

    @property
    def as_kept(self) -> str | dict[str, str]:
        document = self.document
        return {"zh": document.zh, "en": document.en, "code": self.code} if document else self.code

    @property
    def message(self) -> Message:
        """In words. Raises MissingValue for a code that does not exist."""
        if self.document:
            return say(PROMISED.id, document=self.document)
        if self.code not in BASES:
            raise MissingValue(f"there is no basis {self.code!r}: use one of {', '.join(BASES)}")
        return BASES[self.code]


class _English(NullTranslations):
    """English needs no catalog: a message id is the sentence, without its context."""

    def gettext(self, message: str) -> str:
        return message.rpartition(CONTEXT)[2]


@cache
def catalog(language: str) -> NullTranslations:
    """The translations of a language. Raises LookupError where they were never compiled."""
    if language == "en":
        return _English()
    found = Translations.load(ROOT / "translations", [LOCALES["zh"]])
    if not isinstance(found, Translations):
        raise LookupError("translations/zh_Hans_CN has no messages.mo: run `flask messages compile`")
    found.add_fallback(_English())
    return found


def put(value: object, language: str, today: date) -> str:
    """A value in words. `today` is the day of writing: a day of its year is written without the year."""
    match value:
        case Message():
            inner = {name: put(part, language, today) for name, part in value.values.items()}
            return str(catalog(language).gettext(value.id)).format(**inner)
        case Basis():
            return put(value.message, language, today)
        case Bilingual() | Text():
            return value[language]
        case datetime():
            raise TypeError("a letter names days, not instants: give the day there")
        case date():
            return day_in_words(value, language, today)
        case str():
            return value
        case Mapping():
            return put(Bilingual(str(value["zh"]), str(value.get("en", ""))), language, today)
        case Sequence():
            return "\n".join(put(item, language, today) for item in value)
    return str(value)


@lru_cache(maxsize=4096)
def day_in_words(day: date, language: str, today: date) -> str:
    """11月27日（周五）, Friday 27 November; with its year where that is not today's."""
    year = "" if day.year == today.year else "y"
    if language == "en":
        return str(format_date(day, "EEEE d MMMM" + (" y" if year else ""), locale="en"))
    return str(format_date(day, ("y年" if year else "") + "M月d日（EEE）", locale=LOCALES["zh"]))


def day_in_full(day: date, language: str) -> str:
    """2026年11月27日, 27 November 2026: a paper's dates keep their year."""
    return str(format_date(day, "d MMMM y", locale="en") if language == "en" else format_date(day, "y年M月d日", "zh"))


def document_cited(title: str, number: str, published: date, language: str) -> str:
    """A document of the place as pages and papers name it: 《公告》，示政办发〔2026〕41号，2026年11月30日公布."""
    if language == "en":
        return f"{title}, {number}, published on {day_in_full(published, language)}"
    return f"《{title}》，{number}，{day_in_full(published, language)}公布"
