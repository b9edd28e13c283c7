"""Rows that nobody can take, openings that open nothing, ways out of an end are refused."""

from dataclasses import replace

import pytest

from tests.workflow.builders import OUTCOME, act, plus, sound, with_action, without_action
from tests.workflow.planted import assert_fault, faults
from workflow.definition import (
    CASE,
    CLOCK,
    FILER,
    HEAD,
    OFFICER,
    REVIEWER,
    START,
    STAY,
    Addressee,
    By,
    BySome,
    Notice,
    Party,
    Question,
    State,
)
from workflow.guards import once

NAMED = Question("named", ("granted", "refused"), lambda facts: "granted")


def test_a_definition_that_opens_no_case() -> None:
    assert_fault(without_action("file"), "actions", "none opens a case", "give one of them the source start")


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"label": ""}, "it has no label"),
        ({"done": ""}, "the time line has no words for it"),
        ({"by": ()}, "nobody may take it"),
        ({"source": ()}, "it leaves no state"),
    ],
)
def test_an_action_that_is_not_written_out(changes: dict[str, object], what: str) -> None:
    assert_fault(with_action("refer", **changes), "action refer", what)


def test_a_branch_without_target() -> None:
    definition = with_action("decide", target=By(OUTCOME, granted="granted"))
    assert_fault(definition, "action decide", "the branch for 'refused' has no target", "say where the case goes then")


def test_a_branch_on_some_of_a_question_s_values_says_so() -> None:
    told = "has no target"
    assert not [line for line in faults(with_action("decide", target=BySome(NAMED, granted="granted"))) if told in line]
    definition = with_action("decide", target=BySome(OUTCOME, granted="granted"))
    assert_fault(definition, "state refused", "no case can reach it")


def test_a_branch_for_a_value_that_its_function_never_gives() -> None:
    definition = with_action("decide", target=By(OUTCOME, granted="granted", refused="refused", lost="filed"))
    assert_fault(definition, "action decide", "'lost' is no value of the question 'outcome'", "granted, refused")


def test_a_question_that_names_no_values() -> None:
    definition = with_action("decide", target=By(replace(NAMED, values=()), granted="granted"))
    assert_fault(definition, "action decide", "the question 'named' names no values")


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"source": (START, "filed")}, "it opens a case and also leaves states"),
        ({"target": STAY}, "it opens a case and names no state for it"),
        ({"by": (FILER, CLOCK)}, "the clock cannot open a case"),
        ({"target": "granted"}, "it opens a case in the end 'granted'"),
    ],
)
def test_an_opening_that_opens_nothing_sound(changes: dict[str, object], what: str) -> None:
    assert_fault(with_action("file", **changes), "action file", what)


def test_an_action_of_another_case_on_an_open_case() -> None:
    moving = with_action("refer", by=(OFFICER, CASE))
    assert_fault(moving, "action refer", "another case can only open a case or add to one", "or let it STAY")
    assert faults(with_action("extend", by=(HEAD, CASE))) == [], "what stays adds to it"


def test_an_action_that_leaves_an_end_without_reopening() -> None:
    definition = with_action("appeal", reopens=False)
    assert_fault(definition, "action appeal", "it leaves the end refused without reopening", "mark it reopens=True")


def test_an_action_that_stays_in_an_end_needs_neither() -> None:
    assert any(action.name == "rate" and not action.reopens for action in sound().actions)
    assert faults(sound()) == []


def test_a_reopening_without_within() -> None:
    assert_fault(with_action("appeal", guard=(once(),)), "action appeal", "it reopens a case for ever", "within guard")


def test_a_reopening_that_leaves_no_end() -> None:
    assert_fault(with_action("rate", reopens=True), "action rate", "it reopens a case and leaves no end")
    assert_fault(with_action("refer", reopens=True), "action refer", "it reopens a case that is still open")


def test_a_reopening_into_an_end() -> None:
    definition = with_action("appeal", target="granted", tells=(Notice(Addressee.FILER, "answer"),))
    assert_fault(definition, "action appeal", "it reopens a case into the end 'granted'")


def test_an_action_that_can_never_be_taken() -> None:
    definition = plus(sound(), State("lost", "Lost", Party.OFFICE), act("find", "Find", (OFFICER,), ("lost",), "filed"))
    assert_fault(definition, "action find", "it can never be taken: no case stands in its states")


def test_an_action_that_can_never_be_taken_in_one_of_its_states() -> None:
    definition = plus(sound(), State("lost", "Lost", Party.OFFICE))
    rows = tuple(replace(a, source=("filed", "lost")) if a.name == "refer" else a for a in definition.actions)
    assert_fault(replace(definition, actions=rows), "action refer", "it can never be taken in 'lost'", "out of source=")


def test_a_bureaus_action_where_no_bureau_has_been_named() -> None:
    definition = plus(sound(), act("look", "Look", (REVIEWER, HEAD), ("filed",), STAY))
    assert_fault(definition, "action look", "it can never be taken: no bureau has been named")


def test_an_action_of_the_clock_that_no_rung_names() -> None:
    definition = plus(sound(), act("nudge", "Nudge", (CLOCK,), ("filed",), STAY))
    assert_fault(definition, "action nudge", "it can never be taken: no rung of a deadline that runs there names it")
