"""Display that ends by itself: record after record, many a transaction, and where a case is open it is told (D23).

A record that fails keeps no other: its display stays, and it is named in the log at every beat.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from cases.engine.record_news import ENDED, tell_of
from cases.model.bisect import apart
from extensions import transaction
from registry.display import due_displays, end_due_displays
from workflow.snapshot import RuleContext

MOST = 1000
log = logging.getLogger("redress.scheduler")


class DisplayKept(Exception):
    """Some records are still displayed though their day is over: each has failed, and the log says how."""


def end_displays(world: RuleContext, now: datetime, most: int = MOST) -> list[int]:
    """End every display whose day is over, `most` records a transaction; gives the records, in order.

    Raises `DisplayKept` once all have been tried where one failed, so that no beat is noted as good.
    """
    ended: list[int] = []
    failed: list[int] = []
    last = 0
    while page := _page(world, now, last, most):
        ended += _end_page(world, now, page, failed)
        last = page[-1]
    if failed:
        raise DisplayKept(f"{len(failed)} records are still displayed: {', '.join(map(str, failed[:20]))}")
    return ended


def _page(world: RuleContext, now: datetime, last: int, most: int) -> Sequence[int]:
    law = world.jurisdiction
    with transaction() as session:
        return due_displays(session, law.displays, law.day_of(now), last, most)


def _end_page(world: RuleContext, now: datetime, page: Sequence[int], failed: list[int]) -> list[int]:
    def set_aside(record_id: int, error: Exception) -> None:
        log.error("the display of record %s cannot be ended", record_id, exc_info=error)
        failed.append(record_id)

    try:
        return _end(world, now, page)
    except Exception as error:
        return apart(page, error, partial(_end, world, now), set_aside)


def _end(world: RuleContext, now: datetime, record_ids: Sequence[int]) -> list[int]:
    law = world.jurisdiction
    with transaction() as session:
        changes = end_due_displays(session, law.displays, law.day_of(now), now, record_ids)
        ended = [change.record_id for change in changes]
        tell_of(session, world, ended, ENDED, now)
        return ended
