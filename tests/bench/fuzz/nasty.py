"""What the fuzzer sends: words, numbers, days and names that break things, and files that are not what they say."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any, Final

import xlsxwriter

from tests.registry.sheets import REAL, row, sheet_of
from tests.registry.test_opening import far_apart, workbook

MARK: Final = "<fuzz>"
"""Stands in a page like this only where it was not escaped."""
CORPUS: Final = json.loads(Path(__file__).with_name("corpus.json").read_text("utf-8"))
"""Words and names of files, a long one as what is repeated and how often; the arguments that pages read of an address;
and the seeds of rounds that found something."""


def _whole(word: str | list[Any]) -> str:
    return word if isinstance(word, str) else word[0] * word[1]


WORDS: Final = tuple(map(_whole, CORPUS["words"]))
NAMES: Final = tuple(map(_whole, CORPUS["names"]))


def _zip(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def _sheet(cells: Mapping[str, object]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": True, "nan_inf_to_errors": True}) as book:
        sheet = book.add_worksheet()
        for cell, value in cells.items():
            sheet.write(cell, value)
    return out.getvalue()


FILES: Final[Mapping[str, Callable[[], bytes]]] = {
    "pdf": lambda: b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n",
    "pdf of nothing": lambda: b"%PDF-",
    "pdf that loops": lambda: b"%PDF-1.4\n1 0 obj\n<< /Length 1 0 R /Parent 1 0 R >>\nstream\n" + b"q " * 9000,
    "png": lambda: b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"\xff" * 8 + b"\x08\x06\0\0\0",
    "jpeg": lambda: b"\xff\xd8\xff\xe0" + b"\xff" * 4000,
    "page that says it is a picture": lambda: b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script>",
    "svg": lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "nothing": lambda: b"",
    "nul": lambda: bytes(5000),
    "sheet": lambda: sheet_of(row(), row(uscc="no code", fine="1e400", decided_on="0000-00-00")),
    "national sheet": REAL.read_bytes,
    "cells far apart": far_apart,
    "cells far apart, hidden": lambda: far_apart('<c t="inlineStr" x=">" r="{}">'),
    "formulas and errors": lambda: _sheet({"A1": "=1/0", "B1": "=A1:A9", "C1": 1e308, "D1": "x" * 32_000, "E9": True}),
    "entities": lambda: workbook('<row r="1"><c r="A1" t="s"><v>999999</v></c><c r="A1"><v>&a;</v></c></row>'),
    "strings out of reach": lambda: workbook('<row r="-1"><c r="A0" t="s"><v>-1</v></c></row>' * 500),
    "a zip in it": lambda: _zip(**{"xl/workbook.xml": b"<a>" * 9000, "[Content_Types].xml": b""}),
    "a zip bomb": lambda: _zip(**{"xl/worksheets/sheet1.xml": b"0" * 30_000_000}),
    "csv in quotes": lambda: b'"' + b"a," * 9000,
    "csv of utf-16": lambda: "企业名称,统一社会信用代码\r\n".encode("utf-16"),
    "old workbook": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 20,
}
"""Files by name; made when they are asked for."""


def word(dice: Random) -> str:
    """One of the words, or two of them in a row, or a few letters by lot."""
    if dice.random() < 0.8:
        return dice.choice(WORDS)
    if dice.random() < 0.5:
        return dice.choice(WORDS) + dice.choice(WORDS)
    return "".join(chr(dice.choice((dice.randrange(1, 256), dice.randrange(0x2000, 0x2100)))) for _ in range(12))


def file(dice: Random) -> tuple[str, bytes]:
    """A name and what lies under it: one of the files, often with some of its bytes otherwise, cut or doubled."""
    content = FILES[dice.choice(sorted(FILES))]()
    how = dice.random()
    if content and how < 0.3:
        spoiled = bytearray(content)
        for _ in range(dice.randint(1, 8)):
            spoiled[dice.randrange(len(spoiled))] = dice.randrange(256)
        content = bytes(spoiled)
    elif how < 0.4:
        content = content[: dice.randint(0, len(content))]
    elif how < 0.45:
        content += content
    return dice.choice(NAMES) if dice.random() < 0.6 else dice.choice(
        ("甲.pdf", "甲.png", "甲.xlsx", "甲.csv")
    ), content
