"""Who may do what in every kind, cell by cell: the tables written by hand against the definitions."""

from collections import defaultdict
from functools import cache

import pytest

from cases.kinds import all_kinds
from tests.cases.kinds.permissions import EVERY_ROLE, Place, actions_of, by_hand, kinds_by_hand
from workflow.checks.walk import Walk
from workflow.definition import START

KINDS = sorted(set(all_kinds()) & set(kinds_by_hand()))
PLACES = [(kind, *place) for kind in KINDS for place in by_hand(kind)]


@cache
def as_defined(kind: str) -> dict[Place, dict[str, set[str]]]:
    """What the definition lets each role do in every place that a case of this kind can come to."""
    definition = all_kinds()[kind]
    found: dict[Place, dict[str, set[str]]] = {}
    for variant, state in {(node.variant, node.state) for node in Walk(definition).nodes}:
        cells: dict[str, set[str]] = defaultdict(set)
        for action in definition.actions_from(state, variant):
            for role in action.by:
                cells[role.name].add(action.name)
        found[Place(variant, state)] = cells
    return found


@pytest.mark.parametrize("kind", all_kinds())
def test_every_kind_has_a_table_written_by_hand(kind: str) -> None:
    wanted = f"write tests/cases/kinds/permissions_{kind}.csv (`flask kinds permissions --by-hand {kind}` begins it)"
    assert kind in kinds_by_hand(), wanted


@pytest.mark.parametrize("kind", kinds_by_hand())
def test_every_table_has_a_kind(kind: str) -> None:
    assert kind in all_kinds(), f"no file in cases/kinds defines {kind}: take permissions_{kind}.csv away"


@pytest.mark.parametrize(("kind", "variant", "state"), PLACES)
def test_in_each_state_each_role_may_do_exactly_what_the_table_says(kind: str, variant: str, state: str) -> None:
    place = Place(variant, state)
    assert set(by_hand(kind)[place]) == set(EVERY_ROLE), "a row for every role"
    assert place in as_defined(kind), "the definition never comes there"
    defined = as_defined(kind)[place]
    assert {role: sorted(defined[role]) for role in EVERY_ROLE} == {
        role: sorted(actions) for role, actions in by_hand(kind)[place].items()
    }


@pytest.mark.parametrize("kind", KINDS)
def test_where_the_table_says_that_no_case_comes_nobody_may_do_anything(kind: str) -> None:
    """A branch that two variants share names the ends of both; only such an end may be beyond the table."""
    definition, beyond = all_kinds()[kind], set(as_defined(kind)) - set(by_hand(kind))
    assert [place for place in beyond if place.state != START and not definition.state(place.state).final] == []
    assert {place: dict(as_defined(kind)[place]) for place in beyond if as_defined(kind)[place]} == {}


@pytest.mark.parametrize("kind", KINDS)
def test_every_action_and_state_stands_in_the_table_and_in_the_definition(kind: str) -> None:
    definition, table = all_kinds()[kind], by_hand(kind)
    named = {action for cells in table.values() for action in actions_of(cells)}
    assert named == {action.name for action in definition.actions}
    assert {place.state for place in table} == {START, *(state.name for state in definition.states)}
    assert {place.variant for place in table} == set(definition.variants or ("",))
