"""One case on its way through the use cases, in the hands of people who act at random, until its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select

from cases.engine.advance import Command, advance
from cases.engine.writing import next_rung
from cases.model.reading import LoadedCase, read_cases
from cases.model.tables import Case
from cases.model.visibility import person_in
from tests.cases.walks.answering import fitting_answers
from tests.cases.walks.happened import Happened, events_after
from tests.cases.walks.town import Town
from tests.workflow.aiming import Place
from tests.workflow.guide import Aim, Guide, Key, keys_of
from workflow.decide import choices
from workflow.definition import CASE, CLOCK, RECOUNTED, SENDS_BACK, START, Action, Definition, Party, Role
from workflow.past import waiting_proposal
from workflow.refusal import Refusal
from workflow.snapshot import Person, RuleContext, Snapshot
from workflow.timing import Timer, due_of

STEPS = 18
"""So many turns it walks about; then it goes home, to an end."""
LONGEST = 34
"""So many where it has not done yet what it is after."""
PATIENCE = 60
"""So many turns a case may need to come to an end when everybody wants it to."""

COUNTED = 0.1
"""How often the rows are counted around an act that may be refused."""
SELDOM = 0.25
"""How often what befalls the whole place, or takes a case of its own, is done by who is not after it."""

Special = Callable[["CaseWalk", Action], bool]


@dataclass
class CaseWalk:
    """A walk reads its case anew at every turn; `moves` is what has happened, `watch` is told of it."""

    town: Town
    guide: Guide
    case_id: int
    dice: Random
    watch: Callable[[CaseWalk, Snapshot | None, list[Happened]], None]
    refused: Callable[[CaseWalk, Action, Refusal, dict[str, int] | None], None]
    intruded: Callable[[CaseWalk, Action, str], None]
    count_rows: Callable[[], dict[str, int]]
    seed: str = ""
    file: LoadedCase = field(init=False)
    moves: list[Happened] = field(default_factory=list)
    keys: set[Key] = field(default_factory=set)
    aim: Aim = field(default_factory=lambda: Aim([], []))
    after: str = ""
    steps: int = 0
    homing: int = 0
    over: bool = False
    actors: dict[int, Person] = field(default_factory=dict)
    patience: float = 1.0
    fond: float = 0.1
    helper: bool = False
    """Whether it was opened for another walk's sake: then it goes home from where that leaves it."""
    _stands: tuple[int | None, int] = (None, 0)

    @property
    def said(self) -> Counter[tuple[str, str, object]]:
        """How often each answer was given in all walks of the kind."""
        return self.guide.said

    def begin(self) -> None:
        """Read the case that has just been opened, and choose what to be after."""
        self.patience, self.fond = self.dice.choice((0.2, 1.0, 3.0)), self.dice.choice((0.02, 0.1, 1.0))
        self.look()
        self.aim = self.guide.aim(self.dice, self.place, self.snapshot.past[0].codes)
        self.after = self.aim.keys[-1][2] if self.aim.keys else ""

    @property
    def definition(self) -> Definition:
        return self.guide.definition

    @property
    def snapshot(self) -> Snapshot:
        return self.file.snapshot

    @property
    def record_id(self) -> int | None:
        return self.file.record_id

    @property
    def state(self) -> str:
        return self.snapshot.state

    @property
    def place(self) -> Place:
        return (self.snapshot.variant, self.snapshot.state)

    @property
    def final(self) -> bool:
        return self.definition.state(self.state).final

    @property
    def world(self) -> RuleContext:
        return self.town.world

    @property
    def now(self) -> datetime:
        return self.town.now

    @property
    def today(self) -> date:
        return self.town.today

    @property
    def bureaus(self) -> list[int]:
        return self.town.bureaus

    @property
    def people(self) -> list[Person]:
        return [Person(user, frozenset()) for user in self.town.users]

    def due_day(self, timer: Timer) -> date | None:
        return due_of(timer, self.world.calendar).day

    def other_record(self) -> int:
        """A record of the firm, for a form that names one: its own, or a new one."""
        town, firm = self.town, self.file.enterprise_id
        bureau = self.dice.choice(town.bureaus)
        return town.new_record("penalty", bureau, bureau, firm)

    def look(self) -> None:
        """Read the case and what has happened since, and let it be looked at; what is as it was is not read again."""
        stands = (self.town.session.scalar(select(Case.length).where(Case.id == self.case_id)), self.town.version)
        if stands == self._stands:
            return
        self._stands = stands
        before = self.snapshot if self.moves else None
        self.file = read_cases(self.town.session, [self.case_id])[0]
        seq, variant = (self.moves[-1].seq, self.moves[-1].variant) if self.moves else (0, self.snapshot.variant)
        new = list(events_after(self.town.session, self.definition, self.case_id, seq, variant, self.actors))
        self.moves += new
        for move in new:
            self.keys.update(keys_of(move, move.taken_in))  # type: ignore[arg-type]
        if new:
            self.watch(self, before, new)

    def attempt(self, row: Action, role: Role, **fixed: object) -> bool:
        """The act with random answers by somebody who may read the case; False where nobody could."""
        people = self.town.people(role, self.file)
        for identity, person in self.dice.sample(people, min(2, len(people))):
            if not self.town.can_read(identity, self.case_id):
                continue
            answers = fitting_answers(self, row, role, **fixed)
            shown = self.file.length if self.dice.random() < 0.5 else None
            waiting = waiting_proposal(self.definition, self.file.snapshot.past)
            rows = self._counted()
            try:
                written = advance(
                    self.world,
                    Command(self.case_id, row.name, answers, shown, waiting.seq if waiting else None),
                    person,
                    self.now,
                )
            except Refusal as refusal:
                self.refused(self, row, refusal, rows)
                continue
            self.actors[written.seq] = person
            return True
        return False

    def _counted(self) -> dict[str, int] | None:
        """How many rows there are, now and then, once what fell due has been recorded."""
        if self.dice.random() >= COUNTED:
            return None
        self.town.catch_up(self.case_id)
        return self.count_rows()

    def intrude(self) -> None:
        """Somebody tries what is not offered to them: it is refused, and nothing has happened."""
        identity = self.dice.choice(self.town.everybody())
        person = person_in(identity, self.file)
        row = self.dice.choice([row for row in self.definition.actions if row.offered and START not in row.source])
        offered = choices(self.definition, self.snapshot, self.world, person, self.now)
        if any(act.action.name == row.name and act.why_not is None for act in offered):
            return
        answers, rows = fitting_answers(self, row, row.by[0]), self.count_rows()
        try:
            advance(self.world, Command(self.case_id, row.name, answers), person, self.now)
        except Refusal as refusal:
            self.refused(self, row, refusal, rows)
        else:
            self.intruded(self, row, identity.name)

    def rung_at(self) -> datetime | None:
        found = next_rung(self.world, self.definition, self.snapshot.timers)
        return found[1].at if found else None

    def next_turn(self) -> datetime:
        """Some hours on, or when the next rung falls, most of all where that is what the walk is after."""
        rung, desk = self.rung_at(), self.definition.state(self.state).desk
        waits = self.aim.waits(self.place) and not self.homing
        likely = 0.9 if waits else 0.4 if desk is Party.ENTERPRISE else 0.12
        if rung and self.dice.random() < likely:
            return max(self.now, rung)
        return self.now + timedelta(hours=self.dice.expovariate(1 / (12 * self.patience)))

    def turn(self, special: Special) -> None:
        """One turn: what fell due has been done; somebody acts, or the walk is over."""
        self.look()
        self.aim.look(self.keys)
        self.steps += 1
        rests = self.helper or (self.final and not self.aim.keys and self.dice.random() < 0.3)
        if self.homing or rests or self.steps > (LONGEST if self.aim.keys else STEPS):
            self.homing += 1
        if self.homing and self.final:
            self.over = True
            return
        if self.dice.random() < 0.05:
            self.town.catch_up(self.case_id)
            self.look()
            self.intrude()
        if self.homing:
            self._go_home(special)
        else:
            self._act(special)
        self.look()

    @property
    def lost(self) -> bool:
        """Whether it has not ended for so long that it never will."""
        return self.homing > PATIENCE

    def _act(self, special: Special) -> None:
        acts = list(self.guide.acts(self.place))
        for _ in range(3):
            if not acts:
                return
            row, role = acts.pop(self.guide.choose(self.dice, acts, self.place, self.aim, self.fond))
            if self._take(row, role, special):
                return

    def _take(self, row: Action, role: Role, special: Special) -> bool:
        if role == CASE or row.name in (RECOUNTED, "succeeded"):
            wanted = self.aim.key is not None and self.aim.key[0] == row.name
            return (wanted or self.dice.random() < SELDOM) and special(self, row)
        return self.attempt(row, role)

    def _go_home(self, special: Special) -> None:
        """The act that leads nearest to an end, by whoever may take it."""
        for row, role in self._homeward():
            if self.attempt(row, role):
                return
        if self.definition.state(self.state).desk is Party.BUREAU and self.snapshot.bureau:
            self.town.help_out(self.snapshot.bureau)

    def _homeward(self) -> Iterator[tuple[Action, Role]]:
        finals = [(variant, state.name) for variant in self.definition.variants or ("",)
                  for state in self.definition.states if state.final]  # fmt: skip
        far = self.guide.map.distances(finals, {id(row): 1 for row in self.guide.map.rows})
        acts = [
            (row, role)
            for row, role in self.guide.acts(self.place)
            if row.moves and role not in (CLOCK, CASE) and row.part is not SENDS_BACK
        ]
        self.dice.shuffle(acts)

        def steps(act: tuple[Action, Role]) -> float:
            targets = [far.get(there, 99) for there in self.guide.map.leads(act[0], self.place)]
            return min(targets, default=99) + 2 * self.dice.random()

        yield from sorted((act for act in acts if act[0].name != "succeeded"), key=steps)
