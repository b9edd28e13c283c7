"""A deadline as one lane of a worklist: used, held and left on an axis that all rows share.

It is a picture only: "3 left" beside it is the fact, and the picture is hidden from who hears the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from web.parts.axis import Axis
from workflow.calendar import Count, Day, Why

DAY: Final = 7.9
"""Pixels of one worked day."""
HELD: Final = (Why.PAUSED, Why.AWAY)


@dataclass(frozen=True)
class Bar:
    """A piece of a lane, in pixels: `how` is past, next, maybe, hold, late or gap."""

    x: float
    wide: float
    how: str


@dataclass(frozen=True)
class Lane:
    """The pieces, where the due day's tick and today's column stand, and how wide all of it is."""

    bars: tuple[Bar, ...]
    tick: float | None
    today: float
    wide: float
    day: float = DAY


def lane(
    count: Count, axis: Axis, today: date, *, late: Sequence[Day] = (), open_hold_from: date | None = None
) -> Lane:
    """The lane of a count on the shared axis; what lies outside the axis is left out."""
    named = [(day.day, _how(day, today, open_hold_from)) for day in count.days]
    named += [(day.day, "late" if day.ordinal else "gap") for day in late]
    drawn = [(day, how) for day, how in named if axis.holds(day)]
    bars = tuple(
        bar
        for how, run in groupby(drawn, key=lambda pair: pair[1])
        for bar in _bars(axis, how, [day for day, _ in run])
    )
    tick = axis.start(count.due) * DAY if axis.holds(count.due) and not open_hold_from else None
    return Lane(bars, tick, axis.start(today) * DAY, axis.width * DAY)


def _how(day: Day, today: date, open_hold_from: date | None) -> str:
    if day.why in HELD:
        return "hold"
    if day.why is Why.START or (day.off and not day.ordinal):
        return "gap"
    if open_hold_from is not None and day.day > open_hold_from:
        return "maybe"
    return "past" if day.day < today else "next"


def _bars(axis: Axis, how: str, days: Sequence[date]) -> list[Bar]:
    """A hold and a gap are one piece; a counted day is a piece of its own."""
    pieces = [days] if how in ("hold", "gap") else [[day] for day in days]
    return [
        Bar(
            round(axis.start(piece[0]) * DAY + 0.5, 2),
            round((axis.end(piece[-1]) - axis.start(piece[0])) * DAY - 1, 2),
            how,
        )
        for piece in pieces
    ]
