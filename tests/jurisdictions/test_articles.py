"""What each adverse end rests on (D60), held against a table written by hand from the law, and not from the files."""

from datetime import date

import pytest

from cases.kinds import all_kinds
from tests.builders import LAW
from workflow.past import UNDECIDABLE

DAY = date(2026, 9, 1)
NM39, NM40 = "内蒙古自治区社会信用条例第39条", "内蒙古自治区社会信用条例第40条"
ORDER_36 = "信用修复管理办法（发改委令第36号）第2条"
ORDER_58 = "失信行为纠正后的信用信息修复管理办法（试行）（发改委令58）第2条"
ORDER_45 = "市场监督管理行政处罚信息公示规定（总局令45）第14条"
OPEN_41, SHOWN_12 = "政府信息公开条例第41条", "企业信息公示暂行条例第12条第1款"

BY_HAND = {
    ("objection", "", "refused"): NM39,
    ("objection", "", "kept"): NM39,
    ("objection", "", "partly"): NM39,
    ("objection", "", "undetermined"): f"{NM39}；参照征信业管理条例第25条",
    ("objection", "", "transferred"): f"{NM39}；参照{OPEN_41}",
    ("objection", "", "lapsed"): "",
    ("correction", "on_request", "refused"): OPEN_41,
    ("correction", "on_request", "partly"): OPEN_41,
    ("correction", "on_request", "transferred"): OPEN_41,
    ("correction", "on_request", "lapsed"): "",
    ("correction", "self_found", "partly"): SHOWN_12,
    ("correction", "sheet_conflict", "partly"): SHOWN_12,
    ("correction", "decision_changed", "corrected"): "行政处罚法第48条第2款",
    ("repair", "general", "refused"): f"{ORDER_36}；{NM40}",
    ("repair", "general", "not_accepted"): f"{ORDER_36}；{NM40}",
    ("repair", "market_regulation", "refused"): f"{ORDER_45}；{NM40}",
    ("repair", "market_regulation", "not_accepted"): f"{ORDER_45}；{NM40}",
    ("repair", "general", "lapsed"): "",
    ("repair", "general", "revoked"): "",
    ("complaint", "unrouted", "not_accepted"): "参照信访工作条例第23条",
    ("complaint", "petition", "unfounded"): "信访工作条例第32条",
    ("complaint", "petition", "partly"): "信访工作条例第32条",
    ("complaint", "business_env", "unfounded"): "优化营商环境条例第49条",
    ("complaint", "enforcement", "unfounded"): "民营经济促进法第53条",
    ("complaint", "false_display", "unfounded"): "企业信息公示暂行条例第13条",
}


def rests_on(kind: str, variant: str, end: str, day: date = DAY) -> str:
    found = (UNDECIDABLE,) if end == "undetermined" else ()
    text = LAW.rests_on(kind, end, day, variant=variant, record="penalty", found=found)
    return text.zh if text else ""


@pytest.mark.parametrize(("kind", "variant", "end"), BY_HAND)
def test_an_end_rests_on_what_the_law_read_gives_it_and_on_nothing_else(kind: str, variant: str, end: str) -> None:
    assert rests_on(kind, variant, end) == BY_HAND[kind, variant, end]


def test_the_measures_for_repair_follow_the_day_of_filing() -> None:
    assert rests_on("repair", "general", "refused", date(2026, 3, 31)) == f"{ORDER_58}；{NM40}"
    assert rests_on("repair", "general", "refused", date(2026, 4, 1)) == f"{ORDER_36}；{NM40}"


def test_the_table_by_hand_knows_every_adverse_end_and_an_act_of_each_names_its_law() -> None:
    by_hand = {(kind, end) for kind, _variant, end in BY_HAND}
    for kind in all_kinds().values():
        asked = {end for row in kind.actions for field in row.asks for end in field.ends}
        for state in kind.states:
            if state.adverse:
                assert (kind.kind, state.name) in by_hand
                assert state.name in asked, state


def test_only_what_was_read_is_offered_and_an_analogy_says_that_it_is_one() -> None:
    for one in LAW.articles:
        assert one.certainty in ("read", "none")
        assert ("参照" in one.citation) is ("by analogy" in one.citation_en) is (one.basis == "analogy")
