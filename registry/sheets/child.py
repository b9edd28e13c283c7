"""The process that alone opens a file somebody sent as a sheet: its rows go out as lines of JSON, then it ends.

Run by its path, with nothing of the platform in it: no database, no key, little memory, little time. A file that
kills its reader kills this and nothing else. Its first argument says how much it may take; see `SheetLimits`.
"""

import csv
import io
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import IO, Any, Final, NamedTuple

FARTHEST: Final = 1000
"""Cells of a row."""
ENTRIES: Final = 1000
"""Files in a workbook."""
ROOMY: Final = 1_000_000
"""Cells that a sheet may span whatever is in it; a larger one must be filled in part."""
FILLED: Final = 20
"""One in so many of the cells that a larger sheet spans says something."""
DENSEST: Final = 100
"""So many times its size a record sheet never unpacks to, ten being usual: it was packed to fill the memory."""
SMALL: Final = 16 * 1024**2
"""Unpacked bytes that do no harm, however densely packed."""
CELL: Final = re.compile(rb"<(?:\w+:)?c\b[^<>]*?\br\s*=\s*[\"']([A-Za-z]{1,3})([0-9]{1,7})[\"'][^<>]*(?<!/)>(?!</)")
"""A cell that says something, and where."""
LONGEST_TAG: Final = 1 << 16


class NotRead(Exception):
    """The file is not read; the first argument is why, in a word, the second what to say of it."""


class SheetLimits(NamedTuple):
    """What one file may take: bytes of memory, seconds of a processor, bytes unpacked and told, rows."""

    memory: int
    seconds: int
    unpacked: int
    told: int
    rows: int


class Sheet(NamedTuple):
    """A sheet of a file: how many rows it has, and those that say something, with their numbers."""

    height: int
    rows: Iterable[tuple[int, Sequence[Any]]]
    mac: bool = False


def main(within: SheetLimits, file: IO[bytes], out: IO[str]) -> None:
    """Write each sheet's heading line and its rows, and at the end that it is the end or why it is not."""
    _limit(within)
    told = 0
    try:
        for line in _lines(_sheets(file, within), out, within.rows):
            told += len(line)
            if told > within.told:
                raise NotRead("large")
    except NotRead as unfit:
        json.dump({"unfit": unfit.args}, out)
    except csv.Error as error:
        json.dump({"unfit": ["csv", str(error)]}, out)
    else:
        json.dump({"end": True}, out)


def _limit(within: SheetLimits) -> None:
    """Where the system can: memory, time, no file written, no core left behind, and the first to go if memory ends."""
    with suppress(ImportError):
        import resource

        for what, most in (
            (resource.RLIMIT_AS, within.memory),
            (resource.RLIMIT_CPU, within.seconds),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            with suppress(ValueError, OSError):
                resource.setrlimit(what, (most, most))
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")


def _lines(sheets: Iterable[Sheet], out: IO[str], most: int) -> Iterator[str]:
    for sheet in sheets:
        json.dump({"height": sheet.height, "mac": sheet.mac}, out)
        out.write("\n")
        said = ((number, row) for number, row in sheet.rows if any(cell not in ("", None) for cell in row))
        for count, (number, row) in enumerate(said):
            if len(row) > FARTHEST:
                raise NotRead("wide", FARTHEST)
            if count > most:
                raise NotRead("long", most)
            line = json.dumps((number, row), ensure_ascii=False, default=_tagged)
            out.write(line + "\n")
            yield line


def _tagged(value: object) -> dict[str, object]:
    if isinstance(value, timedelta):
        return {"seconds": value.total_seconds()}
    assert isinstance(value, (date, datetime, time))
    return {type(value).__name__: value.isoformat()}


def _sheets(file: IO[bytes], within: SheetLimits) -> Iterator[Sheet]:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    magic = file.read(8)
    file.seek(0)
    if magic.startswith(b"PK\x03\x04"):
        mac = _looked_at(file, min(within.unpacked, max(SMALL, DENSEST * size)))
        return _workbook(file, mac)
    return _workbook(file, False) if magic.startswith(b"\xd0\xcf\x11\xe0") else _text(file)


def _workbook(file: IO[bytes], mac: bool) -> Iterator[Sheet]:
    from python_calamine import CalamineError, CalamineWorkbook

    file.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(file)
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            start = sheet.start
            yield Sheet(sheet.height, enumerate(sheet.iter_rows(), 1 + start[0]) if start else (), mac)
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise NotRead("workbook", str(error)) from error


def _looked_at(file: IO[bytes], largest: int) -> bool:
    """Refuse what is too much before anything is unpacked, and cells too far apart; gives whether days count from 1904.

    The reader takes room for every cell between the first and the last.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if len(entries) > ENTRIES or sum(entry.file_size for entry in entries) > largest:
                raise NotRead("large")
            for entry in entries:
                with archive.open(entry) as unpacked:
                    _refuse_emptiness(unpacked)
            with suppress(KeyError):
                return bool(re.search(rb"date1904\s*=\s*[\"'](1|true)", archive.read("xl/workbook.xml")))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise NotRead("workbook", str(error)) from error
    return False


def _refuse_emptiness(unpacked: IO[bytes]) -> None:
    columns: set[bytes] = set()
    rows: set[bytes] = set()
    cells, left = 0, b""
    while block := unpacked.read(1 << 20):
        block = left + block
        cut = max(block.rfind(b"<", 0, -1), len(block) - LONGEST_TAG, 0)
        found = CELL.findall(block, 0, cut + 2)  # what follows a cell's mark says whether the cell is empty
        left = block[cut:]
        cells += len(found)
        columns.update(column for column, _row in found)
        rows.update(row for _column, row in found)
    if not cells:
        return
    across, down = sorted(map(_number, columns)), sorted(map(int, rows))
    if (across[-1] - across[0] + 1) * (down[-1] - down[0] + 1) > max(ROOMY, FILLED * cells):
        raise NotRead("apart", f"{_letters(across[-1])}{down[-1]}")


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


def _text(file: IO[bytes]) -> Iterator[Sheet]:
    """A CSV, by what parts its first line, in the first encoding that fits the whole file."""
    encoding, lines = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    start = text.read(4096)
    text.seek(0)
    first = next((line for line in start.splitlines() if line.strip()), "")
    yield Sheet(lines, enumerate(csv.reader(text, delimiter=max(",;\t", key=first.count)), start=1))


def _encoding(file: IO[bytes]) -> tuple[str, int]:
    for encoding in ("utf-8-sig", "gb18030"):
        file.seek(0)
        text = io.TextIOWrapper(file, encoding=encoding, newline="")
        try:
            return encoding, sum(block.count("\n") for block in iter(partial(text.read, 1 << 20), ""))
        except UnicodeDecodeError:
            continue
        finally:
            text.detach()
    raise NotRead("neither")


if __name__ == "__main__":
    with open(1, "w", encoding="utf-8", newline="\n", closefd=False) as pipe:
        main(SheetLimits(*map(int, sys.argv[1:])), sys.stdin.buffer, pipe)
