"""What a page says of a record's display: its class, its ends with their source, and the line drawn of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from cases.lists.records import RecordRow
from notifications.languages import span
from registry.columns import CLASSES, KINDS
from registry.credit_records import CreditRecord
from registry.display import Dates, End, FirstDay, dates_of, end_acted_on, ends, first_days
from web.parts.words import Words, full_day
from workflow.calendar import Unit
from workflow.jurisdiction import Display
from workflow.refusal import Message, say


@dataclass(frozen=True)
class DisplayFacts:
    """`by_class`: an end that the stated class gives; `longest`: by each rule, for each class while none is stated;
    `acted_on`: on which day display ends by itself, if known;
    `ended_on`: the day on which it ended: by itself the last day of display, else the day of the case. What the rules
    say of a repair is `registry/display.py`'s.
    """

    severity: str
    sheet: date | None
    by_class: End | None
    longest: tuple[End, ...]
    acted_on: End | None
    ended_on: date | None
    line: DisplayLine | None

    @property
    def stated(self) -> bool:
        return bool(self.severity)


def display_facts(row: RecordRow, displays: Sequence[Display], today: date) -> DisplayFacts:
    """The facts as the rules in force today give them."""
    record = row.record
    dates = dates_of(record, row.determined_by)
    found = ends(dates, displays, today)
    acted_on = end_acted_on(found)
    by_class: dict[str, FirstDay] = {}
    for first in first_days(dates, displays, today):  # sorted by day: the earliest of each class
        by_class.setdefault(first.rule.severity, first)
    ended_on = _ended_on(record, acted_on)
    return DisplayFacts(
        severity=record.severity,
        sheet=record.display_until,
        by_class=next((end for end in found if end.rule is not None and end.acted_on), None),
        longest=tuple(end for end in found if end.rule is not None),
        acted_on=acted_on,
        ended_on=ended_on,
        line=_line(row, dates, acted_on, ended_on, by_class.values(), today),
    )


def _ended_on(record: CreditRecord, acted_on: End | None) -> date | None:
    """The clock's beat comes after the last day; what it ended was over on that day."""
    if record.displayed or record.display_ended_on is None:
        return None
    if record.display_ended_by_case is None and acted_on and acted_on.day < record.display_ended_on:
        return acted_on.day
    return record.display_ended_on


def _late_stop(record: CreditRecord, ended_on: date | None) -> date | None:
    """The day on which a display that was to end before was ended late (D49): the beat comes on the day after."""
    stopped = record.display_ended_on
    return stopped if stopped and ended_on and (stopped - ended_on).days > 1 else None


LISTED: Final = frozenset(kind for kind, columns in KINDS.items() for one in columns if one.label == "Listed on")
"""The kinds of record that are entries of a list."""


def _line(
    row: RecordRow, dates: Dates, acted_on: End | None, ended_on: date | None, first: Iterable[FirstDay], today: date
) -> DisplayLine | None:
    until = dates.display_until or (acted_on.day if acted_on else None)
    if until is None:
        return None
    earlier = acted_on.day if acted_on and acted_on.day < until else None
    ticks = [
        RepairDay(one.day, "" if one.stated else CLASSES[one.rule.severity] if one.rule.severity else "")
        for one in first
        if one.day > dates.decided_on
    ]
    return display_line(
        dates.decided_on,
        until,
        today,
        first_days=ticks,
        acted_on=earlier,
        ended_on=ended_on,
        stopped_on=_late_stop(row.record, ended_on),
        by_itself=row.record.display_ended_by_case is None,
        listed=row.record.kind in LISTED,
        still_shown=row.record.displayed,
    )


ROW: Final = 16
"""Pixels between the lines of words under the line."""
FIRST_ROW: Final = 38
TURN: Final = 60
"""Per cent from which on a word stands left of its tick and not right of it."""
APART: Final = 16
"""Two words over the line closer than so many per cent are written away from each other."""


@dataclass(frozen=True)
class RepairDay:
    """From when a repair may be filed: for the class that the bureau stated (`klass` empty), or for each class."""

    day: date
    klass: Words = ""


@dataclass(frozen=True)
class Label:
    """A tick with its words: `anchor` as SVG means it, `y` in pixels, `how` first, end, acted, today or over."""

    x: float
    y: int
    anchor: str
    how: str
    words: Message


@dataclass(frozen=True)
class DisplayLine:
    """Where the passed part ends, the line ends and the dots begin; the ticks; the sentence that says the same."""

    passed: float
    end: float
    beyond: float | None
    over: bool
    labels: tuple[Label, ...]
    ticks: tuple[float, ...]
    today: float | None
    sentence: Message
    height: int
    foot: int
    """How far down the strokes at both ends reach: to the words under them."""


def display_line(
    decided_on: date,
    display_until: date,
    today: date,
    *,
    first_days: Sequence[RepairDay] = (),
    acted_on: date | None = None,
    ended_on: date | None = None,
    stopped_on: date | None = None,
    by_itself: bool = True,
    still_shown: bool = True,
    listed: bool = False,
) -> DisplayLine:
    """The line of a record. `acted_on`: an end earlier than the sheet's that is acted on. `ended_on`: it has ended,
    `by_itself` or by a case; `stopped_on`: so much later than it was to end (D49). `listed`: an entry of a list.

    `still_shown` past the sheet's own end draws what is over in red; a class or a guess never does.
    """
    last = ended_on or display_until
    acted = None if ended_on else acted_on
    end = _x(acted, decided_on, last) if acted else 100.0
    over = ended_on is None and still_shown and today > display_until
    passed = 100.0 if ended_on else min(_x(today, decided_on, last), 100.0)
    firsts = [] if ended_on else _firsts(first_days, decided_on, last)
    said, sentence = _words(
        (say("Listed on {day}", day=decided_on) if listed else say("Decided on {day}", day=decided_on)),
        display_until,
        first_days,
        acted_on,
        ended_on,
        stopped_on,
        over,
        by_itself,
    )
    begun = say("{day} listed", day=full_day(decided_on)) if listed else say("{day} decided", day=full_day(decided_on))
    foot = FIRST_ROW + ROW * len(firsts)
    labels = [
        *firsts,
        Label(0, foot, "start", "end", begun),
        Label(100, foot, "end", "over" if over else "end", said),
        *_over_the_line(passed, end, acted, hidden=bool(ended_on or over)),
    ]
    return DisplayLine(
        passed=passed,
        end=end,
        beyond=100.0 if acted else None,
        over=over,
        labels=tuple(labels),
        ticks=tuple(label.x for label in firsts),
        today=None if ended_on or over else passed,
        sentence=sentence,
        height=foot + 6,
        foot=foot - 12,
    )


def _over_the_line(passed: float, end: float, acted_on: date | None, *, hidden: bool) -> list[Label]:
    """Today, and the end that is acted on, side by side where they are close."""
    close = acted_on is not None and end - passed < APART
    labels = []
    if not hidden:
        anchor = "end" if passed > 96 or (close and passed > APART) else "start" if passed < 4 else "middle"
        labels.append(Label(passed, 10, anchor, "today", say("today")))
    if acted_on:
        anchor = "start" if close or end < TURN else "end"
        labels.append(Label(end, 10, anchor, "acted", say("{day} display ends", day=full_day(acted_on))))
    return labels


def _firsts(first_days: Sequence[RepairDay], start: date, last: date) -> list[Label]:
    """Ticks in order of time, each on a line of its own where they are close."""
    labels: list[Label] = []
    for first in sorted(first_days, key=lambda one: one.day):
        x = _x(first.day, start, last)
        if x >= 100:
            continue
        y = FIRST_ROW + ROW * len(labels) if first.klass else FIRST_ROW
        words = say("repair may be filed from {day}", day=full_day(first.day))
        if first.klass:
            words = say("{klass}: from {day}", klass=first.klass, day=full_day(first.day))
        labels.append(Label(x, y, "start" if x < TURN else "end", "first", words))
    return labels


def _words(
    decided: Message,
    until: date,
    first_days: Sequence[RepairDay],
    acted_on: date | None,
    ended_on: date | None,
    stopped_on: date | None,
    over: bool,
    by_itself: bool,
) -> tuple[Message, Message]:
    """The words at the end of the line, and the sentence that says the same."""
    if ended_on and by_itself and stopped_on:
        late = span((stopped_on - ended_on).days, Unit.DAY)
        sentence = say(
            "{decided}; display was to end on {end} and ended on {stopped}, {late} late: the platform looked at it "
            "only then.",
            decided=decided,
            end=ended_on,
            stopped=stopped_on,
            late=late,
        )
        return say("{day} display was to end", day=full_day(ended_on)), sentence
    if ended_on and by_itself:
        sentence = say("{decided}; display ended by itself on {end}.", decided=decided, end=ended_on)
        return say("{day} display ended by itself", day=full_day(ended_on)), sentence
    if ended_on:
        sentence = say("{decided}; a case ended the display on {end}.", decided=decided, end=ended_on)
        return say("{day} display ended by a case", day=full_day(ended_on)), sentence
    if over:
        sentence = say("{decided}; display should have ended on {end}.", decided=decided, end=until)
        return say("{day} display should have ended", day=full_day(until)), sentence
    said = say("{day} end of display", day=full_day(until))
    sentence = say("{decided}; displayed until {end}.", decided=decided, end=until)
    if acted_on:
        said = say("{day} as the sheet has it", day=full_day(until))
        ends = {"decided": decided, "end": acted_on, "sheet": until}
        sentence = say("{decided}; display ends on {end}, earlier than the sheet's {sheet}.", **ends)
    for first in first_days:
        rest = say("Repair may be filed from {day}.", day=first.day)
        if first.klass:
            rest = say("If the class is {klass}, repair may be filed from {day}.", klass=first.klass, day=first.day)
        sentence = say("{first} {rest}", first=sentence, rest=rest)
    return said, sentence


def _x(day: date, start: date, last: date) -> float:
    whole = max(1, (last - start).days)
    return round(max(0.0, min(100.0, (day - start).days / whole * 100)), 2)
