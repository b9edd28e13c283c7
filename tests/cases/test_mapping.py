"""A kind has changed: its cases go on under the new names, one event each, and nobody gains or loses a day by it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache

import pytest
from sqlalchemy import select

from cases.advance import Request, advance
from cases.kinds import all_kinds
from cases.mapping import Found, Order, map_cases, preview
from cases.reading import read_cases
from cases.sweep import sweep
from cases.tables import Case, Event, EventText, RungFired, TimerRow
from cases.verify import verify
from cases.versions import gone
from notifications.letters import Letter
from tests.builders import REQUEST, START, WORLD, Place, day
from tests.cases.courses import GRANTED, KEPT, to_bureau
from tests.kinds_changed import changed, kind_is
from workflow.definition import Definition
from workflow.mapping import Fate
from workflow.refusal import Impossible, Outdated
from workflow.timing import due_of

NOW = day(2026, 9, 11)
BEFORE = all_kinds()["objection"]
WHY = "信用办〔2026〕7号"


@cache
def _changed(*pairs: tuple[str, str]) -> Definition:
    return changed("objection", dict(pairs))


def now_is(**names: str) -> Definition:
    """The objection as it is once its file calls these otherwise."""
    return _changed(*names.items())


@pytest.fixture
def verifying() -> Definition:
    """`with_bureau` is called `verifying` now; the test says from when on by entering it."""
    return now_is(with_bureau="verifying")


def order(*pairs: tuple[str, str], kind: str = "objection", variant: str | None = None) -> Order:
    return Order(kind, pairs, variant)


RENAMED = order(("with_bureau", "verifying"))


def mapped(given: Order = RENAMED, now: datetime = NOW) -> Found:
    return map_cases(WORLD, given, WHY, now)


def last_event(place: Place, case: Case) -> tuple[Event, Mapping[str, object]]:
    event = place.session.scalars(select(Event).where(Event.case_id == case.id).order_by(Event.seq.desc())).first()
    assert event is not None
    return event, json.loads(event.body)


def running(place: Place, case: Case) -> dict[str, date | None]:
    timers = read_cases(place.session, [case.id])[0].snapshot.timers
    return {timer.deadline: due_of(timer, WORLD.calendar).day for timer in timers if timer.stopped is None}


def answer(place: Place, case: Case, findings: object = GRANTED) -> Case:
    place.act(case, "reviewer", "propose", day(2026, 9, 14), findings=findings, reasons="已核对。")
    place.act(case, "approver", "approve", day(2026, 9, 15))
    if place.case(case.number).state == "carrying_out":
        place.act(case, "office", "carry_out", day(2026, 9, 15))
    place.act(case, "office", "answer", day(2026, 9, 16), letter="逐项认定如下。")
    return place.case(case.number)


def test_a_case_goes_on_in_the_renamed_state_and_its_deadlines_as_they_were(
    place: Place, verifying: Definition
) -> None:
    case = to_bureau(place)
    days, letters = running(place, case), place.session.scalars(select(Letter.id)).all()
    with kind_is(verifying):
        assert gone(place.session) == [f"objection has no state 'with_bureau': {case.number}"]
        found = mapped()
        assert gone(place.session) == []
        case = place.case(case.number)
        assert (case.state, case.desk, case.definition) == ("verifying", "bureau", verifying.digest)
        assert running(place, case) == days
        assert [(line.source, line.target, line.letters) for line in found.lines] == [("with_bureau", "verifying", ())]
        assert place.session.scalars(select(Letter.id)).all() == letters, (
            "only a name has changed: nobody is written to"
        )
        assert verify(place.session).faults == ()
        assert answer(place, case).state == "corrected"
        assert verify(place.session).faults == ()


def test_its_one_event_says_who_why_and_by_which_two_definitions(place: Place, verifying: Definition) -> None:
    case = to_bureau(place)
    with kind_is(verifying):
        mapped()
    event, body = last_event(place, case)
    assert (event.actor, event.action, event.at) == ("operator", "mapped", NOW)
    assert (body["source"], body["target"], body["role"]) == ("with_bureau", "verifying", "operator")
    assert body["definition"] == verifying.digest != BEFORE.digest
    renamed = {"states": {"with_bureau": "verifying"}, "deadlines": {}, "definition": BEFORE.digest}
    assert body["codes"] == {"renamed": renamed}
    words = place.session.scalars(select(EventText).where(EventText.event_id == event.id)).all()
    assert [(word.name, word.text) for word in words] == [("because", WHY)]


def test_a_second_time_moves_nothing(place: Place, verifying: Definition) -> None:
    case = to_bureau(place)
    with kind_is(verifying):
        assert len(mapped().lines) == 1
        length = place.case(case.number).length
        assert mapped() == Found((), ())
        assert place.case(case.number).length == length


def test_a_preview_says_the_same_and_writes_nothing(place: Place, verifying: Definition) -> None:
    case = to_bureau(place)
    other = place.file(START, place.other_record, by="enterprise2")
    before = (place.case(case.number).length, place.case(other.number).length)
    with kind_is(verifying):
        said = preview(place.session, WORLD, RENAMED, NOW)
        assert (place.case(case.number).length, place.case(other.number).length) == before
        assert mapped() == said
    line = said.lines[0]
    assert (line.number, line.desk_before, line.desk) == (case.number, "bureau", "bureau")
    assert Fate("verify", "verify", date(2026, 9, 18)) in line.fates
    assert place.case(other.number).length == before[1], "a case that stands elsewhere is left alone"


def test_what_is_overdue_is_said_to_be(place: Place, verifying: Definition) -> None:
    to_bureau(place)
    with kind_is(verifying):
        fates = preview(place.session, WORLD, RENAMED, day(2026, 9, 21)).lines[0].fates
    assert {fate.was: fate.late for fate in fates} == {"verify": True, "whole": False}


def test_an_open_case_that_has_only_passed_the_state_reads_its_past_by_the_new_name(
    place: Place, verifying: Definition
) -> None:
    case = to_bureau(place)
    place.act(case, "reviewer", "take", day(2026, 9, 9))
    place.act(case, "reviewer", "ask", day(2026, 9, 10), missing="照片")
    place.act(case, "enterprise", "supply", day(2026, 9, 10), words="在此", files=())
    place.act(case, "reviewer", "propose", day(2026, 9, 10), findings=KEPT, reasons="已核对。")
    holder = place.case(case.number).holder_id
    with kind_is(verifying):
        found = mapped()
        assert [(line.source, line.target) for line in found.lines] == [("proposed", "proposed")]
        past = read_cases(place.session, [case.id])[0].snapshot.past
        assert {"with_bureau"}.isdisjoint({name for event in past for name in (event.source, event.target)})
        place.act(case, "approver", "send_back", day(2026, 9, 14), reasons="请补充。")
        assert place.case(case.number).holder_id == place.people["reviewer"].id
        assert holder is None, "whoever verifies does not approve"
        with pytest.raises(Impossible, match="may be done once"):
            place.act(case, "reviewer", "ask", day(2026, 9, 14), missing="再要")
        assert verify(place.session).faults == ()


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
        assert verify(place.session).faults == ()


def test_who_acted_from_a_page_of_before_is_told(place: Place, verifying: Definition) -> None:
    case = to_bureau(place)
    shown = place.case(case.number).length
    with kind_is(verifying):
        mapped()
        request = Request(case.id, "propose", {"findings": KEPT, "reasons": "已核对。"}, shown)
        with pytest.raises(Outdated):
            advance(WORLD, request, place.person("reviewer", place.case(case.number)), NOW)


def test_nobody_approves_what_they_proposed_before_the_change(place: Place) -> None:
    case = to_bureau(place)
    place.act(case, "reviewer", "propose", day(2026, 9, 10), findings=KEPT, reasons="已核对。")
    with kind_is(now_is(proposed="to_approve")):
        mapped(order(("proposed", "to_approve")))
        assert place.case(case.number).state == "to_approve"
        approver, reviewer = place.people["approver"].id, place.people["reviewer"].id
        assert approver != reviewer
        with pytest.raises(Exception, match="others"):
            place.act(case, "reviewer", "approve", day(2026, 9, 14))
        place.act(case, "approver", "approve", day(2026, 9, 14))
        assert place.case(case.number).state == "answering"


def declined() -> Definition:
    """`refused` is called `declined`, with the outcome that it had."""
    was = now_is(refused="declined")
    states = tuple(replace(one, outcome="refused") if one.name == "declined" else one for one in was.states)
    return replace(was, states=states)


def test_a_review_of_an_end_that_is_called_otherwise_now_can_still_be_decided(place: Place) -> None:
    open_, closed = place.file(START), place.file(START, place.other_record, by="enterprise2")
    for case in (open_, closed):
        place.act(case, "office", "refuse", day(2026, 9, 8), reasons="不属于异议范围。")
    place.act(open_, "enterprise", "ask_review", day(2026, 9, 9), words="请复核。", files=())
    with kind_is(declined()):
        with pytest.raises(Impossible, match="another way"):
            place.act(open_, "chief", "decide_refusal", NOW, decision="admitted", reasons="应当受理。")
        found = mapped(order(("refused", "declined")))
        assert {line.number: (line.source, line.target) for line in found.lines} == {
            open_.number: ("reviewing", "reviewing"), closed.number: ("refused", "declined"),
        }  # fmt: skip
        place.act(open_, "chief", "decide_refusal", NOW, decision="admitted", reasons="应当受理。")
        assert place.case(open_.number).state == "comparing"
        kept = place.case(closed.number)
        assert (kept.state, kept.outcome, kept.closed_at) == ("declined", "refused", day(2026, 9, 8))
        place.act(closed, "enterprise2", "ask_review", NOW, words="请复核。", files=())
        assert place.case(closed.number).state == "reviewing"
        assert verify(place.session).faults == ()


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
            assert verify(place.session).faults == ()

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
            assert mapped(order(("verify", "-"))) == Found((), ())
            told = {letter.to_party for letter in place.session.scalars(select(Letter).where(Letter.name == "mapped"))}
            assert told == {"enterprise", "bureau"}
            assert answer(place, case, KEPT).state == "kept"
            sweep(WORLD, day(2026, 12, 1))
            assert verify(place.session).faults == ()

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


class TestAnotherDesk:
    """What was verified by the bureau is compared by the office now: no new name, another state."""

    def test_takes_the_case_with_its_time_and_both_are_told(self, place: Place, verifying: Definition) -> None:
        case = to_bureau(place)
        place.act(case, "reviewer", "take", day(2026, 9, 9))
        with kind_is(verifying):
            line = mapped(order(("with_bureau", "comparing"))).lines[0]
            assert (line.desk_before, line.desk) == ("bureau", "office")
            assert [(fate.was, fate.now) for fate in line.fates] == [
                ("whole", "whole"), ("verify", ""), ("", "refer"),
            ]  # fmt: skip
            assert line.letters == ("enterprise filer", "office officer")
            case = place.case(case.number)
            assert (case.state, case.desk, case.holder_id) == ("comparing", "office", None)
            assert running(place, case)["refer"] == date(2026, 9, 15), "two working days from today"
            letter = place.session.scalars(select(Letter).where(Letter.name == "mapped")).first()
            assert letter is not None
            assert "Comparing with the bureau's data" in letter.body("en")
            assert "Compare and refer: by" in letter.body("en")
            assert mapped(order(("with_bureau", "comparing"))) == Found((), ())
            assert verify(place.session).faults == ()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestIsRefused:
    """Either every case goes on, or none does."""

    def test_what_the_kind_still_has(self, place: Place) -> None:
        with pytest.raises(Impossible, match="objection still has 'filed'"):
            mapped(order(("filed", "comparing")))
        with pytest.raises(Impossible, match="objection still has 'verify'"):
            mapped(order(("verify", "-")))

    def test_a_new_name_that_the_kind_has_not(self, place: Place) -> None:
        for new in ("dreaming", "start"):
            with pytest.raises(Impossible, match=f"no state and no deadline '{new}'. States: filed, "):
                mapped(order(("with_bureau", new)))

    def test_an_end_for_an_open_case_and_a_beginning_for_a_closed_one(
        self, place: Place, verifying: Definition
    ) -> None:
        case = to_bureau(place)
        with kind_is(verifying):
            assert [str(one.why) for one in mapped(order(("with_bureau", "kept"))).refused] == [
                "it is open, and 'kept' is an end: a mapping decides nothing"
            ]
        place.act(case, "enterprise", "withdraw", NOW)
        with kind_is(now_is(withdrawn="taken_back")):
            whys = [str(mapped(order(("withdrawn", new))).refused[0].why) for new in ("filed", "taken_back")]
        assert whys == [
            "it is closed, and 'filed' is not an end: a mapping reopens nothing",
            "it ended with 'withdrawn', and 'taken_back' is another outcome: a mapping decides nothing",
        ]

    def test_a_bureaus_desk_where_no_bureau_has_the_case_and_then_no_case_moves(self, place: Place) -> None:
        place.file(START), to_bureau_of_other(place)
        both = now_is(filed="received", with_bureau="verifying")
        with kind_is(both):
            found = mapped(order(("filed", "verifying"), ("with_bureau", "verifying")))
            assert [str(one.why) for one in found.refused] == [
                "'verifying' needs a bureau, and no bureau has this case"
            ]
            assert set(place.session.scalars(select(Case.state))) == {"filed", "with_bureau"}
            assert "mapped" not in place.session.scalars(select(Event.action)).all()

    def test_a_state_to_which_cases_of_that_variant_never_come(self, place: Place) -> None:
        case = place.open("correction", "file", REQUEST)
        renamed = changed("correction", {"filed": "received"})
        with kind_is(renamed):
            found = map_cases(WORLD, order(("filed", "putting_right"), kind="correction"), WHY, NOW)
            assert [(one.number, str(one.why)) for one in found.refused] == [
                (case.number, "no case of the variant 'on_request' can come to 'putting_right'")
            ]

    def test_the_cases_of_other_variants_are_left_alone_where_one_is_named(self, place: Place) -> None:
        case = place.open("correction", "file", REQUEST)
        with kind_is(changed("correction", {"filed": "received"})):
            for variant, moves in (("decision_changed", 0), ("on_request", 1)):
                given = order(("filed", "received"), kind="correction", variant=variant)
                assert len(map_cases(WORLD, given, WHY, NOW).lines) == moves
            assert place.case(case.number).state == "received"


def to_bureau_of_other(place: Place) -> Case:
    case = place.file(START, place.other_record, by="enterprise2")
    place.act(case, "office", "accept", day(2026, 9, 8))
    place.act(case, "office", "refer", day(2026, 9, 9), question="请核对。")
    return case
