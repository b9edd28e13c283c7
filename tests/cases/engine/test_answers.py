"""What reaches a case can be kept and carried out: everything else is refused beside its field, whoever sent it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from cases.engine.answers import FITS
from cases.model.tables import Case, EventText
from registry.credit_records import correct
from tests.builders import CLAIMS, START, Place, day
from tests.cases.courses import GRANTED, KEPT, answered, to_bureau
from web.site.action_form import INPUTS
from workflow.answers import ANSWERS
from workflow.definition import FieldKind
from workflow.refusal import Forbidden, Impossible, Incomplete

CLOSED = date(2026, 1, 1)


def refused(place: Place, **answers: Any) -> Mapping[str, object]:
    """What a filing with these answers is refused for, by field; nothing has been filed."""
    with pytest.raises(Incomplete) as refusal:
        place.file(START, **answers)
    assert place.session.scalar(select(func.count()).select_from(Case)) == 0
    return refusal.value.fields


def texts(place: Place) -> dict[str, str | None]:
    return {row.name: row.text for row in place.session.scalars(select(EventText))}


@pytest.mark.parametrize(
    ("claims", "field"),
    [({"fine": "a lot"}, "claims.fine"), ({"decided_on": "2026-02-30"}, "claims.decided_on"),
     ({"fine": ""}, "claims.fine"), ({"fine": " "}, "claims.fine"), ({"fine": None}, "claims.fine"),
     ({"uscc": "91150699YALKAUR84L"}, "claims.uscc"),
     ({"no_column": "x"}, "claims.no_column"), ({"severity": "awful"}, "claims.severity"),
     ({"display": "ended"}, "claims.display"), ({}, "claims"), (["fine"], "claims"), ("fine", "claims"),
     ({"fine": "0.80", "decided_on": "soon"}, "claims.decided_on")],
)  # fmt: skip
def test_a_claim_that_could_not_be_carried_out_is_refused(place: Place, claims: object, field: str) -> None:
    assert field in refused(place, claims=claims)


@pytest.mark.parametrize("ground", ["secret", "expired", "barred"])
def test_on_the_other_grounds_the_display_is_disputed_and_no_value(place: Place, ground: str) -> None:
    assert "claims.fine" in refused(place, ground=ground, claims={"fine": "0.80"})
    assert set(refused(place, ground=ground, claims={"display": "ended", "fine": "0.80"})) == {"claims.fine"}
    place.file(START, ground=ground, claims={"display": "whatever"})
    assert texts(place)["claims.display"] == "ended"


def test_claims_are_kept_as_records_keep_them(place: Place) -> None:
    place.file(START, claims={"fine": "8000元", "decided_on": "2026年3月13日"}, words="  说明。\0 ")
    kept = texts(place)
    assert (kept["claims.fine"], kept["claims.decided_on"], kept["words"]) == ("0.80", "2026-03-13", "说明。")


@pytest.mark.parametrize("words", ["", "   ", "\n\t", None, 5, ["x"]])
def test_words_of_only_blanks_are_missing(place: Place, words: object) -> None:
    assert set(refused(place, words=words)) == {"words"}


@pytest.mark.parametrize("ground", ["", "other", 3, None, ["wrong"]])
def test_a_ground_that_is_none_is_refused(place: Place, ground: object) -> None:
    assert "ground" in refused(place, ground=ground)


def test_all_unfit_answers_are_named_at_once(place: Place) -> None:
    assert set(refused(place, claims={"fine": "?"}, words=" ")) >= {"claims.fine", "words"}


def test_who_may_not_act_is_told_so_and_not_what_is_missing(place: Place) -> None:
    case = place.file(START)
    with pytest.raises(Forbidden):
        place.act(case, "enterprise", "refuse", START)
    with pytest.raises(Impossible):
        place.act(case, "reviewer", "propose", START, findings={"fine": {"finding": "other", "value": "?"}})


def returned(place: Place) -> Case:
    case = to_bureau(place)
    place.act(case, "reviewer", "return", day(2026, 9, 10), reasons="不是本局。")
    return case


def test_a_case_is_assigned_only_to_a_bureau_that_stands(place: Place) -> None:
    case = returned(place)
    gone, merged = place.session.merge(place.other_bureau), place.bureau
    gone.valid_until = CLOSED
    merged.successor_id = place.other_bureau.id
    place.session.commit()
    for bureau in (gone.id, merged.id, 999_999, str(gone.id), True, "x", [gone.id]):
        with pytest.raises(Incomplete) as refusal:
            place.act(case, "chief", "assign", day(2026, 9, 11), bureau=bureau, reasons="该局。")
        assert set(refusal.value.fields) == {"bureau"}
    place.session.merge(gone).valid_until = None
    place.session.commit()
    place.act(case, "chief", "assign", day(2026, 9, 11), bureau=gone.id, reasons="该局。")
    assert place.case(case.number).bureau_id == gone.id


def test_another_value_that_was_found_is_kept_as_records_keep_it(place: Place) -> None:
    case = to_bureau(place)
    found = {**GRANTED, "fine": {"finding": "other", "value": "5000元", "reason": "决定书如此。"}}
    place.act(case, "reviewer", "propose", day(2026, 9, 10), findings=found, reasons="已核对。")
    assert texts(place)["findings.fine.value"] == "0.50"


@pytest.mark.parametrize(
    ("fine", "day_"), [("0.8", "2026.3.13"), ("８０００元", "２０２６年３月１３日"), (" 0.800 ", "20260313")]
)
def test_what_is_found_equal_to_the_claim_is_found_as_claimed(place: Place, fine: str, day_: str) -> None:
    """D34: the value says it, not the tick; so a firm that won all is told so, and no remedies follow."""
    found = {
        "fine": {"finding": "other", "value": fine, "reason": "决定书写的是八千元。"},
        "decided_on": {"finding": "other", "value": day_, "reason": "决定书所载。"},
    }
    case = answered(place, found)
    assert (case.state, case.outcome) == ("corrected", "corrected")
    kept = texts(place)
    assert kept["findings.fine.reason"] == "决定书写的是八千元。"
    assert "findings.fine.value" not in kept
    assert place.record.values["fine"] == "0.80"


def test_what_the_record_says_already_is_no_other_value(place: Place) -> None:
    """The same of the record's own value: ticked as another one, it is kept, and nobody reads that it was changed."""
    other = {"finding": "other", "reason": "决定书如此。"}
    case = answered(place, {"fine": {**other, "value": "8"}, "decided_on": {**other, "value": "2026/3/18"}})
    assert case.state == "kept"


def test_a_value_that_is_kept_and_is_the_claim_counts_as_claimed(place: Place) -> None:
    """A sheet has brought the claimed value meanwhile: the firm has what it asked for."""
    case = to_bureau(place)
    correct(place.session, place.record, dict(CLAIMS), None, day(2026, 9, 9), "import")
    place.session.commit()
    place.act(case, "reviewer", "propose", day(2026, 9, 10), findings=KEPT, reasons="已核对。")
    place.act(case, "approver", "approve", day(2026, 9, 11))
    place.act(case, "office", "carry_out", day(2026, 9, 14))
    place.act(case, "office", "answer", day(2026, 9, 15), letter="逐项认定如下。")
    assert place.case(case.number).state == "corrected"


@pytest.mark.parametrize(
    "finding",
    [{"finding": "other", "value": "many", "reason": "x"}, {"finding": "other", "value": " ", "reason": "x"},
     {"finding": "kept", "reason": "  "}, {"finding": ["kept"], "reason": "x"}, "kept"],
)  # fmt: skip
def test_a_finding_that_could_not_be_carried_out_is_refused(place: Place, finding: object) -> None:
    case = to_bureau(place)
    with pytest.raises(Incomplete) as refusal:
        place.act(case, "reviewer", "propose", day(2026, 9, 10), findings={**GRANTED, "fine": finding}, reasons="核。")
    assert set(refusal.value.fields) == {"findings.fine"}
    assert set(CLAIMS) == set(GRANTED)


def test_every_kind_of_field_has_its_class_in_each_layer() -> None:
    for table in (ANSWERS, FITS, INPUTS):
        assert list(table) == list(FieldKind)
