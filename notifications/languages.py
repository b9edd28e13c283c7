"""Puts values into the words of one language: messages translated, days written out, lists line by line.

It loads the catalog itself, so a letter is written in both languages whatever the reader's own. Also what can be done
against a decision or silence, as letters and papers tell it: way, body, period, and whether the body is known (D11).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final

from babel.dates import format_date
from babel.support import NullTranslations, Translations

from config import ROOT
from workflow.calendar import ProvisionalDay
from workflow.jurisdiction import Remedy, Text
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
class Amount:
    """An amount as records keep it, in units of 10,000 yuan: said so in Chinese, and in English as ¥85,000."""

    figure: str

    def __str__(self) -> str:
        return f"¥{Decimal(self.figure) * 10_000:,.2f}".removesuffix(".00")

    def __getitem__(self, language: str) -> str:
        return str(self) if language == "en" else catalog(language).gettext(IN_TEN_THOUSANDS).format(figure=self.figure)


IN_TEN_THOUSANDS: Final = "{figure} × 10,000 yuan"
"""How an amount is written in the language of the record sheets; English never reads it."""


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
        case Bilingual() | Text() | Amount():
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


PROVISIONAL: Final = say("provisional")


@lru_cache(maxsize=4096, typed=True)
def day_in_words(day: date, language: str, today: date) -> str:
    """11月27日（周五）, Friday 27 November; with its year where that is not today's, and whether it may still move."""
    year = "" if day.year == today.year else "y"
    mark = put(PROVISIONAL, language, today) if isinstance(day, ProvisionalDay) else ""
    if language == "en":
        words = str(format_date(day, "EEEE d MMMM" + (" y" if year else ""), locale="en"))
        return f"{words} ({mark})" if mark else words
    pattern = ("y年" if year else "") + f"M月d日（EEE{f'，{mark}' * bool(mark)}）"
    return str(format_date(day, pattern, locale=LOCALES["zh"]))


def day_in_full(day: date, language: str) -> str:
    """2026年11月27日, 27 November 2026: a paper's dates keep their year; also whether it may still move."""
    words = str(format_date(day, "d MMMM y", locale="en") if language == "en" else format_date(day, "y年M月d日", "zh"))
    mark = put(PROVISIONAL, language, day) if isinstance(day, ProvisionalDay) else ""
    return words + (f" ({mark})" if language == "en" else f"（{mark}）") * bool(mark)


def document_cited(title: str, number: str, published: date, language: str) -> str:
    """A document of the place as pages and papers name it: 《公告》，示政办发〔2026〕41号，2026年11月30日公布."""
    if language == "en":
        return f"{title}, {number}, published on {day_in_full(published, language)}"
    return f"《{title}》，{number}，{day_in_full(published, language)}公布"


UNITS = {"workday": say("working days"), "day": say("days"), "month": say("months")}
ONE = {"workday": say("working day"), "day": say("day"), "month": say("month")}
REVIEW = say(
    "you may ask {body} once for a review until {day} ({n} {unit} from receiving this, {basis}); "
    "after that day the ways that the law gives remain, each within its own time"
)
MAY_MOVE = say("{said}; should the holidays of that year move the day, the page of the case shows the one that counts")
TO_BE_CONFIRMED = say("to be confirmed")
SUPERIOR = say("the next superior organ")
"""The body of a petition's remedies: the law says no more, so nobody has to confirm it."""


@dataclass(frozen=True)
class ToldRemedy:
    """A remedy as it is told. `text` has a place {body} for the body; `n` and `unit` are its period."""

    text: Bilingual
    body: Bilingual
    n: int
    unit: str
    confirmed: bool = True

    def in_words(self, language: str) -> str:
        """The remedy as a sentence without its full stop; a body that is not confirmed is marked."""
        body = self.body[language]
        if not self.confirmed:
            mark = put(TO_BE_CONFIRMED, language, date.min)
            body = f"{body}（{mark}）" if language == "zh" else f"{body} ({mark})"
        return self.text[language].format(body=body)

    @property
    def complete(self) -> bool:
        """Way, body and period are all there: else an adverse paper may not be issued (行政复议法 Art. 20)."""
        named = all("{body}" in self.text[language] for language in LANGUAGES)
        return named and bool(self.body.zh) and self.n > 0 and self.unit in UNITS


def span(n: int, unit: str = "workday") -> Message:
    """A length of time in its own unit, the code of a rule's: 1 working day, 15 days."""
    return say("{n} {unit}", n=n, unit=(ONE if n == 1 else UNITS)[unit])


def told(remedy: Remedy, body: Bilingual, confirmed: bool) -> ToldRemedy:
    """A remedy of the law with the body that it leads to; where that is the superior organ, the law's word for it."""
    if remedy.body == "superior":
        body, confirmed = Bilingual(*(put(SUPERIOR, language, date.min) for language in LANGUAGES)), True
    zh, en = (_with_body(remedy.text[language]) for language in LANGUAGES)
    text = Bilingual(f"{zh}（{remedy.citation}）", f"{en} ({remedy.citation_en})")
    return ToldRemedy(text, body, remedy.n, str(remedy.unit), confirmed)


def told_review(rule: Rule, office: Bilingual, last: date) -> ToldRemedy:
    """The review that the office itself offers, once, within the window of `rule`, and its last day (D21)."""
    day = Bilingual(*(day_in_full(last, language) for language in LANGUAGES))
    values = {"body": "{body}", "day": day, "n": rule.n, "unit": UNITS[str(rule.unit)], "basis": Basis.of(rule)}
    said = Message(REVIEW.id, values)
    said = say(MAY_MOVE.id, said=said) if isinstance(last, ProvisionalDay) else said
    text = Bilingual(*(put(said, language, date.min) for language in LANGUAGES))
    return ToldRemedy(text, office, rule.n, str(rule.unit))


def listed(remedies: Sequence[ToldRemedy], language: str) -> str:
    """Every remedy as a sentence of its own, each on its line."""
    stop = "。" if language == "zh" else "."
    sentences = (remedy.in_words(language) for remedy in remedies)
    return "\n".join(sentence[:1].upper() + sentence[1:] + stop for sentence in sentences)


def _with_body(text: str) -> str:
    for place in ("{review_body}", "{court}", "{superior}"):
        text = text.replace(place, "{body}")
    return text
