"""Taking turns: what is alike all over is looked at a share a day, and in full where somebody asks for it.

The share goes round with the day. A run says its round at its beginning, and `ROUND=739587` makes that one again;
`EVERY_PAGE=1` leaves nothing out.
"""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeVar

ROUND = int(os.environ.get("ROUND") or datetime.now(UTC).toordinal())
EVERY_PAGE = bool(os.environ.get("EVERY_PAGE"))

T = TypeVar("T")


def in_turn(all_of_them: Sequence[T], every: int, shift: int = 0) -> Sequence[T]:
    """One of so many, another share each day, and one further on by the shift; all with EVERY_PAGE."""
    return all_of_them if EVERY_PAGE else all_of_them[(ROUND + shift) % every :: every]
