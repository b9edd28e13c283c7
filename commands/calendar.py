"""`flask calendar`: when a limit ends, and why; and what a new holiday notice moves, before and when it is loaded.

It prints; the counting is `workflow/calendar.py`, the moving `cases/engine/recount.py`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click
from flask import current_app
from flask.cli import AppGroup

from cases.engine.recount import Preview, load, preview
from commands.count_requests import BadRequest, read_request, read_sheet
from config import Settings
from extensions import db, only_reading
from registry.in_force import world_in_force
from workflow.calendar import BadCalendar, Calendar, Day, Why, count, read_calendar
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
    settings: Settings = current_app.extensions["settings"]
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


def _print_moves(found: Preview) -> None:
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
