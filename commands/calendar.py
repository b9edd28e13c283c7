"""`flask calendar`: count a due date, preview and load a year's holiday notice."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO

import click
from flask import current_app
from flask.cli import AppGroup

from cases.engine.recount import CalendarPreview, load, preview
from config import Settings
from extensions import db, only_reading
from registry.in_force import world_in_force
from workflow.calendar import BadCalendar, Calendar, Day, Pause, Unit, Why, count, due, read_calendar
from workflow.jurisdiction import Jurisdiction
from workflow.refusal import Refusal
from workflow.snapshot import RuleContext

calendar_commands = AppGroup("calendar", help="Which days count, and when a limit ends.")

WORDS = {
    Why.START: "start, not counted",
    Why.COUNTED: "counted",
    Why.MAKE_UP: "make-up day, counted",
    Why.WEEKEND: "weekend, not counted",
    Why.HOLIDAY: "holiday, not counted",
    Why.PAUSED: "paused, not counted",
    Why.AWAY: "away, not counted",
    Why.RESUMED: "the pause ends and what was due is due",
    Why.ROLLED: "first working day after days off",
}


@calendar_commands.command("due")
@click.argument("start", required=False)
@click.argument("n", required=False)
@click.option("--unit", metavar="workday|day|month", help="What N counts; working days unless said.")
@click.option("--roll", is_flag=True, help="Move a date that falls on a day off to the next working day.")
@click.option("--pause", "pauses", multiple=True, metavar="FROM..TO", help="FROM still counts, TO does not.")
@click.option(
    "--from",
    "sheet",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    help="Count every line of a CSV: start,n,unit,roll,pauses.",
)
@click.option(
    "--calendar",
    "calendar_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Count by this calendar file alone.",
)
@click.option("--explain", is_flag=True, help="Add one line a day: counted or why not, and which notice says so.")
@only_reading()
def print_due(
    start: str | None,
    n: str | None,
    unit: str | None,
    roll: bool,
    pauses: tuple[str, ...],
    sheet: str | None,
    calendar_file: Path | None,
    explain: bool,
) -> None:
    """Print the last day of a limit of N units that begins on START (day zero), as 2026-03-18.

    A date that reads days not announced yet is followed by "provisional".
    """
    single = start or n or unit or roll or pauses or explain
    if sheet and single:
        raise click.UsageError("Give either START and N with their options, or --from with a sheet.")
    if not sheet and not (start and n):
        raise click.UsageError("Give START and N, as in: flask calendar due 2026-09-18 3.")
    calendar = _calendar_from(calendar_file) if calendar_file else calendar_in_use()
    try:
        if sheet:
            _answer_sheet(sheet, calendar)
        else:
            _answer(start or "", n or "", unit or "", roll, pauses, calendar, explain)
    except BadRequest as error:
        raise click.UsageError(str(error)) from None


@calendar_commands.command("preview")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@only_reading()
def print_preview(file: Path) -> None:
    """Say which running deadlines would move if FILE were loaded, from when to when. Nothing is changed."""
    with _refusing(file):
        _print_moves(preview(db.session(), world_in_use(), file.read_text(encoding="utf-8")))


@calendar_commands.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def print_load(file: Path) -> None:
    """Load FILE, the days off and days worked of a year, and count every running deadline by it."""
    settings: Settings = current_app.config["SETTINGS"]
    with _refusing(file):
        _print_moves(load(world_in_use(), file.read_text(encoding="utf-8"), settings.clock.now()))


def calendar_in_use() -> Calendar:
    """The calendar that counts where nothing else is said: that of the place, with what the office has loaded."""
    return world_in_use().calendar


def world_in_use() -> RuleContext:
    """The law of the place and the calendar in force."""
    law: Jurisdiction = current_app.extensions["law"]
    return world_in_force(db.session(), law)


@contextmanager
def _refusing(file: Path) -> Iterator[None]:
    """A calendar file that cannot be used is named with what to mend; the exit code is 2."""
    try:
        yield
    except (BadCalendar, UnicodeDecodeError, Refusal) as error:
        raise click.UsageError(f"{file}: {error}") from None


def _print_moves(found: CalendarPreview) -> None:
    for line in found.moved:
        later = "  provisional" if line.provisional else ""
        click.echo(f"{line.number}  {line.deadline}  {line.before} → {line.after}{later}")
    click.echo(f"moved {len(found.moved)}")
    click.echo(f"certain {len(found.certain)}")
    click.echo(f"unchanged {found.unchanged}")


def _calendar_from(file: Path) -> Calendar:
    with _refusing(file):
        return read_calendar(file.read_text(encoding="utf-8"))


def _answer(
    start: str, n: str, unit: str, roll: bool, pauses: tuple[str, ...], calendar: Calendar, explain: bool
) -> None:
    request = read_request(start, n, unit, "1" if roll else "0", pauses)
    day, provisional = request.due(calendar)
    click.echo(f"{day} provisional" if provisional else f"{day}")
    if explain:
        proof = count(calendar, request.start, request.n, request.unit, rolls=request.rolls, pauses=request.pauses)
        for line in proof.days:
            click.echo(_line(line))


def _line(day: Day) -> str:
    words = WORDS[day.why] if day.ordinal is None else f"{WORDS[day.why]} {day.ordinal}"
    parts = [f"{day.day}", f"{day.day:%a}", words, day.source, "not announced yet" if day.provisional else ""]
    return "  ".join(part for part in parts if part)


def _answer_sheet(sheet: str, calendar: Calendar) -> None:
    """Answers in the sheet's order, as they are found; a bad line ends the work with its number."""
    output = sys.stdout
    with click.open_file(sheet, encoding="utf-8-sig") as lines, _progress(lines) as read:
        requests = read_sheet(read)
        output.write("due,provisional\n")
        for request in requests:
            day, provisional = request.due(calendar)
            output.write(f"{day},{provisional:d}\n")


@contextmanager
def _progress(lines: IO[str]) -> Iterator[Iterator[str]]:
    """The lines, with a bar on stderr while the answers go elsewhere than to the terminal."""
    if not sys.stderr.isatty() or sys.stdout.isatty() or lines is sys.stdin:
        yield iter(lines)
        return
    size = os.fstat(lines.fileno()).st_size
    with click.progressbar(length=size, file=sys.stderr, label="Counting") as bar:
        yield _measured(lines, bar.update)


def _measured(lines: IO[str], update: Callable[[int], None]) -> Iterator[str]:
    for line in lines:
        yield line
        update(len(line.encode()))


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
