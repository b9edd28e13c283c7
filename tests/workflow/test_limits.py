"""A limit's honesty about its basis, and a place's own rules laid over those it extends."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from workflow.limits import Rule, from_day, lay_over, mark_of

NEW_YEAR, MID, LAST = date(2026, 1, 1), date(2026, 7, 1), date(2026, 12, 31)
CITED = {"citation": "某法第1条", "citation_en": "A Law, Art. 1"}


def rule(name: str = "request.verify", **changes: Any) -> Rule:
    fields: dict[str, Any] = {
        "name": name, "label": "Verify", "n": 7, "unit": "workday", "counted_from": "from filing",
        "basis": "proposal", "certainty": "none", "valid_from": NEW_YEAR,
    }  # fmt: skip
    return Rule.model_validate({**fields, **changes})


def statute(**changes: Any) -> Rule:
    return rule(**{"basis": "statute", "certainty": "read", **CITED, **changes})


def held(rules: tuple[Rule, ...]) -> list[tuple[int, date, date | None]]:
    return sorted((version.n, version.valid_from, version.valid_until) for version in rules)


@pytest.mark.parametrize(
    ("changes", "mark"),
    [
        ({"basis": "statute", "certainty": "read", **CITED}, "statute"),
        ({"basis": "statute", "certainty": "read_part", **CITED}, "statute"),
        ({"basis": "statute", "certainty": "second_hand", **CITED}, "statute_unverified"),
        ({"basis": "promise", "certainty": "read", **CITED}, "promise"),
        ({"basis": "analogy", "certainty": "read", **CITED}, "analogy"),
        ({}, "proposal"),
        ({"certainty": "recalled"}, "proposal"),
        ({"certainty": "second_hand"}, "proposal"),
    ],
)
def test_each_basis_has_its_mark(changes: dict[str, Any], mark: str) -> None:
    assert mark_of(rule(**changes)) == mark


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (CITED, "citation on a proposal"),
        ({"certainty": "read"}, "certainty read with proposal"),
        ({"basis": "statute", "certainty": "read"}, "citation is missing"),
        ({"basis": "promise", "certainty": "read"}, "citation is missing"),
        ({"basis": "statute", "certainty": "read", "citation": "某法第1条"}, "citation is missing"),
        ({"basis": "statute", "certainty": "recalled", **CITED}, "certainty recalled with statute"),
        ({"basis": "analogy", "certainty": "none", **CITED}, "certainty none with analogy"),
        ({"binding": {"where": "there", "certainty": "recalled", **CITED}}, "certainty recalled with statute"),
        ({"extensions": 2}, "extension is missing"),
        ({"extension_basis": "proposal"}, "extension is missing"),
        ({"valid_until": date(2025, 12, 31)}, "valid_until lies before valid_from"),
        ({"n": -1}, "greater than or equal to 0"),
        ({"n": "7"}, "valid integer"),
        ({"unit": "week"}, "workday"),
        ({"basis": "custom"}, "statute"),
        ({"name": "verify"}, "pattern"),
        ({"days": 7}, "Extra inputs are not permitted"),
    ],
)
def test_what_a_rule_cannot_say_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        rule(**changes)


def test_a_bound_rule_is_the_text_s_and_keeps_the_number() -> None:
    binding = {"where": "a petition", "counted_from": "from receipt", "certainty": "second_hand", **CITED}
    bound = rule(binding=binding, extension=10).bound()
    assert (bound.n, bound.counted_from, bound.citation) == (7, "from receipt", "某法第1条")
    assert mark_of(bound) == "statute_unverified"
    assert bound.of_extension == "proposal"
    assert bound.bound() is bound


def test_a_place_s_promise_stands_instead_of_the_proposal_for_its_days_only() -> None:
    promise = rule(n=5, basis="promise", certainty="read", **CITED, valid_from=MID, valid_until=date(2026, 9, 30))
    laid = lay_over([rule(), rule("request.answer", n=1)], [promise])
    assert held(laid) == [
        (1, NEW_YEAR, None),
        (5, MID, date(2026, 9, 30)),
        (7, NEW_YEAR, date(2026, 6, 30)),
        (7, date(2026, 10, 1), None),
    ]


def test_an_own_rule_with_the_same_days_takes_the_whole_place() -> None:
    assert held(lay_over([rule()], [rule(n=5)])) == [(5, NEW_YEAR, None)]


def test_another_variant_is_another_rule() -> None:
    assert held(lay_over([rule()], [rule(n=5, variant="quick")])) == [(5, NEW_YEAR, None), (7, NEW_YEAR, None)]


def test_days_that_do_not_meet_leave_both_alone() -> None:
    before = rule(n=5, valid_from=date(2025, 1, 1), valid_until=date(2025, 12, 31))
    assert held(lay_over([rule()], [before])) == [(5, date(2025, 1, 1), date(2025, 12, 31)), (7, NEW_YEAR, None)]


@pytest.mark.parametrize("basis", ["proposal", "analogy"])
def test_a_statute_is_not_displaced_by_a_mere_number_of_ours(basis: str) -> None:
    cited = CITED if basis == "analogy" else {}
    own = rule(n=30, basis=basis, certainty="second_hand", **cited)
    with pytest.raises(ValueError, match=rf"request\.verify: a mere {basis} cannot stand instead of a statute"):
        lay_over([statute()], [own])


def test_a_statute_of_the_place_displaces_another() -> None:
    assert held(lay_over([statute()], [statute(n=3)])) == [(3, NEW_YEAR, None)]


def test_two_versions_that_hold_on_one_day_are_refused() -> None:
    with pytest.raises(ValueError, match=r"request\.verify quick: two versions hold on 2026-07-01"):
        lay_over([], [rule(variant="quick"), rule(), rule(variant="quick", valid_from=MID)])


def test_versions_that_follow_each_other_are_not_an_overlap() -> None:
    versions = [rule(n=5, valid_from=MID), rule(valid_until=date(2026, 6, 30))]
    assert len(lay_over([], versions)) == 2


def test_a_place_that_begins_later_has_the_rule_from_its_own_first_day() -> None:
    gone = rule("request.answer", valid_until=date(2026, 6, 30))
    assert held(from_day([rule(), gone, rule(n=3, valid_from=LAST)], MID)) == [(3, LAST, None), (7, MID, None)]
