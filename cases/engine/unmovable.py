"""One case in an act over many, all or nothing: the case that fails is named to whoever asked, and in the log."""

from __future__ import annotations

import logging

from cases.model.bisect import require_own_fault
from workflow.refusal import Impossible, Refusal, say

log = logging.getLogger("redress.cases")


def named(number: str, error: Exception) -> Exception:
    """What to raise of a failure with this case: a refusal as it is, a bug as one that names the case.

    A database that is busy, away or full is no fault of the case: that is raised.
    """
    require_own_fault(error)
    if isinstance(error, Refusal):
        return error
    log.error("case %s cannot be moved, so none was", number, exc_info=error)
    return Impossible(
        say(
            "Case {number} cannot be moved at the moment, so nothing was recorded: neither of it nor of "
            "the others. The cause is in the platform's log.",
            number=number,
        )
    )
