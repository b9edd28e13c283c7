"""How a case of each kind comes to each place of its table: a module a kind, `objection.py` and its like."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from tests.web.states.ways import Ways


@cache
def ways_of(kind: str) -> Ways:
    """The ways of a kind. A kind with a table and without ways fails here."""
    found: Ways = import_module(f"{__name__}.{kind}").WAYS
    return found
