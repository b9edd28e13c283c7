"""From which day the limits of a complaint count, by its route; how it is routed anew and extended (D5, D16, D24)."""

import pytest

from tests.workflow.by_hand import natural, workday
from tests.workflow.dated import at, day, filed, limit, rungs
from tests.workflow.walking import Walk
from workflow.definition import CHIEF, OFFICER
from workflow.jurisdiction import Jurisdiction
from workflow.refusal import Impossible, Incomplete


def routed(law: Jurisdiction, route: str, morning: str = "2026-04-01") -> Walk:
    """Filed, acknowledged on the same day, and routed six days later."""
    walk = filed(law, "complaint", morning, "unrouted")
    walk.do("acknowledge")
    walk.wait(days=6)
    walk.do("route", route=route)
    return walk


def test_a_petition_has_sixty_days_from_acceptance(law: Jurisdiction) -> None:
    """law.md, section 3, worked example 4: the last day rolls over the holiday."""
    walk = routed(law, "petition", "2026-08-02")
    assert (walk.today, walk.due("decide")) == (day("2026-08-08"), day("2026-10-08"))


def test_false_display_counts_from_filing_though_it_was_routed_later(law: Jurisdiction) -> None:
    walk = routed(law, "false_display")
    timer = walk.running("decide")
    assert (timer.started, walk.due("decide")) == (day("2026-04-01"), workday(day("2026-04-01"), 20))


def test_routing_has_fifteen_days_from_filing(law: Jurisdiction) -> None:
    walk = at(law, "complaint", "2026-04-01", "unrouted")
    walk.do("file", OFFICER, handed_in_on=day("2026-03-30"), came_by="paper")
    assert walk.due("route") == natural(day("2026-03-30"), 15)
    assert limit(walk, "route").basis == "proposal", "only the routing says that it is a petition"


def test_once_routed_as_a_petition_the_text_binds(law: Jurisdiction) -> None:
    walk = routed(law, "petition")
    assert limit(walk, "route").basis == "statute"
    assert limit(routed(law, "enforcement"), "route").basis == "proposal"


def test_another_route_counts_from_the_same_acceptance_by_its_own_limit(law: Jurisdiction) -> None:
    walk = routed(law, "petition")
    accepted = walk.today
    walk.wait(days=3)
    walk.do("reroute", route="business_env")
    timer = walk.running("decide")
    assert (timer.n, timer.started, walk.due("decide")) == (30, accepted, natural(accepted, 30))
    assert [t.stopped for t in walk.snapshot.timers if t.deadline == "decide"] == [walk.today, None]
    assert (limit(walk, "decide").basis, walk.snapshot.variant) == ("proposal", "business_env")


def test_rerouted_to_false_display_it_may_be_late_at_once(law: Jurisdiction) -> None:
    walk = routed(law, "petition")
    walk.wait_until(day("2026-05-15"))
    walk.do("reroute", route="false_display")
    assert walk.due("decide") == day("2026-04-30")
    assert walk.running("decide").born == day("2026-05-15")
    fired = walk.wait_until(day("2026-05-30"))
    assert rungs(fired, "decide") == [
        "2026-05-15 +0:overdue", "2026-05-15 +3:supervise", "2026-05-18 +10:leading_group",
    ]  # fmt: skip


def test_a_reroute_comes_once_before_the_due_day_and_not_after_an_extension(law: Jurisdiction) -> None:
    walk = routed(law, "business_env")
    walk.do("reroute", route="enforcement")
    with pytest.raises(Impossible, match="can be done once"):
        walk.do("reroute", route="petition")
    late = routed(law, "business_env")
    late.wait(days=40)
    with pytest.raises(Impossible, match="until the time ended on"):
        late.do("reroute", route="petition")
    longer = routed(law, "petition")
    longer.do("extend", CHIEF, days=10)
    with pytest.raises(Impossible, match="has not been possible since"):
        longer.do("reroute", route="business_env")


def test_a_petition_is_extended_by_at_most_thirty_days(law: Jurisdiction) -> None:
    walk = routed(law, "petition")
    with pytest.raises(Incomplete, match="days: At most 30"):
        walk.do("extend", CHIEF, days=31)
    walk.do("extend", CHIEF, days=30)
    assert walk.due("decide") == natural(walk.today, 90)


def test_after_the_due_day_it_is_not_extended(law: Jurisdiction) -> None:
    walk = routed(law, "petition")
    due = walk.due("decide")
    assert due
    walk.wait_until(due)
    assert walk.offered("extend", CHIEF).why_not is None
    walk.wait(days=1)
    with pytest.raises(Impossible, match=f"the time ended on {due}"):
        walk.do("extend", CHIEF, days=1)


def test_no_other_route_can_be_extended(law: Jurisdiction) -> None:
    assert routed(law, "enforcement").definition.action("extend", "investigating", "enforcement") is None


def test_it_pauses_for_nobody_and_is_the_time_of_whoever_has_it(law: Jurisdiction) -> None:
    """D24."""
    walk = routed(law, "business_env")
    due = walk.due("decide")
    walk.do("ask")
    assert walk.due("decide") == due
    walk.do("forward", bureau=12)
    assert (walk.running("decide").owner, walk.running("decide").bureau) == ("bureau", 12)
    walk.do("object")
    assert (walk.running("decide").owner, walk.due("assign")) == ("office", workday(walk.today, 2))
    walk.do("assign", CHIEF, bureau=13)
    assert (walk.running("decide").bureau, walk.due("decide")) == (13, due)
