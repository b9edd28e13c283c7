"""Walking one case to a state, for tests of its pages."""

from datetime import datetime, timedelta

from cases.model.tables import Case
from tests.builders import Place, day

FOUND = {"fine": {"finding": "as_claimed", "reason": ""}, "decided_on": {"finding": "kept", "reason": "决定书如此。"}}
STEPS: dict[str, tuple[str, str, dict[str, object]]] = {
    "accept": ("office", "accept", {}),
    "refuse": ("office", "refuse", {"reasons": "不属于异议。", "where": "信用中国"}),
    "ask_papers": ("office", "ask_papers", {"missing": "授权委托书"}),
    "refer": ("office", "refer", {"question": "请核对金额。"}),
    "ask": ("reviewer", "ask", {"missing": "缴款凭证"}),
    "propose": ("reviewer", "propose", {"findings": FOUND, "reasons": "金额录错。"}),
    "propose_again": ("reviewer", "propose", {"findings": FOUND, "reasons": "再次核对，金额录错。"}),
    "send_back": ("approver", "send_back", {"reasons": "请再核。"}),
    "approve": ("approver", "approve", {"opinion": "同意，内部意见"}),
    "carry_out": ("office", "carry_out", {}),
    "answer": ("office", "answer", {"letter": "部分更正。"}),
    "return": ("reviewer", "return", {"reasons": "不是本局作出的。"}),
    "note": ("reviewer", "note", {"words": "内部备注"}),
    "ask_review": ("enterprise", "ask_review", {"words": "请复核日期。"}),
}  # fmt: skip
WALK = ("accept", "refer", "propose", "approve", "carry_out", "answer")


def walk(place: Place, *names: str, filed: datetime | None = None, hours: int = 24) -> Case:
    """An objection filed some days before the clock of the tests, and these steps, one a day."""
    begun = filed or day(2026, 11, 16)
    case = place.file(now=begun)
    for number, name in enumerate(names, start=1):
        who, action, answers = STEPS[name]
        place.act(case, who, action, begun + timedelta(hours=hours * number, minutes=number), **answers)
    return place.case(case.number)
