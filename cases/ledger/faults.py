"""What a check of the ledger finds: one thing that does not match, and where. It knows no table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cases.model.bisect import require_own_fault
from workflow.refusal import Message, say


@dataclass(frozen=True)
class Mismatch:
    """One thing that does not match, and where. `seq` is None when it is the case row itself.

    Of a checkpoint `case_number` is the word checkpoint and `seq` its number; of a record the word record and its id.
    """

    case_number: str
    seq: int | None
    what: Message


def legible(name: str, faults: Iterable[Mismatch]) -> Iterator[Mismatch]:
    """These faults; where something cannot even be read, that. Whoever tampers need not keep to types."""
    try:
        yield from faults
    except Exception as error:
        require_own_fault(error)
        yield Mismatch(name, 0, say("It cannot be read: {error}", error=error))
