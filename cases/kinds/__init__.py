"""One file per kind of case: a module here with a DEFINITION is a kind; nothing else has to be told."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from workflow.definition import Definition


@cache
def all_kinds() -> dict[str, Definition]:
    """Every kind by its name, in the order of their files."""
    modules = (import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    definitions = (module.DEFINITION for module in modules if hasattr(module, "DEFINITION"))
    return {definition.kind: definition for definition in definitions}
