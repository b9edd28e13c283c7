"""Each guard of the language by an example: when it lets through, and what it says when it does not."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from tests.workflow.builders import at_work, place, rule, with_action, with_rows, with_succession
from tests.workflow.people import OWNER, staff
from tests.workflow.walking import RECORD, Walk
from workflow.decide import choices
from workflow.definition import (
    CHIEF,
    FILER,
    OFFICER,
    REVIEWER,
    START,
    STAY,
    Choice,
    Definition,
    Field,
    FieldKind,
    Guard,
    Party,
    Role,
    route,
)
from workflow.guards import (
    NotHandler,
    about,
    may_name,
    no_other_open,
    not_about,
    not_complained_of,
    once,
    own_record,
    within,
)
from workflow.refusal import Forbidden, Impossible, Refusal
from workflow.snapshot import RecordFacts

CLAIMS = Field("claims", "Claims", FieldKind.CLAIMS)
WHOM = Field("whom", "About whom", FieldKind.CHOICE, choices=(Choice("bureau", "A bureau"), Choice("office", "Us")))
BODY = Field("body", "Which bureau", FieldKind.BUREAU, only=("whom", "bureau"))
TO = Field("to", "To whom", FieldKind.BUREAU)


def about_somebody(guard: Guard, **changes: Any) -> Definition:
    """A request about a bureau or the office, kept from it; the guard stands before `refer`, which names a bureau."""
    rows = with_rows(
        file={"asks": (CLAIMS, WHOM, BODY)}, refer={"guard": (guard,), "asks": (TO,), "does": (route("to"),), **changes}
    )
    return replace(rows, closed_to="whom")


def filed(definition: Definition, **answers: object) -> Walk:
    walk = at_work(definition)
    walk.do("file", **answers)
    return walk


def refusal(walk: Walk, action: str, **answers: object) -> str:
    before = walk.snapshot
    with pytest.raises(Refusal) as raised:
        walk.do(action, **answers)
    assert walk.snapshot is before
    return f"{type(raised.value).__name__}: {raised.value}"


class TestAbout:
    def test_it_lets_through_where_the_opening_said_so(self):
        filed(about_somebody(about("whom", "office")), whom="office").do("refer", to=11)

    def test_and_refuses_where_it_did_not(self):
        walk = filed(about_somebody(about("whom", "office")), whom="bureau", body=12)
        assert refusal(walk, "refer", to=11) == "NotHere: This step is not available for this type of complaint."

    def test_the_other_way_round_nobody_answers_for_itself(self):
        guard = not_about("whom", "office")
        filed(about_somebody(guard), whom="bureau", body=12).do("refer", to=11)
        said = refusal(filed(about_somebody(guard), whom="office"), "refer", to=11)
        assert said.startswith("Impossible: A body may not answer a complaint about itself")

    def test_only_the_opening_counts_and_no_later_answer(self):
        definition = about_somebody(about("whom", "office"), asks=(TO, WHOM))
        assert "not available" in refusal(filed(definition, whom="bureau", body=12), "refer", to=11, whom="office")


class TestNotComplainedOf:
    def test_the_bureau_complained_of_cannot_be_chosen(self):
        walk = filed(about_somebody(not_complained_of("to")), whom="bureau", body=12)
        assert refusal(walk, "refer", to=12) == "Impossible: The complaint is about this bureau: choose another one."
        walk.do("refer", to=11)

    def test_where_no_bureau_is_complained_of_any_can(self):
        filed(about_somebody(not_complained_of("to")), whom="office").do("refer", to=12)

    def test_the_page_offers_the_step_before_a_bureau_is_chosen(self):
        walk = filed(about_somebody(not_complained_of("to")), whom="bureau", body=12)
        assert walk.offered("refer", OFFICER).why_not is None

    def test_its_successor_cannot_be_chosen_either(self):
        walk = filed(with_succession(about_somebody(not_complained_of("to"))), whom="bureau", body=12)
        walk.do("succeeded", old_bureau=12, bureau=14)
        assert "choose another one" in refusal(walk, "refer", to=14)


class TestOwnRecord:
    OPENING = with_action("file", by=(FILER, REVIEWER), guard=(own_record("determined_by"),))

    def test_a_bureau_opens_only_where_it_stands_in_that_column(self):
        own, other = staff(12)[0], staff(11)[0]
        at_work(self.OPENING).take("file", own, {"claims": {"fine": "1"}})
        with pytest.raises(Forbidden, match="Another bureau decided on this record"):
            at_work(self.OPENING).take("file", other, {"claims": {"fine": "1"}})

    def test_it_does_not_speak_of_others(self):
        at_work(self.OPENING).take("file", OWNER, {"claims": {"fine": "1"}})


class TestOnce:
    TWICE = "This can be done once; it was done on 2026-11-02. The page of the case says what is possible now."

    def stays(self, guard: Guard) -> Walk:
        what = Field("what", "What", FieldKind.CHOICE, choices=(Choice("a", "A"), Choice("b", "B")))
        walk = filed(with_action("refer", guard=(guard,), target=STAY, asks=(what,), does=()))
        walk.do("refer", what="a")
        return walk

    def test_in_a_case(self):
        assert refusal(self.stays(once()), "refer", what="b") == f"Impossible: {self.TWICE}"

    def test_for_each_answer(self):
        walk = self.stays(once(per="what"))
        assert walk.offered("refer", OFFICER).why_not is None
        walk.do("refer", what="b")
        for again in ("a", "b"):
            assert self.TWICE in refusal(walk, "refer", what=again)

    def back_and_forth(self) -> Walk:
        return filed(with_succession(with_rows(
            refer={"asks": (TO,), "does": (route("to"),)},
            extend={"by": (REVIEWER,), "guard": (once(per=Party.BUREAU),), "target": "filed", "does": (), "asks": ()},
        )))  # fmt: skip

    def test_for_each_bureau(self):
        walk = self.back_and_forth()
        for bureau in (11, 12):
            walk.do("refer", to=bureau)
            walk.do("extend")
        walk.do("refer", to=11)
        assert self.TWICE in refusal(walk, "extend")

    def test_a_successor_is_the_same_bureau(self):
        walk = self.back_and_forth()
        walk.do("refer", to=11)
        walk.do("extend")
        walk.do("succeeded", old_bureau=11, bureau=14)
        walk.do("refer", to=14)
        successors = replace(staff(11)[0], bureau=14)
        with pytest.raises(Impossible, match="This can be done once"):
            walk.take("extend", successors, {})


class TestWithin:
    LAW = place(rule("accept", 2), rule("supplement", 10), rule("verify", 7, extension=10),
                rule("appeal", 2, window=True))  # fmt: skip
    RECEIVED = Field("received_on", "Received on", FieldKind.DATE)

    def referred(self, guard: Guard) -> Walk:
        rows = with_rows(
            refer={"asks": (self.RECEIVED,)},
            extend={"by": (REVIEWER,), "guard": (guard,), "target": "filed", "does": (), "asks": ()},
        )  # fmt: skip
        walk = at_work(rows, self.LAW)
        walk.do("file")
        walk.do("refer", received_on=date(2026, 10, 30))
        return walk

    def test_it_counts_from_the_action(self):
        walk = self.referred(within("request.appeal", since="refer"))
        walk.wait(days=2)
        walk.do("extend")
        late = self.referred(within("request.appeal", since="refer"))
        late.wait(days=3)
        assert (
            refusal(late, "extend")
            == "Impossible: This was possible until 2026-11-04. The page of the case says what is possible now."
        )

    def test_or_from_the_day_that_the_action_named(self):
        walk = self.referred(within("request.appeal", since="refer", day="received_on"))
        walk.wait(days=1)
        walk.do("extend")
        late = self.referred(within("request.appeal", since="refer", day="received_on"))
        late.wait(days=2)
        assert (
            refusal(late, "extend")
            == "Impossible: This was possible until 2026-11-03. The page of the case says what is possible now."
        )

    def test_it_comes_after_the_action(self):
        definition = with_action("ask_papers", guard=(within("request.appeal", since="decide"),))
        assert "NotYet: This is possible only after the step" in refusal(filed(definition), "ask_papers")


@pytest.mark.parametrize(("by", "told_to"), [(OFFICER, False), (FILER, True)])
def test_whose_other_case_it_is_alone_is_told_to_withdraw_it(by: Role, told_to: bool) -> None:
    guard = (within("request.appeal", since="file"), no_other_open())
    walk = filed(with_action("ask_papers", by=(by,), guard=guard))
    walk.snapshot = replace(walk.snapshot, open_cases=("2026-YY-000002",))
    said = refusal(walk, "ask_papers")
    assert said.startswith("Impossible: Case 2026-YY-000002 on the same record is still open.")
    assert ("withdraw it" in said) is told_to


def test_what_a_guard_refuses_a_page_offers_with_the_reason() -> None:
    walk = filed(about_somebody(about("whom", "office")), whom="bureau", body=12)
    acts = {act.action.name: act for act in choices(walk.definition, walk.snapshot, walk.world, OWNER, walk.now)}
    assert acts["withdraw"].why_not is None
    assert str(walk.offered("refer", OFFICER).why_not) == "This step is not available for this type of complaint."


def test_what_has_a_page_of_its_own_is_not_offered() -> None:
    walk = filed(with_succession(with_rows()))
    with pytest.raises(StopIteration):
        walk.offered("succeeded", CHIEF)
    assert walk.do("succeeded", old_bureau=11, bureau=14).source == "filed" != START


@pytest.mark.parametrize(
    ("text", "bars"),
    [
        ("李敏", True), ("李敏 王强", True), ("王强 李敏", True), ("李敏和王强", True), ("王强及李敏", True),
        ("李 敏", True), ("李敏王强", True), ("王强、李　敏", True), ("（李敏）", True), ("李敏（环境执法大队）", True),
        ("李 敏王强", True), ("李敏华", False), ("王李敏", False), ("王强", False), ("", False), ("李、敏", False),
    ],
)  # fmt: skip
def test_a_name_that_may_be_the_persons_bars(text: str, bars: bool) -> None:
    """D41: in doubt, and never a longer name that only begins alike."""
    assert may_name(text, "李敏") is bars
    assert may_name(text, "李 敏 ") is bars


def test_names_in_letters_are_apart_where_a_blank_is() -> None:
    assert may_name("Li Min and Wang Qiang", "Li Min")
    assert may_name("LI MIN", "Li Min")
    assert not may_name("Joanna", "Ann")
    assert not may_name("李敏", "")


def test_each_of_several_handlers_that_a_record_names_is_barred() -> None:
    record = replace(RECORD, handler="person 7、王某")
    assert NotHandler().why_not(_as("person 7", record))
    assert NotHandler().why_not(_as("王某", record))
    assert NotHandler().why_not(_as("person 7、", record)) is None


def _as(name: str, record: RecordFacts) -> Any:
    """Somebody of that name before a case about the record: all that the guard looks at."""
    person, case = SimpleNamespace(id=1, name=name), SimpleNamespace(record=record)
    return SimpleNamespace(snapshot=case, person=person, party=Party.BUREAU)
