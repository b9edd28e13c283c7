"""How a paper is numbered and dated, in the words of Chinese offices: 示信异答〔2026〕187号. It draws no number."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final

from babel.dates import format_date


def number_of(series: str, year: int, n: int) -> str:
    return f"{series}〔{year}〕{n}号"


def number_in(text: str) -> tuple[str, int, int] | None:
    """Series, year and n of a paper's number, whichever brackets were typed, or none; None where it is no number."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    found = _NUMBER.fullmatch(plain)
    return (found[1], int(found[2]), int(found[3])) if found else None


_NUMBER: Final = re.compile(r"([^\W\d_]{1,20})[〔\[(【「]?((?:19|20)[0-9]{2})[〕\])】」]?-?第?([0-9]{1,9})号?")


def day_in_full(day: date, language: str) -> str:
    """2026年11月27日, 27 November 2026: a paper's dates keep their year."""
    return str(format_date(day, "d MMMM y", locale="en") if language == "en" else format_date(day, "y年M月d日", "zh"))


def document_cited(title: str, number: str, published: date, language: str) -> str:
    """A document of the place as pages and papers name it: 《公告》，示政办发〔2026〕41号，2026年11月30日公布."""
    if language == "en":
        return f"{title}, {number}, published on {format_date(published, 'd MMMM y', locale='en')}"
    return f"《{title}》，{number}，{day_in_full(published, language)}公布"
