"""A desk as its page shows it: rows under headings of urgency, their lanes on one axis, what each is about.

Pure: it is given rows and timers, and asks no database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from cases.kinds import all_kinds
from cases.queues import URGENCIES, enterprise_deadlines, urgency_of
from cases.subjects import Subject
from cases.worklists import WorkRow
from registry.columns import column_of
from registry.people import Standing
from web.parts.axis import Axis, axis_round
from web.parts.lane import Lane, lane
from web.parts.words import left_words, urgency
from workflow.calendar import Calendar
from workflow.definition import STAY, Party
from workflow.findings import DISPLAY
from workflow.refusal import Message, say
from workflow.timing import Timer, days_left, due_of, explain, late_days

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
BACK: Final = "send_back"
LONGEST: Final = 14
"""Characters of a value that still fit beside another in a row."""


@dataclass(frozen=True)
class Line:
    """One case of the list. `left` is in words, `tone` its class; `to` is where its next step is taken."""

    number: str
    enterprise: str
    about: Message | None
    work: Message
    left: Message
    tone: str
    lane: Lane | None
    to: str
    provisional: bool


@dataclass(frozen=True)
class Group:
    """The cases of one urgency."""

    urgency: str
    tag: str
    title: Message
    note: Message | None
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Moment:
    """What the lines are counted by."""

    calendar: Calendar
    today: date


def groups(
    rows: Sequence[WorkRow], timers: Mapping[int, Sequence[Timer]], subjects: Mapping[int, Sequence[Subject]],
    standing: Standing, at: Moment,
) -> tuple[Group, ...]:  # fmt: skip
    """The rows under their headings, the most urgent first; a heading without rows is left out."""
    over = axis_round(at.calendar, at.today)
    sorted_rows: dict[str, list[Line]] = {name: [] for name in URGENCIES}
    for row in rows:
        how = urgency_of(row.due_on, row.due_of, at.calendar, at.today)
        sorted_rows[how].append(
            _line(row, timers.get(row.case_id, ()), subjects.get(row.case_id, ()), standing, over, at)
        )
    return tuple(
        Group(how, *HEADINGS[how], NOTES.get(how), tuple(lines)) for how, lines in sorted_rows.items() if lines
    )


def about(subjects: Sequence[Subject]) -> Message | None:
    """The first disputed field with both values where they are short, and how many more there are."""
    if not subjects:
        return None
    words = _disputed(subjects[0])
    more = len(subjects) - 1
    return say("{field}, {n} more", field=words, n=more) if more else words


def main_act(row: WorkRow, names: Collection[str]) -> str:
    """Of the acts that can be taken, the one that leads to the end: not closing, not back; none where there is none."""
    definition = all_kinds()[row.kind]
    onward = ""
    for action in definition.actions_from(row.state, row.variant):
        ends = all(target is not STAY and definition.state(str(target)).final for target in action.targets)
        if action.name in names and action.moves and action.name != BACK and not ends:
            onward = action.name
    return onward


def next_step(row: WorkRow, standing: Standing) -> str:
    """The address of the act that is next for this reader; of the case, where none is theirs."""
    actions = all_kinds()[row.kind].actions_from(row.state, row.variant) if row.desk in standing.parties else ()
    act = main_act(row, [action.name for action in actions if standing.holds(*action.by)])
    return f"/cases/{row.number}/{act}" if act else f"/cases/{row.number}"


def _line(
    row: WorkRow, timers: Sequence[Timer], subjects: Sequence[Subject], standing: Standing, over: Axis, at: Moment
) -> Line:
    state = all_kinds()[row.kind].state(row.state)
    timer = _counting(row, timers)
    held = timer is None or due_of(timer, at.calendar).day is None
    n = days_left(timer, at.calendar, at.today) if timer else 0
    work = say(state.work)
    if row.desk == Party.ENTERPRISE and row.due_on:
        work = say("wait for papers until {day}", day=row.due_on)
    return Line(
        number=row.number,
        enterprise=row.enterprise,
        about=about(subjects),
        work=work,
        left=left_words(n, held),
        tone=urgency(n, held),
        lane=_lane(timer, row, over, at) if timer else None,
        to=next_step(row, standing),
        provisional=bool(timer and due_of(timer, at.calendar).provisional),
    )


def _counting(row: WorkRow, timers: Iterable[Timer]) -> Timer | None:
    """The official deadline that a line shows: the one that is due first; of those on hold, the step's own."""
    official = [timer for timer in timers if timer.deadline not in enterprise_deadlines()]
    named = [timer for timer in official if timer.deadline == row.due_of]
    return min(named or official, key=lambda timer: timer.deadline == "whole", default=None)


def _lane(timer: Timer, row: WorkRow, over: Axis, at: Moment) -> Lane:
    held = timer.open_hold if due_of(timer, at.calendar).day is None else None
    until = max(row.due_on or at.today, at.today) if held else None
    late = late_days(timer, at.calendar, at.today)
    return lane(
        explain(timer, at.calendar, until), over, at.today, late=late, open_hold_from=held.start if held else None
    )


def _disputed(subject: Subject) -> Message:
    label = label_of(subject.field)
    if subject.field == DISPLAY or not subject.claim or len(subject.claim) > LONGEST or len(subject.record) > LONGEST:
        return label
    if subject.record in ("", subject.claim):
        return say("{field} {value}", field=label, value=subject.claim)
    return say("{field} {old} → {new}", field=label, old=subject.record, new=subject.claim)


def label_of(field: str) -> Message:
    column = column_of("penalty", field)
    return say("The display itself") if field == DISPLAY else say(column.label if column else "Value")
