"""A kind has changed: nobody gains or loses a day by it, whatever the deadline is called now."""

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from cases.engine.mapping import MappingResult, gone, preview
from cases.engine.sweep import sweep
from cases.ledger.verify import verify
from cases.model.reading import read_cases
from cases.model.tables import Event, RungFired, TimerRow
from notifications.letters import Letter
from tests.builders import START, WORLD, Place, day
from tests.cases.courses import KEPT, to_bureau
from tests.cases.engine.mapped import BEFORE, RENAMED, answer, mapped, now_is, order, running
from tests.kinds_changed import kind_is
from workflow.definition import Definition
from workflow.mapping import Fate
from workflow.refusal import Impossible


def test_what_is_overdue_is_said_to_be(place: Place, verifying: Definition) -> None:
    to_bureau(place)
    with kind_is(verifying):
        fates = preview(place.session, WORLD, RENAMED, day(2026, 9, 21)).lines[0].fates
    assert {fate.was: fate.late for fate in fates} == {"verify": True, "whole": False}


def test_a_window_that_an_earlier_event_began_ends_on_its_day(place: Place, verifying: Definition) -> None:
    late, early = to_bureau(place), place.file(START, place.other_record, by="enterprise2")
    place.act(early, "office", "accept", day(2026, 9, 10))
    place.act(early, "office", "refer", day(2026, 9, 11), question="请核对。")
    with kind_is(verifying):
        mapped()
        place.act(early, "reviewer2", "return", day(2026, 9, 14), reasons="不归我局管。")
        with pytest.raises(Impossible, match="possible until"):
            place.act(late, "reviewer", "return", day(2026, 9, 18), reasons="不归我局管。")


def test_what_fell_due_while_the_site_stood_still_counts_as_done_on_its_day(place: Place) -> None:
    """The time for papers ended days before the case was taken over: it ends then, and the office's goes on then."""
    case, other = place.file(START), place.file(START, place.other_record, by="enterprise2")
    for one in (case, other):
        place.act(one, "office", "ask_papers", day(2026, 9, 8), missing="授权委托书")
    due = running(place, case)["supplement"]
    assert due is not None
    before_the_end, long_after = day(2026, 9, 9), day(2026, 10, 20)
    sweep(WORLD, before_the_end)
    with kind_is(now_is(awaiting_papers="papers_wanted")):
        late = mapped(order(("awaiting_papers", "papers_wanted")), long_after).lines[0]
        assert Fate("supplement", "supplement", due, late=True) in late.fates
        sweep(WORLD, long_after)
        event = place.session.scalars(
            select(Event).where(Event.case_id == case.id, Event.action == "papers_late")
        ).one()
        body = json.loads(event.body)
        assert (body["source"], body["target"], body["on"]) == ("papers_wanted", "filed", due.isoformat())
        assert running(place, case)["accept"] == running(place, other)["accept"]
        accept = read_cases(place.session, [case.id])[0].running("accept")
        assert accept is not None
        assert accept.holds[-1].end == due
        assert verify(place.session).faults == []


class TestADeadline:
    """`verify` is called `checking` now."""

    PAIR = ("verify", "checking")

    def test_goes_on_with_what_was_left_and_what_has_fired_stays_fired(self, place: Place) -> None:
        case = to_bureau(place)
        sweep(WORLD, day(2026, 9, 17))
        fired = place.session.scalars(select(RungFired.rung)).all()
        due = running(place, case)["verify"]
        with kind_is(now_is(verify="checking")):
            assert gone(place.session) == [f"objection has no deadline 'verify': {case.number}"]
            found = mapped(order(self.PAIR), day(2026, 9, 17))
            assert gone(place.session) == []
            assert Fate("verify", "checking", due) in found.lines[0].fates
            assert running(place, case)["checking"] == due
            assert [done.action for done in sweep(WORLD, day(2026, 9, 17, 11))] == []
            assert "-2:remind" in fired
            place.act(case, "approver", "extend", day(2026, 9, 18), reasons="需要现场核对。")
            extended = running(place, case)["checking"]
            assert extended is not None
            assert due is not None
            assert extended > due
            assert verify(place.session).faults == []

    def test_that_stands_still_stands_still_and_a_stopped_one_goes_on_later(self, place: Place) -> None:
        case = to_bureau(place)
        place.act(case, "reviewer", "ask", day(2026, 9, 10), missing="照片")
        with kind_is(now_is(verify="checking")):
            mapped(order(self.PAIR))
            assert running(place, case)["checking"] is None
            place.act(case, "enterprise", "supply", day(2026, 9, 14), words="在此", files=())
            assert running(place, case)["checking"] == date(2026, 9, 21), (
                "Friday and Monday do not count, the make-up Sunday does"
            )

    def test_whose_lateness_the_firm_was_told_of_is_not_told_of_a_second_time(self, place: Place) -> None:
        case = to_bureau(place)
        sweep(WORLD, day(2026, 9, 22))
        told = select(Letter.id).where(Letter.name == "overdue_filer", Letter.case_number == case.number)
        assert len(place.session.scalars(told).all()) == 1
        with kind_is(now_is(verify="checking")):
            mapped(order(self.PAIR), day(2026, 9, 22))
            place.session.execute(RungFired.__table__.delete())  # type: ignore[attr-defined]
            place.session.execute(TimerRow.__table__.update().values(next_at=day(2026, 9, 21)))  # type: ignore[attr-defined]
            place.session.commit()
            assert "overdue" in [done.action for done in sweep(WORLD, day(2026, 9, 22, 11))]
            assert len(place.session.scalars(told).all()) == 1

    def test_without_a_successor_ends_and_the_case_can_still_be_answered(self, place: Place) -> None:
        case = to_bureau(place)
        without = replace(BEFORE, deadlines=tuple(one for one in BEFORE.deadlines if one.name != "verify"))
        with kind_is(without):
            found = mapped(order(("verify", "-")))
            assert Fate("verify", "") in found.lines[0].fates
            assert set(running(place, case)) == {"whole"}
            assert gone(place.session) == []
            assert mapped(order(("verify", "-"))) == MappingResult((), ())
            told = {letter.to_party for letter in place.session.scalars(select(Letter).where(Letter.name == "mapped"))}
            assert told == {"enterprise", "bureau"}
            assert answer(place, case, KEPT).state == "kept"
            sweep(WORLD, day(2026, 12, 1))
            assert verify(place.session).faults == []

    def test_renamed_together_with_the_state_is_one_event(self, place: Place) -> None:
        case = to_bureau(place)
        length, due = place.case(case.number).length, running(place, case)["verify"]
        with kind_is(now_is(with_bureau="verifying", verify="checking")):
            with_one = mapped(RENAMED)
            assert [str(one.why) for one in with_one.refused] == [
                "it holds the deadline 'verify', which objection has no more: say what that has become"
            ]
            mapped(order(("with_bureau", "verifying"), self.PAIR))
            assert place.case(case.number).length == length + 1
            assert running(place, case)["checking"] == due
            assert gone(place.session) == []
