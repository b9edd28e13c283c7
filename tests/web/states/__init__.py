"""How a case of each kind comes to each place of its table: a module a kind, `objection.py` and its like."""

from functools import cache
from importlib import import_module
from pathlib import Path

from tests.cases.kinds.permissions import kinds_by_hand
from tests.web.states.ways import Ways


def kinds_with_ways() -> tuple[str, ...]:
    """The kinds with a table and with ways. Of another one the table is held against the definition alone."""
    return tuple(kind for kind in kinds_by_hand() if Path(__file__).with_name(f"{kind}.py").is_file())


@cache
def ways_of(kind: str) -> Ways:
    """The ways of a kind."""
    found: Ways = import_module(f"{__name__}.{kind}").WAYS
    return found
