"""`flask refusals`: every sentence with which the product refuses something, in both languages, read from its code."""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import click
from flask.cli import AppGroup

from cases.kinds import all_kinds
from commands.messages import COMPILED, calls, read, translation
from config import ROOT
from workflow.refusal import CONTEXT

refusals_commands = AppGroup("refusals", help="What people are told when something is refused.")

FOLDERS: Final = ("workflow", "registry", "cases", "web")
BY_COMMAND: Final = ("workflow/checks/", "workflow/mapping.py", "cases/demo/", "cases/ledger/")
"""What only whoever runs the platform is told, by a command."""
STATUS: Final = {
    "Forbidden": 403,
    **dict.fromkeys(("Impossible", "NotYet", "NotHere", "Outdated", "ChangedSince", "Doubted"), 409),
    **dict.fromkeys(("Incomplete", "refuse_faulty", "BadSheet", "Unfit"), 422),
    **dict.fromkeys(("TooManyTries", "_count"), 429),
}
"""The calls that refuse, with the status of the page that says so."""


@dataclass(frozen=True, order=True)
class RefusalLine:
    """A sentence, with the status of its page and where it is said: acts of kinds, else a file."""

    status: int
    where: str
    english: str
    chinese: str


@refusals_commands.command("list")
def print_list() -> None:
    """Print every refusal, parted by tabs: status, where it is met, English, Chinese; exit 1 if any lacks Chinese."""
    lines = refusals()
    for line in lines:
        click.echo(f"{line.status}\t{line.where}\t{line.english}\t{line.chinese}")
    if not all(line.chinese for line in lines):
        sys.exit(1)


def refusals() -> list[RefusalLine]:
    """Every refusal, the least common status last."""
    catalog, found = read(COMPILED), Product(ROOT).found
    return sorted(
        RefusalLine(status, where, id.rpartition(CONTEXT)[2], translation(catalog, id))
        for (status, id), where in found.items()
    )


class Product:
    """The product's code, read for what it refuses with."""

    def __init__(self, root: Path) -> None:
        files = {
            str(file.relative_to(root)): file for folder in FOLDERS for file in sorted((root / folder).rglob("*.py"))
        }
        people = {name: file for name, file in files.items() if not name.startswith(BY_COMMAND)}
        self.trees = {name: ast.parse(file.read_text("utf-8")) for name, file in people.items()}

    @cached_property
    def named(self) -> Mapping[str, list[tuple[str, ast.AST]]]:
        """The functions and constants of the product by name, each with its file: a refusal may take its sentence from
        one."""
        found: dict[str, list[tuple[str, ast.AST]]] = defaultdict(list)
        for file, tree in self.trees.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef) and not file.startswith("web/"):
                    found[node.name].append((file, node))
            for node in tree.body:
                if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                    for target in targets:
                        if isinstance(target, ast.Name):
                            found[target.id].append((file, node.value))
        return found

    @cached_property
    def found(self) -> dict[tuple[int, str], str]:
        """Each sentence with its status, and where it is met."""
        told: dict[tuple[int, str], str] = {}
        for file, tree in self.trees.items():
            for node in ast.walk(tree):
                for status, where, ids in self._refusing(node, file):
                    for id in ids:
                        told.setdefault((status, id), where)
        return told

    def _refusing(self, node: ast.AST, file: str) -> Iterator[tuple[int, str, set[str]]]:
        """What refuses there: a guard, a kind of answer, a page of its own, or a function that raises a refusal."""
        if isinstance(node, ast.ClassDef) and any(_name(base) == "Guard" for base in node.bases):
            forbids = any("Forbidden" in ast.unparse(part) for part in node.body if isinstance(part, ast.AnnAssign))
            yield 403 if forbids else 409, acts_with(node.name) or file, self.sentences(node, file)
        elif isinstance(node, ast.ClassDef) and any("Answer" in _name(base) for base in node.bases):
            yield 422, file, self.sentences(node, file)
        elif (
            isinstance(node, ast.Call) and _name(node.func) == "MessagePage" and isinstance(node.args[0], ast.Constant)
        ):
            yield int(str(node.args[0].value)), file, self.sentences(node, file)
        elif isinstance(node, ast.FunctionDef):
            for call in (one for one in ast.walk(node) if isinstance(one, ast.Call) and _name(one.func) in STATUS):
                yield (
                    STATUS[_name(call.func)],
                    file,
                    self.sentences(call, file)
                    or (
                        set()
                        if file.startswith("web/")
                        else self.sentences(node, file)  # a page passes on what others raise
                    ),
                )

    def sentences(self, within: ast.AST, file: str, seen: frozenset[str] = frozenset()) -> set[str]:
        """Whole sentences said there, or in a constant or function that is named there: in the same file, where there
        is one of that name."""
        said = {id for id, _ in calls(ast.unparse(within), "")}
        said |= {str(within.value)} if isinstance(within, ast.Constant) else set()
        called = {_name(one.func) for one in ast.walk(within) if isinstance(one, ast.Call)}
        names = {*called, *(_name(one) for one in ast.walk(within) if _name(one).isupper())} - seen
        for name in names:
            known = self.named.get(name, ())
            for there, node in [one for one in known if one[0] == file] or known:
                if not isinstance(node, ast.FunctionDef) or "Message" in ast.unparse(node.returns or ast.Constant("")):
                    said |= self.sentences(node, there, seen | names)
        return {id for id in said if SENTENCE.search(id)}


SENTENCE: Final = re.compile(r"\s.*[.!?]$", re.DOTALL)
"""What is no sentence is a part of one: the name of a desk, of a step."""


def acts_with(guard: str) -> str:
    """The acts that such a guard keeps, by kind."""
    found = {
        kind: dict.fromkeys(
            action.name for action in of.actions if guard in {type(one).__name__ for one in action.guard}
        )
        for kind, of in all_kinds().items()
    }
    return "; ".join(f"{kind}: {', '.join(names)}" for kind, names in found.items() if names)


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
