"""Checkpoints: chained and signed, each chain still as the newest has it, and the root worked out from the heads."""

import hashlib
import json
from collections.abc import Iterator, Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.bench.faults.chains_whole import BEFORE_THE_FIRST, one_spelling
from tests.bench.faults.stored import Row, Stored

LATER = ("promised", "host", "register", "sealed", "root_sm3")
"""What a checkpoint says where it has something to say."""


def checkpoints_stand(stored: Stored) -> Iterator[str]:
    """What does not match of the checkpoints, and of the heads as the newest has them."""
    previous = BEFORE_THE_FIRST
    for place, row in enumerate(stored["checkpoint"], start=1):
        if row.id != place or row.previous != previous:
            yield f"checkpoint {row.id} does not follow the one before"
        if not _signed(row):
            yield f"checkpoint {row.id} is not signed by the key that it names"
        if hashlib.sha256(f"{_statement(row)}\n{row.signature}".encode()).hexdigest() != row.hash:
            yield f"checkpoint {row.id} does not give its hash"
        previous = row.hash
    heads = stored["checkpoint_head"]
    yield from _heads(stored, heads)
    if not stored["checkpoint"]:
        return
    newest = stored["checkpoint"][-1]
    if (newest.cases, newest.events) != (len(heads), sum(head.length for head in heads)):
        yield f"checkpoint {newest.id} counts other cases or events than the heads beside it"
    for root, by in ((newest.root, "sha256"), (newest.root_sm3, "sm3")):
        if root and _root([_leaf(head, by) for head in heads], by).hex() != root:
            yield f"the heads beside checkpoint {newest.id} do not give its root by {by}"


def _heads(stored: Stored, heads: Sequence[Row]) -> Iterator[str]:
    """Each chain goes on from the head that was kept; a case that is gone is missed."""
    for head in heads:
        event = stored.event_of(head.case_id, head.length)
        if event is None or event.hash != head.head or stored.name_of(head.case_id) != head.number:
            yield f"{head.number}: the chain is not the one that the newest checkpoint has"


def _statement(row: Row) -> str:
    more = {name: value for name in LATER if (value := getattr(row, name))}
    if row.said:
        more["said"] = json.loads(row.said)
    return one_spelling({"at": row.at, "cases": row.cases, "checkpoint": row.id, "events": row.events, "key": row.key,
                         "previous": row.previous, "root": row.root, **more})  # fmt: skip


def _signed(row: Row) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(row.key))
        key.verify(bytes.fromhex(row.signature), _statement(row).encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _leaf(head: Row, by: str) -> bytes:
    said = one_spelling({"case": head.number, "head": head.head, "length": head.length})
    return hashlib.new(by, b"\x00" + said.encode()).digest()


def _root(leaves: Sequence[bytes], by: str) -> bytes:
    """RFC 6962, section 2.1, as it is written there."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.new(by, b"").digest()
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.new(by, b"\x01" + _root(leaves[:left], by) + _root(leaves[left:], by)).digest()
