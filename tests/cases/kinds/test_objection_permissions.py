"""Who may do what to an objection, cell by cell, against a table written by hand from the procedure."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cases.kinds.objection import DEFINITION
from workflow.definition import CASE, CLOCK, ROLES, START

Cell = tuple[str, str, str]

ABSENT_FOR_NOW: frozenset[Cell] = frozenset(
    {
        ("start", "officer", "file"),  # paper at the counter comes for all kinds at once
        ("start", "reviewer", "file"),
        ("start", "case", "opened"),  # comes with the kind that opens it
    }
)
WHOSE_WORK = frozenset({"take", "give_back", "hand_to"})
"""They say whose work a case is and move nothing; they come for all kinds at once."""


def by_hand() -> dict[tuple[str, str], set[str]]:
    path = Path(__file__).with_name("permissions_objection.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        return {(row["state"], row["role"]): set(row["actions"].split()) for row in csv.DictReader(lines)}


def as_defined() -> set[Cell]:
    return {
        (state, role.name, action.name)
        for action in DEFINITION.actions
        for state in action.source
        for role in action.by
        if action.name not in WHOSE_WORK
    }


TABLE = by_hand()
STATES = [START, *(state.name for state in DEFINITION.states)]
EVERY_ROLE = [*ROLES, CLOCK.name, CASE.name]


def test_the_table_by_hand_has_a_cell_for_every_state_and_role() -> None:
    assert set(TABLE) == {(state, role) for state in STATES for role in EVERY_ROLE}


@pytest.mark.parametrize("state", sorted({state for state, _ in TABLE}))
def test_in_each_state_each_role_may_do_exactly_what_the_table_says(state: str) -> None:
    defined = as_defined()
    for role in EVERY_ROLE:
        may = {action for place, who, action in defined if (place, who) == (state, role)}
        should = TABLE[(state, role)]
        later = {action for action in should if (state, role, action) in ABSENT_FOR_NOW}
        assert may | later == should, f"{role} in {state}"


def test_every_action_by_hand_is_in_the_definition() -> None:
    named = {action for actions in TABLE.values() for action in actions}
    assert named - {"opened"} <= {action.name for action in DEFINITION.actions}
