from cases.model.disputed import Dispute
from registry.columns import Type, shown
from web.case.claims import ClaimRow, ValuePart, compare_dates, compare_texts, rows

RECORD = {"fine": "8.00", "decided_on": "2026-03-18", "facts": "原煤露天堆存，未采取密闭措施。", "severity": "general"}


def row(field: str, claim: str, finding: str = "", value: str = "", *, decided: bool = False) -> ClaimRow:
    noise = Dispute("document_number", "示环罚〔2026〕19号")
    return rows([noise, Dispute(field, claim, finding, value, "因为")], RECORD, decided=decided)[1]


def marked(segments: tuple[ValuePart, ...]) -> list[tuple[str, str]]:
    return [(str(one.text), one.mark) for one in segments]


def test_an_amount_is_compared_in_difference_and_ratio_with_the_decimals_of_the_record() -> None:
    found = row("fine", "0.8")
    assert marked(found.record) == [("¥80,000", "df")]
    assert marked(found.claim) == [("¥8,000", "new")]
    assert shown("0.80", Type.AMOUNT) == found.claim[0].text, "with two decimals where it is said in 万元"
    assert str(found.note) == "¥72,000 less; the record is 10 times the claim"
    assert str(found.doubt) == "Has the decimal point slipped?"


def test_a_ratio_is_named_only_where_it_is_whole_and_doubted_only_at_ten_and_ten_thousand() -> None:
    assert str(row("fine", "3").note) == "¥50,000 less"
    assert row("fine", "4").doubt is None
    assert str(row("fine", "0.0008").doubt) == "Was a sum in yuan entered in units of ¥10,000?"
    assert row("fine", "0.08").doubt is None
    assert str(row("fine", "16").note).endswith("more; the claim is 2 times the record")
    assert row("fine", "8").note is None
    assert row("fine", "eight").note is None


def test_of_a_date_only_the_differing_part_is_marked() -> None:
    found = row("decided_on", "2026-03-13")
    assert marked(found.record) == [("2026-03-", ""), ("18", "df")]
    assert marked(found.claim) == [("2026-03-", ""), ("13", "new")]
    assert str(found.note) == "5 days earlier"
    assert found.follows is not None
    assert compare_dates("2026-03-18", "2025-03-18").left[0].differs


def test_a_text_is_marked_by_phrase_and_no_number_is_cut_in_two() -> None:
    compared = compare_texts("罚款第117条，责令改正。", "罚款第116条，责令改正。")
    assert [piece.text for piece in compared.left if piece.differs] == ["117"]
    assert [piece.text for piece in compared.right if piece.differs] == ["116"]
    assert "".join(piece.text for piece in compared.right) == "罚款第116条，责令改正。"


def test_a_text_of_which_most_differs_is_shown_whole() -> None:
    found = row("facts", "煤场建有密闭煤棚，仅东侧出入口未关闭。")
    assert marked(found.claim) == [("煤场建有密闭煤棚，仅东侧出入口未关闭。", "new")]
    assert str(found.note) == "Differs as a whole"


def test_nothing_is_struck_out_before_it_has_been_decided() -> None:
    proposed = row("fine", "0.80", "as_claimed")
    assert {one.mark for one in (*proposed.record, *proposed.claim, *proposed.result)} == {"df", "new"}
    assert str(proposed.finding) == "Proposed: correct it"
    decided = row("fine", "0.80", "as_claimed", decided=True)
    assert marked(decided.record) == [("¥80,000", "del")]
    assert marked(decided.claim) == [("¥8,000", "")]
    assert marked(decided.result) == [("¥8,000", "ins")]
    assert decided.state == "corrected"


def test_what_is_kept_stands_and_the_claim_stays_disputed() -> None:
    kept = row("decided_on", "2026-03-13", "kept", decided=True)
    assert marked(kept.record) == [("2026-03-18", "")]
    assert marked(kept.claim) == [("2026-03-", ""), ("13", "df")]
    assert marked(kept.result) == [("2026-03-18", "")]
    assert kept.reason == "因为"


def test_another_value_is_what_the_record_then_says_and_a_class_is_a_word() -> None:
    other = row("severity", "minor", "other", "serious", decided=True)
    assert marked(other.record) == [("general", "del")]
    assert marked(other.result) == [("serious", "ins")]
    assert not isinstance(other.result[0].text, str)


def test_what_cannot_be_established_changes_nothing() -> None:
    found = row("facts", "建有煤棚。", "undecidable", decided=True)
    assert found.result == ()
    assert marked(found.record) == [(RECORD["facts"], "")]


def test_a_claim_against_the_display_is_a_row_of_its_own() -> None:
    assert marked(row("display", "").record) == [("shown", "df")]
    assert marked(row("display", "", "as_claimed", decided=True).record) == [("shown", "del")]
    assert marked(row("display", "", "kept", decided=True).record) == [("shown", "")]


def test_a_field_that_the_record_left_empty_says_so() -> None:
    assert marked(row("penalty", "警告").record) == [("left empty", "")]
    assert marked(row("penalty", "警告").claim) == [("警告", "new")]
