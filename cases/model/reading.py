"""Read cases as snapshots, one or many in two statements, with the words of their events. Writes nothing."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import BindParameter, and_, bindparam, select
from sqlalchemy.orm import Session

from cases.model.beside import beside
from cases.model.tables import Case, Event, EventText, RungFired, TimerRow
from database import Question, ask_together
from registry.credit_records import CreditRecord, names_that_bar
from registry.in_force import RECORDED, by_what_is_recorded
from registry.organisations import Bureau, Enterprise, Office
from workflow.calendar import Unit
from workflow.decide import Move
from workflow.definition import MAPPED
from workflow.guards import REMEDIES
from workflow.mapping import called_now
from workflow.snapshot import EventFacts, RecordFacts, RuleContext, Snapshot
from workflow.timing import Firing, Hold, Timer


@dataclass(frozen=True)
class Bodies:
    """The office and every bureau that these cases name, with those that they became, read once for all of them: as
    long as they are held, nobody reads one again."""

    office: Office
    bureaus: Mapping[int, Bureau]


class StoredEvent(NamedTuple):
    """One event as the chain keeps it, its body parsed."""

    id: int
    seq: int
    at: datetime
    actor: str
    action: str
    body: Mapping[str, Any]
    hash: str


Words = Mapping[int, Mapping[str, str]]
"""Words by event's seq, then by name (`findings.fine.reason`). Disposed words are missing."""


@dataclass(frozen=True)
class LoadedCase:
    """A case read for a page or a move: its snapshot and events, and what letters and the ledger need beside them."""

    snapshot: Snapshot
    id: int
    number: str
    check_code: str
    kind: str
    length: int
    head: str
    filed_on: date
    opened_at: datetime
    record_id: int | None
    document_number: str
    enterprise_id: int
    enterprise_name: str
    enterprise_code: str
    enterprise_mail: str
    bureau_name: str
    first_closed_at: datetime | None
    closed_at: datetime | None
    bodies: Bodies
    words: Words = field(default_factory=dict)
    events: tuple[StoredEvent, ...] = ()
    holder_id: int | None = None
    routed_to: int | None = None
    """The bureau to which the case was last routed: it may have become the one that has it now (D26)."""
    next_at: datetime | None = None
    """When the first of its deadlines is due to do something."""

    @property
    def last_at(self) -> datetime | None:
        """The latest time that one of its events bears."""
        return max((event.at for event in self.events), default=None)

    @property
    def bureau_id(self) -> int | None:
        return self.snapshot.bureau

    @property
    def complained_of(self) -> str:
        return self.snapshot.complained_of

    def running(self, deadline: str) -> Timer | None:
        timers = self.snapshot.timers
        return next((timer for timer in timers if timer.deadline == deadline and timer.stopped is None), None)


CASE_COLUMNS = (
    select(
        Case.id,
        Case.number,
        Case.check_code,
        Case.kind,
        Case.variant,
        Case.state,
        Case.bureau_id,
        Case.round,
        Case.length,
        Case.head,
        Case.filed_on,
        Case.opened_at,
        Case.enterprise_id,
        Case.record_id,
        Case.first_closed_at,
        Case.closed_at,
        Case.holder_id,
        Case.complained_of,
        Case.complained_bureau_id,
        Enterprise.name.label("enterprise_name"),
        Enterprise.code.label("enterprise_code"),
        Enterprise.email.label("enterprise_mail"),
        CreditRecord.document_number,
        CreditRecord.supplied_by_id,
        CreditRecord.determined_by_id,
        CreditRecord.entered_by_id,
        CreditRecord.handler,
        CreditRecord.handlers,
        CreditRecord.handler_doubt,
        CreditRecord.displayed,
        CreditRecord.kind.label("record_kind"),
    )
    .join(Enterprise, Enterprise.id == Case.enterprise_id)
    .outerjoin(CreditRecord, CreditRecord.id == Case.record_id)
)

AS_IN_THE_ROW: Final = (
    *("id", "number", "check_code", "kind", "length", "head", "filed_on", "opened_at", "first_closed_at", "closed_at"),
    *("record_id", "enterprise_id", "enterprise_name", "enterprise_code", "holder_id"),
)

EVENT_COLUMNS = select(Event.case_id, Event.seq, Event.at, Event.actor, Event.action, Event.body).order_by(
    Event.case_id, Event.seq
)

_THESE: Final[BindParameter[int]] = bindparam("ids", expanding=True)
_CASES: Final = CASE_COLUMNS.where(Case.id.in_(_THESE)).order_by(Case.id)
_LOCK: Final = select(Case.id).where(Case.id.in_(_THESE)).order_by(Case.id).with_for_update()
_EVENTS: Final = EVENT_COLUMNS.add_columns(Event.id, Event.hash).where(Event.case_id.in_(_THESE))
_TIMERS: Final = (
    select(TimerRow.__table__, RungFired.due_on.label("fired_for"), RungFired.rung)
    .outerjoin(RungFired, RungFired.timer_id == TimerRow.id)
    .where(TimerRow.case_id.in_(_THESE))
    .order_by(TimerRow.id)
)
RUNNING: Final = (
    select(TimerRow.__table__).where(TimerRow.case_id.in_(_THESE), TimerRow.stopped_on.is_(None)).order_by(TimerRow.id)
)
_WORDS: Final = (
    select(Event.case_id, Event.seq, EventText.name, EventText.text)
    .join(EventText, and_(EventText.event_id == Event.id, EventText.case_id == Event.case_id))
    .where(EventText.case_id.in_(_THESE), EventText.text.is_not(None))
)
_OF_A_CASE: Final = (_CASES, _EVENTS, _TIMERS, _WORDS)
_BODIES: Final = select(Office, Bureau).outerjoin(Bureau, Bureau.id.in_(_THESE)).where(Office.id == 1)
"""What every page and every act of a case asks is built once: to build a statement costs as much as to ask it."""


def read_cases(session: Session, case_ids: Sequence[int], *, lock: bool = False) -> list[LoadedCase]:
    """The cases, in the order of their ids. With `lock` nobody else can move them until the transaction ends.

    They are read after the lock was had: PostgreSQL gives one that waited the new row with the old rows beside it.
    """
    if not case_ids:
        return []
    if lock:
        session.execute(_LOCK, {"ids": case_ids})
    return _files(session, ask_together(session.connection(), _OF_A_CASE, {"ids": case_ids}))


def _files(session: Session, of_cases: Sequence[Sequence[Any]]) -> list[LoadedCase]:
    rows, events, timers, words = of_cases
    happened, running = _events(events), _timers(timers)
    bodies = _bodies(session, _named(rows, timers, happened))
    due, said = _next(timers), _words(words)
    return [_loaded(session, row, bodies, happened[row.id], running[row.id], due[row.id], said[row.id]) for row in rows]


def _named(rows: Iterable[Any], timers: Iterable[Any], happened: Mapping[int, Sequence[StoredEvent]]) -> set[int]:
    """The bureaus that cases, their records, deadlines and events name."""
    ids = {timer.bureau_id for timer in timers}
    for row in rows:
        ids |= {row.bureau_id, row.supplied_by_id, row.determined_by_id, row.complained_bureau_id}
        for event in happened[row.id]:
            ids |= {event.body.get("bureau"), event.body.get("by_bureau")}
            # what was answered may be a bureau too; that another number may be read as one harms nothing
            ids |= {code for code in event.body.get("codes", {}).values() if isinstance(code, int)}
    return {id for id in ids if id is not None and id < 2**31}


def _bodies(session: Session, ids: set[int]) -> Bodies:
    both = session.execute(_BODIES, {"ids": sorted(ids)}).all()
    found = {bureau.id: bureau for _office, bureau in both if bureau}
    while became := {bureau.successor_id for bureau in found.values() if bureau.successor_id} - found.keys():
        found |= {bureau.id: bureau for bureau in session.scalars(select(Bureau).where(Bureau.id.in_(became)))}
    return Bodies(both[0].Office, found)


def read_locked(
    session: Session,
    world: RuleContext,
    case_id: int,
    more: tuple[Question, ...] = (),
    values: Mapping[str, object] | None = None,
) -> tuple[RuleContext, LoadedCase, list[Sequence[Any]]]:
    """Take a case, so that nobody else moves it, then read it; and the world by which it is moved now.

    A holiday notice may have been loaded, or a promise recorded, while the lock was waited for. `more` is asked with
    it, with its values: its rows come last.
    """
    these = {"ids": [case_id], **(values or {})}
    session.execute(_LOCK, these)
    rows, events, timers, words, [recorded], *rest = ask_together(
        session.connection(), (*_OF_A_CASE, RECORDED, *more), these
    )
    [file] = _files(session, (rows, events, timers, words))
    return by_what_is_recorded(session, world, recorded), file, rest


def read_timers(session: Session, case_ids: Sequence[int]) -> dict[int, list[Timer]]:
    """The timers of each case, in the order in which they began."""
    return _timers(session.execute(_TIMERS, {"ids": case_ids}))


def _timers(of_cases: Iterable[Any]) -> dict[int, list[Timer]]:
    timers: dict[int, list[Timer]] = defaultdict(list)
    for _, rows in groupby(of_cases, key=attrgetter("id")):
        row, *more = rows
        fired = {(one.fired_for, one.rung) for one in (row, *more) if one.rung}
        timers[row.case_id].append(timer_from(row, fired))
    return timers


def timer_from(row: Any, fired: set[tuple[date, str]] | frozenset[tuple[date, str]] = frozenset()) -> Timer:
    """A timer's arithmetic from its row."""
    return Timer(
        id=row.id,
        deadline=row.deadline,
        rule=row.rule,
        owner=row.owner,
        round=row.round,
        started=row.started_on,
        n=row.n,
        unit=Unit(row.unit),
        rolls=row.rolls,
        bureau=row.bureau_id,
        extended=row.extended,
        holds=tuple(
            Hold(date.fromisoformat(start), date.fromisoformat(end) if end else None, why)
            for start, end, why in row.holds
        ),
        stopped=row.stopped_on,
        fired=frozenset(fired),
        born=row.born_on,
    )


def past_of(row: Any, body: Mapping[str, Any]) -> EventFacts:
    """What a guard may know of an event."""
    return EventFacts(
        seq=row.seq,
        action=row.action,
        on=date.fromisoformat(body["on"]),
        role=body["role"],
        person=int(row.actor.removeprefix("user:")) if row.actor.startswith("user:") else None,
        bureau=body.get("by_bureau"),
        source=body["source"],
        target=body["target"],
        round=body["round"],
        codes=body.get("codes", {}),
    )


def _next(of_timers: Iterable[Any]) -> dict[int, datetime | None]:
    """When the first deadline of each case is due to do something."""
    found: dict[int, datetime | None] = defaultdict(lambda: None)
    for row in of_timers:
        if row.next_at is not None:
            found[row.case_id] = min(found[row.case_id] or row.next_at, row.next_at)
    return found


def _events(of_cases: Iterable[Any]) -> dict[int, list[StoredEvent]]:
    found: dict[int, list[StoredEvent]] = defaultdict(list)
    for row in of_cases:
        event = StoredEvent(row.id, row.seq, row.at, row.actor, row.action, json.loads(row.body), row.hash)
        found[row.case_id].append(event)
    return found


def _loaded(
    session: Session,
    row: Any,
    bodies: Bodies,
    events: Sequence[StoredEvent],
    timers: Sequence[Timer],
    next_at: datetime | None,
    words: Words,
) -> LoadedCase:
    bureau = _has_it(bodies.bureaus, row)
    return LoadedCase(
        snapshot=_snapshot(session, row, events, timers, bodies, bureau),
        document_number=row.document_number or "",
        enterprise_mail=row.enterprise_mail or "",
        bureau_name=bureau.name if bureau else "",
        routed_to=row.bureau_id,
        bodies=bodies,
        events=tuple(events),
        next_at=next_at,
        words=words,
        **{name: getattr(row, name) for name in AS_IN_THE_ROW},
    )


def _snapshot(
    session: Session,
    row: Any,
    events: Sequence[StoredEvent],
    timers: Sequence[Timer],
    bodies: Bodies,
    bureau: Bureau | None,
) -> Snapshot:
    past: Sequence[EventFacts] = [past_of(event, event.body) for event in events]
    if any(event.action == MAPPED.name for event in events):
        past = called_now(past)
    determined_by, complained = (bodies.bureaus.get(id) for id in (row.determined_by_id, row.complained_bureau_id))
    return Snapshot(
        kind=row.kind,
        state=row.state,
        variant=row.variant,
        round=row.round,
        case_id=row.id,
        number=row.number,
        version=row.length,
        filed_on=row.filed_on,
        enterprise=row.enterprise_id,
        bureau=bureau.id if bureau else None,
        record=_facts(row, row.record_id, row.record_kind, determined_by) if determined_by else None,
        complained_of=row.complained_of,
        complained_bureau=row.complained_bureau_id,
        complained_code=(complained.code or "") if complained else "",
        past=tuple(past),
        timers=tuple(timers),
        remedies={
            party: [name for name in REMEDIES if body is None or getattr(body, name)]
            for party, body in (("office", bodies.office), ("bureau", bureau))
        },
        **(beside(session, row) if row.closed_at is not None and row.record_id is not None else {}),
    )


def _has_it(bureaus: Mapping[int, Bureau], row: Any) -> Bureau | None:
    """The bureau of a case. An open one has followed what its bureau became; one that was closed then follows when it
    is opened again: whatever is done in it is done by the body that stands (D26)."""
    bureau = bureaus.get(row.bureau_id)
    while bureau and row.closed_at is not None and bureau.successor_id is not None:
        bureau = bureaus[bureau.successor_id]
    return bureau


def record_facts(record: CreditRecord, determined_by: Bureau) -> RecordFacts:
    return _facts(record, record.id, record.kind, determined_by)


def _facts(row: Any, id: int, kind: str, determined_by: Bureau) -> RecordFacts:
    bodies = row.supplied_by_id, row.determined_by_id, row.entered_by_id
    names = names_that_bar(row.handlers, row.handler or "", row.handler_doubt or "")
    handlers = frozenset(row.handlers or ())
    return RecordFacts(id, *bodies, names, row.displayed, kind, determined_by.branch, handlers)


def words_of(session: Session, case_id: int) -> Words:
    """Every word of a case, by event."""
    return _words(session.execute(_WORDS, {"ids": [case_id]}))[case_id]


def _words(of_cases: Iterable[Any]) -> dict[int, dict[int, dict[str, str]]]:
    """The words of each case by event; what names another case than its event is none."""
    found: dict[int, dict[int, dict[str, str]]] = defaultdict(dict)
    for case_id, seq, name, text in of_cases:
        found[case_id].setdefault(seq, {})[name] = text or ""
    return found


@dataclass(frozen=True)
class Act:
    """A decided move of a case; for the clock's, the timer and the rung that fired."""

    file: LoadedCase
    move: Move
    timer: Timer | None = None
    firing: Firing | None = None

    @property
    def seq(self) -> int:
        return self.file.length + 1

    @property
    def past(self) -> tuple[EventFacts, ...]:
        """What has happened in the case, this act included."""
        return (*self.file.snapshot.past, self.move.past)

    @property
    def after(self) -> Snapshot:
        """The case with this act in it, as far as limits and guards look at it."""
        move = self.move
        return replace(
            self.file.snapshot,
            state=move.target.name,
            variant=move.variant,
            round=move.round,
            bureau=move.bureau,
            filed_on=move.filed_on,
            past=self.past,
        )

    @property
    def actor(self) -> str:
        """Who acted, as the chain names them: an id, never a name."""
        return f"user:{self.move.person.id}" if self.move.person.id is not None else self.move.role.name
