"""From which day each limit of the four kinds counts and which version of its rule holds (D5, D6, D15, D17, D30).

The days are those of law.md section 3 and of procedures.md, counted by hand.
"""

from dataclasses import replace

import pytest

from tests.workflow.by_hand import workday
from tests.workflow.dated import at, day, filed, limit, rungs
from tests.workflow.people import DEPUTY_CHIEF, OFFICER_A, OWNER, staff
from tests.workflow.walking import CLAIMED, RECORD, Walk, working_answers
from workflow.definition import CHIEF, HEAD, OFFICER
from workflow.jurisdiction import Jurisdiction
from workflow.limits import mark_of
from workflow.refusal import Impossible

PROMISED = {"words": "words", "files": ("a file",), "commitment": "given"}
MARKET = replace(RECORD, branch="market_regulation")


class TestRepair:
    def test_the_bureau_has_three_working_days_from_its_receipt_over_a_working_sunday(self, law):
        """law.md, section 3, worked example 1."""
        walk = filed(law, "repair", "2026-09-18", "general")
        walk.do("forward", received_on=day("2026-09-18"))
        assert walk.due("accept") == day("2026-09-22")
        assert walk.snapshot.filed_on == day("2026-09-18")

    def test_its_days_count_from_its_receipt_and_not_from_the_forwarding(self, law):
        walk = filed(law, "repair", "2026-09-18", "general")
        walk.wait_until(day("2026-09-21"))
        walk.do("forward", received_on=day("2026-09-18"))
        assert (walk.due("accept"), walk.running("accept").born) == (day("2026-09-22"), day("2026-09-21"))

    def test_it_decides_from_acceptance_and_of_market_regulation_from_its_receipt(self, law):
        for variant, record, due in (("general", RECORD, workday(day("2026-09-21"), 7)),
                                     ("market_regulation", MARKET, workday(day("2026-09-18"), 7))):  # fmt: skip
            walk = at(law, "repair", "2026-09-18", variant, record)
            walk.do("file")
            walk.do("forward", received_on=day("2026-09-18"))
            running = {timer.deadline for timer in walk.snapshot.timers if timer.stopped is None}
            assert ("decide" in running) is (variant == "market_regulation")
            walk.wait_until(day("2026-09-21"))
            walk.do("accept")
            assert walk.due("decide") == due

    def test_market_regulation_had_fifteen_days_before_its_measures_of_2025(self, law):
        for morning, n in (("2025-12-24", 15), ("2025-12-25", 7)):
            walk = at(law, "repair", morning, "market_regulation", MARKET)
            walk.do("file")
            walk.do("forward")
            assert walk.running("decide").n == n
            assert mark_of(limit(walk, "decide")) == "statute_unverified"

    @pytest.mark.parametrize(
        ("morning", "basis", "certainty", "mark"),
        [
            ("2026-03-31", "proposal", "recalled", "proposal"),
            ("2026-04-01", "statute", "second_hand", "statute_unverified"),
        ],
    )
    def test_a_case_keeps_the_rules_of_its_day_of_filing(self, law, morning, basis, certainty, mark):
        walk = filed(law, "repair", morning, "general")
        walk.wait_until(day("2026-04-07"))
        walk.do("forward", received_on=day("2026-04-07"))
        rule = limit(walk, "accept")
        assert (walk.running("accept").n, rule.basis, rule.certainty, mark_of(rule)) == (3, basis, certainty, mark)

    def test_what_was_handed_in_before_the_change_has_the_rules_of_that_day(self, law):
        walk = at(law, "repair", "2026-04-02", "general")
        walk.do("file", OFFICER, came_by="window", handed_in_on=day("2026-03-31"))
        assert (walk.snapshot.filed_on, limit(walk, "accept").certainty) == (day("2026-03-31"), "recalled")

    def test_credit_china_s_ten_days_count_from_its_receipt_and_bind(self, law):
        walk = at(law, "repair", "2026-09-24", "general")
        walk.do("file", OFFICER, came_by="credit_china", applied_on=day("2026-09-18"),
                handed_in_on=walk.today)  # fmt: skip
        assert walk.due("whole") == workday(day("2026-09-18"), 10)
        assert (limit(walk, "whole").basis, mark_of(limit(walk, "whole"))) == ("statute", "statute_unverified")
        assert limit(walk, "whole").counted_from == "from Credit China's receipt"

    @pytest.mark.parametrize("by", [OWNER, OFFICER_A])
    def test_at_our_window_they_count_from_filing_and_are_a_proposal(self, law, by):
        walk = at(law, "repair", "2026-09-24", "general")
        answers = {**PROMISED, "came_by": "window", "handed_in_on": day("2026-09-24"), "applied_on": day("2026-09-01")}
        walk.take("file", by, answers)
        assert walk.due("whole") == day("2026-10-15"), "law.md, section 3, worked example 2"
        assert (limit(walk, "whole").basis, walk.snapshot.filed_on) == ("proposal", day("2026-09-24"))

    @pytest.mark.parametrize(("applied", "basis"), [(day("2026-09-18"), "statute"), (None, "proposal")])
    def test_what_a_bureau_enters_counts_from_credit_china_s_receipt_or_else_its_own(self, law, applied, basis):
        walk = at(law, "repair", "2026-09-24", "general")
        answers = {**PROMISED, "applied_on": applied, "received_on": day("2026-09-21")}
        walk.take("enter", staff(12)[0], answers)
        assert walk.due("whole") == workday(applied or day("2026-09-21"), 10)
        assert walk.due("accept") == workday(day("2026-09-21"), 3)
        assert limit(walk, "whole").basis == basis

    def test_the_whole_never_restarts_though_another_bureau_s_time_does(self, law):
        walk = filed(law, "repair", "2026-09-18", "general")
        walk.do("forward", received_on=day("2026-09-18"))
        whole = walk.due("whole")
        walk.wait_until(day("2026-09-21"))
        walk.do("return")
        assert walk.due("forward") == day("2026-09-22"), "the chief's day counts from the return"
        walk.do("assign", CHIEF, bureau=13, received_on=day("2026-09-21"))
        assert (walk.due("accept"), walk.due("whole")) == (workday(day("2026-09-21"), 3), whole)
        assert walk.running("accept").bureau == 13

    def test_the_same_bureau_gains_nothing_by_a_return(self, law):
        walk = filed(law, "repair", "2026-09-18", "general")
        walk.do("forward", received_on=day("2026-09-18"))
        walk.wait_until(day("2026-09-21"))
        walk.do("return")
        walk.wait_until(day("2026-09-23"))
        walk.do("assign", CHIEF, bureau=12, received_on=day("2026-09-23"))
        assert walk.due("accept") == day("2026-09-24"), "two of three days were used; one is left"

    def test_asked_on_the_last_day_the_answer_is_due_the_day_the_papers_come(self, law):
        """D5: a pause on the last day uses that day up."""
        walk = filed(law, "repair", "2026-09-18", "general")
        walk.do("forward", received_on=day("2026-09-18"))
        walk.wait_until(day("2026-09-22"))
        walk.do("ask_papers")
        assert walk.due("accept") is None
        walk.wait_until(day("2026-09-26"))
        walk.do("supply")
        assert walk.due("accept") == day("2026-09-28"), "they came on a Saturday: the next working day"

    def test_asked_after_the_last_day_nothing_moves(self, law):
        walk = filed(law, "repair", "2026-09-18", "general")
        walk.do("forward", received_on=day("2026-09-18"))
        walk.wait_until(day("2026-09-23"))
        walk.do("ask_papers")
        walk.wait_until(day("2026-09-30"))
        walk.do("supply")
        assert walk.due("accept") == day("2026-09-22"), "what is missed stays missed"

    def test_an_extension_makes_both_longer_and_after_the_day_there_is_none(self, law):
        walk = filed(law, "repair", "2026-09-01", "general")
        walk.do("forward", received_on=day("2026-09-01"))
        walk.do("accept")
        late = workday(day("2026-09-01"), 7)
        walk.wait_until(late)
        walk.do("extend", HEAD)
        assert walk.due("decide") == workday(day("2026-09-01"), 17)
        assert walk.due("whole") == workday(day("2026-09-01"), 20)

    def test_a_bureau_returns_within_two_working_days_of_its_receipt_and_not_after_asking(self, law):
        walk = filed(law, "repair", "2026-09-17", "general")
        walk.do("forward", received_on=day("2026-09-17"))
        walk.wait_until(day("2026-09-20"))
        assert walk.offered("return", walk.definition.action("return", "with_bureau").by[0]).why_not is None
        walk.wait_until(day("2026-09-21"))
        with pytest.raises(Impossible, match="until 2026-09-20"):
            walk.do("return")

    def test_a_revocation_can_be_opened_for_three_years_after_the_last_confirmation(self, law):
        walk = filed(law, "repair", "2026-04-01", "general")
        for action in ("forward", "accept", "propose", "approve"):
            walk.do(action)
        walk.do("confirm", what="display_ended")
        walk.wait_until(day("2026-04-08"))
        walk.do("confirm", what="sharing_stopped")
        assert walk.state == "granted"
        walk.wait_until(day("2029-04-09"))
        with pytest.raises(Impossible, match="until 2029-04-08"):
            walk.do("open_revoke")


class TestCorrection:
    def opened(self, law: Jurisdiction, changed_on: str, morning: str) -> Walk:
        walk = at(law, "correction", morning, "decision_changed")
        answers = {**working_answers(walk, walk.definition.actions_named("open")[0]), "changed_on": day(changed_on)}
        walk.take("open", staff(12)[0], answers)
        return walk

    def test_a_changed_decision_gives_three_working_days_from_the_day_of_the_change(self, law):
        walk = self.opened(law, "2026-09-18", "2026-09-21")
        assert walk.due("end_display") == day("2026-09-22")
        assert (limit(walk, "end_display").basis, walk.snapshot.bureau) == ("statute", 12)
        assert rungs(walk.wait(days=1), "end_display") == [], "its reminder was for the day on which it was opened"

    def test_entered_late_it_is_late_at_once_and_climbs_in_order_once_without_reminders(self, law):
        walk = self.opened(law, "2026-09-01", "2026-09-21")
        assert (walk.due("end_display"), walk.running("end_display").born) == (day("2026-09-04"), day("2026-09-21"))
        fired = walk.wait(days=60)
        assert rungs(fired, "end_display") == [
            "2026-09-21 +0:overdue", "2026-09-21 +3:supervise", "2026-09-21 +10:leading_group",
        ]  # fmt: skip

    def test_partly_late_the_later_rungs_come_on_their_days(self, law):
        walk = self.opened(law, "2026-09-10", "2026-09-18")
        assert walk.due("end_display") == day("2026-09-15")
        assert rungs(walk.wait(days=60), "end_display") == [
            "2026-09-18 +0:overdue", "2026-09-18 +3:supervise", "2026-09-29 +10:leading_group",
        ]  # fmt: skip

    def test_it_is_never_extended_nor_returned(self, law):
        walk = self.opened(law, "2026-09-18", "2026-09-18")
        names = {row.name for row in walk.definition.actions_from("with_bureau", "decision_changed")}
        assert names.isdisjoint({"extend", "return", "ask"})

    def test_an_objection_s_correction_has_five_days_from_opening(self, law):
        walk = at(law, "correction", "2026-09-18", "from_objection")
        walk.do("opened")
        assert (walk.due("confirm"), walk.snapshot.bureau) == (workday(day("2026-09-18"), 5), 11)


@pytest.mark.parametrize(("kind", "variant", "deadline", "n"), [
    ("objection", "", "accept", 2), ("correction", "on_request", "accept", 2),
    ("repair", "general", "forward", 1), ("complaint", "unrouted", "acknowledge", 1),
])  # fmt: skip
def test_what_came_on_paper_three_weeks_ago_counts_from_then(law, kind, variant, deadline, n) -> None:
    """D17: it may be late when it is entered; its rungs come at once, in order, without reminders."""
    came = day("2026-09-01")
    walk = at(law, kind, "2026-09-22", variant)
    row = walk.definition.opening("file", variant)
    assert row
    walk.take("file", DEPUTY_CHIEF, {**working_answers(walk, row), "handed_in_on": came, "came_by": row_code(row)})
    assert (walk.snapshot.filed_on, walk.due(deadline)) == (came, workday(came, n))
    assert rungs(walk.wait(days=1), deadline) == [
        "2026-09-22 +0:overdue", "2026-09-22 +3:supervise", "2026-09-22 +10:leading_group",
    ]  # fmt: skip


def row_code(row) -> str:
    """How it came: at the window or on paper."""
    return next((asked.choices[0].code for asked in row.asks if asked.name == "came_by"), "")


def test_what_a_reviewer_enters_on_paper_counts_from_then_too(law) -> None:
    walk = at(law, "objection", "2026-09-22")
    answers = {"claims": CLAIMED, "ground": "wrong", "words": "words", "handed_in_on": day("2026-09-21")}
    walk.take("file", staff(11)[0], answers)
    assert (walk.due("accept"), walk.due("whole")) == (day("2026-09-23"), workday(day("2026-09-21"), 20))
