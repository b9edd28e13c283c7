"""`flask figures`: a month by body, whether the kept counts are those of the events, and counting them again.

It prints; what is counted is `cases/model/custody.py`, what is kept of it `cases/engine/closings.py`.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping

import click
from flask.cli import AppGroup
from sqlalchemy import select

from cases.engine.closings import count_again, differing
from cases.engine.signalling import unlike, write_again
from cases.figures.statistics import THE_WHOLE, Body, Figures, MonthEnd, endings, month_figures
from cases.model.months import Month
from commands.calendar import world_in_use
from commands.rules import aligned, tabbed
from extensions import db
from registry.organisations import Bureau

figures_commands = AppGroup("figures", help="What was closed, how late, in how many working days.")

NUMBERS = {
    "closed": "closed",
    "on time": "on_time",
    "late": "late",
    "median": "median",
    "90 % within": "ninetieth",
    "reviewed": "reviewed",
    "changed on review": "overturned",
    "returned": "returned",
    "extended": "extended",
    "days of the office": "office_days",
    "days of its own": "days",
    "days of the firm": "firm_days",
}
"""The headings beside the body, and what of `Figures` stands below each."""


@figures_commands.command("month")
@click.argument("month", metavar="YYYY-MM")
def print_month(month: str) -> None:
    """Print a month by body, a line each under a line of headings; days are working days. After an empty line how its
    closings ended: a line a body, kind and end, each closing with the body that decided; "again" is after a review or
    a reopening.

    Fields are parted by tabs, on a terminal lined up.
    """
    asked = Month.read(month)
    if asked is None:
        raise click.BadParameter("write a month as 2026-10", param_hint="MONTH")
    names = {one.id: one.name for one in db.session().scalars(select(Bureau))}
    bodies = [("body", *NUMBERS), *_table(month_figures(db.session(), asked), names)]
    ends = [("body", "kind", "end", "closed", "again"), *_ends(endings(db.session(), asked), names)]
    laid_out = aligned if sys.stdout.isatty() else tabbed
    for line in (*laid_out(bodies), "", *laid_out(ends)):
        click.echo(line)


@figures_commands.command("check")
def print_check() -> None:
    """Read closings and signals from the events again; one line a case whose kept ones differ, exit 1 when there is
    any."""
    world = world_in_use()
    wrong, unseen = differing(db.session(), world), unlike(db.session(), world)
    for number in wrong:
        click.echo(f"{number}: what is kept of its closing is not what its events give")
    for number in unseen:
        click.echo(f"{number}: its signals are not those that its events give")
    if wrong or unseen:
        click.echo("count them anew with: flask figures count", err=True)
        sys.exit(1)
    click.echo("ok: every closing and every signal is as its events give it")


@figures_commands.command("count")
def count() -> None:
    """Count every closing again from its events, and signals too, by the calendar in force now."""
    click.echo(f"counted {count_again(world_in_use())}")
    write_again(world_in_use())


def _ends(found: Iterable[MonthEnd], names: Mapping[int, str]) -> Iterator[tuple[str, ...]]:
    for one in found:
        numbers = str(one.closed), str(one.again)
        yield names.get(one.body[1] or 0, one.body[0]), one.kind.label, one.end.label, *numbers


def _table(found: dict[Body, Figures], names: Mapping[int, str]) -> Iterator[tuple[str, ...]]:
    for body in sorted(found, key=lambda body: (body != THE_WHOLE, body[1] is None, body[1] or 0)):
        numbers = (getattr(found[body], name) for name in NUMBERS.values())
        yield (names.get(body[1] or 0, body[0]), *("-" if n is None else f"{n:g}" for n in numbers))
