"""How heavy the house is: `python -m tests.bench.house` prints its size, its shape and the files that requests run
through; `--files` also lists what is counted.

It asks Git for the files and reads them with `ast`, so that it says the same of any version it is copied into.
"""

import argparse
import ast
import subprocess
import sys
import tempfile
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from config import ROOT

PACKAGES: Final = ("web", "cases", "workflow", "registry", "notifications")
NOT_PRODUCT: Final = ("tests/", "migrations/", "docs/")
LONG: Final = 40
"""Lines of a function, from `def` to its end."""
SKIP: Final = "# fmt: " + "skip"


@dataclass(frozen=True)
class Module:
    """A file of Python: its dotted name, and what it says."""

    path: Path
    name: str

    @cached_property
    def text(self) -> str:
        return (ROOT / self.path).read_text("utf-8")

    @cached_property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(ast.parse(self.text)))

    @property
    def package(self) -> str:
        """The package that relative imports begin from."""
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]


def tracked() -> list[Module]:
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = [Path(line) for line in listed.splitlines() if (ROOT / line).exists()]
    return [Module(path, _dotted(path)) for path in found]


def _dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@dataclass
class Imports:
    """Who imports which module of the product. A name taken from a package's door counts for the module it is from;
    the door itself counts where nobody else imports the module."""

    modules: dict[str, Module]
    others: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    doors: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        for module in self.modules.values():
            for target, at_door in self._targets(module):
                if target != module.name:
                    (self.doors if at_door else self.others)[target].add(module.name)

    def of(self, name: str) -> set[str]:
        return self.others[name] or self.doors[name]

    def _targets(self, module: Module) -> Iterator[tuple[str, bool]]:
        """Each module that this one names, and whether this one is the door of its own package."""
        own_door = module.path.name == "__init__.py"
        for node in module.nodes:
            if isinstance(node, ast.Import):
                yield from ((name.name, False) for name in node.names if name.name in self.modules)
            elif isinstance(node, ast.ImportFrom):
                source = _source(module, node)
                for name in node.names:
                    target = self._behind(source, name.name)
                    if target:
                        yield target, own_door and target.startswith(module.name + ".")

    def _behind(self, source: str, name: str) -> str:
        """The module that `from source import name` reaches, through any doors."""
        if f"{source}.{name}" in self.modules:
            return f"{source}.{name}"
        module = self.modules.get(source)
        if module and module.path.name == "__init__.py":
            for node in module.nodes:
                if isinstance(node, ast.ImportFrom):
                    for alias in node.names:
                        if (alias.asname or alias.name) == name:
                            return self._behind(_source(module, node), alias.name) or source
        return source if module else ""


def _source(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    base = module.package.split(".")
    base = base[: len(base) - node.level + 1]
    return ".".join([*base, node.module] if node.module else base)


@dataclass
class House:
    """The product's modules, and the tests'."""

    product: list[Module]
    tests: list[Module]

    def one_importer(self, package: str) -> list[str]:
        imports = Imports({module.name: module for module in self.product})
        return [
            f"{module.path} <- {next(iter(imports.of(module.name)))}"
            for module in self.of(package)
            if module.path.name != "__init__.py" and len(imports.of(module.name)) == 1
        ]

    def of(self, package: str) -> list[Module]:
        return [module for module in self.product if module.path.parts[0] == package]

    def rooms(self, package: str) -> dict[str, list[Module]]:
        """The modules by sub-package; those of the package itself under ""."""
        found: defaultdict[str, list[Module]] = defaultdict(list)
        for module in self.of(package):
            found[module.path.parts[1] if len(module.path.parts) > 2 else ""].append(module)
        return dict(sorted(found.items()))

    def colliding(self) -> dict[str, list[str]]:
        """Class names that stand more than once, and where."""
        places: defaultdict[str, list[str]] = defaultdict(list)
        for module in self.product:
            for node in module.nodes:
                if isinstance(node, ast.ClassDef):
                    places[node.name].append(f"{module.path}:{node.lineno}")
        return {name: found for name, found in sorted(places.items()) if len(found) > 1}

    def long_functions(self) -> list[str]:
        return [
            f"{module.path}:{node.lineno} {node.name} {length}"
            for module in self.product
            for node in module.nodes
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            if (length := (node.end_lineno or 0) - node.lineno + 1) > LONG
        ]


def the_house() -> House:
    every = tracked()
    product = [module for module in every if not str(module.path).startswith(NOT_PRODUCT)]
    return House(product, [module for module in every if module.path.parts[0] == "tests"])


class Through:
    """Files of the product of which a function runs; what a module does while it is imported does not count."""

    def __init__(self, product: list[Module]) -> None:
        self.names = {str(ROOT / module.path): str(module.path) for module in product}
        self.calls: Counter[str] = Counter()

    @contextmanager
    def watching(self) -> Iterator[None]:
        threading.setprofile(self._saw)
        sys.setprofile(self._saw)
        try:
            yield
        finally:
            sys.setprofile(None)
            threading.setprofile(None)  # type: ignore[arg-type]

    def _saw(self, frame: object, event: str, _argument: object) -> None:
        if event == "call":
            code = frame.f_code  # type: ignore[attr-defined]
            name = self.names.get(code.co_filename)
            if name and code.co_name != "<module>":
                self.calls[name] += 1


def runs_through(product: list[Module]) -> dict[str, list[str]]:
    """What an act, two pages and a sweep run through, on the small place of the tests."""
    from tests.bench.small import SmallPlace

    found: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        small = SmallPlace(Path(folder), f"sqlite:///{Path(folder) / 'house.sqlite'}")
        accept = small.ready_to_accept()
        referred = small.referred()
        for what, watched in (
            ("POST accept, as the office", accept.send),
            ("GET a case page, as the firm", small.page("enterprise", referred)),
            ("GET a case page, as the reviewer", small.page("reviewer", referred)),
            ("a sweep of eight rungs", small.sweep_of(8)),
        ):
            through = Through(product)
            with through.watching():
                watched()
            found[what] = [f"{name} {calls}" for name, calls in sorted(through.calls.items())]
    return found


def main(arguments: list[str]) -> None:
    reads = argparse.ArgumentParser(prog="python -m tests.bench.house", description=__doc__)
    reads.add_argument("--files", action="store_true", help="also list what is counted")
    asked = reads.parse_args(arguments)
    house = the_house()
    for what, number, listed in figures(house):
        print(f"{number:>8}  {what}")  # noqa: T201
        if asked.files:
            for line in listed:
                print(f"            {line}")  # noqa: T201


def figures(house: House) -> Iterator[tuple[str, str, list[str]]]:
    """What is measured, its number, and what was counted."""
    for what, modules in (("product", house.product), ("tests", house.tests)):
        yield f"files of Python, {what}", str(len(modules)), []
        yield f"lines of Python, {what}", str(sum(module.lines for module in modules)), []
        skips = {str(module.path): module.text.count(SKIP) for module in modules}
        yield f"`fmt: skip`, {what}", str(sum(skips.values())), [f"{path} {n}" for path, n in skips.items() if n]
    for package in PACKAGES:
        one = house.one_importer(package)
        yield f"modules with one importer of {len(house.of(package))}, {package}", str(len(one)), one
    colliding = house.colliding()
    listed = [f"{name}: {', '.join(places)}" for name, places in colliding.items()]
    yield "class names that stand more than once", str(len(colliding)), listed
    long = house.long_functions()
    yield f"functions over {LONG} lines", str(len(long)), long
    for package in ("web", "cases"):
        whole = sum(module.lines for module in house.of(package))
        for room, modules in house.rooms(package).items():
            lines = sum(module.lines for module in modules)
            what = f"lines of {package}/{room}, {len(modules)} modules, {lines / whole:.1%} of {package}"
            yield what, str(lines), [f"{module.path} {module.lines}" for module in modules]
    for what, files in runs_through(house.product).items():
        yield f"files that {what} runs through", str(len(files)), files


if __name__ == "__main__":
    main(sys.argv[1:])
