"""A definition as Mermaid text, for the README and the pages. Pure: the words come through a function.

What stays in its state is left out. The clock's edges bear a mark, since Mermaid cannot dash an edge of a state
diagram.
"""

from __future__ import annotations

from collections.abc import Callable

from workflow.definition import CASE, CLOCK, START, STAY, Action, Definition, State

CLOCK_MARK = "⏱"
CASE_MARK = "⛓"

Label = Callable[[str], str]


def mermaid(definition: Definition, label: Label = str, variant: str | None = None) -> str:
    """`stateDiagram-v2` of a kind, or of one of its variants. `label` translates each label."""
    lines = ["stateDiagram-v2"]
    edges = _edges(definition, label, variant)
    drawn = [state for state in definition.states if variant is None or any(state.name in edge for edge in edges)]
    lines += [_box(state, label) for state in drawn]
    lines += [f"    {_end(source)} --> {target} : {' / '.join(words)}" for (source, target), words in edges.items()]
    lines += [f"    {state.name} --> [*]" for state in drawn if state.final]
    return "\n".join(lines) + "\n"


def _box(state: State, label: Label) -> str:
    words = [label(state.label), label(str(state.desk))] if state.desk else [label(state.label)]
    return f'    state "{_safe(" · ".join(words))}" as {state.name}'


def _edges(definition: Definition, label: Label, variant: str | None) -> dict[tuple[str, str], list[str]]:
    """The words of each edge, in the order of the table; actions that lead the same way share one."""
    edges: dict[tuple[str, str], list[str]] = {}
    for action in definition.actions:
        if variant is not None and action.variants and variant not in action.variants:
            continue
        for source in action.source:
            for target in dict.fromkeys(action.targets):
                if target is not STAY:
                    words = edges.setdefault((source, str(target)), [])
                    words += [word for word in [_words(action, label)] if word not in words]
    return edges


def _words(action: Action, label: Label) -> str:
    marks = [mark for role, mark in ((CLOCK, CLOCK_MARK), (CASE, CASE_MARK)) if role in action.by]
    return _safe(" ".join([*marks, label(action.label)]))


def _end(source: str) -> str:
    return "[*]" if source == START else source


def _safe(words: str) -> str:
    """Mermaid reads these three itself; it shows them when written as character codes."""
    return words.replace("#", "#35;").replace('"', "#quot;").replace(":", "#58;")
