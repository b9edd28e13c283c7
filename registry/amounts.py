"""Amounts of money as sheets write them, in 万元. Knows numbers and Chinese numerals, nothing else."""

import re
from decimal import Decimal
from typing import Final

WAN: Final = Decimal(1)
YUAN: Final = Decimal("0.0001")


def in_wan(text: str, unit: Decimal) -> Decimal | None:
    """The amount in 万元, or None where the text is not certain to be one.

    A bare number counts `unit`; anything else says its own: 5000元, 8.5万元, 5万8千元, 人民币壹万元整.
    The text is in half-width characters.
    """
    text = _ORNAMENT.sub("", text)
    if _THOUSANDS.match(text):
        text = text.replace(",", "")
    if _NUMBER.match(text):
        return Decimal(text) * unit
    if match := _WITH_UNIT.match(text):
        return Decimal(match[1]) * _UNITS[match[2] or ""] * YUAN
    yuan = _in_words(text.translate(_PLAIN))
    return None if yuan is None else yuan * YUAN


def _in_words(text: str) -> Decimal | None:
    """Yuan, from numerals in the order in which they are written: 壹拾贰万叁仟元伍角."""
    match = _WORDS.match(text)
    if not match or not (any(match.groups()) or text.startswith("零")):
        return None
    parts = [_section(match.groups()[first : first + 5]) for first in (0, 5, 10)]
    if _COLLOQUIAL.search(text) or ("亿" in text and not parts[0]) or ("万" in text and not parts[1]):
        return None
    tenths, hundredths = (_digit(match[name]) for name in ("jiao", "fen"))
    whole = parts[0] * 10**8 + parts[1] * 10**4 + parts[2]
    return Decimal(whole) + Decimal(tenths) / 10 + Decimal(hundredths) / 100


def _section(groups: tuple[str | None, ...]) -> int:
    """A section below ten thousand: thousands, hundreds, tens (十 alone is ten), ones."""
    thousands, hundreds, tens, ten, ones = groups
    return _digit(thousands) * 1000 + _digit(hundreds) * 100 + (_digit(tens) if tens else bool(ten)) * 10 + _digit(ones)


def _digit(letter: str | None) -> int:
    return _DIGITS.index(letter) % 10 if letter else 0


_DIGITS = "零一二三四五六七八九0123456789"
_PLAIN = str.maketrans(
    "〇壹贰貳弍叁參参肆伍陆陸柒捌玖两兩拾佰仟萬億圆圓", "零一二二二三三三四五六六七八九二二十百千万亿元元"
)
_UNITS = {"": 1, "百": 100, "千": 1000, "仟": 1000, "万": 10**4, "萬": 10**4, "亿": 10**8}
_ORNAMENT = re.compile(r"\s+|^(人民币|RMB|CNY)?[:¥¥]?|(?<=[元圆角分])[整正]$")
_NUMBER = re.compile(r"\d+(\.\d+)?$")
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(?!\d)(?!,)")
_WITH_UNIT = re.compile(r"(\d+(?:\.\d+)?)([百千仟万萬亿]?)[元圆]$")
_D = "([一二三四五六七八九1-9])"
_SECTION = f"(?:{_D}千)?零?(?:{_D}百)?零?(?:{_D}?(十))?零?{_D}?"
_COLLOQUIAL = re.compile("[亿万千百][一二三四五六七八九1-9]元")
"""三万五元 is thirty-five thousand to some and 30,005 to others."""
_WORDS = re.compile(
    f"(?:{_SECTION}亿)?零?(?:{_SECTION}万)?零?{_SECTION}元零?"
    f"(?:{_D.replace('(', '(?P<jiao>', 1)}角)?零?(?:{_D.replace('(', '(?P<fen>', 1)}分)?$"
)
