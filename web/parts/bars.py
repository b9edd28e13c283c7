"""Numbers as bars on one scale, each in parts: in whose hands the time was, how many in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from web.parts.words import Words
from workflow.refusal import Message


@dataclass(frozen=True)
class Amount:
    """A row to be drawn: name, parts in order (a class, as office, bureau, enterprise or late; and how much), words."""

    name: Words
    parts: tuple[tuple[str, float], ...]
    words: Message


@dataclass(frozen=True)
class Piece:
    """A part of a bar, in per cent of the longest."""

    x: float
    width: float
    how: str


@dataclass(frozen=True)
class Bar:
    """One row drawn."""

    name: Words
    pieces: tuple[Piece, ...]
    words: Message


def bars(rows: Sequence[Amount]) -> tuple[Bar, ...]:
    """The rows on the scale of the longest."""
    longest = max((sum(n for _, n in row.parts) for row in rows), default=0) or 1
    return tuple(Bar(row.name, tuple(_pieces(row, longest)), row.words) for row in rows)


def _pieces(row: Amount, longest: float) -> list[Piece]:
    pieces, at = [], 0.0
    for how, n in row.parts:
        if n:
            pieces.append(Piece(round(at / longest * 100, 2), round(n / longest * 100, 2), how))
        at += n
    return pieces
