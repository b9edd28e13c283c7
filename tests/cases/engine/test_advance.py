"""One objection through every layer: what is recorded, who is told, what the record says, and what is refused."""

import json

import pytest
from sqlalchemy import select

from cases.engine.advance import Command, Opening, advance, open_case
from cases.ledger.verify import verify
from cases.model.drafts import Draft
from cases.model.tables import Case, Event, EventText, TimerRow
from registry.credit_records import changes_of, flags_of, statements_of
from tests.builders import FILING, PROOF, START, WORLD, Place, day
from tests.cases.courses import GRANTED, KEPT, answered, letters, to_bureau
from workflow.refusal import Forbidden, Impossible, Incomplete, Outdated

pytestmark = pytest.mark.both_databases


def test_a_granted_objection_corrects_the_record_once_and_closes_as_corrected(place: Place) -> None:
    case = answered(place, GRANTED)
    place.session.refresh(place.record)
    assert (case.state, case.outcome, case.desk) == ("corrected", "corrected", None)
    assert place.record.values["fine"] == "0.80"
    assert place.record.decided_on.isoformat() == "2026-03-13"
    corrected = [change for change in changes_of(place.session, place.record) if change.what == "corrected"]
    assert {(c.field, c.before, c.after) for c in corrected} == {
        ("fine", "8.00", "0.80"), ("decided_on", "2026-03-18", "2026-03-13"),
    }  # fmt: skip
    assert flags_of(place.session, [place.record.id]) == {}
    assert place.other_record.values["fine"] == "8.00"


def test_the_record_is_flagged_from_acceptance_until_the_answer(place: Place) -> None:
    case = to_bureau(place)
    assert flags_of(place.session, [place.record.id]) == {place.record.id: [case.id]}


def test_a_kept_record_stays_as_it_is_and_the_answer_names_remedies(place: Place) -> None:
    case = answered(place, KEPT)
    place.session.refresh(place.record)
    assert case.outcome == "kept"
    assert place.record.values["fine"] == "8.00"
    text = letters(place, "answered")[0].texts["zh"]["body"]
    assert "行政复议" in text
    assert "示范旗人民政府" in text
    assert "诉讼" in text


def test_what_cannot_be_established_keeps_the_enterprises_words_beside_the_record(place: Place) -> None:
    unknown = {**GRANTED, "decided_on": {"finding": "undecidable", "reason": "档案不全。"}}
    case = answered(place, unknown)
    kept = statements_of(place.session, place.record)
    assert case.outcome == "partly"
    assert [(row.field, row.statement) for row in kept] == [("decided_on", FILING["words"])]


def test_the_reviewer_may_not_approve_and_the_approver_not_their_own_proposal(place: Place) -> None:
    case = to_bureau(place)
    place.act(case, "reviewer", "propose", day(2026, 9, 10), findings=KEPT, reasons="已核对。")
    with pytest.raises(Forbidden):
        place.act(case, "reviewer", "approve", day(2026, 9, 11))
    with pytest.raises(Forbidden):
        place.act(case, "approver2", "approve", day(2026, 9, 11))


def test_a_bureau_without_review_body_cannot_approve_until_the_office_enters_it(place: Place) -> None:
    case = to_bureau(place)
    place.act(case, "reviewer", "propose", day(2026, 9, 10), findings=KEPT, reasons="已核对。")
    place.bureau.review_body = ""
    place.session.commit()
    with pytest.raises(Impossible, match="review body"):
        place.act(case, "approver", "approve", day(2026, 9, 11))


def test_a_finding_against_the_claim_needs_a_reason(place: Place) -> None:
    case = to_bureau(place)
    with pytest.raises(Incomplete) as refused:
        place.act(case, "reviewer", "propose", day(2026, 9, 10), reasons="已核对。",
                  findings={"fine": {"finding": "kept"}, "decided_on": {"finding": "as_claimed"}})  # fmt: skip
    assert list(refused.value.fields) == ["findings.fine"]


def test_a_refused_act_leaves_nothing_behind(place: Place) -> None:
    case = to_bureau(place)
    before = place.case(case.number).length
    with pytest.raises(Incomplete):
        place.act(case, "reviewer", "ask", day(2026, 9, 10), missing="")
    assert place.case(case.number).length == before
    assert letters(place, "papers_asked") == []


def test_who_acted_from_an_old_page_is_told_and_nothing_is_overwritten(place: Place) -> None:
    case = to_bureau(place)
    shown = place.case(case.number).length
    place.act(case, "reviewer", "ask", day(2026, 9, 10), missing="照片")
    request = Command(case.id, "propose", {"findings": KEPT, "reasons": "x"}, shown)
    with pytest.raises(Outdated) as outdated:
        advance(WORLD, request, place.person("reviewer", place.case(case.number)), day(2026, 9, 10, 11))
    assert (outdated.value.shown, outdated.value.now) == (shown, shown + 1)


def test_a_reminder_between_page_and_post_does_not_count_as_somebody_acting(place: Place) -> None:
    case = to_bureau(place)
    shown = place.case(case.number).length
    request = Command(case.id, "propose", {"findings": KEPT, "reasons": "已核对。"}, shown)
    done = advance(WORLD, request, place.person("reviewer", place.case(case.number)), day(2026, 9, 17))
    assert done.state == "proposed"
    assert done.seq > shown + 1


def test_one_draft_becomes_one_case_however_often_it_is_sent(place: Place) -> None:
    user = place.people["enterprise"]
    place.session.add(Draft(key="k" * 43, user_id=user.id, record_id=place.record.id, kind="objection",
                            action="file", saved_at=START))  # fmt: skip
    place.session.commit()
    opening = Opening("objection", "file", place.record.id, FILING, draft="k" * 43)
    first = open_case(WORLD, opening, place.person("enterprise"), START)
    second = open_case(WORLD, opening, place.person("enterprise"), START)
    assert first.number == second.number
    assert len(place.session.scalars(select(Case)).all()) == 1


def test_a_second_objection_on_the_same_record_is_refused_while_one_is_open(place: Place) -> None:
    first = place.file(START)
    with pytest.raises(Impossible, match=first.number):
        place.file(START)
    assert place.file(START, place.other_record, by="enterprise2").number == "2026-YY-000002"


def test_case_numbers_of_a_year_have_no_holes_even_after_a_refusal(place: Place) -> None:
    place.file(START)
    with pytest.raises(Impossible):
        place.file(START)
    with pytest.raises(Incomplete):
        place.file(START, place.other_record, by="enterprise2", words="")
    assert place.file(START, place.other_record, by="enterprise2").number.endswith("000002")


def test_the_chain_holds_no_free_text(place: Place) -> None:
    answered(place, KEPT)
    bodies = " ".join(place.session.scalars(select(Event.body)))
    for text in place.session.scalars(select(EventText.text)):
        assert text not in bodies
    assert "恒源洗煤" not in bodies


def test_the_ledger_of_a_whole_case_verifies(place: Place) -> None:
    answered(place, KEPT)
    verdict = verify(place.session)
    assert verdict.ok
    assert verdict.chains == 1


def test_a_closed_case_runs_no_timer(place: Place) -> None:
    case = answered(place, GRANTED)
    running = select(TimerRow).where(TimerRow.case_id == case.id, TimerRow.stopped_on.is_(None))
    assert place.session.scalars(running).all() == []


def test_a_returned_case_is_assigned_afresh_to_another_bureau_which_cannot_return_it(place: Place) -> None:
    case = to_bureau(place)
    place.act(case, "reviewer", "return", day(2026, 9, 10), reasons="不是本局报送的。")
    with pytest.raises(Forbidden):
        place.act(case, "office", "assign", day(2026, 9, 11), bureau=place.other_bureau.id, reasons="由应急局核查。")
    place.act(case, "chief", "assign", day(2026, 9, 11), bureau=place.other_bureau.id, reasons="由应急局核查。")
    verify_timer = place.session.scalars(
        select(TimerRow).where(TimerRow.deadline == "verify", TimerRow.stopped_on.is_(None))
    ).one()
    assert verify_timer.started_on.isoformat() == "2026-09-11"
    with pytest.raises(Impossible, match="once"):
        place.act(case, "reviewer2", "return", day(2026, 9, 12), reasons="也不是我们的。")


def test_the_same_bureau_gains_nothing_by_a_return(place: Place) -> None:
    case = to_bureau(place)
    place.act(case, "reviewer", "return", day(2026, 9, 10), reasons="不是本局报送的。")
    place.act(case, "chief", "assign", day(2026, 9, 14), bureau=place.bureau.id, reasons="就是贵局报送的。")
    timers = place.session.scalars(select(TimerRow).where(TimerRow.deadline == "verify")).all()
    assert len(timers) == 1
    # 10 counts (1); away until 14; 15, 16, 17, 18 (5), make-up Sunday 20 (6), 21 (7)
    assert timers[0].due_on.isoformat() == "2026-09-21"


def test_an_extension_lengthens_verification_and_the_whole_case_once(place: Place) -> None:
    case = to_bureau(place)
    place.act(case, "approver", "extend", day(2026, 9, 14), reasons="要到现场。")
    due = {row.deadline: row.due_on.isoformat() for row in
           place.session.scalars(select(TimerRow).where(TimerRow.stopped_on.is_(None)))}  # fmt: skip
    assert due == {"verify": "2026-10-09", "whole": "2026-10-23"}
    with pytest.raises(Impossible, match="once"):
        place.act(case, "approver", "extend", day(2026, 9, 15), reasons="再要。")
    told = {letter.to_party for letter in letters(place, "extended")}
    assert told == {"enterprise", "office"}


def test_after_the_last_day_nothing_can_be_extended(place: Place) -> None:
    case = to_bureau(place)
    with pytest.raises(Impossible, match="the time ended on"):
        place.act(case, "approver", "extend", day(2026, 9, 21), reasons="太晚了。")


def test_papers_that_never_come_put_the_case_back_and_it_may_then_be_closed_in_writing(place: Place) -> None:
    case = place.file(START)
    place.act(case, "office", "ask_papers", day(2026, 9, 8), missing="决定书复印件")
    with pytest.raises(Impossible):
        place.act(case, "office", "lapse", day(2026, 9, 21), reasons="没有来。")
    place.act(case, "office", "lapse", day(2026, 9, 23), reasons="要求的材料没有来。")
    case = place.case(case.number)
    assert case.outcome == "lapsed"
    late = letters(place, "papers_late_filer")
    assert len(late) == 1


def test_an_own_error_is_corrected_by_an_officer_and_confirmed_by_the_chief(place: Place) -> None:
    case = place.file(START)
    place.act(case, "office", "accept", day(2026, 9, 8))
    with pytest.raises(Incomplete):
        place.act(case, "office", "correct_own", day(2026, 9, 8), findings=KEPT, reasons="抄错。", files=("f",))
    place.act(case, "office", "correct_own", day(2026, 9, 8), findings=GRANTED, reasons="平台抄错。", files=PROOF)
    place.act(case, "chief", "confirm_own", day(2026, 9, 9))
    place.session.refresh(place.record)
    assert place.record.values["fine"] == "0.80"
    place.act(case, "office", "answer", day(2026, 9, 9), letter="是我办抄错的。")
    assert place.case(case.number).outcome == "own_error"


def test_every_event_names_the_rules_of_the_day_on_which_its_case_was_filed(place: Place) -> None:
    case = answered(place, GRANTED)
    rules = WORLD.jurisdiction.rule_set(START.date())
    events = place.session.scalars(select(Event).where(Event.case_id == case.id)).all()
    assert {json.dumps(json.loads(event.body)["rules"], sort_keys=True) for event in events} == {
        json.dumps({"id": rules.id, "from": rules.since.isoformat(), "source": rules.source}, sort_keys=True)
    }
