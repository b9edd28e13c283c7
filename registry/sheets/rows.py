"""One row of a sheet, made right or rejected with every reason at once. It reads no record and writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from registry.cleaning import Cell, Unfit, clean
from registry.columns import KINDS
from registry.organisations import Bureau, Directory
from registry.row_faults import row_faults
from registry.sheets.heading import Layout, Place
from registry.sheets.reading import Row
from workflow.refusal import Message

REMEMBERED = 20_000
"""Cells of a column whose value is remembered: most columns say the same few things over and over."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell."""

    row: int
    column: str
    reason: Message


@dataclass(frozen=True)
class Rejected:
    """A row that was not imported: its cells as they came, and everything that is wrong with them."""

    row: int
    cells: Row
    faults: tuple[Fault, ...]


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

    def __init__(self, kind: str, layout: Layout, bureaus: Directory, today: date, epoch: date) -> None:
        self._kind = kind
        self._headings = {column.key: column.heading for column in KINDS[kind]}
        self._bureaus, self._today = bureaus, today.isoformat()
        self._cleaners = [(place.index, place.column.key, *_remembering(place, epoch)) for place in layout.places]
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

    def faults(self, row: int, wrong: dict[str, Message]) -> tuple[Fault, ...]:
        """The faults of a row, by column key."""
        return tuple(Fault(row, self._headings.get(key, key), reason) for key, reason in wrong.items())

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


def _remembering(place: Place, epoch: date) -> tuple[Known, Callable[[Cell], str | Message]]:
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
