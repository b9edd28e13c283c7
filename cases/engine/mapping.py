"""Cases of a kind that has changed: find those it cannot place any more, and move them, all or none.

`workflow/mapping.py` decides where a case goes; here each gets one event. The site does not start before the last has.
"""

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
from cases.model.reading import Act, read_cases
from cases.model.tables import Case, Event, TimerRow
from extensions import transaction
from workflow.definition import Definition
from workflow.mapping import Fate, NewNames, RecordedCase, fates, map_case, names_for
from workflow.refusal import Impossible, Message
from workflow.snapshot import RuleContext

BATCH = 500
"""Cases read and written at a time; all batches stand in one transaction."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class MappingOrder:
    """What to map: old and new names, of the cases of one variant where it is named."""

    kind: str
    pairs: tuple[tuple[str, str], ...]
    variant: str | None = None


@dataclass(frozen=True)
class MappedCase:
    """One case: from where to where, what becomes of its deadlines, and to whom a letter goes."""

    number: str
    source: str
    target: str
    desk_before: str
    desk: str
    fates: tuple[Fate, ...]
    letters: tuple[str, ...]


@dataclass(frozen=True)
class Unmappable:
    """A case that cannot be mapped so, and why."""

    number: str
    why: Message


@dataclass(frozen=True)
class MappingResult:
    """What an order comes to; where a case is refused nothing is done."""

    lines: tuple[MappedCase, ...]
    refused: tuple[Unmappable, ...]


def preview(session: Session, world: RuleContext, order: MappingOrder, now: datetime) -> MappingResult:
    """What the order would do; changes nothing. Raises Impossible where the names themselves cannot be."""
    names = names_for(all_kinds()[order.kind], order.pairs)
    ids = session.scalars(_concerned(order, names)).all()
    return _found(session, world, order, names, ids, now)


def map_cases(
    world: RuleContext, order: MappingOrder, because: str, now: datetime, progress: Progress | None = None
) -> MappingResult:
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
    session: Session, world: RuleContext, order: MappingOrder, names: NewNames, ids: Sequence[int], now: datetime
) -> MappingResult:
    lines: list[MappedCase] = []
    refused: list[Unmappable] = []
    for first in range(0, len(ids), BATCH):
        for act, told in _decided(session, world, order, names, ids[first : first + BATCH], "", now):
            if isinstance(told, Unmappable):
                refused.append(told)
            elif act:
                lines.append(_line(session, world, act, told.desk or ""))
    return MappingResult(tuple(lines), tuple(refused))


def _concerned(order: MappingOrder, names: NewNames) -> Select[int]:
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
    session: Session,
    world: RuleContext,
    order: MappingOrder,
    names: NewNames,
    ids: Sequence[int],
    because: str,
    now: datetime,
) -> Iterator[tuple[Act | None, RecordedCase | Unmappable]]:
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
            yield None, Unmappable(file.number, refusal.message)


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


def _line(session: Session, world: RuleContext, act: Act, desk: str) -> MappedCase:
    move = act.move
    changed = {timer.id: timer for timer in move.timers}
    timers = [*(timer for timer in act.file.snapshot.timers if timer.id not in changed), *move.timers]
    told = dict.fromkeys(f"{letter.to.party} {letter.to.role}" for letter in letters_for(session, world, act, timers))
    return MappedCase(
        act.file.number,
        move.source,
        move.target.name,
        desk,
        str(move.desk or ""),
        tuple(fates(act.file.snapshot, move, world.calendar)),
        tuple(told),
    )


SHOWN = 5
"""Case numbers in a line; the rest are counted."""

Pair = tuple[str, str]


def gone(session: Session, kinds: Mapping[str, Definition] | None = None) -> list[str]:
    """A line for each kind of a case that is gone; for each state in which an open case stands, and each deadline
    of one, that its kind has not."""
    known = all_kinds() if kinds is None else kinds
    return [*_gone_kinds(session, known), *_gone_states(session, known), *_gone_deadlines(session, known)]


def _gone_kinds(session: Session, kinds: Mapping[str, Definition]) -> Iterator[str]:
    """Of closed cases too: without their kind nobody could read them."""
    for kind in sorted({*session.scalars(select(Case.kind).distinct())} - {*kinds}):
        cases = session.scalars(select(Case.number).where(Case.kind == kind).order_by(Case.number)).all()
        yield f"there is no kind '{kind}': {_named(cases)}"


def _gone_states(session: Session, kinds: Mapping[str, Definition]) -> Iterator[str]:
    states = {(name, state.name) for name, kind in kinds.items() for state in kind.states}
    identity = select(Case.kind, Case.state).where(Case.closed_at.is_(None), Case.kind.in_(kinds))
    numbers = select(Case.number).where(Case.closed_at.is_(None)).order_by(Case.number)
    for kind, state in _unknown(session, identity, states):
        cases = session.scalars(numbers.where(Case.kind == kind, Case.state == state)).all()
        yield f"{kind} has no state '{state}': {_named(cases)}"


def _gone_deadlines(session: Session, kinds: Mapping[str, Definition]) -> Iterator[str]:
    deadlines = {(name, deadline.name) for name, kind in kinds.items() for deadline in kind.deadlines}
    # those of this round, stopped ones too: under its new name a deadline goes on with what was left; without a rule
    # it has been ended for want of a new name
    theirs = and_(TimerRow.case_id == Case.id, TimerRow.round == Case.round, TimerRow.rule != "")
    held = select(Case.kind, TimerRow.deadline).join(TimerRow, theirs)
    held = held.where(Case.closed_at.is_(None), Case.kind.in_(kinds))
    numbers = select(Case.number).join(TimerRow, theirs).where(Case.closed_at.is_(None))
    for kind, deadline in _unknown(session, held, deadlines):
        holding = numbers.where(Case.kind == kind, TimerRow.deadline == deadline)
        cases = session.scalars(holding.distinct().order_by(Case.number)).all()
        yield f"{kind} has no deadline '{deadline}': {_named(cases)}"


def _unknown(session: Session, found: Select[str, str], known: set[Pair]) -> list[Pair]:
    return sorted({(kind, name) for kind, name in session.execute(found.distinct())} - known)


def _named(numbers: Sequence[str]) -> str:
    more = f" and {len(numbers) - SHOWN} more" if len(numbers) > SHOWN else ""
    return ", ".join(numbers[:SHOWN]) + more
