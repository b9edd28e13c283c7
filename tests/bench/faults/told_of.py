"""That whoever is to be told of an act was told: found from the rows alone, by what other acts of its sort did.

An act tells always or never. The letters of one are written in its transaction, at its instant; so where most acts of a
sort have letters and one has none, that one has lost them. A rung's letter may have waited for the office's hour and be
taken back, once its deadline has ended; and nobody is reminded of a day that is gone.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, Final

import sqlalchemy as sa

from tests.builders import LAW

ENOUGH: Final = 3
"""So many acts of a sort must have told somebody before one that has not is missed."""
EVENTS: Final = sa.text(
    "SELECT case_.kind, event.action, case_.number, event.seq, event.at, timer.stopped_on, reminds.due_on,"
    " EXISTS (SELECT 1 FROM letter WHERE letter.case_number = case_.number AND letter.written_at = event.at) AS told"
    " FROM event JOIN case_ ON case_.id = event.case_id"
    " LEFT JOIN timer ON timer.case_id = event.case_id AND timer.id IN"
    " (SELECT timer_id FROM rung_fired WHERE rung_fired.event_seq = event.seq)"
    " LEFT JOIN rung_fired AS reminds ON reminds.timer_id = timer.id AND reminds.event_seq = event.seq"
    " AND reminds.rung LIKE '-%'"
)


def untold(engine: sa.Engine) -> Iterator[str]:
    """Each act of which nobody was told, though of most others of its sort somebody was."""
    sorts: dict[tuple[str, str], list[tuple[str, int, bool]]] = {}
    with engine.connect() as connection:
        for row in connection.execute(EVENTS):
            if row.told or not _may_be_silent(row):
                sorts.setdefault((row.kind, row.action), []).append((row.number, row.seq, bool(row.told)))
    for (_kind, action), acts in sorts.items():
        silent = [(number, seq) for number, seq, told in acts if not told]
        if len(acts) - len(silent) >= max(ENOUGH, len(silent) + 1):
            yield from (f"{number}: of {action}, event {seq}, nobody was told" for number, seq in silent)


def _may_be_silent(row: Any) -> bool:
    if row.due_on is None:
        return row.stopped_on is not None
    at = datetime.fromisoformat(str(row.at))
    return row.stopped_on is not None or LAW.day_of(at if at.tzinfo else at.replace(tzinfo=UTC)) > date.fromisoformat(
        str(row.due_on)
    )
