"""Values for letters and papers in tests: everything that any may name, in both languages where it has words."""

from datetime import date

from cases.kinds import all_kinds
from notifications.languages import Basis, Bilingual, ToldRemedy
from notifications.papers import SHARED_FORMS
from notifications.wording import GENERAL, GENERAL_TO_FILER, WORDINGS
from registry.columns import Type, shown
from workflow.letters import PaperForm, Wording
from workflow.refusal import say

FINE, LESS = (shown(figure, Type.AMOUNT) for figure in ("8.00", "0.80"))

FORMS: dict[str, PaperForm] = {
    **SHARED_FORMS,
    **{form.name: form for definition in all_kinds().values() for form in definition.papers},
}
LETTERS: dict[str, Wording] = {
    **WORDINGS,
    **{name: words for definition in all_kinds().values() for name, words in definition.wordings.items()},
    "note": GENERAL,
    "note_to_filer": GENERAL_TO_FILER,
}
"""Every form and every letter, those of the kinds too; the general letter by two names of the tests."""

TODAY = date(2026, 11, 24)

RECONSIDERATION = ToldRemedy(
    Bilingual(
        "可以自知道之日起六十日内向{body}申请行政复议", "you may apply to {body} for reconsideration within 60 days"
    ),
    Bilingual("示范旗人民政府", "the People's Government of Demo Banner"),
    60,
    "day",
    confirmed=False,
)
SUIT = ToldRemedy(
    Bilingual("也可以自知道之日起六个月内向{body}提起行政诉讼", "you may also sue at {body} within six months"),
    Bilingual("示范旗人民法院", "the People's Court of Demo Banner"),
    6,
    "month",
)

CODES: dict[str, tuple[str, ...]] = {
    "decision": ("upheld", "admitted", "grant", "refuse", "revoke", "keep"),
    "variant": ("on_request", "decision_changed", "self_found", "from_objection", "sheet_conflict"),
    "result": ("system_right", "no_copy"),
    "what": ("display_ended", "list_left", "sharing_stopped"),
    "route": ("petition", "business_env", "enforcement", "false_display"),
}
for _field in (field for kind in all_kinds().values() for row in kind.actions for field in row.asks):
    if _field.choices:
        CODES[_field.name] = (*CODES.get(_field.name, ()), *(choice.code for choice in _field.choices))
"""The codes that a paragraph may ask for: what is read from elsewhere, by hand, and what a choice of a kind offers."""

OF_THE_NEW_KINDS: dict[str, object] = {
    "variant": "decision_changed",
    "route": "petition",
    "from_case": "2026-YY-000388",
    "unflagged": True,
    "free": Bilingual("内蒙古自治区社会信用条例第40条第3款", "Inner Mongolia Social Credit Regulations, Art. 40(3)"),
    "changed_on": date(2026, 11, 20),
    "document": Bilingual("示环撤〔2026〕2号", "SHC [2026] No. 2"),
    "done_on": date(2026, 11, 25),
    "reference": Bilingual("示环信更〔2026〕5号", "No. 5"),
    "received_on": date(2026, 11, 12),
    "granted_on": date(2026, 10, 8),
    "closed": True,
    "shown_until": date(2028, 3, 18),
    "facts": Bilingual("复查发现整改设施已经停用。", "The plant that was put right stands still."),
    "request": Bilingual("请求书面说明理由。", "To be told the reasons in writing."),
    "law": Bilingual("信访工作条例第三十二条", "Regulations on Petition Work, Art. 32"),
    "review_waits": "2026-YY-000017",
    "review_again": "2026-YY-000017",
    "review_until": date(2026, 12, 14),
    "review_basis": Basis("proposal"),
    "stands": Bilingual("正在核查", "With the bureau"),
    "runs": (say("{stage}: stands still", stage=Bilingual("核查", "Verify")),),
    "old_bureau": Bilingual("示范旗安全生产监督管理局", "the Work Safety Bureau"),
    "new_bureau": Bilingual("示范旗应急管理局", "the Emergency Management Bureau"),
    "on_day": date(2026, 11, 1),
    "fixed_on": date(2026, 9, 22),
    "decided_in": "2026-YY-000388",
    "confirmed_on": date(2026, 9, 28),
    "changed": [Bilingual("罚款金额：8.00 万元改为 0.80 万元", "Fine: ¥80,000 became ¥8,000")],
    "address": "192.0.2.7",
    "gone": True,
    "complained_of": Bilingual("示范旗住房和城乡建设局", "the Housing Bureau of Demo Banner"),
}

OF_A_DIGEST: dict[str, object] = {
    "sums": say("{a}, {b}", a=say("late {n}", n=2), b=say("to approve {n}", n=1)),
    **{name: [say("{case}: {work}", case=Bilingual("异议 2026-YY-000412", "Objection 2026-YY-000412"),
                  work=Bilingual("核查", "verify"))]
       for name in ("late", "today_due", "soon", "approval", "new")},
    "unread": 3,
    "inbox": "/1",
    "account": "/2",
}  # fmt: skip

VALUES: dict[str, object] = {
    "kind": Bilingual("异议", "Objection"),
    "number": "2026-YY-000412",
    "check_code": "K7M4QX29HD",
    "enterprise": Bilingual("恒源洗煤有限公司（演示）", "Hengyuan Coal Washing (demo)"),
    "person": Bilingual("李某", "Li"),
    "record": Bilingual("示环罚〔2026〕18号", "SHF [2026] No. 18"),
    "bureau": Bilingual("示范市生态环境局示范旗分局", "the Ecology and Environment Bureau"),
    "office": Bilingual("示范旗信用办", "the Credit Office"),
    "filed_on": date(2026, 11, 11),
    "today": TODAY,
    "stage": Bilingual("核查", "Verify"),
    "due": date(2026, 11, 27),
    "days": 7,
    "unit": "workday",
    "basis": Basis("proposal"),
    "provisional": True,
    "next_stage": Bilingual("受理", "Accept or refuse"),
    "next_due": date(2026, 11, 30),
    "next_basis": Basis("proposal"),
    "whole_due": date(2026, 12, 9),
    "whole_basis": Basis("proposal"),
    "old_due": date(2026, 11, 20),
    "new_due": date(2026, 12, 4),
    "return_due": date(2026, 11, 26),
    "return_basis": Basis("proposal"),
    "supervise_on": date(2026, 12, 2),
    "leading_group_on": date(2026, 12, 11),
    "remedy_from": date(2027, 1, 11),
    "days_left": 3,
    "days_late": 2,
    "responsible": Bilingual("该局负责人", "the head of the bureau"),
    "missing": Bilingual("照片的拍摄日期证明", "proof of when the photographs were taken"),
    "question": Bilingual("罚款是多少？", "How much is the fine?"),
    "reasons": Bilingual("决定书写明八千元。", "The decision says eight thousand."),
    "where": Bilingual("信用中国", "Credit China"),
    "whose": Bilingual("住建局", "the Housing Bureau"),
    "words": Bilingual("请看附件。", "Please see the file."),
    "letter": Bilingual("罚款金额已更正。", "The fine is corrected."),
    "result": Bilingual("部分更正", "Partly granted"),
    "answer": Bilingual("书面答复", "the written answer"),
    "decision": "upheld",
    "what": Bilingual("补充了材料", "Papers added"),
    "notice": Bilingual("国务院办公厅关于2027年部分节假日安排的通知", "the notice of holidays in 2027"),
    "moves": [Bilingual("核查：原 1月5日，现 1月6日", "Verify: 5 January becomes 6 January")],
    "added": [Bilingual("罚款金额：现为 8.00 万元，应为 0.80 万元", "Fine: ¥80,000, should be ¥8,000")],
    "goes_back_to": Bilingual("示范旗信用办", "the Credit Office"),
    "remedies": [RECONSIDERATION, SUIT],
    "paper_number": Bilingual("示信异答〔2026〕187号", "No. 187"),
    "paper_code": "P3R8T W6KJ2",
    **OF_THE_NEW_KINDS,
    **OF_A_DIGEST,
}

FINDINGS = [
    {"field": say("Fine"), "before": FINE, "claim": LESS, "finding": "as_claimed", "value": "", "reason": ""},
    {"field": say("Date of the decision"), "before": "2026-03-18", "claim": "2026-03-13", "finding": "kept",
     "value": "", "reason": "决定书落款为3月18日"},
]  # fmt: skip

PAPER_VALUES: dict[str, object] = {
    **VALUES,
    "case_code": "K7M4QX29HD",
    "enterprise_code": "91150699MA0DEM005K",
    "issuer": VALUES["bureau"],
    "approved_by": "高建军",
    "findings": FINDINGS,
    "claims": [{"field": say("Fine"), "before": FINE, "claim": LESS}],
    "changes": [{"field": say("Fine"), "before": FINE, "after": LESS},
                {"field": say("The display itself"), "unit": "", "before": "2028-03-18", "after": ""}],
    "particulars": [{"label": say("Kind of penalty"), "value": "罚款"},
                    {"label": say("Date of the decision"), "value": "2026-03-18"}],
    "done": [say("nothing was changed")],
    "grounds": [Bilingual("第三十九条", "Art. 39")],
    "materials": ["整改照片.pdf"],
    "asked_on": TODAY,
    "review_of": TODAY,
    "addressee": Bilingual("示范市生态环境局示范旗分局", "the Ecology and Environment Bureau"),
}  # fmt: skip
"""Every value that any form of paper needs or may say."""
