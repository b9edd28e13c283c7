"""States that cannot be reached or left, and desks that cannot act, are refused."""

from dataclasses import replace
from typing import Any

import pytest

from cases.kinds.common import third_ladder, third_party
from tests.workflow.builders import (
    ACTIONS,
    DEADLINES,
    OFFICIAL,
    RULES,
    act,
    place,
    plus,
    rule,
    sound,
    with_action,
    with_deadline,
    with_rows,
    with_state,
    without_action,
)
from tests.workflow.planted import assert_fault, faults
from workflow.definition import (
    CLOCK,
    OFFICER,
    REVIEWER,
    STAY,
    Addressee,
    Deadline,
    Definition,
    Field,
    FieldKind,
    Notice,
    Party,
    Rung,
    State,
    route,
)


def test_a_state_without_label() -> None:
    assert_fault(with_state("filed", label=""), "state filed", "it has no label")


def test_an_open_state_that_does_not_say_what_there_is_to_do() -> None:
    assert_fault(
        with_state("filed", work=""), "state filed", "it does not say what its desk has to do", "say it in work="
    )


def test_a_final_state_on_a_desk() -> None:
    assert_fault(with_state("granted", desk=Party.OFFICE), "state granted", "it is final and lies on a desk")


def test_an_adverse_state_that_is_no_end() -> None:
    assert_fault(with_state("filed", adverse=True), "state filed", "adverse without being an end")


@pytest.mark.parametrize("desk", [None, Party.CLOCK])
def test_an_open_state_with_no_desk(desk: Party | None) -> None:
    assert_fault(with_state("filed", desk=desk), "state filed", "it lies on no desk", "name the enterprise")


def test_an_unreachable_state() -> None:
    definition = plus(sound(), State("lost", "Lost", Party.OFFICE))
    assert_fault(definition, "state lost", "no case can reach it", "let an action lead there or take it out")


def test_a_state_that_is_reached_only_in_a_variant_that_leaves_it_out() -> None:
    definition = plus(sound(), State("kept", "Kept", outcome="kept"))
    row = act("keep", "Keep", (OFFICER,), ("with_bureau",), "kept", tells=(Notice(Addressee.FILER, "kept"),))
    only_a = replace(row, variants=("a",))
    rows = tuple(replace(action, variants=("b",)) if action.name == "refer" else action for action in ACTIONS)
    definition = replace(definition, actions=(*rows, only_a), variants=("a", "b"))
    assert_fault(definition, "state kept", "no case can reach it")


def test_a_variant_that_no_case_can_have() -> None:
    rows = tuple(replace(action, variants=("a",)) if action.name == "file" else action for action in ACTIONS)
    definition = replace(sound(), actions=rows, variants=("a", "b"))
    assert_fault(definition, "variant b", "no case can have it", "let an opening or set_variant lead there")


def test_a_state_without_a_way_out() -> None:
    definition = plus(
        sound(),
        State("keeping", "Keeping", Party.OFFICE),
        act("keep", "Keep", (OFFICER,), ("filed",), "keeping"),
        act("muse", "Muse", (OFFICER,), ("keeping",), STAY),
    )
    assert_fault(
        definition, "state keeping", "there is no way out of it", "give it an action that moves, or an outcome"
    )


def test_a_state_without_a_way_out_in_one_variant_only() -> None:
    rows = tuple(replace(a, variants=("a",)) if a.name in ("decide", "withdraw") else a for a in ACTIONS)
    definition = replace(sound(), actions=rows, variants=("a", "b"))
    assert_fault(definition, "state with_bureau, variant b", "there is no way out of it")
    assert not any("variant a" in line for line in faults(definition))


def test_a_state_that_never_reaches_an_end() -> None:
    definition = plus(
        sound(),
        State("here", "Here", Party.OFFICE),
        State("there", "There", Party.OFFICE),
        act("go", "Go", (OFFICER,), ("filed", "there"), "here"),
        act("come", "Come", (OFFICER,), ("here",), "there"),
    )
    assert_fault(definition, "state here", "it never reaches an end", "let a way from it lead to a final state")


def test_an_open_state_in_which_no_deadline_runs() -> None:
    paused = with_deadline("verify", over=("with_bureau", "filed"), paused_in=("with_bureau",))
    assert_fault(paused, "state with_bureau", "no deadline runs in it", "let one run over it")


def test_a_state_that_only_the_clock_can_move() -> None:
    definition = with_action("supply", by=(CLOCK,))
    rows = tuple(a for a in definition.actions if a.name not in ("withdraw", "papers_late"))
    supplied = replace(DEADLINES[1], rungs=(Rung(0, "supply"),))
    definition = replace(definition, actions=rows, deadlines=(DEADLINES[0], supplied, DEADLINES[2]))
    assert_fault(definition, "state awaiting_papers", "only the clock can move it")


def test_a_desk_that_cannot_move_what_lies_on_it() -> None:
    definition = with_state("with_bureau", desk=Party.OFFICE)
    assert_fault(
        definition, "state with_bureau", "its desk, the office, cannot move what lies on it", "change the desk"
    )


def test_an_enterprises_desk_without_a_way_out_by_the_clock() -> None:
    definition = replace(
        without_action("papers_late"), deadlines=(DEADLINES[0], replace(DEADLINES[1], rungs=(Rung(0, "overdue"),)))
    )
    assert_fault(definition, "state awaiting_papers", "the enterprise's silence would keep it for ever", "a rung whose")


def test_an_enterprises_desk_whose_clock_action_no_rung_calls() -> None:
    definition = with_deadline("supplement", rungs=(Rung(0, "overdue"),))
    assert_fault(definition, "state awaiting_papers", "the enterprise's silence would keep it for ever")


def test_a_bureaus_desk_before_any_bureau_is_named() -> None:
    assert_fault(
        with_action("refer", does=()), "state with_bureau", "on a way there no bureau is named", "put route(…)"
    )


def test_a_route_by_a_field_that_may_be_left_empty_names_no_bureau_for_certain() -> None:
    to = Field("to", "To", FieldKind.BUREAU, required=False)
    definition = with_action("refer", does=(route("to"),), asks=(to,))
    assert_fault(definition, "state with_bureau", "on a way there no bureau is named")
    assert faults(with_action("refer", does=(route("to"),), asks=(replace(to, required=True),))) == []


def test_a_bureaus_deadline_before_any_bureau_is_named() -> None:
    assert_fault(with_deadline("accept", owner=Party.BUREAU), "deadline accept", "it runs for a bureau in 'filed'")


def asking_a_third_party(**rungs: Any) -> Definition:
    """The sound kind, in which the reviewer may ask a third party."""
    rows = third_party("third_asked", "with_bureau", REVIEWER)
    waiting = State("third_asked", "Third party asked", Party.BUREAU, "record what it answers")
    ladder = rungs.get("rungs", third_ladder())
    third = Deadline("third", "Its view", "request.third", Party.THIRD, ("third_asked",), ladder)
    kind = plus(sound(), waiting, third, *rows)
    everywhere = tuple(replace(row, source=kind.open_states()) if row.name in LADDER else row for row in kind.actions)
    paused = tuple(replace(one, over=(*one.over, "third_asked"), paused_in=("third_asked",)) if one.name == "verify"
                   else one for one in kind.deadlines)  # fmt: skip
    return replace(kind, actions=everywhere, deadlines=paused)


LADDER = ("remind", "overdue", "supervise")
WITH_A_THIRD = place(*RULES, rule("third", 3))


def test_a_third_party_s_time_is_its_own_and_its_silence_goes_back() -> None:
    assert faults(asking_a_third_party(), WITH_A_THIRD) == []


def test_a_third_party_whose_silence_would_keep_the_case_for_ever() -> None:
    definition = asking_a_third_party(rungs=OFFICIAL)
    what = "the third party's silence would keep it for ever"
    assert_fault(definition, "state third_asked", what, at=WITH_A_THIRD)


def test_a_third_party_that_nobody_can_reach() -> None:
    definition = asking_a_third_party()
    rows = tuple(replace(row, asks=row.asks[:1]) if row.name == "ask_third" else row for row in definition.actions)
    where, what = "action ask_third, notice to third", "nobody is asked how a third party is reached"
    assert_fault(replace(definition, actions=rows), where, what, at=WITH_A_THIRD)


def test_a_state_from_which_every_way_on_is_optional() -> None:
    definition = with_rows(decide={"optional": True}, extend={"optional": True})
    assert_fault(definition, "state with_bureau", "every way on from it is optional")
