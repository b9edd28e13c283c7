"""The ledger is checked in the background: first what has moved, then, a page a beat, all the rest in turn.

Cases, records and sealed rows come round each by themselves. What does not match is kept where the office sees it,
until a later look finds that it matches again. Several schedulers share the work: one looks at a time.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from cases.ledger.checkpoints import EVERY
from cases.ledger.verify import LAST, PAGE, faults_of_records, shared_faults, verify_cases
from cases.ledger.verify_beside import faults_of_seals, seals_after
from cases.ledger.verify_chain import Stored
from cases.ledger.verify_checkpoints import Outside
from cases.ledger.verify_rows import RECORD, SEAL, CaseList, CaseRange, Covered, Mismatch, legible
from cases.ledger.witness import Witness
from cases.model.bisect import require_own_fault
from cases.model.tables import Case, Checkpoint, CheckpointHead, LedgerFault, LedgerWatch
from extensions import read_snapshot, transaction
from registry.credit_records import CreditRecord
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
    """What one part of a look found, and which kept faults it has looked at again."""

    part: str
    faults: Sequence[Mismatch]
    covers: Callable[[LedgerFault], bool]


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
    """One look: the checkpoints where a new one was made or the round ends, the cases that moved; then the next pages.

    Gives the faults that were not known before; nothing where another scheduler is looking.
    """
    place = _claim(now)
    if place is None:
        return []
    newest, moved, page, records, seals = _plan(session, place)
    seen = []
    if newest != place.after_checkpoint or page.last == LAST or _late(session, now):
        outside = Outside(witness, witness.read()) if witness else None
        with read_snapshot(session) as connection:
            faults = shared_faults(connection, outside, but=(RECORD, SEAL))
        seen.append(_LookResult("checkpoints", faults, lambda kept: kept.part == "checkpoints"))
    seen += [_look_at(session, covered, stored) for covered in (*moved, page)]
    seen += [_look_at_records(session, records), _look_at_seals(session, seals)]
    new = _record(seen, now)
    pages = {"after_case": page, "after_record": records, "after_seal": seals}
    after = {name: 0 if one.last == LAST else one.last for name, one in pages.items()}
    ended = {"round_ended_at": now} if page.last == LAST else {}
    with transaction() as writing:
        writing.execute(update(LedgerWatch).values(**after, after_checkpoint=newest, claimed_until=None, **ended))
    for fault in new:
        log.error("the ledger does not match: %s, event %s: %s", fault.case_number, fault.seq, fault.what)
    return new


class _Place(NamedTuple):
    """How far the watch has come in each of its rounds: the last case, checkpoint, record, checkpoint of seals."""

    after_case: int = 0
    after_checkpoint: int = 0
    after_record: int = 0
    after_seal: int = 0


def _claim(now: datetime) -> _Place | None:
    """Take the watch, and how far it has come. None where another scheduler has it."""
    free = or_(LedgerWatch.claimed_until.is_(None), LedgerWatch.claimed_until <= now)
    late = LedgerWatch.claimed_until > now + CLAIM  # written before the clock was put back
    taken = update(LedgerWatch).where(or_(free, late)).values(claimed_until=now + CLAIM)
    with transaction() as session:
        row = session.execute(taken.returning(*(getattr(LedgerWatch, name) for name in _Place._fields))).one_or_none()
        if row or session.get(LedgerWatch, ONE):
            return _Place(*row) if row else None
        try:
            with session.begin_nested():
                session.execute(insert(LedgerWatch), [{"id": ONE, **_Place()._asdict(), "claimed_until": now + CLAIM}])
        except IntegrityError:  # another scheduler has just begun
            return None
    return _Place()


def _plan(session: Session, place: _Place) -> tuple[int, list[Covered], CaseRange, CaseRange, CaseRange]:
    """The newest checkpoint, the cases that moved up to it since the last look, and the next pages of all the rest:
    of cases, of records, of checkpoints whose seals are read."""
    moved = select(CheckpointHead.case_id).where(CheckpointHead.checkpoint_id > place.after_checkpoint)
    with read_snapshot(session) as connection:
        newest = connection.execute(select(func.max(Checkpoint.id))).scalar() or 0
        new = connection.execute(moved.order_by(CheckpointHead.case_id)).scalars().all()
        cases, records = (
            _next_page(connection, id, after)
            for id, after in ((Case.id, place.after_case), (CreditRecord.id, place.after_record))
        )
        sealed = seals_after(connection, place.after_seal)
    moved_pages: list[Covered] = [CaseList(new[at : at + PAGE]) for at in range(0, len(new), PAGE)]
    return newest, moved_pages, cases, records, CaseRange(place.after_seal + 1, LAST if sealed is None else sealed)


def _next_page(connection: Connection, id: InstrumentedAttribute[int], after: int) -> CaseRange:
    page = connection.execute(select(id).where(id > after).order_by(id).limit(PAGE)).scalars().all()
    return CaseRange(after + 1, page[-1] if len(page) == PAGE else LAST)


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
    numbers, records = {row.number for row in rows}, {row.record_id for row in rows}

    def covers(kept: LedgerFault) -> bool:
        if kept.case_number == RECORD:
            return kept.part == "cases" and kept.seq in records
        if kept.case_number.startswith("#"):  # events of no case are named by the id they carry
            return isinstance(covered, CaseRange) and covered.has(int(kept.case_number[1:]))
        return kept.part == "cases" and kept.case_number in numbers

    return _LookResult("cases", verdict.faults, covers)


def _look_at_records(session: Session, page: CaseRange) -> _LookResult:
    """The records of a page, also those on which there never was a case."""
    with read_snapshot(session) as connection:
        faults = list(legible(RECORD, faults_of_records(connection, page)))
    return _LookResult("records", faults, lambda kept: kept.case_number == RECORD and page.has(kept.seq or 0))


def _look_at_seals(session: Session, page: CaseRange) -> _LookResult:
    """The seals of a page of checkpoints, and the rows under them."""
    with read_snapshot(session) as connection:
        found = legible(SEAL, faults_of_seals(connection, page.first, page.last))
        faults = [one if "n" in one.what.values else replace(one, seq=page.first) for one in found]

    def covers(kept: LedgerFault) -> bool:
        return kept.case_number == SEAL and page.has(int(kept.what["values"].get("n", kept.seq)))

    return _LookResult("seals", faults, covers)


def _record(seen: Sequence[_LookResult], now: datetime) -> list[Mismatch]:
    """Keep what was found and forget what matches again; gives what was not known."""
    faults = {
        _key(fault.case_number, fault.seq, fault.what.id, fault.what.values): (part.part, fault)
        for part in seen
        for fault in part.faults[:MOST_KEPT]
    }
    with transaction() as session:
        kept = session.scalars(select(LedgerFault)).all()
        known = {_key(row.case_number, row.seq, row.what["id"], row.what["values"]): row for row in kept}
        gone = [row.id for key, row in known.items() if key not in faults and any(part.covers(row) for part in seen)]
        new = [found for key, found in faults.items() if key not in known]
        session.execute(delete(LedgerFault).where(LedgerFault.id.in_(gone)))
        for part, fault in new:
            values = {name: said if isinstance(said, int) else str(said) for name, said in fault.what.values.items()}
            what = {"id": fault.what.id, "values": values}
            session.add(LedgerFault(part=part, case_number=fault.case_number, seq=fault.seq, since=now, what=what))
    return [fault for _part, fault in new]


def _key(case_number: str, seq: int | None, id: str, values: Mapping[str, object]) -> tuple[object, ...]:
    """By what a fault is known again: rows of several tables may bear one number."""
    return case_number, seq, id, values.get("table"), values.get("key")
