"""Guards that name nothing or let nobody through are refused."""

from __future__ import annotations

import pytest

from tests.workflow.builders import (
    with_action,
    with_rows,
)
from tests.workflow.planted import assert_fault, faults
from workflow.definition import (
    Choice,
    Field,
    FieldKind,
    Guard,
    Party,
)
from workflow.guards import (
    about,
    after,
    before_due,
    came_from,
    has_remedy,
    not_about,
    not_by,
    not_complained_of,
    once,
    within,
)


@pytest.mark.parametrize(
    ("guard", "where", "what"),
    [
        (not_by("dream"), "NotBy", "there is no action 'dream'"),
        (once("colour"), "Once", "there is no field 'colour'"),
        (within("request.never", "refer"), "Within", "there is no rule 'request.never'"),
        (before_due("supper"), "BeforeDue", "there is no deadline 'supper'"),
        (came_from("limbo", by="refer"), "CameFrom", "there is no state 'limbo'"),
        (before_due("accept"), "BeforeDue", "the deadline 'accept' runs in none of its states"),
        (came_from("with_bureau", by="refer"), "CameFrom", "refer never brings a case here from with_bureau"),
    ],
)
def test_a_guard_that_names_nothing(guard: Guard, where: str, what: str) -> None:
    assert_fault(with_action("extend", guard=(guard,)), f"action extend, guard {where}", what)


def test_a_guard_that_waits_for_what_cannot_come_before() -> None:
    definition = with_action("file", guard=(after("decide", "appeal"),))
    assert_fault(definition, "action file, guard After", "appeal, decide cannot come before it", "take the guard out")
    window = with_action("ask_papers", guard=(within("request.appeal", "appeal"),), source=("filed",))
    assert_fault(window, "action ask_papers, guard Within", "appeal cannot come before it")


def test_a_bureaus_remedy_before_any_bureau_is_named() -> None:
    definition = with_action("ask_papers", guard=(has_remedy(Party.BUREAU),))
    assert_fault(definition, "action ask_papers, guard HasRemedy", "no bureau has been named where it stands")


WHOM = Field("whom", "About whom", FieldKind.CHOICE, choices=(Choice("bureau", "A bureau"), Choice("office", "Us")))
OPENING = {"asks": (Field("claims", "Claims", FieldKind.CLAIMS), WHOM)}


def test_a_guard_on_what_no_opening_can_say() -> None:
    for guard in (about("whom", "office", "moon"), not_about("whom", "moon")):
        definition = with_rows(file=OPENING, ask_papers={"guard": (guard,)})
        where = "action ask_papers, guard About"
        assert_fault(definition, where, "no opening can say 'moon' of 'whom'", "name one of bureau, office")
    assert faults(with_rows(file=OPENING, ask_papers={"guard": (about("whom", "office"),)})) == []


def test_a_guard_on_a_field_that_only_a_later_step_asks() -> None:
    definition = with_rows(refer={"asks": (WHOM,)}, ask_papers={"guard": (about("whom", "office"),)})
    assert_fault(definition, "action ask_papers, guard About", "no opening can say 'office' of 'whom'", "take it out")


def test_guards_that_name_a_field_that_is_not_there() -> None:
    for guard, name in ((once(per="what"), "Once"), (about("what", "a"), "About"), (not_complained_of("what"), "Not")):
        found = faults(with_action("ask_papers", guard=(guard,)))
        assert any(f"guard {name}" in line and "there is no field 'what'" in line for line in found), found
    day = within("request.appeal", "refer", day="what")
    assert_fault(with_action("extend", guard=(day,)), "action extend, guard Within", "there is no field 'what'")
