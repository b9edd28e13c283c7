"""The scenes of the album, by hand: each page for each who reads it, and the states that a page has.

In the order in which a person meets them; where a scene has no address it goes on from the one before.
"""

from __future__ import annotations

from config import ROOT
from notifications.forms import FORMS
from tests.album.scene import Scene, keys, pick, press, put, send

EVIDENCE = next((ROOT / "jurisdictions" / "cn-nm-demo" / "evidence").glob("*.pdf"))
SHEET = ROOT / "tests" / "data" / "penalties.xlsx"
WRONG = "示范-没有这个"
ON = "main button[name=then][value=on]"
REASON = "决定书写的是 0.80 万元，记录多写了一个零。"


def _upload(selector: str, file: object) -> object:
    return lambda page: page.locator(selector).first.set_input_files(str(file))


def _wait(selector: str) -> object:
    return lambda page: page.locator(selector).first.wait_for()


PUBLIC = (
    Scene(
        "", "front", "/", "首页：期限计算、怎么办、查进度", "The front page: counting a time limit, the ways in, status"
    ),
    Scene("", "sign-in", "/sign-in", "登录", "Signing in"),
    Scene(
        "",
        "sign-in-wrong",
        "/sign-in",
        "用户名或密码不对",
        "A wrong password",
        (put("[name=username]", "enterprise"), put("[name=password]", "not-this"), send()),
    ),
    Scene("", "session-over", "/desk", "没有登录，先登录再回来", "Signed out: sign in and come back"),
    Scene("", "link-gone", "/sign-in/no-such-link", "链接用过了或者过期了", "A link that is used or out of date"),
    Scene("", "status", "/status", "不登录查进度", "How a case stands, without signing in"),
    Scene(
        "",
        "status-wrong",
        "/status",
        "案号和校验码不符",
        "Number and code do not belong together",
        (put("[name=number]", "2026-YY-000001"), put("[name=code]", "ABCDEFGHJK"), send()),
    ),
    Scene("", "status-empty", "/status", "没有填", "Nothing was typed", (send(),)),
    Scene("", "rules", "/rules", "期限与规则", "Limits and rules"),
    Scene("", "calendar", "/calendar", "日历", "The calendar"),
    Scene("", "calendar-next", "/calendar?year=2027", "还没有公布放假的一年", "A year that is not yet announced"),
    Scene("", "due", "/calendar/due", "期限计算", "Counting a due date"),
    Scene(
        "", "due-counted", "/calendar/due?start=2026-09-22&n=10&unit=workday", "一天一天数给您看", "Counted day by day"
    ),
    Scene("", "accessibility", "/accessibility", "无障碍说明", "Accessibility"),
    Scene("", "not-found", "/cases-that-are-not", "没有这一页", "There is no such page"),
)

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
        (press(ON), put("[name=words]", REASON), _upload("[name=files]", EVIDENCE)),
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

BUREAU = (
    Scene("reviewer", "desk", "/desk", "案件台：最急的在前", "The desk: the most urgent first"),
    Scene("reviewer", "desk-all", "/desk?view=all-in-hand", "在办的全部", "All in hand"),
    Scene("reviewer", "desk-down", "/desk", "键盘：下一件", "The keyboard: the next row", (keys("j"),)),
    Scene(
        "reviewer",
        "case",
        "/cases/{objection.with_bureau}",
        "一个案件，左边是经过，右边是要办的",
        "A case: what happened at the left, what to do at the right",
    ),
    Scene("reviewer", "propose", "/cases/{objection.with_bureau}/propose", "提出认定意见", "Proposing findings"),
    Scene(
        "reviewer", "propose-missing", "", "还缺什么，写明在哪一项", "What is missing is said at its field", (send(),)
    ),
    Scene("reviewer", "ask", "/cases/{objection.with_bureau}/ask", "要求企业补交材料", "Asking for papers"),
    Scene(
        "reviewer", "return", "/cases/{objection.with_bureau}/return", "退回：不归本单位", "Returning what is not ours"
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
    ),
    Scene("reviewer", "repair", "/cases/{repair.deciding}", "信用修复：作决定", "A repair to be decided"),
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
    ),
    Scene("approver", "case", "/cases/{objection.proposed}", "等待审批的案件", "A case that waits for approval"),
    Scene("approver", "send-back", "/cases/{objection.proposed}/send_back", "退回核查人", "Sending back"),
    Scene("approver", "extend", "/cases/{objection.with_bureau}/extend", "延长期限", "Extending a time limit"),
    Scene("approver", "deputies", "/people/deputies", "代理人", "Deputies"),
    Scene("approver", "deputies-wrong", "", "没有填完", "Not filled in", (send(),)),
    Scene("approver2", "desk-2", "/desk", "另一个单位的案件台", "Another bureau's desk"),
    Scene("reviewer2", "revoking", "/cases/{repair.revoking}", "撤销修复", "A revocation"),
)

OFFICE = (
    Scene("office", "desk", "/desk", "信用办的案件台", "The office's desk"),
    Scene(
        "office", "overdue", "/overdue", "超期看板：一件一点，一行一单位", "The board: a mark a case, a row a bureau"
    ),
    Scene("office", "overdue-table", "/overdue?as=table", "同样的，作为表格", "The same as a table"),
    Scene("office", "case-filed", "/cases/{objection.filed}", "刚提出的异议", "An objection that was just filed"),
    Scene("office", "accept", "/cases/{objection.filed}/accept", "受理并标注记录", "Accepting"),
    Scene("office", "refuse", "/cases/{objection.filed}/refuse", "不予受理", "Refusing"),
    Scene("office", "refuse-missing", "", "理由没有写", "No reason was given", (send(),)),
    Scene("office", "ask-papers", "/cases/{objection.filed}/ask_papers", "要求补交材料", "Asking for papers"),
    Scene("office", "intake", "/intake", "受理：最急的在前", "Intake: the most urgent first"),
    Scene("office", "intake-case", "/intake/{objection.comparing}", "受理：比对并转办", "Intake: compare and refer"),
    Scene(
        "office",
        "intake-complaint",
        "/intake/{complaint.registered}",
        "受理：投诉的途径",
        "Intake: a complaint's route",
    ),
    Scene("office", "intake-refuse", "/intake/{objection.filed}?act=refuse", "受理：不予受理", "Intake: refusing"),
    Scene("chief", "intake", "/intake", "负责人看受理", "Intake, as the head sees it"),
    Scene("office", "refer", "/cases/{objection.comparing}/refer", "转单位核查", "Referring to the bureau"),
    Scene(
        "office", "carry-out", "/cases/{objection.carrying_out}/carry_out", "落实认定结果", "Putting the record right"
    ),
    Scene("office", "answer", "/cases/{objection.answering}/answer", "发出书面答复", "Sending the answer"),
    Scene("office", "complaint", "/cases/{complaint.investigating}", "调查中的投诉", "A complaint under investigation"),
    Scene("office", "ask-body", "/cases/{complaint.investigating}/ask_body", "请被投诉单位说明", "Asking the body"),
    Scene("office", "cases", "/cases", "全部案件", "All cases"),
    Scene("office", "cases-second", "/cases?page=2", "第二页", "The second page"),
    Scene("office", "records", "/records", "记录", "Records"),
    Scene("office", "record", "/records/{record.free}", "一条记录", "A record"),
    Scene("office", "import", "/records/import", "导入记录", "Importing records"),
    Scene(
        "office",
        "import-look",
        "",
        "先看每一行会怎样",
        "First look what becomes of each row",
        (_upload("[name=sheet]", SHEET), press("main form button.main")),
    ),
    Scene("office", "paper-complaint", "/file/complaint", "录入投诉", "Entering a complaint"),
    Scene("office", "inbox", "/inbox", "信箱", "The inbox"),
    Scene("office", "organisations", "/organisations", "单位", "Organisations"),
    Scene("office", "organisation", "/organisations/{bureau}", "一个单位", "A bureau"),
    Scene("office", "calendar", "/calendar", "日历", "The calendar"),
    Scene("chief", "desk", "/desk", "负责人的案件台", "The desk of the head"),
    Scene("chief", "overdue", "/overdue", "超期看板，可以督办", "The board, with supervision"),
    Scene(
        "chief", "organisation", "/organisations/{bureau}", "单位：复议机关和法院", "A bureau: review body and court"
    ),
    Scene("chief", "organisation-office", "/organisations/office", "信用办自己", "The office itself"),
    Scene("chief", "succession", "/organisations/{bureau}/succession", "合并、分立、更名", "A succession"),
    Scene("chief", "manage", "/manage", "管理", "What the office keeps"),
    Scene("chief", "people", "/people", "人员", "People"),
    Scene("chief", "person", "/people/{person.reviewer}", "一个人", "A person"),
    Scene("chief", "person-new", "/people/new", "增加人员", "Adding a person"),
    Scene("chief", "person-new-wrong", "", "没有填完", "Not filled in", (send(),)),
    Scene("chief", "person-end", "/people/{person.reviewer7}/end", "停用账号", "Ending an account"),
    Scene("chief", "deputies", "/people/deputies", "代理人", "Deputies"),
    Scene("chief", "assign", "/cases/{objection.returned}/assign", "指定单位", "Assigning a bureau"),
    Scene(
        "chief", "review", "/cases/{objection.review_proposed}", "复核意见等批准", "A review that waits for approval"
    ),
    Scene("chief", "opinion", "/cases/{complaint.proposed}/approve", "批准处理意见", "Approving an opinion"),
    Scene("chief", "due", "/calendar/due?start=2026-11-24&n=15&unit=workday", "期限计算", "Counting a due date"),
    Scene("chief", "letter", "/inbox/{letter}", "一封信", "A letter"),
)

AUDITOR = (
    Scene("auditor", "cases", "/cases", "全部案件", "All cases"),
    Scene("auditor", "audit", "/audit", "审计：整本账对不对", "Audit: whether the ledger matches"),
    Scene("auditor", "ledger", "/audit/{objection.partly}", "一个案件的账", "The ledger of a case"),
    Scene("auditor", "ledger-complaint", "/audit/{complaint.founded}", "一件投诉的账", "The ledger of a complaint"),
    Scene("auditor", "readers", "/audit/{objection.partly}/readers", "谁看过这个案件", "Who has read this case"),
    Scene("auditor", "readers-person", "/audit/readers?person=reviewer", "一个人看过什么", "What one person has read"),
    Scene(
        "auditor",
        "readers-nobody",
        "/audit/readers?person=nobody-here&from=soon",
        "查不到这个人",
        "Nobody by that name",
    ),
    Scene(
        "auditor", "case", "/cases/{objection.partly}", "案件，和办案的人看到的一样", "A case, as its officers see it"
    ),
    Scene("auditor", "rules", "/rules", "期限与规则", "Limits and rules"),
    Scene("auditor", "inbox", "/inbox", "信箱", "The inbox"),
    Scene("auditor", "audit-nothing", "/audit/2026-YY-999999", "没有这个案件", "No such case"),
)

PLACES = {
    "objection": "filed awaiting_papers comparing confirming_own_error with_bureau returned bureau_asks proposed "
    "carrying_out answering reviewing review_proposed corrected partly kept undetermined refused transferred "
    "withdrawn lapsed own_error display_ended",
    "correction": "filed awaiting_papers with_bureau bureau_asks returned proposed carrying_out answering "
    "putting_right corrected partly refused transferred dropped withdrawn lapsed",
    "repair": "filed with_bureau awaiting_papers deciding bureau_asks proposed carrying_out hearing revoking "
    "revoke_proposed returned granted refused not_accepted withdrawn lapsed elsewhere revoked",
    "complaint": "filed registered investigating proposed with_unit unit_proposed returned founded partly unfounded "
    "not_accepted elsewhere withdrawn",
}
"""Where a case of each kind can stand."""

STATES = tuple(
    Scene("chief", f"{kind}-{state}", f"/cases/{{{kind}.{state}}}", slight=True)
    for kind, states in PLACES.items() for state in states.split()
)  # fmt: skip
PAPERS = tuple(Scene("auditor", f"paper-{form}", f"/papers/{{paper.{form}}}", slight=True) for form in sorted(FORMS))

SCENES = (*PUBLIC, *FIRM, *BUREAU, *OFFICE, *AUDITOR, *STATES, *PAPERS)

NO_PAGES = {
    "/static/<path:filename>": "a file",
    "/health": "for machines",
    "/health/scheduler": "for machines",
    "/files/<int(max=2147483647):file_id>": "a person's own file, as it came",
    "/calendar/<name>.toml": "a file to keep",
    "/calendar/load": "leads back to the calendar",
    "/calendar/preview": "leads back to the calendar",
    "/audit/verify_export.py": "a program to keep",
    "/audit/<number>/export": "a file to keep",
    "/records/import/rejected": "a sheet to keep",
    "/language/<lang>": "leads back to where one was",
}
"""Addresses that give no page of their own, and why."""
