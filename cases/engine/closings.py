"""The rows that the figures are counted from: written with each closing, and counted again from the events alone.

It keeps what `model/custody.py` works out; what is read of it is `statistics.py`.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.model.custody import DeskEvent, followed, parts_of
from cases.model.reading import EVENT_COLUMNS, LoadedCase, past_of, read_cases
from cases.model.tables import Case, Closing, Event
from extensions import transaction
from workflow.definition import Definition
from workflow.mapping import called_now
from workflow.snapshot import RuleContext
from workflow.timing import Timer

BATCH = 500

Counted = Mapping[str, Any]
"""A row of the table, without its number."""
Closed = tuple[LoadedCase, date, Sequence[DeskEvent], Sequence[Timer]]
"""A case, its day of filing, all its events and all its timers."""


def write_closings(session: Session, world: RuleContext, closed: Sequence[Closed]) -> None:
    """Count the closings that have just been recorded, in the transaction that is open."""
    rows = [
        row
        for file, filed_on, told, timers in closed
        for row in _rows(world, file.id, file.kind, told, timers, filed_on)
    ]
    if rows:
        session.execute(insert(Closing), rows)


def closings_of(session: Session, world: RuleContext, case_ids: Sequence[int]) -> list[Counted]:
    """What the rows of these cases must be, counted from their events."""
    told = told_of(session, case_ids)
    rows: list[Counted] = []
    for file in read_cases(session, case_ids):
        events = told[file.id]
        for place in (place for place, one in enumerate(events, start=1) if one.closes):
            timers = _as_then(all_kinds()[file.kind], events[place:], file.snapshot.timers)
            rows += _rows(world, file.id, file.kind, events[:place], timers, file.filed_on)
    return rows


def count_missing(world: RuleContext) -> int:
    """Count the closed cases that an earlier version has not, or without their end; gives how many."""
    done = 0
    while True:
        with transaction() as session:
            missing = _uncounted(session)
            session.execute(delete(Closing).where(Closing.case_id.in_(missing)))
            if rows := closings_of(session, world, missing):
                session.execute(insert(Closing), rows)
        done += len(missing)
        if len(missing) < BATCH:
            return done


def count_again(world: RuleContext) -> int:
    """Drop all rows and count everything again, in one transaction; gives the number of rows."""
    with transaction() as session:
        session.execute(delete(Closing))
        rows = 0
        for ids in _closed_cases(session):
            if counted := closings_of(session, world, ids):
                session.execute(insert(Closing), counted)
            rows += len(counted)
    return rows


def differing(session: Session, world: RuleContext) -> list[str]:
    """The numbers of cases whose rows are not what their events give."""
    wrong: list[str] = []
    for ids in _closed_cases(session):
        kept: dict[int, list[str]] = defaultdict(list)
        for row in session.execute(select(Closing.__table__).where(Closing.case_id.in_(ids))):
            kept[row.case_id].append(_plain({**row._mapping}))
        given: dict[int, list[str]] = defaultdict(list)
        for counted in closings_of(session, world, ids):
            given[counted["case_id"]].append(_plain(counted))
        bad = [id for id in ids if sorted(kept[id]) != sorted(given[id])]
        wrong += session.scalars(select(Case.number).where(Case.id.in_(bad)).order_by(Case.id)).all()
    return wrong


def told_of(session: Session, case_ids: Sequence[int]) -> dict[int, list[DeskEvent]]:
    """The events of cases as far as desks go, by the names that their kinds have now."""
    found: dict[int, list[tuple[Any, Any]]] = {case_id: [] for case_id in case_ids}
    for row in session.execute(EVENT_COLUMNS.where(Event.case_id.in_(case_ids))):
        found[row.case_id].append((row, json.loads(row.body)))
    return {case_id: told_in(events) for case_id, events in found.items()}


def told_in(events: Iterable[tuple[Any, Mapping[str, Any]]]) -> list[DeskEvent]:
    """The same, of one case's events with their bodies."""
    return _called_now([_told(event, body) for event, body in events])


def _told(row: Any, body: Mapping[str, Any]) -> DeskEvent:
    where = body["desk"], body["bureau"]
    return DeskEvent(past_of(row, body), row.at, *where, tuple(body["changes"]), body["outcome"])


def _called_now(events: list[DeskEvent]) -> list[DeskEvent]:
    names = called_now([one.past for one in events])
    return [one if past is one.past else replace(one, past=past) for one, past in zip(events, names, strict=True)]


def _rows(
    world: RuleContext, case_id: int, kind: str, told: Sequence[DeskEvent], timers: Sequence[Timer], filed_on: date
) -> Iterator[Counted]:
    closing = told[-1].past
    for part in parts_of(all_kinds()[kind], told, timers, filed_on, world.calendar):
        counted = asdict(part)
        counted |= {"case_id": case_id, "kind": kind, "closed_on": closing.on, "round": closing.round}
        yield counted | {"bureau_id": counted.pop("bureau")}


def _as_then(definition: Definition, later: Sequence[DeskEvent], timers: Sequence[Timer]) -> list[Timer]:
    """Timers of a bureau that has become another since a closing, as that one's who had them then."""
    before = {new: old for old, new in followed(definition, later).items()}
    return [replace(timer, bureau=before.get(timer.bureau or 0, timer.bureau)) for timer in timers]


def _uncounted(session: Session) -> list[int]:
    counted = select(Closing.id).where(Closing.case_id == Case.id, Closing.outcome != "")
    missing = select(Case.id).where(Case.first_closed_at.is_not(None), ~counted.exists()).order_by(Case.id)
    return list(session.scalars(missing.limit(BATCH)))


def _closed_cases(session: Session) -> Iterator[list[int]]:
    last = 0
    while ids := list(
        session.scalars(
            select(Case.id).where(Case.first_closed_at.is_not(None), Case.id > last).order_by(Case.id).limit(BATCH)
        )
    ):
        yield ids
        last = ids[-1]


def _plain(row: Counted) -> str:
    return repr(sorted((name, value if value is None else str(value)) for name, value in row.items() if name != "id"))
