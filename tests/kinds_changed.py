"""A kind whose definition has changed: its own file with names changed in it, as somebody would who edits it."""

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType

from cases.kinds import all_kinds
from cases.lists import queues
from config import ROOT
from workflow.definition import Definition


def source(kind: str, names: Mapping[str, str]) -> str:
    """The file of a kind with these names changed wherever they stand alone in quotes."""
    text = (ROOT / "cases" / "kinds" / f"{kind}.py").read_text("utf-8")
    for old, new in names.items():
        text, times = re.subn(rf'"{old}"', f'"{new}"', text)
        assert times, f"{kind} does not name {old}"
    return text


def changed(kind: str, names: Mapping[str, str]) -> Definition:
    """The definition that this file gives."""
    module = ModuleType(f"changed_{kind}")
    sys.modules[module.__name__] = module  # where dataclasses look for it
    exec(compile(source(kind, names), f"{kind}.py", "exec"), module.__dict__)
    definition: Definition = module.DEFINITION
    return definition


@contextmanager
def kind_is(definition: Definition) -> Iterator[Definition]:
    """The application knows the kind so, until it is known again as before."""
    kinds = all_kinds()
    before = kinds[definition.kind]
    kinds[definition.kind] = definition
    queues.enterprise_deadlines.cache_clear()
    try:
        yield definition
    finally:
        kinds[definition.kind] = before
        queues.enterprise_deadlines.cache_clear()
