"""Names that stand twice or for nothing are refused."""

from dataclasses import replace

import pytest

from tests.workflow.builders import ACTIONS, DEADLINES, OUTCOME, act, plus, sound, with_action, with_deadline
from tests.workflow.planted import assert_fault, faults
from workflow.definition import (
    AUDITOR,
    CHIEF,
    OFFICER,
    START,
    STAY,
    Addressee,
    By,
    Choice,
    Definition,
    Field,
    FieldKind,
    Party,
    Role,
    Rung,
    State,
)


@pytest.mark.parametrize(
    ("changes", "unknown"),
    [({"source": ("filed", "nowhere")}, "nowhere"), ({"target": "nirvana"}, "nirvana"), ({"target": START}, START)],
)
def test_an_unknown_state_of_an_action(changes: dict[str, object], unknown: str) -> None:
    assert_fault(with_action("refer", **changes), "action refer", f"there is no state '{unknown}'", "name one of")


def test_an_unknown_state_of_a_branch() -> None:
    definition = with_action("decide", target=By(OUTCOME, granted="granted", refused="denied"))
    assert_fault(definition, "action decide", "there is no state 'denied'", "name one of")


@pytest.mark.parametrize("changes", [{"over": ("with_bureau", "nowhere")}, {"paused_in": ("nowhere",)}])
def test_an_unknown_state_of_a_deadline(changes: dict[str, object]) -> None:
    assert_fault(with_deadline("verify", **changes), "deadline verify", "there is no state 'nowhere'")


def test_a_state_called_like_the_start() -> None:
    assert_fault(plus(sound(), State(START, "Start", Party.OFFICE)), "state start", "rename the state")


def test_an_unknown_action_of_a_rung() -> None:
    definition = with_deadline("verify", rungs=(Rung(0, "overdue"), Rung(4, "shout")))
    assert_fault(definition, "deadline verify, rung +4", "there is no action 'shout'", "name an action of the clock")


def test_an_unknown_role() -> None:
    definition = with_action("refer", by=(OFFICER, Role(Party.OFFICE, "clerk")))
    assert_fault(definition, "action refer", "there is no role 'clerk'", "name one of approver, ")


def test_a_role_of_another_party() -> None:
    definition = with_action("refer", by=(Role(Party.BUREAU, "officer"),))
    assert_fault(definition, "action refer", "the role 'officer' belongs to the office, not to the bureau")


def test_an_auditor_who_would_act() -> None:
    assert_fault(with_action("refer", by=(OFFICER, AUDITOR)), "action refer", "the auditor reads and never writes")


def test_whoever_has_the_case_may_own_a_deadline() -> None:
    assert faults(with_deadline("verify", owner=Addressee.DESK)) == []
    assert_fault(with_deadline("verify", owner=Addressee.FILER), "deadline verify", "nobody who can be late")


def test_a_deadline_whose_owner_cannot_be_late() -> None:
    assert_fault(with_deadline("verify", owner=Party.CLOCK), "deadline verify", "nobody who can be late")


def test_an_unknown_variant() -> None:
    definition = replace(with_action("refer", variants=("fast", "slow")), variants=("fast",))
    assert_fault(definition, "action refer", "there is no variant 'slow'", "name one of fast")
    assert_fault(with_deadline("verify", variants=("slow",)), "deadline verify", "leave variants out")


@pytest.mark.parametrize(
    ("definition", "where", "name"),
    [
        (plus(sound(), State("filed", "Again", Party.OFFICE)), "states", "filed"),
        (replace(sound(), variants=("a", "a")), "variants", "a"),
        (replace(sound(), records=("penalty", "penalty")), "records", "penalty"),
        (replace(sound(), windows=("request.appeal",) * 2), "windows", "request.appeal"),
        (with_action("refer", source=("filed", "filed")), "action refer, its sources", "filed"),
        (with_action("refer", by=(OFFICER, OFFICER)), "action refer, its roles", "officer"),
        (with_action("refer", asks=(Field("word", "A"), Field("word", "B"))), "action refer, its fields", "word"),
        (
            with_action("refer", asks=(Field("how", "How", FieldKind.CHOICE, choices=(Choice("a", "A"),) * 2),)),
            "action refer, choices of how",
            "a",
        ),
        (with_deadline("verify", over=("with_bureau",) * 2), "deadline verify, its states", "with_bureau"),
        (with_deadline("verify", rungs=(Rung(0, "overdue"),) * 2), "deadline verify, its rungs", "+0 overdue"),
    ],
)
def test_a_name_that_stands_twice(definition: Definition, where: str, name: str) -> None:
    assert_fault(definition, where, f"'{name}' stands 2 times", "keep one of them")


def test_a_branch_that_stands_twice() -> None:
    branch = By(OUTCOME, granted="granted", refused="refused")
    definition = with_action("decide", target=replace(branch, targets=(*branch.targets, ("granted", STAY))))
    assert_fault(definition, "action decide, its branches", "'granted' stands 2 times")


def test_two_actions_of_one_name_from_one_state() -> None:
    definition = plus(sound(), act("refer", "Refer", (CHIEF,), ("filed",), "with_bureau"))
    assert_fault(definition, "action refer", "two actions of this name leave filed", "join them in one row or rename")


def test_two_actions_of_one_name_may_leave_one_state_in_different_variants() -> None:
    rows = tuple(replace(action, variants=("a",)) if action.name == "refer" else action for action in ACTIONS)
    more = replace(next(action for action in ACTIONS if action.name == "refer"), variants=("b",), by=(CHIEF,))
    in_both = replace(sound(), actions=(*rows, more), variants=("a", "b"), starts_as=lambda record: record.branch)
    assert faults(in_both) == []


def test_two_deadlines_of_one_name() -> None:
    definition = plus(sound(), next(deadline for deadline in DEADLINES if deadline.name == "verify"))
    assert_fault(definition, "deadline verify", "two deadlines of this name run in one variant", "different variants")


def test_two_deadlines_of_one_name_may_run_in_different_variants() -> None:
    verify = next(deadline for deadline in DEADLINES if deadline.name == "verify")
    rest = tuple(deadline for deadline in DEADLINES if deadline is not verify)

    def split(*variants: tuple[str, ...]) -> list[str]:
        both = tuple(replace(verify, variants=of) for of in variants)
        return faults(replace(sound(), deadlines=(*rest, *both), variants=("a", "b"), starts_as=lambda record: "a"))

    assert split(("a",), ("b",)) == []
    assert any("two deadlines of this name run in one variant" in line for line in split(("a", "b"), ("b",)))


def test_the_name_of_what_follows_a_changed_procedure_is_no_kinds_own() -> None:
    assert_fault(plus(sound(), act("mapped", "Map", (OFFICER,), ("filed",), STAY)), "action mapped", "in every kind")
