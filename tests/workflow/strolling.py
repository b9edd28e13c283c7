"""Random walks: one case in the hands of people who act at random, and of the clock, over some two years."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from tests.workflow.aiming import Place
from tests.workflow.answering import random_answers
from tests.workflow.guide import Aim, Guide, Key, keys_of
from tests.workflow.people import BUREAUS, EVERYBODY, THE_CHIEF, staff
from tests.workflow.walking import READY, Walk
from workflow.decide import Move
from workflow.definition import CHIEF, OFFICER, START, Action, Definition, Party, Role
from workflow.refusal import Refusal
from workflow.snapshot import Person, RecordFacts, RuleContext, Snapshot
from workflow.timing import Timer

RECORD_KINDS = ("penalty", "serious_list", "abnormal_list", "honour_list", "other")
FIRST_DAY = datetime(2025, 1, 6, 1, tzinfo=UTC)
IN_THE_STEAD = replace(THE_CHIEF, roles=frozenset({OFFICER, CHIEF}))
"""D16: the head of the office alone, in a complaint about an officer."""


@dataclass
class Stroll(Walk):
    """A walk with its own dice; `watch` is told of every move."""

    dice: random.Random = field(default_factory=random.Random)
    watch: Callable[[Stroll, Snapshot, Move], None] = lambda *_: None
    people: list[Person] = field(default_factory=lambda: list(EVERYBODY))
    bureaus: list[int] = field(default_factory=lambda: list(BUREAUS))
    keys: set[Key] = field(default_factory=set)
    seed: int = 0
    said: Counter[tuple[str, str, object]] = field(default_factory=Counter)
    """How often each answer was given, in walks of the kind so far."""
    after: str = ""
    """The variant that it is after."""

    @property
    def place(self) -> Place:
        return (self.snapshot.variant, self.snapshot.state)

    def apply(self, move: Move, fired: tuple[Timer, date, str] | None = None) -> Move:
        before = self.snapshot
        super().apply(move, fired)
        self.keys.update(keys_of(move, move.variant if before.state == START else before.variant))
        for effect in move.effects:
            if effect.name == "succeed" and isinstance(effect.value, tuple):
                self._follow(*effect.value)
        self.watch(self, before, move)
        return move

    def who(self, role: Role) -> list[Person]:
        """Those who may act in a role: of the bureau that has the case, and in a complaint while it lies there."""
        case = self.snapshot
        if role.party is Party.OFFICE and case.complained_of == "officer":
            return [IN_THE_STEAD]
        if role.party is not Party.BUREAU or case.state == START:
            return [person for person in self.people if role in person.roles]
        if self.definition.closed_to and self.definition.state(case.state).desk is not Party.BUREAU:
            return []
        return [person for person in self.people if role in person.roles and person.bureau == case.bureau]

    def attempt(self, row: Action, role: Role) -> Move | None:
        """The act with random answers by somebody who may take it; None where it is refused."""
        people = self.who(role)
        for person in self.dice.sample(people, min(2, len(people))):
            try:
                return self.take(row.name, person, random_answers(self, row, role))
            except Refusal:
                continue
        return None

    def _follow(self, old: int, new: int) -> None:
        """Its people follow a bureau to its successor (D26)."""
        self.people = [replace(one, bureau=new) if one.bureau == old else one for one in self.people]
        self.bureaus = list(dict.fromkeys(new if bureau == old else bureau for bureau in self.bureaus))


def stroll(guide: Guide, world: RuleContext, seed: int, steps: int, watch: Callable[..., None]) -> Stroll:
    """One walk from an opening of the kind; it ends by itself or after so many steps."""
    dice = random.Random(f"{guide.definition.kind} {seed}")
    row, role, variant = guide.opening(dice)
    start = FIRST_DAY + timedelta(hours=dice.randrange(24 * 700))
    walk = Stroll(guide.definition, world, start, _record(guide.definition, variant, dice), variant, dice=dice,
                  watch=watch, seed=seed, said=guide.said)  # fmt: skip
    if dice.random() < 0.15:
        walk.snapshot = replace(walk.snapshot, remedies={**READY, dice.choice(("office", "bureau")): ()})
    while walk.attempt(row, role) is None:
        pass
    patience, fond = dice.choice((0.2, 1.0, 4.0)), dice.choice((0.02, 0.1, 1.0))
    aim = guide.aim(dice, walk.place, walk.snapshot.past[0].codes)
    walk.after, eager = aim.keys[-1][2], seed % 2 == 0
    for _ in range(steps):
        _time_goes_on(walk, aim, patience)
        aim.look(walk.keys)
        if eager and not aim.keys and not guide.definition.state(walk.state).final:
            aim = guide.aim(dice, walk.place, walk.snapshot.past[0].codes, walk.keys)
        if guide.definition.state(walk.state).final and not aim.keys and dice.random() < 0.3:
            break
        if dice.random() < 0.03:
            walk.snapshot = replace(walk.snapshot, remedies=READY)
        _somebody_acts(walk, guide, aim, fond)
    guide.note(walk.keys)
    return walk


def _time_goes_on(walk: Stroll, aim: Aim, patience: float) -> None:
    """Some hours, or until the next rung, most of all where that is what the walk is after."""
    found, desk = walk.next_rung(), walk.definition.state(walk.state).desk
    likely = 0.9 if aim.waits(walk.place) else 0.4 if desk is Party.ENTERPRISE else 0.1
    if found and walk.dice.random() < likely:
        walk.now = max(walk.now, found[1].at)
        walk.tick()
    else:
        walk.wait(hours=walk.dice.expovariate(1 / (12 * patience)))


def _somebody_acts(walk: Stroll, guide: Guide, aim: Aim, fond: float) -> None:
    acts = list(guide.acts(walk.place))
    for _ in range(3):
        if not acts:
            return
        row, role = acts.pop(guide.choose(walk.dice, acts, walk.place, aim, fond))
        if walk.attempt(row, role):
            return


def _record(definition: Definition, variant: str, dice: random.Random) -> RecordFacts:
    """A record of a kind that fits; sometimes somebody of the bureau has entered it, or is named as handler."""
    supplied, determined = dice.choice(((11, 11), (11, 12), (12, 12)))
    reviewer, approver = staff(supplied)[0], staff(supplied)[2]
    return RecordFacts(
        1, supplied, determined, entered_by=dice.choice((None, None, reviewer.id)),
        handler=dice.choice(("", "", approver.name)), kind=dice.choice(definition.records or RECORD_KINDS),
        branch="market_regulation" if variant == "market_regulation" else "general",
    )  # fmt: skip
