"""`flask kinds`: do the definitions hold together, who may do what, a kind as a diagram. `map` is in `kinds_map.py`,
`new` in `kinds_new.py`.

It prints; the checking is `workflow/checks`, the drawing `workflow/diagram.py`. It reads no database.
"""

import sys
import tomllib
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

import click
from flask.cli import AppGroup

from cases.kinds import all_kinds, definitions
from commands.kind_names import kind_named
from commands.kinds_map import print_map
from commands.kinds_new import empty_table, new_kind
from commands.rules import aligned, tabbed
from config import ROOT, Unsafe
from notifications.wording import WORDINGS
from workflow.checks import check_all
from workflow.checks.walk import Walk
from workflow.definition import START, Definition
from workflow.diagram import mermaid
from workflow.jurisdiction import Jurisdiction
from workflow.rules import BadJurisdiction, load_jurisdiction

kinds_commands = AppGroup("kinds", help="The kinds of case: their faults, permissions and diagrams.")

kinds_commands.add_command(print_map)
kinds_commands.add_command(new_kind)

HEADER = ("kind", "variant", "state", "action", "roles")


@kinds_commands.command("check", with_appcontext=False)
def print_check() -> None:
    """Print the faults of the definitions, one a line; exit 1 when there is one."""
    lines, sound = report(definitions(), shipped(), WORDINGS)
    for line in lines:
        click.echo(line)
    if not sound:
        sys.exit(1)


@kinds_commands.command("permissions", with_appcontext=False)
@click.argument("kind", required=False)
@click.option("--variant", help="Only one variant of that kind.")
@click.option("--by-hand", is_flag=True, help="Print the empty table of KIND instead, as it is filled in by hand.")
def print_permissions(kind: str | None, variant: str | None, by_hand: bool) -> None:
    """Print who may do what in which state, of KIND or of all: a line for each variant, state and action.

    Fields are parted by tabs, on a terminal lined up. The table written by hand, permissions_KIND.csv in
    tests/cases/kinds, has another form: a row for each role in each state (of a variant, where there are any), and
    the actions that the role may take there, parted by spaces. Fill it in from the procedure, not from the definition.
    """
    if by_hand:
        click.echo("".join(empty_table(kind_named(kind or "", None))), nl=False)
        return
    kinds = all_kinds().values() if kind is None and variant is None else [kind_named(kind or "", variant)]
    rows = list(permissions(kinds, variant))
    for line in aligned(rows) if sys.stdout.isatty() else tabbed(rows):
        click.echo(line)


@kinds_commands.command("diagram", with_appcontext=False)
@click.argument("kind")
@click.option("--variant", help="Only what one variant may do.")
def print_diagram(kind: str, variant: str | None) -> None:
    """Print KIND as a Mermaid state diagram."""
    click.echo(mermaid(kind_named(kind, variant), variant=variant), nl=False)


def report(
    kinds: Sequence[Definition], laws: Sequence[Jurisdiction], worded: Collection[str] | None = None
) -> tuple[list[str], bool]:
    """The lines that `check` prints, and whether every kind is sound."""
    faults = check_all(kinds, laws, worded)
    lines = [str(fault) for fault in faults] or [f"ok: {kind.kind}" for kind in kinds]
    return lines, not faults


def permissions(definitions: Iterable[Definition], only: str | None = None) -> Iterator[tuple[str, ...]]:
    """The rows of the permission table, its header first; states and actions in the order of the definition.

    A state that a variant cannot come to has no rows there.
    """
    yield HEADER
    for definition in definitions:
        reached = {(node.variant, node.state) for node in Walk(definition).nodes}
        states = (START, *(state.name for state in definition.states))
        for variant in definition.variants or ("",):
            if only is None or variant == only:
                for state in states:
                    if (variant, state) in reached:
                        yield from _rows(definition, variant, state)


def _rows(definition: Definition, variant: str, state: str) -> Iterator[tuple[str, ...]]:
    for action in definition.actions_from(state, variant):
        roles = " ".join(role.name for role in action.by)
        yield (definition.kind, variant or "-", state, action.name, roles)


@cache
def shipped(folder: Path = ROOT / "jurisdictions") -> tuple[Jurisdiction, ...]:
    """Every place where cases can be kept: one with a name; the others are only extended. Read once a process."""
    places = (file for file in sorted(folder.glob("*/place.toml")) if "name" in tomllib.loads(file.read_text("utf-8")))
    try:
        return tuple(load_jurisdiction(folder, file.parent.name) for file in places)
    except BadJurisdiction as error:
        raise Unsafe(str(error)) from None
