"""A case as lists name it: whose it is, what it is about, what is next, and the days left.

Pure: it is given rows and timers, and asks no database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from flask import url_for

from cases.kinds import all_kinds
from cases.lists.worklists import WorkRow
from cases.model.words import Subject
from registry.columns import KINDS, Column, shown_in
from registry.identity import Identity
from web.case.path import Way, ahead, ends, leading_on
from web.parts.words import Words
from workflow.calendar import Calendar, workdays_between
from workflow.definition import OFFICIALS, Action, Party
from workflow.findings import DISPLAY
from workflow.guards import About
from workflow.refusal import Message, say
from workflow.timing import Timer, days_left, due_of

LONGEST: Final = 14
"""Characters of a value that still fit beside another in a row."""


@dataclass(frozen=True)
class Moment:
    """What the lines are counted by."""

    calendar: Calendar
    today: date


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


def next_step(row: WorkRow, identity: Identity) -> str:
    """The address of the act that is next for this reader; of the case, where none is theirs or it may be another."""
    actions = all_kinds()[row.kind].actions_from(row.state, row.variant) if row.desk in identity.parties else ()
    mine = [action.name for action in actions if identity.holds(*action.by)]
    act = main_act(row, mine)
    if not act or any(action.name == act and _depends(action) for action in actions):
        return url_for("cases.show", number=row.number)
    return url_for("acts.show", number=row.number, action=act)


def _depends(action: Action) -> bool:
    """Whether what the opening said decides on it: the list does not read that."""
    return any(isinstance(guard, About) for guard in action.guard)


def left_of(row: WorkRow, timers: Iterable[Timer], at: Moment) -> tuple[int, bool]:
    """The days left that every list shows of a case, in the unit of its limit, and whether they are on hold."""
    return left_by(row, counting_timer(row, timers), at)


def left_by(row: WorkRow, timer: Timer | None, at: Moment) -> tuple[int, bool]:
    if timer is not None:
        return days_left(timer, at.calendar, at.today), due_of(timer, at.calendar).day is None
    if row.due_on and row.desk != Party.ENTERPRISE:  # it cannot be read: the day that stands on the case holds
        return workdays_between(at.calendar, at.today, row.due_on), False
    return 0, True


def counting_timer(row: WorkRow, timers: Iterable[Timer]) -> Timer | None:
    """The official deadline that a line shows: the one that is due first; of those on hold, the step's own."""
    official = [timer for timer in timers if timer.owner in OFFICIALS]
    named = [timer for timer in official if timer.deadline == row.due_of]
    definition = all_kinds()[row.kind]
    return min(
        named or official, key=lambda timer: len(definition.deadline(timer.deadline, row.variant).over), default=None
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
