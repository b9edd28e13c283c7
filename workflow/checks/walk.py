"""Walks a definition from its openings, each variant as a procedure of its own.

Where a case can stand is a variant, a state and whether it has been routed to a bureau. Guards are not asked: the
walk goes wherever a guard might let it. Unknown names are stepped over, so that the other checks can go on.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from workflow.definition import START, STAY, Action, Deadline, Definition, Field, Party, State


@dataclass(frozen=True, order=True)
class Node:
    """A situation a case can be in."""

    variant: str
    state: str
    routed: bool


@dataclass(frozen=True)
class Edge:
    """An action taken in one situation, and the situation it leads to."""

    action: Action
    source: Node
    target: Node


class Walk:
    """Every situation that can come about, and the moves between them."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.variants = definition.variants or ("",)
        self.edges = tuple(self._explore())
        self.nodes = frozenset(node for edge in self.edges for node in (edge.source, edge.target))

    def places(self) -> list[tuple[str, State]]:
        """Each variant and open state in which a case can stand."""
        found = {(node.variant, node.state) for node in self.nodes}
        return [
            (variant, state)
            for variant in self.variants
            for state in self.definition.states
            if not state.final and (variant, state.name) in found
        ]

    def nodes_of(self, action: Action) -> frozenset[Node]:
        """The situations in which this row can be taken."""
        return frozenset(edge.source for edge in self.edges if edge.action is action)

    def targets_of(self, action: Action) -> frozenset[Node]:
        return frozenset(edge.target for edge in self.edges if edge.action is action)

    def entering(self, state: str) -> list[Action]:
        """The rows that bring a case into that state from another one."""
        return [
            action
            for action in self.definition.actions
            if any(e.action is action and e.target.state == state != e.source.state for e in self.edges)
        ]

    def after(self, name: str) -> frozenset[Node]:
        """Every situation in which an action of that name may already have been taken."""
        return self.onward(edge.target for edge in self.edges if edge.action.name == name)

    def onward(self, start: Iterable[Node]) -> frozenset[Node]:
        """Every situation that can follow, the first ones included."""
        seen: set[Node] = set()
        todo = list(start)
        while todo:
            node = todo.pop()
            if node not in seen:
                seen.add(node)
                todo += self._next.get(node, ())
        return frozenset(seen)

    def running(self, variant: str, state: str) -> list[Deadline]:
        """The deadlines that run there and are not paused."""
        return [d for d in self.definition.deadlines_of(variant) if state in d.over and state not in d.paused_in]

    def reached(self, deadline: Deadline) -> list[tuple[str, State]]:
        """The places where the deadline runs or is paused."""
        return [
            (variant, state)
            for variant, state in self.places()
            if state.name in deadline.over and (not deadline.variants or variant in deadline.variants)
        ]

    @cached_property
    def _next(self) -> dict[Node, list[Node]]:
        following: dict[Node, list[Node]] = {}
        for edge in self.edges:
            following.setdefault(edge.source, []).append(edge.target)
        return following

    def _explore(self) -> Iterator[Edge]:
        todo = [Node(variant, START, False) for variant in self.variants]
        seen = set(todo)
        while todo:
            node = todo.pop()
            for action in self.definition.actions_from(node.state, node.variant):
                for target in self._targets(action, node):
                    yield Edge(action, node, target)
                    if target not in seen:
                        seen.add(target)
                        todo.append(target)

    def _targets(self, action: Action, node: Node) -> Iterator[Node]:
        known = self.definition.by_state
        for target in dict.fromkeys(action.targets):
            state = node.state if target is STAY else str(target)
            if state not in known:
                continue
            for variant in self._variants_after(action, node.variant):
                for routed in _routed_after(action, node.routed):
                    yield Node(variant, state, routed)

    def _variants_after(self, action: Action, variant: str) -> list[str]:
        named = [effect.of for effect in action.does if effect.name == "set_variant"]
        if not named:
            return [variant]
        fields = [asked for asked in action.asks if asked.name in named]
        chosen = [choice.code for field in fields for choice in field.choices if choice.code in self.variants]
        return chosen + ([variant] if any(not field.required for field in fields) else [])


def asked_field(action: Action, name: str) -> Field | None:
    return next((field for field in action.asks if field.name == name), None)


def meet(one: Action | Deadline, other: Action | Deadline) -> bool:
    """Whether some variant has both."""
    return not one.variants or not other.variants or bool(set(one.variants) & set(other.variants))


def humans(action: Action) -> list[Party]:
    """The parties of people who may take the row."""
    return [role.party for role in action.by if role.party not in (Party.CLOCK, Party.CASE)]


def _routed_after(action: Action, routed: bool) -> list[bool]:
    """A route by a field that may be left empty may route nothing."""
    named = [effect.of for effect in action.does if effect.name == "route"]
    if routed or not named:
        return [routed]
    fields = [asked_field(action, name) for name in named]
    return [True] if any(field is None or field.required for field in fields) else [True, False]


Complaints = Iterator[tuple[str, str, str]]
"""What a check finds: where it is, what is wrong, and how it is mended. Developers' English."""
Pairs = Iterator[tuple[str, str]]
"""The same without the place, which the caller adds."""


def listed(names: Iterable[object]) -> str:
    """Names as a sentence gives them, in a fixed order."""
    return ", ".join(sorted(str(name) for name in names))
