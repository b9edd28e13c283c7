"""Importing a sheet: read, written many rows at a time, counted; rejected rows go into a sheet of their own to mend.

Ids are drawn first, so that rows of other tables can name them and nothing has to be read back: COPY on PostgreSQL, one
prepared statement on SQLite.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from sqlalchemy import JSON, Table, bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session

from registry.cleaning import Cell
from registry.credit_records import CreditRecord, RecordChange, begun, promoted, with_values
from registry.organisations import Enterprise, directory, folded
from registry.sheets.reading import (
    REMEMBERED,
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
from workflow.jurisdiction import Jurisdiction
from workflow.refusal import Message, say

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


Key = tuple[str, int, int]
"""How a record is known: document number, enterprise, the bureau that decided."""

SUPPLIER = ("supplied_by", "supplied_by_code")
BUREAU_COLUMNS = frozenset(("determined_by", "determined_by_code", *SUPPLIER))
"""Compared as bureaus, not as text: another name of the same bureau is nothing new."""


RENAMED = (
    "The code {code} belongs to {owner}, not to {name}. "
    "Mend the row, or enter the firm's new name on the organisations page."
)


@dataclass
class WrittenBatch:
    """What became of a batch."""

    imported: int = 0
    unchanged: int = 0
    changed: list[int] = field(default_factory=list)
    refused: list[tuple[Clean, dict[str, Message]]] = field(default_factory=list)


@dataclass(frozen=True)
class KnownFirm:
    """An enterprise as far as a row must agree with it. A dry run gives new ones numbers below zero."""

    id: int
    name: str
    names: Mapping[str, str]
    """Each name it bears or bore, as written, by how names are compared."""


@dataclass(frozen=True)
class ExistingRow:
    """A record as the table has it."""

    id: int
    supplied_by: int
    values: dict[str, str]
    sheet_says: dict[str, str]


class Writer:
    """Writes the rows of one sheet. It remembers a digest of each, so that a second look at a row is seen."""

    def __init__(self, session: Session, kind: str, keys: frozenset[str], now: datetime, actor: str, dry: bool) -> None:
        self._session, self._kind, self._now, self._actor, self._dry = session, kind, now, actor, dry
        self._keys = sorted(keys - BUREAU_COLUMNS)
        self._seen: dict[bytes, int] = {}
        self._firms_met: dict[str, KnownFirm] = {}

    def write(self, rows: list[Clean]) -> WrittenBatch:
        """Import, update or leave each row's record; refuse what disagrees with an enterprise or an earlier row."""
        written = WrittenBatch()
        firms = self._firms(rows, written)
        keyed = {}
        for row in rows:
            firm = firms.get(row.code)
            name = firm.names.get(folded(row.values["name"])) if firm else None
            if firm is None or name is None:
                continue
            row.values["name"] = name
            key = (row.document_number, firm.id, row.determined_by)
            if self._first_time(key, row, written):
                keyed[key] = row
        existing = self._existing(keyed)
        self._insert({key: row for key, row in keyed.items() if key not in existing}, written)
        self._update([(existing[key], row) for key, row in keyed.items() if key in existing], written)
        return written

    def _firms(self, rows: list[Clean], written: WrittenBatch) -> dict[str, KnownFirm]:
        """The enterprises of the rows, new ones made from them; a row whose name disagrees is refused."""
        firms = self._known_firms({row.code for row in rows})
        new: dict[str, str] = {}
        for row in rows:
            firm, name = firms.get(row.code), row.values["name"]
            if firm is None and row.code not in new:
                new[row.code] = name
            if folded(name) not in (firm.names if firm else (folded(new[row.code]),)):
                expected = firm.name if firm else new[row.code]
                reason = say(RENAMED, code=row.code, owner=expected, name=name)
                written.refused.append((row, {"name": reason}))
        return firms | self._new_firms(new)

    def _known_firms(self, codes: set[str]) -> dict[str, KnownFirm]:
        query = select(Enterprise.id, Enterprise.code, Enterprise.name, Enterprise.former_names)
        rows = self._session.execute(query.where(Enterprise.code.in_(codes - self._firms_met.keys())))
        self._meet({code: KnownFirm(id, name, _folds(name, *former)) for id, code, name, former in rows}, codes)
        return {code: self._firms_met[code] for code in codes & self._firms_met.keys()}

    def _meet(self, firms: Mapping[str, KnownFirm], wanted: Set[str] = frozenset()) -> None:
        """Remember firms for the next batch; a dry run has to remember all that it made."""
        if len(self._firms_met) > REMEMBERED and not self._dry:
            self._firms_met = {code: firm for code, firm in self._firms_met.items() if code in wanted}
        self._firms_met |= firms

    def _new_firms(self, new: Mapping[str, str]) -> dict[str, KnownFirm]:
        if self._dry:
            first = -len(self._firms_met) - 1
            made = {code: KnownFirm(first - n, name, _folds(name)) for n, (code, name) in enumerate(new.items())}
            self._meet(made)
            return made
        if not new:
            return {}
        ids = draw_ids(self._session, _table(Enterprise), len(new))
        made = {code: KnownFirm(id, name, _folds(name)) for id, (code, name) in zip(ids, new.items(), strict=True)}
        rows = [
            {"id": firm.id, "code": code, "name": firm.name, "former_names": [], "email": ""}
            for code, firm in made.items()
        ]
        insert_rows(self._session, _table(Enterprise), rows)
        self._meet(made, new.keys())
        return made

    def _first_time(self, key: Key, row: Clean, written: WrittenBatch) -> bool:
        """Whether no earlier row of this sheet was about the same record; an earlier one must say the same."""
        name = _digest(*map(str, key))
        says = hash((*map(row.values.get, self._keys), row.supplied_by))
        said = self._seen.get(name)
        if said is None:
            self._seen[name] = says
            return True
        if said == says:
            written.unchanged += 1
        else:
            reason = say(
                "An earlier row of this sheet says something else about {number}: leave the right one.",
                number=row.document_number,
            )
            written.refused.append((row, {"document_number": reason}))
        return False

    def _existing(self, keyed: Mapping[Key, Clean]) -> dict[Key, ExistingRow]:
        """The records that the rows are about, found by the number sheets know or the number they bear now.

        They are locked until the batch is written: what a case corrects meanwhile is not lost.
        """
        if not keyed:
            return {}
        numbers, table = {key[0] for key in keyed}, CreditRecord
        query = select(
            table.id,
            table.known_as,
            table.document_number,
            table.enterprise_id,
            table.determined_by_id,
            table.supplied_by_id,
            table.values,
            table.sheet_says,
        )
        query = query.where(
            table.kind == self._kind, or_(table.known_as.in_(numbers), table.document_number.in_(numbers))
        )
        if not self._dry:
            query = query.order_by(table.id).with_for_update()
        found: dict[Key, ExistingRow] = {}
        for id, known_as, number, enterprise, determined, supplied, values, said in self._session.execute(query):
            record = ExistingRow(id, supplied, values, said)
            found.setdefault((number, enterprise, determined), record)
            found[known_as, enterprise, determined] = record
        return {key: record for key, record in found.items() if key in keyed}

    def _insert(self, rows: Mapping[Key, Clean], written: WrittenBatch) -> None:
        written.imported += len(rows)
        if self._dry or not rows:
            return
        ids = draw_ids(self._session, _table(CreditRecord), len(rows))
        numbered = list(zip(ids, rows.items(), strict=True))
        insert_rows(
            self._session, _table(CreditRecord), [{"id": id, **self._record(key, row)} for id, (key, row) in numbered]
        )
        changes = [
            self._change(
                id, "imported", after=begun(row.values, row.determined_by, row.supplied_by, self._kind, enterprise)
            )
            for id, ((_, enterprise, _), row) in numbered
        ]
        insert_rows(self._session, _table(RecordChange), changes)

    def _record(self, key: Key, row: Clean) -> dict[str, Any]:
        number, enterprise, determined = key
        return {
            "kind": self._kind,
            "enterprise_id": enterprise,
            "determined_by_id": determined,
            "supplied_by_id": row.supplied_by,
            "known_as": number,
            "values": row.values,
            "sheet_says": {},
            "displayed": True,
            **promoted(row.values),
        }

    def _update(self, pairs: Iterable[tuple[ExistingRow, Clean]], written: WrittenBatch) -> None:
        updates, changes = [], []
        for record, row in pairs:
            said = self._newly_said(record, row)
            changed = {key: new for key, new in said.items() if record.values.get(key, "") != new}
            moved = record.supplied_by != row.supplied_by
            if moved:
                now = {key: row.values.get(key, "") for key in SUPPLIER}
                changed |= {key: new for key, new in now.items() if record.values.get(key, "") != new}
                from_to = (str(record.supplied_by), str(row.supplied_by))
                changes.append(self._change(record.id, "updated", "supplied_by_id", *from_to))
            if changed or moved:
                written.changed.append(record.id)
            else:
                written.unchanged += 1
            if said or moved:
                updates.append(_updated(record, row.supplied_by, changed, said))
            for key, new in changed.items():
                changes.append(self._change(record.id, "updated", key, record.values.get(key, ""), new))
        if not self._dry and updates:
            table = _table(CreditRecord)
            new_values: dict[str, Any] = {
                name.removeprefix("new_"): bindparam(name) for name in updates[0] if name != "row_id"
            }
            self._session.execute(update(table).where(table.c.id == bindparam("row_id")).values(new_values), updates)
        if not self._dry:
            insert_rows(self._session, _table(RecordChange), changes)

    def _newly_said(self, record: ExistingRow, row: Clean) -> dict[str, str]:
        """What this sheet says otherwise than the last one did, in the columns that it has."""
        said: dict[str, str] = {}
        if not record.sheet_says and record.values == row.values:
            return said
        for key in self._keys:
            before = record.sheet_says.get(key, record.values.get(key, ""))
            if (new := row.values.get(key, "")) != before:
                said[key] = new
        return said

    def _change(self, record: int, what: str, field: str = "", before: str = "", after: str = "") -> dict[str, Any]:
        return {
            "record_id": record,
            "at": self._now,
            "what": what,
            "field": field,
            "before": before,
            "after": after,
            "actor": self._actor,
        }


def _updated(
    record: ExistingRow, supplied_by: int, changed: Mapping[str, str], said: Mapping[str, str]
) -> dict[str, Any]:
    values = with_values(record.values, changed)
    sheet_says = {key: value for key, value in record.sheet_says.items() if key not in said}
    new = {"supplied_by_id": supplied_by, "values": values, "sheet_says": sheet_says, **promoted(values)}
    return {"row_id": record.id} | {f"new_{name}": value for name, value in new.items()}


def _folds(*names: str) -> dict[str, str]:
    return {folded(name): name for name in reversed(names)}


def _digest(*parts: str) -> bytes:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=12).digest()


def _table(entity: type) -> Table:
    table = entity.__table__  # type: ignore[attr-defined]
    assert isinstance(table, Table)
    return table


Values = dict[str, Any]


def draw_ids(session: Session, table: Table, n: int) -> list[int]:
    """So many new ids of a table. On SQLite the transaction holds the write lock, so that nobody else draws."""
    if session.get_bind().dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        numbers = select(func.nextval(sequence)).select_from(func.generate_series(1, n))
        return list(session.scalars(numbers))
    last = session.scalar(select(func.max(table.c.id))) or 0
    return list(range(last + 1, last + 1 + n))


def insert_rows(session: Session, table: Table, rows: Sequence[Values]) -> None:
    """Insert rows that all name the same columns."""
    if not rows:
        return
    if session.get_bind().dialect.name == "postgresql":
        _copy(session, table, rows)
    else:
        session.execute(insert(table), rows)


def _copy(session: Session, table: Table, rows: Sequence[Values]) -> None:
    names = list(rows[0])
    is_json = [isinstance(table.c[name].type, JSON) for name in names]
    columns = ", ".join(f'"{name}"' for name in names)
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
        for row in rows:
            values = zip(row.values(), is_json, strict=True)
            copy.write_row([json.dumps(value, ensure_ascii=False) if dumped else value for value, dumped in values])
