"""Changes of a record while a case about it is open: desk and enterprise are told, and no case ends by them (D23).

Displays that end by themselves are ended here, many records a transaction; one that fails holds up no other.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.engine.advance import open_conflicts
from cases.kinds import all_kinds
from cases.kinds.common import SYSTEM_RIGHT
from cases.letters.decision import in_both, value_line
from cases.letters.telling import at_bureau, at_desk, filer
from cases.model.bisect import bisect
from cases.model.reading import LoadedCase, read_cases
from cases.model.tables import Case
from exchange.queue import queue
from extensions import transaction
from notifications.post import NewLetter, post
from notifications.wording import CHANGED, RECORD_CHANGED, SAYS, WORDINGS
from registry.columns import column_of
from registry.credit_records import CreditRecord, RecordChange
from registry.display import due_displays, end_due_displays
from registry.organisations import Bureau
from registry.sheets.importing import AgainstDecision, SheetNews
from workflow.definition import REVIEWER
from workflow.refusal import Message, say
from workflow.snapshot import RuleContext

IMPORTED = say("A new sheet has changed the record")
ENDED = say("The record's display has ended on its day")
AT_ONCE = 1000
ChangedValues = Mapping[int | None, list[Message]]
"""Lines on the values that have changed, by record."""


def tell_of_sheet(session: Session, world: RuleContext, news: SheetNews, batch: str, now: datetime) -> int:
    """Tell of what a sheet said, in the transaction that wrote it; gives the number of cases on records that changed.

    What it says against a decision a bureau finds on (D55); of an error that it says again the bureau gets a letter,
    where it had confirmed that its own system was right (D56).
    """
    told = tell_of(session, world, news.changed, IMPORTED, now)
    open_conflicts(session, world, news.conflicting, batch, now)
    post(session, list(_errors_repeated(session, world, news.repeating, now)), now)
    return told


def tell_of(session: Session, world: RuleContext, record_ids: Iterable[int], what: Message, now: datetime) -> int:
    """Tell desk and enterprise of every open case on these records; gives the number of cases."""
    told = 0
    for some in batched(sorted(set(record_ids))):
        open_cases = select(Case.id).where(Case.record_id.in_(some), Case.closed_at.is_(None))
        files = read_cases(session, session.scalars(open_cases).all())
        changed = _changed(session, {file.record_id for file in files}, now) if files else {}
        letters = [letter for file in files for letter in _letters(session, world, file, what, changed, now)]
        post(session, letters, now)
        told += len(files)
    return told


def batched(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """A statement names so many records and no more: databases take only so many values."""
    return (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))


def _letters(
    session: Session, world: RuleContext, file: LoadedCase, what: Message, changed: ChangedValues, now: datetime
) -> Iterator[NewLetter]:
    definition = all_kinds()[file.kind]
    values = {**_of_case(world, file, now), "what": what, "changed": changed.get(file.record_id, [])}
    state = definition.state(file.snapshot.state)
    desk = at_desk(session, file, definition, state, file.snapshot.bureau, file.complained_of)
    for address in dict.fromkeys((filer(file), *desk)):
        yield NewLetter(address, "note", file.number, values, shared=True, wording=RECORD_CHANGED)


def _of_case(world: RuleContext, file: LoadedCase, now: datetime) -> dict[str, object]:
    return {
        "kind": say(all_kinds()[file.kind].label),
        "number": file.number,
        "record": file.document_number,
        "today": world.jurisdiction.day_of(now),
    }


def _changed(session: Session, record_ids: Collection[int | None], now: datetime) -> ChangedValues:
    """A line for each value of these records that a sheet has just changed."""
    said = (RecordChange.record_id, CreditRecord.kind, RecordChange.field, RecordChange.before, RecordChange.after)
    updated = RecordChange.record_id.in_(record_ids), RecordChange.at == now, RecordChange.what == "updated"
    found = select(*said).join(CreditRecord, CreditRecord.id == RecordChange.record_id).where(*updated)
    lines: dict[int | None, list[Message]] = {}
    for record_id, kind, field, before, after in session.execute(found.order_by(RecordChange.id)):
        if column_of(kind, field):
            line = value_line(kind, field, before, after, CHANGED)
            lines.setdefault(record_id, []).append(line)
    return lines


def _errors_repeated(
    session: Session, world: RuleContext, cells: Sequence[AgainstDecision], now: datetime
) -> Iterator[NewLetter]:
    """A letter for each record of which a sheet says again what was found wrong, though its bureau had confirmed that
    its own system was right."""
    of: dict[int, list[AgainstDecision]] = {}
    for one in cells:
        of.setdefault(one.record_id, []).append(one)
    for some in batched(sorted(of)):
        records = {one.id: one for one in session.scalars(select(CreditRecord).where(CreditRecord.id.in_(some)))}
        ended = select(Case.id).where(Case.record_id.in_(some), Case.closed_at.is_not(None))
        for file in read_cases(session, session.scalars(ended.order_by(Case.id)).all()):
            confirmed = [event.on for event in file.snapshot.past if SYSTEM_RIGHT in event.codes.values()]
            if not confirmed or file.record_id not in of:
                continue
            record = records[file.record_id]
            lines = [value_line(record.kind, one.field, one.stays, one.says, SAYS) for one in of.pop(record.id)]
            bureau = in_both(session.get_one(Bureau, record.supplied_by_id))
            values = {**_of_case(world, file, now), "bureau": bureau, "confirmed_on": confirmed[-1], "changed": lines}
            for address in at_bureau(session, record.supplied_by_id, REVIEWER):
                wording = WORDINGS["error_repeated"]
                yield NewLetter(address, "error_repeated", file.number, values, shared=True, wording=wording)


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
        queue(session, world, changes, now)
        ended = [change.record_id for change in changes]
        tell_of(session, world, ended, ENDED, now)
        return ended
