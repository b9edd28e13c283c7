"""Several questions asked as one give what each gives alone: every sort of value, on both databases."""

import pytest
from sqlalchemy import bindparam, select

from cases.model.tables import Case, Event, TimerRow
from database import ask_together
from registry.credit_records import CreditRecord, RecordChange
from tests.builders import Place
from tests.web.walking import walk

pytestmark = pytest.mark.both_databases

TABLES = (Case, Event, TimerRow, CreditRecord, RecordChange)
ALL = tuple(select(one.__table__).order_by(one.__table__.c.id) for one in TABLES)
SOME = tuple(each.where(each.selected_columns.id.in_(bindparam("ids", expanding=True))) for each in ALL)


def test_what_is_asked_together_is_what_is_asked_alone(place: Place) -> None:
    walk(place, "accept", "refer")
    connection = place.session.connection()
    together = ask_together(connection, ALL, {})
    assert [[row._asdict() for row in rows] for rows in together] == [
        [dict(row._mapping) for row in connection.execute(each)] for each in ALL
    ]
    assert all(together), "every table has rows, with days, moments, truth and lists in them"
    assert [len(rows) for rows in ask_together(connection, SOME, {"ids": []})] == [0] * len(SOME)
