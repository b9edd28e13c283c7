"""One file per kind of case: a module here with a DEFINITION is a kind; nothing else has to be told."""

import pkgutil
import traceback
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

import workflow.definition as language
from workflow import guards, past
from workflow.definition import Definition, Part


class BadKind(SystemExit):
    """A file of a kind cannot be read, so nothing starts: a sentence with file, line and mend, and no traceback."""


def definitions() -> tuple[Definition, ...]:
    """What each file defines, in the order of the files. `kinds check` refuses two of one name."""
    modules = [_read(found.name) for found in pkgutil.iter_modules(__path__)]
    return tuple(
        replace(module.DEFINITION, file=_named(str(module.__file__)))
        for module in modules
        if hasattr(module, "DEFINITION")
    )


@cache
def all_kinds() -> dict[str, Definition]:
    """Every kind by its name, in the order of their files."""
    return {definition.kind: definition for definition in definitions()}


def closed_kinds() -> tuple[str, ...]:
    """The kinds that are kept from somebody."""
    return tuple(kind.kind for kind in all_kinds().values() if kind.closed_to)


def digests() -> tuple[str, ...]:
    """The fingerprints of all kinds: a condition made from them is kept as long as they stay."""
    return tuple(definition.digest for definition in all_kinds().values())


@cache
def names_of(part: Part) -> frozenset[str]:
    """The acts, of whatever kind, that are this in the making of a decision."""
    return frozenset(row.name for kind in all_kinds().values() for row in kind.actions if row.part is part)


def _read(name: str) -> ModuleType:
    try:
        return import_module(f"{__name__}.{name}")
    except Exception as error:  # a file written by hand may raise anything
        raise BadKind(_sentence(name, error)) from None


def _sentence(name: str, error: Exception) -> str:
    file, line, why = name, 0, str(error).partition(" (/")[0]
    if isinstance(error, SyntaxError):
        file, line, why = error.filename or name, error.lineno or 0, error.msg
    else:
        here = [
            frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(tuple(__path__))
        ]
        if here and here[-1].filename != __file__:
            file, line = here[-1].filename, here[-1].lineno or 0
    return f"{_named(file)}:{line}: {why}{_mend(error)}"


def _mend(error: Exception) -> str:
    """Which import a name comes by, where the language has it."""
    missing = error.name if isinstance(error, NameError) else ""
    for module in (language, guards, past):
        if missing and hasattr(module, missing):
            return f"; add: from {module.__name__} import {missing}."
    return "."


def _named(file: str) -> str:
    """The file as one names it from the root of the project, where it lies below it."""
    root, path = Path(__file__).parents[2], Path(file)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else file
