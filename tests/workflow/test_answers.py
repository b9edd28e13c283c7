"""What a form asks of whom, which answers are enough, and what is kept of them."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.workflow.builders import at_work, with_action
from tests.workflow.people import OFFICER_A, OWNER
from tests.workflow.walking import CLAIMED, RECORD, Walk
from workflow.answers import choices_for
from workflow.definition import (
    FILER,
    HEAD,
    OFFICER,
    By,
    Choice,
    Definition,
    Field,
    FieldKind,
    Question,
    end_display,
    extend,
)
from workflow.refusal import Incomplete

CLAIMS = Field("claims", "Claims", FieldKind.CLAIMS)
CAME_BY = Field("came_by", "How it came", FieldKind.CHOICE, by=(OFFICER,), choices=(
    Choice("window", "At the window"), Choice("post", "By post")))  # fmt: skip
HANDED_IN = Field("handed_in_on", "Handed in on", FieldKind.DATE, by=(OFFICER,), only=("came_by", "window"),
                  day_of_filing=True)  # fmt: skip
POSTED = Field("posted_on", "Posted on", FieldKind.DATE, by=(OFFICER,), only=("came_by", "post"), required=False)
BY_HAND = with_action("file", by=(FILER, OFFICER), asks=(CLAIMS, CAME_BY, HANDED_IN, POSTED))
MONDAY = date(2026, 11, 2)


def filed(definition: Definition, **answers: object) -> Walk:
    """A request filed by an officer on Monday 2 November."""
    walk = at_work(definition)
    walk.take("file", OFFICER_A, {"claims": CLAIMED, **answers})
    return walk


def refused(definition: Definition, action: str = "file", **answers: object) -> dict[str, str]:
    walk = at_work(definition)
    with pytest.raises(Incomplete) as raised:
        walk.take(action, OFFICER_A, {"claims": CLAIMED, **answers})
    return {name: str(message) for name, message in raised.value.fields.items()}


def asking(*fields: Field, **changes: Any) -> Definition:
    return with_action("file", by=(FILER, OFFICER), asks=(CLAIMS, *fields), **changes)


class TestOnly:
    def test_a_field_is_asked_where_another_one_is_answered_so(self):
        assert refused(BY_HAND, came_by="window") == {"handed_in_on": "Enter the day."}

    def test_elsewhere_it_is_not_asked(self):
        assert filed(BY_HAND, came_by="post").snapshot.past[0].codes == {
            "claims": ["fine", "decided_on"],
            "came_by": "post",
        }

    def test_an_answer_to_what_is_not_asked_then_is_not_heard(self):
        walk = filed(BY_HAND, came_by="post", handed_in_on=date(2026, 10, 9))
        assert "handed_in_on" not in walk.snapshot.past[0].codes
        assert walk.snapshot.filed_on == MONDAY

    def test_a_role_that_is_not_asked_is_not_heard(self):
        walk = at_work(BY_HAND)
        walk.take("file", OWNER, {"claims": CLAIMED, "came_by": "window", "handed_in_on": date(2026, 10, 9)})
        assert walk.snapshot.past[0].codes == {"claims": ["fine", "decided_on"]}
        assert walk.snapshot.filed_on == MONDAY


class TestDayOfFiling:
    def test_it_counts_instead_of_the_day_of_typing(self):
        assert filed(BY_HAND, came_by="window", handed_in_on=date(2026, 10, 30)).snapshot.filed_on == date(2026, 10, 30)

    def test_without_one_the_day_of_typing_counts(self):
        assert filed(BY_HAND, came_by="post").snapshot.filed_on == MONDAY

    def test_the_first_that_is_named_counts(self):
        applied = Field("applied_on", "Applied on", FieldKind.DATE, required=False, day_of_filing=True)
        received = Field("received_on", "Received on", FieldKind.DATE, day_of_filing=True)
        both = asking(applied, received)
        first, second = date(2026, 10, 20), date(2026, 10, 28)
        assert filed(both, applied_on=first, received_on=second).snapshot.filed_on == first
        assert filed(both, received_on=second).snapshot.filed_on == second

    def test_it_is_not_to_come(self):
        said = refused(BY_HAND, came_by="window", handed_in_on=date(2026, 11, 3))
        assert said == {"handed_in_on": "This day is still to come: enter today or an earlier day."}

    def test_it_is_not_before_cases_are_kept_here(self):
        said = refused(BY_HAND, came_by="window", handed_in_on=date(2019, 12, 31))
        assert said == {
            "handed_in_on": "Cases filed before 2020-01-01 are not kept here: they stay where they were filed."
        }

    def test_another_day_may_lie_before_that(self):
        assert filed(BY_HAND, came_by="post", posted_on=date(2019, 12, 31)).snapshot.past[0].codes["posted_on"] == (
            "2019-12-31"
        )


class TestClaims:
    def test_of_a_display_nothing_but_the_display_is_disputed(self):
        walk = at_work(with_action("file", asks=(replace(CLAIMS, display=True),)))
        walk.take("file", OWNER, {"claims": {"display": "ended"}})
        assert walk.snapshot.past[0].codes == {"claims": ["display"]}
        walk.do("refer")
        walk.do("decide", law="", law_checked_on=None)
        assert walk.snapshot.past[-1].codes == {"findings": {"display": "as_claimed"}}

    def test_values_are_words_and_only_their_names_are_codes(self):
        move = filed(asking()).moves[0]
        assert move.codes == {"claims": ["fine", "decided_on"]}
        assert move.words == {"claims.fine": "0.80", "claims.decided_on": "2026-03-13"}


class TestNumber:
    DAYS = Field("days", "Days", FieldKind.NUMBER)
    LONGER = with_action("extend", asks=(DAYS,), does=(extend("verify", by="days"),))

    def extended(self, days: object) -> Walk:
        walk = at_work(self.LONGER)
        walk.do("file")
        walk.do("refer")
        walk.do("extend", HEAD, days=days)
        return walk

    def test_it_is_kept_as_a_number(self):
        assert self.extended(3).snapshot.past[-1].codes == {"days": 3}

    @pytest.mark.parametrize("days", [0, -1, "3", 2.5, True, None])
    def test_it_is_a_whole_one_and_one_or_more(self, days):
        with pytest.raises(Incomplete, match="days: Enter a whole number, 1 or more"):
            self.extended(days)

    def test_a_length_goes_up_to_what_the_rule_gives(self):
        assert self.extended(10).running("verify").extended == 10
        with pytest.raises(Incomplete, match="days: At most 10"):
            self.extended(11)

    def test_a_number_that_is_no_length_has_no_end(self):
        assert filed(asking(self.DAYS), days=400).snapshot.past[0].codes["days"] == 400


class TestChoices:
    LIST = Choice("list", "The list", records=("serious_list", "abnormal_list"))
    ENDS = Field("what", "What has ended", FieldKind.CHOICE, choices=(Choice("display", "The display"), LIST))

    def test_one_is_offered_only_for_its_kinds_of_records(self):
        assert [one.code for one in choices_for(self.ENDS, "penalty")] == ["display"]
        assert [one.code for one in choices_for(self.ENDS, "serious_list")] == ["display", "list"]

    def test_and_taken_only_for_them(self):
        assert refused(asking(self.ENDS), what="list") == {"what": "Choose one of the answers offered."}
        walk = at_work(asking(self.ENDS), record=replace(RECORD, kind="abnormal_list"))
        walk.take("file", OFFICER_A, {"claims": CLAIMED, "what": "list"})
        assert walk.snapshot.past[0].codes["what"] == "list"

    def test_a_code_that_is_not_offered_is_refused(self):
        assert "what" in refused(asking(self.ENDS), what="honour")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (FieldKind.COMMITMENT, "Tick the commitment"),
        (FieldKind.RECORD, "Choose one of the answers offered"),
        (FieldKind.PERSON, "Choose one of the answers offered"),
        (FieldKind.BUREAU, "Choose one of the answers offered"),
        (FieldKind.DATE, "Enter the day"),
        (FieldKind.NUMBER, "Enter a whole number"),
        (FieldKind.FILES, "Attach at least one file"),
        (FieldKind.TEXT, "Write at least a sentence"),
    ],
)
def test_what_is_asked_and_not_answered_is_named(kind: FieldKind, said: str) -> None:
    assert said in refused(asking(Field("it", "It", kind)))["it"]
    assert filed(asking(Field("it", "It", kind, required=False))).state == "filed"


@pytest.mark.parametrize(
    ("kind", "answer"),
    [(FieldKind.COMMITMENT, "given"), (FieldKind.RECORD, 5), (FieldKind.PERSON, 22), (FieldKind.BUREAU, 11)],
)
def test_what_is_named_is_a_code(kind: FieldKind, answer: object) -> None:
    move = filed(asking(Field("it", "It", kind)), it=answer).moves[0]
    assert move.codes["it"] == answer
    assert "it" not in move.words


CHOICE = Field("decision", "Decision", FieldKind.CHOICE, choices=(Choice("granted", "Yes"), Choice("refused", "No")))
AS_PROPOSED = Question("decision", ("granted", "refused"), lambda facts: str(facts.said("decision")))


def test_what_an_action_does_not_ask_turns_no_branch() -> None:
    """Else an approver could turn a proposal round by an answer that no form has."""
    proposing = with_action("extend", asks=(CHOICE,), does=())
    rows = tuple(
        replace(row, asks=(), target=By(AS_PROPOSED, granted="granted", refused="refused"))
        if row.name == "decide" else row for row in proposing.actions
    )  # fmt: skip
    walk = at_work(replace(proposing, actions=rows))
    walk.do("file")
    walk.do("refer")
    walk.do("extend", decision="refused")
    move = walk.do("decide", decision="granted")
    assert (move.target.name, move.codes) == ("refused", {})


def test_a_field_may_be_asked_for_one_of_several_answers() -> None:
    either = replace(POSTED, only=("came_by", "window", "post"), required=True)
    definition = with_action("file", by=(FILER, OFFICER), asks=(CLAIMS, CAME_BY, either))
    assert (
        refused(definition, came_by="window") == refused(definition, came_by="post") == {"posted_on": "Enter the day."}
    )


def test_an_effect_may_depend_on_one_of_several_answers() -> None:
    asks = (CLAIMS, replace(CAME_BY, choices=(*CAME_BY.choices, Choice("mail", "By mail"))))
    ends = (end_display(only=("came_by", "window", "post")),)
    definition = with_action("file", by=(FILER, OFFICER), asks=asks, does=ends)
    done = {way: bool(filed(definition, came_by=way).moves[0].effects) for way in ("window", "post", "mail")}
    assert done == {"window": True, "post": True, "mail": False}
