"""The sheet of the rows that were rejected, to mend and import again."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import IO

import xlsxwriter

from registry.sheets.reading import REPORTED, Rejected, Row
from workflow.refusal import Message


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
                cell = rejected.cells[index] if index < len(rejected.cells) else None
                if isinstance(cell, date):
                    sheet.write(line, column, cell, day)
                elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
                    sheet.write_number(line, column, cell)
                elif cell is not None and cell != "":
                    sheet.write_string(line, column, str(cell), text)
    finally:
        book.close()
