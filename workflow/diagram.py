"""A definition as Mermaid text, for the README and the pages. Pure: the words come through a function.

What stays in its state is left out. The clock's edges and another case's bear a mark, since Mermaid cannot dash an
edge of a state diagram. What only some variants of those that come to a state can do there names them.
"""

from collections.abc import Callable
from typing import Final

from workflow.checks.walk import Walk
from workflow.definition import CASE, CLOCK, START, Action, Definition, State

CLOCK_MARK = "⏱"
CASE_MARK = "⛓"

Label = Callable[[str], str]

READ_BY_MERMAID: Final = {ord(sign): f"#{ord(sign)};" for sign in "#:;"} | {ord('"'): "#quot;"}
"""Mermaid reads these itself; it shows them when written as character codes."""


def mermaid(definition: Definition, label: Label = str, variant: str | None = None) -> str:
    """`stateDiagram-v2` of a kind, or of one of its variants. `label` translates each label."""
    walk = Walk(definition)
    edges = _edges(walk, label, variant)
    drawn = [state for state in definition.states if any(state.name in edge for edge in edges)]
    lines = ["stateDiagram-v2"]
    lines += [_box(state, label) for state in drawn]
    lines += [f"    {_end(source)} --> {target} : {' / '.join(words)}" for (source, target), words in edges.items()]
    lines += [f"    {state.name} --> [*]" for state in drawn if state.final]
    return "\n".join(lines) + "\n"


def _box(state: State, label: Label) -> str:
    words = [label(state.label), label(str(state.desk))] if state.desk else [label(state.label)]
    return f'    state "{_safe(" · ".join(words))}" as {state.name}'


def _edges(walk: Walk, label: Label, variant: str | None) -> dict[tuple[str, str], list[str]]:
    """The words of each edge, in the order of the table; actions that lead the same way share one."""
    edges: dict[tuple[str, str], dict[str, frozenset[str]]] = {}
    for action in walk.definition.actions:
        for source, target in _ways(action):
            taken = _variants(walk, action, source, target)
            if taken and (variant is None or variant in taken):
                words, name = edges.setdefault((source, target), {}), _name(action, label)
                words[name] = words.get(name, frozenset()) | taken
    return {
        (source, target): [
            _safe(name + (_only(walk, source, taken, label) if variant is None else ""))
            for name, taken in words.items()
        ]
        for (source, target), words in edges.items()
    }


def _ways(action: Action) -> list[tuple[str, str]]:
    targets = dict.fromkeys(target for target in action.targets if isinstance(target, str))
    return [(source, target) for source in action.source for target in targets]


def _variants(walk: Walk, action: Action, source: str, target: str) -> frozenset[str]:
    """The variants in which that edge of an action is there."""
    taken = (edge for edge in walk.edges if edge.action is action)
    return frozenset(e.source.variant for e in taken if (e.source.state, e.target.state) == (source, target))


def _standing(walk: Walk, source: str) -> frozenset[str]:
    """The variants in which a case comes to a state; at the start, those in which one is opened."""
    if source == START:
        return frozenset(edge.source.variant for edge in walk.edges if edge.source.state == START)
    return frozenset(node.variant for node in walk.nodes if node.state == source)


def _name(action: Action, label: Label) -> str:
    marks = [mark for role, mark in ((CLOCK, CLOCK_MARK), (CASE, CASE_MARK)) if role in action.by]
    return " ".join([*marks, label(action.label)])


def _only(walk: Walk, source: str, taken: frozenset[str], label: Label) -> str:
    """The variants that can go there, where others that stand there cannot."""
    if taken == _standing(walk, source):
        return ""
    return f" ({', '.join(label(one.replace('_', ' ')) for one in walk.definition.variants if one in taken)})"


def _end(source: str) -> str:
    return "[*]" if source == START else source


def _safe(words: str) -> str:
    return words.translate(READ_BY_MERMAID)
