"""The bureaus: who verifies, who approves, who heads one."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.album.scene import Scene, Step, go, keys, press, put, send, several

WRONG = "示范-没有这个"


def offered(words: str) -> Step:
    """Type into the search field, and wait for what it offers."""

    def typed(page: Page) -> None:
        page.fill("#search", words)
        page.locator("#suggestions [role=option]").first.wait_for()

    return typed


BUREAU = (
    Scene(
        "reviewer",
        "desk",
        "/desk",
        "案件台：最急的在前",
        "The desk: the most urgent first",
        guide="bureau/01",
        height=640,
    ),
    Scene("reviewer", "desk-all", "/desk?view=all-in-hand", "在办的全部", "All in hand"),
    Scene("reviewer", "desk-down", "/desk", "键盘：下一件", "The keyboard: the next row", (keys("j"),)),
    Scene(
        "reviewer",
        "case",
        "/cases/{objection.with_bureau}",
        "一个案件，左边是经过，右边是要办的",
        "A case: what happened at the left, what to do at the right",
        guide="bureau/02",
    ),
    Scene(
        "reviewer",
        "propose",
        "/cases/{objection.with_bureau}/propose",
        "提出认定意见",
        "Proposing findings",
        guide="bureau/03",
    ),
    Scene(
        "reviewer", "propose-missing", "", "还缺什么，写明在哪一项", "What is missing is said at its field", (send(),)
    ),
    Scene("reviewer", "ask", "/cases/{newest.objection.with_bureau}/ask", "要求企业补交材料", "Asking for papers"),
    Scene(
        "reviewer",
        "return",
        "/cases/{newest.objection.with_bureau}/return",
        "退回：不归本单位",
        "Returning what is not ours",
    ),
    Scene("reviewer", "note", "/cases/{objection.with_bureau}/note", "内部备注", "An internal note"),
    Scene(
        "reviewer",
        "correction-own",
        "/cases/{correction.putting_right}",
        "更正：改好自己的系统",
        "A correction: one's own system",
    ),
    Scene(
        "reviewer",
        "confirm",
        "/cases/{correction.putting_right}/confirm",
        "确认本系统数据已一致",
        "Confirming one's own system",
        guide="bureau/07",
        height=560,
    ),
    Scene(
        "reviewer",
        "repair",
        "/cases/{repair.deciding}",
        "信用修复：作决定",
        "A repair to be decided",
        guide="bureau/08",
    ),
    Scene("reviewer", "search-offered", "/inbox", "边写边提示", "Offered while one types", (offered("牧野"),)),
    Scene("reviewer", "search", "/search", "查找", "Searching"),
    Scene("reviewer", "search-found", "/search?q=牧野", "两个字就找得到", "Two characters find it"),
    Scene("reviewer", "search-nothing", f"/search?q={WRONG}", "没有找到", "Nothing was found"),
    Scene("reviewer", "inbox", "/inbox", "信箱", "The inbox"),
    Scene("reviewer", "records", "/records", "本单位的记录", "The bureau's records"),
    Scene("reviewer", "record", "/records/{record.free}", "一条记录，能办什么", "A record, and what can be done"),
    Scene("reviewer", "record-new", "/records/new", "录入记录", "Entering a record"),
    Scene("reviewer", "record-new-list", "/records/new?kind=serious_list", "录入名单记录", "Entering a listing"),
    Scene(
        "reviewer", "paper-objection", "/records/{record.free}/objection", "代录纸质材料", "Entering what came on paper"
    ),
    Scene(
        "reviewer",
        "own-error",
        "/records/{record.free}/correction?way=open:self_found",
        "本单位自查发现错误",
        "An error of one's own",
    ),
    Scene(
        "reviewer",
        "case-of-others",
        "/cases/2026-YY-999999",
        "没有这个案件，或者不归您看",
        "No such case, or not yours to see",
    ),
    Scene("reviewer", "desk-kind", "/desk?view=all-in-hand&kind=objection", "只看异议", "Objections alone"),
    Scene("reviewer", "desk-nothing", "/desk?view=hold&kind=repair", "这里没有案件", "No case stands here"),
    Scene("reviewer", "filters", "/filters?kind=objection", "存下的筛选", "Saved filters"),
    Scene(
        "reviewer", "case-time", "/cases/{objection.with_bureau}/time", "时间在谁手里", "In whose hands the time was"
    ),
    Scene("reviewer", "phrases", "/phrases", "常用语", "Phrases"),
    Scene(
        "reviewer",
        "phrase",
        "",
        "改一条常用语",
        "Changing a phrase",
        at="/phrases/1",
        steps=(
            put("main [name=name]", "核对原件"),
            put("main [name=text]", "已与决定书原件逐项核对。"),
            press("main form button.main"),
            press("main a[href^='/phrases/']"),
        ),
    ),
    Scene("approver", "desk", "/desk", "审批人的案件台", "The approver's desk"),
    Scene(
        "approver",
        "approve",
        "/cases/{objection.proposed}/approve",
        "批准：记录会怎么写，系统会做什么",
        "Approving: what the record will say, what follows",
        guide="bureau/05",
    ),
    Scene("approver", "case", "/cases/{objection.proposed}", "等待审批的案件", "A case that waits for approval"),
    Scene("approver", "send-back", "/cases/{objection.proposed}/send_back", "退回核查人", "Sending back"),
    Scene("approver", "extend", "/cases/{objection.with_bureau}/extend", "延长期限", "Extending a time limit"),
    Scene("approver", "deputies", "/people/deputies", "代理人", "Deputies"),
    Scene("approver", "deputies-wrong", "", "没有填完", "Not filled in", (send(),)),
    Scene(
        "approver",
        "approvals",
        "/approvals",
        "待审批：提议了什么，之后变了什么",
        "To approve: what is proposed, what changed since",
    ),
    Scene("approver", "approvals-next", "/approvals/next", "最急的一件", "The most urgent one"),
    Scene(
        "approver",
        "approvals-marked",
        "",
        "看过的先做上记号",
        "What was looked at is marked",
        (press("[formaction='/approvals/mark']"), go("/approvals")),
        guide="bureau/04",
    ),
    Scene("approver", "approved", "", "一件一个结果", "A result for each", (send(),)),
    Scene("approver", "assessment", "/assessment", "本单位的考核", "The bureau beside the whole"),
    Scene(
        "reviewer2",
        "bulk",
        "/desk?view=all-in-hand",
        "一起办：先选，再看",
        "Several at once",
        at="/bulk",
        steps=(several,),
    ),
    Scene(
        "reviewer2",
        "bulk-done",
        "",
        "一件一个结果，先说没有办成的",
        "A result for each, first what did not go",
        (
            put("main textarea", "已电话核实。"),
            send(),
        ),
        guide="bureau/06",
        height=520,
    ),
    Scene("approver2", "desk-2", "/desk", "另一个单位的案件台", "Another bureau's desk"),
    Scene("reviewer2", "revoking", "/cases/{repair.revoking}", "撤销修复", "A revocation"),
)
