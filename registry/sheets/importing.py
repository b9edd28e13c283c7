"""Taking in a whole sheet of records, written many rows at a time and counted (D28).

Rejected rows go into a sheet of their own to mend (`rejects.py`). Ids are drawn first, so that rows of other tables can
name them and nothing has to be read back: COPY on PostgreSQL, one prepared statement on SQLite. What a case has decided
no sheet changes (D55): such a cell is counted, as a conflict or as an error repeated.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, cast

from sqlalchemy import JSON, Table, bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session

from registry.credit_records import (
    CreditRecord,
    FixedValue,
    RecordChange,
    begun,
    fixed_values,
    new_key,
    promoted,
    with_values,
)
from registry.organisations import Enterprise, directory, folded
from registry.sheets.opening import open_records
from registry.sheets.reading import REMEMBERED, CellFault, Clean, RecordSheet, Rejected, Row, RowReader, layout
from workflow.jurisdiction import Jurisdiction
from workflow.refusal import Message, say

BATCH = 2000
SHOWN = 100
"""So many updated rows are kept to be shown, value by value."""


@dataclass(frozen=True)
class AgainstDecision:
    """A cell that says otherwise than a case has decided: the decided value stays (D55)."""

    row: int
    record_id: int
    firm: str
    number: str
    field: str
    stays: str
    says: str
    case_id: int
    decided_at: datetime
    new: bool
    """Whether the last sheet said something else."""


@dataclass(frozen=True)
class UpdatedRow:
    """A row that changes a record: what each column said, and says now."""

    row: int
    record_id: int
    firm: str
    number: str
    fields: tuple[tuple[str, str, str], ...]


@dataclass
class SheetNews:
    """What rows said that is news to cases: the ids of the records updated, and the cells against decisions."""

    changed: list[int] = field(default_factory=list)
    conflicting: list[AgainstDecision] = field(default_factory=list)
    repeating: list[AgainstDecision] = field(default_factory=list)
    """What a decision has rejected already (D56)."""

    def __bool__(self) -> bool:
        return bool(self.changed or self.conflicting or self.repeating)

    def since(self, changed: int, conflicting: int, repeating: int) -> "SheetNews":
        return SheetNews(self.changed[changed:], self.conflicting[conflicting:], self.repeating[repeating:])


@dataclass
class Imported(SheetNews):
    """What became of the rows read: the four counts add up to them. A row that says something against a decision
    counts as updated where another cell was written, else as unchanged."""

    imported: int = 0
    unchanged: int = 0
    heading: Row = ()
    rejections: list[Rejected] = field(default_factory=list)
    created: list[Clean] = field(default_factory=list)
    updates: list[UpdatedRow] = field(default_factory=list)
    """Of both the first, to show."""
    places: Mapping[str, int] = field(default_factory=dict)
    """In which cell of a row each column is."""

    def cell(self, rejected: Rejected, key: str) -> str:
        """What a rejected row says in a column, as it came."""
        index = self.places.get(key, len(rejected.cells))
        return str(rejected.cells[index] or "").strip() if index < len(rejected.cells) else ""

    @property
    def updated(self) -> int:
        return len(self.changed)

    @property
    def conflicts(self) -> int:
        return len({one.row for one in self.conflicting})

    @property
    def repeated(self) -> int:
        return len({one.row for one in self.repeating})

    @property
    def rejected(self) -> int:
        return len(self.rejections)

    @property
    def read(self) -> int:
        return self.imported + self.updated + self.unchanged + self.rejected

    @property
    def faults(self) -> tuple[CellFault, ...]:
        return tuple(fault for rejection in self.rejections for fault in rejection.faults)


def import_sheet(
    session: Session,
    source: Path | bytes | RecordSheet,
    kind: str,
    jurisdiction: Jurisdiction,
    now: datetime,
    actor: str,
    dry_run: bool = False,
    after_batch: Callable[[int, SheetNews], None] | None = None,
    owners: Collection[str] = (),
) -> Imported:
    """Import every row of a sheet; what lies in the future is a matter of the jurisdiction's day.

    Raises `BadSheet` before any row was written.

    A dry run writes nothing and counts the same. `after_batch` is called with the number of rows just read and what
    they said that is news, in the transaction that wrote them. Rows that others supply than `owners`, by their codes,
    are rejected; none named: nobody is.
    """
    sheet = source if isinstance(source, RecordSheet) else open_records(source, kind)
    places = layout(kind, sheet.heading)
    reader = RowReader(kind, places, directory(session), jurisdiction.day_of(now), sheet.epoch, owners)
    result = Imported(heading=sheet.heading, places={place.column.key: place.index for place in places})
    keys = [place.column.key for place in places if place.column.key not in BUREAU_COLUMNS]
    writer = Writer(session, kind, sorted(keys), now, actor, dry_run, result)
    while batch := list(islice(sheet.rows, BATCH)):
        read = [reader.read(row, cells) for row, cells in batch]
        before = len(result.changed), len(result.conflicting), len(result.repeating)
        refused = writer.write([row for row in read if isinstance(row, Clean)])
        result.rejections += sorted(
            [row for row in read if isinstance(row, Rejected)]
            + [Rejected(row.row, row.cells, reader.faults(row.row, wrong)) for row, wrong in refused],
            key=lambda rejected: rejected.row,
        )
        if after_batch:
            after_batch(len(batch), result.since(*before))
    return result


Key = tuple[str, int, int]
"""How a record is known: document number, enterprise, the bureau that decided."""

SUPPLIER = ("supplied_by", "supplied_by_code")
BUREAU_COLUMNS = frozenset(("determined_by", "determined_by_code", *SUPPLIER))
"""Compared as bureaus, not as text: another name of the same bureau is nothing new."""
RENAMED = (
    "The code {code} belongs to {owner}, not to {name}. "
    "Correct the row, or enter the firm's new name on the organisations page."
)


ENTERPRISES, RECORDS, CHANGES = (cast(Table, one.__table__) for one in (Enterprise, CreditRecord, RecordChange))


class StoredRow(NamedTuple):
    """A record as the table has it."""

    id: int
    supplied_by: int
    values: dict[str, str]
    sheet_says: dict[str, str]
    handlers: list[int] | None
    handler_doubt: str


@dataclass(frozen=True)
class KnownFirm:
    """An enterprise as far as a row must agree with it. A dry run gives new ones numbers below zero."""

    id: int
    name: str
    names: Mapping[str, str]
    """Each name and former name, as written, by how names are compared."""


class Writer:
    """Writes the rows of one sheet. It remembers a digest of each, so that a second look at a row is seen."""

    def __init__(
        self, session: Session, kind: str, keys: list[str], now: datetime, actor: str, dry: bool, result: Imported
    ) -> None:
        self._session, self._kind, self._keys, self._now, self._actor = session, kind, keys, now, actor
        self._dry, self._result = dry, result
        self._refused: list[tuple[Clean, dict[str, Message]]] = []
        self._seen: dict[bytes, int] = {}
        self._firms_met: dict[str, KnownFirm] = {}

    def write(self, rows: list[Clean]) -> list[tuple[Clean, dict[str, Message]]]:
        """Import, update or leave each row's record; gives those that disagree with an enterprise or an earlier row."""
        self._refused = []
        firms = self._firms(rows)
        keyed = {}
        for row in rows:
            firm = firms.get(row.code)
            name = firm.names.get(folded(row.values["name"])) if firm else None
            if firm is None or name is None:
                continue
            row.values["name"] = name
            key = (row.document_number, firm.id, row.determined_by)
            if self._first_time(key, row):
                keyed[key] = row
        existing = self._existing(keyed)
        self._insert({key: row for key, row in keyed.items() if key not in existing})
        self._update([(existing[key], row) for key, row in keyed.items() if key in existing])
        return self._refused

    def _firms(self, rows: list[Clean]) -> dict[str, KnownFirm]:
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
                self._refused.append((row, {"name": reason}))
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
        ids = draw_ids(self._session, ENTERPRISES, len(new))
        made = {code: KnownFirm(id, name, _folds(name)) for id, (code, name) in zip(ids, new.items(), strict=True)}
        rows = [
            {"id": firm.id, "code": code, "name": firm.name, "former_names": [], "email": ""}
            for code, firm in made.items()
        ]
        insert_rows(self._session, ENTERPRISES, rows)
        self._meet(made, new.keys())
        return made

    def _first_time(self, key: Key, row: Clean) -> bool:
        """Whether no earlier row of this sheet was about the same record; an earlier one must say the same."""
        digest = hashlib.blake2b("\0".join(map(str, key)).encode(), digest_size=12).digest()
        says = hash((*map(row.values.get, self._keys), row.supplied_by))
        said = self._seen.get(digest)
        if said is None:
            self._seen[digest] = says
        elif said == says:
            self._result.unchanged += 1
        else:
            reason = say(
                "An earlier row of this sheet says something else about {number}: leave the right one.",
                number=row.document_number,
            )
            self._refused.append((row, {"document_number": reason}))
        return said is None

    def _existing(self, keyed: Mapping[Key, Clean]) -> dict[Key, StoredRow]:
        """The records that the rows are about, found by the number sheets know or the number they bear now.

        They are locked until the batch is written: what a case corrects meanwhile is not lost.
        """
        if not keyed:
            return {}
        numbers, table = {key[0] for key in keyed}, CreditRecord
        known = (table.known_as, table.document_number, table.enterprise_id, table.determined_by_id)
        of = (table.id, table.supplied_by_id, table.values, table.sheet_says, table.handlers, table.handler_doubt)
        query = select(*of, *known).where(
            table.kind == self._kind, or_(table.known_as.in_(numbers), table.document_number.in_(numbers))
        )
        if not self._dry:
            query = query.order_by(table.id).with_for_update()
        found: dict[Key, StoredRow] = {}
        for *stored, known_as, number, enterprise, determined in self._session.execute(query):
            record = StoredRow(*stored)
            found.setdefault((number, enterprise, determined), record)
            found[known_as, enterprise, determined] = record
        return {key: record for key, record in found.items() if key in keyed}

    def _insert(self, rows: Mapping[Key, Clean]) -> None:
        self._result.imported += len(rows)
        self._result.created += islice(rows.values(), SHOWN - len(self._result.created))
        if self._dry or not rows:
            return
        records, changes = [], []
        for id, (key, row) in zip(draw_ids(self._session, RECORDS, len(rows)), rows.items(), strict=True):
            number, enterprise, determined = key
            record = {
                "id": id,
                "key": new_key(),
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
            records.append(record)
            after = begun(row.values, determined, row.supplied_by, self._kind, enterprise)
            changes.append(self._change(id, "imported", after=after))
        insert_rows(self._session, RECORDS, records)
        insert_rows(self._session, CHANGES, changes)

    def _update(self, pairs: Sequence[tuple[StoredRow, Clean]]) -> None:
        updates: list[dict[str, Any]] = []
        changes, known = [], len(self._result.conflicting)
        differing = [record.id for record, row in pairs if record.sheet_says or record.values != row.values]
        fixed = fixed_values(self._session, differing)
        for record, row in pairs:
            said = self._newly_said(record, row)
            against = self._against(record, row, fixed.get(record.id, {}), said)
            changed = {
                key: new for key, new in said.items() if key not in against and record.values.get(key, "") != new
            }
            moved = record.supplied_by != row.supplied_by
            if moved:
                now = {key: row.values.get(key, "") for key in SUPPLIER}
                changed |= {key: new for key, new in now.items() if record.values.get(key, "") != new}
                from_to = (str(record.supplied_by), str(row.supplied_by))
                changes.append(self._change(record.id, "updated", "supplied_by_id", *from_to))
            if changed or moved:
                self._result.changed.append(record.id)
                if len(self._result.updates) < SHOWN:
                    fields = tuple((key, record.values.get(key, ""), new) for key, new in changed.items())
                    told = UpdatedRow(row.row, record.id, row.values["name"], row.document_number, fields)
                    self._result.updates.append(told)
            else:
                self._result.unchanged += 1
            if said or moved:
                values = with_values(record.values, changed)
                left = {key: value for key, value in record.sheet_says.items() if key not in said}
                left |= {key: said[key] for key in against if key in said}
                state = {"supplied_by_id": row.supplied_by, "values": values, "sheet_says": left, **promoted(values)}
                state["handler_doubt"] = _doubt_after(record, changed)
                updates.append({"row_id": record.id} | {f"new_{name}": value for name, value in state.items()})
            for key, new in changed.items():
                changes.append(self._change(record.id, "updated", key, record.values.get(key, ""), new))
        if self._dry:
            return
        for one in self._result.conflicting[known:]:
            if one.new:
                changes.append(self._change(one.record_id, "conflict", one.field, one.stays, one.says))
        if updates:
            bound: dict[str, Any] = {name[4:]: bindparam(name) for name in updates[0] if name != "row_id"}
            self._session.execute(update(RECORDS).where(RECORDS.c.id == bindparam("row_id")).values(bound), updates)
        insert_rows(self._session, CHANGES, changes)

    def _against(
        self, record: StoredRow, row: Clean, fixed: Mapping[str, FixedValue], said: Mapping[str, str]
    ) -> set[str]:
        """The columns whose cells say otherwise than a case has decided (D55); each is counted.

        What a decision has rejected is an error repeated (D56). An empty cell says nothing against a decision, and
        counts as such.
        """
        against: set[str] = set()
        for key, value in fixed.items():
            stays, says = record.values.get(key, ""), row.values.get(key, "")
            if says == stays or key not in self._keys:
                continue
            of = row.row, record.id, row.values["name"], row.document_number
            one = AgainstDecision(*of, key, stays, says, value.case_id, value.at, key in said)
            rejected = not says or says in value.rejected
            (self._result.repeating if rejected else self._result.conflicting).append(one)
            against.add(key)
        return against

    def _newly_said(self, record: StoredRow, row: Clean) -> dict[str, str]:
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


def _doubt_after(record: StoredRow, changed: Mapping[str, str]) -> str:
    """The names of handlers that bar beside what a sheet now says: no sheet takes a bar away (D41)."""
    name = changed.get("handler", "") if record.handlers is not None else record.values.get("handler", "")
    names = (*record.handler_doubt.split("\n"), name if "handler" in changed else "")
    return "\n".join(dict.fromkeys(filter(None, names)))


def _folds(*names: str) -> dict[str, str]:
    return {folded(name): name for name in reversed(names)}


def draw_ids(session: Session, table: Table, n: int) -> list[int]:
    """So many new ids of a table. On SQLite the transaction holds the write lock, so that nobody else draws."""
    if session.get_bind().dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        numbers = select(func.nextval(sequence)).select_from(func.generate_series(1, n))
        return list(session.scalars(numbers))
    last = session.scalar(select(func.max(table.c.id))) or 0
    return list(range(last + 1, last + 1 + n))


def insert_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns, past the session: the register is told which."""
    if not rows:
        return
    touched = session.info.setdefault("touched", {})
    if touched.setdefault(table.name, set()) is not None:
        touched[table.name].update(str(row["id"]) for row in rows if "id" in row)
    if session.get_bind().dialect.name == "postgresql":
        _copy(session, table, rows)
    else:
        session.execute(insert(table), rows)


def _copy(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    names = list(rows[0])
    is_json = [isinstance(table.c[name].type, JSON) for name in names]
    columns = ", ".join(f'"{name}"' for name in names)
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
        for row in rows:
            values = zip(row.values(), is_json, strict=True)
            copy.write_row([json.dumps(value, ensure_ascii=False) if dumped else value for value, dumped in values])
