"""States in which any page can be: the first day, ten thousand rows, signed out while writing, mail down, failures."""

from playwright.sync_api import Page

from registry.people import DEMO_PASSWORD
from tests.bench.album.scene import Scene, put, send

WRITTEN = "经核对决定书原件，罚款金额与企业主张一致。"


def _session_ends(page: Page) -> None:
    page.context.clear_cookies(name="session")


FIRST_DAY = tuple(
    Scene(who, f"first-{name}", address, zh, en, stage="first")
    for who, name, address, zh, en in (
        ("enterprise", "records", "/records", "第一天，还没有记录", "The first day: no record yet"),
        ("enterprise", "cases", "/cases", "第一天，还没有案件", "No case yet"),
        ("reviewer", "desk", "/desk", "第一天的案件台", "The desk on the first day"),
        ("approver", "approvals", "/approvals", "没有待审批的", "Nothing to approve"),
        ("office", "intake", "/intake", "没有要受理的", "Nothing at intake"),
        ("office", "records", "/records", "先导入记录表", "A sheet to import first"),
        ("chief", "desk", "/desk", "负责人启用前须录入", "What the head enters first"),
        ("chief", "manage", "/manage", "启用前须录入", "What to enter first"),
        ("chief", "overdue", "/overdue", "还没有在办的案件", "No open case"),
        ("auditor", "cases", "/cases", "还没有可看的", "Nothing to read yet"),
    )
)  # fmt: skip

SIGNED_OUT = (
    Scene("chief", "signed-out", "/phrases", "写到一半登录失效", "Signed out while writing", stage="first",
          at="/phrases", steps=(put("[name=name]", "与原件一致"), put("[name=text]", WRITTEN), _session_ends, send())),
    Scene("chief", "signed-in-again", "", "登录以后接着办", "Signed in again, nothing lost", stage="first",
          at="/phrases", steps=(put("[name=again-password]", DEMO_PASSWORD), send())),
)  # fmt: skip

GONE_WRONG = tuple(
    Scene("", f"wrong-{code}", f"/wrong/{code}", zh, en, stage="first")
    for code, zh, en in (
        (413, "一次提交的太多", "Too much at once"),
        (429, "试的次数太多", "Too many tries"),
        (500, "系统出错", "A failure"),
    )
)

MANY = tuple(
    Scene(who, f"many-{name}", address, zh, en, stage="many", slight=True)
    for who, name, address, zh, en in (
        ("chief", "people", "/people", "一万个账号", "Ten thousand accounts"),
        ("chief", "overdue", "/overdue", "一万件案件的超期板", "The board of ten thousand cases"),
        ("office", "records", "/records", "一万条记录", "Ten thousand records"),
        ("office", "cases", "/cases?show=all", "一万件案件", "Ten thousand cases"),
        ("office", "inbox", "/inbox", "很多信", "Very many letters"),
    )
)  # fmt: skip

MAIL_DOWN = (
    Scene("office", "mail-down", "/desk", "邮件暂时发不出", "Mail does not go out", stage="mail"),
    Scene("office", "mail-down-inbox", "/inbox", "信箱里说邮件延迟", "The inbox says that mail is late", stage="mail"),
)  # fmt: skip

STAGED = (*FIRST_DAY, *SIGNED_OUT, *GONE_WRONG, *MANY, *MAIL_DOWN)
