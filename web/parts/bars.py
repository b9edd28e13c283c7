"""Numbers on one scale: bars in parts, and two numbers a row as dots. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
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
class ShareLine:
    """A share a month as a line, from month to month x in per cent and y in pixels; broken where a month has none.

    `last` is the place of the newest share, and the share.
    """

    stretches: tuple[tuple[float, float, float, float], ...]
    points: tuple[tuple[float, float], ...]
    last: tuple[float, float, int] | None
    floor: int


HEIGHT: Final = 40
TOP: Final = 8


def line(shares: Sequence[int | None]) -> ShareLine:
    """Shares in per cent, the newest last. The scale begins at a round number below the smallest, and says which."""
    known = [share for share in shares if share is not None]
    floor = max(0, (min(known, default=0) - 5) // 10 * 10)
    apart = ROOM / max(len(shares) - 1, 1)

    def at(place: int, share: int) -> tuple[float, float]:
        return round(1 + place * apart, 2), round(TOP + (100 - share) / ((100 - floor) or 1) * HEIGHT, 1)

    places = [None if share is None else at(place, share) for place, share in enumerate(shares)]
    stretches = tuple((*one, *two) for one, two in pairwise(places) if one and two)
    drawn = [(*where, share) for where, share in zip(places, shares, strict=True) if where and share is not None]
    return ShareLine(stretches, tuple((x, y) for x, y, _ in drawn), drawn[-1] if drawn else None, floor)
