"""D39: what another case adds to an open one is a claim to be found, or waits for a case of its own."""

from datetime import date

import pytest
from sqlalchemy import select

from cases.kinds import all_kinds
from cases.ledger.verify import verify
from cases.model.disputed import disputes
from cases.model.reading import read_cases, words_of
from cases.model.tables import Case, Event
from notifications.papers import Paper
from registry.credit_records import RecordStatement
from tests.builders import CLAIMS, FILING, PROOF, START, Place, day
from tests.cases.courses import GRANTED, letters, to_bureau
from tests.cases.engine.test_linking import complaint, links, sustained
from workflow.refusal import Impossible, Incomplete

MORE = {"offence": "未采取有效措施防治噪声污染"}
PROPOSED = {"findings": GRANTED, "reasons": "已核对。"}
ALL_FOUND = {**GRANTED, "offence": {"finding": "as_claimed"}}


def adds(place: Place, on: int, claims: dict[str, str] = MORE, **answers: object) -> Case:
    """A complaint leads to an objection on the firm's record, on that day of September."""
    case = complaint(place)
    said = {"record": place.record.id, "ground": "wrong", "claims": claims, "words": "决定书写的是噪声。", **answers}
    place.act(case, "office", "open_objection", day(2026, 9, on), **said)
    place.session.expire_all()
    return place.case(case.number)


def claimed(place: Place, case: Case) -> dict[str, str]:
    file = read_cases(place.session, [case.id])[0]
    found = disputes(all_kinds()[file.kind], file.snapshot.past, words_of(place.session, case.id))
    return {one.field: one.claim for one in found}


def test_what_joins_before_the_proposal_needs_a_finding(place: Place) -> None:
    mine = to_bureau(place)
    adds(place, 10)
    assert claimed(place, mine) == {**CLAIMS, **MORE}
    with pytest.raises(Incomplete) as refusal:
        place.act(mine, "reviewer", "propose", day(2026, 9, 11), **PROPOSED)
    assert set(refusal.value.fields) == {"findings.offence"}
    place.act(mine, "reviewer", "propose", day(2026, 9, 11), findings=ALL_FOUND, reasons="已核对。")
    place.act(mine, "approver", "approve", day(2026, 9, 11))
    place.act(mine, "office", "carry_out", day(2026, 9, 14))
    place.act(mine, "office", "answer", day(2026, 9, 14), letter="逐项认定如下。")
    assert place.case(mine.number).state == "corrected"
    assert place.record.values["offence"] == MORE["offence"]
    assert verify(place.session).ok


def test_a_proposal_on_the_table_goes_back_to_its_desk_and_the_clock_runs_on(place: Place) -> None:
    mine = to_bureau(place)
    place.act(mine, "reviewer", "propose", day(2026, 9, 10), **PROPOSED)
    due = read_cases(place.session, [mine.id])[0].running("verify")
    adds(place, 11)
    file = read_cases(place.session, [mine.id])[0]
    assert file.snapshot.state == "with_bureau"
    assert due
    assert file.running("verify") == due
    with pytest.raises(Impossible):
        place.act(mine, "approver", "approve", day(2026, 9, 11))
    told = {letter.to_party: letter.body("en") for letter in letters(place, "joined")}
    assert set(told) == {"enterprise", "bureau", "office"}
    assert place.bureau.name_en in told["bureau"]
    assert all(MORE["offence"] in said for said in told.values())


def test_an_own_error_that_waits_for_the_chief_goes_back_to_the_officer(place: Place) -> None:
    mine = place.file(START)
    place.act(mine, "office", "accept", day(2026, 9, 8))
    place.act(mine, "office", "correct_own", day(2026, 9, 8), files=PROOF, **PROPOSED)
    adds(place, 9)
    assert place.case(mine.number).state == "comparing"


def test_after_approval_it_waits_and_the_closing_opens_its_case_filed_on_the_day_of_joining(place: Place) -> None:
    mine = to_bureau(place)
    place.act(mine, "reviewer", "propose", day(2026, 9, 10), **PROPOSED)
    place.act(mine, "approver", "approve", day(2026, 9, 10))
    complained = adds(place, 11)
    assert claimed(place, mine) == CLAIMS
    assert place.case(mine.number).state == "carrying_out"
    place.act(mine, "office", "carry_out", day(2026, 9, 14))
    place.act(mine, "office", "answer", day(2026, 9, 15), letter="逐项认定如下。")
    assert place.case(mine.number).state == "corrected"
    opened = place.session.scalars(select(Case).where(Case.kind == "objection", Case.id != mine.id)).one()
    assert (opened.state, opened.filed_on) == ("comparing", date(2026, 9, 11))
    assert claimed(place, opened) == MORE
    whole = read_cases(place.session, [opened.id])[0].running("whole")
    assert whole
    assert whole.started == date(2026, 9, 11)
    assert (complained.number, "opened_by") in links(place, "office", opened)
    assert links(place, "reviewer", opened) == []
    assert all(MORE["offence"] in letter.body("zh") for letter in letters(place, "joined_later"))
    assert verify(place.session).ok


def test_what_cannot_be_established_of_a_joined_claim_bears_no_words_of_the_firm(place: Place) -> None:
    """D8: the firm said nothing of it, and the office's words are not the firm's statement."""
    mine = to_bureau(place)
    adds(place, 10)
    unclear = {"finding": "undecidable", "reason": "档案缺失。"}
    found = {**GRANTED, "fine": unclear, "offence": unclear}
    place.act(mine, "reviewer", "propose", day(2026, 9, 11), findings=found, reasons="已核对。")
    place.act(mine, "approver", "approve", day(2026, 9, 11))
    place.act(mine, "office", "carry_out", day(2026, 9, 14))
    place.act(mine, "office", "answer", day(2026, 9, 14), letter="逐项认定如下。")
    beside = {one.field: one.statement for one in place.session.scalars(select(RecordStatement))}
    assert beside == {"fine": FILING["words"], "offence": ""}
    paper = place.session.scalars(select(Paper).where(Paper.form == "answer")).one()
    said = [done["en"] for done in paper.values["done"]]
    assert len([one for one in said if "your own words" in one]) == 1
    assert len([one for one in said if "it is noted that" in one]) == 1


def test_a_case_that_is_withdrawn_leaves_what_was_added_its_own_case(place: Place) -> None:
    mine = to_bureau(place)
    adds(place, 10)
    place.act(mine, "enterprise", "withdraw", day(2026, 9, 11))
    opened = place.session.scalars(select(Case).where(Case.kind == "objection", Case.id != mine.id)).one()
    assert (opened.filed_on, claimed(place, opened)) == (date(2026, 9, 10), MORE)


def test_the_office_does_not_end_unseen_what_was_added(place: Place) -> None:
    mine = place.file(START)
    adds(place, 8)
    for action in ("refuse", "lapse"):
        with pytest.raises(Impossible, match="has not been possible since"):
            place.act(mine, "office", action, day(2026, 9, 9), reasons="不予受理。", where="自治区信用中心")


def test_what_joins_once_opens_once(place: Place) -> None:
    mine = to_bureau(place)
    place.act(
        mine,
        "reviewer",
        "propose",
        day(2026, 9, 10),
        findings={**GRANTED, "fine": {"finding": "kept", "reason": "一致。"}},
        reasons="核。",
    )
    place.act(mine, "approver", "approve", day(2026, 9, 10))
    adds(place, 11)
    place.act(mine, "office", "carry_out", day(2026, 9, 14))
    place.act(mine, "office", "answer", day(2026, 9, 15), letter="逐项认定如下。")
    opened = place.session.scalars(select(Case).where(Case.kind == "objection", Case.id != mine.id)).one()
    place.act(opened, "enterprise", "withdraw", day(2026, 9, 16))
    place.act(mine, "enterprise", "ask_review", day(2026, 9, 17), words="请复核。", files=())
    place.act(mine, "enterprise", "withdraw_review", day(2026, 9, 18))
    assert len(place.session.scalars(select(Case).where(Case.kind == "objection")).all()) == 2


def test_a_field_that_is_disputed_already_keeps_its_claim_and_the_other_value_is_told(place: Place) -> None:
    mine = to_bureau(place)
    adds(place, 10, {"fine": "0.50", **MORE})
    assert claimed(place, mine) == {**CLAIMS, **MORE}
    last = place.session.scalars(select(Event).where(Event.case_id == mine.id).order_by(Event.seq.desc())).first()
    assert last is not None
    assert "0.50" in words_of(place.session, mine.id)[last.seq]["words"]


def test_what_an_objection_found_joins_an_open_request_as_claims_too(place: Place) -> None:
    asked = place.open(
        "correction", "file", {"claims": {"offence": "噪声污染"}, "words": "附复印件。", "files": PROOF}, START
    )
    place.act(asked, "office", "accept", day(2026, 9, 8))
    place.act(
        asked, "reviewer", "propose", day(2026, 9, 9), findings={"offence": {"finding": "as_claimed"}}, reasons="核。"
    )
    sustained(place)
    assert place.case(asked.number).state == "with_bureau"
    assert claimed(place, asked) == {"offence": "噪声污染", "fine": "0.80"}


KEPT = {name: {"finding": "kept", "reason": "决定书如此记载。"} for name in CLAIMS}


def partly_with_a_case_of_its_own(place: Place) -> tuple[Case, Case]:
    """An objection answered on 14 September with what the firm did not get, and the case that its closing opened."""
    mine = to_bureau(place)
    place.act(mine, "reviewer", "propose", day(2026, 9, 10), findings=KEPT, reasons="已核对。")
    place.act(mine, "approver", "approve", day(2026, 9, 11))
    adds(place, 14)
    place.act(mine, "office", "answer", day(2026, 9, 14), letter="逐项认定如下。")
    own = place.session.scalars(select(Case).where(Case.kind == "objection", Case.id != mine.id)).one()
    return place.case(mine.number), own


def test_the_time_for_a_review_begins_anew_when_the_case_that_barred_it_has_ended(place: Place) -> None:
    """D19, D21: the firm did not open it, so it loses none of its 15 days by it."""
    mine, own = partly_with_a_case_of_its_own(place)
    opened = letters(place, "objection_opened")
    assert any(f"no review of case {mine.number} can be asked" in letter.body("en") for letter in opened)
    for on in (15, 30):
        with pytest.raises(Impossible) as refusal:
            place.act(mine, "enterprise", "ask_review", day(2026, 9, on), words="请复核。")
        assert str(refusal.value.message) == (
            f"Case {own.number} on the same record is open. The time for this begins anew when it has ended."
        )
    place.act(own, "enterprise", "withdraw", day(2026, 10, 12))
    told = letters(place, "withdrawn")[0]
    assert f"The review of case {mine.number} can be asked again, until Tuesday 27 October" in told.body("en")
    with pytest.raises(Impossible, match="possible until"):
        place.act(mine, "enterprise", "ask_review", day(2026, 10, 28), words="请复核。")
    place.act(mine, "enterprise", "ask_review", day(2026, 10, 27), words="请复核。")
    assert place.case(mine.number).state == "reviewing"


def test_a_case_that_the_firm_filed_itself_holds_no_time_and_the_refusal_says_until_when(place: Place) -> None:
    mine, own = partly_with_a_case_of_its_own(place)
    place.act(own, "enterprise", "withdraw", day(2026, 9, 14))
    again = place.file(day(2026, 9, 15))
    with pytest.raises(Impossible) as refusal:
        place.act(mine, "enterprise", "ask_review", day(2026, 9, 16), words="请复核。")
    assert str(refusal.value.message) == (
        f"Case {again.number} on the same record is still open. Add what you have to say there, or withdraw it: "
        "this is possible until 2026-09-29."
    )


def test_nobody_claims_what_the_record_says_already(place: Place) -> None:
    """Cleaned as its column is (D34): 8 is what the record says as 8.00."""
    with pytest.raises(Incomplete) as refusal:
        place.file(claims={"fine": "8", "decided_on": "2026-03-13"})
    assert {name: str(said) for name, said in refusal.value.fields.items()} == {
        "claims.fine": "The record says this already: enter what it should say instead, or take the tick away."
    }
