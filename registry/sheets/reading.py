"""A file as rows of cells: XLSX (or XLS), else CSV in UTF-8 or GB 18030. Knows no column and no record."""

from __future__ import annotations

import csv
import io
import itertools
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from registry.cleaning import EPOCH, EPOCH_1904, Cell
from workflow.refusal import Refusal, say

Row = Sequence[Cell]

LARGEST: Final = 2 * 1024**3
"""Bytes of an unpacked workbook; a larger one is not a record sheet."""
SENT: Final = 512 * 1024**2
"""The same of one that somebody sent over the site, whose pages wait meanwhile."""
DENSEST: Final = 100
"""So many times its size a record sheet never unpacks to, ten being usual: it was packed to fill the memory."""
SMALL: Final = 16 * 1024**2
"""Unpacked bytes that do no harm, however densely packed."""
LOOKED_AT: Final = 20
"""Rows above which the heading must stand: sheets often begin with a title."""


class BadSheet(Refusal):
    """The file as a whole cannot be read; nothing of it was imported."""


@dataclass(frozen=True)
class Sheet:
    """The heading and the rows below it, each with its number as the spreadsheet shows it. Read once."""

    heading: Row
    rows: Iterator[tuple[int, Row]]
    expected: int
    epoch: date = EPOCH


def open_sheet(source: Path | bytes, is_heading: Callable[[Row], bool]) -> Sheet:
    """The first sheet that has a heading row; raises `BadSheet` with a sentence."""
    with _opened(source) as file:
        magic = file.read(8)
    if magic.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _workbook(source, is_heading)
    return _csv(source, is_heading)


def _workbook(source: Path | bytes, is_heading: Callable[[Row], bool]) -> Sheet:
    epoch = _epoch(source)
    try:
        book = CalamineWorkbook.from_object(io.BytesIO(source) if isinstance(source, bytes) else source)
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            found = _below_heading(_numbered(sheet), is_heading)
            if found:
                return Sheet(*found, expected=sheet.height, epoch=epoch)
    except (CalamineError, zipfile.BadZipFile, OSError) as error:
        raise BadSheet(say("The workbook cannot be read ({error}): save it again as XLSX.", error=error)) from error
    raise _no_heading()


def _numbered(sheet: CalamineSheet) -> Iterator[tuple[int, Row]]:
    if sheet.start is None:
        return iter(())
    rows: Iterator[Row] = sheet.iter_rows()
    return enumerate(rows, start=1 + sheet.start[0])


def _epoch(source: Path | bytes) -> date:
    """Day zero of the workbook's serial dates. Looks at the size it unpacks to before anything is unpacked."""
    try:
        with _opened(source) as file, zipfile.ZipFile(file) as archive:
            if _too_large(source, sum(entry.file_size for entry in archive.infolist())):
                raise BadSheet(say("The workbook is too large: split it."))
            head = archive.read("xl/workbook.xml")
    except (zipfile.BadZipFile, KeyError):
        return EPOCH
    return EPOCH_1904 if re.search(rb"date1904\s*=\s*[\"'](1|true)", head) else EPOCH


def _too_large(source: Path | bytes, unpacked: int) -> bool:
    if isinstance(source, bytes):
        return unpacked > SENT or unpacked > max(SMALL, DENSEST * len(source))
    return unpacked > LARGEST


def _csv(source: Path | bytes, is_heading: Callable[[Row], bool]) -> Sheet:
    encoding, lines = _encoding(source)
    text = io.TextIOWrapper(_opened(source), encoding=encoding, newline="")
    start = text.read(4096)
    text.seek(0)
    first = next((line for line in start.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    found = _below_heading(_lines(text, delimiter), is_heading)
    if not found:
        raise _no_heading()
    return Sheet(*found, expected=lines)


def _lines(text: IO[str], delimiter: str) -> Iterator[tuple[int, Row]]:
    try:
        yield from enumerate(csv.reader(text, delimiter=delimiter), start=1)
    except csv.Error as error:
        raise BadSheet(say("The file cannot be read ({error}): save it as XLSX or CSV.", error=error)) from error


def _encoding(source: Path | bytes) -> tuple[str, int]:
    """The first encoding that fits the whole file, and how many lines it has."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            with io.TextIOWrapper(_opened(source), encoding=encoding, newline="") as text:
                return encoding, sum(block.count("\n") for block in iter(lambda: text.read(1 << 20), ""))
        except UnicodeDecodeError:
            continue
    raise BadSheet(say("The file is neither XLSX nor CSV in UTF-8 or GB 18030: save it as XLSX."))


def _below_heading(
    rows: Iterator[tuple[int, Row]], is_heading: Callable[[Row], bool]
) -> tuple[Row, Iterator[tuple[int, Row]]] | None:
    for _number, row in itertools.islice(rows, LOOKED_AT):
        if is_heading(row):
            return row, rows
    return None


def _no_heading() -> BadSheet:
    return BadSheet(say("No row with the headings of the record sheet was found: keep the heading row as it came."))


def _opened(source: Path | bytes) -> IO[bytes]:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
