"""`flask kinds`: whether definitions hold together, who may do what, diagrams, a new kind, cases of a renamed state.

It prints; the checking is `workflow/checks`, the drawing `workflow/diagram.py`, the moving `cases/engine/mapping.py`.
`map` alone reads the database. It runs although the site does not start, since it mends what keeps it from starting.
"""

import csv
import io
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from cases.engine.mapping import MappingOrder, MappingResult, map_cases, preview
from cases.kinds import all_kinds, definitions
from cases.model import triggers
from commands.calendar import world_in_use
from commands.messages import FOLDER, compiled, untranslated, used
from commands.rules import aligned, tabbed
from config import ROOT, Settings, Unsafe
from extensions import db, only_reading
from notifications.wording import WORDINGS
from workflow.checks import check, check_all
from workflow.checks.walk import Walk
from workflow.definition import CASE, CLOCK, ROLES, START, Definition
from workflow.diagram import mermaid
from workflow.jurisdiction import Jurisdiction
from workflow.letters import Wording
from workflow.mapping import Fate
from workflow.refusal import Impossible
from workflow.rules import BadJurisdiction, load_jurisdiction

kinds_commands = AppGroup("kinds", help="The kinds of case: their faults, permissions and diagrams.")

SKELETON = Path(__file__).parent / "new_kind"
HEADER = ("kind", "variant", "state", "action", "roles")


@kinds_commands.command("check", with_appcontext=False)
def print_check() -> None:
    """Print the faults of the definitions, one a line; exit 1 when there is one."""
    lines, sound = report(definitions(), shipped(), WORDINGS)
    for line in (*lines, *without_article(definitions(), shipped())):
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
        click.echo(empty_table(kind_named(kind or "", None)), nl=False)
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
    kinds: Sequence[Definition], laws: Sequence[Jurisdiction], worded: Mapping[str, Wording] | None = None
) -> tuple[list[str], bool]:
    """The lines that `check` prints, and whether every kind is sound."""
    faults = check_all(kinds, laws, worded)
    lines = [str(fault) for fault in faults] or [f"ok: {kind.kind}" for kind in kinds]
    return lines, not faults


def without_article(kinds: Sequence[Definition], laws: Sequence[Jurisdiction]) -> Iterator[str]:
    """A line for each adverse end of which a place's articles.toml says nothing (D60): there a person names it."""
    for law in laws:
        for kind in kinds:
            said = {end for one in law.articles if one.kind == kind.kind for end in one.ends}
            for state in kind.states:
                if state.adverse and state.name not in said:
                    yield f"{law.code}: {kind.kind} {state.name}: no row in articles.toml says what this end rests on"


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
                    for action in definition.actions_from(state, variant) if (variant, state) in reached else ():
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


def kind_named(kind: str, variant: str | None) -> Definition:
    """The kind of that name. Raises UsageError with those that there are, of the variant too."""
    kinds = all_kinds()
    if kind not in kinds:
        raise click.UsageError(f"There is no kind '{kind}'. Name one of: {', '.join(sorted(kinds))}.")
    if variant is not None and variant not in kinds[kind].variants:
        known = ", ".join(kinds[kind].variants) or "none"
        raise click.UsageError(f"There is no variant '{variant}' of {kind}. It has: {known}.")
    return kinds[kind]


@kinds_commands.command("map")
@click.argument("kind")
@click.argument("names", nargs=-1, metavar="OLD NEW [OLD NEW]…", required=True)
@click.option("--variant", help="Only the cases of one variant.")
@click.option("--because", metavar="WORDS", default="", help="Why, or by which document: kept in each case's chain.")
@click.option("--yes", "do", is_flag=True, help="Move them. Without it nothing is changed.")
def print_map(kind: str, names: tuple[str, ...], variant: str | None, because: str, do: bool) -> None:
    """Take the cases of KIND over from OLD, a state or a deadline that it has no more, to NEW, one that it has.

    Prints a line a case: from where to where, on whose desk, what becomes of its deadlines, who gets a letter. With
    --yes it is done, all or nothing. A deadline without a successor ends: write - for NEW.
    """
    order = _order(kind, names, variant)
    if do and not because.strip():
        raise click.UsageError("Say why with --because: whoever audits a case reads it there.")
    settings: Settings = current_app.config["SETTINGS"]
    try:
        if do:
            with only_reading(), db.engine.connect() as connection:
                if missing := triggers.missing(connection):
                    raise click.ClickException(f"The database no longer guards its events: {', '.join(missing)}.")
            found = _moved(order, because.strip(), settings)
        else:
            with only_reading():
                found = preview(db.session(), world_in_use(), order, settings.clock.now())
    except Impossible as refusal:
        raise click.UsageError(str(refusal)) from None
    _print(found, do)


def _order(kind: str, names: tuple[str, ...], variant: str | None) -> MappingOrder:
    definition = kind_named(kind, variant)
    if len(names) % 2:
        raise click.UsageError("Give names in pairs: OLD NEW.")
    if faults := check(definition, [current_app.extensions["law"]]):
        told = "\n".join(map(str, faults))
        raise click.UsageError(f"The kind does not hold together, so nothing goes on under it:\n{told}")
    return MappingOrder(kind, tuple(zip(names[::2], names[1::2], strict=True)), variant)


def _moved(order: MappingOrder, because: str, settings: Settings) -> MappingResult:
    hidden = not sys.stderr.isatty() or sys.stdout.isatty()
    with click.progressbar(length=0, file=sys.stderr, label="Mapping", hidden=hidden) as bar:

        def draw(done: int, of: int) -> None:
            bar.length = of
            bar.update(done - bar.pos)

        return map_cases(world_in_use(), order, because, settings.clock.now(), draw)


def _print(found: MappingResult, done: bool) -> None:
    for refused in found.refused:
        click.echo(f"{refused.number}  refused: {refused.why}")
    for line in found.lines:
        desk = "desk " + _change(line.desk_before or "none", line.desk or "none")
        letters = f"letters: {', '.join(line.letters)}" if line.letters else "no letter"
        told = (line.number, _change(line.source, line.target), desk, *map(_fate, line.fates), letters)
        click.echo("  ".join(told))
    click.echo(f"refused {len(found.refused)}")
    if done and not found.refused:
        click.echo(f"moved {len(found.lines)}")
        return
    click.echo(f"would move {len(found.lines)}")
    if found.refused:
        click.echo("Nothing is changed: either every case goes on, or none does.", err=True)
        sys.exit(1)
    click.echo("Nothing is changed without --yes.", err=True)


def _change(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"


def _fate(fate: Fate) -> str:
    if not fate.now:
        return f"{fate.was} ends"
    name = f"{fate.now} begins" if not fate.was else _change(fate.was, fate.now)
    if fate.due is None:
        return f"{name} (stands still)"
    return f"{name} {fate.due}" + (" (overdue)" if fate.late else "")


@kinds_commands.command("new", with_appcontext=False)
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
    pairs = (first + second for first in name.upper() for second in name.upper() if first != second)
    letters = letters or next(pair for pair in pairs if pair not in taken)
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
    _write(table, empty_table(all_kinds()[name]))


def empty_table(definition: Definition) -> str:
    """The table of who may do what, as it is written by hand: a row a role and place, the actions still to be named."""
    lines, variants = io.StringIO(), bool(definition.variants)
    table = csv.writer(lines, lineterminator="\n")
    table.writerow(["variant", "state", "role", "actions"] if variants else ["state", "role", "actions"])
    reached = {(node.variant, node.state) for node in Walk(definition).nodes}
    for variant in definition.variants or ("",):
        for state in (START, *(state.name for state in definition.states)):
            for role in (*ROLES, CLOCK.name, CASE.name) if (variant, state) in reached else ():
                table.writerow([*([variant] if variants else []), state, role, ""])
    return lines.getvalue()


def _filled(file: str, values: dict[str, str]) -> str:
    text = (SKELETON / file).read_text("utf-8")
    for key, value in values.items():
        text = text.replace(f"{{{key}}}", value)
    return text


def _write(file: Path, text: str) -> None:
    file.write_text(text, "utf-8")
    click.echo(f"wrote {file.relative_to(ROOT)}")
