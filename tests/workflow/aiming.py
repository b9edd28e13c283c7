"""How far it is from each place of a procedure to what a walk aims at, by ways that are easy or hard at random."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from heapq import heappop, heappush
from random import Random

from workflow.checks.walk import Walk as Ways
from workflow.definition import START, Action, Definition
from workflow.guards import About

Place = tuple[str, str]
"""A variant and a state."""
FAR = 9999
COSTS = (1, 1, 1, 20)


class Map:
    """Where each row leads from each place."""

    def __init__(self, definition: Definition) -> None:
        self.ways = Ways(definition)
        self.rows = definition.actions
        self._leads: dict[tuple[int, Place], set[Place]] = defaultdict(set)
        self._into: dict[Place, list[tuple[int, Place]]] = defaultdict(list)
        self._out: dict[Place, list[tuple[int, Place]]] = defaultdict(list)
        for edge in self.ways.edges:
            here, there = (edge.source.variant, edge.source.state), (edge.target.variant, edge.target.state)
            if there not in self._leads[id(edge.action), here]:
                self._leads[id(edge.action), here].add(there)
                self._out[here].append((id(edge.action), there))
                self._into[there].append((id(edge.action), here))

    def leads(self, row: Action, here: Place) -> Collection[Place]:
        return self._leads.get((id(row), here), ())

    def costs(self, dice: Random, opening: Mapping[str, object]) -> dict[int, int]:
        """What it costs to go by each row: at random, since the shortest way is not always open; some are closed."""
        return {id(row): FAR if _is_closed(row, opening) else dice.choice(COSTS) for row in self.rows}

    def distances(self, goals: Iterable[Place], costs: Mapping[int, int]) -> dict[Place, int]:
        """From each place to the nearest goal; what cannot reach one is left out."""
        found: dict[Place, int] = {}
        todo = [(0, goal) for goal in goals]
        while todo:
            far, place = heappop(todo)
            if place in found or far >= FAR:
                continue
            found[place] = far
            for row, before in self._into[place]:
                if before not in found and before[1] != START:
                    heappush(todo, (far + costs[row], before))
        return found

    def reached(self, start: Place, costs: Mapping[int, int]) -> frozenset[Place]:
        """Every place to which some way leads, the first included."""
        seen, todo = {start}, [start]
        while todo:
            here = todo.pop()
            for row, there in self._out[here]:
                if costs[row] < FAR and there not in seen:
                    seen.add(there)
                    todo.append(there)
        return frozenset(seen)


def _is_closed(row: Action, opening: Mapping[str, object]) -> bool:
    """Whether what the opening said rules the row out for good."""
    guards = (guard for guard in row.guard if isinstance(guard, About))
    return any((opening.get(guard.field) in guard.codes) is guard.unless for guard in guards)
