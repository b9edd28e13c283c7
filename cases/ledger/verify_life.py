"""What a case row says of its life, held against its events: when it opened and ended, which bureau had it when, what
it changed of a record, which rungs of its deadlines have fired.

One walk notes what each event said; at the end the row and what lies beside it are compared. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, String, func, select, type_coerce
from sqlalchemy.engine import Connection

from cases.ledger.sealed_texts import Covered
from cases.ledger.sealing import instant
from cases.ledger.verify_ladders import RunningDeadline, running_deadlines, silenced
from cases.model.tables import Case, CaseBureau, CaseLink, RungFired, TimerRow
from registry.credit_records import RecordChange

Route = tuple[int, int, int | None]
"""From which event, which bureau, until which event."""

TIMES: Final = ("opened_at", "closed_at", "first_closed_at")


def as_kept(*names: str) -> Iterator[ColumnElement[Any]]:
    """Columns with a moment as the database gives it, text on SQLite: to make a date of each took a while."""
    return (type_coerce(getattr(Case, name), String).label(name) for name in names)


@dataclass(slots=True)
class Life:
    """What the events of one chain said so far; `whole` until one is missing or cannot be believed."""

    whole: bool = True
    seq: int = 0
    opened_at: str | None = None
    closed_at: str | None = None
    first_closed_at: str | None = None
    bureau: object = None
    links: dict[int, str] = field(default_factory=dict)
    routes: list[Route] = field(default_factory=list)
    changes: dict[int, list[str]] = field(default_factory=dict)
    """By event what it changed of a record, as `what:field`."""
    rungs: dict[int, str] = field(default_factory=dict)
    """By event the rung that the clock fired, and for which day."""
    by_hand: set[int] = field(default_factory=set)
    """Events that speak of a deadline and of no rung: the sheet of the head of the office takes one from the clock."""

    def note(self, seq: int, at: str, body: Mapping[str, Any] | None) -> None:
        """Take one event in. A case is closed from the event that gave it an outcome until one has none again."""
        if body is None or seq != self.seq + 1:
            self.whole = False
            return
        get, self.seq = body.get, seq
        if seq == 1:
            self.opened_at = at
        if not get("outcome"):
            self.closed_at = None
        elif self.closed_at is None:
            self.closed_at = at
            self.first_closed_at = self.first_closed_at or at
        if changes := get("changes"):
            self.changes[seq] = changes
        if codes := get("codes"):
            self._note_codes(seq, codes)
        bureau = get("bureau")
        if bureau is not None and bureau != self.bureau:
            if self.routes:
                self.routes[-1] = (*self.routes[-1][:2], seq)
            self.routes.append((seq, bureau, None))
            self.bureau = bureau

    def _note_codes(self, seq: int, codes: Mapping[str, Any]) -> None:
        if opened_by := codes.get("opened_by"):
            self.links[seq] = opened_by
        if "rung" in codes:
            self.rungs[seq] = f"{codes['rung']} {codes.get('due')}"
        elif "deadline" in codes:
            self.by_hand.add(seq)


@dataclass(frozen=True)
class Beside:
    """The rows beside a page of cases: their routes, the first day on which a running deadline is due, and by event
    the number of the case that opened or added to them, what they changed of a record, the rung that fired; and the
    deadlines that run in those that are open."""

    routes: Mapping[int, list[Route]]
    due: Mapping[int, date]
    links: Mapping[int, dict[int, str]]
    changes: Mapping[int, dict[int, list[str]]]
    rungs: Mapping[int, dict[int, str]]
    running: Mapping[int, list[RunningDeadline]]


def rows_beside(connection: Connection, within: Covered) -> Beside:
    """What lies beside these cases."""
    routes: dict[int, list[Route]] = {}
    found = select(CaseBureau.case_id, CaseBureau.from_seq, CaseBureau.bureau_id, CaseBureau.until_seq)
    for row in connection.execute(found.where(within.holds(CaseBureau.case_id)).order_by(CaseBureau.from_seq)):
        routes.setdefault(row.case_id, []).append((row.from_seq, row.bureau_id, row.until_seq))
    due = select(TimerRow.case_id, func.min(TimerRow.due_on)).where(
        within.holds(TimerRow.case_id), TimerRow.stopped_on.is_(None), TimerRow.due_on.is_not(None)
    )
    first = connection.execute(due.group_by(TimerRow.case_id))
    links: dict[int, dict[int, str]] = {}
    linked = select(CaseLink.to_case_id, CaseLink.seq, Case.number).join(Case, Case.id == CaseLink.from_case_id)
    for case_id, seq, number in connection.execute(linked.where(within.holds(CaseLink.to_case_id))):
        links.setdefault(case_id, {})[seq] = number
    return Beside(
        routes,
        {case_id: day for case_id, day in first if day},
        links,
        _changes(connection, within),
        _rungs(connection, within),
        running_deadlines(connection, within),
    )


def _changes(connection: Connection, within: Covered) -> dict[int, dict[int, list[str]]]:
    table, found = RecordChange.__table__, dict[int, dict[int, list[str]]]()
    rows = select(table.c.case_id, table.c.event_seq, table.c.what, table.c.field)
    for case_id, seq, what, name in connection.execute(rows.where(within.holds(RecordChange.case_id))):  # type: ignore[arg-type]
        found.setdefault(case_id, {}).setdefault(seq, []).append(f"{what}:{name}")
    return found


def _rungs(connection: Connection, within: Covered) -> dict[int, dict[int, str]]:
    found: dict[int, dict[int, str]] = {}
    rows = select(TimerRow.case_id, RungFired.event_seq, RungFired.rung, RungFired.due_on).join_from(
        RungFired, TimerRow, TimerRow.id == RungFired.timer_id
    )
    for case_id, seq, rung, due in connection.execute(rows.where(within.holds(TimerRow.case_id))):
        found.setdefault(case_id, {})[seq] = f"{rung} {due.isoformat()}"
    return found


def differences(case: Any, life: Life, beside: Beside, body: Mapping[str, Any]) -> Iterator[tuple[str, object, object]]:
    """Each column of the case row, what it says, and what its events and deadlines lead to; `body` is the last's."""
    if life.whole:
        for column in TIMES:
            now, then = _as_sealed(getattr(case, column)), getattr(life, column)
            if now != then:
                yield column, now, then
        routes = beside.routes.get(case.id, [])
        if routes != life.routes:
            yield "case_bureau", _spelled(routes), _spelled(life.routes)
        links = beside.links.get(case.id, {})
        if links != life.links:
            yield "case_link", _linked(links), _linked(life.links)
        changes = {seq: sorted(set(names)) for seq, names in beside.changes.get(case.id, {}).items()}
        if changes != life.changes:
            yield "record_change", _told(changes), _told(life.changes)
        fired = {seq: rung for seq, rung in beside.rungs.get(case.id, {}).items() if seq not in life.by_hand}
        if fired != life.rungs:
            yield "rung_fired", _linked(fired), _linked(life.rungs)
    due = beside.due.get(case.id)
    if case.due_on != due:
        yield "due_on", case.due_on and case.due_on.isoformat(), due and due.isoformat()
    if running := beside.running.get(case.id):
        yield from silenced(case.kind, body, running)


def _as_sealed(moment: datetime | str | None) -> str | None:
    """A moment as it is sealed; SQLite keeps it in UTC, with the same digits."""
    if isinstance(moment, str):
        return f"{moment.replace(' ', 'T')}Z"
    return instant(moment) if moment else None


def _told(changes: Mapping[int, list[str]]) -> str:
    """Changes as one reads them: of event 3 that it flagged the record."""
    return _linked({seq: " ".join(names) for seq, names in changes.items()})


def _linked(links: Mapping[int, str]) -> str:
    """Links as one reads them: event 1 from 2026-YY-000017."""
    return ", ".join(f"{seq}: {number}" for seq, number in sorted(links.items())) or "-"


def _spelled(routes: list[Route]) -> str:
    """Routes as one reads them: bureau 3 from event 4 until event 9."""
    return ", ".join(f"{bureau}: {start}-{end or ''}" for start, bureau, end in routes) or "-"
