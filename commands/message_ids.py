"""Where message ids stand: templates, calls in the code, labels of definitions and columns, rows of the law.

A call counts when its first argument is written out there, or is a name that the file gives a text.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from jinja2.ext import babel_extract

from cases.kinds import all_kinds
from registry.columns import KIND_LABELS, KINDS
from workflow.definition import MAPPED, Action, Definition

CALLS: Final = frozenset({"_", "gettext", "lazy_gettext", "ngettext", "lazy_ngettext", "say"})
LAW_KEYS: Final = frozenset({"label", "counted_from", "note"})
CODE: Final = ("web", "commands", "cases", "registry", "notifications", "workflow")

Found = Iterator[tuple[str, str]]
"""A message id and the place that says it."""


def used(root: Path) -> dict[str, str]:
    """Every message id of the product, in reading order, with the first place that says it."""
    found: dict[str, str] = {}
    for id, place in (*_in_templates(root), *_in_code(root), *_in_kinds(), *_in_columns(), *_in_law(root)):
        if id:
            found.setdefault(id, place)
    return found


def _in_templates(root: Path) -> Found:
    for file in sorted((root / "templates").rglob("*.*")):
        with file.open("rb") as text:
            options = {"encoding": "utf-8", "silent": "false", "trimmed": "true"}
            for line, _, ids, _ in babel_extract(text, tuple(CALLS), (), options):
                id = ids if isinstance(ids, str) else next(filter(None, ids or ()), "")
                yield id, f"{file.relative_to(root)}:{line}"


def _in_code(root: Path) -> Found:
    for folder in CODE:
        for file in sorted((root / folder).rglob("*.py")):
            yield from calls(file.read_text("utf-8"), str(file.relative_to(root)))


def calls(source: str, name: str) -> Found:
    """The ids of one file's calls."""
    tree = ast.parse(source)
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _called(node.func) in CALLS:
            for id in _texts(node.args[0], constants):
                yield id, f"{name}:{node.lineno}"


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _texts(argument: ast.expr, constants: dict[str, ast.expr]) -> Iterator[str]:
    """The texts an argument can be: written out, either side of a condition, or a constant of the file."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    elif isinstance(argument, ast.IfExp):
        yield from _texts(argument.body, constants)
        yield from _texts(argument.orelse, constants)
    elif isinstance(argument, ast.Name) and argument.id in constants:
        yield from _texts(constants[argument.id], {})
    elif isinstance(argument, ast.Subscript):
        yield from _texts(argument.value, constants)
    elif isinstance(argument, ast.Dict):
        for value in argument.values:
            yield from _texts(value, constants)


def _in_kinds() -> Found:
    yield from ((id, "workflow/definition.py") for id in _action_labels(MAPPED))
    for definition in all_kinds().values():
        place = definition.file or f"kind {definition.kind}"
        for id in _labels(definition):
            yield id, place


def _labels(definition: Definition) -> Iterator[str]:
    yield from (definition.label, definition.mark)
    yield from (words for state in definition.states for words in (state.label, state.work))
    yield from (deadline.label for deadline in definition.deadlines)
    for action in definition.actions:
        yield from _action_labels(action)


def _action_labels(action: Action) -> Iterator[str]:
    yield from (action.label, action.done)
    for field in action.asks:
        yield from (field.label, field.hint)
        yield from (choice.label for choice in field.choices)
        yield from (one.because for one in field.suggests)


def _in_columns() -> Found:
    for kind, columns in KINDS.items():
        yield KIND_LABELS[kind], f"kind of record {kind}"
        yield from ((column.label, f"column {column.key}") for column in columns)


def _in_law(root: Path) -> Found:
    for file in sorted((root / "jurisdictions").glob("*/*.toml")):
        yield from ((id, str(file.relative_to(root))) for id in _law_texts(tomllib.loads(file.read_text("utf-8"))))


def _law_texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _law_texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in LAW_KEYS and isinstance(item, str):
                if not item.isidentifier():  # `decided_on`: a column, not words
                    yield item
            else:
                yield from _law_texts(item)
