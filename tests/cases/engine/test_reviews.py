"""Reviews, and what befalls a case and its record on the way."""

import pytest
from sqlalchemy import select

from cases.kinds import all_kinds
from cases.model.reading import read_cases
from cases.model.tables import Case
from cases.scheduler.tasks import Means, tick
from notifications.channels import channel_for
from notifications.letters import Letter
from notifications.papers import Paper
from registry.credit_records import correct, flags_of
from tests.builders import CLAIMS, START, WORLD, Place, day
from tests.cases.courses import KEPT, answered, letters, to_bureau
from workflow.past import in_force
from workflow.refusal import Forbidden, Impossible


def test_a_review_lays_its_findings_over_the_first_ones(place: Place) -> None:
    mixed = {"fine": {"finding": "as_claimed"}, "decided_on": {"finding": "kept", "reason": "落款是18日。"}}
    case = answered(place, mixed)
    assert case.outcome == "partly"
    place.act(case, "enterprise", "ask_review", day(2026, 9, 21), words="请再看落款。", files=())
    place.act(case, "office", "propose_review", day(2026, 9, 22), reasons="缴款书支持企业。",
              findings={"decided_on": {"finding": "as_claimed"}})  # fmt: skip
    with pytest.raises(Forbidden):
        place.act(case, "office", "approve_review", day(2026, 9, 22))
    place.act(case, "chief", "approve_review", day(2026, 9, 22))
    place.act(case, "office", "carry_out", day(2026, 9, 23))
    place.act(case, "office", "answer", day(2026, 9, 23), letter="复核结果。")
    case = place.case(case.number)
    place.session.refresh(place.record)
    assert (case.outcome, case.round) == ("corrected", 2)
    assert place.record.values["decided_on"] == "2026-03-13"
    assert case.first_closed_at < case.closed_at


def test_what_a_review_keeps_is_what_the_first_decision_put_there(place: Place) -> None:
    """Another value found first and kept on review: partly granted still, with the review's reasons, done once."""
    mixed = {"fine": {"finding": "other", "value": "0.57", "reason": "决定书写的是五千七百元。"},
             "decided_on": {"finding": "kept", "reason": "落款是18日。"}}  # fmt: skip
    case = answered(place, mixed)
    place.act(case, "enterprise", "ask_review", day(2026, 9, 21), words="请再看。", files=())
    kept = {name: {"finding": "kept", "reason": "复核：原认定正确。"} for name in CLAIMS}
    place.act(case, "office", "propose_review", day(2026, 9, 22), reasons="维持原认定。", findings=kept)
    place.act(case, "chief", "approve_review", day(2026, 9, 22))
    place.act(case, "office", "carry_out", day(2026, 9, 23))
    place.act(case, "office", "answer", day(2026, 9, 23), letter="复核结果。")
    assert place.case(case.number).outcome == "partly"
    assert len(place.session.scalars(select(Case).where(Case.kind == "correction")).all()) == 1
    paper = place.session.scalars(select(Paper).where(Paper.form == "objection_answer")).one()
    assert [(row["finding"], row["value"], row["reason"]) for row in paper.values["findings"]] == [
        ("other", {"zh": "0.57 万元", "en": "¥5,700"}, "复核：原认定正确。"),
        ("kept", "", "复核：原认定正确。")]  # fmt: skip
    assert paper.values["reasons"] == "维持原认定。"


def test_the_answer_of_a_review_says_that_it_is_one_and_takes_the_place_of_the_first(place: Place) -> None:
    case = answered(place, KEPT)
    place.act(case, "enterprise", "ask_review", day(2026, 9, 21), words="请复核。", files=())
    place.act(case, "office", "propose_review", day(2026, 9, 22), reasons="维持。", findings=KEPT)
    place.act(case, "chief", "approve_review", day(2026, 9, 22))
    place.act(case, "office", "answer", day(2026, 9, 23), letter="复核结果。")
    first, second = (letter for letter in letters(place, "answered") if letter.to_party == "enterprise")
    assert "复核答复" in second.subject("zh")
    assert "复核" in second.body("zh").partition("\n\n")[2]
    assert "复核答复" not in first.subject("zh")
    forms = place.session.scalars(select(Paper.form).order_by(Paper.id)).all()
    assert [form for form in forms if "answer" in form] == ["answer", "objection_answer"]


def test_who_refuses_alone_has_decided_and_not_approved(place: Place) -> None:
    case = place.file(START)
    place.act(case, "office", "refuse", day(2026, 9, 8), reasons="没有写明哪一项。", where="补充后再提。")
    paper = place.session.scalars(select(Paper).where(Paper.form == "refusal")).one()
    assert [signer["part"]["en"] for signer in paper.values["signers"]] == ["Decision by"]


def test_a_review_can_be_asked_for_fifteen_days_and_no_longer(place: Place) -> None:
    case = answered(place, KEPT)
    with pytest.raises(Impossible, match="until"):
        place.act(case, "enterprise", "ask_review", day(2026, 10, 9), words="太晚了。", files=())


def test_a_refusal_admitted_on_review_goes_on_from_comparing(place: Place) -> None:
    case = place.file(START)
    place.act(case, "office", "refuse", day(2026, 9, 8), reasons="没有写明哪一项。", where="补充后再提。")
    place.act(case, "enterprise", "ask_review", day(2026, 9, 10), words="已经写明。", files=())
    with pytest.raises(Impossible):
        place.act(case, "office", "propose_review", day(2026, 9, 10), findings={}, reasons="x")
    place.act(case, "chief", "decide_refusal", day(2026, 9, 11), decision="admitted", reasons="写得清楚。")
    assert place.case(case.number).state == "comparing"


def test_a_refusal_upheld_on_review_is_answered_with_reasons_and_remedies(place: Place) -> None:
    case = place.file(START)
    place.act(case, "office", "refuse", day(2026, 9, 8), reasons="没有写明哪一项。", where="补充后再提。")
    place.act(case, "enterprise", "ask_review", day(2026, 9, 10), words="已经写明。", files=())
    place.act(case, "chief", "decide_refusal", day(2026, 9, 11), decision="upheld", reasons="确实没有写明。")
    place.act(case, "office", "answer", day(2026, 9, 14), letter="维持不予受理。")
    case = place.case(case.number)
    assert case.outcome == "refused"
    assert "行政复议" in letters(place, "answered")[0].texts["zh"]["body"]
    told = {letter.to_role for letter in letters(place, "refusal_decided")}
    assert told == {"filer", "officer", "auditor"}


def test_a_review_withdrawn_leaves_the_first_end_standing(place: Place) -> None:
    case = answered(place, KEPT)
    place.act(case, "enterprise", "ask_review", day(2026, 9, 21), words="请复核。", files=())
    place.act(case, "enterprise", "withdraw_review", day(2026, 9, 22))
    case = place.case(case.number)
    assert (case.state, case.outcome) == ("kept", "kept")
    assert flags_of(place.session, [place.record.id]) == {}


def test_an_expired_display_is_ended_by_the_findings(place: Place) -> None:
    case = place.file(START, claims={"display": "ended"}, ground="expired")
    place.act(case, "office", "accept", day(2026, 9, 8))
    place.act(case, "office", "refer", day(2026, 9, 9), question="公示期限是否已过？")
    place.act(case, "reviewer", "propose", day(2026, 9, 10), reasons="已过。",
              findings={"display": {"finding": "as_claimed"}})  # fmt: skip
    place.act(case, "approver", "approve", day(2026, 9, 11))
    place.act(case, "office", "carry_out", day(2026, 9, 14))
    place.act(case, "office", "answer", day(2026, 9, 15), letter="已终止公示。")
    place.session.refresh(place.record)
    assert place.case(case.number).outcome == "display_ended"
    assert (place.record.displayed, place.record.display_ended_by_case) == (False, case.id)


def test_a_withdrawn_objection_takes_its_flag_away_and_tells_everybody(place: Place) -> None:
    case = to_bureau(place)
    place.act(case, "enterprise", "withdraw", day(2026, 9, 10), words="已核对清楚。")
    assert place.case(case.number).outcome == "withdrawn"
    assert flags_of(place.session, [place.record.id]) == {}
    told = {(letter.name, letter.to_party) for letter in place.session.scalars(select(Letter))}
    assert {("withdrawn", "enterprise"), ("withdrawn_copy", "office"), ("withdrawn_copy", "bureau")} <= told


def test_a_handler_named_by_the_record_may_not_decide_on_it(place: Place) -> None:
    case = to_bureau(place)
    place.record.handler = place.people["reviewer"].name
    place.session.commit()
    with pytest.raises(Forbidden, match="handler"):
        place.act(case, "reviewer", "propose", day(2026, 9, 10), findings=KEPT, reasons="x")


def test_what_befalls_the_record_tells_desk_and_enterprise_and_closes_nothing(place: Place) -> None:
    case = to_bureau(place)
    place.record.display_until = day(2026, 9, 10).date()
    place.session.commit()
    tick(Means(place.session, WORLD, channel_for("")), day(2026, 9, 11))
    told = {(letter.to_party, letter.to_role) for letter in letters(place, "note")}
    assert told == {("enterprise", "filer"), ("bureau", "reviewer")}
    assert place.case(case.number).state == "with_bureau"


def test_a_review_withdrawn_before_approval_tells_the_first_reasons_and_not_what_was_proposed(place: Place) -> None:
    case = answered(place, KEPT)
    place.act(case, "enterprise", "ask_review", day(2026, 9, 21), words="请复核。", files=())
    place.act(case, "office", "propose_review", day(2026, 9, 22), reasons="还没有批准的意见。",
              findings={name: {"finding": "as_claimed", "reason": "还没有批准。"} for name in CLAIMS})  # fmt: skip
    place.act(case, "enterprise", "withdraw_review", day(2026, 9, 22))
    told = letters(place, "review_withdrawn")[0].texts["zh"]["body"]
    assert "还没有批准" not in told
    assert "已核对" in told
    past = read_cases(place.session, [case.id])[0].snapshot.past
    assert set(in_force(all_kinds()["objection"], past).values()) == {"kept"}


def test_a_review_that_grants_nothing_leaves_what_a_later_sheet_wrote(place: Place) -> None:
    mixed = {"fine": {"finding": "as_claimed"}, "decided_on": {"finding": "kept", "reason": "落款是18日。"}}
    case = answered(place, mixed)
    correct(place.session, place.record, {"fine": "0.70"}, None, day(2026, 9, 18), "import:later.xlsx")
    place.session.commit()
    place.act(case, "enterprise", "ask_review", day(2026, 9, 21), words="请再看落款。", files=())
    place.act(case, "office", "propose_review", day(2026, 9, 22), reasons="落款没有错。",
              findings={"decided_on": {"finding": "kept", "reason": "落款没有错。"}})  # fmt: skip
    place.act(case, "chief", "approve_review", day(2026, 9, 22))
    place.act(case, "office", "carry_out", day(2026, 9, 23))
    place.session.refresh(place.record)
    assert place.record.values["fine"] == "0.70"


def test_a_reminder_goes_to_whoever_has_the_next_step(place: Place) -> None:
    case = to_bureau(place)
    place.act(case, "reviewer", "propose", day(2026, 9, 10), findings=KEPT, reasons="已核对。")
    tick(Means(place.session, WORLD, channel_for("")), day(2026, 9, 17))
    reminded = [(letter.to_party, letter.to_role) for letter in letters(place, "remind")]
    assert reminded[-1] == ("bureau", "approver")


def test_the_chief_learns_whose_the_bureau_says_it_is(place: Place) -> None:
    case = to_bureau(place)
    place.act(case, "reviewer", "return", day(2026, 9, 10), reasons="不是本局报送的。", whose=place.other_bureau.id)
    assert place.other_bureau.name in letters(place, "returned")[0].texts["zh"]["body"]
