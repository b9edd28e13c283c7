"""Effects that are not there, or that act on nothing, are refused."""

from dataclasses import replace

import pytest

from tests.workflow.builders import with_action, with_rows
from tests.workflow.planted import assert_fault, faults
from workflow.definition import (
    Choice,
    Effect,
    Field,
    FieldKind,
    correct,
    delist,
    end_display,
    extend,
    give_back,
    hand_to,
    open_case,
    route,
    set_variant,
    show_again,
    stop_sharing,
    succeed,
    take,
)


def test_an_unknown_effect() -> None:
    assert_fault(with_action("file", does=(Effect("burn"),)), "action file", "there is no effect 'burn'", "use one of")


def test_an_effect_given_what_it_does_not_take() -> None:
    definition = with_action("file", does=(Effect("flag", "red"),))
    assert_fault(definition, "action file", "the effect flag takes nothing and was given 'red'")


@pytest.mark.parametrize(
    ("effect", "what"),
    [
        (correct("reasons"), "the effect correct(reasons) reads a field that asks no findings"),
        (Effect("end_display", "reasons"), "the effect end_display(reasons) reads a field that asks no findings"),
        (route("nobody"), "the effect route(nobody) names no bureau"),
        (set_variant("reasons"), "the effect set_variant(reasons) names no choice"),
        (extend("later"), "the effect extend(later) names no deadline that runs in 'with_bureau'"),
        (extend("accept"), "the effect extend(accept) names no deadline that runs in 'with_bureau'"),
        (open_case(""), "the effect open_case() opens no kind"),
    ],
)
def test_an_effect_whose_argument_names_nothing(effect: Effect, what: str) -> None:
    reasons = Field("reasons", "Reasons")
    definition = with_action("extend", does=(extend("verify"), effect), asks=(reasons,))
    assert_fault(definition, "action extend", what)


def test_a_variant_set_to_what_is_no_variant() -> None:
    choices = (Choice("a", "A"), Choice("c", "C"))
    ways = Field("way", "Way", FieldKind.CHOICE, choices=choices)
    definition = replace(
        with_action("refer", does=(route("supplied_by"), set_variant("way")), asks=(ways,)), variants=("a",)
    )
    assert_fault(definition, "action refer", "the effect set_variant(way) may set 'c', which is no variant")


def test_a_variant_that_is_set_on_the_way_is_walked_from_there() -> None:
    choices = (Choice("slow", "Slow"),)
    ways = Field("way", "Way", FieldKind.CHOICE, choices=choices)
    definition = with_action("refer", does=(route("supplied_by"), set_variant("way")), asks=(ways,))
    rows = tuple(replace(a, variants=("new",)) if a.name in ("file", "refer") else a for a in definition.actions)
    definition = replace(definition, actions=rows, variants=("new", "slow"))
    assert faults(definition) == []
    lame = tuple(a for a in rows if a.name not in ("decide", "withdraw", "appeal", "rate"))
    assert_fault(replace(definition, actions=lame), "state with_bureau, variant slow", "there is no way out of it")


WHAT = Field("what", "What", FieldKind.CHOICE, choices=(Choice("a", "A"),))
DAY, DAYS, WORDS = Field("on", "On", FieldKind.DATE), Field("days", "Days", FieldKind.NUMBER), Field("words", "Words")
TO, PERSON = Field("to", "To", FieldKind.BUREAU), Field("person", "Person", FieldKind.PERSON)


@pytest.mark.parametrize(
    ("effect", "what"),
    [
        (show_again(only=("what", "b")), "the effect show_again() depends on 'b', which no field 'what' offers"),
        (show_again(only=("when", "a")), "the effect show_again() depends on 'a', which no field 'when' offers"),
        (end_display(on="when"), "the effect end_display() reads 'when', which the action does not ask"),
        (delist(on="words"), "the effect delist() reads 'words', which is no date"),
        (extend("verify", by="later"), "the effect extend(verify) reads 'later', which the action does not ask"),
        (extend("verify", by="words"), "the effect extend(verify) reads 'words', which is no number"),
        (hand_to("words"), "the effect hand_to(words) names no person"),
        (hand_to("nobody"), "the effect hand_to(nobody) names no person"),
        (succeed("words", "to"), "the effect succeed(words) names no bureau"),
        (succeed("to", "days"), "the effect succeed(to) reads 'days', which is no bureau"),
        (Effect("take", "words"), "the effect take takes nothing and was given 'words'"),
    ],
)
def test_an_effect_that_reads_what_is_not_there(effect: Effect, what: str) -> None:
    asks = (WHAT, DAY, DAYS, WORDS, TO, PERSON)
    assert_fault(with_action("extend", does=(extend("verify"), effect), asks=asks), "action extend", what)


@pytest.mark.parametrize(
    "effect",
    [
        show_again(only=("what", "a")), end_display(on="on"), delist(on="on"), stop_sharing(), route("own_bureau"),
        extend("verify", by="days"), hand_to("person"), succeed("to", "to"), take(), give_back(),
    ],
)  # fmt: skip
def test_an_effect_that_reads_what_is_asked(effect: Effect) -> None:
    asks = (WHAT, DAY, DAYS, TO, PERSON)
    assert faults(with_action("extend", does=(extend("verify"), effect), asks=asks)) == []


def test_an_effect_may_depend_on_what_an_earlier_step_was_answered() -> None:
    assert faults(with_rows(refer={"asks": (WHAT,)}, extend={"does": (extend("verify"), delist(("what", "a")))})) == []
