"""What a definition says of itself: rows by state and variant, whose work a state is, how a case begins."""

from dataclasses import replace

import pytest

from cases.kinds import all_kinds
from tests.workflow.builders import ACTIONS, DEADLINES, sound, with_action, with_succession
from tests.workflow.walking import RECORD
from workflow.definition import CHIEF, FILER, OFFICER, REVIEWER, Definition, Field, Party


def split() -> Definition:
    """Rows and deadlines of one name, each in a variant of its own."""
    refer, verify = ACTIONS[4], DEADLINES[2]
    one, other = replace(refer, variants=("a",)), replace(refer, variants=("b",), by=(CHIEF,))
    rows = tuple(row for row in ACTIONS if row is not refer)
    two = (replace(verify, variants=("a",)), replace(verify, variants=("b",), fresh=True))
    return replace(sound(), actions=(*rows, one, other), deadlines=(*DEADLINES[:2], *two), variants=("a", "b"))


def test_a_row_is_found_by_name_state_and_variant() -> None:
    definition = split()
    assert definition.action("refer", "filed", "a").by == (OFFICER,)
    assert definition.action("refer", "filed", "b").by == (CHIEF,)
    assert definition.action("refer", "with_bureau", "a") is None
    assert [row.name for row in definition.actions_named("refer")] == ["refer", "refer"]
    assert definition.actions_named("dream") == ()


def test_a_changed_definition_does_not_remember_the_rows_of_the_old_one() -> None:
    definition = sound()
    assert definition.action("refer", "filed")
    changed = replace(definition, actions=tuple(row for row in definition.actions if row.name != "refer"))
    assert changed.action("refer", "filed") is None
    assert changed.digest != definition.digest


def test_a_deadline_is_that_of_the_variant() -> None:
    definition = split()
    assert [definition.deadline("verify", variant).fresh for variant in ("a", "b")] == [False, True]
    assert definition.deadline("accept", "b").name == "accept"
    assert [one.fresh for one in definition.deadlines_of("b") if one.name == "verify"] == [True]


def test_a_state_is_the_work_of_those_of_its_desk_who_can_move_it() -> None:
    definition = sound()
    assert definition.movers("filed") == {OFFICER}, "the enterprise may withdraw, but it is not its work"
    assert definition.movers("with_bureau") == {REVIEWER}, "to extend moves nothing"
    assert definition.movers("awaiting_papers") == {FILER}
    assert definition.movers("granted") == frozenset()


def test_whose_work_it_is_may_differ_between_variants() -> None:
    definition = split()
    assert definition.movers("filed") == {OFFICER, CHIEF}
    assert definition.movers("filed", "b") == {OFFICER, CHIEF}, "the officer asks for papers there"
    assert with_action("ask_papers", by=(CHIEF,)).movers("filed") == {OFFICER, CHIEF}


def test_what_has_a_page_of_its_own_is_nobodys_next_step() -> None:
    moving = with_succession(sound())
    rows = tuple(replace(row, target="filed") if row.name == "succeeded" else row for row in moving.actions)
    assert CHIEF not in replace(moving, actions=rows).movers("filed")


def test_every_kind_says_whose_work_each_open_state_is() -> None:
    for definition in all_kinds().values():
        for state in definition.states:
            roles = {role.party for role in definition.movers(state.name)}
            assert roles == ({state.desk} if state.desk else set()), (definition.kind, state.name)


@pytest.mark.parametrize("branch", ["general", "market_regulation"])
def test_a_repair_begins_as_the_variant_that_its_record_tells(branch: str) -> None:
    repair = all_kinds()["repair"]
    assert repair.starts_as
    assert repair.starts_as(replace(RECORD, branch=branch)) == branch
    assert branch in repair.variants


def test_the_openings_of_each_kind() -> None:
    found = {
        (kind, variant, row.name, role.name)
        for kind, definition in all_kinds().items()
        for variant in definition.variants or ("",)
        for row in definition.actions_from("start", variant)
        for role in row.by
    }
    known = {
        ("objection", ""), ("correction", "on_request"), ("correction", "decision_changed"),
        ("correction", "self_found"), ("correction", "from_objection"), ("repair", "general"),
        ("repair", "market_regulation"), ("complaint", "unrouted"), ("correction", "sheet_conflict"),
    }  # fmt: skip
    named = {kind for kind, _ in known}
    assert {(kind, variant) for kind, variant, *_ in found if kind in named} == known
    assert ("repair", "general", "enter", "reviewer") in found
    assert ("complaint", "unrouted", "file", "officer") in found


def test_an_effect_of_any_row_of_a_name_is_known() -> None:
    assert sound().effects_of["refer"] == {"route"}
    assert sound().effects_of["remind"] == frozenset()


def test_a_field_of_an_action_by_its_name() -> None:
    words = Field("words", "Words")
    assert with_action("refer", asks=(words,)).action("refer", "filed").field("words") is words


def test_a_role_belongs_to_one_party() -> None:
    assert (FILER.party, OFFICER.party, REVIEWER.party) == (Party.ENTERPRISE, Party.OFFICE, Party.BUREAU)


def test_what_a_definition_has_no_more_is_over_and_called_by_its_name() -> None:
    """The past names it; nothing runs or lies there any longer."""
    state, deadline = sound().state("dreaming"), sound().deadline("sleep")
    assert (state.label, state.desk, state.final) == ("dreaming", None, True)
    assert (deadline.label, deadline.over, deadline.rungs) == ("sleep", (), ())
    assert {"dreaming", "sleep"}.isdisjoint({*sound().by_state, *sound().deadline_names})
