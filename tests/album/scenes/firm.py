"""The enterprise."""

from __future__ import annotations

from tests.album.scene import Scene, pick, press, put, send, upload
from tests.album.scenes.papers import EVIDENCE

ON = "main button[name=then][value=on]"
REASON = "决定书写的是 0.80 万元，记录多写了一个零。"

FIRM = (
    Scene(
        "enterprise",
        "records",
        "/records",
        "我的记录：今天能办什么写在每张卡片上",
        "My records: what can be done today stands on each card",
    ),
    Scene("enterprise", "record", "/records/{record.free}", "一条记录", "One record"),
    Scene(
        "enterprise",
        "filing-1",
        "/records/{record.free}/objection",
        "提出异议：为什么",
        "An objection: the ground",
        (pick("label[for=ground-0]"),),
    ),
    Scene("enterprise", "filing-nothing", "", "一项也没有勾", "Nothing was ticked", (press(ON), press(ON))),
    Scene(
        "enterprise",
        "filing-2",
        "",
        "哪里不对，应当是什么",
        "What is wrong, and what it should say",
        at="/records/1/objection/claims",
        steps=(pick("label[for='claims-fine-wrong']"), put("[name='claims-fine-value']", "0.01")),
    ),
    Scene(
        "enterprise",
        "filing-3",
        "",
        "说明和证据",
        "Your words and the evidence",
        (press(ON), put("[name=words]", REASON), upload("[name=files]", EVIDENCE)),
    ),
    Scene("enterprise", "filing-check", "", "核对后再提交", "Check before it is sent", (press(ON),)),
    Scene("enterprise", "filing-not-declared", "", "没有勾声明", "The declaration is not ticked", (send(),)),
    Scene(
        "enterprise",
        "receipt",
        "",
        "回执：案号、校验码和接下来的日子",
        "The receipt: number, check code, what comes",
        at="/cases/1/receipt",
        steps=(pick("[name=declared]"), send()),
    ),
    Scene("enterprise", "correction-1", "/records/{record.free}/correction", "申请更正", "A correction"),
    Scene(
        "enterprise",
        "repair-before",
        "/records/{record.free}/repair",
        "信用修复：先看到哪里、从哪天起可以申请",
        "A repair: where, and from which day",
    ),
    Scene(
        "enterprise",
        "complaint-before",
        "/file/complaint",
        "投诉：谁看得到，谁看不到",
        "A complaint: who reads it and who does not",
    ),
    Scene(
        "enterprise",
        "complaint-1",
        "",
        "投诉谁",
        "About whom",
        at="/file/complaint/whom",
        steps=(press("main form button.main"),),
    ),
    Scene("enterprise", "cases", "/cases", "我的案件：轮到谁", "My cases: whose turn it is"),
    Scene(
        "enterprise",
        "case-waiting",
        "/cases/{objection.with_bureau}",
        "一个案件：现在轮到谁，什么时候完",
        "A case: whose turn it is, and when it is over",
    ),
    Scene("enterprise", "case-complaint", "/cases/{complaint.*}", "一件投诉", "A complaint"),
    Scene(
        "enterprise",
        "deadline",
        "/cases/{objection.with_bureau}/deadlines/verify",
        "为什么是这一天",
        "Why it is this day",
    ),
    Scene("enterprise", "inbox", "/inbox", "信箱", "The inbox"),
    Scene("enterprise", "letter", "/inbox/{letter.paper}", "一封信", "A letter"),
    Scene("enterprise", "paper", "/papers/{paper.answer}", "答复书", "The answer on paper"),
    Scene("enterprise", "account", "/account", "我的账号", "The account"),
    Scene("enterprise", "password", "/account/password", "改密码", "Changing the password"),
    Scene(
        "enterprise",
        "password-wrong",
        "/account/password",
        "密码太短",
        "A password that is too short",
        (put("[name=current]", "demo-only-624"), put("[name=password]", "short"), send()),
    ),
    Scene("enterprise", "not-yours", "/overdue", "这一页不归您看", "A page that is not yours to see"),
    Scene("enterprise2", "records-2", "/records", "另一家企业的记录", "Another firm's records"),
    Scene("enterprise2", "cases-2", "/cases", "另一家企业的案件", "Another firm's cases"),
    Scene("enterprise2", "case-papers", "/cases/{objection.bureau_asks}", "轮到您：补交材料", "Your turn: send papers"),
)
