"""What a move does beyond the state: each effect with what it acts on, and only where its field says so."""

from dataclasses import replace
from datetime import date

import pytest

from tests.workflow.builders import at_work, with_action, with_rows, with_succession
from tests.workflow.people import OFFICER_A, staff
from tests.workflow.walking import CLAIMED, Walk, findings
from workflow.decide import Move, Resolved
from workflow.definition import (
    APPROVER,
    CASE,
    CHIEF,
    FILER,
    OFFICER,
    REVIEWER,
    STAY,
    Choice,
    Definition,
    Effect,
    Field,
    FieldKind,
    correct,
    delist,
    end_display,
    hand_to,
    open_case,
    route,
    show_again,
    stop_sharing,
)
from workflow.snapshot import Person

CLAIMS = Field("claims", "Claims", FieldKind.CLAIMS)
WHAT = Field("what", "What", FieldKind.CHOICE, choices=(Choice("list", "The list"), Choice("display", "The display")))
DONE_ON = Field("done_on", "Done on", FieldKind.DATE)
WHOM = Field("whom", "About whom", FieldKind.CHOICE, choices=(Choice("bureau", "A bureau"), Choice("office", "Us")))
BODY = Field("body", "Which bureau", FieldKind.BUREAU, only=("whom", "bureau"))


def done(move: Move, name: str) -> list[Resolved]:
    return [effect for effect in move.effects if effect.name == name]


def filed(definition: Definition, **answers: object) -> Walk:
    walk = at_work(definition)
    walk.do("file", **answers)
    return walk


class TestOnly:
    ENDS = (end_display(only=("what", "display"), on="done_on"), delist(only=("what", "list"), on="done_on"),
            stop_sharing(only=("what", "list")))  # fmt: skip

    def confirmed(self, what: str) -> Move:
        asks = (WHAT, DONE_ON)
        walk = filed(with_action("refer", asks=asks, does=(*self.ENDS, route("supplied_by"))))
        return walk.do("refer", what=what, done_on=date(2026, 10, 30))

    def test_an_effect_is_done_where_the_field_is_answered_so_now(self):
        assert [effect.name for effect in self.confirmed("list").effects] == ["delist", "stop_sharing", "route"]
        assert [effect.name for effect in self.confirmed("display").effects] == ["end_display", "route"]

    def test_it_has_the_day_that_a_field_gives(self):
        move = self.confirmed("list")
        assert done(move, "delist") == [Resolved("delist", "", date(2026, 10, 30))]
        assert done(move, "stop_sharing") == [Resolved("stop_sharing", "", None)], "none named: the day of the act"

    @pytest.mark.parametrize("said", [("list",), ("display", "list")])
    def test_or_was_when_it_was_last_answered(self, said):
        rows = with_rows(
            refer={"asks": (WHAT,)},
            extend={"by": (REVIEWER,), "asks": (WHAT,), "guard": (), "does": ()},
            withdraw={"does": (show_again(only=("what", "list")),)},
        )  # fmt: skip
        walk = filed(rows)
        walk.do("refer", what=said[0])
        for again in said[1:]:
            walk.do("extend", what=again)
        assert done(walk.do("withdraw"), "show_again")

    def test_what_was_said_before_the_last_answer_does_not_count(self):
        rows = with_rows(
            refer={"asks": (WHAT,)},
            extend={"by": (REVIEWER,), "asks": (WHAT,), "guard": (), "does": ()},
            withdraw={"does": (show_again(only=("what", "list")),)},
        )  # fmt: skip
        walk = filed(rows)
        walk.do("refer", what="list")
        walk.do("extend", what="display")
        assert done(walk.do("withdraw"), "show_again") == []

    def test_nothing_was_ever_said(self):
        assert done(filed(with_action("withdraw", does=(show_again(only=("what", "list")),))).do("withdraw"), "x") == []


class TestRoute:
    @pytest.mark.parametrize(("to", "bureau"), [("supplied_by", 11), ("determined_by", 12)])
    def test_to_who_stands_in_the_record(self, to, bureau):
        assert filed(with_action("refer", does=(route(to),))).do("refer").bureau == bureau

    def test_to_the_bureau_that_is_named(self):
        to = Field("to", "To whom", FieldKind.BUREAU)
        assert filed(with_action("refer", asks=(to,), does=(route("to"),))).do("refer", to=13).bureau == 13

    def test_to_the_bureau_of_who_acts(self):
        opening = with_action("file", by=(FILER, REVIEWER), target="with_bureau", does=(route("own_bureau"),))
        reviewer = staff(13)[0]
        walk = at_work(opening)
        walk.take("file", reviewer, {"claims": CLAIMED})
        assert (walk.snapshot.bureau, walk.running("verify").bureau) == (13, 13)

    def test_a_field_that_is_left_empty_routes_nowhere(self):
        to = Field("to", "To whom", FieldKind.BUREAU, required=False)
        walk = filed(with_action("refer", asks=(to,), does=(route("to"),)))
        assert walk.take("refer", OFFICER_A, {}).bureau is None


class TestComplainedOf:
    """From whom a case is kept is what the opening said, once for all (D16)."""

    KEPT = replace(with_succession(with_action("file", asks=(CLAIMS, WHOM, BODY))), closed_to="whom")

    def test_a_bureau(self):
        case = filed(self.KEPT, whom="bureau", body=12).snapshot
        assert (case.complained_of, case.complained_bureau) == ("bureau", 12)

    def test_somebody_else_though_a_bureau_is_named_beside(self):
        case = filed(self.KEPT, whom="office", body=12).snapshot
        assert (case.complained_of, case.complained_bureau) == ("office", None)

    def test_later_steps_do_not_change_it(self):
        walk = filed(self.KEPT, whom="bureau", body=12)
        walk.do("refer")
        assert (walk.snapshot.complained_of, walk.snapshot.complained_bureau) == ("bureau", 12)

    def test_it_follows_a_successor(self):
        walk = filed(self.KEPT, whom="bureau", body=12)
        walk.do("succeeded", CHIEF, old_bureau=12, bureau=14)
        assert walk.snapshot.complained_bureau == 14

    def test_a_kind_that_is_kept_from_nobody_knows_nothing_of_it(self):
        case = filed(with_action("file", asks=(CLAIMS, WHOM, BODY)), whom="bureau", body=12).snapshot
        assert (case.complained_of, case.complained_bureau) == ("", None)


class TestFindings:
    def decided(self, code: str, effect: Effect) -> Resolved:
        walk = filed(with_action("decide", does=(effect,), guard=()))
        walk.do("refer")
        move = walk.do("decide", findings=findings(code, CLAIMED))
        return move.effects[0]

    @pytest.mark.parametrize("effect", [correct("findings"), end_display("findings")])
    def test_an_effect_reads_the_findings_of_the_round(self, effect):
        """Those that are recorded: the findings of the act itself are not, so that a second person carries them out."""
        assert self.decided("kept", effect) == Resolved(effect.name, "findings", {})


def test_to_hand_a_case_on_names_the_person() -> None:
    person = Field("person", "To whom", FieldKind.PERSON)
    walk = filed(with_action("refer", by=(OFFICER,), target=STAY, asks=(person,), does=(hand_to("person"),)))
    assert done(walk.do("refer", person=22), "hand_to") == [Resolved("hand_to", "person", 22)]


def test_a_case_that_opens_another_says_which_kind() -> None:
    walk = filed(with_action("refer", does=(route("supplied_by"), open_case("correction"))))
    assert done(walk.do("refer"), "open_case") == [Resolved("open_case", "correction")]


def test_another_case_says_which_it_is() -> None:
    definition = with_action("file", by=(FILER, CASE))
    walk = at_work(definition)
    move = walk.take("file", Person(None, frozenset({CASE})), {"claims": CLAIMED, "opened_by": "2026-YY-000001"})
    assert move.codes["opened_by"] == "2026-YY-000001"
    person = at_work(definition)
    person.do("file", opened_by="2026-YY-000001")
    assert "opened_by" not in person.moves[0].codes, "a person cannot say so"


def test_who_acts_for_another_says_for_whom() -> None:
    deputy = Person(33, frozenset({APPROVER, REVIEWER}), "a deputy", 11, {APPROVER: 9})
    approving = with_action("decide", by=(APPROVER,))
    for definition, acting_for in ((approving, 9), (with_action("decide", by=(REVIEWER,)), None)):
        walk = filed(definition)
        walk.do("refer")
        said = {"findings": findings("kept", CLAIMED), "law": "an article", "law_checked_on": date(2026, 11, 2)}
        move = walk.take("decide", deputy, said)
        assert (move.person.id, move.acting_for) == (33, acting_for)
