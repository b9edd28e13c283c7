"""A correction in each of its variants: who begins it, from which day it counts, what changes and how it ends."""

from datetime import date

import pytest
from sqlalchemy import select

from cases.model.reading import read_cases
from cases.model.tables import Case
from notifications.letters import Letter
from registry.credit_records import changes_of, value_of
from tests.builders import CLAIMS, PROOF, REQUEST, START, WORLD, Place, day
from workflow.refusal import Impossible
from workflow.timing import due_of

GRANTED = {"fine": {"finding": "as_claimed", "reason": ""}, "decided_on": {"finding": "as_claimed", "reason": ""}}
MIXED = {
    "fine": {"finding": "as_claimed", "reason": ""},
    "decided_on": {"finding": "undecidable", "reason": "无据可查。"},
}
KEPT = {name: {"finding": "kept", "reason": "决定书如此。"} for name in GRANTED}


def asked(place: Place) -> Case:
    return place.open("correction", "file", REQUEST, START)


def verified(place: Place, case: Case, findings: dict[str, dict[str, str]], month_day: int = 9) -> Case:
    place.act(case, "reviewer", "propose", day(2026, 9, month_day), findings=findings, reasons="已经核对。")
    place.act(case, "approver", "approve", day(2026, 9, month_day, 11))
    return place.case(case.number)


def answered(place: Place, case: Case) -> Case:
    if place.case(case.number).state == "carrying_out":
        place.act(case, "office", "carry_out", day(2026, 9, 10))
    place.act(case, "office", "answer", day(2026, 9, 11), letter="已经核实。")
    return place.case(case.number)


@pytest.mark.parametrize(("findings", "end", "fine"), [
    (GRANTED, "corrected", "0.80"), (MIXED, "partly", "0.80"), (KEPT, "refused", "8.00")])  # fmt: skip
def test_on_request_the_findings_say_how_it_ends(place: Place, findings: dict[str, dict[str, str]], end: str,
                                                 fine: str) -> None:  # fmt: skip
    case = asked(place)
    place.act(case, "office", "accept", day(2026, 9, 8))
    case = answered(place, verified(place, case, findings))
    place.session.refresh(place.record)
    assert (case.state, value_of(place.record, "fine")) == (end, fine)
    letter = place.session.scalars(select(Letter).where(Letter.name == "answered")).one()
    assert "行政复议" in letter.body("zh")


def test_a_changed_decision_counts_from_the_day_it_changed(place: Place) -> None:
    changed = {"changed_on": date(2026, 9, 3), "document": "复议决定〔2026〕3号", "files": PROOF}
    case = place.open("correction", "open", changed, START, by="reviewer", variant="decision_changed")
    timer = read_cases(place.session, [case.id])[0].running("end_display")
    assert timer is not None
    assert (timer.started, due_of(timer, WORLD.calendar).day, timer.born) == (
        date(2026, 9, 3), date(2026, 9, 8), date(2026, 9, 7))  # fmt: skip
    case = verified(place, case, {"display": {"finding": "as_claimed", "reason": ""}}, 8)
    place.session.refresh(place.record)
    assert (case.state, place.record.displayed) == ("answering", False)
    assert answered(place, case).state == "corrected"


@pytest.mark.parametrize(("findings", "end"), [(GRANTED, "corrected"), (MIXED, "partly"), (KEPT, "dropped")])
def test_what_a_bureau_finds_itself_is_answered_always(place: Place, findings: dict[str, dict[str, str]],
                                                       end: str) -> None:  # fmt: skip
    case = place.open("correction", "open", {"claims": CLAIMS, "words": "内部检查。", "files": ()}, START,
                      by="reviewer", variant="self_found")  # fmt: skip
    assert (case.state, case.bureau_id) == ("with_bureau", place.bureau.id)
    assert answered(place, verified(place, case, findings, 8)).state == end


def test_the_record_is_changed_exactly_once_with_before_and_after(place: Place) -> None:
    case = asked(place)
    place.act(case, "office", "accept", day(2026, 9, 8))
    answered(place, verified(place, case, GRANTED))
    corrected = [(one.field, one.before, one.after) for one in changes_of(place.session, place.record)
                 if one.what == "corrected"]  # fmt: skip
    assert corrected == [("fine", "8.00", "0.80"), ("decided_on", "2026-03-18", "2026-03-13")]


def test_it_is_led_elsewhere_by_the_officer_at_once_or_by_the_chief_after_a_return(place: Place) -> None:
    case = asked(place)
    place.act(case, "office", "transfer", day(2026, 9, 8), reasons="不属本旗。", where="自治区信用中心")
    assert place.case(case.number).state == "transferred"
    case = place.open("correction", "file", REQUEST, day(2026, 9, 8))
    place.act(case, "office", "accept", day(2026, 9, 9))
    place.act(case, "reviewer", "return", day(2026, 9, 10), reasons="不是我局作出。")
    with pytest.raises(Impossible):
        place.act(case, "office", "answer", day(2026, 9, 10), letter="…")
    place.act(case, "chief", "transfer", day(2026, 9, 11), reasons="不属本旗。", where="自治区信用中心")
    assert place.case(case.number).state == "transferred"


def test_only_one_correction_is_open_on_a_record(place: Place) -> None:
    asked(place)
    with pytest.raises(Impossible, match="still open"):
        asked(place)
