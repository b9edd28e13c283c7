"""Whoever has not signed in."""

import re

from playwright.sync_api import Page

from tests.bench.album.scene import Scene, put, send


def _code_of_the_note(page: Page) -> None:
    """The demo sends no mail and says what it would have said."""
    digits = re.search(r"\d{6}", page.locator("main .note").first.inner_text())
    assert digits
    page.fill("[name=code]", digits[0])


PUBLIC = (
    Scene(
        "",
        "front",
        "/",
        "首页：期限计算、怎么办、查进度",
        "The front page: counting a time limit, the ways in, status",
        guide="enterprise/01",
        width=390,
        height=844,
    ),
    Scene("", "help", "/help", "怎么办理：步骤、期限、常见问题", "How a case goes: steps, limits, what is asked"),
    Scene("", "guide", "/help/guides/bureau", "操作指南", "A guide, inside the product"),
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
    Scene("", "wait-gone", "/sign-in/wait/no-such-link", "不必等待的链接过期了", "A wait link that has run out"),
    Scene("", "link-gone", "/sign-in/no-such-link", "链接用过了或者过期了", "A link that is used or out of date"),
    Scene("", "status", "/status", "不登录查进度", "How a case stands, without signing in"),
    Scene(
        "",
        "status-wrong",
        "/status",
        "案号和查询码不符",
        "Number and code do not belong together",
        (put("[name=number]", "2026-YY-000001"), put("[name=code]", "ABCDEFGHJK"), send()),
    ),
    Scene("", "status-empty", "/status", "没有填", "Nothing was typed", (send(),)),
    Scene("", "paper-check", "/papers/check", "核验文书", "Is a paper genuine"),
    Scene(
        "",
        "paper-genuine",
        "/papers/check?{square.answer}",
        "扫码核验的结果",
        "What the square on a paper leads to",
        (send(),),
    ),
    Scene(
        "",
        "paper-unknown",
        "/papers/check",
        "文号和核验码不符",
        "No such paper",
        (put("[name=number]", "示信异答〔2026〕1号"), put("[name=code]", "ABCDEFGHJK"), send()),
    ),
    Scene("", "join", "/join", "申请开通：哪家企业", "Applying for an account: which firm"),
    Scene(
        "",
        "join-wrong",
        "",
        "代码不对",
        "The code is wrong",
        (put("[name=firm]", "示范旗星河选煤有限公司"), put("[name=code]", "911506996MLUGJW61X"), send()),
    ),
    Scene(
        "",
        "join-person",
        "",
        "您是谁",
        "Who applies",
        at="/join/person",
        steps=(put("[name=code]", "911506996MLUGJW61J"), send()),
    ),
    Scene(
        "",
        "join-mail",
        "",
        "哪个邮箱",
        "Which mailbox",
        at="/join/mail",
        steps=(put("[name=person]", "王小兰"), send()),
    ),
    Scene(
        "",
        "join-code",
        "",
        "邮件里的六位数字",
        "The code from the mail",
        at="/join/code",
        steps=(put("[name=mail]", "wang@example.com"), send()),
    ),
    Scene(
        "",
        "join-paper",
        "",
        "打印、盖章、交来",
        "Print it, seal it, bring it",
        at="/join/application",
        steps=(_code_of_the_note, send()),
        guide="enterprise/02",
        width=390,
        height=844,
    ),
    Scene("", "public", "/public", "公示：公示什么、凭什么、名单", "What is published, on which basis, the lists"),
    Scene("", "public-found", "/public?q=盛丰运输", "查到一家企业的公示记录", "The public records of a firm"),
    Scene("", "public-short", "/public?q=盛丰", "字写得太少", "Too little of a name"),
    Scene("", "public-none", "/public?q=没有这家企业", "没有查到", "Nothing public was found"),
    Scene("", "public-record", "/public/records/{key.flagged}", "一条公示记录，异议处理中", "A record under objection"),
    Scene("", "public-gone", "/public/records/none", "不再公示、从未有过、写错，都一样", "Ended, unknown, mistyped"),
    Scene("", "public-list", "/public/lists/penalty", "按种类的名单", "A list by kind"),
    Scene("", "public-honest", "/public/lists/honest_taxpayers", "一个守信名单", "A list of the trustworthy"),
    Scene("", "rules", "/rules", "期限与规则", "Limits and rules"),
    Scene(
        "", "rule", "/rules/objection.verify", "一个期限：用在哪一步，各个版本", "A limit: where it runs, its versions"
    ),
    Scene("", "calendar", "/calendar", "日历", "The calendar"),
    Scene("", "calendar-next", "/calendar?year=2027", "还没有公布放假的一年", "A year that is not yet announced"),
    Scene("", "due", "/calendar/due", "期限计算", "Counting a due date"),
    Scene(
        "", "due-counted", "/calendar/due?start=2026-09-22&n=10&unit=workday", "一天一天数给您看", "Counted day by day"
    ),
    Scene("", "accessibility", "/accessibility", "无障碍说明", "Accessibility"),
    Scene("", "not-found", "/cases-that-are-not", "没有这一页", "There is no such page"),
)
