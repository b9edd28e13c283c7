"""The ladder: a lower rung never imports a higher one, at any depth, lazily, for types or by name."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

from config import ROOT

RUNG = {"config": 0, "database": 1, "extensions": 2, "workflow": 3, "notifications": 4, "registry": 5, "cases": 6,
        "web": 7, "api": 7, "commands": 7, "wsgi": 8}  # fmt: skip
WITHIN_CASES = (("cases.kinds",), ("cases.tables", "cases.form_tables", "cases.watch_tables"), ("cases.visibility",))
FILES = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
         for part in RUNG for path in sorted([*ROOT.glob(f"{part}.py"), *ROOT.glob(f"{part}/**/*.py")])}  # fmt: skip


@cache
def imports(path: Path, types: bool = True) -> tuple[str, ...]:
    """Every module that a file imports anywhere in it; with `types`, also what only a type checker reads."""
    return tuple(_imports(path, types))


def _imports(path: Path, types: bool) -> Iterator[str]:
    waiting: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: write the whole name of what is imported"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif (
            isinstance(node, ast.Call)
            and node.args
            and ast.unparse(node.func).endswith(("import_module", "__import__"))
        ):
            yield from [str(node.args[0].value)] if isinstance(node.args[0], ast.Constant) else []
        elif isinstance(node, ast.If) and not types and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        waiting.extend(ast.iter_child_nodes(node))


def module(name: str) -> str:
    """The module of ours that an imported name lies in, or its first part when it is not ours."""
    parts = name.split(".")
    return next((head for n in range(len(parts), 0, -1) if (head := ".".join(parts[:n])) in FILES), parts[0])


def test_nothing_climbs() -> None:
    climbing = [f"{name} imports {imported}" for name, path in FILES.items() for imported in imports(path)
                if _rung(imported) >= _rung(name) and _part(imported) != _part(name)]  # fmt: skip
    assert not climbing


def _part(name: str) -> str:
    return name.partition(".")[0]


def _rung(name: str) -> int:
    return RUNG.get(_part(name), -1)


def test_the_workflow_stands_on_the_standard_library_transitions_and_pydantic() -> None:
    allowed = sys.stdlib_module_names | {"workflow", "transitions", "pydantic"}
    others = {(name, imported) for name, path in FILES.items() if name.startswith("workflow")
              for imported in imports(path) if imported.partition(".")[0] not in allowed}  # fmt: skip
    assert not others


def test_a_kind_knows_the_workflow_alone() -> None:
    allowed = sys.stdlib_module_names | {"workflow"}
    others = {(name, imported) for name, path in FILES.items() if name.startswith("cases.kinds")
              for imported in imports(path)
              if imported.partition(".")[0] not in allowed and not imported.startswith("cases.kinds.")}  # fmt: skip
    assert not others


def test_inside_cases_kinds_tables_and_visibility_are_the_lowest_rungs_in_this_order() -> None:
    lower: set[str] = set()
    for rung in WITHIN_CASES:
        lower.update(rung)
        for name in rung:
            files = [path for other, path in FILES.items() if other == name or other.startswith(f"{name}.")]
            within = {module(imported) for path in files for imported in imports(path) if imported.startswith("cases")}
            assert {other for other in within if not other.startswith(tuple(lower))} == set(), name


def test_no_two_files_need_each_other() -> None:
    needs = {
        name: {module(imported) for imported in imports(path, types=False)} - {name} for name, path in FILES.items()
    }
    list(TopologicalSorter(needs).static_order())  # raises CycleError with the circle
