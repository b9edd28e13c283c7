"""How a case stands, for whoever holds its number and check code: no name, no word, no record.

Kinds that are kept from somebody are never shown so: a number and a code can be copied from a desk.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.model.tables import Case, TimerRow
from notifications.papers import code_in


@dataclass(frozen=True)
class Status:
    """Where it lies, since when, until when, and what came of it. `due_on` is of whoever has it now."""

    kind: str
    number: str
    state: str
    desk: str | None
    bureau_id: int | None
    filed_on: date
    closed_at: datetime | None
    deadline: str = ""
    due_on: date | None = None
    provisional: bool = False
    paused: bool = False


def status_of(session: Session, number: str, code: str) -> Status | None:
    """The status, or None where number and code do not belong together, or the kind is not shown so."""
    case = session.scalars(select(Case).where(Case.number == as_number(number))).first()
    kept = case.check_code if case else ""
    if case is None or not hmac.compare_digest(kept, code_in(code)) or all_kinds()[case.kind].closed_to:
        return None
    timer = _clock_of_desk(session, case)
    return Status(
        kind=case.kind,
        number=case.number,
        state=case.state,
        desk=case.desk,
        bureau_id=case.bureau_id,
        filed_on=case.filed_on,
        closed_at=case.closed_at,
        deadline=timer.deadline if timer else "",
        due_on=timer.due_on if timer else None,
        provisional=bool(timer and timer.provisional),
        paused=bool(timer and timer.due_on is None),
    )


def as_number(text: str) -> str:
    """A case number as it is kept, however it was typed: letter by letter, in small letters, in groups."""
    plain = code_in(text)
    return f"{plain[:4]}-{plain[4:6]}-{plain[6:]}" if plain[:4].isdecimal() and plain[4:6].isalpha() else plain


def _clock_of_desk(session: Session, case: Case) -> TimerRow | None:
    """The running deadline of whoever has the case that ends first; a paused one where nothing else runs."""
    running = select(TimerRow).where(
        TimerRow.case_id == case.id, TimerRow.stopped_on.is_(None), TimerRow.owner == case.desk
    )
    found = session.scalars(running.order_by(TimerRow.due_on, TimerRow.id)).all()
    return min(found, key=lambda timer: timer.due_on or date.max, default=None)
