"""Importing a sheet: read, written, counted; rejected rows go into a sheet of their own for the clerk to mend."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import IO

import xlsxwriter
from sqlalchemy.orm import Session

from registry.cleaning import Cell
from registry.organisations import directory
from registry.sheets.reading import (
    REPORTED,
    CellFault,
    Clean,
    RecordSheet,
    Rejected,
    Row,
    RowReader,
    is_heading,
    layout,
    open_sheet,
)
from registry.sheets.writing import Writer
from workflow.jurisdiction import Jurisdiction
from workflow.refusal import Message

BATCH = 2000


@dataclass
class Imported:
    """What became of the rows read: the four counts add up to them. `changed` are the records that were updated."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    heading: Row = ()
    rejections: list[Rejected] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        return len(self.rejections)

    @property
    def read(self) -> int:
        return self.imported + self.updated + self.unchanged + self.rejected

    @property
    def faults(self) -> tuple[CellFault, ...]:
        return tuple(fault for rejection in self.rejections for fault in rejection.faults)


def open_records(source: Path | bytes, kind: str) -> RecordSheet:
    """A sheet of this kind; raises `BadSheet`."""
    return open_sheet(source, lambda row: is_heading(kind, row))


def import_sheet(
    session: Session,
    source: Path | bytes | RecordSheet,
    kind: str,
    jurisdiction: Jurisdiction,
    now: datetime,
    actor: str,
    dry_run: bool = False,
    after_batch: Callable[[int, Sequence[int]], None] | None = None,
) -> Imported:
    """Import every row of a sheet; what lies in the future is a matter of the jurisdiction's day.

    Raises `BadSheet` before any row was written.

    A dry run writes nothing and counts the same. `after_batch` is called with the number of rows just read and the
    records that they changed, in the transaction that changed them.
    """
    sheet = source if isinstance(source, RecordSheet) else open_records(source, kind)
    columns = layout(kind, sheet.heading)
    reader = RowReader(kind, columns, directory(session), jurisdiction.day_of(now), sheet.epoch)
    writer = Writer(session, kind, columns.keys, now, actor, dry_run)
    result = Imported(heading=sheet.heading)
    for batch in _batches(sheet.rows):
        read = [reader.read(row, cells) for row, cells in batch]
        clean = [row for row in read if isinstance(row, Clean)]
        written = writer.write(clean)
        result.rejections += sorted(
            [row for row in read if isinstance(row, Rejected)]
            + [Rejected(row.row, row.cells, reader.faults(row.row, wrong)) for row, wrong in written.refused],
            key=lambda rejected: rejected.row,
        )
        result.imported += written.imported
        result.updated += len(written.changed)
        result.unchanged += written.unchanged
        result.changed += written.changed
        if after_batch:
            after_batch(len(batch), written.changed)
    return result


def _batches(rows: Iterator[tuple[int, Row]]) -> Iterator[list[tuple[int, Row]]]:
    filled = ((number, row) for number, row in rows if any(cell not in ("", None) for cell in row))
    while batch := list(islice(filled, BATCH)):
        yield batch


def rejects_path(path: Path) -> Path:
    """Where the rejected rows of a file go: beside it."""
    return path.with_name(f"{path.stem}.rejected.xlsx")


def write_rejects(
    target: Path | IO[bytes], heading: Row, rows: Iterable[Rejected], words: Callable[[Message], str] = str
) -> None:
    """Write the sheet; `words` puts a reason into the reader's language. Text stays text: no formula, no number."""
    book = xlsxwriter.Workbook(
        str(target) if isinstance(target, Path) else target,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    try:
        sheet = book.add_worksheet("被退回的行")
        bold, day, text = (
            book.add_format(form) for form in ({"bold": True}, {"num_format": "yyyy-mm-dd"}, {"num_format": "@"})
        )
        sheet.freeze_panes(1, len(REPORTED))
        sheet.set_column(1, 1, 24)
        sheet.set_column(2, 2, 60)
        kept = [index for index, cell in enumerate(heading) if str(cell or "").strip() not in REPORTED]
        for column, cell in enumerate([*REPORTED, *(heading[index] for index in kept)]):
            sheet.write_string(0, column, str(cell or ""), bold)
        for line, rejected in enumerate(rows, start=1):
            sheet.write_number(line, 0, rejected.row)
            sheet.write_string(line, 1, "\n".join(fault.column for fault in rejected.faults))
            sheet.write_string(line, 2, "\n".join(words(fault.reason) for fault in rejected.faults))
            for column, index in enumerate(kept, start=len(REPORTED)):
                _write(sheet, line, column, rejected.cells[index] if index < len(rejected.cells) else None, day, text)
    finally:
        book.close()


def _write(
    sheet: xlsxwriter.worksheet.Worksheet,
    line: int,
    column: int,
    cell: Cell,
    day: xlsxwriter.format.Format,
    text: xlsxwriter.format.Format,
) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, date):
        sheet.write(line, column, cell, day)
    elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
        sheet.write_number(line, column, cell)
    else:
        sheet.write_string(line, column, str(cell), text)
