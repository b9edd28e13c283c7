"""What has been walked already, so that the next walk takes what was seldom taken; and what every kind must show.

A key of an act is its row, the variant and the role; of a rung its deadline, the variant and the rung.
"""

import random
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from tests.workflow.aiming import FAR, Map, Place
from workflow.decide import Move
from workflow.definition import CLOCK, RECOUNTED, START, STAY, Action, Definition, Party, Role
from workflow.guards import After, InHand, NotAfter
from workflow.jurisdiction import Jurisdiction

Key = tuple[str, ...]
Act = tuple[Action, Role]


def act_key(action: Action, variant: str, role: Role) -> Key:
    """A row by its name and first state: no two rows of a name leave one state in one variant."""
    return (action.name, action.source[0], variant, role.name)


def rung_key_of(deadline: str, variant: str, rung: str) -> Key:
    return ("rung", deadline, variant, rung)


def keys_of(move: Move, variant: str) -> Iterator[Key]:
    """What a move shows; `variant` is the one in which it was taken."""
    yield act_key(move.action, variant, move.role)
    if "rung" in move.codes:
        yield rung_key_of(str(move.codes["deadline"]), variant, str(move.codes["rung"]))


def wanted(ways: Map, definition: Definition, law: Jurisdiction) -> dict[Key, set[Place]]:
    """Every row by every role in every variant, every rung of a deadline that is long enough for it; and where."""
    found: dict[Key, set[Place]] = {}
    for edge in ways.ways.edges:
        for role in edge.action.by:
            if edge.source.routed or role.party is not Party.BUREAU or edge.source.state == START:
                key = act_key(edge.action, edge.source.variant, role)
                found.setdefault(key, set()).add((edge.source.variant, edge.source.state))
    for deadline in definition.deadlines:
        longest = max(rule.n for rule in law.rules if rule.name == deadline.rule)
        for variant, state in ways.ways.reached(deadline):
            for rung in deadline.rungs if state.name not in deadline.paused_in else ():
                if longest >= rung.at_least:
                    key = rung_key_of(deadline.name, variant, f"{rung.offset:+d}:{rung.action}")
                    found.setdefault(key, set()).add((variant, state.name))
    return found


@dataclass
class Aim:
    """What one walk is after, one key after another; and what would rule it out."""

    keys: list[Key]
    far: list[dict[Place, int]]
    avoid: frozenset[str] = frozenset()

    @property
    def key(self) -> Key | None:
        return self.keys[0] if self.keys else None

    def steps(self, place: Place) -> int:
        return self.far[0].get(place, FAR) if self.far else FAR

    def look(self, seen: set[Key]) -> None:
        """Go on to the next once this is taken."""
        while self.keys and self.keys[0] in seen:
            del self.keys[0], self.far[0]

    def waits(self, place: Place) -> bool:
        """Whether it is for the clock, there and then."""
        return self.key is not None and self.steps(place) == 0 and (self.key[0] == "rung" or self.key[-1] == "clock")


@dataclass
class Guide:
    """Counts in how many walks each key was seen, and chooses what was seen least."""

    definition: Definition
    law: Jurisdiction
    seen: Counter[Key] = field(default_factory=Counter)
    tried: Counter[Key] = field(default_factory=Counter)
    said: Counter[tuple[str, str, object]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.map = Map(self.definition)
        self.wanted = wanted(self.map, self.definition, self.law)
        self._acts: dict[Place, tuple[Act, ...]] = {}
        self._before = {}
        self._row = {}
        for row in self.definition.actions:
            for variant in row.variants or self.definition.variants or ("",):
                for role in row.by:
                    key = act_key(row, variant, role)
                    self._row[key], self._before[key] = id(row), _prepared(self.definition, row, variant, role)
        self._short = {id(row) for row in self.definition.actions if self._only_ends(row)}

    def opening(self, dice: random.Random) -> tuple[Action, Role, str]:
        """A way to open a case: each row by each of its roles in each variant, the seldom first."""
        ways = [
            (row, role, variant)
            for variant in self.definition.variants or ("",)
            for row in self.definition.actions_from(START, variant)
            for role in row.by
        ]
        weights = [1 / (1 + self.seen[act_key(row, variant, role)]) for row, role, variant in ways]
        return dice.choices(ways, weights)[0]

    def aim(self, dice: random.Random, place: Place, opening: Mapping[str, object], seen: Collection[Key] = ()) -> Aim:
        """Something seldom that can be reached from there and was not `seen` on the way, with what must come before."""
        costs = self.map.costs(dice, opening)
        there = self.map.reached(place, costs)
        found = [
            key
            for key in self.wanted
            if key not in seen and not there.isdisjoint(self.wanted[key]) and not self._closed(key, costs)
        ]
        if not found:
            return Aim([], [])
        key = min(found, key=lambda one: (self.seen[one] + self.tried[one] // 3, dice.random()))
        first, avoid = self._before.get(key, ((), frozenset()))
        keys = [*first, key]
        self.tried[key] += 1
        return Aim(keys, [self.map.distances(self.wanted[one], costs) for one in keys], avoid)

    def acts(self, place: Place) -> tuple[Act, ...]:
        """What people, another case and a new calendar can do there; the clock's rungs come by themselves."""
        if place not in self._acts:
            rows = self.definition.actions_from(place[1], place[0])
            self._acts[place] = tuple(
                (row, role) for row in rows for role in row.by if role != CLOCK or row.name == RECOUNTED
            )
        return self._acts[place]

    def choose(self, dice: random.Random, acts: list[Act], place: Place, aim: Aim, fond: float) -> int:
        """The place in the list of an act: likelier where it leads to the aim, or was seldom taken."""
        here = aim.steps(place)
        weights = [self._weight(row, role, place, aim, here, fond) for row, role in acts]
        return dice.choices(range(len(acts)), weights)[0]

    def note(self, keys: set[Key]) -> None:
        self.seen.update(keys)

    def missing(self, often: int) -> dict[Key, int]:
        return {key: self.seen[key] for key in sorted(self.wanted) if self.seen[key] < often}

    def _weight(self, row: Action, role: Role, place: Place, aim: Aim, here: int, fond: float) -> float:
        key = act_key(row, place[0], role)
        weight = (fond if id(row) in self._short else 1.0) / (1 + self.seen[key]) ** 0.5
        if here == FAR:
            return weight
        if row.name in aim.avoid:
            return weight / 100
        if here == 0:
            return 40 * weight if key == aim.key else weight / (10 if row.moves else 1)
        far, leads = aim.far[0], self.map.leads(row, place)
        nearest = min([far.get(target, FAR) for target in leads]) if leads else here
        return (1.0 if nearest < here else 0.02 if nearest == here else 0.01) * weight**0.3

    def _closed(self, key: Key, costs: Mapping[int, int]) -> bool:
        return key in self._row and costs[self._row[key]] == FAR

    def _only_ends(self, row: Action) -> bool:
        """Whether all that it does is to end an open case."""
        states, targets = self.definition.by_state, [str(target) for target in row.targets if target is not STAY]
        opens = all(name == START or not states[name].final for name in row.source)
        return opens and bool(targets) and all(states[target].final for target in targets)


def _prepared(definition: Definition, row: Action, variant: str, role: Role) -> tuple[list[Key], frozenset[str]]:
    """What must have been taken before a row can be, and what must not."""
    first: list[Key] = []
    avoid: set[str] = set()
    for guard in row.guard:
        if isinstance(guard, After):
            first += [act_key(before, variant, before.by[0]) for name in guard.actions
                      for before in definition.actions_named(name)[:1]]  # fmt: skip
        if isinstance(guard, NotAfter):
            avoid.update(guard.actions)
        if isinstance(guard, InHand) and guard.mine:
            taking = next(one for one in definition.actions_named("take") if one.source == row.source)
            first.append(act_key(taking, variant, role))
    return first, frozenset(avoid)
