"""Reading a record sheet: its heading row, then each row made right or rejected with every reason at once.

It opens no file, reads no record and writes nothing. Headings tolerate width, spaces and left-out brackets.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from registry.cleaning import EPOCH, WAN, YUAN, Cell, Unfit, clean, clean_text
from registry.columns import KINDS, LONGEST, Column, Type, row_faults
from registry.organisations import Bureau, Directory
from workflow.refusal import Message, Refusal, say

Row = Sequence[Cell]


class BadSheet(Refusal):
    """The file as a whole cannot be read; nothing of it was imported."""


@dataclass(frozen=True)
class RecordSheet:
    """The heading and the rows below it, each with its number as the spreadsheet shows it. Read once."""

    heading: Row
    rows: Iterator[tuple[int, Row]]
    expected: int
    epoch: date = EPOCH


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
            raise BadSheet(say("The column {column} appears twice: keep one.", column=heading))
        places[column.key] = ColumnPlace(index, column, unit)
    missing = _missing(kind, places.keys())
    if missing and any(not _missing(other, _keys(other, row)) for other in KINDS if other != kind):
        raise BadSheet(say("This sheet has the columns of another kind of record: choose that kind."))
    if missing:
        raise BadSheet(
            say(
                "These columns are missing: {columns}. Add them, headed as in the record sheet.",
                columns="、".join(missing),
            )
        )
    return tuple(places.values())


def _missing(kind: str, present: Set[str]) -> list[str]:
    """The headings without which a sheet is none of this kind; of a bureau, name or code is enough."""
    needed = [column for column in KINDS[kind] if column.needed and column.key not in present]
    bureaus = [column for column in KINDS[kind] if column.type is Type.BUREAU]
    return [column.heading for column in needed] + [
        column.heading for column in bureaus if not {column.key, f"{column.key}_code"} & present
    ]


def heads(kind: str, row: Row) -> bool:
    """Whether a row is the heading of such a sheet: half of the needed columns, since often a title comes first."""
    needed = [column.key for column in KINDS[kind] if column.needed]
    keys = _keys(kind, row)
    return 2 * sum(key in keys for key in needed) >= len(needed)


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

    def __init__(
        self,
        kind: str,
        places: Sequence[ColumnPlace],
        bureaus: Directory,
        today: date,
        epoch: date,
        owners: Collection[str] = (),
    ) -> None:
        self._kind = kind
        self._headings = {column.key: column.heading for column in KINDS[kind]}
        self._bureaus, self._today = bureaus, today.isoformat()
        self._cleaners = [(place.index, place.column.key, *_remembering(place, epoch)) for place in places]
        self._found: dict[tuple[str, str], Bureau | Message] = {}
        known = [bureaus.find(code, "") for code in owners]
        self._owners = {one.id for one in known if isinstance(one, Bureau)} if owners else None

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
        if supplied and self._owners is not None and supplied.id not in self._owners:
            wrong["supplied_by"] = say(
                "{name} does not supply records by this way: send them by its own.", name=supplied.name
            )
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
