"""A desk as its page shows it: rows under headings of urgency, their lanes on one axis, what each is about.

Pure: it is given rows and timers, and asks no database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cases.kinds import all_kinds
from cases.lists.queues import URGENCIES, urgency_of
from cases.lists.worklists import WorkRow
from cases.model.words import Subject
from registry.identity import Identity
from web.case.list_row import Moment, about, counting_timer, firm_of, left_by, next_step
from web.parts.lanes import Axis, Lane, axis_round, lane
from web.parts.words import Words, left_words, urgency
from workflow.definition import Definition, Party
from workflow.refusal import Message, say
from workflow.timing import Timer, due_of, explain, late_days

HEADINGS: Final[Mapping[str, tuple[str, Message]]] = {
    "late": ("late", say("Late")),
    "today": ("soon", say("Due today")),
    "soon": ("soon", say("Within 3 working days")),
    "later": ("", say("Later")),
    "hold": ("hold", say("On hold")),
}
"""The tag and the words of each group."""
NOTES: Final[Mapping[str, Message]] = {
    "late": say("The firm, the head and the office have been told"),
    "hold": say("Waiting for the firm's papers"),
}


@dataclass(frozen=True)
class Line:
    """One case of the list. `left` is in words, `tone` its class; `to` is where its next step is taken.

    `holder` has taken it; `mine`: that is the reader. `version`: how long its chain is.
    """

    number: str
    version: int
    kind: str
    enterprise: Words
    about: Words
    work: Message
    left: Message
    tone: str
    lane: Lane | None
    to: str
    provisional: bool
    holder: str
    mine: bool

    @property
    def definition(self) -> Definition:
        return all_kinds()[self.kind]


@dataclass(frozen=True)
class Group:
    """The cases of one urgency."""

    urgency: str
    tag: str
    title: Message
    note: Message | None
    lines: tuple[Line, ...]


def groups(
    rows: Sequence[WorkRow],
    timers: Mapping[int, Sequence[Timer]],
    subjects: Mapping[int, Sequence[Subject]],
    identity: Identity,
    at: Moment,
) -> tuple[Group, ...]:
    """The rows under their headings, the most urgent first; a heading without rows is left out."""
    over = axis_round(at.calendar, at.today)
    sorted_rows: dict[str, list[Line]] = {name: [] for name in URGENCIES}
    for row in rows:
        how = urgency_of(row.due_on, row.due_of, at.calendar, at.today)
        sorted_rows[how].append(
            _line(row, timers.get(row.case_id, ()), subjects.get(row.case_id, ()), identity, over, at)
        )
    return tuple(
        Group(how, *HEADINGS[how], NOTES.get(how), tuple(lines)) for how, lines in sorted_rows.items() if lines
    )


def _line(
    row: WorkRow, timers: Sequence[Timer], subjects: Sequence[Subject], identity: Identity, over: Axis, at: Moment
) -> Line:
    definition = all_kinds()[row.kind]
    state = definition.state(row.state)
    timer = counting_timer(row, timers)
    n, held = left_by(row, timer, at)
    work = say(state.work)
    if row.desk == Party.ENTERPRISE and row.due_on:
        work = say("wait for papers until {day}", day=row.due_on)
    return Line(
        number=row.number,
        version=row.length,
        kind=row.kind,
        enterprise=firm_of(row),
        about=about(row, subjects),
        work=work,
        left=left_words(n, held),
        tone=urgency(n, held),
        lane=_lane(timer, row, over, at) if timer else None,
        to=next_step(row, identity),
        provisional=bool(timer and due_of(timer, at.calendar).provisional),
        holder=row.holder,
        mine=row.holder_id == identity.user_id,
    )


def _lane(timer: Timer, row: WorkRow, over: Axis, at: Moment) -> Lane:
    held = timer.open_hold if due_of(timer, at.calendar).day is None else None
    until = max(row.due_on or at.today, at.today) if held else None
    late = late_days(timer, at.calendar, at.today)
    return lane(
        explain(timer, at.calendar, until), over, at.today, late=late, open_hold_from=held.start if held else None
    )
