"""The queue of intake as its page shows it: each case in two lines, the most urgent first. It decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cases.kinds import all_kinds
from cases.lists.intake import to_decide, waits_for_office, waits_for_papers
from cases.lists.worklists import WorkRow, rows, timers_of
from cases.model.words import Subject, subjects_of
from extensions import db
from registry.identity import Identity
from web.case.list_row import Moment, about, firm_of, left_of
from web.parts.words import Words, left_words, urgency
from web.site.context import today, world
from workflow.definition import START, Definition, Party
from workflow.refusal import Message, say
from workflow.timing import Timer


@dataclass(frozen=True)
class Line:
    """One case of the queue; `left` is in words, `tone` its class; `holder` has taken it."""

    number: str
    definition: Definition
    firm: Words
    about: Words
    work: Message | None
    left: Message
    tone: str
    holder: str


@dataclass(frozen=True)
class Group:
    """Cases that wait for the same: for the reader, for somebody else of the office, for papers."""

    title: Message
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Queue:
    """What waits for the reader, and what does not."""

    lines: tuple[Line, ...]
    others: tuple[Group, ...]

    @property
    def numbers(self) -> tuple[str, ...]:
        """Every case on the page, in its order."""
        return tuple(line.number for lines in (self.lines, *(one.lines for one in self.others)) for line in lines)

    @property
    def first(self) -> str:
        """The case with which to begin; none where nothing waits."""
        return next(iter(self.numbers), "")

    def after(self, number: str) -> str:
        """The reader's next case once this one is dealt with: the one below it, at the end of the list the first."""
        mine = [line.number for line in self.lines]
        place = mine.index(number) + 1 if number in mine else 0
        return next((one for one in (*mine[place:], *mine) if one != number), "")


def queue_of(who: Identity) -> Queue:
    """The cases at intake that this person may read."""
    session = db.session()
    mine = rows(session, who, to_decide(who))
    ours = {row.case_id for row in mine}
    others = [row for row in rows(session, who, waits_for_office()) if row.case_id not in ours]
    papers = rows(session, who, waits_for_papers())
    every = [*mine, *others, *papers]
    subjects, timers = subjects_of(session, [row.case_id for row in every]), timers_of(session, every)
    taken = [row for row in others if row.holder]
    groups = (
        (say("Taken by colleagues"), taken),
        (say("For the officers"), [row for row in others if not row.holder]),
        (say("Waiting for papers"), papers),
    )

    def lines(found: Sequence[WorkRow]) -> tuple[Line, ...]:
        return tuple(_line(row, subjects, timers[row.case_id]) for row in found)

    return Queue(lines(mine), tuple(Group(title, lines(found)) for title, found in groups if found))


def _line(row: WorkRow, subjects: Mapping[int, Sequence[Subject]], timers: Sequence[Timer]) -> Line:
    definition = all_kinds()[row.kind]
    left, held = left_of(row, timers, Moment(world().calendar, today()))
    held = held or row.desk == Party.ENTERPRISE
    disputed = subjects.get(row.case_id, ()) if not definition.closed_to else ()
    return Line(
        number=row.number,
        definition=definition,
        firm=firm_of(row),
        work=_work(row, definition, bool(disputed)),
        about="" if definition.closed_to else about(row, disputed),
        left=left_words(left, held),
        tone=urgency(left, held),
        holder=row.holder,
    )


def _work(row: WorkRow, definition: Definition, disputed: bool) -> Message | None:
    """What is to be done, where that is not plain: the first step on what is disputed is to accept it or not."""
    if row.desk == Party.ENTERPRISE and row.due_on:
        return say("wait for papers until {day}", day=row.due_on)
    new = any(row.state in action.targets for action in definition.actions if START in action.source)
    return None if new and disputed else say(definition.state(row.state).work)
