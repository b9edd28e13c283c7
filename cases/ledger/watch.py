"""The ledger is checked in the background: first what has moved, then, a page a beat, all the rest in turn.

What does not match is kept where the office sees it, until a later look finds that it matches again. Several
schedulers share the work: one looks at a time.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cases.ledger.checkpoints import EVERY
from cases.ledger.verify import LAST, PAGE, shared_faults, verify_cases
from cases.ledger.verify_chain import Stored
from cases.ledger.verify_checkpoints import Outside
from cases.ledger.verify_rows import RECORD, SEAL, CaseList, CaseRange, Covered, Mismatch
from cases.ledger.witness import Witness
from cases.model.bisect import require_own_fault
from cases.model.tables import Case, Checkpoint, CheckpointHead, LedgerFault, LedgerWatch
from extensions import read_snapshot, transaction
from workflow.refusal import Message

CLAIM: Final = timedelta(minutes=10)
"""How long a look may take before another scheduler takes over."""

MOST_KEPT: Final = 1000
"""Faults kept of one part of a look: who has more reads `flask audit verify`."""

ONE: Final = 1
"""The only row of the watch."""

log = logging.getLogger("redress.ledger")


@dataclass(frozen=True)
class LedgerAlarm:
    """That something does not match: how many things, and since when it is known."""

    faults: int
    since: datetime


@dataclass(frozen=True)
class _LookResult:
    """What one part of a look found. `cases` are the numbers it covered; None for the checkpoints."""

    faults: Sequence[Mismatch]
    cases: frozenset[str] | None = None
    records: frozenset[int | None] = frozenset()
    within: Covered | None = None

    @property
    def part(self) -> str:
        return "checkpoints" if self.cases is None else "cases"

    def covers(self, kept: LedgerFault) -> bool:
        """Whether what was kept from an earlier look has been looked at again."""
        if kept.part != self.part or self.cases is None:
            return kept.part == self.part
        if kept.case_number == RECORD:
            return kept.seq in self.records
        if kept.case_number.startswith("#"):  # events of no case are named by the id they carry
            return isinstance(self.within, CaseRange) and self.within.has(int(kept.case_number[1:]))
        return kept.case_number in self.cases


FOUND: Final = select(func.count().label("faults"), func.min(LedgerFault.since).label("since"))
"""Whether the check in the background has found anything that does not match."""


def alarm_in(faults: int, since: datetime | None) -> LedgerAlarm | None:
    """What that tells."""
    return LedgerAlarm(faults, since) if since else None


def faults_found(session: Session) -> list[Mismatch]:
    """What the check in the background has found, in the order in which it was found."""
    rows = session.scalars(select(LedgerFault).order_by(LedgerFault.id))
    return [Mismatch(row.case_number, row.seq, Message(row.what["id"], row.what["values"])) for row in rows]


def look(session: Session, witness: Witness | None, stored: Stored | None, now: datetime) -> list[Mismatch]:
    """One look: the checkpoints where a new one was made or the round ends, the cases that moved; then the next page.

    Gives the faults that were not known before; nothing where another scheduler is looking.
    """
    place = _claim(now)
    if place is None:
        return []
    after_case, after_checkpoint = place
    newest, moved, page = _plan(session, after_case, after_checkpoint)
    seen = []
    if newest != after_checkpoint or page.last == LAST or _late(session, now):
        outside = Outside(witness, witness.read()) if witness else None
        with read_snapshot(session) as connection:
            seen.append(_LookResult(shared_faults(connection, outside, but=(RECORD, SEAL))))
    seen += [_look_at(session, covered, stored) for covered in (*moved, page)]
    new = _record(seen, now)
    ended = page.last == LAST
    values = {"after_case": 0 if ended else page.last, "after_checkpoint": newest, "claimed_until": None}
    with transaction() as writing:
        writing.execute(update(LedgerWatch).values(**values, **({"round_ended_at": now} if ended else {})))
    for fault in new:
        log.error("the ledger does not match: %s, event %s: %s", fault.case_number, fault.seq, fault.what)
    return new


def _claim(now: datetime) -> tuple[int, int] | None:
    """Take the watch, and how far it has come: the last case and checkpoint. None where another scheduler has it."""
    free = or_(LedgerWatch.claimed_until.is_(None), LedgerWatch.claimed_until <= now)
    late = LedgerWatch.claimed_until > now + CLAIM  # written before the clock was put back
    taken = update(LedgerWatch).where(or_(free, late)).values(claimed_until=now + CLAIM)
    with transaction() as session:
        row = session.execute(taken.returning(LedgerWatch.after_case, LedgerWatch.after_checkpoint)).one_or_none()
        if row or session.get(LedgerWatch, ONE):
            return (row.after_case, row.after_checkpoint) if row else None
        first = {"id": ONE, "after_case": 0, "after_checkpoint": 0, "claimed_until": now + CLAIM}
        try:
            with session.begin_nested():
                session.execute(insert(LedgerWatch), [first])
        except IntegrityError:  # another scheduler has just begun
            return None
    return 0, 0


def _plan(session: Session, after_case: int, after_checkpoint: int) -> tuple[int, list[Covered], CaseRange]:
    """The newest checkpoint, the cases that moved up to it since the last look, and the next page of all the rest."""
    moved = select(CheckpointHead.case_id).where(CheckpointHead.checkpoint_id > after_checkpoint)
    next_ids = select(Case.id).where(Case.id > after_case).order_by(Case.id).limit(PAGE)
    with read_snapshot(session) as connection:
        newest = connection.execute(select(func.max(Checkpoint.id))).scalar() or 0
        new = connection.execute(moved.order_by(CheckpointHead.case_id)).scalars().all()
        page = connection.execute(next_ids).scalars().all()
    moved_pages: list[Covered] = [CaseList(new[at : at + PAGE]) for at in range(0, len(new), PAGE)]
    return newest, moved_pages, CaseRange(after_case + 1, page[-1] if len(page) == PAGE else LAST)


def _late(session: Session, now: datetime) -> bool:
    """Whether a checkpoint is overdue: then the newest may no longer stand, so that none is made over it."""
    try:
        with read_snapshot(session) as connection:
            at = connection.execute(select(func.max(Checkpoint.at))).scalar()
    except Exception as error:  # a time that cannot even be read
        require_own_fault(error)
        return True
    return at is None or not abs(now - at) < 2 * EVERY


def _look_at(session: Session, covered: Covered, stored: Stored | None) -> _LookResult:
    verdict = verify_cases(session, covered, stored)
    with read_snapshot(session) as connection:
        named = select(Case.number, Case.record_id).where(covered.holds(Case.id))
        rows = connection.execute(named, covered.values).all()
    numbers, records = frozenset(row.number for row in rows), frozenset(row.record_id for row in rows)
    return _LookResult(verdict.faults, numbers, records, covered)


def _record(seen: Sequence[_LookResult], now: datetime) -> list[Mismatch]:
    """Keep what was found and forget what matches again; gives what was not known."""
    faults = {
        (fault.case_number, fault.seq, fault.what.id): (part.part, fault)
        for part in seen
        for fault in part.faults[:MOST_KEPT]
    }
    with transaction() as session:
        kept = session.scalars(select(LedgerFault)).all()
        known = {(row.case_number, row.seq, row.what["id"]): row for row in kept}
        gone = [row.id for key, row in known.items() if key not in faults and any(part.covers(row) for part in seen)]
        new = [found for key, found in faults.items() if key not in known]
        session.execute(delete(LedgerFault).where(LedgerFault.id.in_(gone)))
        for part, fault in new:
            values = {name: said if isinstance(said, int) else str(said) for name, said in fault.what.values.items()}
            what = {"id": fault.what.id, "values": values}
            session.add(LedgerFault(part=part, case_number=fault.case_number, seq=fault.seq, since=now, what=what))
    return [fault for _part, fault in new]
