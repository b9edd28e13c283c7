"""The overdue board as its page shows it: whose row a case is on, what is late, which signals are worth a look.

It is given rows and asks no database. Words are made for the few that are named, not for each dot.
"""

from collections.abc import Iterable, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import date
from functools import lru_cache, reduce
from typing import Final

from flask import url_for

from cases.figures.board import BoardRow, sheet_goes_on
from cases.figures.signals import (
    EXTENDED,
    HASTY,
    MINUTES,
    PAUSED,
    REOPENED,
    RETURNED,
    SIGNALS,
    SOON_AFTER,
    Signal,
    by_bureau,
)
from cases.kinds import all_kinds
from cases.model.words import Subject
from web.case.list_row import CaseRow, firm_in_list, label_of
from web.parts.board import Board, BoardBody, board, shape_of
from web.parts.words import DaysLeft, Words
from web.site.access import today, world
from web.site.language import Names
from workflow.calendar import Calendar, Unit, workdays_between
from workflow.definition import SHAPES
from workflow.refusal import Message, say
from workflow.timing import SOON, days_left

MOST_LATE: Final = 50
"""Late cases named beside the plot, and sheets sent by one press."""
SEEN: Final = {
    EXTENDED: say("Extended on the last day"),
    PAUSED: say("Papers asked for on the last day or the one before"),
    RETURNED: say("Returned as not its own"),
    REOPENED: say("Opened again within {n} working days of its closing", n=SOON_AFTER),
    HASTY: say("Decided within {n} minutes", n=int(MINUTES.total_seconds() // 60)),
}
MEANS: Final = {
    EXTENDED: say("More time is for what proves difficult. On the last day it can also cover time that was not used."),
    PAUSED: say("From the request on the clock stands still. The gap may really have shown itself only then."),
    RETURNED: say("The firm waits while it is settled whose case it is. The referral itself can have been wrong."),
    REOPENED: say("A review is the firm's right; that it was asked says nothing about who was right."),
    HASTY: say(
        "Counted from when the case came before whoever decided, or was taken by them. A clear one takes no"
        " longer, and it may have been read before."
    ),
}


@dataclass(frozen=True)
class BoardCase:
    """An open case on the board, with its working days left."""

    row: BoardRow
    left: int

    @property
    def number(self) -> str:
        return self.row.number

    @property
    def href(self) -> str:
        return url_for("cases.show", number=self.row.number)

    @property
    def kind(self) -> str:
        return self.row.kind

    @property
    def kind_words(self) -> Message:
        return say(all_kinds()[self.row.kind].label)

    @property
    def firm(self) -> Words:
        return firm_in_list(self.row.kind, self.row.enterprise)

    @property
    def held(self) -> bool:
        return self.row.due_on is None

    @property
    def late(self) -> bool:
        return self.left < 0 and not self.held

    @property
    def deadline(self) -> Message:
        """What the deadline is called."""
        return say(all_kinds()[self.row.kind].deadline(self.row.timer.deadline, self.row.variant).label)

    @property
    def sheet(self) -> str:
        """What a form sends to say which sheet is meant."""
        return f"{self.row.number} {self.row.timer.deadline}"


@dataclass(frozen=True)
class LateCase:
    """A late case in words. `rung` and `rung_on` once its sheet went out; before, `goes_on` is the day it goes."""

    case: BoardCase
    bureau: Words
    what: Message
    rung: Message | str
    rung_on: date | None
    goes_on: date | None

    @property
    def number(self) -> str:
        return self.case.number

    @property
    def href(self) -> str:
        return self.case.href

    @property
    def sheet(self) -> str:
        return self.case.sheet

    @property
    def days(self) -> int:
        return -self.case.left

    @property
    def kind(self) -> Message:
        return self.case.kind_words


@dataclass(frozen=True)
class BodyRow(CaseRow):
    """An open case of one body; `late` where it is. The days left are in the unit of the limit, as in every list."""

    _: KW_ONLY
    case: BoardCase
    late: LateCase | None

    @property
    def left(self) -> Message:
        return DaysLeft(days_left(self.case.row.timer, world().calendar, today()), self.case.row.due_on).short

    @property
    def tone(self) -> str:
        return DaysLeft(self.case.left, self.case.row.due_on).urgency


@dataclass(frozen=True)
class BoardFigures:
    """How many are late, due today, due within three working days, on hold, open."""

    late: int
    today: int
    soon: int
    held: int
    open: int


@dataclass(frozen=True)
class SignalCase:
    """One case of a signal: where it was, and of a returned one where it went."""

    number: str
    on: date
    where: Words


@dataclass(frozen=True)
class SignalSort:
    """One sort of signal with its cases."""

    name: str
    seen: Message
    means: Message
    whose: Words
    cases: tuple[SignalCase, ...]


def on_board(found: Iterable[BoardRow], calendar: Calendar, today: date) -> list[BoardCase]:
    """The cases with their working days left, the latest first, those on hold last."""
    cases = [BoardCase(row, _workdays_left(row, calendar, today)) for row in found]
    return sorted(cases, key=lambda one: (one.held, one.left))


def drawn(cases: Iterable[BoardCase], names: Names) -> Board:
    """Rows by bureau, our own office last even when it has none."""
    rows: dict[int | None, list[BoardCase]] = {None: []}
    for one in cases:
        rows.setdefault(one.row.bureau_id, []).append(one)
    in_order = sorted(sorted(all_kinds()), key=lambda kind: SHAPES.index(shape_of(kind)))
    bodies = [
        BoardBody(
            say("{office} (our office)", office=names.office) if id is None else names.whole[id],
            theirs,
            ours=id is None,
            href=url_for("board.bureau", id=id) if id else url_for("board.office"),
        )
        for id, theirs in rows.items()
    ]
    return board(bodies, {kind: say(all_kinds()[kind].label) for kind in in_order})


def figures_of(cases: Sequence[BoardCase]) -> BoardFigures:
    running = [one.left for one in cases if not one.held]
    return BoardFigures(
        late=sum(1 for left in running if left < 0),
        today=sum(1 for left in running if left == 0),
        soon=sum(1 for left in running if 0 < left <= SOON),
        held=len(cases) - len(running),
        open=len(cases),
    )


def whose_row(row: BoardRow, names: Names) -> str:
    """The body on whose row a case is, as lists name it."""
    return names.office if row.bureau_id is None else names.short[row.bureau_id]


def late_case(one: BoardCase, subjects: Sequence[Subject], names: Names) -> LateCase:
    """A late case in words."""
    row, sent, what = one.row, one.row.supervised_at, one.deadline
    if subjects and row.document_number:
        what = say("{deadline}, {field}", deadline=what, field=label_of(subjects[0].field))
    return LateCase(
        case=one,
        bureau=whose_row(row, names),
        what=what,
        rung=say("Supervised") if sent else "",
        rung_on=world().jurisdiction.day_of(sent) if sent else None,
        goes_on=None if sent else sheet_goes_on(world(), row.kind, row.timer),
    )


def sorts_of_signals(found: Sequence[Signal], names: Names) -> tuple[SignalSort, ...]:
    """The sorts that were seen, in their fixed order."""
    sorts = ((name, [one for one in found if one.name == name]) for name in SIGNALS)
    return tuple(
        SignalSort(name, SEEN[name], MEANS[name], _whose(cases, names), tuple(_signal(one, names) for one in cases))
        for name, cases in sorts
        if cases
    )


def _whose(cases: Sequence[Signal], names: Names) -> Words:
    counted = [say("{body} {n}", body=_body(bureau, names), n=n) for bureau, n in by_bureau(cases)]
    return reduce(lambda first, rest: say("{first}, {rest}", first=first, rest=rest), counted)


def _signal(one: Signal, names: Names) -> SignalCase:
    where: Words = _body(one.bureau, names)
    if one.name == RETURNED and one.to:
        where = say("{body} → {other}", body=where, other=_body(one.to, names))
    elif one.name == RETURNED:
        where = say("{body}, not yet assigned", body=where)
    return SignalCase(one.number, one.on, where)


def _body(bureau: int | None, names: Names) -> str:
    return names.short[bureau] if bureau else names.office


def _workdays_left(row: BoardRow, calendar: Calendar, today: date) -> int:
    """Working days whatever the deadline counts in: the plot has one axis."""
    if row.due_on is None or (row.timer.holds and row.timer.unit is Unit.WORKDAY):
        return days_left(row.timer, calendar, today)
    left = _between(calendar, today, row.due_on)
    return min(left, -1) if row.due_on < today else left


@lru_cache(maxsize=4096)
def _between(calendar: Calendar, after: date, until: date) -> int:
    """Thousands of cases are due on one day: it is counted once."""
    return workdays_between(calendar, after, until)
