"""Writing the rows of a sheet as records, many at a time: COPY on PostgreSQL, one prepared statement on SQLite.

Ids are drawn first, so that rows of other tables can name them and nothing has to be read back.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Table, bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session

from registry.credit_records import CreditRecord, RecordChange, begun, promoted, with_values
from registry.organisations import Enterprise, folded
from registry.sheets.reading import REMEMBERED, Clean
from workflow.refusal import Message, say

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
