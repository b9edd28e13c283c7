"""A repair from filing to its end and its revocation: who decides, what ends, which rules it keeps."""

from datetime import date, datetime

import pytest
from sqlalchemy import select

from cases.kinds.repair import DEFINITION
from cases.ledger.verify import verify
from cases.model.reading import read_cases
from cases.model.tables import Case
from notifications.letters import Letter
from notifications.papers import Paper
from registry import credit_records
from registry.display import advice, eligibility
from registry.organisations import Bureau
from registry.people import add_person
from tests.builders import APPLICATION, LAW, WORLD, Place, day
from workflow.clocks import remedies_open
from workflow.limits import mark_of
from workflow.refusal import Forbidden, Impossible, Incomplete
from workflow.timing import due_of


def applied(place: Place, at: datetime, by: str = "enterprise", **more: object) -> Case:
    action = "enter" if by.startswith("reviewer") else "file"
    return place.open("repair", action, {**APPLICATION, **more}, at, by=by)


def forwarded(place: Place, at: datetime, received_on: date) -> Case:
    case = applied(place, at)
    place.act(case, "office", "forward", at, received_on=received_on)
    return place.case(case.number)


def decided(place: Place, decision: str) -> Case:
    case = forwarded(place, day(2026, 9, 17), date(2026, 9, 17))
    place.act(case, "reviewer", "accept", day(2026, 9, 18))
    place.act(case, "reviewer", "propose", day(2026, 9, 21), decision=decision, reasons="义务已经全部履行。")
    place.act(case, "approver", "approve", day(2026, 9, 22))
    return place.case(case.number)


def granted(place: Place) -> Case:
    case = decided(place, "grant")
    for hour, what in enumerate(("display_ended", "sharing_stopped")):
        place.act(case, "office", "confirm", day(2026, 9, 23, 10 + hour), what=what, done_on=date(2026, 9, 23))
    return place.case(case.number)


def due(place: Place, case: Case, deadline: str) -> date | None:
    timer = read_cases(place.session, [case.id])[0].running(deadline)
    assert timer is not None
    return due_of(timer, WORLD.calendar).day


def letters(place: Place, case: Case, party: str) -> list[str]:
    found = select(Letter.name).where(Letter.case_number == case.number, Letter.to_party == party).order_by(Letter.id)
    return list(place.session.scalars(found))


def test_the_bureaus_days_count_from_its_own_receipt(place: Place) -> None:
    case = forwarded(place, day(2026, 9, 18), date(2026, 9, 18))
    assert (case.state, case.bureau_id) == ("with_bureau", place.bureau.id)
    assert due(place, case, "accept") == date(2026, 9, 22)


def test_a_repair_granted_ends_display_and_sharing_each_confirmed_once(place: Place) -> None:
    case = decided(place, "grant")
    assert case.state == "carrying_out"
    place.act(case, "office", "confirm", day(2026, 9, 23), what="display_ended", done_on=date(2026, 9, 22))
    with pytest.raises(Impossible):
        place.act(case, "office", "confirm", day(2026, 9, 23), what="display_ended", done_on=date(2026, 9, 22))
    with pytest.raises(Incomplete, match="Choose one"):
        place.act(case, "office", "confirm", day(2026, 9, 23), what="list_left", done_on=date(2026, 9, 22))
    assert place.case(case.number).state == "carrying_out"
    place.act(case, "office", "confirm", day(2026, 9, 24), what="sharing_stopped", done_on=date(2026, 9, 24))
    assert place.case(case.number).state == "granted"
    place.session.refresh(place.record)
    assert (place.record.displayed, place.record.display_ended_on) == (False, date(2026, 9, 22))
    assert (place.record.shared, place.record.sharing_stopped_on) == (False, date(2026, 9, 24))
    assert letters(place, case, "enterprise") == [
        "filed", "forwarded", "repair_accepted", "repair_decided", "repair_confirmed", "repair_confirmed",
    ]  # fmt: skip
    assert verify(place.session).ok


def test_a_refusal_comes_with_reasons_and_the_bureaus_remedies(place: Place) -> None:
    case = decided(place, "refuse")
    assert (case.state, case.outcome) == ("refused", "refused")
    told = place.session.scalars(select(Letter).where(Letter.name == "repair_decided")).one()
    assert "义务已经全部履行。" in told.body("zh")
    assert "行政复议" in told.body("zh")


def test_a_revoked_repair_is_displayed_and_shared_again(place: Place) -> None:
    case = granted(place)
    place.act(case, "reviewer", "open_revoke", day(2026, 10, 12), facts="承诺不实。", files=())
    assert (place.case(case.number).state, place.case(case.number).round) == ("hearing", 2)
    place.act(case, "enterprise", "state_views", day(2026, 10, 13), words="已经整改。", files=())
    place.act(case, "reviewer", "propose_revoke", day(2026, 10, 14), decision="revoke", reasons="未整改。")
    with pytest.raises(Forbidden):
        place.act(case, "reviewer", "approve_revoke", day(2026, 10, 15))
    place.act(case, "approver", "approve_revoke", day(2026, 10, 15))
    assert place.case(case.number).state == "revoked"
    place.session.refresh(place.record)
    assert (place.record.displayed, place.record.shared) == (True, True)
    assert verify(place.session).ok


def test_a_repair_kept_stays_granted(place: Place) -> None:
    case = granted(place)
    place.act(case, "reviewer", "open_revoke", day(2026, 10, 12), facts="承诺不实。", files=())
    place.act(case, "enterprise", "state_views", day(2026, 10, 13), words="已经整改。", files=())
    place.act(case, "reviewer", "propose_revoke", day(2026, 10, 14), decision="keep", reasons="已整改。")
    place.act(case, "approver", "approve_revoke", day(2026, 10, 15))
    assert place.case(case.number).state == "granted"
    place.session.refresh(place.record)
    assert place.record.displayed is False


@pytest.mark.parametrize(("filed", "mark"), [(date(2026, 3, 31), "proposal"), (date(2026, 4, 1), "statute_unverified")])
def test_a_repair_keeps_the_rules_of_its_filing_day(place: Place, filed: date, mark: str) -> None:
    case = applied(place, day(2026, 4, 2), by="office", came_by="credit_china", applied_on=filed,
                   handed_in_on=date(2026, 4, 2))  # fmt: skip
    assert case.filed_on == filed
    snapshot = read_cases(place.session, [case.id])[0].snapshot
    assert mark_of(WORLD.limit_of(snapshot, "repair.accept")) == mark


def test_whole_counts_from_credit_chinas_receipt_where_it_was_forwarded_from_there(place: Place) -> None:
    here = applied(place, day(2026, 9, 21), by="office", came_by="window", handed_in_on=date(2026, 9, 18))
    assert due(place, here, "whole") == date(2026, 10, 9)
    assert mark_of(WORLD.limit_of(read_cases(place.session, [here.id])[0].snapshot, "repair.whole")) == "proposal"
    place.act(here, "enterprise", "withdraw", day(2026, 9, 21, 11), words="")
    there = applied(
        place,
        day(2026, 9, 21, 12),
        by="office",
        came_by="credit_china",
        applied_on=date(2026, 9, 17),
        handed_in_on=date(2026, 9, 21),
    )
    assert due(place, there, "whole") == date(2026, 10, 8)
    snapshot = read_cases(place.session, [there.id])[0].snapshot
    assert mark_of(WORLD.limit_of(snapshot, "repair.whole")) == "statute_unverified"


def test_market_regulation_decides_within_its_own_time_from_its_receipt(place: Place) -> None:
    bureau = place.session.scalars(select(Bureau).where(Bureau.name.contains("市场监督管理"))).one()
    record = place.record
    record.determined_by_id = bureau.id
    place.session.commit()
    case = applied(place, day(2026, 11, 2))
    assert case.variant == "market_regulation"
    place.act(case, "office", "forward", day(2026, 11, 2), received_on=date(2026, 11, 2))
    assert due(place, case, "decide") == date(2026, 11, 11)


def test_asked_before_the_first_day_it_is_advised_filed_and_refused_by_the_unit_alone(place: Place) -> None:
    """Eligibility advises, it never blocks (D13): the office forwards it, and only the bureau says no."""
    record = place.record
    credit_records.correct(place.session, record, {"decided_on": "2026-09-01", "severity": "general"}, None,
                           day(2026, 9, 2), "test")  # fmt: skip
    place.session.commit()
    today = date(2026, 9, 7)
    found = eligibility(record, place.bureau, LAW, today)
    assert "too_early" in {one.code for one in advice(found, today)}
    case = forwarded(place, day(2026, 9, 7), today)
    place.act(case, "reviewer", "accept", day(2026, 9, 8))
    place.act(case, "reviewer", "propose", day(2026, 9, 9), decision="refuse", reasons="最短公示期未满。")
    place.act(case, "approver", "approve", day(2026, 9, 10))
    assert place.case(case.number).state == "refused"


def test_a_bureau_enters_what_came_to_it_only_on_its_own_records(place: Place) -> None:
    case = applied(place, day(2026, 9, 22), by="reviewer", received_on=date(2026, 9, 18))
    assert (case.state, case.filed_on) == ("with_bureau", date(2026, 9, 18))
    assert due(place, case, "accept") == date(2026, 9, 22)
    with pytest.raises(Forbidden):
        place.open("repair", "enter", {**APPLICATION, "received_on": date(2026, 9, 18)}, day(2026, 9, 22),
                   place.other_record, by="reviewer")  # fmt: skip


def test_no_bureau_received_what_was_not_filed_yet(place: Place) -> None:
    case = applied(place, day(2026, 9, 18))
    with pytest.raises(Incomplete, match="before the filing"):
        place.act(case, "office", "forward", day(2026, 9, 18), received_on=date(2026, 9, 17))


def test_an_extension_without_a_text_is_not_told_as_law(place: Place) -> None:
    bureau = place.session.scalars(select(Bureau).where(Bureau.name.contains("市场监督管理"))).one()
    place.record.determined_by_id = bureau.id
    place.people["head"] = add_person(
        place.session, "head", "局长", ("head", "reviewer"), bureau_id=bureau.id, demo=True
    )
    place.session.commit()
    case = forwarded(place, day(2026, 11, 2), date(2026, 11, 2))
    place.act(case, "head", "accept", day(2026, 11, 3))
    place.act(case, "head", "extend", day(2026, 11, 4), reasons="需要核查。")
    told = place.session.scalars(select(Letter).where(Letter.name == "extended")).first()
    paper = place.session.get_one(Paper, told.paper_id) if told else pytest.fail("nobody was told")
    assert paper.values["basis"] == "proposal"


def test_a_revoked_repair_is_not_shown_beyond_the_end_of_its_class(place: Place) -> None:
    credit_records.correct(place.session, place.record, {"severity": "minor"}, None, day(2026, 9, 1), "test")
    place.session.commit()
    case = granted(place)
    place.act(case, "reviewer", "open_revoke", day(2026, 10, 12), facts="承诺不实。", files=())
    place.act(case, "enterprise", "state_views", day(2026, 10, 13), words="已经整改。", files=())
    place.act(case, "reviewer", "propose_revoke", day(2026, 10, 14), decision="revoke", reasons="未整改。")
    place.act(case, "approver", "approve_revoke", day(2026, 10, 15))
    place.session.refresh(place.record)
    assert (place.record.displayed, place.record.shared) == (False, True)


def test_from_credit_china_the_office_forwards_from_the_day_it_reached_it(place: Place) -> None:
    case = applied(place, day(2026, 9, 21), by="office", came_by="credit_china", applied_on=date(2026, 9, 7),
                   handed_in_on=date(2026, 9, 21))  # fmt: skip
    assert (case.filed_on, due(place, case, "forward")) == (date(2026, 9, 7), date(2026, 9, 22))


def test_nobody_is_told_of_remedies_where_the_firm_asked_for_nothing(place: Place) -> None:
    case = granted(place)
    snapshot = read_cases(place.session, [case.id])[0].snapshot
    assert remedies_open(WORLD, DEFINITION, snapshot, "bureau") == date(2026, 11, 18)
    place.act(case, "reviewer", "open_revoke", day(2026, 10, 12), facts="承诺不实。", files=())
    revoking = read_cases(place.session, [case.id])[0].snapshot
    assert remedies_open(WORLD, DEFINITION, revoking, "bureau") is None
