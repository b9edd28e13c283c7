"""What must hold in the rows of a place at any time, each fault as a sentence. It knows nobody who walks there."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from cases.engine.writing import derived_values
from cases.kinds import all_kinds
from cases.ledger.verify import verify, verify_case
from cases.ledger.witness import Witness
from cases.lists.worklists import on_desk_of
from cases.model.reading import timer_from
from cases.model.tables import Case, Event, RungFired, TimerRow
from extensions import Base
from notifications.letters import Letter
from notifications.papers import Paper
from registry.credit_records import CreditRecord, changes_of, flags_of, statements_of
from registry.identity import Identity
from registry.replay import replay, state_of
from workflow.definition import Party
from workflow.snapshot import RuleContext


def faults_of_case(session: Session, world: RuleContext, case_id: int, since: int = 0) -> Iterator[str]:
    """What does not hold of one case; its ends are looked at from the event behind `since`."""
    case = session.execute(select(Case.__table__).where(Case.id == case_id)).one()
    rows = session.execute(select(TimerRow.__table__).where(TimerRow.case_id == case_id).order_by(TimerRow.id)).all()
    found = [*_desk_and_timers(case, rows), *_derived(session, world, case, rows), *_ends(session, case, since)]
    found += [str(fault.what) for fault in verify_case(session, case_id).faults]
    if case.record_id is not None:
        found += _record(session, case)
    yield from (f"{case.number}: {fault}" for fault in found)


def _desk_and_timers(case: Any, timers: Sequence[Any]) -> Iterator[str]:
    running = [row for row in timers if row.stopped_on is None]
    if case.closed_at is None:
        if case.desk is None or (case.desk == Party.BUREAU and case.bureau_id is None):
            yield "an open case lies on no desk"
        if not any(row.due_on for row in running):
            yield "an open case has no day to come"
    elif running:
        yield f"a closed case runs {[row.deadline for row in running]}"
    if any(row.next_at for row in timers if row.stopped_on is not None):
        yield "a stopped timer waits for a rung"


def _derived(session: Session, world: RuleContext, case: Any, timers: Sequence[Any]) -> Iterator[str]:
    """What stands in a timer's row for the index is what its ledger gives."""
    fired: dict[int, set[Any]] = defaultdict(set)
    ids = [row.id for row in timers]
    for one in session.execute(select(RungFired.__table__).where(RungFired.timer_id.in_(ids))):
        fired[one.timer_id].add((one.due_on, one.rung))
    for row in timers:
        if row.stopped_on is None:
            said = derived_values(world, all_kinds()[case.kind], timer_from(row, fired[row.id]))
            if wrong := {name: value for name, value in said.items() if getattr(row, name) != value}:
                yield f"the timer {row.deadline} should say {wrong}"


def _ends(session: Session, case: Any, since: int) -> Iterator[str]:
    """Every event that ends the case has told the filer in writing; against the filer, on a paper with remedies."""
    definition = all_kinds()[case.kind]
    events = select(Event.at, Event.body).where(Event.case_id == case.id, Event.seq > since).order_by(Event.seq)
    for at, text in session.execute(events):
        body = json.loads(text)
        final = definition.state(body["target"])
        if body["source"] == body["target"] or not final.final:
            continue
        told = session.execute(
            select(Letter.id, Paper.values).outerjoin(Paper, Paper.id == Letter.paper_id)
            .where(Letter.case_number == case.number, Letter.written_at == at, Letter.to_party == "enterprise",
                   Letter.to_id == case.enterprise_id)
        ).all()  # fmt: skip
        if not told:
            yield f"the end {final.name} is told in no letter"
        papers = [values for _id, values in told if values]
        if final.adverse and not any(values.get("reasons") and values.get("remedies") for values in papers):
            yield f"the adverse end {final.name} has no paper with reasons and remedies"


def _record(session: Session, case: Any) -> Iterator[str]:
    record = session.get_one(CreditRecord, case.record_id, populate_existing=True)
    flags = flags_of(session, [record.id]).get(record.id, [])
    if replay(changes_of(session, record)) != state_of(record, flags, statements_of(session, record)):
        yield f"record {record.id} is not the replay of its changes"
    if case.closed_at is not None and case.id in flags:
        yield "a closed case marks its record"


def faults_of_lists(session: Session, people: Sequence[Identity]) -> Iterator[str]:
    """Every open case lies on exactly one desk's list of work, that on which it lies; no closed case on any."""
    seen: dict[int, set[tuple[str, int | None]]] = defaultdict(set)
    for identity in people:
        for case_id in session.scalars(select(Case.id).where(on_desk_of(identity))):
            seen[case_id].add(_body(identity))
    for case in session.execute(select(Case.__table__).where(Case.closed_at.is_(None))):
        body = {Party.BUREAU: case.bureau_id, Party.ENTERPRISE: case.enterprise_id}.get(case.desk)
        if (on := seen.pop(case.id, set())) != {(case.desk, body)}:
            yield f"{case.number} in {case.state} lies with {case.desk} {body} and is on the lists of {sorted(on)}"
    yield from (f"case {case_id} is closed and on the lists of {sorted(on)}" for case_id, on in seen.items())


def _body(identity: Identity) -> tuple[str, int | None]:
    party = next(iter(identity.parties))
    firm = next(iter(identity.enterprise_ids), None)
    return str(party), {Party.BUREAU: identity.bureau_id, Party.ENTERPRISE: firm}.get(party)


def faults_of_ledger(session: Session, witness: Witness | None = None) -> Iterator[str]:
    """What the ledger's own check finds, of all cases; and of rungs, that each event is of one."""
    yield from (f"{fault.case_number} {fault.seq}: {fault.what}" for fault in verify(session, witness=witness).faults)
    once = select(TimerRow.case_id, RungFired.event_seq).join(TimerRow, TimerRow.id == RungFired.timer_id)
    rows = session.execute(once.order_by(TimerRow.case_id, RungFired.event_seq)).all()
    yield from (f"case {one.case_id}: event {one.event_seq} is two rungs" for one, other in pairwise(rows)
                if tuple(one) == tuple(other))  # fmt: skip


def rows_of_all(session: Session) -> dict[str, int]:
    """How many rows each table has: a refusal leaves them as they are."""
    counts = [select(literal(table.name), func.count()).select_from(table) for table in Base.metadata.sorted_tables]
    return dict(session.execute(union_all(*counts)).all())  # type: ignore[arg-type]
