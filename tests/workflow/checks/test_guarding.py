"""Guards that name nothing or let nobody through are refused."""

from dataclasses import replace
from typing import Any

import pytest

from tests.workflow.builders import LAW, act, plus, with_action, with_rows
from tests.workflow.planted import assert_fault, faults
from workflow.definition import (
    APPROVER,
    CHIEF,
    CLOCK,
    DECIDES,
    PROPOSES,
    REVIEWER,
    SENDS_BACK,
    Action,
    Choice,
    Definition,
    Field,
    FieldKind,
    Guard,
    Party,
    State,
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
    not_handler,
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


def proposed(**changes: Any) -> Definition:
    """The sound kind, in which a reviewer proposes and an approver decides."""
    propose = act(
        "propose", "Propose", (REVIEWER,), ("with_bureau",), "proposed", part=PROPOSES, guard=(not_handler(),),
        asks=(Field("findings", "Findings", FieldKind.FINDINGS), *LAW),
    )  # fmt: skip
    decide: dict[str, Any] = {"by": (APPROVER,), "source": ("proposed",), "part": DECIDES, "asks": (),
                              "guard": (not_by("propose"), has_remedy(Party.BUREAU))}  # fmt: skip
    kind = plus(with_action("decide", **decide), State("proposed", "Proposed", Party.BUREAU, "approve it"), propose)
    deadline = replace(kind.deadlines[-1], over=("with_bureau", "proposed"))
    open_states = kind.open_states()
    rows = [replace(row, source=open_states) if row.by in ((CLOCK,), (CHIEF, CLOCK)) and row.name != "papers_late"
            else replace(row, **changes.get(row.name, {})) for row in kind.actions]  # fmt: skip
    return replace(kind, actions=tuple(rows), deadlines=(*kind.deadlines[:-1], deadline))


def test_a_proposal_that_another_decides_on_is_sound() -> None:
    assert faults(proposed()) == []


def test_a_decision_that_whoever_proposed_could_make_alone() -> None:
    definition = proposed(decide={"guard": (has_remedy(Party.BUREAU),)})
    assert_fault(definition, "action decide", "whoever takes 'propose' could decide on it alone", 'not_by("propose")')


def test_a_sending_back_by_whoever_may_not_approve() -> None:
    """D32: it decides too; only the remedy is not asked of it."""
    kind = proposed()
    row = Action("send_back", "Back", "Sent back", by=(APPROVER,), source=("proposed",), target="with_bureau",
                 part=SENDS_BACK)  # fmt: skip
    assert_fault(replace(kind, actions=(*kind.actions, row)), "action send_back", "could send it back", "NotBy")
    guarded = replace(row, guard=(not_by("propose"),))
    assert faults(replace(kind, actions=(*kind.actions, guarded))) == []


def test_a_bureaus_proposal_by_whoever_entered_the_record() -> None:
    definition = proposed(propose={"guard": ()})
    assert_fault(definition, "action propose", "could propose what becomes of it", "guard it with not_handler()")


def test_a_proposal_in_a_kind_about_no_record_needs_no_handler() -> None:
    alone = replace(proposed(propose={"guard": ()}), without_record=True)
    assert not [line for line in faults(alone) if "not_handler" in line]
