"""The overdue board as its page shows it: whose row a case stands on, what is late and how far its ladder is climbed.

Pure: it is given marks and asks no database. Words are made for the few that are named, not for each mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from flask import url_for

from cases.figures.board import BoardMark, sheet_goes_on
from cases.kinds import all_kinds
from cases.lists.worklists import WorkRow
from cases.model.words import Subject
from web.case.list_row import Moment, about, firm_of, label_of
from web.parts.board import Board, Place, Row, board, shape_of
from web.parts.words import Words, left_words, urgency
from web.site.bodies import Names
from web.site.context import today
from workflow.calendar import Calendar, Unit, workdays_between
from workflow.definition import SHAPES, Definition
from workflow.refusal import Message, say
from workflow.snapshot import RuleContext
from workflow.timing import days_left

MOST_LATE: Final = 50
"""Late cases named beside the plot, and sheets sent by one press."""


@dataclass(frozen=True)
class Late:
    """One late case. `rung` and `rung_on` once its sheet went out; before, `goes_on` is the day it goes by itself."""

    number: str
    href: str
    sheet: str
    """What a form sends to say which sheet is meant."""
    days: int
    bureau: Words
    kind: Message
    what: Message
    rung: Message | str
    rung_on: date | None
    goes_on: date | None


@dataclass(frozen=True)
class Figures:
    """How many are late, due today, due within three working days, on hold, open."""

    late: int
    today: int
    soon: int
    held: int
    open: int


@dataclass(frozen=True)
class View:
    """The page. `late`: how many there are; of them are named the `first`, the latest, and `to_send` whose sheets can
    go now: of very many the latest too, since one press sends them all. `with_the_firm`: the open cases on no row."""

    board: Board
    figures: Figures
    late: int
    first: tuple[Late, ...]
    to_send: tuple[Late, ...]
    with_the_firm: int


@dataclass(frozen=True)
class Placed:
    """A mark with its working days left."""

    mark: BoardMark
    left: int

    @property
    def held(self) -> bool:
        return self.mark.due_on is None

    @property
    def late(self) -> bool:
        return self.left < 0 and not self.held

    @property
    def deadline(self) -> Message:
        """What the deadline is called."""
        return say(all_kinds()[self.mark.kind].deadline(self.mark.timer.deadline, self.mark.variant).label)

    @property
    def sheet(self) -> str:
        """What a form sends to say which sheet is meant."""
        return f"{self.mark.number} {self.mark.timer.deadline}"


@dataclass(frozen=True)
class Entry:
    """One open case of one body. `late` where it is: then it has a rung, or a day on which its sheet goes."""

    row: WorkRow
    deadline: Message
    about: Words
    firm: Words
    left: Message
    tone: str
    due_on: date | None
    late: Late | None

    @property
    def definition(self) -> Definition:
        return all_kinds()[self.row.kind]


def placed(marks: Iterable[BoardMark], at: Moment) -> list[Placed]:
    """The marks, the latest first, those on hold last."""
    found = [Placed(mark, _workdays_left(mark, at)) for mark in marks]
    return sorted(found, key=lambda one: (one.held, one.left))


def drawn(cases: Iterable[Placed], names: Names) -> Board:
    """Rows by bureau, our own office last even when it has none."""
    rows: dict[int | None, list[Place]] = {None: []}
    for one in cases:
        rows.setdefault(one.mark.bureau_id, []).append(_place(one))
    kinds = {name: say(kind.label) for name, kind in sorted(all_kinds().items(), key=lambda item: _as_drawn(item[0]))}
    return board(
        [
            Row(
                say("{office} (our office)", office=names.office) if id is None else names.whole[id],
                tuple(theirs),
                ours=id is None,
                href=url_for("board_body.bureau", id=id) if id else url_for("board_body.office"),
            )
            for id, theirs in rows.items()
        ],
        kinds,
    )


def figures_of(cases: Sequence[Placed]) -> Figures:
    running = [one.left for one in cases if not one.held]
    return Figures(
        late=sum(1 for left in running if left < 0),
        today=sum(1 for left in running if left == 0),
        soon=sum(1 for left in running if 0 < left <= 3),
        held=len(cases) - len(running),
        open=len(cases),
    )


def whose_row(mark: BoardMark, names: Names) -> str:
    """The body on whose row a case stands, as lists name it."""
    return names.office if mark.bureau_id is None else names.short[mark.bureau_id]


def late_of(one: Placed, subjects: Sequence[Subject], world: RuleContext, names: Names) -> Late:
    """A late case in words."""
    mark, sent = one.mark, one.mark.supervised_at
    what = one.deadline
    if subjects and mark.document_number:
        what = say("{deadline}, {field}", deadline=what, field=label_of(subjects[0].field))
    return Late(
        number=mark.number,
        href=url_for("cases.show", number=mark.number),
        sheet=one.sheet,
        days=-one.left,
        bureau=whose_row(mark, names),
        kind=say(all_kinds()[mark.kind].label),
        what=what,
        rung=say("Supervised") if sent else "",
        rung_on=world.jurisdiction.day_of(sent) if sent else None,
        goes_on=None if sent else sheet_goes_on(world, mark.kind, mark.timer),
    )


def entry(one: Placed, row: WorkRow, subjects: Sequence[Subject], world: RuleContext, names: Names) -> Entry:
    """A case of one body in words; the days left in the unit of its limit, as every list has them."""
    mark = one.mark
    left = left_words(days_left(mark.timer, world.calendar, today()), one.held)
    return Entry(
        row,
        one.deadline,
        about(row, subjects),
        firm_of(row),
        left,
        urgency(one.left, one.held),
        mark.due_on,
        late_of(one, subjects, world, names) if one.late else None,
    )


def _as_drawn(kind: str) -> int:
    """Kinds in the order of their shapes."""
    return SHAPES.index(shape_of(kind))


def _place(one: Placed) -> Place:
    mark = one.mark
    return Place(
        mark.number,
        url_for("cases.show", number=mark.number),
        mark.kind,
        say(all_kinds()[mark.kind].label),
        firm_of(mark),
        one.left,
        one.held,
    )


def _workdays_left(mark: BoardMark, at: Moment) -> int:
    """Working days whatever the deadline counts in: the plot has one axis."""
    if mark.due_on is None or (mark.timer.holds and mark.timer.unit is Unit.WORKDAY):
        return days_left(mark.timer, at.calendar, at.today)
    left = _between(at.calendar, at.today, mark.due_on)
    return min(left, -1) if mark.due_on < at.today else left


@lru_cache(maxsize=4096)
def _between(calendar: Calendar, after: date, until: date) -> int:
    """Thousands of cases are due on one day: it is counted once."""
    return workdays_between(calendar, after, until)
