"""D55, D56: what a sheet says against a decision the bureau finds, by two who did not decide before."""

from datetime import date, datetime

import pytest
from sqlalchemy import select

from cases.engine.record_news import tell_of_sheet
from cases.kinds import all_kinds
from cases.ledger.verify import verify
from cases.model.disputed import disputes
from cases.model.reading import read_cases, words_of
from cases.model.tables import Case, Event
from notifications.papers import Paper
from registry.credit_records import changes_of, flags_of
from registry.replay import replay, state_of
from registry.sheets.importing import Imported, import_sheet
from tests.builders import LAW, REQUEST, START, VALUES, WORLD, Place, day
from tests.cases.courses import letters
from tests.cases.engine.test_linking import sustained
from tests.registry.sheets import csv_of
from workflow.refusal import Forbidden

CONFIRMED = {"result": "system_right", "done_on": date(2026, 9, 11), "reference": "环 2026-77"}
KEPT = {"fine": {"finding": "kept", "reason": "决定书写的是八千元。"}}
RIGHT = {"fine": {"finding": "as_claimed", "reason": ""}}


def sheet(place: Place, now: datetime, **cells: object) -> Imported:
    """The bureau's sheet on the place's record, as it stands but for these cells."""
    place.session.expire_all()
    says = {**VALUES, **place.record.values, **place.record.sheet_says, **cells}
    says |= {name: date.fromisoformat(str(says[name])) for name in ("decided_on", "display_until")}
    done = import_sheet(place.session, csv_of(says), "penalty", LAW, now, "import:9月.csv")
    assert not done.rejected, done.faults
    tell_of_sheet(place.session, WORLD, done, "9月.csv", now)
    place.session.commit()
    return done


def corrections(place: Place) -> list[Case]:
    place.session.expire_all()
    return list(place.session.scalars(select(Case).where(Case.kind == "correction").order_by(Case.id)))


def confirmed(place: Place) -> Case:
    """An objection granted, and the bureau's own system confirmed."""
    objection = sustained(place)
    place.act(corrections(place)[0], "reviewer", "confirm", day(2026, 9, 11), **CONFIRMED)
    return objection


def others(place: Place) -> None:
    """Two of the bureau who decided nothing before."""
    place.add("second_reviewer", "reviewer")
    place.add("second_approver", "approver")


def conflict(place: Place) -> Case:
    """The correction that a sheet against a confirmed decision opens, with two who may find on it."""
    confirmed(place)
    others(place)
    sheet(place, day(2026, 9, 14), fine="0.70")
    return corrections(place)[1]


def found(place: Place, case: Case, findings: dict[str, dict[str, str]], reasons: str) -> None:
    place.act(case, "second_reviewer", "propose", day(2026, 9, 15), findings=findings, reasons=reasons)
    place.act(case, "second_approver", "approve", day(2026, 9, 15))


def whole(place: Place) -> None:
    assert verify(place.session).ok
    flags = flags_of(place.session, [place.record.id]).get(place.record.id, ())
    assert replay(changes_of(place.session, place.record)) == state_of(place.record, flags)


def test_a_conflict_opens_a_correction_at_the_bureau_and_the_value_stays(place: Place) -> None:
    objection = confirmed(place)
    done = sheet(place, day(2026, 9, 14), fine="0.70")
    assert (done.conflicts, done.updated) == (1, 0)
    case = corrections(place)[1]
    assert (case.variant, case.state, case.bureau_id, place.record.values["fine"]) == (
        "sheet_conflict", "with_bureau", place.bureau.id, "0.80")  # fmt: skip
    first = place.session.scalars(select(Event).where(Event.case_id == case.id)).one()
    codes = read_cases(place.session, [case.id])[0].snapshot.past[0].codes
    assert (first.action, codes["batch"], codes["row"], codes["decided_in"]) == (
        "opened",
        "9月.csv",
        2,
        objection.number,
    )
    assert codes["decided_by"] == sorted(place.people[who].id for who in ("reviewer", "approver"))
    told = {
        letter.to_party: letter.body("en")
        for letter in (*letters(place, "sheet_conflict"), *letters(place, "sheet_conflict_bureau"))
    }
    assert set(told) == {"enterprise", "bureau"}
    for said in told.values():
        assert "¥8,000" in said
        assert "¥7,000" in said
        assert objection.number in said
    referral = place.session.scalars(select(Paper).where(Paper.form == "correction_referral")).one()
    assert [(row["before"], row["claim"]) for row in referral.values["claims"]] == [
        ({"zh": "0.80 万元", "en": "¥8,000"}, {"zh": "0.70 万元", "en": "¥7,000"})]  # fmt: skip
    whole(place)


def test_who_decided_the_value_does_not_find_on_it_again(place: Place) -> None:
    case = conflict(place)
    with pytest.raises(Forbidden, match="somebody else must say which is right"):
        place.act(case, "reviewer", "propose", day(2026, 9, 15), findings=KEPT, reasons="照决定书。")
    place.act(case, "second_reviewer", "propose", day(2026, 9, 15), findings=KEPT, reasons="照决定书。")
    for action in ("approve", "send_back"):
        with pytest.raises(Forbidden, match="somebody else must say which is right"):
            place.act(case, "approver", action, day(2026, 9, 15), reasons="再看。")
    place.act(case, "second_approver", "approve", day(2026, 9, 15))


def test_a_conflict_found_groundless_is_dropped_and_an_error_when_it_comes_again(place: Place) -> None:
    case = conflict(place)
    found(place, case, KEPT, "照决定书。")
    place.act(case, "office", "answer", day(2026, 9, 16), letter="记录不改。")
    assert (place.case(case.number).state, place.record.values["fine"]) == ("dropped", "0.80")
    again = sheet(place, day(2026, 9, 17), fine="0.70")
    assert (again.conflicts, again.repeated, len(corrections(place))) == (0, 1, 2)
    whole(place)


def test_a_sheet_found_newer_and_right_changes_the_record_by_that_decision(place: Place) -> None:
    case = conflict(place)
    found(place, case, RIGHT, "有新的决定书。")
    place.act(case, "office", "carry_out", day(2026, 9, 16))
    place.act(case, "office", "answer", day(2026, 9, 16), letter="已按新决定书更正。")
    assert (place.case(case.number).state, place.record.values["fine"]) == ("corrected", "0.70")
    answer = letters(place, "answered")[-1].body("en")
    assert "If you do not agree" in answer
    again = sheet(place, day(2026, 9, 17), fine="0.80")
    assert (again.conflicts, again.repeated) == (0, 1)
    whole(place)


def test_an_error_repeated_changes_nothing_and_the_bureau_that_had_confirmed_gets_a_letter(place: Place) -> None:
    confirmed(place)
    before = len(changes_of(place.session, place.record))
    done = sheet(place, day(2026, 9, 14), fine="8.00")
    assert (done.conflicts, done.repeated, done.unchanged) == (0, 1, 1)
    assert len(changes_of(place.session, place.record)) == before
    assert len(corrections(place)) == 1
    letter = letters(place, "error_repeated")[0]
    assert (letter.to_party, letter.to_id, letter.case_number) == (
        "bureau", place.bureau.id, corrections(place)[0].number)  # fmt: skip
    assert all(said in letter.body("en") for said in ("¥80,000", "¥8,000"))


def test_a_bureau_that_has_not_confirmed_yet_gets_no_such_letter(place: Place) -> None:
    sustained(place)
    assert sheet(place, day(2026, 9, 11), fine="8.00").repeated == 1
    assert letters(place, "error_repeated") == []


def test_while_the_bureau_puts_its_system_right_a_conflict_waits_for_a_case_of_its_own(place: Place) -> None:
    """D39: nothing is found in that case, and what has to be found is not lost in it."""
    sustained(place)
    sheet(place, day(2026, 9, 11), fine="0.70")
    first = corrections(place)[0]
    assert (len(corrections(place)), first.state) == (1, "putting_right")
    place.act(first, "reviewer", "confirm", day(2026, 9, 14), **{**CONFIRMED, "done_on": date(2026, 9, 14)})
    second = corrections(place)[1]
    assert (second.variant, second.state, second.filed_on) == ("sheet_conflict", "with_bureau", date(2026, 9, 11))
    with pytest.raises(Forbidden, match="somebody else must say which is right"):
        place.act(second, "reviewer", "propose", day(2026, 9, 15), findings=KEPT, reasons="照决定书。")
    whole(place)


def test_a_request_that_is_open_takes_the_conflict_in_as_a_claim(place: Place) -> None:
    confirmed(place)
    asked = place.open("correction", "file", {**REQUEST, "claims": {"offence": "噪声"}}, day(2026, 9, 14))
    sheet(place, day(2026, 9, 15), fine="0.70")
    assert [case.number for case in corrections(place)][1:] == [asked.number]
    file = read_cases(place.session, [asked.id])[0]
    claims = disputes(all_kinds()["correction"], file.snapshot.past, words_of(place.session, asked.id))
    assert {one.field: one.claim for one in claims} == {"offence": "噪声", "fine": "0.70"}
    whole(place)


def test_while_a_changed_decision_waits_a_conflict_of_values_waits_too(place: Place) -> None:
    confirmed(place)
    opened = {"changed_on": date(2026, 9, 14), "document": "示环撤〔2026〕2号", "claims": {"display": "ended"}}
    changed = place.open("correction", "open", opened, day(2026, 9, 14), by="reviewer", variant="decision_changed")
    sheet(place, day(2026, 9, 15), fine="0.70")
    assert len(corrections(place)) == 2
    place.act(changed, "reviewer", "propose", day(2026, 9, 15), findings={"display": {"finding": "as_claimed"}},
              reasons="决定已撤销。")  # fmt: skip
    place.act(changed, "approver", "approve", day(2026, 9, 15))
    place.act(changed, "office", "answer", day(2026, 9, 16), letter="已停止公示。")
    assert [case.variant for case in corrections(place)] == ["from_objection", "decision_changed", "sheet_conflict"]
    whole(place)


def test_who_has_an_open_case_is_told_which_values_a_sheet_changed(place: Place) -> None:
    case = place.file(START)
    sheet(place, day(2026, 9, 8), penalty="罚款人民币70000元", fine="7.00")
    told = [letter for letter in letters(place, "note") if letter.case_number == case.number]
    assert {letter.to_party for letter in told} == {"enterprise", "office"}
    for letter in told:
        assert all(said in letter.body("zh") for said in ("8.00", "7.00", "80000", "70000"))
