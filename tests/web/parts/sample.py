"""One sheet with every part that a case page is made of, in the states that matter; for pictures and for axe.

A bare application with the product's templates, words and style: no database, no person. The figures are invented.
"""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.messages.mofile import write_mo
from flask import Flask, render_template_string
from flask_babel import Babel, gettext
from markupsafe import Markup, escape

from cases.model.disputed import Dispute
from commands.messages import LOCALE, compiled
from config import ROOT
from notifications.languages import day_in_words
from web.case.claims import rows
from web.case.events import Stage, TimelineEntry, timeline
from web.case.turn import Hand, Stop, Turn, emphasised, hands
from web.parts.strip import strip
from workflow.calendar import Pause, Unit, Why, add_workdays, count, read_calendar
from workflow.refusal import Message, say
from workflow.timing import Timer, late_days

TODAY = date(2026, 11, 24)
ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = read_calendar((ROOT / "jurisdictions/cn/calendar/2026.toml").read_text("utf-8"))

SHEET = """
{% from "parts/strip.html" import strip, legend, told, full %}
{% from "parts/claim.html" import claims %}
{% from "parts/turn.html" import turn, route %}
{% from "parts/timeline.html" import timeline %}
<!doctype html><html lang="{{ 'en' if english else 'zh-Hans-CN' }}"{% if theme %} data-theme="{{ theme }}"{% endif %}>
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Parts</title>
<link rel="stylesheet" href="/static/site/redress.css"></head>
<body><main><div class="wide"><h1>Parts</h1>
{% for one in turns %}<div class="block">
{% call turn(one) %}<p class="you-can"><a href="/">{{ _("Today") }}</a></p>{% endcall %}
</div>{% endfor %}
<section class="block"><h2>Route</h2><div class="card">{{ route(returned) }}</div></section>
{% for one in strips %}<section class="block"><h2>Strip {{ loop.index }}</h2>
{{ full(one, proof=loop.first) }}
</section>{% endfor %}
{% for title, found, tint in claimed %}<section class="block"><h2>{{ title }}</h2>
<div class="card">{{ claims(found, tint, mine=loop.first) }}</div>
</section>{% endfor %}
{% for one in lines %}<section class="block"><h2>Time line {{ loop.index }}</h2>
{{ timeline(one) }}
</section>{% endfor %}
</div></main></body></html>
"""


def make_app(folder: Path, language: str = "zh", theme: str = "") -> Flask:
    """The sheet at `/`, in one language and theme."""
    app = Flask("sample", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    words = folder / LOCALE / "LC_MESSAGES"
    words.mkdir(parents=True, exist_ok=True)
    with (words / "messages.mo").open("wb") as file:
        write_mo(file, compiled())
    app.config.update(BABEL_TRANSLATION_DIRECTORIES=str(folder))
    Babel(app, locale_selector=lambda: LOCALE if language == "zh" else "en")

    def day(value: date) -> str:
        return day_in_words(value, language, TODAY)

    def sentence(message: Message) -> str:
        return str(gettext(message.id)).format(**{name: put(value) for name, value in message.values.items()})

    def put(value: object) -> object:
        if isinstance(value, Message):
            return sentence(value)
        return day(value) if isinstance(value, date) else value

    def when(value: date) -> Markup:
        words, bracket, weekday = day(value.date() if isinstance(value, datetime) else value).partition("（")
        if isinstance(value, datetime):
            words, bracket, weekday = f"{words} {value:%H:%M}", "", ""
        return Markup("<time datetime='{}'>{}</time>").format(value.isoformat(), words) + bracket + weekday

    def written(words: Message | str) -> Markup:
        if not isinstance(words, Message):
            return escape(words)
        return escape(gettext(words.id)).format(**{name: inside(value) for name, value in words.values.items()})

    def inside(value: object) -> object:
        if isinstance(value, Message):
            return written(value)
        return when(value) if isinstance(value, date) else value

    app.jinja_env.globals["language"] = lambda: language
    app.jinja_env.filters.update(sentence=sentence, day=day, when=when, written=written)

    @app.get("/")
    def sheet() -> str:
        return render_template_string(
            SHEET, english=language == "en", theme=theme, turns=turns(), returned=returned(), strips=strips(),
            claimed=claimed(), lines=lines(),
        )  # fmt: skip

    return app


def strips() -> list[object]:
    """A hold; everything at once and late; past what is announced; four weeks off; natural days; a long one."""
    start = date(2026, 11, 13)
    held = count(CALENDAR, start, 7, Unit.WORKDAY, pauses=[Pause(date(2026, 11, 18), date(2026, 11, 23))])
    all_at_once = Timer("verify", "objection.verify", "bureau", 1, date(2026, 9, 17), 7, Unit.WORKDAY)
    pauses = [Pause(date(2026, 9, 21), date(2026, 9, 23), Why.AWAY)]
    mixed = count(CALENDAR, all_at_once.started, 6, Unit.WORKDAY, pauses=pauses)
    late = Timer("verify", "objection.verify", "bureau", 1, date(2026, 11, 11), 7, Unit.WORKDAY)
    return [
        strip(held, TODAY),
        strip(mixed, date(2026, 9, 28)),
        strip(count(CALENDAR, late.started, 7, Unit.WORKDAY), TODAY, late_days(late, CALENDAR, TODAY)),
        strip(count(CALENDAR, date(2026, 12, 28), 5, Unit.WORKDAY), date(2026, 12, 29)),
        strip(count(CALENDAR, date(2026, 9, 24), 20, Unit.WORKDAY), date(2026, 10, 9)),
        strip(count(CALENDAR, date(2026, 11, 1), 2, Unit.MONTH, rolls=True), TODAY, n=2, unit=Unit.MONTH),
        strip(count(CALENDAR, add_workdays(CALENDAR, TODAY, -36), 60, Unit.WORKDAY), TODAY),
    ]


def turns() -> list[Turn]:
    stops = (
        Stop("贵企业", "11月11日 提交"),
        Stop("信用办", "12日受理，13日转办"),
        Stop("生态环境分局", "报送单位，13日起核查", "here"),
        Stop("信用办", "改记录，书面答复", "to_come"),
    )
    spent = [
        Hand("office", "信用办", 2),
        Hand("bureau", "生态环境分局", 3),
        Hand("enterprise", "贵企业（补材料）", 3),
        Hand("bureau", "生态环境分局", 1),
    ]
    bar = hands(spent, [Hand("bureau", "生态环境分局", 3), Hand("office", "信用办", 3)])
    return [
        Turn("theirs", say("现在轮到{desk}核查，已在该局第 4 个工作日。", desk=emphasised("生态环境分局")),
             say("您现在不需要做什么。最迟 {day}有认定。", day=date(2026, 11, 27)), None, stops, bar),
        Turn("yours", say("请补一份材料：照片的拍摄日期证明。"), say("最迟 {day}。", day=date(2026, 12, 2)),
             say("轮到您")),
        Turn("late", say("生态环境分局本应在 {day}认定。", day=date(2026, 11, 20)),
             say("当天已告诉该局负责人和信用办。"), say("超期 2 日")),
        Turn("closed", say("1 项更正，1 项维持，1 项无法核实。"), None, say("已办结")),
    ]  # fmt: skip


def returned() -> tuple[Stop, ...]:
    return (
        Stop("信用办", "9月24日转办"),
        Stop("应急管理局", "9月28日退回：不是本单位", "returned"),
        Stop("信用办主任", "指定，不能再退"),
        Stop("消防救援大队", "9月29日起核查", "here"),
    )


RECORD = {
    "fine": "8.00",
    "decided_on": "2026-03-18",
    "facts": "原煤露天堆存，未采取密闭、围挡、覆盖等措施。",
    "severity": "general",
    "basis": "《大气污染防治法》第七十二条、第一百一十七条",
}


def claimed() -> list[tuple[str, tuple[object, ...], str]]:
    open_ones = [
        Dispute("fine", "0.8"),
        Dispute("decided_on", "2026-03-13"),
        Dispute("facts", "煤场建有密闭煤棚，仅东侧出入口未及时关闭。"),
        Dispute("basis", "《大气污染防治法》第七十二条、第一百一十六条"),
        Dispute("display", ""),
    ]
    decided = [
        Dispute("fine", "0.8", "as_claimed"),
        Dispute("decided_on", "2026-03-13", "kept", reason="3月13日是事先告知书的日期。"),
        Dispute("facts", "煤场建有密闭煤棚。", "undecidable", reason="现场已改造，无法还原。"),
        Dispute("severity", "minor", "other", "serious"),
    ]
    return [
        ("Open", rows(open_ones, RECORD), "claim"),
        ("Proposed", rows(decided, RECORD), "result"),
        ("Decided", rows(decided, RECORD, decided=True), "result"),
    ]


def lines() -> list[object]:
    first = datetime(2026, 11, 11, 10, 42, tzinfo=ZONE)
    words = ["提交异议，涉及 3 项", "提醒信用办：受理", "受理，记录标注“异议处理中”", "提醒信用办：转办",
             "转报送单位生态环境分局核查", "要求补正：照片的拍摄日期证明", "您补交了材料"]  # fmt: skip
    few = [TimelineEntry(k + 1, first + timedelta(hours=23 * k), text, "赵丽娜　信用办", f"{k:04x}9c40be17{k:04x}51d7")
           for k, text in enumerate(words)]  # fmt: skip
    stage_of = ["verify"] * 8 + ["answer"] * 5 + ["review"] * 3
    hashes = [f"{k:04x}9c40be17{k:04x}51d7" for k in range(16)]
    many = [
        TimelineEntry(k + 1, first + timedelta(hours=9 * k), f"第 {k + 1} 条", "时钟", hashes[k], stage)
        for k, stage in enumerate(stage_of)
    ]
    stages = [
        Stage("verify", "核查", "生态环境分局", (say("延期一次"),)),
        Stage("answer", "答复", "信用办"),
        Stage("review", "复核", "信用办"),
    ]
    seen = datetime(2026, 11, 24, 6, 0, tzinfo=ZONE)
    return [
        timeline(few, verified_at=seen),
        timeline(few, verified_at=seen, broken_at=5),
        timeline(many, stages, verified_at=seen),
    ]
