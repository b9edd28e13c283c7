"""Numbers on one scale: bars in parts, two numbers a row as dots, shares by month, how many took how long. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from web.parts.words import Words
from workflow.refusal import Message


@dataclass(frozen=True)
class BarValue:
    """A row to be drawn: name, parts in order (a class, as office, bureau, enterprise or late; and how much), words."""

    name: Words
    parts: tuple[tuple[str, float], ...]
    words: Message


@dataclass(frozen=True)
class ValueBar:
    """One row drawn, each piece with its x and width, in per cent of the longest bar, and its class."""

    name: Words
    pieces: tuple[tuple[float, float, str], ...]
    words: Message


def bars(rows: Sequence[BarValue]) -> tuple[ValueBar, ...]:
    """The rows on the scale of the longest."""
    longest = max((sum(n for _, n in row.parts) for row in rows), default=0) or 1
    drawn = []
    for row in rows:
        pieces, at = [], 0.0
        for how, n in row.parts:
            if n:
                pieces.append((round(at / longest * 100, 2), round(n / longest * 100, 2), how))
            at += n
        drawn.append(ValueBar(row.name, tuple(pieces), row.words))
    return tuple(drawn)


STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)
MOST_TICKS: Final = 6
ROOM: Final = 92.0
"""Per cent of the drawing up to the last tick: numbers stand right of the last dot."""


@dataclass(frozen=True)
class DotRow:
    """One row: where both numbers stand, and what they are."""

    name: Words
    middle: str
    most: str
    x_middle: float
    x_most: float


@dataclass(frozen=True)
class Dots:
    """The rows and the ticks of their scale, each a place and its number."""

    rows: tuple[DotRow, ...]
    ticks: tuple[tuple[float, int], ...]


def dots(rows: Sequence[tuple[Words, float, float]]) -> Dots:
    """Rows of name, middle and most, on a scale from nought."""
    top = max((most for _, _, most in rows), default=0) or 1
    step = next((step for step in STEPS if top / step <= MOST_TICKS), STEPS[-1])
    last = step * -(-int(-(-top // 1)) // step)

    def x(n: float) -> float:
        return round(n / last * ROOM, 2)

    drawn = tuple(DotRow(name, number(middle), number(most), x(middle), x(most)) for name, middle, most in rows)
    return Dots(drawn, tuple((x(n), n) for n in range(0, last + 1, step)))


def number(n: float) -> str:
    """Without a decimal where it is whole."""
    return f"{n:.1f}".removesuffix(".0")


@dataclass(frozen=True)
class ShareBars:
    """A share a month as bars, the newest last: of each its x and width in per cent and its height in pixels; none for
    a month without a share. `known` are the shares there are."""

    bars: tuple[tuple[float, float, float], ...]
    known: tuple[int, ...]


MONTHS: Final = 12
TALL: Final = 26


def share_bars(rows: Sequence[Sequence[int | None]]) -> tuple[int, tuple[ShareBars, ...]]:
    """Shares in per cent by month, all rows on one base: a round number below the smallest."""
    known = [share for row in rows for share in row if share is not None]
    base = max(0, (min(known, default=0) - 5) // 10 * 10)
    return base, tuple(_share_bars(row, base) for row in rows)


def _share_bars(shares: Sequence[int | None], base: int) -> ShareBars:
    wide, first = 100 / MONTHS, MONTHS - len(shares)
    drawn = tuple(
        (round((first + place) * wide, 2), round(wide * 0.82, 2), round((share - base) / (100 - base) * TALL, 1))
        for place, share in enumerate(shares)
        if share is not None
    )
    return ShareBars(drawn, tuple(share for share in shares if share is not None))


MOST_COLUMNS: Final = 40
NUMBERED: Final = 14
COLUMN: Final = 34
"""The height in pixels of the most that took as long."""


@dataclass(frozen=True)
class Spread:
    """How many took how long: columns, each its x, width and middle in per cent, y and height in pixels, how many, and
    whether they were late; where its limit is, in per cent, None where that is counted otherwise."""

    columns: tuple[tuple[float, float, float, float, float, int, bool], ...]
    limit: float | None


@dataclass(frozen=True)
class Spreads:
    """All of them on one axis; a column is `step` days, the ticks are days and where they stand."""

    rows: tuple[Spread, ...]
    ticks: tuple[tuple[float, int], ...]
    step: int


def spreads(rows: Sequence[tuple[Mapping[int, tuple[int, int]], int | None]]) -> Spreads:
    """Of each row how many took so long, in time and late, and its limit. A column is a day, of very long ones more."""
    longest = max((max([*took, limit or 0]) for took, limit in rows), default=0)
    step = -(-(longest + 1) // MOST_COLUMNS)
    places = longest // step + 1
    wide = 100 / places
    most = max((sum(n) for took, _ in rows for n in _by_step(took, step).values()), default=0) or 1
    drawn = tuple(_spread(_by_step(took, step), limit, step, wide, COLUMN / most) for took, limit in rows)
    ticks = tuple((round((n + 0.5) * wide, 2), n * step) for n in range(0, places, -(-places // NUMBERED)))
    return Spreads(drawn, ticks, step)


def _by_step(took: Mapping[int, tuple[int, int]], step: int) -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    for length, (in_time, late) in took.items():
        before = found.get(length // step, (0, 0))
        found[length // step] = before[0] + in_time, before[1] + late
    return found


def _spread(took: Mapping[int, tuple[int, int]], limit: int | None, step: int, wide: float, unit: float) -> Spread:
    columns = []
    for place, both in sorted(took.items()):
        low = 0.0
        for n, late in zip(both, (False, True), strict=True):
            if n:
                high = max(n * unit, 3)
                x = round(place * wide + wide * 0.1, 2)
                at = round(COLUMN - low - high, 1)
                columns.append((x, round(wide * 0.8, 2), round((place + 0.5) * wide, 2), at, round(high, 1), n, late))
                low += high + 13
    return Spread(tuple(columns), None if limit is None else round((limit + 1) / step * wide, 2))
