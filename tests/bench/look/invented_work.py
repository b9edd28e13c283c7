"""Invented data for the sheet of parts of work: the overdue board, a list of work, whose time it was."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.bench.look.invented import BUREAU, CALENDAR, TODAY
from web.parts import bars, board, lanes
from workflow.calendar import Count, Pause, Unit, count
from workflow.refusal import say
from workflow.timing import Timer, explain, hold, late_days


@dataclass(frozen=True)
class Late:
    days: int
    bureau: str
    kind_words: str
    what: str
    number: str
    rung: Any = ""
    rung_on: date | None = None
    href: str = "#late-list"


@dataclass(frozen=True)
class Place:
    """An open case as the board asks for it."""

    number: str
    href: str
    kind: str
    kind_words: str
    firm: str
    left: int
    held: bool = False


KINDS = {"objection": "异议", "correction": "更正", "repair": "修复", "complaint": "投诉"}


def overdue() -> board.Board:
    names = [
        "示范市生态环境局示范旗分局",
        "示范旗市场监督管理局",
        "示范旗应急管理局",
        "国家税务总局示范旗税务局",
        "信用办（本办）",
    ]
    lefts = [
        [-2, -1, *[0] * 3, 2, 3, 3, *[4] * 4, *[5] * 6, *[6] * 10, 7, 8, 8, 10, 11, 14],
        [-5, -3, -1, 0, 0, 1, 2, 2, 4, 12],
        [-4, 0, 2, 2, 3, 8, 40],
        [0, 1, 3, 12],
        [-6, 1, 4, 4, 7],
    ]
    kinds = list(KINDS)
    return board.board(
        [
            board.BoardBody(
                name,
                tuple(
                    Place(
                        f"2026-YY-{row}{n:03d}",
                        "#late-list",
                        kind := kinds[(n * 7 + row) % (4 if row == 4 else 3)],
                        KINDS[kind],
                        "某公司（演示）",
                        left,
                        held=left > 0 and n % 6 == 5,
                    )
                    for n, left in enumerate(lefts[row])
                ),
                ours=row == 4,
            )
            for row, name in enumerate(names)
        ]
    )


def late() -> list[Late]:
    return [
        Late(6, "信用办", "投诉", "公示信息虚假，核实答复", "2026-TS-000021", say("已督办"), date(2026, 11, 19)),
        Late(2, BUREAU, "异议", "罚款金额", "2026-YY-000397"),
        Late(1, "住建局", "异议", "企业名称", "2026-YY-000402"),
    ]


def shares() -> tuple[bars.ValueBar, ...]:
    return bars.bars(
        [
            bars.BarValue(name, (("office", 3), ("bureau", b), ("enterprise", e)), say("{n} 日", n=3 + b + e))
            for name, b, e in ((BUREAU, 4, 3), ("市场监督管理局", 7, 2), ("应急管理局", 6, 5))
        ]
    )


def worklist() -> list[tuple[str, str, str, lanes.Lane]]:
    shared = lanes.axis_round(CALENDAR, TODAY)

    def row(number: str, left: str, tone: str, counted: Count, **how: Any) -> tuple[str, str, str, lanes.Lane]:
        return number, left, tone, lanes.lane(counted, shared, TODAY, **how)

    overdue_one = Timer("v", "v", "bureau", 1, date(2026, 11, 11), 7, Unit.WORKDAY)
    held = hold(Timer("v", "v", "bureau", 1, date(2026, 11, 11), 7, Unit.WORKDAY), date(2026, 11, 17), "asked")
    paused = [Pause(date(2026, 11, 18), date(2026, 11, 23))]
    return [
        row(
            "2026-YY-000397",
            "迟 2 日",
            "is-late",
            explain(overdue_one, CALENDAR),
            late=late_days(overdue_one, CALENDAR, TODAY),
        ),
        row("2026-XF-000288", "今天", "is-soon", count(CALENDAR, date(2026, 11, 19), 3, Unit.WORKDAY)),
        row(
            "2026-YY-000412", "剩 3 日", "is-soon", count(CALENDAR, date(2026, 11, 13), 7, Unit.WORKDAY, pauses=paused)
        ),
        row("2026-YY-000418", "剩 6 日", "", count(CALENDAR, date(2026, 11, 23), 7, Unit.WORKDAY)),
        row("2026-YY-000409", "停", "", explain(held, CALENDAR, date(2026, 12, 3)), open_hold_from=date(2026, 11, 17)),
    ]
