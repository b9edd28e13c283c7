"""Reading a record sheet: its heading row, then each row made right or rejected with every reason at once.

It reads no record and writes nothing. Headings tolerate width, spaces and left-out brackets.
"""

import csv
import io
import itertools
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from registry.cleaning import EPOCH, EPOCH_1904, WAN, YUAN, Cell, Unfit, clean, clean_text
from registry.columns import KINDS, LONGEST, Column, Type, row_faults
from registry.organisations import Bureau, Directory
from workflow.refusal import Message, Refusal, say

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
"""The first rows, of which one must head the sheet with half of the needed columns: often a title comes first."""
NO_HEADING: Final = say("No row with the headings of the record sheet was found: keep the heading row as it came.")


class BadSheet(Refusal):
    """The file as a whole cannot be read; nothing of it was imported."""


@dataclass(frozen=True)
class RecordSheet:
    """The heading and the rows below it, each with its number as the spreadsheet shows it. Read once."""

    heading: Row
    rows: Iterator[tuple[int, Row]]
    expected: int
    epoch: date = EPOCH


def open_records(source: Path | bytes, kind: str) -> RecordSheet:
    """The first sheet that has the heading row of this kind; raises `BadSheet` with a sentence."""
    with _opened(source) as file:
        magic = file.read(8)
    if not magic.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _csv(source, kind)
    epoch = _epoch(source)
    try:
        book = CalamineWorkbook.from_object(io.BytesIO(source) if isinstance(source, bytes) else source)
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if found := _below_heading(_numbered(sheet), kind):
                return RecordSheet(*found, expected=sheet.height, epoch=epoch)
    except (CalamineError, zipfile.BadZipFile, OSError) as error:
        raise BadSheet(say("The workbook cannot be read ({error}): save it again as XLSX.", error=error)) from error
    raise BadSheet(NO_HEADING)


def _numbered(sheet: CalamineSheet) -> Iterator[tuple[int, Row]]:
    if sheet.start is None:
        return iter(())
    rows: Iterator[Row] = sheet.iter_rows()
    return enumerate(rows, start=1 + sheet.start[0])


def _epoch(source: Path | bytes) -> date:
    """Day zero of the workbook's serial dates. Looks at the size it unpacks to before anything is unpacked."""
    largest = min(SENT, max(SMALL, DENSEST * len(source))) if isinstance(source, bytes) else LARGEST
    try:
        with _opened(source) as file, zipfile.ZipFile(file) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > largest:
                raise BadSheet(say("The workbook is too large: split it."))
            head = archive.read("xl/workbook.xml")
    except (zipfile.BadZipFile, KeyError):
        return EPOCH
    return EPOCH_1904 if re.search(rb"date1904\s*=\s*[\"'](1|true)", head) else EPOCH


def _csv(source: Path | bytes, kind: str) -> RecordSheet:
    encoding, lines = _encoding(source)
    text = io.TextIOWrapper(_opened(source), encoding=encoding, newline="")
    start = text.read(4096)
    text.seek(0)
    first = next((line for line in start.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    found = _below_heading(_lines(text, delimiter), kind)
    if not found:
        raise BadSheet(NO_HEADING)
    return RecordSheet(*found, expected=lines)


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


def _below_heading(rows: Iterator[tuple[int, Row]], kind: str) -> tuple[Row, Iterator[tuple[int, Row]]] | None:
    needed = [column.key for column in KINDS[kind] if column.needed]
    for _number, row in itertools.islice(rows, LOOKED_AT):
        keys = _keys(kind, row)
        if 2 * sum(key in keys for key in needed) >= len(needed):
            return row, rows
    return None


def _opened(source: Path | bytes) -> IO[bytes]:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


REPORTED = ("行号", "栏目", "原因")
"""Headings of the columns that a sheet of rejected rows has in front: such a sheet, mended, can be imported."""


@dataclass(frozen=True)
class ColumnPlace:
    """Where a column is in the rows, and what a bare number in it counts."""

    index: int
    column: Column
    unit: Decimal = WAN


def layout(kind: str, row: Row) -> tuple[ColumnPlace, ...]:
    """The places of the columns; raises `BadSheet` where one is missing, doubled or without its unit."""
    places: dict[str, ColumnPlace] = {}
    for index, cell in enumerate(row):
        heading = clean_text(cell)[:LONGEST]
        if not heading or heading in REPORTED:
            continue
        column, unit = _column(kind, heading) or (Column(heading, heading, heading, disputable=False), WAN)
        if column.key in places:
            raise BadSheet(say("The column {column} stands twice: leave one.", column=heading))
        places[column.key] = ColumnPlace(index, column, unit)
    missing = _missing(kind, places.keys())
    if missing and any(not _missing(other, _keys(other, row)) for other in KINDS if other != kind):
        raise BadSheet(say("This sheet has the columns of another kind of record: choose that kind."))
    if missing:
        raise BadSheet(say("These columns are missing: {columns}.", columns="、".join(missing)))
    return tuple(places.values())


def _missing(kind: str, present: Set[str]) -> list[str]:
    """The headings without which a sheet is none of this kind; of a bureau, name or code is enough."""
    needed = [column for column in KINDS[kind] if column.needed and column.key not in present]
    bureaus = [column for column in KINDS[kind] if column.type is Type.BUREAU]
    return [column.heading for column in needed] + [
        column.heading for column in bureaus if not {column.key, f"{column.key}_code"} & present
    ]


def _keys(kind: str, row: Row) -> set[str]:
    return {found[0].key for cell in row if (found := _column(kind, str(cell or "")))}


def _column(kind: str, heading: str) -> tuple[Column, Decimal] | None:
    name = _folded(heading)
    for column in KINDS[kind]:
        whole = _folded(column.heading)
        short = _BRACKETS.sub("", whole)
        if column.type is Type.AMOUNT:
            match = _BRACKETS.search(name)
            if _BRACKETS.sub("", name) == short:
                unit = {"万元": WAN, "元": YUAN}.get(match[1]) if match else None
                if unit is None:
                    raise BadSheet(
                        say("The column {column} does not say its unit: head it (万元) or (元).", column=heading)
                    )
                return column, unit
        elif name in (whole, short):
            return column, WAN
    return None


def _folded(heading: str) -> str:
    return re.sub(r"[\s_*:]+", "", unicodedata.normalize("NFKC", heading)).casefold()


_BRACKETS = re.compile(r"\(([^()]*)\)$")


REMEMBERED = 20_000
"""Cells of a column whose value is remembered: most columns say the same few things over and over."""


@dataclass(frozen=True)
class CellFault:
    """What is wrong with one cell."""

    row: int
    column: str
    reason: Message


@dataclass(frozen=True)
class Rejected:
    """A row that was not imported: its cells as they came, and everything that is wrong with them."""

    row: int
    cells: Row
    faults: tuple[CellFault, ...]


@dataclass(frozen=True, slots=True)
class Clean:
    """A row that is right in itself. `values` is by column key, without what says nothing."""

    row: int
    cells: Row
    values: dict[str, str]
    determined_by: int
    supplied_by: int

    @property
    def code(self) -> str:
        return self.values["uscc"]

    @property
    def document_number(self) -> str:
        return self.values["document_number"]


class RowReader:
    """Reads the rows of one sheet; it remembers what it has cleaned, so a sheet needs its own."""

    def __init__(self, kind: str, places: Sequence[ColumnPlace], bureaus: Directory, today: date, epoch: date) -> None:
        self._kind = kind
        self._headings = {column.key: column.heading for column in KINDS[kind]}
        self._bureaus, self._today = bureaus, today.isoformat()
        self._cleaners = [(place.index, place.column.key, *_remembering(place, epoch)) for place in places]
        self._found: dict[tuple[str, str], Bureau | Message] = {}

    def read(self, row: int, cells: Row) -> Clean | Rejected:
        """The row made right, or rejected."""
        values: dict[str, str] = {}
        wrong: dict[str, Message] = {}
        for index, key, known, cleaned in self._cleaners:
            cell = cells[index] if index < len(cells) else ""
            if cell == "" or cell is None:
                continue
            value = known.get(cell)
            if value is None or isinstance(cell, bool):
                value = cleaned(cell)
            if isinstance(value, Message):
                wrong[key] = value
            elif value:
                values[key] = value
        for key, reason in row_faults(self._kind, values, self._today).items():
            wrong.setdefault(key, reason)
        determined, supplied = (self._bureau(key, values, wrong) for key in ("determined_by", "supplied_by"))
        if wrong or determined is None or supplied is None:
            return Rejected(row, cells, self.faults(row, wrong))
        return Clean(row, cells, values, determined.id, supplied.id)

    def faults(self, row: int, wrong: dict[str, Message]) -> tuple[CellFault, ...]:
        """The faults of a row, by column key."""
        return tuple(CellFault(row, self._headings.get(key, key), reason) for key, reason in wrong.items())

    def _bureau(self, key: str, values: dict[str, str], wrong: dict[str, Message]) -> Bureau | None:
        code_key = f"{key}_code"
        if key in wrong or code_key in wrong:
            return None
        named = (values.get(code_key, ""), values.get(key, ""))
        found = self._found.get(named)
        if found is None:
            found = self._found[named] = self._bureaus.find(*named)
        if isinstance(found, Message):
            wrong[code_key if named[0] else key] = found
            return None
        return found


Known = dict[Cell, str | Message]


def _remembering(place: ColumnPlace, epoch: date) -> tuple[Known, Callable[[Cell], str | Message]]:
    """What a column's cells were found to say, and how to find it for a new one."""
    known: Known = {}

    def cleaned(cell: Cell) -> str | Message:
        value: str | Message
        try:
            value = clean(place.column, cell, place.unit, epoch)
        except Unfit as unfit:
            value = unfit.message
        if len(known) >= REMEMBERED:
            known.clear()
        if not isinstance(cell, bool):
            known[cell] = value
        return value

    return known, cleaned
