"""A definition that does not fit the rules of a place is refused."""

from dataclasses import replace
from datetime import date

from tests.workflow.builders import RULES, place, rule, sound, with_deadline
from tests.workflow.planted import assert_fault, faults
from workflow.definition import Rung


def test_a_deadline_without_rule() -> None:
    without = place(*(one for one in RULES if one.name != "request.verify"))
    assert_fault(sound(), "rule request.verify", "here has none on 2020-01-01", "rules.toml", at=without)


def test_a_place_without_any_rule_of_the_kind() -> None:
    elsewhere = place(rule("accept").model_copy(update={"name": "other.accept"}))
    assert_fault(sound(), "rule request.accept", "here has none; add it", at=elsewhere)


def test_a_deadline_without_rule_in_one_place_only() -> None:
    bare = place(*RULES[1:], code="bare")
    found = faults(sound(), place(), bare)
    where, mend = "request.py: rule request.accept", "add it to rules.toml of bare, or of a place that it extends"
    assert found == [f"{where}: bare has none on 2020-01-01; {mend}."]


def test_a_fault_that_places_inherit_alike_is_said_once() -> None:
    one, other, own = place(*RULES[1:], code="one"), place(*RULES[1:], code="other"), place(*RULES[2:], code="own")
    found = [line.partition(": add")[0].split(": ")[2] for line in faults(sound(), one, other, own)]
    assert [said.split(";")[0] for said in found] == ["one has none on 2020-01-01"] + ["own has none on 2020-01-01"] * 2


def test_a_deadline_without_rule_in_one_variant_only() -> None:
    definition = replace(sound(), variants=("a", "b"))
    split = place(*RULES[1:], rule("accept", 2, variant="a"))
    assert_fault(definition, "rule request.accept, variant b", "here has none", at=split)
    assert not any("variant a" in line for line in faults(definition, split))


def test_a_rule_that_ends_with_nothing_after_it() -> None:
    ended = place(*RULES[1:], rule("accept", 2, valid_until=date(2025, 12, 31)))
    assert_fault(sound(), "rule request.accept", "here has none on 2026-01-01", at=ended)
    followed = rule("accept", 3, valid_from=date(2026, 1, 1))
    assert faults(sound(), place(*ended.rules, followed)) == []


def test_a_window_without_rule() -> None:
    assert_fault(sound(), "rule request.appeal", "here has none", at=place(*RULES[:-1]))


def test_a_rule_that_nothing_uses() -> None:
    more = place(*RULES, rule("dream"))
    assert_fault(sound(), "rule request.dream", "nothing uses it, and here has it", at=more)


def test_a_rule_of_a_variant_that_does_not_exist() -> None:
    more = place(*RULES, rule("accept", variant="slow"))
    assert_fault(sound(), "rule request.accept, variant slow", "nothing uses it", at=more)


def test_rules_of_other_kinds_are_left_alone() -> None:
    other = rule("dream").model_copy(update={"name": "requests.dream"})
    assert faults(sound(), place(*RULES, other)) == []


def test_a_window_that_no_guard_reads() -> None:
    definition = replace(sound(), windows=("request.appeal", "request.idle", "other.idle"))
    assert_fault(definition, "window request.idle", "no guard reads it")
    assert_fault(definition, "window other.idle", "it is a rule of another kind")


def test_a_window_by_which_a_deadline_runs_and_the_reverse() -> None:
    window = place(*RULES[1:], rule("accept", 2, window=True))
    assert_fault(sound(), "rule request.accept", "calls it a window, and a deadline runs by it", at=window)
    deadline = place(*RULES[:-1], rule("appeal", 15))
    assert_fault(sound(), "rule request.appeal", "it is a window, and here does not say so", at=deadline)


def test_an_extension_that_no_action_gives() -> None:
    longer = place(*RULES[1:], rule("accept", 2, extension=3))
    assert_fault(
        sound(), "deadline accept", "here lets it be extended and no action does", 'extend("accept")', at=longer
    )


def test_an_extension_that_the_rule_does_not_have() -> None:
    shorter = place(*(one for one in RULES if one.name != "request.verify"), rule("verify", 7))
    assert_fault(sound(), "deadline verify", "an action extends it and here has no extension", at=shorter)


def test_an_extension_that_the_rule_lost_on_a_later_day() -> None:
    others = tuple(one for one in RULES if one.name != "request.verify")
    old = rule("verify", 7, extension=10, valid_until=date(2025, 12, 31))
    changed = place(*others, old, rule("verify", 7, valid_from=date(2026, 1, 1)))
    assert_fault(sound(), "deadline verify", "an action extends it and here has no extension", at=changed)


def test_a_rung_before_the_start() -> None:
    early = with_deadline("accept", rungs=(Rung(-2, "remind"), Rung(0, "overdue")))
    assert_fault(early, "deadline accept, rung -2", "with 2 workday it fires before the start", "at_least=3 or more")
    left_out = with_deadline("accept", rungs=(Rung(-2, "remind", at_least=3), Rung(0, "overdue"), Rung(3, "supervise")))
    assert faults(left_out) == []
