"""Many rows into one table at once: COPY on PostgreSQL, one prepared statement on SQLite. Knows no record.

Ids are drawn first, so that rows of other tables can name them and nothing has to be read back.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, Table, func, insert, select
from sqlalchemy.orm import Session

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
