"""A place in which many cases of every kind walk at once, over two years and until the last of them is over."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random

from sqlalchemy import func, select

from cases.engine.advance import Opening, open_case
from cases.ledger.witness import Witness
from cases.model.reading import read_cases, record_facts
from cases.model.tables import Case, TimerRow
from cases.model.visibility import person_in, person_opening
from extensions import db
from registry.credit_records import CreditRecord
from registry.organisations import Bureau
from tests.cases.walks.answering import fitting_answers
from tests.cases.walks.holds import faults_of_case, rows_of_all
from tests.cases.walks.linked import SUSTAINED, complain, take_each
from tests.cases.walks.town import Town, make_town
from tests.cases.walks.walker import CaseWalk
from tests.cases.walks.watching import Tally, trail
from tests.workflow.guide import Guide
from tests.workflow.strolling import FIRST_DAY, RECORD_KINDS
from workflow.calendar import ONE_DAY
from workflow.decide import choices
from workflow.definition import CASE, RECOUNTED, START, Action, Party, Role
from workflow.refusal import Refusal
from workflow.snapshot import Snapshot

DAYS = 700
"""Cases begin at any hour of so many days."""
MENDED = 15
"""After so many turns in which a case could not be ended, whatever remedy is missing is entered."""
AFTERWARDS = timedelta(days=5 * 366)
"""Every window in which a closed case can be opened again has passed by then."""


@dataclass
class Round:
    """One place and its walks."""

    town: Town
    tally: Tally
    queue: list[tuple[datetime, int, CaseWalk | str]] = field(default_factory=list)
    known: set[int] = field(default_factory=set)
    seed: str = ""
    struck: list[int] = field(default_factory=list)
    """The bureaus that have no remedy entered now."""
    _turns: Iterator[int] = field(default_factory=count)

    @property
    def dice(self) -> Random:
        return self.town.dice

    def play(self, starts: Mapping[str, int], often: int = 60) -> None:
        """So many walks of each kind, until all are over; the whole place is looked at every so many turns."""
        for kind, number in starts.items():
            for _ in range(number):
                self._push(FIRST_DAY + timedelta(hours=self.dice.randrange(24 * DAYS)), kind)
        while self.queue and not self.tally.has_seen:
            at, turn, what = heappop(self.queue)
            self.town.now = max(self.town.now, at)
            self._befalls()
            walk = self.open(what) if isinstance(what, str) else self._turn(what)
            self._adopt()
            if walk and not walk.over:
                self._push(walk.next_turn(), walk)
            if turn % often == 0:
                self.tally.look_around(self.town)
            db.session.remove()
        if not self.tally.has_seen:
            self._afterwards()

    def _push(self, at: datetime, what: CaseWalk | str) -> None:
        heappush(self.queue, (at, next(self._turns), what))

    def _turn(self, walk: CaseWalk) -> CaseWalk:
        due = walk.rung_at()
        if (due and due <= self.town.now and self.dice.random() < 0.8) or self.dice.random() < 0.15:
            self.town.clock()
            self.tally.look_at_the_clock(self.town)
        if walk.homing > MENDED:
            self._enter_remedies()
        walk.turn(self._special)
        if walk.lost:
            self.tally.wrong("a walk never ends", trail(walk))
            walk.over = True
        if walk.over:
            self.tally.done(walk)
        return walk

    def _befalls(self) -> None:
        """What befalls a place now and then."""
        chance = self.dice.random()
        if chance < 0.03:
            self.town.name_deputy()
        elif chance < 0.033:
            self.town.succeed(self.dice.choice(self.town.bureaus))
        elif chance < 0.04:
            self.struck.append(self.dice.choice(self.town.bureaus))
            self.town.set_remedy(False, self.struck[-1])
        elif chance < 0.10 and self.struck:
            self.town.set_remedy(True, self.struck.pop())

    def _enter_remedies(self) -> None:
        while self.struck:
            self.town.set_remedy(True, self.struck.pop())

    def open(self, kind: str) -> CaseWalk | None:
        """A case of a kind, opened by one of its rows; by another case where that is how it opens."""
        guide = self.tally.guides[kind]
        for _ in range(20):
            row, role, variant = guide.opening(self.dice)
            if role == CASE:
                if walk := self._opened_by_another(kind):
                    return walk
            elif walk := self.file(guide, row, role, variant):
                return walk
        self.tally.wrong(f"no {kind} can be opened", str(self.town.now))
        return None

    def file(self, guide: Guide, row: Action, role: Role, variant: str, record: int | None = None,
             firm: int | None = None) -> CaseWalk | None:  # fmt: skip
        """One case through the door; None where it is refused."""
        town, definition = self.town, guide.definition
        firm = firm or self.dice.choice(town.firms)
        record_id = None if definition.without_record else record or self._record(guide, variant, firm)
        about = town.session.get(CreditRecord, record_id) if record_id else None
        persons = [person_opening(identity, about, firm) for identity in town.everybody()]
        able = [person for person in persons if role in person.roles]
        if not able:
            return None
        walk = self._walk(guide, 0)
        walk.file = unopened(firm, record_id, variant, definition.kind)  # type: ignore[assignment]
        opening = Opening(definition.kind, row.name, record_id, fitting_answers(walk, row, role), variant=variant,
                          enterprise_id=None if record_id else firm)  # fmt: skip
        try:
            walk.case_id = open_case(town.world, opening, self.dice.choice(able), town.now).case_id
        except Refusal:
            return None
        return self._begun(walk)

    def _walk(self, guide: Guide, case_id: int) -> CaseWalk:
        return CaseWalk(self.town, guide, case_id, self.dice, self.tally.watch, self.tally.refused,
                        self.tally.intruded, self._count_rows, self.seed)  # fmt: skip

    def _begun(self, walk: CaseWalk) -> CaseWalk:
        self.known.add(walk.case_id)
        walk.begin()
        return walk

    def _count_rows(self) -> dict[str, int]:
        return rows_of_all(self.town.session)

    def _record(self, guide: Guide, variant: str, firm: int) -> int:
        """A record of a kind that fits; sometimes somebody there has entered it, or is named as its handler."""
        town, dice = self.town, self.dice
        supplied, determined = (dice.choice([one for one in town.bureaus if one != town.market]) for _ in range(2))
        determined = supplied if dice.random() < 0.5 else determined
        if variant == "market_regulation":
            determined = town.market
        staff = [identity for identity in town.everybody() if identity.bureau_id == determined]
        handler, typist = dice.choice(staff), dice.choice(staff)
        return town.new_record(
            dice.choice(guide.definition.records or RECORD_KINDS), supplied, determined, firm,
            handler.name if dice.random() < 0.2 else "", typist.user_id if dice.random() < 0.2 else None,
        )  # fmt: skip

    def _special(self, walk: CaseWalk, row: Action) -> bool:
        """What no person does at the case itself: a succession, a holiday notice, another case."""
        if row.name == "succeeded":
            return self._succeed(walk)
        if row.name == RECOUNTED:
            return self._notice(walk)
        return self._joined(walk)

    def _succeed(self, walk: CaseWalk) -> bool:
        case = walk.snapshot
        concerned = [one for one in (case.bureau, case.complained_bureau) if one in self.town.bureaus]
        return bool(concerned) and self.town.succeed(self.dice.choice(concerned)) is not None

    def _notice(self, walk: CaseWalk) -> bool:
        days = [day for timer in walk.snapshot.timers if timer.stopped is None and (day := walk.due_day(timer))]
        last = self.town.world.calendar.known_until
        off = [day for day in days if self.town.today < day and day.year <= last.year + 1
               and self.town.world.calendar.is_worked(day)]  # fmt: skip
        if off:
            self.town.notice(self.dice.choice(off))
        return bool(off)

    def _joined(self, walk: CaseWalk) -> bool:
        """Another case of the same firm adds what it found to this one."""
        if walk.definition.kind == "objection":
            return bool(walk.record_id and self._complain(walk.file.enterprise_id, walk.record_id))
        objections = self.tally.guides["objection"]
        row = next(one for one in objections.definition.actions if START in one.source)
        other = self.file(objections, row, row.by[0], "", walk.record_id, walk.file.enterprise_id)
        return self._quick(other, take_each(other, SUSTAINED) if other else False)

    def _opened_by_another(self, kind: str) -> CaseWalk | None:
        """The case that a quick one of another kind has opened."""
        firm = self.dice.choice(self.town.firms)
        record = self._record(self.tally.guides["objection"], "", firm)
        before = self.town.session.scalar(select(func.max(Case.id))) or 0
        if kind == "objection":
            self._complain(firm, record)
        else:
            objections = self.tally.guides["objection"]
            row = next(one for one in objections.definition.actions if START in one.source)
            other = self.file(objections, row, row.by[0], "", record, firm)
            if self._quick(other, take_each(other, SUSTAINED) if other else False):
                self.town.contradict(record)
        found = select(Case.id).where(Case.id > before, Case.kind == kind, Case.record_id == record)
        case_id = self.town.session.scalar(found.order_by(Case.id.desc()).limit(1))
        return self._opened(case_id) if case_id is not None and case_id not in self.known else None

    def _complain(self, firm: int, record: int) -> bool:
        complaints = self.tally.guides["complaint"]
        row = next(one for one in complaints.definition.actions if START in one.source)
        other = self.file(complaints, row, row.by[0], "unrouted", firm=firm)
        return self._quick(other, complain(other, record) if other else False)

    def _quick(self, other: CaseWalk | None, went: bool) -> bool:
        """The other case walks on too."""
        if other:
            other.helper = True
            self._push(other.next_turn(), other)
        return went

    def _adopt(self) -> None:
        """Cases that other cases have opened walk too."""
        found = self.town.session.execute(select(Case.id, Case.kind).where(Case.id > max(self.known, default=0)))
        for case_id, _kind in found.all():
            if case_id not in self.known:
                walk = self._opened(case_id)
                self._push(walk.next_turn(), walk)

    def _opened(self, case_id: int) -> CaseWalk:
        kind = self.town.session.get_one(Case, case_id).kind
        self.tally.joined[kind] += 1
        return self._begun(self._walk(self.tally.guides[kind], case_id))

    def _afterwards(self) -> None:
        """Years later nothing runs, nothing is open, and nobody can open anything again."""
        self.town.now += AFTERWARDS
        self.town.clock()
        session, tally = self.town.session, self.tally
        tally.look_around(self.town)
        if running := session.scalar(select(func.count(TimerRow.id)).where(TimerRow.stopped_on.is_(None))):
            tally.wrong("timers run when all is over", f"{self.seed}: {running}")
        everybody = self.town.everybody()
        for case_id in session.scalars(select(Case.id)).all():
            for fault in faults_of_case(session, self.town.world, case_id):
                tally.wrong(fault.partition(": ")[2], f"{self.seed} at the end: {fault}")
            file = read_cases(session, [case_id])[0]
            definition = tally.guides[file.kind].definition
            if not definition.state(file.snapshot.state).final:
                tally.wrong("a case is open when all is over", f"{self.seed}: {file.number} {file.snapshot.state}")
            for identity in everybody:
                offered = choices(definition, file.snapshot, self.town.world, person_in(identity, file), self.town.now)
                if again := [act.action.name for act in offered if act.action.reopens and act.why_not is None]:
                    tally.wrong("a case can be opened again for ever", f"{self.seed}: {file.number} {again}")
        db.session.remove()


@dataclass(frozen=True)
class Unopened:
    """What forms look at before there is a case."""

    snapshot: Snapshot
    enterprise_id: int
    record_id: int | None


def unopened(firm: int, record: int | None, variant: str, kind: str) -> Unopened:
    about = db.session().get(CreditRecord, record) if record else None
    facts = record_facts(about, db.session().get_one(Bureau, about.determined_by_id)) if about else None
    return Unopened(Snapshot(kind=kind, state=START, variant=variant, record=facts, enterprise=firm), firm, record)


def play_round(tally: Tally, starts: Mapping[str, int], seed: str, witness: Witness | None = None) -> None:
    """One place from nothing, on the database of the application that is there."""
    dice = Random(seed)
    town = make_town(FIRST_DAY - ONE_DAY, dice, witness)
    Round(town, tally, seed=seed).play(starts)


__all__ = ["Party", "Round", "play_round"]
