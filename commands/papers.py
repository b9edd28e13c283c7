"""`flask papers`: a paper's PDF as a file, and whether a file is one that was given out here."""

import hashlib
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from cases.papers.files import Lost, Unsealed, file_of, hand_out, named_in, seal_of_paper
from cases.papers.pdf import NotSet
from cases.papers.seals import LARGEST, seal_of
from commands.people import settings
from extensions import db, only_reading
from notifications.languages import LANGUAGES
from notifications.papers import Paper, number_in, papers_of

papers_commands = AppGroup("papers", help="Official papers as PDF: written to files, and known again.")


@papers_commands.command("render")
@click.argument("numbers", nargs=-1, required=True, metavar="NUMBER…")
@click.option(
    "--to", "folder", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Where to."
)
def render(numbers: tuple[str, ...], folder: Path) -> None:
    """Write the PDF of each paper, or of every paper of a case; one handed out so counts as given out. Exit 1 if any
    could not be written."""
    missed = 0
    for number in numbers:
        found = _papers(number)
        if not found:
            click.echo(f"{number}\tno such paper or case", err=True)
        missed += not found
        for paper in found:
            missed += not _written(paper, folder)
    sys.exit(bool(missed))


def _papers(number: str) -> list[Paper]:
    """The paper of a number, or those of a case, the first first."""
    parts, session = number_in(number), db.session()
    if parts:
        series, year, n = parts
        query = db.select(Paper).where(Paper.series == series, Paper.year == year, Paper.n == n)
        if found := session.scalars(query).first():
            return [found]
    return list(reversed(papers_of(session, number)))


def _written(paper: Paper, folder: Path) -> bool:
    used, now = settings(), settings().clock.now()
    try:
        content = hand_out(paper, used.site, used.fonts, LANGUAGES[0], now, current_app.extensions["store"])
    except Unsealed:
        click.echo(f"{paper.number}\tits seal is still being put on", err=True)
    except Lost:
        click.echo(f"{paper.number}\tits sealed file is gone or changed: restore it from a backup", err=True)
    except NotSet:
        click.echo(f"{paper.number}\tno font has one of its characters: see FONTS", err=True)
    else:
        (folder / f"{paper.number}.pdf").write_bytes(content)
        _waits, sealed = seal_of_paper(db.session(), paper.id)
        click.echo(f"{paper.number}\t{len(content)} bytes\t{f'sealed by {sealed.sealer}' if sealed else 'no seal'}")
        return True
    return False


@papers_commands.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@only_reading()
def check(file: Path) -> None:
    """Say whether a file was given out here, and whether its seal holds; exit 1 where it was not, or does not."""
    if file.stat().st_size > LARGEST:
        raise click.UsageError(f"The file has more than {LARGEST // 1024 // 1024} MB: no paper has.")
    content, session = file.read_bytes(), db.session()
    known = file_of(session, hashlib.sha256(content).hexdigest())
    if known is None:
        named = named_in(session, content)
        click.echo(f"altered: it bears the number {named.number}, and is no file of it" if named else "not ours")
        sys.exit(1)
    paper = session.get_one(Paper, known.paper_id)
    click.echo(f"ours: {paper.number}, {known.language}, given out {known.at:%Y-%m-%d %H:%M} UTC")
    if not known.sealer:
        click.echo("no seal")
        return
    seal = seal_of(content)
    if seal and (holds := seal.holds(known.certificate)) is not False:
        said = "holds" if holds else "is of an algorithm that is not read here; the bytes are those that came back"
        click.echo(f"seal: {said}; {seal.signer}, certificate {seal.certificate}")
        return
    click.echo("seal: does not hold")
    sys.exit(1)
