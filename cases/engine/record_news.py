"""What befalls a record while a case about it is open: desk and enterprise are told, and no case ends by it (D23)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.letters.addresses import at_desk, filer
from cases.model.reading import LoadedCase, read_cases
from cases.model.tables import Case
from notifications.post import NewLetter, post
from workflow.refusal import Message, say
from workflow.snapshot import RuleContext

IMPORTED = say("A new sheet has changed the record")
ENDED = say("The record's display has ended on its day")
MOST = 1000


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
    return (ids[at : at + MOST] for at in range(0, len(ids), MOST))


def _letters(
    session: Session, world: RuleContext, file: LoadedCase, what: Message, now: datetime
) -> Iterator[NewLetter]:
    definition = all_kinds()[file.kind]
    values = {
        "kind": definition.label,
        "number": file.number,
        "record": file.document_number,
        "what": what,
        "today": world.jurisdiction.day_of(now),
    }
    state = definition.state(file.snapshot.state)
    desk = at_desk(session, file, definition, state, file.snapshot.bureau, file.complained_of)
    for address in dict.fromkeys((filer(file), *desk)):
        yield NewLetter(address, "note", file.number, values, shared=True)
