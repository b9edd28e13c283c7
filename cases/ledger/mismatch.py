"""What a check of the ledger finds, and which cases it looks at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from cases.model.bisect import require_own_fault
from workflow.refusal import Message, say


@dataclass(frozen=True)
class Mismatch:
    """One thing that does not match, and where. `seq` is None when it is the case row itself.

    Of a checkpoint, record or promise that word replaces the case's number, and `seq` is its id.
    """

    case_number: str
    seq: int | None
    what: Message


@dataclass(frozen=True)
class CaseRange:
    """A range of case ids, both ends included."""

    first: int
    last: int

    def holds(self, column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        return column.between(self.first, self.last)

    def has(self, case_id: int) -> bool:
        return self.first <= case_id <= self.last

    def parted(self, ids: Sequence[int]) -> tuple[CaseRange, CaseRange]:
        """Two ranges that cover the same, each with half of these ids."""
        middle = ids[len(ids) // 2]
        return CaseRange(self.first, middle - 1), CaseRange(middle, self.last)


@dataclass(frozen=True)
class CaseList:
    """Cases by id, at most a page of them."""

    ids: Sequence[int]

    def holds(self, column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        return column.in_(self.ids)

    def parted(self, ids: Sequence[int]) -> tuple[CaseList, CaseList]:
        return CaseList(ids[: len(ids) // 2]), CaseList(ids[len(ids) // 2 :])


Covered = CaseRange | CaseList
"""The cases that are looked at."""


def unreadable(error: Exception) -> Message:
    """A tamperer need not keep to types."""
    return say("It cannot be read: {error}", error=error)


def legible(name: str, found: Iterable[Mismatch]) -> Iterator[Mismatch]:
    """These mismatches; where something cannot even be read, that."""
    try:
        yield from found
    except Exception as error:
        require_own_fault(error)
        yield Mismatch(name, 0, unreadable(error))
