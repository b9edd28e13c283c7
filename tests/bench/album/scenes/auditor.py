"""The auditor."""

from tests.bench.album.scene import Scene

AUDITOR = (
    Scene("auditor", "cases", "/cases", "全部案件", "All cases"),
    Scene(
        "auditor",
        "audit",
        "/audit",
        "审计：整本账的校验结果，最近由人办理的",
        "Audit: the verdict on the whole ledger, and what people did last",
        guide="auditor/01",
    ),
    Scene(
        "auditor",
        "ledger",
        "/audit/{objection.partly}",
        "一个案件的账：每条的两个哈希",
        "The ledger of a case: both hashes of each entry",
        guide="auditor/02",
    ),
    Scene("auditor", "ledger-complaint", "/audit/{complaint.founded}", "一件投诉的账", "The ledger of a complaint"),
    Scene(
        "auditor",
        "readers",
        "/audit/{objection.carrying_out}/readers",
        "一个案件的查阅记录",
        "Who has read this case",
        guide="auditor/03",
    ),
    Scene(
        "auditor",
        "readers-person",
        "/audit/readers?person=office",
        "一个人看过什么",
        "What one person has read",
        guide="auditor/04",
    ),
    Scene(
        "auditor",
        "readers-nobody",
        "/audit/readers?person=nobody-here&from=soon",
        "查不到这个人",
        "Nobody by that name",
    ),
    Scene(
        "auditor",
        "case",
        "/cases/{objection.partly}",
        "案件，和办案的人看到的一样",
        "A case, as its officers see it",
        guide="auditor/05",
    ),
    Scene("auditor", "rules", "/rules?on=2026-12-01", "期限与规则", "Limits and rules"),
    Scene(
        "auditor", "rule", "/rules/objection.verify", "谁在什么时候记录了哪份文件", "Who recorded which document, when"
    ),
    Scene("auditor", "inbox", "/inbox", "信箱", "The inbox"),
    Scene("auditor", "audit-nothing", "/audit/2026-YY-999999", "没有这个案件", "No such case"),
)
