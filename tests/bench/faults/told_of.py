"""That whoever is to be told of an act was told: found from the rows alone, by what other acts of its sort did.

An act tells always or never. The letters of one are written in its transaction, at its instant; so where most acts of a
sort have letters and one has none, that one has lost them. A rung's may have waited for the office's hour and be taken
back, once its deadline has ended.
"""

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

ENOUGH: Final = 3
"""So many acts of a sort must have told somebody before one that has not is missed."""
EVENTS: Final = sa.text(
    "SELECT case_.kind, event.action, case_.number, event.seq, EXISTS (SELECT 1 FROM letter"
    " WHERE letter.case_number = case_.number AND letter.written_at = event.at), EXISTS (SELECT 1 FROM rung_fired"
    " JOIN timer ON timer.id = rung_fired.timer_id WHERE timer.case_id = event.case_id"
    " AND rung_fired.event_seq = event.seq AND timer.stopped_on IS NOT NULL)"
    " FROM event JOIN case_ ON case_.id = event.case_id"
)


def untold(engine: sa.Engine) -> Iterator[str]:
    """Each act of which nobody was told, though of most others of its sort somebody was."""
    sorts: dict[tuple[str, str], list[tuple[str, int, bool]]] = {}
    with engine.connect() as connection:
        for kind, action, number, seq, told, ended in connection.execute(EVENTS):
            if told or not ended:
                sorts.setdefault((kind, action), []).append((number, seq, bool(told)))
    for (_kind, action), acts in sorts.items():
        silent = [(number, seq) for number, seq, told in acts if not told]
        if len(acts) - len(silent) >= max(ENOUGH, len(silent) + 1):
            yield from (f"{number}: of {action}, event {seq}, nobody was told" for number, seq in silent)
