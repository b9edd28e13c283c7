"""What is asked of `flask calendar due`, read strictly from a command line or a sheet of many.

Text in, a `Request` or a sentence out. It knows no calendar file and prints nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from workflow.calendar import Calendar, Pause, Unit, due

COLUMNS = ("start", "n", "unit", "roll", "pauses")


class BadRequest(ValueError):
    """Something that cannot be counted; the text is a sentence that says what to write."""


@dataclass(frozen=True)
class Request:
    """One count: from `start`, `n` units."""

    start: date
    n: int
    unit: Unit = Unit.WORKDAY
    rolls: bool = False
    pauses: tuple[Pause, ...] = ()

    def due(self, calendar: Calendar) -> tuple[date, bool]:
        """The due day and whether it is provisional; raises `BadRequest` where no date can be so late."""
        try:
            return due(calendar, self.start, self.n, self.unit, rolls=self.rolls, pauses=self.pauses)
        except OverflowError:
            raise BadRequest(f"{self.n} {self.unit}s from {self.start} lie past the year 9999.") from None


def read_request(start: str, n: str, unit: str = "", roll: str = "", pauses: Iterable[str] = ()) -> Request:
    """A request from its texts; an empty unit means workday, an empty roll 0. Raises `BadRequest`."""
    return Request(read_date(start), _number(n), _unit(unit), _yes(roll), tuple(read_pause(pause) for pause in pauses))


def read_sheet(lines: Iterable[str]) -> Iterator[Request]:
    """The requests of a CSV with the columns of `COLUMNS`, one by one; raises `BadRequest` naming the line.

    The first line is read at once, so that a sheet of another sort is refused before anything is answered.
    """
    rows = csv.DictReader(lines)
    try:
        names = rows.fieldnames or ()
    except (csv.Error, UnicodeDecodeError) as error:
        raise BadRequest(f"This is not a CSV in UTF-8: {error}.") from None
    if missing := [column for column in COLUMNS if column not in names]:
        raise BadRequest(f"The first line must name the columns {','.join(COLUMNS)}; missing: {', '.join(missing)}.")
    return _read_rows(rows)


def read_date(text: str) -> date:
    """A date written as 2026-09-18 and in no other way."""
    try:
        if len(text) == 10 and text[4] == text[7] == "-":
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise BadRequest(f"{text!r} is not a date: write it as 2026-09-18.")


def read_pause(text: str) -> Pause:
    """A pause written FROM..TO."""
    begin, dots, end = text.partition("..")
    if not dots:
        raise BadRequest(f"{text!r} is not a pause: write it as 2026-11-04..2026-11-10.")
    pause = Pause(read_date(begin), read_date(end))
    if pause.end < pause.start:
        raise BadRequest(f"The pause {text} ends before it begins.")
    return pause


def _read_rows(rows: csv.DictReader[str]) -> Iterator[Request]:
    try:
        for row in rows:
            yield _read_row(row)
    except (BadRequest, csv.Error, UnicodeDecodeError) as error:
        raise BadRequest(f"Line {rows.line_num}: {error}") from None


def _read_row(row: Mapping[str, str | None]) -> Request:
    if None in row:
        raise BadRequest("it has more cells than the first line; several pauses are separated by spaces.")
    start, n, unit, roll, pauses = ((row[column] or "").strip() for column in COLUMNS)
    return read_request(start, n, unit, roll, pauses.split())


def _number(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) <= 9:
        return int(text)
    raise BadRequest(f"{text!r} is not a number of units: write a whole number, 0 or more.")


def _unit(text: str) -> Unit:
    try:
        return Unit(text) if text else Unit.WORKDAY
    except ValueError:
        raise BadRequest(f"{text!r} is not a unit: write {', '.join(Unit)}.") from None


def _yes(text: str) -> bool:
    if text not in ("", "0", "1"):
        raise BadRequest(f"{text!r} is not a roll: write 1 for a date that rolls, else 0.")
    return text == "1"
