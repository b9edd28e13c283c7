"""The shipped limits against the table written by hand."""

from datetime import date, timedelta

import pytest

from tests.jurisdictions.law_by_hand import BEFORE_2025_12_25, BEFORE_2026_04, CITED, EVER, OF_2026_04, Expected
from workflow.jurisdiction import Jurisdiction
from workflow.limits import MissingRule, Rule, mark_of

DAYS = [
    (date(2026, 11, 24), OF_2026_04),
    (date(2026, 4, 1), OF_2026_04),
    (date(2026, 3, 31), BEFORE_2026_04),
    (date(2025, 12, 25), BEFORE_2026_04),
    (date(2025, 12, 24), BEFORE_2025_12_25),
    (date(2024, 9, 1), BEFORE_2025_12_25),
]

OF_THE_TABLE = {expected.name.partition(".")[0] for expected in EVER}
"""The kinds whose limits the table lists; another kind's limits are held by `kinds check`."""


@pytest.fixture
def listed(place: Jurisdiction) -> list[Rule]:
    """The limits of the kinds that the table lists."""
    return [rule for rule in place.rules if rule.kind in OF_THE_TABLE]


def as_expected(rule: Rule) -> Expected:
    return Expected(
        rule.name, rule.variant, rule.n, rule.unit.value, rule.basis, rule.certainty, rule.extension, rule.window
    )


@pytest.mark.parametrize(("day", "of_that_time"), DAYS, ids=lambda value: str(value) if isinstance(value, date) else "")
def test_every_limit_in_force_is_one_of_the_table_and_every_one_of_the_table_is_in_force(
    place: Jurisdiction, day: date, of_that_time: list[Expected]
) -> None:
    found = [as_expected(rule) for rule in place.in_force(day) if rule.kind in OF_THE_TABLE]
    assert sorted(found) == sorted(EVER + of_that_time)


@pytest.mark.parametrize(("day", "of_that_time"), DAYS[:3:2], ids=["2026-11-24", "2026-03-31"])
def test_the_limit_asked_for_by_name_and_variant_is_that_of_the_table(
    place: Jurisdiction, day: date, of_that_time: list[Expected]
) -> None:
    for expected in EVER + of_that_time:
        assert as_expected(place.limit(expected.name, expected.variant, day)) == expected


def test_a_variant_without_a_limit_of_its_own_has_the_common_one(place: Jurisdiction) -> None:
    on = date(2026, 11, 24)
    assert place.limit("repair.accept", "market_regulation", on) == place.limit("repair.accept", "", on)
    assert place.limit("complaint.object", "business_env", on).basis == "proposal"
    assert place.limit("complaint.object", "petition", on).basis == "statute"


def test_a_variant_s_limit_is_not_lent_to_another(place: Jurisdiction) -> None:
    with pytest.raises(MissingRule, match=r"complaint\.decide \(consumer\) on 2026-11-24"):
        place.limit("complaint.decide", "consumer", date(2026, 11, 24))


def test_before_the_first_day_of_the_place_nothing_holds(place: Jurisdiction) -> None:
    eve = place.begins - timedelta(days=1)
    assert place.in_force(eve) == ()
    with pytest.raises(MissingRule):
        place.limit("objection.verify", "", eve)


def test_local_numbers_are_proposals_and_nothing_is_promised(place: Jurisdiction) -> None:
    assert not [rule for rule in place.rules if rule.basis == "promise"]
    assert {mark_of(rule) for rule in place.rules if rule.kind == "objection"} == {"proposal", "analogy"}


def test_only_texts_of_the_list_are_cited_and_each_of_them_is(listed: list[Rule]) -> None:
    rules = [version for rule in listed for version in (rule, rule.bound())]
    assert {rule.citation for rule in rules if rule.citation} == CITED


def test_a_recalled_figure_is_a_proposal_that_says_so_and_cites_nothing(listed: list[Rule]) -> None:
    recalled = [rule for rule in listed if rule.certainty == "recalled"]
    assert {rule.name for rule in recalled} == {"repair.accept", "repair.decide"}
    for rule in recalled:
        assert (rule.basis, rule.citation, rule.citation_en) == ("proposal", "", "")
        assert "Recalled" in rule.note


def test_a_statute_has_been_seen_and_second_hand_is_marked_unverified(place: Jurisdiction) -> None:
    for rule in place.rules:
        if rule.basis == "statute":
            assert rule.citation
            assert rule.certainty in ("read", "read_part", "second_hand")
            assert mark_of(rule) == ("statute_unverified" if rule.certainty == "second_hand" else "statute")


def test_the_whole_repair_is_law_only_where_credit_china_forwarded_it(place: Jurisdiction) -> None:
    whole = place.limit("repair.whole", "general", date(2026, 11, 24))
    assert (mark_of(whole), whole.counted_from) == ("proposal", "from filing")
    assert (mark_of(whole.bound()), whole.bound().counted_from) == ("statute_unverified", "from Credit China's receipt")
    assert whole.bound().of_extension == "proposal"
    assert place.limit("repair.whole", "general", date(2026, 3, 31)).binding is None


def test_routing_is_law_only_for_a_petition(place: Jurisdiction) -> None:
    route = place.limit("complaint.route", "unrouted", date(2026, 11, 24))
    assert mark_of(route) == "proposal"
    assert route.binding is not None
    assert (route.binding.where, mark_of(route.bound())) == ("a petition", "statute")
    assert route.bound().n == 15


def test_an_extension_that_no_text_gives_is_a_proposal_even_where_the_limit_is_law(place: Jurisdiction) -> None:
    assert place.limit("repair.decide", "market_regulation", date(2026, 11, 24)).of_extension == "proposal"
    petition = place.limit("complaint.decide", "petition", date(2026, 11, 24))
    assert (petition.of_extension, petition.extension_up_to) == ("statute", True)
    assert place.limit("complaint.acknowledge", "", date(2026, 11, 24)).of_extension is None


def test_natural_days_roll_and_working_days_do_not(place: Jurisdiction) -> None:
    for rule in place.rules:
        assert rule.rolls == (rule.unit == "day"), rule.name


def test_the_whole_objection_says_that_others_are_shorter(place: Jurisdiction) -> None:
    assert "shorter: 7 working days in Shandong and Henan" in place.limit("objection.whole", "", place.begins).note
