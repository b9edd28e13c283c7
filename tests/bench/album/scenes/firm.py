"""The enterprise."""

from playwright.sync_api import Page

from tests.bench.album.scene import Scene, pick, press, put, send, upload
from tests.bench.album.scenes.papers import EVIDENCE

ON = "main button[name=then][value=on]"
REASON = "决定书写的是 0.80 万元，记录多写了一个零。"


def ask_how_it_stands(page: Page) -> None:
    """With what the receipt says."""
    number, code = page.locator(".receipt .big dd").all_inner_texts()
    page.goto("/".join(page.url.split("/")[:3]) + "/status")
    page.fill("[name=number]", number)
    page.fill("[name=code]", code)
    send()(page)


FIRM = (
    Scene(
        "enterprise",
        "records",
        "/records",
        "我的记录：今天能办什么写在每张卡片上",
        "My records: what can be done today stands on each card",
        guide="enterprise/03",
        width=390,
        height=844,
    ),
    Scene("enterprise", "record", "/records/{record.free}", "一条记录", "One record"),
    Scene("enterprise", "filing-1", "/records/{record.free}/objection", "提出异议：为什么", "An objection: the ground"),
    Scene(
        "enterprise",
        "filing-2",
        "",
        "哪里不对，应当是什么",
        "What is wrong, and what it should say",
        at="/records/1/objection/claims",
        steps=(
            pick("label[for=ground-0]"),
            pick("label[for='claims-fine-wrong']"),
            put("[name='claims-fine-value']", "0.09"),
        ),
        guide="enterprise/04",
        top="[data-field=facts]",
        width=390,
        height=844,
    ),
    Scene(
        "enterprise",
        "filing-3",
        "",
        "说明和证据",
        "Your words and the evidence",
        (press(ON), put("[name=words]", REASON), upload("[name=files]", EVIDENCE)),
    ),
    Scene(
        "enterprise",
        "filing-check",
        "",
        "核对后再提交",
        "Check before it is sent",
        (press(ON),),
        guide="enterprise/05",
        width=390,
        height=844,
    ),
    Scene("enterprise", "filing-not-declared", "", "没有勾声明", "The declaration is not ticked", (send(),)),
    Scene(
        "enterprise",
        "receipt",
        "",
        "回执：案号、查询码和接下来的日子",
        "The receipt: number, case code, what comes",
        at="/cases/1/receipt",
        steps=(pick("[name=declared]"), send()),
        guide="enterprise/06",
        width=390,
        height=844,
    ),
    Scene(
        "enterprise",
        "status-shown",
        "",
        "不登录，凭案号和查询码查进度",
        "How a case stands, by its number and case code",
        (ask_how_it_stands,),
    ),
    Scene("enterprise", "correction-1", "/records/{record.free}/correction", "申请更正", "A correction"),
    Scene("enterprise", "correction-nothing", "", "一项也没有勾", "Nothing was ticked", (press(ON),)),
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
    Scene("enterprise", "records-begun", "/records", "没有提交的草稿", "A form that was begun and not sent"),
    Scene("enterprise", "cases", "/cases", "我的案件：轮到谁", "My cases: whose turn it is"),
    Scene("enterprise", "cases-closed", "/cases?show=closed", "已办结的案件", "Cases that are closed"),
    Scene(
        "enterprise",
        "case-waiting",
        "/cases/{objection.with_bureau}",
        "一个案件：现在轮到谁，什么时候完",
        "A case: whose turn it is, and when it is over",
        guide="enterprise/07",
        width=390,
        height=844,
    ),
    Scene("enterprise", "case-closed", "/cases/{objection.corrected}", "办结了：结果和救济", "Closed: the result"),
    Scene("enterprise", "case-add", "/cases/{objection.with_bureau}/add", "补充材料", "Adding papers"),
    Scene("enterprise", "case-withdraw", "/cases/{objection.with_bureau}/withdraw", "撤回", "Withdrawing"),
    Scene("enterprise", "case-views", "/cases/{repair.general.hearing}/state_views", "陈述意见", "Stating one's views"),
    Scene("enterprise", "case-complaint", "/cases/{complaint.*}", "一件投诉", "A complaint"),
    Scene(
        "enterprise",
        "deadline",
        "/cases/{objection.with_bureau}/deadlines/verify",
        "为什么是这一天",
        "Why it is this day",
    ),
    Scene("enterprise", "case-time", "/cases/{objection.with_bureau}/time", "各环节办理时间", "Where the time went"),
    Scene("enterprise", "inbox", "/inbox", "信箱", "The inbox"),
    Scene("enterprise", "letter", "/inbox/{letter.paper}", "一封信", "A letter"),
    Scene(
        "enterprise",
        "paper",
        "/papers/{paper.answer}",
        "答复书",
        "The answer on paper",
        guide="enterprise/09",
        width=390,
        height=844,
    ),
    Scene(
        "enterprise",
        "firm",
        "/firm",
        "本企业：谁能办，谁代理，日历订阅",
        "My firm: its people, its agents, its calendar",
    ),
    Scene("enterprise", "firm-person-new", "/firm/people/new", "增加一个人", "Letting a person in"),
    Scene("enterprise", "firm-person-nothing", "", "没有填", "Nothing was typed", (send(),)),
    Scene(
        "enterprise",
        "firm-person-link",
        "",
        "一次性链接，只显示一次",
        "A link that works once, shown once",
        (put("main [name=name]", "韩梅"), put("main [name=username]", "han.mei"), send()),
    ),
    Scene(
        "enterprise",
        "firm-person-end",
        "/firm",
        "停用一个人",
        "Ending a person's account",
        at="/firm/people/1/end",
        steps=(press("main a[href*='/firm/people/'][href$='/end']"),),
    ),
    Scene("enterprise", "firm-agent-new", "/firm/agents/new", "授权一个代理人", "Naming an agent"),
    Scene("enterprise", "firm-agent-nothing", "", "没有填", "Nothing was typed", (send(),)),
    Scene(
        "enterprise",
        "firm-agent-end",
        "/firm",
        "提前结束授权",
        "Ending an authority early",
        at="/firm/agents/1/end",
        steps=(press("main a[href*='/firm/agents/'][href$='/end']"),),
    ),
    Scene("enterprise", "feed", "/feed", "把期限放进日历", "The dates in a calendar"),
    Scene(
        "enterprise",
        "feed-made",
        "",
        "日历地址，只显示这一次",
        "The address of the feed, shown this once",
        (press("main form button.main"),),
    ),
    Scene("agent", "agent-cases", "/cases", "代理人看到的案件", "The cases that an agent sees"),
    Scene("enterprise", "account", "/account", "我的账号", "The account"),
    Scene("enterprise", "sessions", "/account/sessions", "正在登录的地方", "Where one is signed in"),
    Scene("enterprise", "password", "/account/password", "改密码", "Changing the password"),
    Scene(
        "enterprise",
        "password-wrong",
        "/account/password",
        "密码太短",
        "A password that is too short",
        (put("[name=current]", "demo-only-624"), put("[name=password]", "short"), put("[name=again]", "short"), send()),
    ),
    Scene("enterprise", "not-yours", "/overdue", "这一页不归您看", "A page that is not yours to see"),
    Scene("enterprise2", "records-2", "/records", "另一家企业的记录", "Another firm's records"),
    Scene("enterprise2", "cases-2", "/cases", "另一家企业的案件", "Another firm's cases"),
    Scene(
        "enterprise2",
        "case-papers",
        "/cases/{objection.bureau_asks}",
        "轮到您：补交材料",
        "Your turn: send papers",
        guide="enterprise/08",
        width=390,
        height=844,
    ),
)

SUPPLYING = (
    # Uses up the only case in which papers are asked: it comes when everybody else has been shown it.
    Scene("enterprise2", "case-supply", "/cases/{objection.bureau_asks}/supply", "补交材料", "Sending the papers"),
    Scene(
        "enterprise2",
        "case-supplied",
        "",
        "补交之后：对方的期限接着数",
        "The papers were sent: the others' time goes on",
        at="/cases/1",
        steps=(put("[name=words]", "补上缴款凭证，日期和文书号都看得清。"), upload("[name=files]", EVIDENCE), send()),
    ),
)
