"""The deadline strip: a cell for each calendar day of a count, and the same count as a sentence.

A long one is drawn shorter: a line before its last two weeks, a cell a week, or a cell a month. Drawn from the very
days that `explain` prints, so that picture and proof cannot differ. Knows no case.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from notifications.languages import span
from web.parts.words import MONTHS, WEEKDAYS, Words, full_day, in_a_row, short_day
from workflow.calendar import Count, Day, Unit, Why, add_months
from workflow.refusal import Message, say

MOST: Final = 56
"""The most days of which each has a cell: eight weeks; of a count in which days off count too, three."""
MOST_NATURAL: Final = 21
MOST_IN_LINE: Final = 40
"""The most natural days drawn as a line and the last ones; then a cell is a week, and past `MOST_IN_WEEKS` a month."""
MOST_IN_WEEKS: Final = 90
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
class StripLine:
    """The days before the first cell, as a line: where it begins and ends, its weeks, and how much of it is over, in
    per cent; `today` where that lies on it."""

    first: Message
    last: Message
    weeks: tuple[float, ...]
    over: float
    today: Message | None
    words: Message


@dataclass(frozen=True)
class StripWeek:
    """Seven days, None before the first and after the last; `tag` of today or the due day, and which days they are."""

    name: Message
    days: tuple[StripDay | None, ...]
    classes: str
    tag: Tag | None
    range: str
    label: Message


@dataclass(frozen=True)
class StripMonth:
    """A month from the day of the start on: its last day, and how much of it is over, in per cent."""

    name: Message
    last: Message
    over: float
    classes: str
    tag: Tag | None


@dataclass(frozen=True)
class Strip:
    """The cells shown, in a long one the line before them, or weeks or months in their place; the sentence under it,
    and what its colours mean."""

    cells: tuple[StripDay, ...]
    line: StripLine | None
    weeks: tuple[StripWeek, ...]
    months: tuple[StripMonth, ...]
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
    days, unit = (*count.days, *late), unit or (Unit.DAY if natural else Unit.WORKDAY)
    form = _form(len(days) - 1, natural or unit is Unit.MONTH, unit, bool(late))
    cells = tuple(_cells(count, today, days, len(days) - SHOWN if form == "line" else 0))
    n = n if n is not None else max((day.ordinal or 0 for day in count.days), default=0)
    return Strip(
        cells if form in ("days", "line") else (),
        _line(count, today, days[:-SHOWN]) if form == "line" else None,
        tuple(_weeks(cells, days)) if form == "weeks" else (),
        tuple(_months(count, today)) if form == "months" else (),
        in_a_row(_sentences(count, today, late, n, unit, until)),
        tuple((kind, words) for kind, words in LEGEND.items() if any(_has(cell, kind) for cell in cells)),
    )


def _form(days: int, natural: bool, unit: Unit, late: bool) -> str:
    """How so many days are drawn. What is late is never drawn without its late days."""
    if days <= (MOST_NATURAL if natural else MOST - 1):
        return "days"
    if late or (natural and unit is not Unit.MONTH and days <= MOST_IN_LINE):
        return "line"
    return "weeks" if unit is not Unit.MONTH and days <= MOST_IN_WEEKS else "months"


def _line(count: Count, today: date, days: Sequence[Day]) -> StripLine:
    first, long = days[0].day, len(days) - 1 or 1
    ordinals = {day.day: day.ordinal for day in days}
    last = max((day.ordinal or 0 for day in days), default=0)
    here = say("Today, day {n}", n=ordinals[today]) if ordinals.get(today) else None
    return StripLine(
        say("from {day}", day=short_day(first)),
        say("day {n}", n=last),
        tuple(round(100 * k / long, 2) for k in range(7, long, 7)),
        round(100 * min(max((today - first).days, 0), long) / long, 2),
        here,
        say("{first} to {last}: {n} days counted", first=first, last=days[-1].day, n=last),
    )


def _weeks(cells: Sequence[StripDay], days: Sequence[Day]) -> Iterator[StripWeek]:
    both = zip(cells, days, strict=True)
    for _week, run in groupby(both, key=lambda pair: pair[1].day.isocalendar()[:2]):
        of_week = list(run)
        by_weekday = {day.day.weekday(): cell for cell, day in of_week}
        counted = [day.ordinal for _cell, day in of_week if day.ordinal]
        first, last = of_week[0][1].day, of_week[-1][1].day
        tag = next((cell.tag for cell, _day in of_week if cell.tag and cell.tag.kind in ("today", "due", "prov")), None)
        classes = " ".join(kind for kind in ("today", "due", "prov") if any(_has(cell, kind) for cell, _ in of_week))
        which = f"{counted[0]}–{counted[-1]}" if len(counted) > 1 else f"{counted[0]}" if counted else ""
        label = say("{first} to {last}: no day counted", first=first, last=last)
        if counted:
            label = say("{first} to {last}: day {range}", first=first, last=last, range=which)
        monday = first - timedelta(days=first.weekday())
        yield StripWeek(short_day(monday), tuple(by_weekday.get(k) for k in range(7)), classes, tag, which, label)


def _months(count: Count, today: date) -> Iterator[StripMonth]:
    """From the start on; the last ends on the due day."""
    start, due, before = count.days[0].day, count.due, count.days[0].day
    number = 0
    while before < due:
        number += 1
        last = min(add_months(start, number), due)
        here, ends = before < today <= last, last == due
        over = 100 * min(max((today - before).days, 0), (last - before).days) / (last - before).days
        tag = Tag("today", say("Today")) if here else None
        if ends and not here:
            tag = _due_tag(count)
        marks = (("today", here), ("due", ends), ("prov", ends and count.provisional))
        classes = " ".join(kind for kind, so in marks if so)
        yield StripMonth(say("month {n}", n=number), full_day(last), round(over, 1), classes, tag)
        before = last


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
        return _due_tag(count)
    return Tag("mk", say("Works")) if day.why is Why.MAKE_UP else None


def _due_tag(count: Count) -> Tag:
    return Tag("prov", say("Prov.")) if count.provisional else Tag("due", say("Due"))


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
    return say("The last day is {day}; you have until the end of that day.", day=count.due)
