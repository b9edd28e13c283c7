"""The tree is that of RFC 6962, and a proof holds for one leaf at one place in one tree alone."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.ledger.merkle import CHUNK, leaf, proof, root, root_from

SIZES = range(71)


def by_the_rfc(data: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, word for word."""
    if not data:
        return sha256(b"").digest()
    if len(data) == 1:
        return sha256(b"\x00" + data[0]).digest()
    k = split(len(data))
    return sha256(b"\x01" + by_the_rfc(data[:k]) + by_the_rfc(data[k:])).digest()


def path_by_the_rfc(m: int, data: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962, 2.1.1, word for word."""
    if len(data) == 1:
        return []
    k = split(len(data))
    if m < k:
        return [*path_by_the_rfc(m, data[:k]), by_the_rfc(data[k:])]
    return [*path_by_the_rfc(m - k, data[k:]), by_the_rfc(data[:k])]


def split(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def some(size: int) -> list[bytes]:
    return [f"case {n}".encode() for n in range(size)]


@pytest.mark.parametrize("size", SIZES)
def test_the_root_is_that_of_the_rfc(size: int) -> None:
    assert root(map(leaf, some(size))) == by_the_rfc(some(size))


@pytest.mark.parametrize("size", SIZES)
def test_the_proof_of_each_leaf_is_that_of_the_rfc_and_leads_to_the_root(size: int) -> None:
    data = some(size)
    leaves = [leaf(one) for one in data]
    for index in range(size):
        path = proof(leaves, index)
        assert path == path_by_the_rfc(index, data)
        assert root_from(leaves[index], index, size, path) == root(leaves)


@pytest.mark.parametrize("size", [CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 5 * CHUNK + 77])
def test_more_leaves_than_are_held_at_a_time_give_the_same_root(size: int) -> None:
    leaves = [leaf(one) for one in some(size)]
    assert root(iter(leaves)) == by_the_rfc(some(size))
    assert root_from(leaves[size // 3], size // 3, size, proof(leaves, size // 3)) == root(leaves)


@given(st.lists(st.binary(max_size=8), max_size=300), st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_the_leaves_root_and_proof_are_those_of_the_rfc(data: list[bytes], drawn: st.DataObject) -> None:
    leaves = [leaf(one) for one in data]
    assert root(leaves) == by_the_rfc(data)
    if data:
        index = drawn.draw(st.integers(0, len(data) - 1))
        path = proof(leaves, index)
        assert path == path_by_the_rfc(index, data)
        assert root_from(leaves[index], index, len(data), path) == root(leaves)


@given(st.integers(1, 70), st.data())
@settings(max_examples=60, deadline=None)
def test_a_proof_holds_for_no_other_leaf_and_no_other_place(size: int, drawn: st.DataObject) -> None:
    leaves = [leaf(one) for one in some(size)]
    top = root(leaves)
    index, other = drawn.draw(st.integers(0, size - 1)), drawn.draw(st.integers(0, size - 1))
    path = proof(leaves, index)
    if other != index:
        assert leads(leaves[other], index, size, path) != top
        assert leads(leaves[index], other, size, path) != top
    assert leads(leaf(b"forged"), index, size, path) != top
    for at in range(len(path)):
        changed = [*path[:at], bytes(32), *path[at + 1 :]]
        assert leads(leaves[index], index, size, changed) != top


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_that_no_tree_of_this_size_has_is_refused(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        root_from(leaf(b""), index, size, [])
    with pytest.raises(IndexError):
        proof([leaf(one) for one in some(size)], index)


def test_a_proof_too_short_or_too_long_is_refused() -> None:
    leaves = [leaf(one) for one in some(5)]
    path = proof(leaves, 2)
    with pytest.raises(ValueError, match="too short"):
        root_from(leaves[2], 2, 5, path[:-1])
    with pytest.raises(ValueError, match="too long"):
        root_from(leaves[2], 2, 5, [*path, bytes(32)])


def leads(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """Where a proof leads, None where it is none."""
    try:
        return root_from(leaf, index, size, path)
    except ValueError:
        return None
