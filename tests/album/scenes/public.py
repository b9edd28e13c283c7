"""Whoever has not signed in."""

from __future__ import annotations

from tests.album.scene import Scene, put, send

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
