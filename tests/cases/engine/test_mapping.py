"""A kind has changed: its cases go on under the new names, one event each, and the same people may do the same."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from cases.engine.advance import Command, advance
from cases.engine.mapping import MappingResult, gone, preview
from cases.ledger.verify import verify
from cases.model.reading import read_cases
from cases.model.tables import Case, Event, EventText
from notifications.letters import Letter
from tests.builders import START, WORLD, Place, day
from tests.cases.courses import KEPT, to_bureau
from tests.cases.engine.mapped import BEFORE, NOW, RENAMED, WHY, answer, mapped, now_is, order, running
from tests.kinds_changed import kind_is
from workflow.definition import Definition
from workflow.mapping import Fate
from workflow.refusal import Impossible, Outdated

pytestmark = pytest.mark.both_databases


def last_event(place: Place, case: Case) -> tuple[Event, Mapping[str, object]]:
    event = place.session.scalars(select(Event).where(Event.case_id == case.id).order_by(Event.seq.desc())).first()
    assert event is not None
    return event, json.loads(event.body)


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
        assert verify(place.session).faults == []
        assert answer(place, case).state == "corrected"
        assert verify(place.session).faults == []


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
        assert mapped() == MappingResult((), ())
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
        with pytest.raises(Impossible, match="can be done once"):
            place.act(case, "reviewer", "ask", day(2026, 9, 14), missing="再要")
        assert verify(place.session).faults == []


def test_who_acted_from_a_page_of_before_is_told(place: Place, verifying: Definition) -> None:
    case = to_bureau(place)
    shown = place.case(case.number).length
    with kind_is(verifying):
        mapped()
        request = Command(case.id, "propose", {"findings": KEPT, "reasons": "已核对。"}, shown)
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
        with pytest.raises(Exception, match="This is for"):
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
        with pytest.raises(Impossible, match="had ended as"):
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
        assert verify(place.session).faults == []


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
            assert mapped(order(("with_bureau", "comparing"))) == MappingResult((), ())
            assert verify(place.session).faults == []
