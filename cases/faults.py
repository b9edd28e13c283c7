"""What a check of the ledger finds: one thing that does not match, and where. It knows no table."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.refusal import Message


@dataclass(frozen=True)
class Fault:
    """One thing that does not match, and where. `seq` is None when it is the case row itself.

    Of a checkpoint `case_number` is the word checkpoint and `seq` its number; of a record the word record and its id.
    """

    case_number: str
    seq: int | None
    what: Message
