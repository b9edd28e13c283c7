"""The ladder: a lower rung never imports a higher one, at any depth, lazily, for types or by name."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

from config import ROOT

RUNG = {"config": 0, "database": 1, "extensions": 2, "workflow": 3, "notifications": 4, "registry": 5,
        "exchange": 6, "cases": 7, "web": 8, "api": 8, "commands": 8, "application": 9, "wsgi": 10}  # fmt: skip
ROOMS = {
    "cases": (
        ("kinds",),
        ("model",),
        ("ledger", "letters"),
        ("engine",),
        ("lists",),
        ("papers",),
        ("figures", "scheduler"),
        ("demo",),
    ),
    "web": (
        ("parts",),
        ("site",),
        ("case",),
        ("acts", "account", "public"),
        ("api", "filing", "admin", "oversight"),
        ("desk", "records"),
    ),
}
"""The rooms of a package, lowest first; rooms of one rung do not know each other."""
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


def test_no_room_knows_one_above_or_beside_it() -> None:
    rungs = {f"{part}.{room}": n for part, rungs in ROOMS.items() for n, rung in enumerate(rungs) for room in rung}
    climbing = [
        f"{name} imports {imported}"
        for name, path in FILES.items()
        if _room(name) in rungs
        for imported in imports(path)
        if _part(imported) == _part(name) and _room(imported) in rungs and _room(imported) != _room(name)
        if rungs[_room(imported)] >= rungs[_room(name)]
    ]
    assert not climbing


def test_every_module_lies_in_a_room() -> None:
    found = {_room(name) for name in FILES if name.count(".") > 0 and _part(name) in ROOMS}
    assert found == {f"{part}.{room}" for part, rungs in ROOMS.items() for rung in rungs for room in rung}


def _room(name: str) -> str:
    return ".".join(name.split(".")[:2])


def test_no_two_files_need_each_other() -> None:
    needs = {name: {module(imported) for imported in imports(path)} - {name} for name, path in FILES.items()}
    list(TopologicalSorter(needs).static_order())  # raises CycleError with the circle
