"""Work on many at once that one of them makes fail: the rest is done, and that one stands alone.

Halves, not one after the other: of five hundred with three that fail, some fifty transactions instead of five hundred.
"""

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from database import trouble_of

Done = TypeVar("Done")
Read = TypeVar("Read")
log = logging.getLogger("redress.cases")


def bisect(
    ids: Sequence[int],
    error: Exception,
    work: Callable[[Sequence[int]], list[Done]],
    failed: Callable[[int, Exception], None],
) -> list[Done]:
    """These failed together with `error`: work on their halves, and hand what fails alone to `failed`.

    `work` owns its transaction. Trouble of the database that passes is nobody's fault: it is raised.
    """
    require_own_fault(error)
    if len(ids) == 1:
        failed(ids[0], error)
        return []
    done: list[Done] = []
    for half in (ids[: len(ids) // 2], ids[len(ids) // 2 :]):
        try:
            done += work(half)
        except Exception as again:
            done += bisect(half, again, work, failed)
    return done


def readable(number: str, read: Callable[[], Read]) -> Read | None:
    """What a list shows of a case; None where that cannot be read, which the log then says: the list has others."""
    try:
        return read()
    except Exception as error:
        require_own_fault(error)
        log.error("case %s cannot be read for a list", number, exc_info=error)
        return None


def require_own_fault(error: Exception) -> None:
    """Raise the error on where the database was busy, away or full: whatever was being done is not to blame."""
    trouble = trouble_of(error)
    if trouble and trouble.passes:
        raise error
