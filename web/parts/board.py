"""The overdue board: a row a bureau, a mark a case, placed by the working days left. It counts nothing itself.

x is in per cent of the plot, so that it grows with the window; y and the marks themselves are in pixels.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Protocol

from cases.kinds import all_kinds
from web.parts.words import DaysLeft, Words
from workflow.refusal import Message, say
from workflow.timing import SOON

MOST: Final = 14
"""Days left from which on all stand in the last column."""
LATEST: Final = 10
IN_A_PILE: Final = 4
IN_A_COLUMN: Final = 8
STEP: Final = 16
LATE_STEP: Final = 21
"""Late marks are larger, and stand in one pile."""
SIDE: Final = 8
PAD: Final = 26


class PlottedCase(Protocol):
    """What the board asks of an open case. `left` counts working days, negative when late."""

    @property
    def number(self) -> str: ...
    @property
    def href(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def kind_words(self) -> Words: ...
    @property
    def firm(self) -> Words: ...
    @property
    def left(self) -> int: ...
    @property
    def held(self) -> bool: ...


DaysOfOne = tuple[int, bool]
"""The working days that a case has left, and whether it is on hold."""


@dataclass(frozen=True)
class BoardBody:
    """A bureau's cases, counted, and each of those `drawn_singly`; `ours` for the office, which stands last."""

    name: Words
    counted: Mapping[DaysOfOne, int]
    cases: list[PlottedCase] = field(default_factory=list)
    ours: bool = False
    href: str = ""

    @property
    def open(self) -> int:
        return sum(self.counted.values())

    @property
    def late(self) -> int:
        return sum(n for (left, held), n in self.counted.items() if left < 0 and not held)

    @property
    def soon(self) -> int:
        return sum(n for (left, held), n in self.counted.items() if 0 <= left <= SOON and not held)

    @property
    def held(self) -> int:
        return sum(n for (_left, held), n in self.counted.items() if held)


@dataclass(frozen=True)
class BoardDot:
    """One case drawn: `dx` and `y` in pixels, `how` late, soon, later or hold; `n` the days late."""

    x: float
    dx: int
    y: int
    shape: str
    how: str
    n: int
    href: str
    label: Message


@dataclass(frozen=True)
class DotColumn:
    """More cases on one day than can be told apart: their number, and a link to them."""

    x: float
    y: int
    how: str
    n: int
    href: str
    label: Message


@dataclass(frozen=True)
class DrawnBody:
    """One row drawn."""

    body: BoardBody
    said: Message
    height: int
    marks: tuple[BoardDot, ...]
    columns: tuple[DotColumn, ...]


@dataclass(frozen=True)
class BoardTick:
    """A word over the plot; how is today, late, last or nothing."""

    x: float
    words: Message
    how: str = ""


@dataclass(frozen=True)
class Board:
    """The plot. `today` is where its line stands; everything left of it is late. `kinds`: shapes with their words."""

    lines: tuple[DrawnBody, ...]
    ticks: tuple[BoardTick, ...]
    today: float
    late: int
    kinds: tuple[tuple[str, Words], ...] = ()


def shape_of(kind: str) -> str:
    """The shape that stands for a kind."""
    return all_kinds()[kind].shape


def board(rows: Sequence[BoardBody], kinds: Mapping[str, Words] | None = None) -> Board:
    """Most late first, then by open cases; the office last, not left out. `kinds`: all there are, by what they are
    called."""
    ordered = sorted(rows, key=lambda row: (row.ours, -row.late, -row.open))
    scale = _scale(rows)
    return Board(
        lines=tuple(_line(row, scale) for row in ordered),
        ticks=tuple(_ticks(scale)),
        today=scale.today,
        late=sum(row.late for row in rows),
        kinds=tuple((shape_of(kind), words) for kind, words in (kinds or {}).items()),
    )


def drawn_singly(rows: Sequence[BoardBody]) -> list[frozenset[DaysOfOne]]:
    """Of each row the days whose cases are so few that each is a mark: those the row must have."""
    scale = _scale(rows)
    return [frozenset(days for slot in _slots(row, scale).values() if _few(slot) for days in slot) for row in rows]


def _scale(rows: Sequence[BoardBody]) -> _Scale:
    return _Scale(min(LATEST, max([6, *(-left for row in rows for left, _held in row.counted)])))


def _slots(row: BoardBody, scale: _Scale) -> dict[int, Counter[DaysOfOne]]:
    """How many of which days share a place on the plot."""
    slots: dict[int, Counter[DaysOfOne]] = defaultdict(Counter)
    for (left, held), n in sorted(row.counted.items()):
        slots[scale.slot(left)][left, held] += n
    return slots


def _few(slot: Counter[DaysOfOne]) -> bool:
    return slot.total() <= IN_A_COLUMN


@dataclass(frozen=True)
class _Scale:
    """Slots of one working day: the late ones, today, those to come, the last for all beyond."""

    latest: int

    @property
    def slots(self) -> int:
        return self.latest + MOST + 2

    @property
    def today(self) -> float:
        return round((self.latest + 0.5) / self.slots * 100, 3)

    def slot(self, left: int) -> int:
        return max(-self.latest, min(MOST, left))

    def x(self, left: int) -> float:
        return round((self.slot(left) + self.latest + 1) / self.slots * 100, 3)


def _line(row: BoardBody, scale: _Scale) -> DrawnBody:
    slots = _slots(row, scale)
    piles: dict[int, list[PlottedCase]] = defaultdict(list)
    for case in sorted(row.cases, key=lambda case: (case.left, case.held, case.kind, case.number)):
        piles[scale.slot(case.left)].append(case)
    height = 2 * PAD + max([0, *((_rows(cases) - 1) * _step(cases) for cases in piles.values())])
    marks = [mark for day, cases in piles.items() for mark in _pile(cases, scale.x(day), height, row.name)]
    columns = [_column(slot, scale.x(day), height, row) for day, slot in slots.items() if not _few(slot)]
    said = say("{n} open", n=row.open)
    if row.late:
        said = say("{late} late, {n} open", late=row.late, n=row.open)
    return DrawnBody(row, said, height, tuple(marks), tuple(columns))


def _pile(cases: Sequence[PlottedCase], x: float, height: int, name: Words) -> list[BoardDot]:
    """Marks of one day, from the bottom up, in one pile or in two beside each other."""
    rows = _rows(cases)
    marks = []
    for place, case in enumerate(cases):
        pile, step = divmod(place, rows)
        dx = (2 * pile - 1) * SIDE if rows < len(cases) else 0
        y = round(height / 2 + ((rows - 1) / 2 - step) * _step(cases))
        marks.append(
            BoardDot(
                x,
                dx,
                y,
                shape_of(case.kind),
                _urgency((case.left, case.held)),
                max(0, -case.left),
                case.href,
                _label(case, name),
            )
        )
    return marks


def _rows(cases: Sequence[PlottedCase]) -> int:
    """How high a pile of one day is: a second pile stands beside it where there are many, but for late ones."""
    return len(cases) if len(cases) <= IN_A_PILE or _step(cases) == LATE_STEP else -(-len(cases) // 2)


def _step(cases: Sequence[PlottedCase]) -> int:
    return LATE_STEP if any(_urgency((case.left, case.held)) == "late" for case in cases) else STEP


def _column(slot: Counter[DaysOfOne], x: float, height: int, row: BoardBody) -> DotColumn:
    first, n = min(slot), slot.total()
    label = say("{bureau}: {n} cases, {days}", bureau=row.name, n=n, days=_days(first).rest)
    return DotColumn(x, height // 2, _urgency(first), n, row.href, label)


def _days(of: DaysOfOne) -> DaysLeft:
    left, held = of
    return DaysLeft(left, None if held else date.max)


def _urgency(of: DaysOfOne) -> str:
    """late, soon, later or hold: the fill of a mark, always beside its words."""
    return {"run": "later"}.get(_days(of).urgency, _days(of).urgency)


def _label(case: PlottedCase, name: Words) -> Message:
    return say(
        "{bureau}, {kind}, {days}: {number}, {firm}",
        bureau=name,
        kind=case.kind_words,
        days=_days((case.left, case.held)).rest,
        number=case.number,
        firm=case.firm,
    )


def _ticks(scale: _Scale) -> list[BoardTick]:
    ticks = [BoardTick(scale.x(-n), say("{n} late", n=n), "late") for n in (6, 3) if n <= scale.latest]
    ticks.append(BoardTick(scale.today, say("due today"), "today"))
    ticks += [BoardTick(scale.x(n), say("{n} left", n=n)) for n in (3, 5, 10)]
    return [*ticks, BoardTick(99.0, say("{n} and more", n=MOST), "last")]
