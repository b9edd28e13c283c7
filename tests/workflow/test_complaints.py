"""Who may answer a complaint, and who never: the office, an officer, its head, the bureau complained of (D10, D16)."""

from dataclasses import replace

import pytest

from tests.workflow.dated import filed
from tests.workflow.people import staff
from tests.workflow.walking import Walk
from workflow.definition import CHIEF, OFFICER
from workflow.jurisdiction import Jurisdiction
from workflow.refusal import Impossible


def registered(law: Jurisdiction, about: str, **answers: object) -> Walk:
    walk = filed(law, "complaint", "2026-04-20", "unrouted", complained_of=about, **answers)
    walk.do("acknowledge")
    return walk


def investigated(law: Jurisdiction, about: str = "bureau", **answers: object) -> Walk:
    walk = registered(law, about, **answers)
    walk.do("route", route="business_env")
    return walk


def refused(walk: Walk, action: str, **answers: object) -> str:
    with pytest.raises(Impossible) as raised:
        walk.do(action, **answers)
    return str(raised.value)


@pytest.mark.parametrize("about", ["office", "chief"])
def test_about_the_office_or_its_head_it_is_registered_and_led_elsewhere(law: Jurisdiction, about: str) -> None:
    walk = registered(law, about)
    for action in ("route", "not_accept"):
        assert "may not answer a complaint about itself" in refused(walk, action)
    walk.do("lead", led_to={"office": "city_platform", "chief": "leading_group"}[about])
    assert (walk.state, walk.moves[-1].target.outcome) == ("elsewhere", "elsewhere")


def test_about_an_officer_the_chief_alone_decides(law: Jurisdiction) -> None:
    walk = investigated(law, "officer")
    for action in ("propose", "forward"):
        assert "not available for this type of complaint" in refused(walk, action)
    move = walk.do("decide", CHIEF, decision="unfounded")
    assert (walk.state, move.person.id) == ("unfounded", 23)
    assert {str(notice.to) for notice in move.tells} == {"filer", "office", "auditor"}, "copied to the auditor"


def test_about_a_bureau_an_officer_proposes_and_the_chief_approves(law: Jurisdiction) -> None:
    walk = investigated(law, body=12)
    assert "not available for this type of complaint" in refused(walk, "decide")
    walk.do("propose", decision="partly")
    walk.do("approve")
    assert walk.state == "partly"


def test_the_bureau_complained_of_is_asked_in_the_offices_words_and_gets_nothing_else(law: Jurisdiction) -> None:
    walk = investigated(law, body=12)
    assert "choose another one" in refused(walk, "forward", bureau=12)
    move = walk.do("ask_body", words="How was the record checked?")
    assert [(str(notice.to), notice.letter) for notice in move.tells] == [("complained_of", "statement_asked")]
    assert (move.words, move.bureau) == ({"words": "How was the record checked?"}, None)
    walk.do("forward", bureau=13)
    walk.do("object")
    assert "choose another one" in refused(walk, "assign", bureau=12)


def test_where_no_bureau_is_complained_of_none_is_asked(law: Jurisdiction) -> None:
    assert "not available for this type of complaint" in refused(investigated(law, "officer"), "ask_body")


class TestSuccession:
    """A unit that becomes one with the bureau complained of does not go on with the complaint (D16, D26)."""

    @pytest.mark.parametrize(("old", "new"), [(13, 12), (12, 13)])
    def test_it_comes_back_to_the_head_of_the_office(self, law: Jurisdiction, old: int, new: int) -> None:
        walk = investigated(law, body=12)
        walk.do("forward", bureau=13)
        due = walk.due("decide")
        walk.do("succeeded", CHIEF, old_bureau=old, bureau=new)
        assert (walk.state, walk.snapshot.bureau, walk.snapshot.complained_bureau) == ("returned", None, new)
        assert (walk.running("decide").owner, walk.running("decide").bureau, walk.due("decide")) == (
            "office",
            None,
            due,
        )
        assert "choose another one" in refused(walk, "assign", bureau=new)
        walk.do("assign", CHIEF, bureau=11)
        assert (walk.state, walk.running("decide").bureau, walk.due("decide")) == ("with_unit", 11, due)

    def test_what_it_had_proposed_is_not_decided_on(self, law: Jurisdiction) -> None:
        walk = investigated(law, body=12)
        walk.do("forward", bureau=13)
        walk.do("propose", decision="unfounded")
        walk.do("succeeded", CHIEF, old_bureau=12, bureau=13)
        walk.do("keep")
        walk.do("propose", OFFICER, decision="founded")
        walk.do("approve")
        assert walk.state == "founded"

    def test_another_bureau_s_successor_goes_on(self, law: Jurisdiction) -> None:
        walk = investigated(law, body=12)
        walk.do("forward", bureau=13)
        due = walk.due("decide")
        walk.do("succeeded", CHIEF, old_bureau=13, bureau=14)
        assert (walk.state, walk.snapshot.bureau, walk.running("decide").bureau) == ("with_unit", 14, 14)
        assert walk.due("decide") == due

    def test_a_unit_that_has_objected_does_not_object_again_under_another_name(self, law: Jurisdiction) -> None:
        walk = investigated(law, body=12)
        walk.do("forward", bureau=13)
        walk.do("object")
        walk.do("succeeded", CHIEF, old_bureau=13, bureau=14)
        walk.do("assign", CHIEF, bureau=14)
        with pytest.raises(Impossible, match="This can be done once"):
            walk.take("object", replace(staff(13)[0], bureau=14), {"reasons": "not ours"})


def test_an_objection_for_the_enterprise_is_opened_once_a_record(law: Jurisdiction) -> None:
    walk = investigated(law, body=12)
    assert [effect.of for effect in walk.do("open_objection", record=5).effects] == ["objection"]
    assert "can be done once" in refused(walk, "open_objection", record=5)
    walk.do("open_objection", record=6)
    assert walk.state == "investigating", "the two end apart"


def test_it_is_rated_once_whatever_the_answer(law: Jurisdiction) -> None:
    walk = investigated(law, body=12)
    walk.do("propose", decision="unfounded")
    walk.do("approve")
    walk.do("rate", score="little")
    assert "can be done once" in refused(walk, "rate", score="very")
    assert walk.state == "unfounded"
