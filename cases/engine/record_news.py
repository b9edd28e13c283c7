"""Changes of a record while a case about it is open: desk and enterprise are told, and no case ends by them (D23).

Displays that end by themselves are ended here, many records a transaction; one that fails holds up no other.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.letters.telling import at_desk, filer
from cases.model.bisect import bisect
from cases.model.reading import LoadedCase, read_cases
from cases.model.tables import Case
from extensions import transaction
from notifications.post import NewLetter, post
from notifications.wording import GENERAL
from registry.display import due_displays, end_due_displays
from workflow.refusal import Message, say
from workflow.snapshot import RuleContext

IMPORTED = say("A new sheet has changed the record")
ENDED = say("The record's display has ended on its day")
AT_ONCE = 1000


def tell_of(session: Session, world: RuleContext, record_ids: Iterable[int], what: Message, now: datetime) -> int:
    """Tell desk and enterprise of every open case on these records; gives the number of cases."""
    told = 0
    for some in batched(sorted(set(record_ids))):
        open_cases = select(Case.id).where(Case.record_id.in_(some), Case.closed_at.is_(None))
        files = read_cases(session, session.scalars(open_cases).all())
        post(session, [letter for file in files for letter in _letters(session, world, file, what, now)], now)
        told += len(files)
    return told


def batched(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """A statement names so many records and no more: databases take only so many values."""
    return (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))


def _letters(
    session: Session, world: RuleContext, file: LoadedCase, what: Message, now: datetime
) -> Iterator[NewLetter]:
    definition = all_kinds()[file.kind]
    values = {
        "kind": say(definition.label),
        "number": file.number,
        "record": file.document_number,
        "what": what,
        "today": world.jurisdiction.day_of(now),
    }
    state = definition.state(file.snapshot.state)
    desk = at_desk(session, file, definition, state, file.snapshot.bureau, file.complained_of)
    for address in dict.fromkeys((filer(file), *desk)):
        yield NewLetter(address, "note", file.number, values, shared=True, wording=GENERAL)


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
        return bisect(page, error, partial(_end, world, now), set_aside)


def _end(world: RuleContext, now: datetime, record_ids: Sequence[int]) -> list[int]:
    law = world.jurisdiction
    with transaction() as session:
        changes = end_due_displays(session, law.displays, law.day_of(now), now, record_ids)
        ended = [change.record_id for change in changes]
        tell_of(session, world, ended, ENDED, now)
        return ended
