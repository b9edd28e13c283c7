"""The limits as the procedures state them, written down by hand, and the texts that may be cited for them.

Not made from the data: the data are held against it.
"""

from typing import Any, NamedTuple


class Expected(NamedTuple):
    name: str
    variant: str
    n: int
    unit: str
    basis: str
    certainty: str
    extension: int | None = None
    window: bool = False


def limits(*lines: str) -> list[Expected]:
    """One line a limit: name[:variant] n unit basis certainty [+extension] [window]."""
    return [_expected(line.split()) for line in lines]


def _expected(words: list[str]) -> Expected:
    name, _, variant = words[0].partition(":")
    rest: dict[str, Any] = {"window": "window" in words[5:]}
    rest["extension"] = next((int(word) for word in words[5:] if word.startswith("+")), None)
    return Expected(name, variant, int(words[1]), words[2], words[3], words[4], **rest)


EVER = limits(
    "objection.accept 2 workday proposal none",
    "objection.supplement 10 workday analogy read",
    "objection.refer 2 workday proposal none",
    "objection.return 2 workday proposal none window",
    "objection.verify 7 workday proposal none +10",
    "objection.carry_out 2 workday proposal none",
    "objection.answer 1 workday proposal none",
    "objection.whole 20 workday proposal none +10",
    "objection.review_ask 15 day proposal none window",
    "objection.review 5 workday proposal none",
    "correction.accept 2 workday proposal none",
    "correction.supplement 10 workday analogy read",
    "correction.return 2 workday proposal none window",
    "correction.verify 7 workday proposal none +10",
    "correction.carry_out 2 workday proposal none",
    "correction.answer 1 workday proposal none",
    "correction.refer 2 workday proposal none",
    "correction.confirm:from_objection 5 workday proposal none",
    "correction.end_display:decision_changed 3 workday statute read",
    "repair.forward 1 workday proposal none",
    "repair.supplement 10 workday analogy read",
    "repair.return 2 workday proposal none window",
    "repair.decide 7 workday proposal recalled +10",
    "repair.carry_out 2 workday proposal none",
    "repair.statement 10 workday proposal none",
    "repair.revoke 7 workday proposal none",
    "repair.revoke_window 36 month proposal none window",
    "complaint.acknowledge 1 workday proposal none",
    "complaint.route 15 day proposal none",
    "complaint.decide:petition 60 day statute read +30",
    "complaint.decide:false_display 20 workday statute read",
    "complaint.decide:business_env 30 day proposal none",
    "complaint.decide:enforcement 30 day proposal none",
    "complaint.object 5 workday proposal none window",
    "complaint.object:petition 5 workday statute read window",
    "complaint.assign 2 workday proposal none",
)

OF_2026_04 = limits(
    "repair.accept 3 workday statute second_hand",
    "repair.whole 10 workday proposal none +10",
    "repair.decide:market_regulation 7 workday statute second_hand +10",
)
BEFORE_2026_04 = limits(
    "repair.accept 3 workday proposal recalled",
    "repair.whole 10 workday proposal second_hand +10",
    "repair.decide:market_regulation 7 workday statute second_hand +10",
)
BEFORE_2025_12_25 = limits(
    "repair.accept 3 workday proposal recalled",
    "repair.whole 10 workday proposal second_hand +10",
    "repair.decide:market_regulation 15 workday statute second_hand +10",
)

CITED = {
    "行政处罚法第48条第2款、第85条",
    "国办发〔2025〕22号；信用修复管理办法（发改委令第36号）",
    "市场监督管理信用修复管理办法（国市监信规〔2021〕3号）",
    "市场监督管理信用修复管理办法（总局令第107号）",
    "行政复议法第31条",
    "信访工作条例第22条、第23条",
    "信访工作条例第23条第3款",
    "信访工作条例第34条",
    "企业信息公示暂行条例第13条",
}
CITED_ELSEWHERE = {
    "行政复议法第20条",
    "行政诉讼法第45条",
    "行政诉讼法第46条",
    "行政诉讼法第47条",
    "信访工作条例第35条",
    "信访工作条例第36条",
    "国办发〔2025〕22号第2项；信用修复管理办法（发改委令第36号）",
    "信用修复管理办法（发改委令第36号）",
    "失信行为纠正后的信用信息修复管理办法（试行）（发改委令58）",
    "市场监督管理行政处罚信息公示规定（总局令45）第13条",
    "市场监督管理行政处罚信息公示规定（总局令45）第14条第3款",
    "市场监督管理信用修复管理办法（总局令第107号）",
    "内蒙古自治区社会信用条例第39条第（一）项",
    "内蒙古自治区社会信用条例第39条第（二）项",
    "内蒙古自治区社会信用条例第39条第（三）项",
    "内蒙古自治区社会信用条例第39条第（四）项",
    "内蒙古自治区社会信用条例第40条第3款",
}
