"""Invented data for the sheet of parts: what a page says of one case, in every state, on the days of the drawings."""

from datetime import date, datetime, timedelta

from cases.model.disputed import Dispute
from tests.builders import LAW
from web.case import claims, events, turn
from web.parts import display_facts, lanes, strip
from web.parts.words import DaysLeft
from workflow.calendar import Pause, Unit, count
from workflow.refusal import say
from workflow.timing import Timer, explain, hold, late_days

CALENDAR = LAW.calendar
TODAY = date(2026, 11, 24)
BUREAU = "生态环境分局"


def strips() -> dict[str, strip.Strip]:
    pause = Pause(date(2026, 9, 21), date(2026, 9, 23))
    mixed = count(CALENDAR, date(2026, 9, 17), 8, Unit.WORKDAY, pauses=[pause])
    timer = Timer("verify", "objection.verify", "bureau", 1, date(2026, 11, 11), 7, Unit.WORKDAY)
    case = count(CALENDAR, date(2026, 11, 13), 7, Unit.WORKDAY, pauses=[Pause(date(2026, 11, 18), date(2026, 11, 23))])
    over = Timer("x", "x", "bureau", 1, date(2026, 9, 17), 5, Unit.WORKDAY)
    return {
        "case": strip.strip(case, TODAY),
        "mixed": strip.strip(mixed, date(2026, 9, 30)),
        "front": strip.strip(count(CALENDAR, date(2026, 9, 24), 10, Unit.WORKDAY), date(2026, 9, 20)),
        "provisional": strip.strip(count(CALENDAR, date(2026, 12, 28), 5, Unit.WORKDAY), date(2026, 12, 29)),
        "late": strip.strip(explain(timer, CALENDAR), TODAY, late_days(timer, CALENDAR, TODAY)),
        "late_make_up": strip.strip(
            explain(over, CALENDAR), date(2026, 10, 12), late_days(over, CALENDAR, date(2026, 10, 12))
        ),
        "long": strip.strip(count(CALENDAR, date(2026, 11, 2), 30, Unit.WORKDAY), TODAY),
        "months": strip.strip(count(CALENDAR, date(2026, 9, 8), 3, Unit.MONTH), TODAY, n=3, unit=Unit.MONTH),
    }


def several() -> lanes.Clocks:
    asked, latest = date(2026, 11, 17), date(2026, 12, 1)
    own = count(CALENDAR, asked, 10, Unit.WORKDAY)
    verify = hold(Timer("verify", "v", "bureau", 1, date(2026, 11, 12), 7, Unit.WORKDAY), asked, "asked")
    whole = hold(Timer("whole", "w", "office", 1, date(2026, 11, 9), 20, Unit.WORKDAY), asked, "asked")
    return lanes.clocks(
        [
            lanes.Running("您补材料", own, DaysLeft(5, latest), 10, "analogy", deadline="supplement"),
            lanes.Running(
                "生态环境分局核查",
                explain(verify, CALENDAR, latest),
                DaysLeft(4, None),
                7,
                "proposal",
                hold_from=asked,
                deadline="verify",
            ),
            lanes.Running(
                "整个案件",
                explain(whole, CALENDAR, latest),
                DaysLeft(14, None),
                20,
                "proposal",
                hold_from=asked,
                deadline="whole",
            ),
        ],
        CALENDAR,
        TODAY,
    )


def turns() -> dict[str, turn.Turn]:
    spans = [
        turn.Hand("office", "信用办", 2),
        turn.Hand("bureau", BUREAU, 3),
        turn.Hand("enterprise", "贵企业（补材料）", 3),
        turn.Hand("bureau", BUREAU, 1),
    ]
    stops = (
        turn.Stop("贵企业", "11月11日 提交"),
        turn.Stop("信用办", "12日受理，13日转办"),
        turn.Stop(BUREAU, "报送单位，13日起核查", "here"),
        turn.Stop("信用办", "改记录，书面答复", "to_come"),
    )
    sentence = say("现在轮到{desk}核查，已在该局第 4 个工作日。", desk=turn.emphasised(BUREAU))
    allowed = [turn.Hand("bureau", BUREAU, 3), turn.Hand("office", "信用办", 3)]
    return {
        "theirs": turn.Turn(
            "theirs",
            sentence,
            say("您现在不需要做什么。最迟 11月27日（周五）有认定，最迟 12月2日（周三）书面答复送到您的信箱。"),
            None,
            stops,
            turn.hands(spans, allowed),
        ),
        "yours": turn.Turn(
            "yours",
            say("请补一份材料：照片的拍摄日期证明。"),
            say("最迟 12月2日（周三）。补交之前，生态环境分局的期限暂停，剩 4 日。"),
            say("轮到您"),
        ),
        "late": turn.Turn(
            "late",
            say("生态环境分局本应在 11月20日（周五）认定。"),
            say(
                "当天已告诉该局负责人和信用办，现在由该局负责人负责。"
                "11月25日还没有认定，发督办单。法律对不履职的救济 2027年1月6日起可用。"
            ),
            say("超期 2 日"),
        ),
        "closed": turn.Turn(
            "closed",
            say("1 项更正，1 项维持，1 项无法核实。"),
            say("答复书 11月27日送达。不服的，15 日内可以申请复核，60 日内可以申请行政复议。"),
            say("已办结"),
        ),
    }


def returned() -> tuple[turn.Stop, ...]:
    return (
        turn.Stop("信用办", "9月24日转办"),
        turn.Stop("应急管理局", "9月28日退回：不是本单位", "returned"),
        turn.Stop("信用办主任", "指定，不能再退"),
        turn.Stop("消防救援大队", "9月29日起核查", "here"),
    )


def disputed() -> dict[str, tuple[claims.ClaimRow, ...]]:
    record = {"fine": "8.00", "decided_on": "2026-03-18", "facts": "原煤露天堆存，未采取密闭、围挡、覆盖等措施。"}
    said = {"fine": "0.80", "decided_on": "2026-03-13", "facts": "煤场建有密闭煤棚，仅东侧出入口未及时关闭。"}
    found = {
        "fine": ("as_claimed", "", "决定书载明罚款 8000 元，报送时单位错填"),
        "decided_on": ("kept", "", "3月13日是事先告知书日期"),
        "facts": ("undecidable", "", "企业的说明与记录一并公示"),
    }
    return {
        "open": claims.rows([Dispute(name, value) for name, value in said.items()], record),
        "decided": claims.rows(
            [Dispute(name, value, *found[name]) for name, value in said.items()], record, decided=True
        ),
    }


EVENTS = (
    ("提交异议，涉及 3 项", "王秀兰，恒源洗煤", "file", datetime(2026, 11, 11, 10, 42, tzinfo=LAW.zone)),
    ("提醒信用办：受理，最迟 11月13日", "时钟", "file", datetime(2026, 11, 12, 9, tzinfo=LAW.zone)),
    ("受理，记录标注“异议处理中”", "赵丽娜，信用办", "compare", datetime(2026, 11, 12, 10, 15, tzinfo=LAW.zone)),
    ("提醒信用办：转办，最迟 11月16日", "时钟", "compare", datetime(2026, 11, 13, 9, tzinfo=LAW.zone)),
    ("转报送单位生态环境分局核查", "赵丽娜，信用办", "verify", datetime(2026, 11, 13, 9, 31, tzinfo=LAW.zone)),
    (
        "要求补正：照片的拍摄日期证明。暂停计时",
        "李敏，生态环境分局",
        "verify",
        datetime(2026, 11, 18, 11, 20, tzinfo=LAW.zone),
    ),
    (
        "您补交了材料：带日期的照片，2 个文件。该局的期限从 24日接着数",
        "王秀兰，恒源洗煤",
        "verify",
        datetime(2026, 11, 23, 16, 8, tzinfo=LAW.zone),
    ),
)


def chain(broken_at: int | None = None) -> events.Timeline:
    hashes = ["3fd0", "b81f", "07bc", "e2a6", "51d7", "9c40", "1be2"]
    entries = [
        events.TimelineEntry(seq, at, what, by, f"{hashes[seq - 1]}{'0' * 56}{hashes[seq % 7]}", stage)
        for seq, (what, by, stage, at) in enumerate(EVENTS, 1)
    ]
    verified = datetime(2026, 11, 24, 6, tzinfo=LAW.zone)
    return events.timeline(entries, verified_at=verified, broken_at=broken_at)


def long_chain() -> events.Timeline:
    stages = [
        events.Stage("0", "提交", "贵企业"),
        events.Stage("1", "受理", "信用办"),
        events.Stage("2", "核查", "消防救援大队", (say("延期一次（10 个工作日）"),)),
        events.Stage("3", "复核", "信用办"),
    ]
    first = datetime(2026, 9, 21, 16, 30, tzinfo=LAW.zone)
    entries = [
        events.TimelineEntry(
            seq, first + timedelta(days=4 * seq), f"第 {seq} 件事", "赵丽娜，信用办", f"{seq:064d}", str(seq // 4)
        )
        for seq in range(1, 16)
    ]
    return events.timeline(entries, stages, verified_at=datetime(2026, 11, 24, 6, tzinfo=LAW.zone))


def lines() -> list[display_facts.DisplayLine]:
    d, first = date, display_facts.RepairDay
    return [
        display_facts.display_line(
            d(2026, 9, 8),
            d(2029, 9, 8),
            TODAY,
            first_days=[first(d(2026, 12, 9), "一般"), first(d(2027, 9, 9), "严重")],
        ),
        display_facts.display_line(
            d(2026, 3, 18), d(2029, 3, 18), TODAY, first_days=[first(d(2026, 6, 19))], acted_on=d(2027, 3, 18)
        ),
        display_facts.display_line(d(2025, 11, 20), d(2026, 11, 20), TODAY, ended_on=d(2026, 11, 20)),
        display_facts.display_line(d(2025, 11, 20), d(2026, 11, 20), TODAY),
    ]
