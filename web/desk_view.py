"""A desk as its page shows it: rows under headings of urgency, their lanes on one axis, what each is about.

Pure: it is given rows and timers, and asks no database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from cases.kinds import all_kinds
from cases.queues import URGENCIES, urgency_of
from cases.subjects import Subject
from cases.worklists import WorkRow
from registry.columns import KINDS, Column, shown_in
from registry.standing import Standing
from web.case_path import Way, ahead, ends, leading_on
from web.parts.axis import Axis, axis_round
from web.parts.lane import Lane, lane
from web.parts.words import Words, left_words, urgency
from workflow.calendar import Calendar, workdays_between
from workflow.definition import Action, Definition, Party
from workflow.findings import DISPLAY
from workflow.guards import About
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
LONGEST: Final = 14
"""Characters of a value that still fit beside another in a row."""


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


def about(row: WorkRow, subjects: Sequence[Subject]) -> Words:
    """The first disputed field with both values where they are short, and how many more there are; else the record."""
    if not subjects or not row.document_number:
        return row.document_number
    words = _disputed(subjects[0])
    more = len(subjects) - 1
    return say("{field}, {n} more", field=words, n=more) if more else words


class OfFirm(Protocol):
    """What of a case says whose it is: its row in any list."""

    @property
    def kind(self) -> str: ...
    @property
    def enterprise(self) -> str: ...


def firm_of(row: OfFirm) -> Words:
    """The firm as a list names it: of a case that is kept from somebody, nobody's before it is opened (D16)."""
    return firm_named(row.kind, row.enterprise)


def firm_named(kind: str, firm: str) -> Words:
    """The same of a case that is in no list."""
    return say("open it to see whose") if all_kinds()[kind].closed_to else firm


def main_act(row: WorkRow, names: Collection[str]) -> str:
    """Of the acts that can be taken, the one that leads on: not closing, not back, not asking; none where none is."""
    way = Way(all_kinds()[row.kind], row.variant)
    acts = [action for action in leading_on(way, row.state) if action.name in names]
    onward = [action for action in acts if not ends(way.definition, action)]
    first = ahead(way, row.state)[:1]
    straight = (action.name for action in onward if first and first[0] in action.targets)
    return next(straight, next((action.name for action in onward), ""))


def next_step(row: WorkRow, standing: Standing) -> str:
    """The address of the act that is next for this reader; of the case, where none is theirs or it may be another."""
    actions = all_kinds()[row.kind].actions_from(row.state, row.variant) if row.desk in standing.parties else ()
    mine = [action.name for action in actions if standing.holds(*action.by)]
    act = main_act(row, mine)
    if any(action.name == act and _depends(action) for action in actions):
        return f"/cases/{row.number}"
    return f"/cases/{row.number}/{act}" if act else f"/cases/{row.number}"


def _depends(action: Action) -> bool:
    """Whether what the opening said decides on it: the list does not read that."""
    return any(isinstance(guard, About) for guard in action.guard)


def _line(
    row: WorkRow, timers: Sequence[Timer], subjects: Sequence[Subject], standing: Standing, over: Axis, at: Moment
) -> Line:
    definition = all_kinds()[row.kind]
    state = definition.state(row.state)
    timer = _counting(row, timers)
    n, held = _left(row, timer, at)
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
        to=next_step(row, standing),
        provisional=bool(timer and due_of(timer, at.calendar).provisional),
        holder=row.holder,
        mine=row.holder_id == standing.user_id,
    )


def left_of(row: WorkRow, timers: Iterable[Timer], at: Moment) -> tuple[int, bool]:
    """The days left that every list shows of a case, in the unit of its limit, and whether they are on hold."""
    return _left(row, _counting(row, timers), at)


def _left(row: WorkRow, timer: Timer | None, at: Moment) -> tuple[int, bool]:
    if timer is not None:
        return days_left(timer, at.calendar, at.today), due_of(timer, at.calendar).day is None
    if row.due_on and row.desk != Party.ENTERPRISE:  # it cannot be read: the day that stands on the case holds
        return workdays_between(at.calendar, at.today, row.due_on), False
    return 0, True


def _counting(row: WorkRow, timers: Iterable[Timer]) -> Timer | None:
    """The official deadline that a line shows: the one that is due first; of those on hold, the step's own."""
    official = [timer for timer in timers if timer.owner != Party.ENTERPRISE]
    named = [timer for timer in official if timer.deadline == row.due_of]
    definition = all_kinds()[row.kind]
    return min(named or official, key=lambda timer: len(definition.deadline(timer.deadline, row.variant).over),
               default=None)  # fmt: skip


def _lane(timer: Timer, row: WorkRow, over: Axis, at: Moment) -> Lane:
    held = timer.open_hold if due_of(timer, at.calendar).day is None else None
    until = max(row.due_on or at.today, at.today) if held else None
    late = late_days(timer, at.calendar, at.today)
    return lane(
        explain(timer, at.calendar, until), over, at.today, late=late, open_hold_from=held.start if held else None
    )


def _disputed(subject: Subject) -> Message:
    label, column = label_of(subject.field), _column(subject.field)
    if subject.field == DISPLAY or not subject.claim or len(subject.claim) > LONGEST or len(subject.record) > LONGEST:
        return label
    old, new = (shown_in(value, column) for value in (subject.record, subject.claim))
    if subject.record in ("", subject.claim):
        return say("{field} {value}", field=label, value=new)
    return say("{field} {old} → {new}", field=label, old=old, new=new)


def label_of(field: str) -> Message:
    """What a field of a record of any kind is called: the kinds call the same idea by the same key."""
    column = _column(field)
    return say("The display itself") if field == DISPLAY else say(column.label if column else "Value")


def _column(field: str) -> Column | None:
    return next((column for columns in KINDS.values() for column in columns if column.key == field), None)
