"""Which parts of two values differ, for marking them: dates by their parts, texts by phrase. Knows no field."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

REWRITTEN: Final = 0.6
"""From so much difference on a diff says nothing; both stand whole."""

PHRASE: Final = re.compile(r"[^\s,.;:()\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\u2018-\u201f]+|\s+|.", re.DOTALL)
UNBROKEN: Final = re.compile(
    r"[0-9A-Za-z\u3007\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341\u767e\u5343\u4e07\u96f6]"
)
"""Digits, Chinese ones too, and Latin letters: a number or a word is never marked in part."""


@dataclass(frozen=True)
class Piece:
    """A stretch of text, and whether it differs from the other side."""

    text: str
    differs: bool = False


@dataclass(frozen=True)
class Compared:
    """Both sides in pieces. `rewritten`: too much differs to be worth marking in parts."""

    left: tuple[Piece, ...]
    right: tuple[Piece, ...]
    rewritten: bool = False


def whole(left: str, right: str, rewritten: bool = False) -> Compared:
    """Both sides marked from end to end; an empty side has nothing to mark."""
    sides = [(Piece(text, True),) if text else () for text in (left, right)]
    return Compared(sides[0], sides[1], rewritten)


def compare_dates(left: str, right: str) -> Compared:
    """Two ISO dates: marked from the first of year, month and day that differs."""
    a, b = left.split("-"), right.split("-")
    same = next((k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if same == 0 or len(a) != len(b):
        return whole(left, right)
    cut = len("-".join(a[:same])) + 1
    first, second = (_joined([Piece(text[:cut]), Piece(text[cut:], True)]) for text in (left, right))
    return Compared(first, second)


def compare_texts(left: str, right: str) -> Compared:
    """Two texts, phrase by phrase; within a phrase only its beginning and end are held to be the same."""
    a, b = PHRASE.findall(left), PHRASE.findall(right)
    one: list[Piece] = []
    other: list[Piece] = []
    for what, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        before, after = "".join(a[a1:a2]), "".join(b[b1:b2])
        if what == "equal":
            one.append(Piece(before))
            other.append(Piece(after))
        else:
            head, tail = _same_ends(before, after)
            one += _cut(before, head, tail)
            other += _cut(after, head, tail)
    if _share(one, other) > REWRITTEN:
        return whole(left, right, rewritten=True)
    return Compared(_joined(one), _joined(other))


def _same_ends(a: str, b: str) -> tuple[int, int]:
    """How many characters at the beginning and at the end are the same; no word or number is cut in two."""
    shorter = min(len(a), len(b))
    head = next((k for k in range(shorter) if a[k] != b[k]), shorter)
    while head and any(_splits(text, head) for text in (a, b)):
        head -= 1
    tail = next((k for k in range(shorter - head) if a[-1 - k] != b[-1 - k]), shorter - head)
    while tail and any(_splits(text, len(text) - tail) for text in (a, b)):
        tail -= 1
    return head, tail


def _splits(text: str, at: int) -> bool:
    return 0 < at < len(text) and bool(UNBROKEN.match(text[at - 1]) and UNBROKEN.match(text[at]))


def _cut(text: str, head: int, tail: int) -> list[Piece]:
    end = len(text) - tail
    return [Piece(text[:head]), Piece(text[head:end], True), Piece(text[end:])]


def _share(one: Sequence[Piece], other: Sequence[Piece]) -> float:
    """How much of the longer side differs, from 0 to 1."""
    shares = [sum(len(piece.text) for piece in side if piece.differs) for side in (one, other)]
    longer = max(sum(len(piece.text) for piece in side) for side in (one, other))
    return max(shares) / longer if longer else 0


def _joined(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Without empty pieces, neighbours of one kind made one."""
    found: list[Piece] = []
    for piece in pieces:
        if found and found[-1].differs == piece.differs:
            found[-1] = Piece(found[-1].text + piece.text, piece.differs)
        elif piece.text:
            found.append(piece)
    return tuple(found)
