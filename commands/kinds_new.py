"""`flask kinds new`: the files of a small working kind, to be changed into the one that is wanted."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import click

from cases.kinds import all_kinds
from commands.messages import FOLDER, compiled, untranslated, used
from config import ROOT
from workflow.checks.walk import Walk
from workflow.definition import CASE, CLOCK, ROLES, START, Definition

SKELETON = Path(__file__).parent / "new_kind"


@click.command("new")
@click.argument("name")
@click.option("--letters", help="The two capital letters of its case numbers; else the first free ones of NAME.")
def new_kind(name: str, letters: str | None) -> None:
    """Write a small working kind called NAME: its file, its rule, its words, its table of permissions.

    The words and the table are to be filled in by hand. It passes `flask kinds check` as it is.
    """
    if not re.fullmatch(r"[a-z]{3,20}", name):
        raise click.UsageError("Name it in 3 to 20 small letters, as in request.")
    if name in all_kinds():
        raise click.UsageError(f"There is a kind '{name}' already.")
    taken = {kind.letters for kind in all_kinds().values()}
    letters = letters or next(pair for pair in _pairs(name) if pair not in taken)
    values = {"name": name, "Title": name.capitalize(), "letters": letters, "mark": name[:3].capitalize()}
    _write(ROOT / "cases" / "kinds" / f"{name}.py", _filled("kind.py.txt", values))
    rules = ROOT / "jurisdictions" / "cn-nm-banner" / "rules.toml"
    rules.write_text(rules.read_text("utf-8") + _filled("rules.toml", values), "utf-8")
    click.echo(f"added to {rules.relative_to(ROOT)}")
    all_kinds.cache_clear()
    wanting = untranslated(compiled(), used(ROOT))
    entries = "".join(f'\nmsgid "{id}"\nmsgstr ""\n' for id in wanting)
    _write(FOLDER / f"{name}.po", _filled("words.po", values) + entries)
    table = ROOT / "tests" / "cases" / "kinds" / f"permissions_{name}.csv"
    _write(table, "".join(empty_table(all_kinds()[name])))


def empty_table(definition: Definition) -> Iterator[str]:
    """The table of who may do what, as it is written by hand: a row a role and place, the actions still to be named."""
    lines, variants = io.StringIO(), bool(definition.variants)
    table = csv.writer(lines, lineterminator="\n")
    table.writerow(["variant", "state", "role", "actions"] if variants else ["state", "role", "actions"])
    reached = {(node.variant, node.state) for node in Walk(definition).nodes}
    for variant in definition.variants or ("",):
        for state in (START, *(state.name for state in definition.states)):
            for role in (*ROLES, CLOCK.name, CASE.name) if (variant, state) in reached else ():
                table.writerow([*([variant] if variants else []), state, role, ""])
    yield lines.getvalue()


def _pairs(name: str) -> Iterator[str]:
    letters = name.upper()
    yield from (first + second for first in letters for second in letters if first != second)


def _filled(file: str, values: dict[str, str]) -> str:
    text = (SKELETON / file).read_text("utf-8")
    for key, value in values.items():
        text = text.replace(f"{{{key}}}", value)
    return text


def _write(file: Path, text: str) -> None:
    file.write_text(text, "utf-8")
    click.echo(f"wrote {file.relative_to(ROOT)}")
