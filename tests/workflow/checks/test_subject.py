"""Records that a case cannot have, variants that an opening leaves open, and nobody to keep a case from are refused."""

from dataclasses import replace
from typing import Any

import pytest

from tests.workflow.builders import ACTIONS, LAW, place, sound, with_action, with_rows
from tests.workflow.planted import assert_fault, faults
from workflow.definition import (
    FILER,
    OFFICER,
    REVIEWER,
    Choice,
    Definition,
    Effect,
    Field,
    FieldKind,
    Guard,
    delist,
    flag,
    route,
)
from workflow.guards import no_other_open, not_complained_of, not_handler, own_record

CLAIMS = Field("claims", "Claims", FieldKind.CLAIMS)
WHOM = Field("whom", "About whom", FieldKind.CHOICE, choices=(Choice("bureau", "A bureau"), Choice("office", "Us")))
TO = Field("to", "To whom", FieldKind.BUREAU)


def about_no_record(**changes: dict[str, Any]) -> Definition:
    """The sound kind without a record: nothing is claimed, found, flagged or read from one."""
    rows = {
        "file": {"asks": (Field("words", "Words"),), "does": ()},
        "refer": {"asks": (TO,), "does": (route("to"),)},
        "decide": {"asks": LAW, "does": ()},
        "withdraw": {"does": ()},
    }
    for name, changed in changes.items():
        rows[name] = {**rows.get(name, {}), **changed}
    return replace(with_rows(**rows), without_record=True)


def test_a_kind_may_be_about_no_record_at_all() -> None:
    assert faults(about_no_record()) == []


@pytest.mark.parametrize("effect", [flag(), delist(), route("supplied_by"), Effect("keep_statement")])
def test_an_effect_on_a_record_that_is_not_there(effect: Effect) -> None:
    definition = about_no_record(refer={"does": (route("to"), effect)})
    assert_fault(definition, "action refer", f"the effect {effect.name}({effect.of}) acts on a record", "take it out")


@pytest.mark.parametrize("guard", [not_handler(), own_record("determined_by")])
def test_a_guard_on_a_record_that_is_not_there(guard: Guard) -> None:
    definition = about_no_record(decide={"guard": (*sound().action("decide", "with_bureau").guard, guard)})
    assert_fault(definition, "action decide", f"the guard {type(guard).__name__} reads a record", "take it out")


def test_an_opening_that_claims_something_of_a_record_that_is_not_there() -> None:
    definition = about_no_record(file={"asks": (CLAIMS,)})
    assert_fault(definition, "action file, field claims", "it asks what a record should say", "or without_record")


def test_a_later_step_may_name_a_record_and_claim_something_of_it() -> None:
    record = Field("record", "Which record", FieldKind.RECORD)
    assert faults(about_no_record(ask_papers={"asks": (record, CLAIMS)})) == []


def test_kinds_of_records_for_a_case_that_is_about_none() -> None:
    definition = replace(about_no_record(), records=("penalty",))
    assert_fault(definition, "records", "a case is about no record and is for some kinds of them", "keep one")


def test_a_choice_for_a_kind_of_record_that_no_case_can_have() -> None:
    what = Field(
        "what", "What", FieldKind.CHOICE, choices=(Choice("a", "A"), Choice("b", "B", records=("honour_list",)))
    )
    definition = with_action("refer", asks=(what,))
    assert faults(definition) == [], "of any kind"
    assert faults(replace(definition, records=("penalty", "honour_list"))) == []
    bad = replace(definition, records=("penalty",))
    assert_fault(bad, "action refer, field what", "'b' is only for honour_list", "name kinds of records=")


def test_an_opening_that_leaves_the_variant_open() -> None:
    definition = replace(sound(), variants=("a", "b"))
    assert_fault(definition, "action file", "it leaves open which variant the case is: a, b", "say in starts_as")
    assert faults(replace(definition, starts_as=lambda record: record.branch)) == []


def test_openings_that_each_fix_their_variant() -> None:
    one, other = (replace(ACTIONS[0], variants=(name,)) for name in ("a", "b"))
    definition = replace(sound(), actions=(one, other, *ACTIONS[1:]), variants=("a", "b"))
    assert faults(definition) == []
    told = replace(definition, starts_as=lambda record: record.branch)
    assert_fault(told, "starts_as", "every opening fixes the variant", "take it out")


def test_no_record_tells_the_variant_where_there_is_none() -> None:
    definition = replace(about_no_record(), variants=("a", "b"), starts_as=lambda record: record.branch)
    assert_fault(definition, "starts_as", "a case is about no record that could tell it")


def kept_from(*asks: Field, name: str = "whom", **changes: Any) -> Definition:
    return replace(with_action("file", asks=(CLAIMS, *asks), **changes), closed_to=name)


def test_whom_a_case_is_kept_from_is_asked_of_whoever_files_it() -> None:
    assert faults(kept_from(WHOM)) == []


@pytest.mark.parametrize("asked", [(), (TO,), (replace(WHOM, kind=FieldKind.TEXT, choices=()),)])
def test_a_case_that_is_kept_from_nobody_knows_whom(asked: tuple[Field, ...]) -> None:
    what = "it opens a case and asks no choice 'whom', from whom it is kept"
    assert_fault(kept_from(*asked), "action file", what, "ask whom as a CHOICE, or mend closed_to")


def test_every_opening_asks_it() -> None:
    enter = replace(ACTIONS[0], name="enter", by=(REVIEWER,))
    definition = kept_from(WHOM)
    assert_fault(replace(definition, actions=(*definition.actions, enter)), "action enter", "asks no choice 'whom'")


@pytest.mark.parametrize(
    "field", [replace(WHOM, required=False), replace(WHOM, by=(OFFICER,)), replace(WHOM, only=("way", "a"))]
)
def test_it_can_not_be_left_unsaid(field: Field) -> None:
    way = Field("way", "Way", FieldKind.CHOICE, choices=(Choice("a", "A"),))
    definition = kept_from(way, field, by=(FILER, OFFICER))
    what = "from whom the case is kept can be left unsaid"
    assert_fault(definition, "action file, field whom", what, "ask it of everybody, required, without only")


def test_a_bureau_complained_of_where_nobody_is() -> None:
    refer = {"guard": (not_complained_of("to"),), "asks": (TO,), "does": (route("to"),)}
    definition = with_rows(file={"asks": (CLAIMS, WHOM)}, refer=refer)
    assert_fault(definition, "action refer, guard NotComplainedOf", "a case is kept from nobody", "say closed_to")
    assert faults(replace(definition, closed_to="whom"), place()) == []


def test_a_kind_of_which_several_may_be_open_and_an_opening_that_refuses_a_second() -> None:
    definition = replace(with_action("file", guard=(no_other_open(),)), one_open=False)
    assert_fault(
        definition, "action file, guard NoOtherOpen", "lets several be open", "take the guard out, or one_open"
    )


def test_a_shape_that_is_not_drawn() -> None:
    assert_fault(replace(sound(), shape="star"), "shape", "there is no shape 'star'", "circle")
