"""Which timers a move starts, keeps, holds and ends; from which day each counts, and whose time it is."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.workflow.builders import at_work, with_deadline, with_rows, with_succession
from tests.workflow.people import DEPUTY_CHIEF
from tests.workflow.walking import CLAIMED, Walk
from workflow.definition import (
    CHIEF,
    FILER,
    FILING,
    OFFICER,
    Addressee,
    CountsFrom,
    Definition,
    Field,
    FieldKind,
    Party,
    asked,
    route,
    taken,
)

CLAIMS = Field("claims", "Claims", FieldKind.CLAIMS)
HANDED_IN = Field("handed_in_on", "Handed in on", FieldKind.DATE, by=(OFFICER,), day_of_filing=True)
RECEIVED = Field("received_on", "Received on", FieldKind.DATE, required=False)
TO = Field("to", "To whom", FieldKind.BUREAU)
MONDAY, FRIDAY_BEFORE = date(2026, 11, 2), date(2026, 10, 30)


def counting(counts_from: CountsFrom | None, deadline: str = "verify", **changes: Any) -> Definition:
    """On paper or not, referred to a bureau that is named with a day; one deadline counts from what is given."""
    rows = with_rows(
        file={"by": (FILER, OFFICER), "asks": (CLAIMS, HANDED_IN)},
        refer={"asks": (TO, RECEIVED), "does": (route("to"),)},
        extend={"asks": (TO,), "does": (route("to"),), "target": "with_bureau", "guard": ()},
    )
    changed = with_deadline(deadline, counts_from=counts_from, **changes)
    return replace(rows, deadlines=changed.deadlines)


def on_paper(definition: Definition, day: date) -> Walk:
    walk = at_work(definition)
    walk.take("file", DEPUTY_CHIEF, {"claims": CLAIMED, "handed_in_on": day})
    return walk


def referred(walk: Walk, **answers: object) -> Walk:
    walk.do("refer", to=11, **answers)
    return walk


class TestCountsFrom:
    def test_else_from_the_day_of_the_move(self):
        walk = on_paper(counting(None, "accept"), FRIDAY_BEFORE)
        assert (walk.running("accept").started, walk.running("accept").born) == (MONDAY, None)

    def test_from_the_day_of_filing_and_not_of_typing(self):
        walk = on_paper(counting(FILING, "accept"), FRIDAY_BEFORE)
        assert (walk.running("accept").started, walk.running("accept").born) == (FRIDAY_BEFORE, MONDAY)
        assert walk.due("accept") == date(2026, 11, 3)

    def test_from_filing_though_it_begins_to_run_later(self):
        walk = on_paper(counting(FILING), FRIDAY_BEFORE)
        walk.wait(days=1)
        referred(walk)
        assert (walk.running("verify").started, walk.running("verify").born) == (FRIDAY_BEFORE, date(2026, 11, 3))

    def test_afresh_it_counts_from_filing_only_the_first_time(self):
        walk = on_paper(counting(FILING, "accept", fresh=True, over=("filed",), paused_in=()), FRIDAY_BEFORE)
        assert walk.running("accept").started == FRIDAY_BEFORE
        walk.wait(days=1)
        walk.do("ask_papers")
        walk.wait(days=3)
        walk.do("supply")
        assert walk.running("accept").started == date(2026, 11, 6)

    def test_from_a_day_that_was_asked(self):
        walk = referred(on_paper(counting(asked("received_on")), MONDAY), received_on=FRIDAY_BEFORE)
        assert (walk.running("verify").started, walk.running("verify").born) == (FRIDAY_BEFORE, MONDAY)

    def test_where_no_day_was_said_from_the_move(self):
        assert referred(on_paper(counting(asked("received_on")), FRIDAY_BEFORE)).running("verify").started == MONDAY

    def test_from_an_action_however_often_another_came_after_it(self):
        walk = referred(on_paper(counting(taken("file")), FRIDAY_BEFORE))
        assert walk.running("verify").started == MONDAY, "the day on which the action was taken, not that of filing"

    def test_another_bureaus_time_starts_afresh_and_from_its_own_day(self):
        walk = referred(on_paper(counting(None), MONDAY))
        walk.wait(days=1)
        walk.do("extend", to=11)
        assert walk.running("verify").started == MONDAY
        walk.do("extend", to=12)
        assert (walk.running("verify").started, walk.running("verify").bureau) == (date(2026, 11, 3), 12)
        assert len([timer for timer in walk.snapshot.timers if timer.stopped is None]) == 1

    def test_a_new_round_counts_from_its_own_beginning(self):
        definition = counting(FILING)
        refusing = replace(definition.action("decide", "with_bureau"), target="refused", guard=())
        rows = tuple(refusing if row.name == "decide" else row for row in definition.actions)
        walk = referred(on_paper(replace(definition, actions=rows), FRIDAY_BEFORE))
        walk.do("decide")
        walk.wait(days=2)
        walk.do("appeal")
        assert walk.snapshot.round == 2
        assert (walk.running("verify").started, walk.running("verify").round) == (date(2026, 11, 4), 2)
        assert walk.snapshot.filed_on == FRIDAY_BEFORE, "the rules stay those of the day of filing"

    def test_what_was_paused_since_the_event_is_in_its_ledger(self):
        """The law counts from the filing; what waited for the enterprise meanwhile is left out."""
        definition = counting(FILING, over=("awaiting_papers", "with_bureau"), paused_in=("awaiting_papers",))
        accept = replace(definition.deadline("accept"), name="look", rule="request.verify")
        walk = on_paper(replace(definition, deadlines=(*definition.deadlines, accept)), MONDAY)
        walk.do("ask_papers")
        walk.wait(days=2)
        walk.do("supply")
        referred(walk)
        assert walk.due("verify") == date(2026, 11, 13), "seven working days from Monday, and two of waiting"


def test_counting_from_filing_it_is_paused_where_it_would_have_been() -> None:
    """It begins to run in `with_bureau`, but counts since the filing: the papers awaited in between are a pause."""
    late = counting(FILING, over=("with_bureau", "awaiting_papers"), paused_in=("awaiting_papers",))
    rows = tuple(
        replace(row, source=("filed", "with_bureau")) if row.name == "ask_papers" else row for row in late.actions
    )
    walk = referred(on_paper(replace(late, actions=rows), FRIDAY_BEFORE))
    walk.do("ask_papers")
    assert walk.running("verify").open_hold is not None


class TestDesk:
    """A deadline that is owned by whoever has the case."""

    def definition(self) -> Definition:
        definition = counting(None, "accept", owner=Addressee.DESK, over=("filed", "with_bureau"), paused_in=())
        return with_succession(replace(definition, deadlines=(*definition.deadlines[:2],)))

    def test_the_owner_follows_the_case_and_the_time_goes_on(self):
        walk = on_paper(self.definition(), MONDAY)
        assert (walk.running("accept").owner, walk.running("accept").bureau) == (Party.OFFICE, None)
        before = walk.running("accept").id
        referred(walk)
        timer = walk.running("accept")
        assert (timer.owner, timer.bureau, timer.started, timer.id) == (Party.BUREAU, 11, MONDAY, before)
        walk.do("extend", to=12)
        assert (walk.running("accept").bureau, walk.running("accept").started) == (12, MONDAY)

    def test_its_bureau_follows_a_successor(self):
        walk = referred(on_paper(self.definition(), MONDAY))
        walk.do("succeeded", CHIEF, old_bureau=11, bureau=14)
        assert walk.running("accept").bureau == 14

    @pytest.mark.parametrize("desk", [Party.OFFICE, Party.BUREAU])
    def test_it_is_the_time_of_every_desk_where_the_case_lies(self, desk):
        deadline = self.definition().deadline("accept")
        assert deadline.owned_by(desk)
        assert replace(deadline, owner=Party.OFFICE).owned_by(desk) is (desk is Party.OFFICE)


class TestSuccession:
    def test_a_successors_time_goes_on_and_nobody_elses_changes(self):
        walk = referred(on_paper(with_succession(counting(None)), MONDAY))
        walk.wait(days=1)
        due = walk.due("verify")
        walk.do("succeeded", CHIEF, old_bureau=12, bureau=15)
        assert (walk.snapshot.bureau, walk.running("verify").bureau) == (11, 11)
        assert walk.snapshot.record.determined_by == 15, "the record follows, though the case lies elsewhere"
        walk.do("succeeded", CHIEF, old_bureau=11, bureau=14)
        timer = walk.running("verify")
        assert (walk.snapshot.bureau, timer.bureau, walk.due("verify"), timer.started) == (14, 14, due, MONDAY)

    def test_a_case_at_the_office_stays_there(self):
        walk = on_paper(with_succession(counting(None)), MONDAY)
        walk.do("succeeded", CHIEF, old_bureau=11, bureau=14)
        assert (walk.state, walk.snapshot.bureau, walk.snapshot.record.supplied_by) == ("filed", None, 14)
