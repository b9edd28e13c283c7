"""Fields that no form can ask are refused."""

from dataclasses import replace

import pytest

from tests.workflow.builders import with_action
from tests.workflow.planted import assert_fault, faults
from workflow.definition import CHIEF, Choice, Field, FieldKind, Suggestion


@pytest.mark.parametrize(
    ("field", "what"),
    [
        (Field("version", "Version"), "no form can carry this name"),
        (Field("what is it", "What"), "no form can carry this name"),
        (Field("word", ""), "it has no label"),
        (Field("word", "Word", "song"), "there is no way to ask 'song'"),  # type: ignore[arg-type]
        (Field("word", "Word", FieldKind.CHOICE), "it is a choice between nothing"),
        (Field("word", "Word", choices=(Choice("a", "A"),)), "a field of kind text shows no choices"),
        (Field("word", "Word", settles=True), "only findings settle or review"),
        (Field("word", "Word", by=(CHIEF,)), "it is asked of chief, who may not take the action"),
    ],
)
def test_a_field_that_no_form_can_ask(field: Field, what: str) -> None:
    assert_fault(with_action("refer", asks=(field,)), f"action refer, field {field.name}", what)


@pytest.mark.parametrize(
    ("suggestion", "what"),
    [
        (Suggestion("ground", "wrong", "c", "Why"), "it suggests 'c', which it does not offer"),
        (
            Suggestion("nothing", "wrong", "a", "Why"),
            "it suggests by 'wrong', which no opening's field 'nothing' offers",
        ),
    ],
)
def test_a_suggestion_that_nobody_could_take(suggestion: Suggestion, what: str) -> None:
    field = Field("word", "Word", FieldKind.CHOICE, choices=(Choice("a", "A"),), suggests=(suggestion,))
    assert_fault(with_action("refer", asks=(field,)), "action refer, field word", what)


def test_findings_twice_in_one_form() -> None:
    twice = (Field("one", "One", FieldKind.FINDINGS), Field("two", "Two", FieldKind.FINDINGS))
    assert_fault(
        with_action("decide", asks=twice), "action decide", "it asks findings 2 times in one form", "ask them once"
    )


def test_claims_twice_in_one_form() -> None:
    twice = (Field("one", "One", FieldKind.CLAIMS), Field("two", "Two", FieldKind.CLAIMS))
    assert_fault(with_action("file", asks=twice), "action file", "it asks claims 2 times in one form")


def test_findings_on_what_nobody_claimed() -> None:
    assert_fault(with_action("file", asks=()), "action decide, field findings", "nothing is ever claimed", "ask CLAIMS")


def test_a_deadline_to_choose_where_none_runs() -> None:
    choice = Field("deadline", "Deadline", FieldKind.DEADLINE)
    assert_fault(with_action("rate", asks=(choice,)), "action rate, field deadline", "no deadline runs in 'granted'")


def test_a_field_that_the_clock_would_have_to_answer() -> None:
    definition = with_action("supervise", asks=(Field("word", "Word"),))
    assert_fault(definition, "action supervise, field word", "the clock answers nothing", "limit the field to people")


CLAIMS = Field("claims", "Claims", FieldKind.CLAIMS)
WAY = Field("way", "Way", FieldKind.CHOICE, choices=(Choice("a", "A"),))


@pytest.mark.parametrize(
    ("field", "what", "mend"),
    [
        (Field("it", "It", display=True), "only claims dispute a display", "make it CLAIMS or take display out"),
        (Field("it", "It", day_of_filing=True), "only a day that an opening asks", "ask it as a DATE of the opening"),
        (
            Field("it", "It", only=("way", "b")),
            "it depends on 'b', which the form's field 'way' does not offer",
            "codes",
        ),
        (
            Field("it", "It", only=("how", "a")),
            "it depends on 'a', which the form's field 'how' does not offer",
            "codes",
        ),
    ],
)
def test_a_mark_that_does_not_fit_its_field(field: Field, what: str, mend: str) -> None:
    assert_fault(with_action("file", asks=(CLAIMS, WAY, field)), "action file, field it", what, mend)


def test_a_day_of_filing_that_is_asked_later() -> None:
    day = Field("it", "It", FieldKind.DATE, day_of_filing=True)
    assert_fault(with_action("refer", asks=(day,)), "action refer, field it", "only a day that an opening asks")


def test_marks_that_fit() -> None:
    day = Field("it", "It", FieldKind.DATE, day_of_filing=True, only=("way", "a"))
    assert faults(with_action("file", asks=(replace(CLAIMS, display=True), WAY, day))) == []


def test_a_field_that_depends_on_answers_of_which_one_is_not_offered() -> None:
    ground = Field("ground", "Ground", FieldKind.CHOICE, choices=(Choice("a", "A"), Choice("b", "B")))
    asks = (ground, Field("word", "Word", only=("ground", "a", "b", "c")))
    where, what = "action refer, field word", "it depends on 'c', which the form's field 'ground' does not offer"
    assert_fault(with_action("refer", asks=asks), where, what)
