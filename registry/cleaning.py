"""One cell of a record sheet, made right or refused: never guessed.

It knows the kinds of mess that sheets carry (full-width characters, dashes for nothing, several ways to write a
date, serial dates, amounts in yuan or words, brackets), and neither files nor tables.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from registry.columns import LONGEST, SEVERITIES, Column, Type
from registry.organisations import valid_code
from workflow.refusal import Message, Refusal, say

Cell = str | float | int | bool | date | datetime | time | timedelta | None

WAN: Final = Decimal(1)
YUAN: Final = Decimal("0.0001")

EPOCH: Final = date(1899, 12, 30)
"""Day zero of serial dates; workbooks made on old Macintoshes count from `EPOCH_1904`."""
EPOCH_1904: Final = date(1904, 1, 1)


class Unfit(Refusal):
    """The cell cannot be read for certain; `message` says why and what to write."""


def clean(column: Column, cell: Cell, unit: Decimal | None = None, epoch: date = EPOCH) -> str:
    """The value as records keep it; empty where the cell says nothing. Raises `Unfit`.

    `unit`: what a bare number of an amount column counts, as the heading of a sheet says; None for what was typed.
    """
    if column.type is Type.DATE:
        return clean_date(cell, epoch)
    if column.type is Type.AMOUNT:
        return clean_amount(cell, unit)
    if column.type is Type.CODE:
        return clean_code(cell, checked=column.key == "uscc")
    if column.type is Type.CLASS:
        return clean_severity(cell)
    value = clean_document_number(cell) if column.key == "document_number" else clean_text(cell)
    if column.brief and len(value) > LONGEST:
        raise Unfit(say("Too long: {length} characters, at most {most}.", length=len(value), most=LONGEST))
    return value


def clean_text(cell: Cell) -> str:
    """Text without control characters; runs of spaces and line ends made one space, or none inside Chinese."""
    if not isinstance(cell, str):
        return _shown(cell)
    text = cell
    if _ODD.search(text):
        seen = (letter for letter in text if letter.isspace() or unicodedata.category(letter) not in _INVISIBLE)
        text = _SPACES.sub(_space, "".join(seen).translate(_HALF_WIDTH))
    if len(text) <= _SHORT and (text.replace(" ", "").casefold() in _NOTHING or not _DASHES.sub("", text)):
        return ""
    if _ERROR.match(text):
        raise Unfit(say("The cell holds an error of the spreadsheet ({value}): enter the value.", value=text))
    return text


def clean_document_number(cell: Cell) -> str:
    """A document number without spaces, its year in the brackets of official documents 〔〕."""
    if isinstance(cell, str) and _OFFICIAL.match(cell):
        return cell
    text = "".join(clean_text(cell).split())
    return _YEAR.sub(r"〔\1〕", text)


def clean_code(cell: Cell, checked: bool = False) -> str:
    """A code in half-width capitals without spaces; a `checked` one must agree with its check character."""
    too_long = isinstance(cell, (int, float)) and abs(cell) >= _EXACT
    if too_long or (isinstance(cell, str) and _ROUNDED.match(cell.strip())):
        raise Unfit(say("The code was kept as a number and has lost its last digits: enter it again as text."))
    text = clean_text(cell).strip("'\"=` ")
    text = _SEPARATORS.sub("", text).upper()
    if len(text) > LONGEST:
        raise Unfit(say("Too long: {length} characters, at most {most}.", length=len(text), most=LONGEST))
    if checked and text and (reason := valid_code(text)):
        raise Unfit(reason)
    return text


def clean_amount(cell: Cell, unit: Decimal | None = None) -> str:
    """An amount as a decimal number of 万元, two places or more, exact to the fen.

    Typed, a bare number counts 万元 and one behind ¥ yuan. In a sheet headed 万元 the sign leaves it open: refused.
    """
    if isinstance(cell, (bool, date, time, timedelta)):
        raise Unfit(_not_an_amount(cell))
    if isinstance(cell, str):
        text = unicodedata.normalize("NFKC", clean_text(cell))
        if not text:
            return ""
        signed = _SIGNED.match(text)
        if signed and unit == WAN:
            raise Unfit(
                say("{value} does not say its unit: enter {value}元 or {value}万元 without the sign.", value=signed[1])
            )
        amount = in_wan(signed[1], YUAN) if signed else in_wan(text, unit or WAN)
    elif cell is None:
        return ""
    else:
        amount = in_wan(f"{cell:.10f}".rstrip("0").rstrip("."), unit or WAN) if abs(cell) < _EXACT else None
    if amount is None or amount >= _EXACT:
        raise Unfit(_not_an_amount(cell))
    if amount != round(amount, 6):
        raise Unfit(say("{value} has a fraction of a fen: enter the exact amount.", value=_shown(cell)))
    places = max(2, -int(amount.normalize().as_tuple().exponent))
    return f"{amount:.{places}f}"


def clean_date(cell: Cell, epoch: date = EPOCH) -> str:
    """A day as ISO: from a date, a serial number, 2026-06-06, 2026.6.6, 2026/06/06, 2026年6月6日 or 20260606."""
    if isinstance(cell, str):
        text = unicodedata.normalize("NFKC", clean_text(cell))
        if not text:
            return ""
        return _sane(_written(text, epoch), text)
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return _sane(cell.date(), cell)
    if isinstance(cell, date):
        return _sane(cell, cell)
    if isinstance(cell, (bool, time, timedelta)) or not 0 < cell < _EXACT:
        raise Unfit(_not_a_date(_shown(cell)))
    return _sane(_written(str(int(cell)), epoch), _shown(cell))


def clean_severity(cell: Cell) -> str:
    """The class of a record as its code, from 轻微, 一般 or 严重."""
    text = clean_text(cell)
    if not text or text in SEVERITIES.values():
        return text
    if text not in SEVERITIES:
        raise Unfit(say("{value} is not a class: enter 轻微, 一般 or 严重.", value=text))
    return SEVERITIES[text]


def _written(text: str, epoch: date) -> date | None:
    match = _DATE.match(text) or _EIGHT.match(text)
    try:
        if match:
            return date(*(int(part) for part in match.groups()[:3]))
        if _SERIAL.match(text):
            return epoch + timedelta(days=int(text))
    except (ValueError, OverflowError):
        pass
    return None


def _sane(day: date | None, cell: object) -> str:
    if day is None or not _EARLIEST <= day <= _LATEST:
        raise Unfit(_not_a_date(cell))
    return day.isoformat()


def _not_a_date(value: object) -> Message:
    return say("{value} is not a day: enter it as 2026-06-06.", value=value)


def _not_an_amount(cell: Cell) -> Message:
    return say(
        "{value} is not an amount: enter a number, or an amount with its unit such as 5000元.", value=_shown(cell)
    )


def _shown(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, (date, time)) else str(cell)


def _space(match: re.Match[str]) -> str:
    """A space stays beside Latin letters or digits; a line end or tab only between two of them."""
    text, start, end = match.string, match.start(), match.end()
    if start == 0 or end == len(text):
        return ""
    sides = (text[start - 1].isascii(), text[end].isascii())
    return " " if all(sides) or (any(sides) and not set(match[0]) - _PLAIN_SPACES) else ""


_ODD = re.compile(
    r"[\s\x00-\x1f\x7f-\xa0\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3000\ufeff\ufff9-\ufffb０-９Ａ-Ｚａ-ｚ]"
)
_SPACES = re.compile(r"\s+")
_PLAIN_SPACES = set(" \u3000\xa0")
_INVISIBLE = ("Cc", "Cf", "Cs")
_HALF_WIDTH = {
    full: full - 0xFEE0 for first, last in ("０９", "ＡＺ", "ａｚ") for full in range(ord(first), ord(last) + 1)
}

_SHORT = 8
_NOTHING = frozenset(("", "无", "暂无", "空", "null", "none", "nil", "n/a", "na", "#n/a", "/", "\\", "*"))
_DASHES = re.compile(r"[-‐‑‒–—―─－﹣_/／\\|.·…\s]+")
_ERROR = re.compile(r"#(REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|#+$)")

_OFFICIAL = re.compile(r"[\u4e00-\u9fff]+〔(?:19|20)\d\d〕[0-9]+号\Z", re.ASCII)
_YEAR = re.compile(r"[〔\[［(（【〖〈﹝{]((?:19|20)\d\d)[〕\]］)）】〗〉﹞}]")
_SEPARATORS = re.compile(r"[\s－-]+")
_ROUNDED = re.compile(r"\d(\.\d+)?[Ee]\+?\d+$")
_EXACT = 10**15
"""Numbers from here on are no amounts, and lose their last digits in a sheet."""

_DATE = re.compile(
    r"(\d{4})\s?[-./年]\s?(\d{1,2})\s?[-./月]\s?(\d{1,2})\s?日?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$"
)
_EIGHT = re.compile(r"((?:19|20|21)\d\d)(\d\d)(\d\d)$")
_SERIAL = re.compile(r"[1-9]\d{4}$")
_EARLIEST, _LATEST = date(1949, 10, 1), date(2199, 12, 31)


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


def sums_in(text: str) -> list[tuple[str, Decimal]]:
    """Each sum of money that a text states, as it is written and in 万元: 30000元, 3万元 and 叁万元整 are the same."""
    written = (match[0] for match in _SUM.finditer(unicodedata.normalize("NFKC", text)))
    return [(sum, wan) for sum in written if (wan := in_wan(sum, YUAN))]


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
_SIGNED = re.compile(r"\s*(?:人民币|RMB|CNY|[:¥¥]|\s)+(\d[\d,.]*)\s*$", re.IGNORECASE)
"""A sign of money before a number without a unit: ¥85,000, RMB 85000."""
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(?!\d)(?!,)")
_WITH_UNIT = re.compile(r"(\d+(?:\.\d+)?)([百千仟万萬亿]?)[元圆]$")
_NUMERAL = "[〇零一二两三四五六七八九十百千万亿壹贰貳弍叁參参肆伍陆陸柒捌玖兩拾佰仟萬億0-9]"
_SUM = re.compile(
    rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?\s*[百千仟万萬亿]?[元圆]|{_NUMERAL}+[元圆](?:{_NUMERAL}+角)?(?:{_NUMERAL}+分)?"
)
"""Money within a sentence: only with its unit, since a bare number may be anything."""
_D = "([一二三四五六七八九1-9])"
_SECTION = f"(?:{_D}千)?零?(?:{_D}百)?零?(?:{_D}?(十))?零?{_D}?"
_COLLOQUIAL = re.compile("[亿万千百][一二三四五六七八九1-9]元")
"""三万五元 is thirty-five thousand to some and 30,005 to others."""
_WORDS = re.compile(
    f"(?:{_SECTION}亿)?零?(?:{_SECTION}万)?零?{_SECTION}元零?"
    f"(?:{_D.replace('(', '(?P<jiao>', 1)}角)?零?(?:{_D.replace('(', '(?P<fen>', 1)}分)?$"
)
