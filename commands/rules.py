"""`flask rules`: the limits that hold, with what they rest on. It prints; the law is data in `jurisdictions/`."""

import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime

import click
from flask import current_app
from flask.cli import AppGroup

from config import Settings
from extensions import db, only_reading
from registry.in_force import law_in_force
from workflow.jurisdiction import Jurisdiction
from workflow.limits import Rule

rules_commands = AppGroup("rules", help="The limits that hold here, and what they rest on.")

HEADINGS = (
    "kind",
    "stage",
    "number",
    "unit",
    "counted from",
    "basis",
    "citation",
    "certainty",
    "variant",
    "for",
    "extension",
    "extension basis",
    "valid from",
    "valid until",
    "rule set",
)
NOTHING = "-"


@rules_commands.command("list")
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="A filing day; today unless said.")
@only_reading()
def print_list(on: datetime | None) -> None:
    """Print every limit that holds for a case filed on a day, one a line under a line of headings.

    Fields are parted by tabs, on a terminal lined up. Where a text binds only some cases, they have a line of
    their own, which says which.
    """
    settings: Settings = current_app.config["SETTINGS"]
    place = _law()
    rows = [HEADINGS, *table(place, on.date() if on else place.day_of(settings.clock.now()))]
    for line in aligned(rows) if sys.stdout.isatty() else tabbed(rows):
        click.echo(line)


def _law() -> Jurisdiction:
    """The law with what was promised; as shipped where no database stands yet."""
    shipped: Jurisdiction = current_app.extensions["law"]
    return law_in_force(db.session(), shipped) if db.inspect(db.engine).has_table("promise") else shipped


def table(place: Jurisdiction, day: date) -> list[tuple[str, ...]]:
    """A row a limit, by kind; cells as under HEADINGS."""
    rules = place.rule_set(day).id
    return [(*row, rules) for rule in place.in_force(day) for row in _rows(rule)]


def tabbed(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    return ("\t".join(row) for row in rows)


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows with their columns lined up; a Chinese character takes two places."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _rows(rule: Rule) -> Iterator[tuple[str, ...]]:
    yield _row(rule, "")
    if rule.binding:
        yield _row(rule.bound(), rule.binding.where)


def _row(rule: Rule, where: str) -> tuple[str, ...]:
    cells = (
        rule.kind,
        rule.stage,
        str(rule.n),
        rule.unit.value,
        rule.counted_from,
        rule.basis,
        rule.citation,
        rule.certainty,
        rule.variant,
        where,
        _extension(rule),
        rule.of_extension or "",
        rule.valid_from.isoformat(),
        rule.valid_until.isoformat() if rule.valid_until else "",
    )
    return tuple(cell or NOTHING for cell in cells)


def _extension(rule: Rule) -> str:
    if rule.extension is None:
        return ""
    return f"up to +{rule.extension}" if rule.extension_up_to else f"+{rule.extension}"


def _width(text: str) -> int:
    return sum(2 if character > "\u2e7f" else 1 for character in text)
