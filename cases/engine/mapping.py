"""Cases of a kind that has changed: taken over to what the kind is now, said first and then done, all or nothing.

What becomes of a case `workflow/mapping.py` decides; here the cases are found, and each gets one event. Either every
case goes on or none does: the site does not start before the last one has, so that half would help nobody.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session

from cases.engine.writing import write_moves
from cases.kinds import all_kinds
from cases.letters.telling import letters_for
from cases.model.acts import Act
from cases.model.reading import read_cases
from cases.model.tables import Case, Event, TimerRow
from extensions import transaction
from workflow.mapping import Fate, NewNames, RecordedCase, fates, map_case, names_for
from workflow.refusal import Impossible, Message
from workflow.snapshot import RuleContext

BATCH = 500
"""Cases read and written at a time; all batches stand in one transaction."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Order:
    """What to map: old and new names, of the cases of one variant where it is named."""

    kind: str
    pairs: tuple[tuple[str, str], ...]
    variant: str | None = None


@dataclass(frozen=True)
class Line:
    """One case: from where to where, what becomes of its deadlines, and to whom a letter goes."""

    number: str
    source: str
    target: str
    desk_before: str
    desk: str
    fates: tuple[Fate, ...]
    letters: tuple[str, ...]


@dataclass(frozen=True)
class Refused:
    """A case that cannot be mapped so, and why."""

    number: str
    why: Message


@dataclass(frozen=True)
class Found:
    """What an order comes to; where a case is refused nothing is done."""

    lines: tuple[Line, ...]
    refused: tuple[Refused, ...]


def preview(session: Session, world: RuleContext, order: Order, now: datetime) -> Found:
    """What the order would do; changes nothing. Raises Impossible where the names themselves cannot be."""
    names = names_for(all_kinds()[order.kind], order.pairs)
    ids = session.scalars(_concerned(order, names)).all()
    return _found(session, world, order, names, ids, now)


def map_cases(world: RuleContext, order: Order, because: str, now: datetime, progress: Progress | None = None) -> Found:
    """Do it, in one transaction, one event a case; where a case is refused, nothing. `because` is kept for who audits.

    `progress` is told how many of how many cases are done. Raises Impossible where the names themselves cannot be.
    """
    names = names_for(all_kinds()[order.kind], order.pairs)
    with transaction() as session:
        ids = session.scalars(_concerned(order, names).with_for_update()).all()
        found = _found(session, world, order, names, ids, now)
        for first in () if found.refused else range(0, len(ids), BATCH):
            batch = ids[first : first + BATCH]
            acts = [act for act, _ in _decided(session, world, order, names, batch, because, now) if act]
            if acts:
                write_moves(session, world, acts, now)
            if progress:
                progress(first + len(batch), len(ids))
    return found


def _found(
    session: Session, world: RuleContext, order: Order, names: NewNames, ids: Sequence[int], now: datetime
) -> Found:
    lines: list[Line] = []
    refused: list[Refused] = []
    for first in range(0, len(ids), BATCH):
        for act, told in _decided(session, world, order, names, ids[first : first + BATCH], "", now):
            if isinstance(told, Refused):
                refused.append(told)
            elif act:
                lines.append(_line(session, world, act, told.desk or ""))
    return Found(tuple(lines), tuple(refused))


def _concerned(order: Order, names: NewNames) -> Select[int]:
    """The cases that stand in such a state, and the open ones that have passed it or hold such a deadline."""
    holding = select(TimerRow.case_id).where(TimerRow.deadline.in_(names.deadlines), TimerRow.rule != "")
    passed = select(Event.case_id).where(_leads_to(names))
    opened = and_(Case.closed_at.is_(None), or_(Case.id.in_(holding), Case.id.in_(passed)))
    found = select(Case.id).where(Case.kind == order.kind, or_(Case.state.in_(names.states), opened)).order_by(Case.id)
    return found if order.variant is None else found.where(Case.variant == order.variant)


def _leads_to(names: NewNames) -> ColumnElement[bool]:
    """The events that led to a state that is gone, as their sealed bodies say it."""
    return or_(false(), *(Event.body.contains(f'"target":"{old}"', autoescape=True) for old in names.states))


def _decided(
    session: Session, world: RuleContext, order: Order, names: NewNames, ids: Sequence[int], because: str, now: datetime
) -> Iterator[tuple[Act | None, RecordedCase | Refused]]:
    """The move of each case, with where it stood; of one that cannot be mapped so, why not."""
    definition = all_kinds()[order.kind]
    rows, lay = _rows(session, ids), _where_they_lay(session, names, ids)
    for file in read_cases(session, ids):
        row = rows[file.id]
        position = RecordedCase(file.snapshot, row.desk, row.outcome, row.definition, lay[file.id])
        own = position.called_by(definition, names)
        try:
            act = Act(file, map_case(definition, position, own, world, because, now)) if own else None
            yield act, position
        except Impossible as refusal:
            yield None, Refused(file.number, refusal.message)


def _rows(session: Session, ids: Sequence[int]) -> Mapping[int, Any]:
    columns = select(Case.id, Case.desk, Case.outcome, Case.definition).where(Case.id.in_(ids))
    return {row.id: row for row in session.execute(columns)}


def _where_they_lay(session: Session, names: NewNames, ids: Sequence[int]) -> Mapping[int, dict[str, str | None]]:
    """On whose desk each case lay when it last came to each of these states."""
    lay: dict[int, dict[str, str | None]] = defaultdict(dict)
    events = select(Event.case_id, Event.body).where(Event.case_id.in_(ids), _leads_to(names))
    for case_id, text in session.execute(events.order_by(Event.case_id, Event.seq)):
        body = json.loads(text)
        lay[case_id][body["target"]] = body["desk"]
    return lay


def _line(session: Session, world: RuleContext, act: Act, desk: str) -> Line:
    move = act.move
    changed = {timer.id: timer for timer in move.timers}
    timers = [*(timer for timer in act.file.snapshot.timers if timer.id not in changed), *move.timers]
    told = dict.fromkeys(f"{letter.to.party} {letter.to.role}" for letter in letters_for(session, world, act, timers))
    return Line(
        act.file.number,
        move.source,
        move.target.name,
        desk,
        str(move.desk or ""),
        tuple(fates(act.file.snapshot, move, world.calendar)),
        tuple(told),
    )
