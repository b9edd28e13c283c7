"""One hash over many: the Merkle tree of RFC 6962, and the proof that one leaf is in it.

Pure. A leaf is SHA-256(0x00 ‖ data), a node SHA-256(0x01 ‖ left ‖ right), so that neither passes for the other.
A proof lists the hashes beside the way from a leaf up to the root; of the other leaves it tells nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import islice
from typing import Final

EMPTY: Final = sha256(b"").digest()
"""The root of no leaves."""

CHUNK: Final = 1 << 12
"""Leaves held at a time; a power of two, so that no node of the tree lies across two chunks."""


def leaf(data: bytes) -> bytes:
    """The hash under which these bytes stand in a tree."""
    return sha256(b"\x00" + data).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """The hash over all of these leaves (each of `leaf`) in their order."""
    tops = [_top(chunk) for chunk in _chunks(leaves)]
    return _top(tops) if tops else EMPTY


def proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes beside the way up from the leaf at `index`, the lowest first; IndexError where there is none."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} among {len(leaves)}")
    beside = []
    level = leaves
    while len(level) > 1:
        if index ^ 1 < len(level):
            beside.append(level[index ^ 1])
        level, index = _above(level), index >> 1
    return beside


def root_from(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that this proof leads to, of `size` leaves; ValueError where such a tree has another shape."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} among {size}")
    left, node, last = iter(proof), leaf, size - 1
    try:
        while last:
            if index & 1:
                node = _node(next(left), node)
            elif index < last:
                node = _node(node, next(left))
            index, last = index >> 1, last >> 1
    except StopIteration:
        raise ValueError("the proof is too short") from None
    if next(left, None) is not None:
        raise ValueError("the proof is too long")
    return node


def _chunks(leaves: Iterable[bytes]) -> Iterator[list[bytes]]:
    rest = iter(leaves)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _top(level: Sequence[bytes]) -> bytes:
    while len(level) > 1:
        level = _above(level)
    return level[0]


def _above(level: Sequence[bytes]) -> list[bytes]:
    """The next level up; an odd last one goes up as it is, which gives the shape of the RFC."""
    nodes = [sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
    if len(level) % 2:
        nodes.append(level[-1])
    return nodes


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
