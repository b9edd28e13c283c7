"""Walk a definition without a database: a snapshot, moves applied to it, and a clock that fires its rungs."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from workflow.decide import Move, asked_of, choices, decide
from workflow.definition import CLOCK, ROLES, START, Action, Definition, Field, FieldKind, Party, Role
from workflow.findings import may_find, to_find
from workflow.refusal import Refusal
from workflow.snapshot import Past, Person, RecordFacts, Snapshot, World
from workflow.timing import Firing, Timer, next_firing, rung_key

RECORD = RecordFacts(id=1, supplied_by=11, determined_by=12)
BUREAUS = (11, 12)
CLOCKWORK = Person(None, frozenset({CLOCK}))


@dataclass
class Walk:
    """One case on its way: what it is now, and every move it has made."""

    definition: Definition
    world: World
    now: datetime
    dice: random.Random
    snapshot: Snapshot = field(init=False)
    moves: list[Move] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.snapshot = Snapshot(
            kind=self.definition.kind, state=START, record=RECORD, enterprise=1, filed_on=self.today,
            remedies={"office": True, "bureau": True},
        )  # fmt: skip

    @property
    def today(self):  # type: ignore[no-untyped-def]
        return self.world.jurisdiction.day_of(self.now)

    def people(self) -> Iterator[Person]:
        """A person for every role, and the clock apart."""
        for number, role in enumerate(ROLES.values(), start=1):
            bureau = self.snapshot.bureau if role.party is Party.BUREAU else None
            yield Person(number, frozenset({role}), f"person {number}", bureau)

    def open_acts(self) -> list[tuple[Action, Role, Person]]:
        """Everything that somebody may do now."""
        return [
            (act.action, act.role, person)
            for person in self.people()
            for act in choices(self.definition, self.snapshot, self.world, person, self.now)
            if act.why_not is None
        ]

    def take(self, action: str, person: Person, answers: Mapping[str, object]) -> Move:
        return self.apply(decide(self.definition, self.snapshot, self.world, action, person, answers, self.now))

    def apply(self, move: Move) -> Move:
        """The snapshot after a move, as the database would read it again."""
        before = self.snapshot
        past = Past(before.version + 1, move.action.name, move.on, move.role.name, move.person.id, move.person.bureau,
                    move.source, move.target.name, move.round, move.codes)  # fmt: skip
        timers = {timer.id: timer for timer in before.timers}
        for timer in move.timers:
            number = timer.id if timer.id is not None else len(timers) + 1
            timers[number] = replace(timer, id=number)
        self.snapshot = replace(
            before, state=move.target.name, round=move.round, variant=move.variant, bureau=move.bureau,
            version=before.version + 1, past=(*before.past, past), timers=tuple(timers.values()),
        )  # fmt: skip
        self.moves.append(move)
        return move

    def due(self) -> tuple[Timer, Firing] | None:
        law = self.world.jurisdiction
        firings = [
            (timer, firing)
            for timer in self.snapshot.timers
            if (firing := next_firing(timer, self.definition.deadline(timer.deadline).rungs, self.world.calendar,
                                      law.office_opens, law.zone))
        ]  # fmt: skip
        return min(firings, key=lambda pair: (pair[1].at, pair[1].rung.offset), default=None)

    def tick(self) -> int:
        """Fire what is due, in order; how many rungs."""
        fired = 0
        while (found := self.due()) and found[1].at <= self.now:
            timer, firing = found
            answers = {"deadline": timer.deadline, "due": firing.due.isoformat(), "rung": rung_key(firing.rung)}
            move = decide(self.definition, self.snapshot, self.world, firing.rung.action, CLOCKWORK, answers, self.now,
                          as_of=firing.at, on=firing.on)  # fmt: skip
            self.apply(move)
            marked = {t.id: t for t in self.snapshot.timers}
            marked[timer.id] = replace(marked[timer.id], fired=timer.fired | {(firing.due, rung_key(firing.rung))})
            self.snapshot = replace(self.snapshot, timers=tuple(marked.values()))
            fired += 1
        return fired

    def recount(self) -> None:
        """A new calendar is loaded and moves a date of this case, where it is open."""
        if self.definition.action("recounted", self.snapshot.state, self.snapshot.variant):
            self.take("recounted", CLOCKWORK, {})

    def wait(self, hours: float) -> None:
        self.now += timedelta(hours=hours)
        self.tick()

    def answers(self, action: Action, role: Role) -> dict[str, object]:
        """Random answers that the action can take."""
        return {asked.name: self._answer(asked) for asked in asked_of(action, role)}

    def _answer(self, asked: Field) -> object:
        dice = self.dice
        match asked.kind:
            case FieldKind.CLAIMS:
                return {"display": "ended"} if dice.random() < 0.3 else {"fine": "0.80", "decided_on": "2026-03-13"}
            case FieldKind.FINDINGS:
                fields = to_find(self.definition, asked, self.snapshot.past)
                bias = dice.choice([None, "as_claimed", "kept", "undecidable"])
                return {name: self._finding(asked, name, bias) for name in fields}
            case FieldKind.CHOICE:
                return dice.choice(asked.choices).code
            case FieldKind.BUREAU:
                return dice.choice(BUREAUS)
            case FieldKind.DEADLINE:
                return dice.choice([timer.deadline for timer in self.snapshot.timers if timer.stopped is None])
            case FieldKind.DATE:
                return self.today
            case FieldKind.FILES:
                return ("a file",)
            case _:
                return "words"

    def _finding(self, asked: Field, name: str, bias: str | None) -> dict[str, str]:
        allowed = may_find(asked, name)
        code = bias if bias in allowed else self.dice.choice(allowed)
        return {"finding": code, "value": "1.00", "reason": "because"}


def random_walk(definition: Definition, world: World, start: datetime, seed: int, steps: int = 90) -> Walk:
    """A case in the hands of people who act at random, and of the clock; it ends by itself or after so many steps."""
    dice = random.Random(seed)
    walk = Walk(definition, world, start + timedelta(hours=dice.randrange(24 * 700)), dice)
    opening = next(action for action in definition.actions if START in action.source)
    walk.take(opening.name, Person(1, frozenset({opening.by[0]})), walk.answers(opening, opening.by[0]))
    patience = dice.choice([0.1, 0.5, 1.0, 4.0])
    disliked = {action.name for action in definition.actions if dice.random() < _dislike(definition, action)}
    liked = set(dice.sample(sorted({action.name for action in definition.actions}), 6))
    disliked -= liked
    staying = {action.name for action in definition.actions if not action.moves}
    for _ in range(steps):
        walk.wait(dice.expovariate(1 / (24 * patience)))
        if dice.random() < 0.03:
            walk.recount()
        acts = walk.open_acts()
        if walk.definition.by_state[walk.snapshot.state].final and dice.random() < 0.15:
            break
        if acts and dice.random() < 0.8:
            names = sorted({action.name for action, _, _ in acts})
            name = dice.choices(names, [_weight(name, liked, disliked, staying) for name in names])[0]
            action, role, person = dice.choice([act for act in acts if act[0].name == name])
            try:
                walk.take(action.name, person, walk.answers(action, role))
            except Refusal:
                continue
    return walk


def _weight(name: str, liked: set[str], disliked: set[str], staying: set[str]) -> float:
    if name in staying:
        return 0.2
    return 0.02 if name in disliked else 20.0 if name in liked else 1.0


def _dislike(definition: Definition, action: Action) -> float:
    """Most walks avoid the short ways out, so that the long ways are walked too."""
    ends = all(definition.by_state[target].final for target in action.targets if isinstance(target, str))
    return 0.93 if ends and action.moves and len(action.targets) == 1 else 0.4


def counted(walks: list[Walk]) -> Counter[str]:
    """In how many walks each action was taken."""
    return Counter(name for walk in walks for name in {move.action.name for move in walk.moves})


NOON = datetime(2025, 1, 6, 4, 0, tzinfo=UTC)
