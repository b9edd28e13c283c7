"""What one case opens in another: linked both ways, once, seen by those who may read both."""

import pytest
from sqlalchemy import or_, select

from cases.ledger.verify import verify
from cases.model.related import links_of, neighbours
from cases.model.tables import Case, CaseLink, Event
from notifications.papers import Paper
from registry.credit_records import changes_of, flags_of
from tests.builders import REQUEST, START, Place, day
from workflow.refusal import Impossible

FOUND = {"fine": {"finding": "as_claimed", "reason": ""}, "decided_on": {"finding": "kept", "reason": "落款如此。"}}


def sustained(place: Place) -> Case:
    """An objection granted in part and carried out."""
    case = place.file(START)
    place.act(case, "office", "accept", day(2026, 9, 8))
    place.act(case, "office", "refer", day(2026, 9, 8), question="请核对。")
    place.act(case, "reviewer", "propose", day(2026, 9, 9), findings=FOUND, reasons="决定书写的是八千元。")
    place.act(case, "approver", "approve", day(2026, 9, 9))
    place.act(case, "office", "carry_out", day(2026, 9, 10))
    return place.case(case.number)


def complaint(place: Place) -> Case:
    case = place.complain(START)
    place.act(case, "office", "acknowledge", day(2026, 9, 8))
    return place.case(case.number)


def objection_from(place: Place, case: Case) -> Case:
    place.act(case, "office", "open_objection", day(2026, 9, 9), record=place.record.id, ground="wrong",
              claims={"fine": "0.80"}, words="罚款金额与决定书不符。")  # fmt: skip
    place.session.expire_all()
    return place.session.scalars(select(Case).where(Case.kind == "objection")).one()


def links(place: Place, who: str, case: Case) -> list[tuple[str, str]]:
    mine = select(CaseLink).where(or_(CaseLink.from_case_id == case.id, CaseLink.to_case_id == case.id))
    rows = place.session.scalars(mine).all()
    ids = {id for row in rows for id in (row.from_case_id, row.to_case_id)}
    known = neighbours(place.session, place.identity(who), ids)
    return sorted((link.case.number, link.how) for link in links_of(case.id, rows, known))


def test_a_sustained_objection_opens_a_correction_of_what_was_granted(place: Place) -> None:
    objection = sustained(place)
    correction = place.session.scalars(select(Case).where(Case.kind == "correction")).one()
    assert (correction.state, correction.variant, correction.bureau_id) == (
        "putting_right", "from_objection", place.bureau.id)  # fmt: skip
    first = place.session.scalars(select(Event).where(Event.case_id == correction.id)).one()
    assert '"claims":["fine"]' in first.body
    assert f'"opened_by":"{objection.number}"' in first.body
    assert links(place, "office", objection) == [(correction.number, "opened")]
    assert links(place, "reviewer", correction) == [(objection.number, "opened_by")]
    assert verify(place.session).ok


def test_the_platforms_copy_is_changed_once_and_by_the_objection_alone(place: Place) -> None:
    sustained(place)
    correction = place.session.scalars(select(Case).where(Case.kind == "correction")).one()
    place.act(correction, "reviewer", "confirm", day(2026, 9, 11), result="system_right",
              done_on=day(2026, 9, 11).date(), reference="环 2026-77")  # fmt: skip
    assert place.case(correction.number).state == "corrected"
    corrected = [change for change in changes_of(place.session, place.record) if change.what == "corrected"]
    assert [(change.field, change.before, change.after) for change in corrected] == [("fine", "8.00", "0.80")]


def test_a_complaint_opens_an_objection_whose_bureau_never_learns_why(place: Place) -> None:
    case = complaint(place)
    objection = objection_from(place, case)
    assert (objection.state, objection.enterprise_id) == ("comparing", place.firm.id)
    assert flags_of(place.session, [place.record.id]) == {place.record.id: [objection.id]}
    place.act(objection, "office", "refer", day(2026, 9, 10), question="请核对。")
    assert links(place, "office", objection) == [(case.number, "opened_by")]
    assert links(place, "enterprise", objection) == [(case.number, "opened_by")]
    assert links(place, "reviewer", objection) == []


def test_where_an_objection_is_open_the_complaint_adds_to_it(place: Place) -> None:
    mine = place.file(START)
    case = complaint(place)
    objection = objection_from(place, case)
    assert objection.number == mine.number
    last = place.session.scalars(select(Event).where(Event.case_id == mine.id).order_by(Event.seq.desc())).first()
    assert last is not None
    assert (last.action, last.actor) == ("joined", "case")
    assert links(place, "office", objection) == [(case.number, "joined_by")]
    assert verify(place.session).ok


def test_the_request_to_confirm_says_what_stood_before(place: Place) -> None:
    sustained(place)
    paper = place.session.scalars(select(Paper).where(Paper.form == "confirmation_request")).one()
    assert [(row["before"], row["after"]) for row in paper.values["changes"]] == [
        ({"zh": "8.00 万元", "en": "¥80,000"}, {"zh": "0.80 万元", "en": "¥8,000"})]  # fmt: skip


def test_what_an_objection_found_is_added_to_a_request_that_is_open_and_keeps_it_from_ending_unseen(
    place: Place,
) -> None:
    """D7, D19: the bureau has its own system to put right; nobody takes that back before it has looked."""
    asked = place.open("correction", "file", REQUEST, START)
    objection = sustained(place)
    assert links(place, "office", objection) == [(asked.number, "joined")]
    for who, action in (("enterprise", "withdraw"), ("office", "refuse"), ("office", "transfer")):
        with pytest.raises(Impossible, match="has not been possible since"):
            place.act(asked, who, action, day(2026, 9, 11), reasons="没有更正的依据。", where="自治区信用中心")
    place.act(asked, "office", "accept", day(2026, 9, 11))
    with pytest.raises(Impossible, match="has not been possible since"):
        place.act(asked, "enterprise", "withdraw", day(2026, 9, 11))
    findings = {name: {"finding": "as_claimed"} for name in ("fine", "decided_on")}
    place.act(asked, "reviewer", "propose", day(2026, 9, 14), findings=findings, reasons="决定书写的是八千元。")
    place.act(asked, "approver", "approve", day(2026, 9, 14))
    place.act(asked, "office", "carry_out", day(2026, 9, 15))
    place.act(asked, "office", "answer", day(2026, 9, 15), letter="已经更正。")
    assert place.case(asked.number).state == "corrected"
    assert verify(place.session).ok


def test_a_request_to_which_nothing_was_added_can_be_withdrawn(place: Place) -> None:
    asked = place.open("correction", "file", REQUEST, START)
    place.act(asked, "enterprise", "withdraw", day(2026, 9, 8))
    assert place.case(asked.number).state == "withdrawn"


def test_papers_that_never_came_do_not_close_a_request_to_which_something_was_added(place: Place) -> None:
    asked = place.open("correction", "file", REQUEST, START)
    place.act(asked, "office", "ask_papers", day(2026, 9, 8), missing="决定书复印件")
    sustained(place)
    with pytest.raises(Impossible, match="has not been possible since"):
        place.act(asked, "office", "lapse", day(2026, 10, 30), reasons="未补正。")
    place.act(asked, "office", "accept", day(2026, 10, 30))
    assert place.case(asked.number).state == "with_bureau"
