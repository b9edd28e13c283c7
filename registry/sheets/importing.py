"""A record sheet into records: each row whole or not at all, the good ones beside the rejected ones.

A record is known by the bureau that decided it, the document number and the credit code. A row that says what the
last sheet said changes nothing, even where a case has corrected the record since (D23). It reads in batches and
keeps memory flat; the caller owns the transaction and may commit after each batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy.orm import Session

from registry.organisations import directory
from registry.sheets.heading import is_heading, layout
from registry.sheets.reading import Row, Sheet, open_sheet
from registry.sheets.rows import Clean, Fault, Rejected, RowReader
from registry.sheets.writing import Writer
from workflow.jurisdiction import Jurisdiction

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
    def faults(self) -> tuple[Fault, ...]:
        return tuple(fault for rejection in self.rejections for fault in rejection.faults)


def open_records(source: Path | bytes, kind: str) -> Sheet:
    """A sheet of this kind; raises `BadSheet`."""
    return open_sheet(source, lambda row: is_heading(kind, row))


def import_sheet(
    session: Session,
    source: Path | bytes | Sheet,
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
    sheet = source if isinstance(source, Sheet) else open_records(source, kind)
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
