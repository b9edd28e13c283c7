"""The deadline strip: a cell for each calendar day of a count, and the same count as a sentence.

Drawn from the very days that `explain` prints, so that picture and proof cannot differ. Knows no case.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from notifications.languages import span
from web.parts.words import MONTHS, WEEKDAYS, Words, in_a_row
from workflow.calendar import Count, Day, Unit, Why
from workflow.refusal import Message, say

MOST: Final = 56
"""Eight weeks of cells; a count of natural days is folded from 40 on."""
MOST_NATURAL: Final = 40
SHOWN: Final = 14
IN_ONE_LINE: Final = 31

HELD: Final = (Why.PAUSED, Why.AWAY)
FEET: Final = {
    Why.START: say("start"),
    Why.WEEKEND: say("off"),
    Why.HOLIDAY: say("hol."),
    Why.PAUSED: say("hold"),
    Why.AWAY: say("hold"),
    Why.RESUMED: say("moved"),
    Why.ROLLED: say("moved"),
}
LABELS: Final = {
    Why.START: say("{day}: the first day, not counted"),
    Why.WEEKEND: say("{day}: day of rest, not counted"),
    Why.HOLIDAY: say("{day}: public holiday, not counted"),
    Why.PAUSED: say("{day}: on hold, not counted"),
    Why.AWAY: say("{day}: on hold, not counted"),
    Why.RESUMED: say("{day}: the first day after the hold"),
    Why.ROLLED: say("{day}: the next working day"),
}
KINDS: Final = {
    Why.START: "start",
    Why.COUNTED: "cnt",
    Why.MAKE_UP: "cnt mk",
    Why.WEEKEND: "off",
    Why.HOLIDAY: "hol",
    Why.PAUSED: "hold",
    Why.AWAY: "hold",
    Why.RESUMED: "roll",
    Why.ROLLED: "roll",
}
LEGEND: Final = {
    "past": say("counted"),
    "next": say("to come"),
    "off": say("days off, not counted"),
    "mk": say("make-up working day, counted"),
    "hold": say("on hold, not counted"),
    "late": say("late"),
    "now": say("today"),
    "prov": say("provisional"),
}


@dataclass(frozen=True)
class Tag:
    """What stands over a cell. `kind` is `today`, `due`, `mk`, `prov` or `month`."""

    kind: str
    words: Message


@dataclass(frozen=True)
class StripDay:
    """One day: its classes for the style sheet, its tag, weekday, foot, and all of it in words."""

    day: date
    classes: str
    tag: Tag | None
    weekday: Message
    foot: Words
    label: Message


@dataclass(frozen=True)
class Strip:
    """The cells shown, a line for the days left out, the sentence under it, and what its colours mean."""

    cells: tuple[StripDay, ...]
    folded: Message | None
    sentence: Message
    legend: tuple[tuple[str, Message], ...]

    @property
    def is_long(self) -> bool:
        """Too many cells for one line: drawn in lines of two weeks."""
        return len(self.cells) > IN_ONE_LINE


def strip(
    count: Count,
    today: date,
    late: Sequence[Day] = (),
    *,
    n: int | None = None,
    unit: Unit | None = None,
    until: date | None = None,
) -> Strip:
    """The strip of a count; `late` as `workflow.timing.late_days` answers; on hold, as if that ended on `until`.

    `n` and `unit` word the limit where the count does not show it (months); else they are read off the days.
    """
    natural = any(day.off and day.why is Why.COUNTED for day in count.days)
    days = (*count.days, *late)
    hidden = len(days) - SHOWN if len(days) > (MOST_NATURAL if natural else MOST) else 0
    cells = tuple(_cells(count, today, days, hidden))
    unit = unit or (Unit.DAY if natural else Unit.WORKDAY)
    n = n if n is not None else max((day.ordinal or 0 for day in count.days), default=0)
    legend = tuple((kind, words) for kind, words in LEGEND.items() if any(_has(cell, kind) for cell in cells))
    folded = None
    if hidden:
        counted = sum(1 for day in days[:hidden] if day.ordinal is not None)
        values = {"first": days[0].day, "last": days[hidden - 1].day, "n": counted}
        folded = say("{first} to {last}: {n} days counted, not drawn here", **values)
    return Strip(cells, folded, in_a_row(_sentences(count, today, late, n, unit, until)), legend)


def _cells(count: Count, today: date, days: Sequence[Day], hidden: int) -> Iterator[StripDay]:
    month = 0
    for k, day in enumerate(days[hidden:], hidden):
        late = k >= len(count.days)
        tag = _tag(count, today, day)
        if tag is None and day.day.month != month:
            month, tag = day.day.month, Tag("month", MONTHS[day.day.month - 1])
        yield StripDay(day.day, _classes(count, today, day, late), tag, WEEKDAYS[day.day.weekday()], *_said(day, late))


def _tag(count: Count, today: date, day: Day) -> Tag | None:
    if day.day == today:
        return Tag("today", say("Due today") if day.day == count.due else say("Today"))
    if day.day == count.due:
        return Tag("prov", say("Prov.")) if count.provisional else Tag("due", say("Due"))
    return Tag("mk", say("Works")) if day.why is Why.MAKE_UP else None


def _classes(count: Count, today: date, day: Day, late: bool) -> str:
    found = [KINDS[day.why], f"w{day.day.isoweekday()}"]
    if day.ordinal is not None:
        found.append("late" if late else "past" if day.day < today else "next")
    if day.off and day.why in HELD:
        found.append("off")
    marks = (("today", day.day == today), ("due", day.day == count.due), ("prov", day.provisional))
    return " ".join([*found, *(word for word, so in marks if so)])


def _said(day: Day, late: bool) -> tuple[Words, Message]:
    if day.ordinal is None:
        foot = FEET[Why.WEEKEND] if day.off and day.why in HELD else FEET[day.why]
        return foot, say(LABELS[day.why].id, day=day.day)
    if late:
        return f"+{day.ordinal}", say("{day}: late, day {n}", day=day.day, n=day.ordinal)
    return str(day.ordinal), say("{day}: day {n}", day=day.day, n=day.ordinal)


def _has(cell: StripDay, kind: str) -> bool:
    classes = cell.classes.split()
    if kind == "off":
        return "hol" in classes or ("off" in classes and "hold" not in classes)
    return ("today" if kind == "now" else kind) in classes


def _sentences(
    count: Count, today: date, late: Sequence[Day], n: int, unit: Unit, until: date | None
) -> Iterator[Message]:
    day = count.days[0].day
    yield say("{span}, counted from {day}, which itself does not count.", span=span(n, unit), day=day)
    yield from _not_counted(count, unit, until)
    for made_up in (day.day for day in count.days if day.why is Why.MAKE_UP and unit is Unit.WORKDAY):
        yield say("{day} is a make-up working day and counts.", day=made_up)
    here = next((day for day in count.days if day.day == today and day.why is not Why.START), None)
    if here and not late and here.ordinal is not None:
        yield say("Today is day {n}.", n=here.ordinal)
    elif here and not late:
        yield say("Today it is on hold.") if here.why in HELD else say("Today does not count.")
    yield say("The last day was {day}.", day=count.due) if late else _last(count)
    if by := max((day.ordinal or 0 for day in late), default=0):
        yield say("It is {span} late.", span=span(by, Unit.WORKDAY if unit is Unit.WORKDAY else Unit.DAY))


def _not_counted(count: Count, unit: Unit, until: date | None) -> Iterator[Message]:
    """The holds; in a count of working days the holidays too. Days of any other count all count: on a day off it only
    cannot end."""
    for held, run in groupby(count.days[1:], key=lambda day: day.why in HELD):
        days = [until if until == day.day else day.day for day in run]
        if held and len(days) == 1:
            yield say("On hold on {day}.", day=days[0])
        elif held:
            yield say("On hold from {first} to {last}.", first=days[0], last=days[-1])
    for holiday, run in groupby(count.days[1:], key=lambda day: day.why is Why.HOLIDAY and unit is Unit.WORKDAY):
        days = [day.day for day in run]
        if holiday and len(days) == 1:
            yield say("{day} is a public holiday and does not count.", day=days[0])
        elif holiday:
            yield say("{first} to {last} are public holidays and do not count.", first=days[0], last=days[-1])


def _last(count: Count) -> Message:
    if count.provisional:
        return say("The last day is {day} for now: not all holidays up to it have been announced.", day=count.due)
    if count.days[-1].why is Why.ROLLED:
        return say(
            "The last day would be a day off, so it moves to {day}, by analogy with Art. 203 of the Civil Code.",
            day=count.due,
        )
    return say("The last day is {day}, and the whole of it is in time.", day=count.due)
