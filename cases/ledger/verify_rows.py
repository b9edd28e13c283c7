"""The rows beside a chain, each table a check with its query: they must say what the events of the case say.

Also what a check finds and which cases it looks at. A running deadline with rungs left must wait for the next one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, String, and_, bindparam, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from cases.kinds import all_kinds
from cases.kinds.common import SUPERVISE
from cases.ledger.sealing import GENESIS, TIMED, after_sealed, instant
from cases.model.bisect import require_own_fault
from cases.model.tables import Case, CaseBureau, CaseLink, RungFired, TimerRow
from database import Question
from registry.credit_records import RecordChange
from workflow.calendar import Unit
from workflow.definition import OFFICIALS, START, Definition, Party
from workflow.refusal import Message, say
from workflow.timing import rung_key

SHARED: Final = ("record", "checkpoint", "promise", "register", "seal", "signature")
RECORD, CHECKPOINT, PROMISE, REGISTER, SEAL, SIGNATURE = SHARED
"""What replaces the case's number where a mismatch is theirs; `seq` is then their id."""


@dataclass(frozen=True)
class Mismatch:
    """One thing that does not match, and where. `seq` is None when it is the case row itself."""

    case_number: str
    seq: int | None
    what: Message

    @property
    def shared(self) -> bool:
        """Whether it is of something that no single case owns."""
        return self.case_number in SHARED


@dataclass(frozen=True)
class CaseRange:
    """A range of case ids, both ends included."""

    first: int
    last: int

    @staticmethod
    def holds(column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """The condition, built without the `values` that it is asked with."""
        return column.between(bindparam("first"), bindparam("last"))

    @property
    def values(self) -> Mapping[str, object]:
        return {"first": self.first, "last": self.last}

    def has(self, case_id: int) -> bool:
        return self.first <= case_id <= self.last

    def parted(self, ids: Sequence[int]) -> tuple[CaseRange, CaseRange]:
        """Two ranges that cover the same, each with half of these ids."""
        middle = ids[len(ids) // 2]
        return CaseRange(self.first, middle - 1), CaseRange(middle, self.last)


@dataclass(frozen=True)
class CaseList:
    """Cases by id, at most a page of them."""

    ids: Sequence[int]

    @staticmethod
    def holds(column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """The condition, built without the `values` that it is asked with."""
        return column.in_(bindparam("ids", expanding=True))

    @property
    def values(self) -> Mapping[str, object]:
        return {"ids": self.ids}

    def parted(self, ids: Sequence[int]) -> tuple[CaseList, CaseList]:
        return CaseList(ids[: len(ids) // 2]), CaseList(ids[len(ids) // 2 :])


Holds = Callable[[InstrumentedAttribute[int]], ColumnElement[bool]]
Covered = CaseRange | CaseList
"""The cases that are looked at."""


def unreadable(error: Exception) -> Message:
    """A tamperer need not keep to types."""
    return say("It cannot be read: {error}", error=error)


def legible(name: str, found: Iterable[Mismatch]) -> Iterator[Mismatch]:
    """These mismatches; where something cannot even be read, that."""
    try:
        yield from found
    except Exception as error:
        require_own_fault(error)
        yield Mismatch(name, 0, unreadable(error))


Rows = dict[int, list[str]]
"""By event, what the rows say that it did."""
Difference = tuple[str, object, object]
"""A column, what it says, and what it should."""

TIMES: Final = ("opened_at", "closed_at", "first_closed_at")

FURTHEST: Final = timedelta(days=60)
"""No rung is so far from the due day, the birth of a deadline or the end of its last pause: the last comes after ten
working days, and no holidays are so long."""


@dataclass(slots=True)
class ChainWalk:
    """How far the walk along one chain has come, and what its events said of the rows beside it.

    `body` is the last one that can be trusted; `whole` until an event is missing or cannot be believed. The attributes
    after `bureau` are named as the tables that must say the same; `after` is of a record's changes.
    """

    previous: str | None = GENESIS
    seq: int = 0
    target: object = START
    body: Mapping[str, Any] | None = None
    whole: bool = True
    opened_at: str | None = None
    closed_at: str | None = None
    first_closed_at: str | None = None
    bureau: object = None
    routed: int = 0
    case_bureau: Rows = field(default_factory=dict)
    case_link: Rows = field(default_factory=dict)
    record_change: Rows = field(default_factory=dict)
    after: Rows = field(default_factory=dict)
    rung_fired: Rows = field(default_factory=dict)
    by_hand: set[int] = field(default_factory=set)
    """Events that speak of a deadline and of no rung: the sheet of the head of the office takes one from the clock."""

    def distrust(self) -> None:
        """Believe nothing of the event at hand."""
        self.body = self.target = None

    def note(self, seq: int, at: str) -> None:
        """Take the event at hand in. A case is closed from the event with an outcome until one has none again."""
        if self.body is None or not self.whole:
            self.whole = False
            return
        get = self.body.get
        if seq == 1:
            self.opened_at = at
        if not get("outcome"):
            self.closed_at = None
        elif self.closed_at is None:
            self.closed_at = at
            self.first_closed_at = self.first_closed_at or at
        if changes := get("changes"):
            self.record_change[seq] = changes
        if after := get("after"):
            self.after[seq] = after
        if codes := get("codes"):
            if opened_by := codes.get("opened_by"):
                self.case_link[seq] = [opened_by]
            if "rung" in codes:
                self.rung_fired[seq] = [f"{codes['rung']} {codes.get('due')}"]
            elif "deadline" in codes:
                self.by_hand.add(seq)
        bureau = get("bureau")
        if bureau is not None and bureau != self.bureau:
            if self.routed:
                self.case_bureau[self.routed] = [_route(self.routed, self.bureau, seq)]
            self.case_bureau[seq] = [_route(seq, bureau, None)]
            self.bureau, self.routed = bureau, seq


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

    def read(self, rows: Iterable[Any]) -> dict[int, Rows]:
        """What the rows of some cases say, by case and event."""
        found: dict[int, Rows] = {}
        for case_id, seq, *said in rows:
            found.setdefault(case_id, {}).setdefault(seq, []).append(self.said(seq, *said))
        return found

    def compare(self, walk: ChainWalk, rows: Rows) -> Difference | None:
        now = {seq: sorted(set(said)) for seq, said in rows.items()}
        if self is RUNGS:
            now = {seq: said for seq, said in now.items() if seq not in walk.by_hand}
        then: Rows = getattr(walk, self.table)
        return None if now == then else (self.table, self._spelled(now), self._spelled(then))

    def _spelled(self, rows: Rows) -> str:
        """As one reads it: event 3 flagged the record; bureau 3 from event 4 until event 9."""
        said = (f"{seq}: {' '.join(said)}" if self.numbered else " ".join(said) for seq, said in sorted(rows.items()))
        return ", ".join(said) or "-"


SEALED_AFTER: Final = ("what", "field", "after", "seal_salt")
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
    RowCheck(
        "after",
        RecordChange.case_id,
        select(*(getattr(RecordChange.__table__.c, name) for name in ("case_id", "event_seq", *SEALED_AFTER))).where(
            RecordChange.__table__.c.seal_salt != ""
        ),
        lambda _seq, *said: after_sealed(*said),
    ),
    RUNGS,
)


def rows_beside(holds: Holds) -> tuple[Question, ...]:
    """What `RowsBeside` is made of: running deadlines, those with rungs that fired, the rows of each table."""
    running = (holds(TimerRow.case_id), TimerRow.stopped_on.is_(None))
    timers = select(TimerRow.case_id, TimerRow.id, *(_as_kept(name) for name in TIMED)).where(*running)
    ladders = (
        select(
            TimerRow.id,
            TimerRow.case_id,
            TimerRow.deadline,
            TimerRow.n,
            TimerRow.extended,
            TimerRow.due_on,
            TimerRow.next_rung,
            RungFired.rung,
            *(_as_kept(name) for name in ("born_on", "holds", "next_at")),
        )
        .join(Case, Case.id == TimerRow.case_id)
        .outerjoin(RungFired, and_(RungFired.timer_id == TimerRow.id, RungFired.due_on == TimerRow.due_on))
        .where(*running, TimerRow.due_on.is_not(None), TimerRow.rule != "", Case.closed_at.is_(None))
    )
    checked = (check.query.where(holds(check.case_id)) for check in ROW_CHECKS)
    return (timers, ladders, *checked)


class RowsBeside:
    """The rows beside a page of cases: by table and case, and its running deadlines."""

    def __init__(self, timers: Iterable[Any], ladders: Iterable[Any], *checked: Iterable[Any]) -> None:
        self.rows = {check.table: check.read(rows) for check, rows in zip(ROW_CHECKS, checked, strict=True)}
        self.timers: dict[int, list[Any]] = {}
        """By case, the deadlines that run, as they are sealed."""
        for timer in timers:
            self.timers.setdefault(timer.case_id, []).append(_timed(timer._asdict()))
        self.ladders: dict[int, dict[int, list[Any]]] = {}
        """By case and deadline, a row for each rung that has fired for its due day, or one without a rung."""
        for row in ladders:
            self.ladders.setdefault(row.case_id, {}).setdefault(row.id, []).append(row)

    def differences(self, case: Any, walk: ChainWalk) -> Iterator[Difference]:
        """Each column that says otherwise than the events and deadlines of a case, whose last body is trusted."""
        assert walk.body is not None
        if walk.whole:
            for column in TIMES:
                now, then = _as_sealed(getattr(case, column)), getattr(walk, column)
                if now != then:
                    yield column, now, then
            for check in ROW_CHECKS:
                if found := check.compare(walk, self.rows[check.table].get(case.id, {})):
                    yield found
        days = (row["due_on"] for row in self.timers.get(case.id, ()) if row["due_on"])
        due, shown = min(days, default=None), case.due_on
        if (shown and shown.isoformat()) != due:
            yield "due_on", shown and shown.isoformat(), due
        if case.closed_at is None:
            yield from self._on_the_board(case)
        definition = all_kinds().get(case.kind)
        # the rungs left are known from the kind as it is now
        if definition and walk.body.get("definition") == definition.digest:
            for ladder in self.ladders.get(case.id, {}).values():
                try:
                    silenced = _silenced(ladder, definition)
                except (TypeError, ValueError, LookupError, AttributeError) as error:  # a tamperer keeps to no types
                    silenced = "timer", type(error).__name__, ladder[0].deadline
                if silenced:
                    yield silenced

    def _on_the_board(self, case: Any) -> Iterator[Difference]:
        """What the row says of its first official deadline, and its deadlines do not; how much is left of one that is
        on hold is not counted again."""
        official = [timer for timer in self.timers.get(case.id, ()) if timer["owner"] in OFFICIALS]
        first = min(official, key=_urgency, default=None)
        due, id = first and first["due_on"], first and first["id"]
        rungs = [one.rung or "" for one in self.ladders.get(case.id, {}).get(id, ())] if id else []
        then = {
            "board_timer_id": id,
            "board_bureau_id": first["bureau_id"] if first and first["owner"] == Party.BUREAU else None,
            "board_due_on": due,
            "board_paused": bool(first and first["holds"] and first["unit"] == Unit.WORKDAY),
            "board_sheet": any(rung.endswith(f":{SUPERVISE}") for rung in rungs),
        }
        day = case.board_due_on
        for column, right in then.items():
            shown = (day and day.isoformat()) if column == "board_due_on" else getattr(case, column)
            if shown != right:
                yield column, shown, right
        if (case.board_left is not None) is not bool(first and due is None):
            yield "board_left", case.board_left, None


def _urgency(timer: Mapping[str, Any]) -> tuple[bool, str, bool, int]:
    """As `standing` has it."""
    return timer["due_on"] is None, timer["due_on"] or "", timer["deadline"] == "whole", timer["id"]


def _as_kept(name: str) -> Any:
    """A column of a deadline as the database has it, text on SQLite, but for what is true or false."""
    return TimerRow.rolls if name == "rolls" else type_coerce(getattr(TimerRow, name), String).label(name)


def _timed(row: Mapping[str, Any]) -> dict[str, Any]:
    """A deadline's row as the event sealed it: days as text."""
    said = {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
    holds = said["holds"]
    return {**said, "holds": json.loads(holds) if isinstance(holds, str) else holds}


def _silenced(ladder: Sequence[Any], definition: Definition) -> Difference | None:
    """What a deadline says that does not wait for its next rung.

    Reminders may be left out (`timing.next_firing`), the rungs from the due day on never.
    """
    row, fired = ladder[0], {rung.rung for rung in ladder}
    pauses = json.loads(row.holds) if isinstance(row.holds, str) else row.holds
    start, end, _ = pauses[-1] if pauses else ("", "", "")
    if end is None and _day(start) > row.due_on:
        return None  # paused after it was missed: the day stays, the ladder waits
    if row.next_at is not None and row.next_rung:
        latest = max([row.due_on, *(_day(day) for day in (row.born_on, end) if day)]) + FURTHEST
        return ("next_at", _day(row.next_at), f"≤ {latest}") if _day(row.next_at) > latest else None
    budget = row.n + row.extended
    left = [rung for rung in definition.deadline(row.deadline).rungs if rung.offset >= 0 and budget >= rung.at_least]
    waiting = [key for rung in left if (key := rung_key(rung)) not in fired]
    return ("next_at", None, waiting[0]) if waiting else None


def _day(moment: object) -> date:
    """The day of a moment or a day, as the database gives it."""
    return date.fromisoformat(str(moment)[:10])


def _as_sealed(moment: str | None) -> str | None:
    """A moment as it is sealed; SQLite keeps it in UTC, with the same digits, PostgreSQL says it with a zone."""
    if moment is None or "T" not in moment:
        return moment and f"{moment.replace(' ', 'T')}Z"
    return instant(datetime.fromisoformat(moment))
