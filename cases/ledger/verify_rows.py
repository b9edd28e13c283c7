"""The rows beside a chain, each table a check with its query: what they say must be what the events of the case say.

One walk along the chain notes what each event said; at the end the case row and the rows beside it are compared. A
running deadline that has rungs left must wait for the next one.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, String, and_, func, select, type_coerce
from sqlalchemy.engine import Connection
from sqlalchemy.orm import InstrumentedAttribute

from cases.kinds import all_kinds
from cases.ledger.mismatch import Covered
from cases.ledger.sealing import instant
from cases.model.tables import Case, CaseBureau, CaseLink, RungFired, TimerRow
from registry.credit_records import RecordChange
from workflow.definition import Definition
from workflow.timing import rung_key

Rows = dict[int, list[str]]
"""By event, what the rows say that it did."""
Difference = tuple[str, object, object]
"""A column, what it says, and what it should."""

TIMES: Final = ("opened_at", "closed_at", "first_closed_at")

FURTHEST: Final = timedelta(days=60)
"""No rung is so far from the due day, the birth of a deadline or the end of its last pause: the last comes after ten
working days, and no holidays are so long."""


def as_kept(*names: str) -> Iterator[ColumnElement[Any]]:
    """Columns with a moment as the database gives it, text on SQLite: to make a date of each took a while."""
    return (type_coerce(getattr(Case, name), String).label(name) for name in names)


@dataclass(slots=True)
class ChainHistory:
    """What the events of one chain said so far; `whole` until one is missing or cannot be believed.

    The attributes after `bureau` are named as the tables that must say the same.
    """

    whole: bool = True
    seq: int = 0
    opened_at: str | None = None
    closed_at: str | None = None
    first_closed_at: str | None = None
    bureau: object = None
    routed: int = 0
    case_bureau: Rows = field(default_factory=dict)
    case_link: Rows = field(default_factory=dict)
    record_change: Rows = field(default_factory=dict)
    rung_fired: Rows = field(default_factory=dict)
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
            self.record_change[seq] = changes
        if codes := get("codes"):
            self._note_codes(seq, codes)
        bureau = get("bureau")
        if bureau is not None and bureau != self.bureau:
            if self.routed:
                self.case_bureau[self.routed] = [_route(self.routed, self.bureau, seq)]
            self.case_bureau[seq] = [_route(seq, bureau, None)]
            self.bureau, self.routed = bureau, seq

    def _note_codes(self, seq: int, codes: Mapping[str, Any]) -> None:
        if opened_by := codes.get("opened_by"):
            self.case_link[seq] = [opened_by]
        if "rung" in codes:
            self.rung_fired[seq] = [f"{codes['rung']} {codes.get('due')}"]
        elif "deadline" in codes:
            self.by_hand.add(seq)


def _route(start: int, bureau: object, end: int | None) -> str:
    """Which bureau has the case from which event until which."""
    return f"{bureau}: {start}-{end or ''}"


@dataclass(frozen=True)
class RowCheck:
    """Rows of one table that the events of their case must speak of.

    `query` gives the case, the event and what `said` makes words of; `case_id` bounds it.
    """

    table: str
    case_id: InstrumentedAttribute[Any]
    query: Any
    said: Callable[..., str]
    numbered: bool = True
    """Whether a difference names the event before what was said."""

    def read(self, connection: Connection, within: Covered) -> dict[int, Rows]:
        """What the rows of these cases say, by case and event."""
        found: dict[int, Rows] = {}
        for case_id, seq, *said in connection.execute(self.query.where(within.holds(self.case_id))):
            found.setdefault(case_id, {}).setdefault(seq, []).append(self.said(seq, *said))
        return found

    def compare(self, history: ChainHistory, rows: Rows) -> Difference | None:
        now = {seq: sorted(set(said)) for seq, said in rows.items()}
        if self is RUNGS:
            now = {seq: said for seq, said in now.items() if seq not in history.by_hand}
        then: Rows = getattr(history, self.table)
        return None if now == then else (self.table, self._spelled(now), self._spelled(then))

    def _spelled(self, rows: Rows) -> str:
        """As one reads it: event 3 flagged the record; bureau 3 from event 4 until event 9."""
        said = (f"{seq}: {' '.join(said)}" if self.numbered else " ".join(said) for seq, said in sorted(rows.items()))
        return ", ".join(said) or "-"


RUNGS: Final = RowCheck(
    "rung_fired",
    TimerRow.case_id,
    select(TimerRow.case_id, RungFired.event_seq, RungFired.rung, RungFired.due_on).join_from(
        RungFired, TimerRow, TimerRow.id == RungFired.timer_id
    ),
    lambda _seq, rung, due: f"{rung} {due.isoformat()}",
)
ROW_CHECKS: Final = (
    RowCheck(
        "case_bureau",
        CaseBureau.case_id,
        select(CaseBureau.case_id, CaseBureau.from_seq, CaseBureau.bureau_id, CaseBureau.until_seq),
        _route,
        numbered=False,
    ),
    RowCheck(
        "case_link",
        CaseLink.to_case_id,
        select(CaseLink.to_case_id, CaseLink.seq, Case.number).join(Case, Case.id == CaseLink.from_case_id),
        lambda _seq, number: str(number),
    ),
    RowCheck(
        "record_change",
        RecordChange.case_id,
        select(*(getattr(RecordChange.__table__.c, name) for name in ("case_id", "event_seq", "what", "field"))),
        lambda _seq, what, name: f"{what}:{name}",
    ),
    RUNGS,
)


@dataclass(frozen=True)
class UnfiredLadder:
    """A deadline that runs in an open case, and the keys of the rungs that have fired for its due day."""

    row: Any
    fired: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class RowsBeside:
    """The rows beside a page of cases: by table and case, the first due day of each, and its running deadlines."""

    rows: Mapping[str, Mapping[int, Rows]]
    due: Mapping[int, date | None]
    running: Mapping[int, list[UnfiredLadder]]


def rows_beside(connection: Connection, within: Covered) -> RowsBeside:
    """What lies beside these cases."""
    due = select(TimerRow.case_id, func.min(TimerRow.due_on)).where(
        within.holds(TimerRow.case_id), TimerRow.stopped_on.is_(None), TimerRow.due_on.is_not(None)
    )
    return RowsBeside(
        {check.table: check.read(connection, within) for check in ROW_CHECKS},
        {row[0]: row[1] for row in connection.execute(due.group_by(TimerRow.case_id))},
        _running_deadlines(connection, within),
    )


def _running_deadlines(connection: Connection, within: Covered) -> dict[int, list[UnfiredLadder]]:
    """The running deadlines of these cases that have a due day, by case."""
    found = (
        select(
            TimerRow.id,
            TimerRow.case_id,
            TimerRow.deadline,
            TimerRow.n,
            TimerRow.extended,
            TimerRow.due_on,
            TimerRow.next_rung,
            RungFired.rung,
            *(type_coerce(getattr(TimerRow, name), String).label(name) for name in ("born_on", "holds", "next_at")),
        )
        .join(Case, Case.id == TimerRow.case_id)
        .outerjoin(RungFired, and_(RungFired.timer_id == TimerRow.id, RungFired.due_on == TimerRow.due_on))
        .where(within.holds(TimerRow.case_id), TimerRow.stopped_on.is_(None), TimerRow.due_on.is_not(None))
        .where(TimerRow.rule != "", Case.closed_at.is_(None))
    )
    by_id: dict[int, UnfiredLadder] = {}
    by_case: dict[int, list[UnfiredLadder]] = {}
    for row in connection.execute(found):
        running = by_id.get(row.id)
        if running is None:
            running = by_id[row.id] = UnfiredLadder(row)
            by_case.setdefault(row.case_id, []).append(running)
        if row.rung is not None:
            running.fired.add(row.rung)
    return by_case


def differences(case: Any, history: ChainHistory, beside: RowsBeside, body: Mapping[str, Any]) -> Iterator[Difference]:
    """Each column that says otherwise than the events and deadlines of a case; `body` is the last event's."""
    if history.whole:
        for column in TIMES:
            now, then = _as_sealed(getattr(case, column)), getattr(history, column)
            if now != then:
                yield column, now, then
        for check in ROW_CHECKS:
            if found := check.compare(history, beside.rows[check.table].get(case.id, {})):
                yield found
    due = beside.due.get(case.id)
    if case.due_on != due:
        yield "due_on", case.due_on and case.due_on.isoformat(), due and due.isoformat()
    definition = all_kinds().get(case.kind)
    if (
        definition and body.get("definition") == definition.digest
    ):  # the rungs left are known from the kind as it is now
        for running in beside.running.get(case.id, ()):
            if silenced := _silenced(running, definition):
                yield silenced


def _silenced(running: UnfiredLadder, definition: Definition) -> Difference | None:
    """What a deadline says that does not wait for its next rung."""
    try:
        return _next_rung_amiss(running, definition)
    except (TypeError, ValueError, LookupError, AttributeError) as error:  # a tamperer need not keep to types
        return "timer", type(error).__name__, running.row.deadline


def _next_rung_amiss(running: UnfiredLadder, definition: Definition) -> Difference | None:
    """Reminders may be left out (`timing.next_firing`), the rungs from the due day on never."""
    row = running.row
    pauses = json.loads(row.holds) if isinstance(row.holds, str) else row.holds
    start, end, _ = pauses[-1] if pauses else ("", "", "")
    if end is None and _day(start) > row.due_on:
        return None  # paused after it was missed: the day stays, the ladder waits
    if row.next_at is not None and row.next_rung:
        latest = max([row.due_on, *(_day(day) for day in (row.born_on, end) if day)]) + FURTHEST
        return ("next_at", _day(row.next_at), f"≤ {latest}") if _day(row.next_at) > latest else None
    budget = row.n + row.extended
    left = [rung for rung in definition.deadline(row.deadline).rungs if rung.offset >= 0 and budget >= rung.at_least]
    waiting = [key for rung in left if (key := rung_key(rung)) not in running.fired]
    return ("next_at", None, waiting[0]) if waiting else None


def _day(moment: object) -> date:
    """The day of a moment or a day, as the database gives it."""
    return date.fromisoformat(str(moment)[:10])


def _as_sealed(moment: datetime | str | None) -> str | None:
    """A moment as it is sealed; SQLite keeps it in UTC, with the same digits."""
    if isinstance(moment, str):
        return f"{moment.replace(' ', 'T')}Z"
    return instant(moment) if moment else None
