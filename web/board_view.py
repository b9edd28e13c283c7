"""The overdue board as its page shows it: whose row a case stands on, what is late and how far its ladder is climbed.

Pure: it is given marks and what was sent, and asks no database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from cases.kinds import all_kinds
from cases.rungs import sheet_goes_on
from cases.subjects import Subject
from cases.worklists import BoardMark, WorkRow
from web.bodies import Names
from web.desk_view import Moment, about, firm_of, label_of
from web.parts.board import SHAPES, Board, Place, Row, board
from web.parts.words import Words, left_words, urgency
from workflow.calendar import Unit, workdays_between
from workflow.definition import Definition, Party
from workflow.refusal import Message, say
from workflow.snapshot import World
from workflow.timing import days_left

MOST_LATE: Final = 50
"""Late cases named beside the plot, and sheets sent by one press."""


@dataclass(frozen=True)
class Late:
    """One late case. `rung` and `rung_on` once its sheet went out; before, `goes_on` is the day it goes by itself."""

    number: str
    href: str
    deadline: str
    days: int
    bureau: Words
    kind: Message
    what: Message
    rung: Message | str
    rung_on: date | None
    goes_on: date | None

    @property
    def sheet(self) -> str:
        """What a form sends to say which sheet is meant."""
        return f"{self.number} {self.deadline}"


@dataclass(frozen=True)
class Figures:
    """How many are late, due today, due within three working days, on hold, open."""

    late: int
    today: int
    soon: int
    held: int
    open: int


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


@dataclass(frozen=True)
class View:
    """The page."""

    board: Board
    late: tuple[Late, ...]
    figures: Figures

    @property
    def first(self) -> tuple[Late, ...]:
        """Those that are named beside the plot; the others stand on the pages of their bodies."""
        return self.late[:MOST_LATE]

    @property
    def to_send(self) -> tuple[Late, ...]:
        """Those whose sheets can go now; of very many the latest, since one press sends them all."""
        return tuple(case for case in self.late if not case.rung)[:MOST_LATE]


def board_view(
    marks: Sequence[BoardMark], sent: Mapping[int, tuple[date, datetime]], subjects: Mapping[int, Sequence[Subject]],
    world: World, names: Names, at: Moment,
) -> View:  # fmt: skip
    """Rows by bureau, our own office last even when it has none; the late ones, worst first."""
    rows: dict[int | None, list[Place]] = {None: []}
    late: list[Late] = []
    places = []
    for mark in marks:
        place = _place(mark, at)
        places.append(place)
        rows.setdefault(row_of(mark), []).append(place)
        if place.left < 0 and not place.held:
            late.append(_late(mark, place, sent, subjects.get(mark.row.case_id, ()), world, names))
    drawn = [
        Row(say("{office} (our office)", office=names.office) if id is None else names.whole[id], tuple(cases),
            ours=id is None, href=f"/overdue/{id or 'office'}")
        for id, cases in rows.items()
    ]  # fmt: skip
    kinds = {name: say(kind.label) for name, kind in sorted(all_kinds().items(), key=lambda item: _as_drawn(item[0]))}
    return View(board(drawn, kinds), tuple(sorted(late, key=lambda case: -case.days)), _figures(places))


def entries(
    marks: Sequence[BoardMark], sent: Mapping[int, tuple[date, datetime]], subjects: Mapping[int, Sequence[Subject]],
    world: World, names: Names, at: Moment,
) -> tuple[tuple[Entry, ...], Figures]:  # fmt: skip
    """The cases of one row of the board, the latest first, those on hold last; and how many of each urgency."""
    found, places = [], []
    for mark in marks:
        place, theirs = _place(mark, at), subjects.get(mark.row.case_id, ())
        late = _late(mark, place, sent, theirs, world, names) if place.left < 0 and not place.held else None
        deadline = all_kinds()[mark.row.kind].deadline(mark.timer.deadline, mark.row.variant)
        left, tone = left_words(place.left, place.held), urgency(place.left, place.held)
        found.append(
            Entry(mark.row, say(deadline.label), about(mark.row, theirs), place.firm, left, tone, mark.due_on, late)
        )
        places.append(place)
    ordered = sorted(zip(places, found, strict=True), key=lambda one: (one[0].held, one[0].left))
    return tuple(entry for _, entry in ordered), _figures(places)


def row_of(mark: BoardMark) -> int | None:
    """The bureau on whose row a case stands; None for our office."""
    return mark.bureau_id if mark.owner == Party.BUREAU else None


def _as_drawn(kind: str) -> int:
    """The kinds in the order in which the law names them, others after them."""
    return list(SHAPES).index(kind) if kind in SHAPES else len(SHAPES)


def _place(mark: BoardMark, at: Moment) -> Place:
    kind = all_kinds()[mark.row.kind]
    return Place(
        number=mark.row.number,
        href=f"/cases/{mark.row.number}",
        kind=mark.row.kind,
        kind_words=say(kind.label),
        firm=firm_of(mark.row),
        left=_workdays_left(mark, at),
        held=mark.due_on is None,
    )


def _workdays_left(mark: BoardMark, at: Moment) -> int:
    """Working days whatever the deadline counts in: the plot has one axis."""
    if mark.due_on is None or mark.timer.unit is Unit.WORKDAY:
        return days_left(mark.timer, at.calendar, at.today)
    left = workdays_between(at.calendar, at.today, mark.due_on)
    return min(left, -1) if mark.due_on < at.today else left


def _late(
    mark: BoardMark, place: Place, sent: Mapping[int, tuple[date, datetime]], subjects: Sequence[Subject],
    world: World, names: Names,
) -> Late:  # fmt: skip
    deadline = all_kinds()[mark.row.kind].deadline(mark.timer.deadline, mark.row.variant)
    due_on, at = sent.get(mark.timer.id or 0, (None, None))
    was_sent = at is not None and due_on == mark.due_on
    what = say(deadline.label)
    if subjects and mark.row.document_number:
        what = say("{deadline}, {field}", deadline=what, field=label_of(subjects[0].field))
    bureau = row_of(mark)
    return Late(
        number=place.number,
        href=place.href,
        deadline=deadline.name,
        days=-place.left,
        bureau=names.office if bureau is None else names.short[bureau],
        kind=say(all_kinds()[mark.row.kind].label),
        what=what,
        rung=say("Supervised") if was_sent else "",
        rung_on=world.jurisdiction.day_of(at) if was_sent and at else None,
        goes_on=None if was_sent else sheet_goes_on(world, mark.row.kind, mark.timer),
    )


def _figures(places: Sequence[Place]) -> Figures:
    running = [place.left for place in places if not place.held]
    return Figures(
        late=sum(1 for left in running if left < 0),
        today=sum(1 for left in running if left == 0),
        soon=sum(1 for left in running if 0 < left <= 3),
        held=len(places) - len(running),
        open=len(places),
    )
