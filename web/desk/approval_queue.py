"""The queue of those who approve: each proposal with what it comes to, what has changed since, and who may decide."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial

from cases.engine.marks import ApprovalMark, marks_of
from cases.kinds import all_kinds
from cases.lists.proposals import waits_for
from cases.lists.worklists import WorkRow, rows
from cases.model.bisect import readable
from cases.model.reading import LoadedCase, read_cases
from cases.model.related import Change, Since, changes_since
from cases.model.visibility import NextDesk
from extensions import db
from registry.identity import Identity
from registry.people import names_of
from web.acts.page import template_of
from web.case.choices import identities_of, open_to, who_can
from web.case.claims import proposal_of
from web.case.deadlines import clock_of_desk, clocks
from web.case.list_row import firm_of
from web.case.reading import Reading, readings_of
from web.desk.proposed import is_against, proposed
from web.parts.words import Words
from web.site.access import identity, moment
from web.site.context import today, world
from workflow.decide import AvailableAction
from workflow.definition import DECIDES, Action, Definition
from workflow.refusal import Message, say

MOST = 60
"""Proposals on one page, the most urgent of all."""


@dataclass(frozen=True)
class Waiting:
    """One proposal of the queue. `why`: what keeps the reader from deciding on it, and `others` who can instead.

    `mark`: the reader has looked at it and marked it; `meanwhile`: what has happened since then.
    """

    number: str
    kind: str
    firm: Words
    lines: tuple[Words, ...]
    against: bool
    by: str
    at: datetime
    left: Message
    tone: str
    since: tuple[Change, ...]
    action: str
    label: Message
    why: Message | None
    others: tuple[str, ...]
    mark: ApprovalMark | None
    meanwhile: tuple[Change, ...]

    @property
    def definition(self) -> Definition:
        return all_kinds()[self.kind]


@dataclass(frozen=True)
class Queue:
    """What waits, sorted by what its reader can do with it: approve what was seen, look, or leave it to others."""

    marked: tuple[Waiting, ...]
    to_see: tuple[Waiting, ...]
    barred: tuple[Waiting, ...]
    more: bool

    @property
    def count(self) -> int:
        return len(self.marked) + len(self.to_see) + len(self.barred)


def queue() -> Queue:
    """The reader's queue, the first due first: some twenty statements, however many wait."""
    found = rows(db.session(), identity(), waits_for(identity()), most=MOST + 1)
    files = read_cases(db.session(), [row.case_id for row in found[:MOST]])
    readings = {one.file.id: one for one in readings_of(db.session(), world(), files, identity(), moment())}
    beside = _beside(readings.values())
    lines = [
        line
        for row in found[:MOST]
        if row.case_id in readings
        and (line := readable(row.number, partial(_waiting, row, readings[row.case_id], beside)))
    ]
    return Queue(
        tuple(line for line in lines if line.mark and not line.why),
        tuple(line for line in lines if not line.mark and not line.why),
        tuple(line for line in lines if line.why),
        len(found) > MOST,
    )


def decision_on(reading: Reading) -> AvailableAction | None:
    """The act by which the reader's role decides on the proposal that waits, open or not."""
    acts = (one for one in open_to(reading) if one.action.part is DECIDES)
    return next(acts, None) if reading.proposal else None


def may_be_marked(reading: Reading, action: Action) -> bool:
    """Whether one opinion for several is all that the act asks: then it may be taken on many that were looked at."""
    return action.part is DECIDES and template_of(reading, action) == "acts/approve.html"


@dataclass(frozen=True)
class _Beside:
    """What is read once for the whole queue: marks, changes since each proposal and each mark, who proposed, whose desk
    it is. Everything but `desk` by the case's id."""

    marks: Mapping[int, ApprovalMark]
    since: Mapping[int, tuple[Change, ...]]
    meanwhile: Mapping[int, tuple[Change, ...]]
    names: Mapping[int, str]
    desk: Callable[[NextDesk], list[Identity]]


def _beside(readings: Collection[Reading]) -> _Beside:
    session, marks = db.session(), marks_of(db.session(), identity().user_id)
    proposed_by = {one.file.id: one.proposal.person for one in readings if one.proposal and one.proposal.person}
    names = names_of(session, proposed_by.values())
    return _Beside(
        marks=marks,
        since=_changes(one for one in map(proposal_of, readings) if one),
        meanwhile=_changes(_seen(one.file, marks[one.file.id]) for one in readings if one.file.id in marks),
        names={id: names.get(person, "") for id, person in proposed_by.items()},
        desk=cache(partial(identities_of, session, today())),
    )


def _changes(asked: Iterable[Since]) -> dict[int, tuple[Change, ...]]:
    all_asked = list(asked)
    found = changes_since(db.session(), identity(), all_asked)
    return {one.file.id: changes for one, changes in zip(all_asked, found, strict=True)}


def _seen(file: LoadedCase, mark: ApprovalMark) -> Since:
    return Since(file, mark.seen, mark.opened_at)


def _waiting(row: WorkRow, reading: Reading, beside: _Beside) -> Waiting | None:
    decision, proposal = decision_on(reading), reading.proposal
    if decision is None or proposal is None:
        return None
    why, others = _barred(reading, decision, beside)
    left, tone = _left(reading)
    return Waiting(
        number=row.number,
        kind=row.kind,
        firm=firm_of(row),
        lines=proposed(reading),
        against=is_against(reading, decision.action),
        by=beside.names.get(row.case_id, ""),
        at=proposal.at,
        left=left,
        tone=tone,
        since=beside.since[row.case_id],
        action=decision.action.name,
        label=say(decision.action.label),
        why=why,
        others=others,
        mark=beside.marks.get(row.case_id),
        meanwhile=beside.meanwhile.get(row.case_id, ()),
    )


def _barred(reading: Reading, decision: AvailableAction, beside: _Beside) -> tuple[Message | None, tuple[str, ...]]:
    """Why it is not this reader's to decide, and who can; what a head would do is said only where nobody can."""
    why = decision.why_not
    others = who_can(reading, decision.action, beside.desk) if why else ()
    plain = why.values.get("why") if why and others else None
    return (plain if isinstance(plain, Message) else why), others


def _left(reading: Reading) -> tuple[Message, str]:
    clock = clock_of_desk(reading, clocks(reading))
    if clock is None:
        return say("no deadline"), "run"
    return clock.words, clock.urgency
