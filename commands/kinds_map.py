"""`flask kinds map`: open cases taken over to what their kind is now, after a state or a deadline has been renamed.

It prints; what becomes of a case is `workflow/mapping.py`, the moving `cases/engine/mapping.py`. It runs although the
site does not start, since it mends what keeps it from starting.
"""

import sys
from collections.abc import Iterator

import click
from flask import current_app
from flask.cli import with_appcontext

from cases.engine.mapping import MappedCase, MappingOrder, MappingResult, map_cases, preview
from cases.model import triggers
from commands.calendar import world_in_use
from commands.kind_names import kind_named
from config import Settings
from extensions import db, only_reading
from workflow.checks import check
from workflow.mapping import Fate
from workflow.refusal import Impossible


@click.command("map")
@click.argument("kind")
@click.argument("names", nargs=-1, metavar="OLD NEW [OLD NEW]…", required=True)
@click.option("--variant", help="Only the cases of one variant.")
@click.option("--because", metavar="WORDS", default="", help="Why, or by which document: kept in each case's chain.")
@click.option("--yes", "do", is_flag=True, help="Move them. Without it nothing is changed.")
@with_appcontext
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
            _require_guarded()
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


def _require_guarded() -> None:
    """Events are written, and the database must keep them."""
    with only_reading(), db.engine.connect() as connection:
        if missing := triggers.missing(connection):
            raise click.ClickException(f"The database no longer guards its events: {', '.join(missing)}.")


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
        click.echo("  ".join(_words(line)))
    click.echo(f"refused {len(found.refused)}")
    if done and not found.refused:
        click.echo(f"moved {len(found.lines)}")
        return
    click.echo(f"would move {len(found.lines)}")
    if found.refused:
        click.echo("Nothing is changed: either every case goes on, or none does.", err=True)
        sys.exit(1)
    click.echo("Nothing is changed without --yes.", err=True)


def _words(line: MappedCase) -> Iterator[str]:
    """Number, states, desks, each deadline, letters; what stays is said once."""
    yield line.number
    yield _change(line.source, line.target)
    yield "desk " + _change(line.desk_before or "none", line.desk or "none")
    yield from map(_fate, line.fates)
    yield f"letters: {', '.join(line.letters)}" if line.letters else "no letter"


def _change(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"


def _fate(fate: Fate) -> str:
    if not fate.now:
        return f"{fate.was} ends"
    name = f"{fate.now} begins" if not fate.was else _change(fate.was, fate.now)
    if fate.due is None:
        return f"{name} (stands still)"
    return f"{name} {fate.due}" + (" (overdue)" if fate.late else "")
