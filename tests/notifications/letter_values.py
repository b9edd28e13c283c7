"""Values for letters in tests: everything that any letter may name, in both languages where it has words."""

from __future__ import annotations

from datetime import date

from notifications.languages import Words
from notifications.remedies import Told

TODAY = date(2026, 11, 24)

RECONSIDERATION = Told(
    Words("可以自知道之日起六十日内向{body}申请行政复议", "you may apply to {body} for reconsideration within 60 days"),
    Words("示范旗人民政府", "the People's Government of Demo Banner"), 60, "day", confirmed=False,
)  # fmt: skip
SUIT = Told(
    Words("也可以自知道之日起六个月内向{body}提起行政诉讼", "you may also sue at {body} within six months"),
    Words("示范旗人民法院", "the People's Court of Demo Banner"), 6, "month",
)  # fmt: skip

VALUES: dict[str, object] = {
    "kind": Words("异议", "Objection"),
    "number": "2026-YY-000412",
    "check_code": "K7M4QX29HD",
    "enterprise": Words("恒源洗煤有限公司（演示）", "Hengyuan Coal Washing (demo)"),
    "record": Words("示环罚〔2026〕18号", "SHF [2026] No. 18"),
    "bureau": Words("示范市生态环境局示范旗分局", "the Ecology and Environment Bureau"),
    "office": Words("示范旗信用办", "the Credit Office"),
    "filed_on": date(2026, 11, 11),
    "today": TODAY,
    "stage": Words("核查", "Verify"),
    "due": date(2026, 11, 27),
    "days": 7,
    "unit": "workday",
    "basis": "proposal",
    "provisional": True,
    "next_stage": Words("受理", "Accept or refuse"),
    "next_due": date(2026, 11, 30),
    "next_basis": "proposal",
    "whole_due": date(2026, 12, 9),
    "whole_basis": "proposal",
    "old_due": date(2026, 11, 20),
    "new_due": date(2026, 12, 4),
    "return_due": date(2026, 11, 26),
    "supervise_on": date(2026, 12, 2),
    "leading_group_on": date(2026, 12, 11),
    "remedy_from": date(2027, 1, 11),
    "days_left": 3,
    "days_late": 2,
    "responsible": Words("该局负责人", "the head of the bureau"),
    "missing": Words("照片的拍摄日期证明", "proof of when the photographs were taken"),
    "question": Words("罚款是多少？", "How much is the fine?"),
    "reasons": Words("决定书写明八千元。", "The decision says eight thousand."),
    "where": Words("信用中国", "Credit China"),
    "whose": Words("住建局", "the Housing Bureau"),
    "words": Words("请看附件。", "Please see the file."),
    "letter": Words("罚款金额已更正。", "The fine is corrected."),
    "result": Words("部分更正", "Partly granted"),
    "decision": "upheld",
    "what": Words("补充了材料", "Papers added"),
    "moves": [Words("核查：原 1月5日，现 1月6日", "Verify: 5 January becomes 6 January")],
    "remedies": [RECONSIDERATION, SUIT],
    "paper_number": Words("示信异答〔2026〕187号", "No. 187"),
    "paper_code": "P3R8T W6KJ2",
}
