"""The calculator: a question read from an address, its answer, and questions worth trying.

It reads no request and no clock, and knows no case; the counting is `workflow/calendar.py`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from workflow.calendar import Calendar, Count, Pause, Unit, add_workdays, count, next_workday
from workflow.refusal import Incomplete, Message, say

MOST: Final = {Unit.WORKDAY: 1000, Unit.DAY: 1500, Unit.MONTH: 48}
PAUSES: Final = 3
"""So many does the form hold; an address that names more is counted with the first ones."""
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
AS_A_DAY: Final = say("Write the day as year-month-day, for example 2026-09-24.")
FIRST, LAST = date(2018, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True)
class CountQuestion:
    """From a day, so many units; `rolls` moves a last day that is off to the next working day."""

    start: date
    n: int
    unit: Unit = Unit.WORKDAY
    rolls: bool = False
    pauses: tuple[Pause, ...] = ()

    def answer(self, calendar: Calendar) -> Count:
        return count(calendar, self.start, self.n, self.unit, rolls=self.rolls, pauses=self.pauses)

    def as_query(self) -> dict[str, str | list[str]]:
        """What stands in the address that asks this."""
        query: dict[str, str | list[str]] = {"start": self.start.isoformat(), "n": str(self.n), "unit": str(self.unit)}
        if self.rolls:
            query["roll"] = "1"
        if self.pauses:
            query["pause_from"] = [pause.start.isoformat() for pause in self.pauses]
            query["pause_to"] = [pause.end.isoformat() for pause in self.pauses]
        return query


def read_question(asked: Mapping[str, Sequence[str]], default: CountQuestion) -> CountQuestion:
    """The question of an address's parameters; what is not there is as in the default.

    Raises `Incomplete` with a sentence for each field that cannot be used.
    """
    if not any(asked.get(name) for name in ("start", "n", "unit", "pause_from", "pause_to")):
        return default
    typed = {name: (asked.get(name) or ("",))[0].strip() for name in ("start", "n", "unit", "roll")}
    faults: dict[str, Message] = {}
    start, unit = _day(typed["start"], "start", faults), Unit.WORKDAY
    if typed["unit"] in list(Unit):
        unit = Unit(typed["unit"])
    elif typed["unit"]:
        faults["unit"] = say("Choose working days, days or months.")
    n = _number(typed["n"], unit, faults)
    pauses = tuple(_pauses(asked, faults))
    if faults or start is None:
        raise Incomplete(faults)
    return CountQuestion(start, n, unit, typed["roll"] == "1", pauses)


def read_day(text: str) -> date | None:
    """A day written as 2026-09-24 and in no other way."""
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None


def default_question(calendar: Calendar, today: date) -> CountQuestion:
    """Ten working days over the long break in the second half of the year; where none is known, from today."""
    found = longest_break(calendar, date(today.year, 7, 1), date(today.year, 12, 31))
    return CountQuestion(add_workdays(calendar, found[0], -4) if found else today, 10)


def worth_trying(calendar: Calendar, today: date) -> dict[str, CountQuestion]:
    """Questions that show how days are counted: `today`, `break`, `pause`, `beyond` (past what is announced)."""
    first = next_workday(calendar, today)
    pause = Pause(add_workdays(calendar, first, 2), add_workdays(calendar, first, 6))
    tries = {"today": CountQuestion(today, 7)}
    if found := longest_break(calendar, date(today.year, 1, 1), date(today.year, 12, 31)):
        tries["break"] = CountQuestion(add_workdays(calendar, found[0], -3), 7)
    tries["pause"] = CountQuestion(first, 7, pauses=(pause,))
    tries["beyond"] = CountQuestion(add_workdays(calendar, calendar.known_until, -5), 7)
    return tries


def longest_break(calendar: Calendar, first: date, last: date) -> tuple[date, date] | None:
    """The longest run of days off between two days, if it is longer than a weekend and a day."""
    best: tuple[date, date] | None = None
    begun: date | None = None
    for k in range((last - first).days + 2):
        day = first + timedelta(days=k)
        if day <= last and not calendar.is_worked(day):
            begun = begun or day
        elif begun:
            run = (begun, day - timedelta(days=1))
            if best is None or run[1] - run[0] > best[1] - best[0]:
                best = run
            begun = None
    return best if best and (best[1] - best[0]).days >= 3 else None


def _day(text: str, name: str, faults: dict[str, Message]) -> date | None:
    day = read_day(text)
    if day is None:
        faults[name] = AS_A_DAY
        return None
    if FIRST <= day <= LAST:
        return day
    faults[name] = say("Give a day from {first} to {last}.", first=FIRST, last=LAST)
    return None


def _number(text: str, unit: Unit, faults: dict[str, Message]) -> int:
    n = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
    if not 1 <= n <= MOST[unit]:
        faults["n"] = say("Write a whole number from 1 to {most}.", most=MOST[unit])
    return n


def _pauses(asked: Mapping[str, Sequence[str]], faults: dict[str, Message]) -> Iterator[Pause]:
    begins, ends = asked.get("pause_from") or (), asked.get("pause_to") or ()
    for k in range(min(max(len(begins), len(ends)), PAUSES)):
        begin, end = (values[k].strip() if k < len(values) else "" for values in (begins, ends))
        if not begin and not end:
            continue
        start, until = _day(begin, "pause_from", faults), _day(end, "pause_to", faults)
        if start and until and until < start:
            faults["pause_to"] = say("A pause cannot end before it begins.")
        elif start and until and (until - start).days > MOST[Unit.DAY]:
            longest = start + timedelta(days=MOST[Unit.DAY])
            faults["pause_to"] = say("Give a day from {first} to {last}.", first=start, last=longest)
        elif start and until:
            yield Pause(start, until)
