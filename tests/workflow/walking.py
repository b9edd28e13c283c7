"""Play a definition without a database: a snapshot, moves laid on it as the database would, and the clock's rungs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from tests.workflow.people import BUREAUS, CLOCKWORK, somebody
from workflow.answers import LAW_DAY
from workflow.decide import AvailableAction, Move, choices, decide
from workflow.definition import START, Action, Definition, Field, FieldKind, Party, Role
from workflow.guards import REMEDIES
from workflow.past import to_find
from workflow.snapshot import Person, RecordFacts, RuleContext, Snapshot
from workflow.timing import Firing, Timer, due_of, next_firing, rung_key

RECORD = RecordFacts(id=1, supplied_by=11, determined_by=12)
CLAIMED = {"fine": "0.80", "decided_on": "2026-03-13"}
READY = {"office": tuple(REMEDIES), "bureau": tuple(REMEDIES)}


@dataclass
class Walk:
    """One case on its way: what it is now, and every move it has made."""

    definition: Definition
    world: RuleContext
    now: datetime
    record: RecordFacts | None = RECORD
    variant: str = ""
    snapshot: Snapshot = field(init=False)
    moves: list[Move] = field(default_factory=list)
    _firings: dict[int, tuple[Timer, Firing | None]] = field(default_factory=dict, repr=False)
    _next: tuple[tuple[Timer, ...], tuple[Timer, Firing] | None] = ((), None)
    _dues: dict[int, tuple[Timer, date | None]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        record = None if self.definition.without_record else self.record
        self.snapshot = Snapshot(
            kind=self.definition.kind, state=START, variant=self.variant, record=record, enterprise=1,
            filed_on=self.today, remedies=READY,
        )  # fmt: skip

    @property
    def today(self) -> date:
        return self.world.jurisdiction.day_of(self.now)

    @property
    def state(self) -> str:
        return self.snapshot.state

    def do(self, action: str, by: Role | None = None, **answers: object) -> Move:
        """An act by somebody who may take it, answered as it is taken; what is not said is answered somehow."""
        row = self.definition.action(action, self.snapshot.state, self.snapshot.variant)
        assert row, f"no {action} from {self.snapshot.state} ({self.snapshot.variant})"
        role = by or row.by[0]
        person = somebody(role, self.snapshot.bureau or self._own(row))
        return self.take(action, person, {**working_answers(self, row), **answers})

    def take(self, action: str, person: Person, answers: Mapping[str, object]) -> Move:
        move = decide(self.definition, self.snapshot, self.world, action, person, answers, self.now)
        return self.apply(move, self._sheet(move))

    def offered(self, action: str, role: Role) -> AvailableAction:
        """How a page offers an action to somebody of that role."""
        person = somebody(role, self.snapshot.bureau)
        acts = choices(self.definition, self.snapshot, self.world, person, self.now)
        return next(act for act in acts if act.action.name == action)

    def apply(self, move: Move, fired: tuple[Timer, date, str] | None = None) -> Move:
        """The snapshot after a move, as the database would read it again; `fired` is the rung that it claims."""
        before = self.snapshot
        self.snapshot = replace(
            before, state=move.target.name, round=move.round, variant=move.variant, bureau=move.bureau,
            filed_on=move.filed_on, version=before.version + 1, past=(*before.past, move.past),
            timers=_timers_after(before.timers, move, fired), complained_of=move.complained_of,
            complained_bureau=move.complained_bureau, record=_followed(before.record, move),
        )  # fmt: skip
        self.moves.append(move)
        return move

    def running(self, name: str) -> Timer:
        """The running timer of a deadline."""
        return next(t for t in self.snapshot.timers if t.deadline == name and t.stopped is None)

    def due(self, name: str) -> date | None:
        return self.due_day(self.running(name))

    def due_day(self, timer: Timer) -> date | None:
        """Kept as long as the timer is the same."""
        if id(timer) not in self._dues:
            self._dues[id(timer)] = (timer, due_of(timer, self.world.calendar).day)
        return self._dues[id(timer)][1]

    def next_rung(self) -> tuple[Timer, Firing] | None:
        """Kept as long as the timers are the same: every wait asks."""
        if self._next[0] is not self.snapshot.timers:
            found = [(timer, firing) for timer in self.snapshot.timers if (firing := self._firing(timer))]
            first = min(found, key=lambda pair: (pair[1].at, pair[1].rung.offset, pair[0].id or 0), default=None)
            self._next = (self.snapshot.timers, first)
        return self._next[1]

    def tick(self) -> list[Move]:
        """Fire what is due, in order."""
        fired = []
        while (found := self.next_rung()) and found[1].at <= self.now:
            timer, firing = found
            key = rung_key(firing.rung)
            answers = {"deadline": timer.deadline, "due": firing.due.isoformat(), "rung": key}
            move = decide(self.definition, self.snapshot, self.world, firing.rung.action, CLOCKWORK, answers, self.now,
                          as_of=firing.at, on=firing.on)  # fmt: skip
            fired.append(self.apply(move, (timer, firing.due, key)))
        return fired

    def wait(self, days: float = 0, hours: float = 0) -> list[Move]:
        """Time goes on, and the clock with it."""
        self.now += timedelta(days=days, hours=hours)
        return self.tick()

    def wait_until(self, day: date) -> list[Move]:
        return self.wait(days=(day - self.today).days)

    def _firing(self, timer: Timer) -> Firing | None:
        """Kept as long as the timer is the same: a case asks at every step."""
        known = self._firings.get(timer.id or 0)
        if known is None or known[0] is not timer:
            law, rungs = self.world.jurisdiction, self.definition.deadline(timer.deadline, self.snapshot.variant).rungs
            firing = next_firing(timer, rungs, self.world.calendar, law.office_opens, law.zone, timer.born)
            known = self._firings[timer.id or 0] = (timer, firing)
        return known[1]

    def _sheet(self, move: Move) -> tuple[Timer, date, str] | None:
        """D29: the chief's sheet is the rung."""
        if move.action.name != "supervise":
            return None
        timer = self.running(str(move.codes["deadline"]))
        day = due_of(timer, self.world.calendar).day
        return (timer, day, "+3:supervise") if day else None

    def _own(self, row: Action) -> int:
        """The bureau whose reviewer opens a case."""
        record = self.snapshot.record
        own = next((guard.column for guard in row.guard if hasattr(guard, "column")), "supplied_by")
        return getattr(record, own) if record else BUREAUS[0]


def _timers_after(before: tuple[Timer, ...], move: Move, fired: tuple[Timer, date, str] | None) -> tuple[Timer, ...]:
    """The timers as the database would have them after a move and the rung that it claims."""
    if not (move.timers or fired):
        return before
    timers = {timer.id: timer for timer in before}
    for timer in move.timers:
        number = timer.id if timer.id is not None else len(timers) + 1
        timers[number] = replace(timer, id=number)
    if fired:
        timer, day, key = fired
        timers[timer.id] = replace(timers[timer.id], fired=timers[timer.id].fired | {(day, key)})
    return tuple(timers.values())


def working_answers(walk: Walk, row: Action) -> dict[str, object]:
    """Answers with which the action can be taken, the first of those offered."""
    return {
        asked.name: _answer(walk, asked)
        for asked in row.asks
        if asked.required or asked.kind is not FieldKind.DATE or asked.name == LAW_DAY
    }


def _answer(walk: Walk, asked: Field) -> object:
    match asked.kind:
        case FieldKind.CLAIMS:
            return {"display": "ended"} if asked.display else CLAIMED
        case FieldKind.FINDINGS:
            return findings("as_claimed", to_find(walk.definition, asked, walk.snapshot.past))
        case FieldKind.CHOICE:
            return asked.choices[0].code
        case FieldKind.BUREAU:
            return next(bureau for bureau in BUREAUS if bureau != walk.snapshot.complained_bureau)
        case FieldKind.DEADLINE:
            timers = (t for t in walk.snapshot.timers if t.stopped is None and t.owner != Party.ENTERPRISE)
            return next((timer.deadline for timer in timers), "")
        case FieldKind.DATE:
            return walk.today
        case _:
            return PLAIN[asked.kind]


def findings(code: str, fields: Iterable[str]) -> dict[str, dict[str, str]]:
    """The same finding for each field."""
    return {name: {"finding": code, "value": "1.00", "reason": "because"} for name in fields}


PLAIN: Mapping[FieldKind, object] = {
    FieldKind.LINE: "words", FieldKind.TEXT: "words", FieldKind.FILES: ("a file",), FieldKind.NUMBER: 10,
    FieldKind.RECORD: 5, FieldKind.PERSON: 22, FieldKind.COMMITMENT: "given",
    FieldKind.LAW: "an article", FieldKind.TICK: "given",
}  # fmt: skip


def _followed(record: RecordFacts | None, move: Move) -> RecordFacts | None:
    """Records follow a successor too (D26)."""
    for effect in move.effects:
        if record and effect.name == "succeed" and isinstance(effect.value, tuple):
            old, new = effect.value
            supplied = new if record.supplied_by == old else record.supplied_by
            determined = new if record.determined_by == old else record.determined_by
            return replace(record, supplied_by=supplied, determined_by=determined)
    return record
