"""The stages that a case still has to pass, by its definition alone: the way that nobody may exceed."""

from dataclasses import replace

import pytest

from cases.kinds import all_kinds
from web.case.path import Way, ahead

ROUTED = ("petition", "business_env", "enforcement", "false_display")


@pytest.mark.parametrize("route", ROUTED)
def test_a_complaint_leads_to_its_opinion_and_not_to_a_bureau_that_might_become_another(route: str) -> None:
    way = Way(all_kinds()["complaint"], route)
    assert ahead(way, "filed") == ("registered", "investigating", "proposed", "founded")
    assert ahead(way, "with_unit") == ("unit_proposed", "founded")


@pytest.mark.parametrize("kind", ["objection", "correction", "repair", "complaint"])
def test_no_way_ahead_goes_through_a_return(kind: str) -> None:
    definition = all_kinds()[kind]
    for variant in definition.variants:
        way = Way(definition, variant)
        for state in definition.by_state:
            assert "returned" not in ahead(way, state), (variant, state)


def test_no_way_ahead_promises_an_optional_step() -> None:
    objection = all_kinds()["objection"]
    rows = tuple(replace(row, optional=row.name == "refer") for row in objection.actions)
    assert "with_bureau" in ahead(Way(objection, ""), "comparing")
    assert "with_bureau" not in ahead(Way(replace(objection, actions=rows), ""), "comparing")
