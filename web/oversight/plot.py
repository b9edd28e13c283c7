"""What is drawn of the overdue board: open cases counted by body and days left, of few on a day each by itself."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from flask import url_for
from sqlalchemy import ColumnElement, and_, false, not_, or_

from cases.figures.board import BoardRow, Lot, board, late_on, lots, on_row_of, out_of_step, sheet_goes_on
from cases.kinds import all_kinds
from cases.model.tables import Case
from extensions import db
from web.case.list_row import firm_in_list
from web.parts.board import Board, BoardBody, DaysOfOne, drawn_singly, shape_of
from web.parts.board import board as plot_of
from web.parts.words import Words
from web.site.access import identity, today, world
from web.site.language import Names
from workflow.calendar import Calendar, Unit, workdays_between
from workflow.definition import SHAPES
from workflow.refusal import Message, say
from workflow.timing import SOON, days_left


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
    def days(self) -> int:
        """How many it is late."""
        return -self.left

    @property
    def deadline(self) -> Message:
        """What the deadline is called."""
        return say(all_kinds()[self.row.kind].deadline(self.row.timer.deadline, self.row.variant).label)

    @property
    def sheet(self) -> str:
        """What a form sends to say which sheet is meant."""
        return f"{self.row.number} {self.row.timer.deadline}"

    @property
    def rung(self) -> Message | str:
        """What has been climbed: its sheet went out."""
        return say("Supervised") if self.row.supervised_at else ""

    @property
    def rung_on(self) -> date | None:
        sent = self.row.supervised_at
        return world().jurisdiction.day_of(sent) if sent else None

    @property
    def goes_on(self) -> date | None:
        """The day on which its sheet goes by itself."""
        return None if self.row.supervised_at else sheet_goes_on(world(), self.row.kind, self.row.timer)


@dataclass(frozen=True)
class BoardCounts:
    """Open cases by the body whose deadline is next, None for our office, and by the days left of it; the lots that
    they were counted from, and those whose days were counted one by one."""

    by_body: dict[int | None, Counter[DaysOfOne]]
    lots: Sequence[tuple[Lot, DaysOfOne]]
    singly: Sequence[BoardCase]
    unread: Sequence[str]

    @property
    def figures(self) -> dict[str, int]:
        """How many are late, due today, due within three working days, on hold, open."""
        every: Counter[DaysOfOne] = Counter()
        for counted in self.by_body.values():
            every.update(counted)

        def of(first: float, last: float) -> int:
            return sum(n for (left, held), n in every.items() if not held and first <= left <= last)

        held = sum(n for (_left, held), n in every.items() if held)
        return {"late": of(-9999, -1), "today": of(0, 0), "soon": of(1, SOON), "held": held, "open": every.total()}


def counted(*conditions: ColumnElement[bool]) -> BoardCounts:
    """The cases that hold these conditions and that the reader may read."""
    found = lots(db.session(), identity(), today(), *conditions)
    singly, unread = read(out_of_step(today()), *conditions)
    days = [(lot, _days_of(lot)) for lot in found]
    by_body: dict[int | None, Counter[DaysOfOne]] = defaultdict(Counter)
    by_body[None].update(())
    for lot, of in days:
        by_body[lot.bureau_id][of] += lot.n
    for one in singly:
        by_body[one.row.bureau_id][one.left, one.held] += 1
    return BoardCounts(by_body, days, singly, unread)


def _days_of(lot: Lot) -> DaysOfOne:
    return (lot.left or 0, True) if lot.due_on is None else (_until(lot.due_on), False)


def drawn(of: BoardCounts, names: Names, *conditions: ColumnElement[bool]) -> tuple[Board, Sequence[str]]:
    """Rows by bureau, our own office last even when it has none. Beside it the numbers of cases that cannot be read."""
    bodies = [
        BoardBody(
            say("{office} (our office)", office=names.office) if id is None else names.whole[id],
            days,
            ours=id is None,
            href=url_for("board.bureau", id=id) if id else url_for("board.office"),
        )
        for id, days in of.by_body.items()
    ]
    alone = dict(zip(of.by_body, drawn_singly(bodies), strict=True))
    cases, unread = read(not_(out_of_step(today())), _among(of, alone), *conditions)
    for one in (*cases, *of.singly):
        if (one.left, one.held) in alone[one.row.bureau_id]:
            body = bodies[list(of.by_body).index(one.row.bureau_id)]
            body.cases.append(one)
    in_order = sorted(sorted(all_kinds()), key=lambda kind: SHAPES.index(shape_of(kind)))
    return plot_of(bodies, {kind: say(all_kinds()[kind].label) for kind in in_order}), unread


def _among(of: BoardCounts, alone: dict[int | None, frozenset[DaysOfOne]]) -> ColumnElement[bool]:
    """The condition for the cases of these lots that are drawn by themselves."""
    due: dict[int | None, list[date]] = defaultdict(list)
    held: dict[int | None, list[int]] = defaultdict(list)
    for lot, days in of.lots:
        if days in alone[lot.bureau_id]:
            due[lot.bureau_id] += [lot.due_on] if lot.due_on else []
            held[lot.bureau_id] += [lot.left] if lot.due_on is None and lot.left is not None else []
    on_a_day = (and_(on_row_of(id), Case.board_due_on.in_(days)) for id, days in due.items() if days)
    waiting = (
        and_(on_row_of(id), Case.board_due_on.is_(None), Case.board_left.in_(lefts))
        for id, lefts in held.items()
        if lefts
    )
    return or_(false(), *on_a_day, *waiting)


def read(
    *conditions: ColumnElement[bool], most: int | None = None, skip: int = 0
) -> tuple[list[BoardCase], Sequence[str]]:
    """The cases of these conditions that the reader may read, the latest first, and the numbers of those that cannot be
    drawn."""
    found, unread = board(db.session(), identity(), *conditions, most=most, skip=skip)
    return on_board(found, world().calendar, today()), unread


def not_yet_supervised(most: int, *conditions: ColumnElement[bool]) -> list[BoardCase]:
    """The late cases whose sheet has not gone out, the latest first."""
    return read(late_on(today()), ~Case.board_sheet, *conditions, most=most)[0]


def on_board(found: Iterable[BoardRow], calendar: Calendar, today: date) -> list[BoardCase]:
    """The cases with their working days left, the latest first, those on hold last."""
    cases = [BoardCase(row, _workdays_left(row, calendar, today)) for row in found]
    return sorted(cases, key=lambda one: (one.held, one.left))


def _workdays_left(row: BoardRow, calendar: Calendar, today: date) -> int:
    """Working days whatever the deadline counts in: the plot has one axis."""
    if row.due_on is None or (row.timer.holds and row.timer.unit is Unit.WORKDAY):
        return days_left(row.timer, calendar, today)
    return _day_left(row.due_on, calendar, today)


def _until(due_on: date) -> int:
    return _day_left(due_on, world().calendar, today())


def _day_left(due_on: date, calendar: Calendar, today: date) -> int:
    left = _between(calendar, today, due_on)
    return min(left, -1) if due_on < today else left


@lru_cache(maxsize=4096)
def _between(calendar: Calendar, after: date, until: date) -> int:
    """Thousands of cases are due on one day: it is counted once."""
    return workdays_between(calendar, after, until)
