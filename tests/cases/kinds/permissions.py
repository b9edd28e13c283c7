"""The tables of who may do what, one a kind, written by hand from procedures.md and never from a definition.

A row is a role in a state (of a variant, where the kind has any) and what it may do there; `start` is before the
case exists. A state that a variant cannot come to has no rows there.
"""

import csv
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from workflow.definition import CASE, CLOCK, ROLES

FOLDER = Path(__file__).parent
EVERY_ROLE = (*ROLES, CLOCK.name, CASE.name)


class Place(NamedTuple):
    """Where a case stands: the empty variant where the kind has none."""

    variant: str
    state: str


Cells = Mapping[str, frozenset[str]]
"""What each role may do in one place."""


@cache
def kinds_by_hand() -> tuple[str, ...]:
    """The kinds that have a table."""
    return tuple(sorted(path.stem.removeprefix("permissions_") for path in FOLDER.glob("permissions_*.csv")))


@cache
def by_hand(kind: str) -> dict[Place, Cells]:
    """The table of a kind. A cell that stands twice is a slip of the hand."""
    table: dict[Place, dict[str, frozenset[str]]] = defaultdict(dict)
    with (FOLDER / f"permissions_{kind}.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            cells = table[Place(row.get("variant", ""), row["state"])]
            assert row["role"] not in cells, f"{kind}: {row} stands twice"
            cells[row["role"]] = frozenset(row["actions"].split())
    return dict(table)


def actions_of(cells: Cells) -> frozenset[str]:
    """What anybody may do in a place, the clock and other cases included."""
    return frozenset(action for actions in cells.values() for action in actions)
