"""The credit office: officers and head."""

from playwright.sync_api import Page

from tests.bench.album.scene import Scene, press, put, send, upload
from tests.bench.album.scenes.papers import EVIDENCE, SHEET
from tests.calendar_files import INVENTED_2027


def _notice(page: Page) -> None:
    """The document in which a limit was published."""
    content = EVIDENCE.read_bytes()
    page.locator("[name=file]").set_input_files({"name": "公告.pdf", "mimeType": "application/pdf", "buffer": content})


def _year(page: Page) -> None:
    """A holiday notice for the year that is not announced yet."""
    content = INVENTED_2027.replace("An invented holiday notice for 2027", "2027").encode()
    page.locator("[name=file]").set_input_files({"name": "cn-2027.toml", "mimeType": "text/plain", "buffer": content})


OFFICE = (
    Scene("office", "proposals", "/people/proposals", "等待第二人确认的账号事项", "Accounts that wait"),
    Scene("office", "other-places", "/places", "其他公示场所：迟的在前", "Other places: what is owed, late first"),
    Scene(
        "office",
        "delivery",
        "/deliveries/{delivery.by_hand}",
        "一处一条记录：核对并附证明",
        "One place: seen, with proof",
    ),
    Scene("office", "delivery-missing", "", "没有写看到了什么", "Nothing was said of what was seen", (send(),)),
    Scene("chief", "delivery-refused", "/deliveries/{delivery.refused}", "被退回的", "One that was refused"),
    Scene("chief", "security", "/security", "安全日志", "The security log"),
    Scene(
        "office",
        "desk",
        "/desk",
        "案件台：轮到信用办的，最急的在前",
        "The desk: what is the office's, most urgent first",
        guide="office/01",
    ),
    Scene(
        "office", "overdue", "/overdue", "超期看板：一件一点，一行一单位", "The board: a mark a case, a row a bureau"
    ),
    Scene(
        "chief",
        "supervise",
        "/overdue/supervise",
        "提前督办：逐件勾选，附言，一次发出",
        "Supervising early: ticked, worded, sent",
    ),
    Scene("office", "overdue-table", "/overdue?as=table", "同样的，作为表格", "The same as a table"),
    Scene("office", "overdue-office", "/overdue/office", "本办的在办案件", "Our own open cases"),
    Scene(
        "office",
        "assessment",
        "/assessment",
        "考核：一个月，一行一单位",
        "Assessment: a month, a row a body",
        guide="office/07",
    ),
    Scene("office", "assessment-last", "/assessment?month=2026-10", "上个月", "The month before"),
    Scene("office", "stages", "/assessment/office", "本办的一个月，逐个环节", "Our own month, stage by stage"),
    Scene("office", "stages-bureau", "/assessment/{bureau}", "一个单位的一个月", "A bureau's month, stage by stage"),
    Scene("office", "assessment-empty", "/assessment?month=2020-01", "没有数的一个月", "A month without figures"),
    Scene("office", "case-filed", "/cases/{objection.filed}", "刚提出的异议", "An objection that was just filed"),
    Scene("office", "accept", "/cases/{objection.filed}/accept", "受理并标注记录", "Accepting"),
    Scene("office", "refuse", "/cases/{objection.filed}/refuse", "不予受理", "Refusing"),
    Scene("office", "refuse-missing", "", "理由没有写", "No reason was given", (send(),)),
    Scene("office", "ask-papers", "/cases/{correction.filed}/ask_papers", "要求补交材料", "Asking for papers"),
    Scene("office", "ask-papers-twice", "/cases/{objection.filed}/ask_papers", "要求补交材料只能一次", "Papers: once"),
    Scene(
        "office",
        "intake",
        "/intake",
        "受理：左边是排队的，右边是选中的",
        "Intake: the queue, and the case beside it",
        guide="office/02",
    ),
    Scene("office", "intake-case", "/intake/{objection.comparing}", "受理：比对并转办", "Intake: compare and refer"),
    Scene(
        "office",
        "intake-complaint",
        "/intake/{complaint.registered}",
        "受理投诉：建议走哪条途径，各条的最后一天",
        "A complaint: the route put forward, the last day by each",
        guide="office/03",
    ),
    Scene("office", "intake-refuse", "/intake/{objection.filed}?act=refuse", "受理：不予受理", "Intake: refusing"),
    Scene("chief", "intake", "/intake", "负责人看受理", "Intake, as the head sees it"),
    Scene("office", "refer", "/cases/{objection.comparing}/refer", "转单位核查", "Referring to the bureau"),
    Scene(
        "office",
        "carry-out",
        "/cases/{objection.carrying_out}/carry_out",
        "落实认定结果：改前改后都在页上",
        "Putting the record right: before and after",
        guide="office/04",
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
        (upload("[name=sheet]", SHEET), press("main form button.main")),
    ),
    Scene("office", "paper-complaint", "/file/complaint", "录入投诉", "Entering a complaint"),
    Scene("office", "inbox", "/inbox", "信箱", "The inbox"),
    Scene("office", "organisations", "/organisations", "单位", "Organisations"),
    Scene("office", "organisation", "/organisations/{bureau}", "一个单位", "A bureau"),
    Scene("office", "admissions", "/admissions", "开通申请", "Applications for an account"),
    Scene(
        "office",
        "admission",
        "",
        "对照盖章的纸，再开通",
        "Compare the sealed paper, then admit",
        at="/admissions/1",
        steps=(press("main a[href^='/admissions/']"),),
    ),
    Scene("office", "admission-nothing", "", "没有纸的日期", "No date of the paper", (send(),)),
    Scene("office", "calendar", "/calendar", "日历", "The calendar"),
    Scene("chief", "desk", "/desk", "负责人的案件台", "The desk of the head"),
    Scene(
        "chief",
        "overdue",
        "/overdue",
        "超期板：一件一个图形，红的是超期",
        "The board: a mark a case, red is late",
        guide="office/05",
    ),
    Scene(
        "chief",
        "overdue-bureau",
        "/overdue/{bureau}",
        "一个单位的在办案件，迟得最久的在前",
        "The open cases of one bureau, the longest late first",
        guide="office/06",
    ),
    Scene(
        "chief",
        "organisation",
        "/organisations/{bureau}",
        "单位：名称、复议机关、管辖法院",
        "A bureau: names, review body, court",
        guide="office/08",
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
    Scene("chief", "tokens", "/tokens", "接口令牌", "Tokens of systems"),
    Scene("chief", "tokens-wrong", "", "没有填完", "Not filled in", (send(),)),
    Scene("chief", "endpoints", "/endpoints", "推送地址", "Where systems are told what happens"),
    Scene("chief", "assign", "/cases/{objection.returned}/assign", "指定单位", "Assigning a bureau"),
    Scene(
        "chief", "review", "/cases/{objection.review_proposed}", "复核意见等批准", "A review that waits for approval"
    ),
    Scene("chief", "opinion", "/cases/{complaint.proposed}/approve", "批准处理意见", "Approving an opinion"),
    Scene("chief", "due", "/calendar/due?start=2026-11-24&n=15&unit=workday", "期限计算", "Counting a due date"),
    Scene(
        "chief",
        "calendar-preview",
        "/calendar",
        "装入一年：先看会动什么",
        "Loading a year: first what would move",
        (_year, send()),
    ),
    Scene("chief", "rule", "/rules/objection.verify", "把拟定改为承诺", "Making a proposal a promise"),
    Scene("chief", "rule-wrong", "", "没有写完", "Not filled in", (send(),)),
    Scene(
        "chief",
        "rule-preview",
        "",
        "先看采纳以后会怎样",
        "First look what would follow",
        (
            put("[name=title]", "示范旗异议办理时限公告（演示）"),
            put("[name=title_en]", "Notice of Demo Banner on time limits for objections"),
            put("[name=number]", "示政办发〔2026〕41号"),
            put("[name=dated]", "2026-11-30"),
            put("[name=first_day]", "2026-12-01"),
            put("[name=n]", "5"),
            _notice,
            send(),
        ),
    ),
    Scene(
        "chief",
        "rule-recorded",
        "",
        "已记录，12月1日起是承诺",
        "Recorded: a promise from 1 December on",
        at="/rules/objection.verify",
        steps=(send(),),
    ),
    Scene("chief", "letter", "/inbox/{letter}", "一封信", "A letter"),
)
