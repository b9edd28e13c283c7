"""The Merkle tree of a checkpoint (RFC 6962), by SHA-256 and by SM3, and the way from one leaf to its root."""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from itertools import islice
from typing import Final

from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hashes import Hash as Digest

Hash = Callable[[bytes], bytes]
"""A hash over bytes."""

CHUNK: Final = 1 << 12
"""Leaves held at a time; a power of two, so that no node of the tree lies across two chunks."""


def sha2(data: bytes) -> bytes:
    """SHA-256."""
    return sha256(data).digest()


def sm3(data: bytes) -> bytes:
    """SM3, the hash of GB/T 32905."""
    hashed = Digest(SM3())
    hashed.update(data)
    return hashed.finalize()


def leaf(data: bytes, hash: Hash = sha2) -> bytes:
    """The hash under which these bytes stand in a tree."""
    return hash(b"\x00" + data)


def root(leaves: Iterable[bytes], hash: Hash = sha2) -> bytes:
    """The hash over all of these leaves (each of `leaf`) in their order; of none, that of nothing."""
    rest = iter(leaves)
    tops = []
    while chunk := list(islice(rest, CHUNK)):
        tops.append(_top(chunk, hash))
    return _top(tops, hash) if tops else hash(b"")


def proof(leaves: Sequence[bytes], index: int, hash: Hash = sha2) -> list[bytes]:
    """The hashes beside the way up from the leaf at `index`, the lowest first; IndexError where there is none."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} among {len(leaves)}")
    beside = []
    level = leaves
    while len(level) > 1:
        if index ^ 1 < len(level):
            beside.append(level[index ^ 1])
        level, index = _above(level, hash), index >> 1
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


def _top(level: Sequence[bytes], hash: Hash) -> bytes:
    while len(level) > 1:
        level = _above(level, hash)
    return level[0]


def _above(level: Sequence[bytes], hash: Hash) -> list[bytes]:
    """The next level up; an odd last one goes up as it is, which gives the shape of the RFC."""
    nodes = [hash(b"\x01" + a + b) for a, b in zip(level[::2], level[1::2], strict=False)]
    if len(level) % 2:
        nodes.append(level[-1])
    return nodes


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
