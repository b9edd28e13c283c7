"""The case row as the replay of its events: state, desk, bureau, holder, times, routes and links."""

from collections.abc import Iterator, Sequence
from typing import Any

from tests.bench.faults.stored import Row, Stored, grouped

SAID_LAST = {
    "target": "state", "desk": "desk", "bureau": "bureau_id", "round": "round", "variant": "variant",
    "outcome": "outcome", "holder": "holder_id", "complained_of": "complained_of",
    "complained_bureau": "complained_bureau_id", "definition": "definition",
}  # fmt: skip
"""What the last event says, and the column of the case that repeats it."""

SAID_FIRST = {"kind": "kind", "enterprise": "enterprise_id", "record": "record_id", "filed_on": "filed_on"}
"""What the first event says under `opens`, and the column of the case that repeats it."""


def cases_replayed(stored: Stored) -> Iterator[str]:
    """Every column, route and link that does not follow from the events."""
    routes, links = grouped(stored["case_bureau"], "case_id"), grouped(stored["case_link"], "to_case_id")
    timers = grouped(stored["timer"], "case_id")
    for case in stored["case_"]:
        events = stored.events.get(case.id)
        if not events:
            continue
        for column, says, follows in _differences(case, events):
            yield f"{case.number}: the case says {column} {says}, its events lead to {follows}"
        yield from _steps(case.number, events)
        if [(row.from_seq, row.bureau_id, row.until_seq) for row in routes.pop(case.id, ())] != _routes(events):
            yield f"{case.number}: which bureau had the case when does not follow from its events"
        if _links(stored, links.pop(case.id, ())) != {event.seq: by for event in events if (by := _opened_by(event))}:
            yield f"{case.number}: which case opened or added to it does not follow from its events"
        if (case.due_on, case.due_of) != _first_due(timers.get(case.id, ())):
            yield f"{case.number}: the case's due day is not that of its first running deadline"
    yield from (f"{stored.name_of(case_id)}: routes without events" for case_id in routes)
    yield from (f"{stored.name_of(case_id)}: links without events" for case_id in links)
    for stuck in stored["stuck_case"]:
        if stuck.case_id not in stored.cases:
            yield f"#{stuck.case_id}: a case that does not exist is said to be stuck"


def _differences(case: Row, events: Sequence[Row]) -> Iterator[tuple[str, Any, Any]]:
    first, last = events[0].said, events[-1].said
    for said, column in SAID_LAST.items():
        if getattr(case, column) != last.get(said, ""):
            yield column, getattr(case, column), last.get(said)
    opens = first.get("opens", {})
    for said, column in SAID_FIRST.items():
        if getattr(case, column) != opens.get(said):
            yield column, getattr(case, column), opens.get(said)
    for column, follows in zip(("opened_at", "closed_at", "first_closed_at"), _times(events), strict=True):
        if getattr(case, column) != follows:
            yield column, getattr(case, column), follows


def _times(events: Sequence[Row]) -> tuple[str, str | None, str | None]:
    """When it opened, when it closed if it is closed, and when it closed first."""
    closings = closing_events(events)
    closed = closings[-1].at if closings and events[-1].said.get("outcome") else None
    return events[0].at, closed, closings[0].at if closings else None


def closing_events(events: Sequence[Row]) -> list[Row]:
    """The events that closed the case: with an outcome, after one without."""
    outcomes = ["", *(event.said.get("outcome", "") for event in events)]
    return [event for event, before in zip(events, outcomes, strict=False) if event.said.get("outcome") and not before]


def _steps(number: str, events: Sequence[Row]) -> Iterator[str]:
    state: Any = "start"
    for event in events:
        if event.said.get("source") != state:
            yield f"{number}: event {event.seq} starts from {event.said.get('source')}, the one before led to {state}"
        state = event.said.get("target")


def _routes(events: Sequence[Row]) -> list[tuple[int, int, int | None]]:
    routes: list[tuple[int, int, int | None]] = []
    bureau: Any = None
    for event in events:
        if event.said.get("bureau") in (None, bureau):
            continue
        if routes:
            routes[-1] = (*routes[-1][:2], event.seq)
        bureau = event.said["bureau"]
        routes.append((event.seq, bureau, None))
    return routes


def _links(stored: Stored, rows: Sequence[Row]) -> dict[int, str]:
    return {row.seq: stored.name_of(row.from_case_id) for row in rows}


def _opened_by(event: Row) -> str:
    return str(event.said.get("codes", {}).get("opened_by") or "")


def _first_due(timers: Sequence[Row]) -> tuple[str | None, str]:
    days = [(row.due_on, row.deadline) for row in timers if row.stopped_on is None and row.due_on]
    return min(days, default=(None, ""))
