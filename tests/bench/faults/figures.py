"""What a bench came to, as a table."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from tests.bench.faults.acknowledged import UNKNOWN, Act, read
from tests.bench.faults.bench import Bench
from tests.bench.faults.roles import ROLES

COUNTED = {
    "cases": "SELECT count(*) FROM case_", "cases closed": "SELECT count(*) FROM case_ WHERE closed_at IS NOT NULL",
    "events": "SELECT count(*) FROM event", "rungs fired": "SELECT count(*) FROM rung_fired",
    "letters": "SELECT count(*) FROM letter", "record changes": "SELECT count(*) FROM record_change",
}  # fmt: skip


def figures_of(bench: Bench) -> dict[str, object]:
    """Name and figure, in the order of reading."""
    toll, told = bench.toll, bench.told.counts
    with bench.reading() as engine:
        counted = _counted(engine)
        bearing, found = there(engine, read(bench.told.path), UNKNOWN)
    mailed = Counter(bench.mailed)
    return {
        "database": sa.make_url(bench.url).get_backend_name(), "seconds under load": round(bench.seconds),
        "processor seconds": {role: round(used, 1) for role, used in toll.cpu.items()},
        "rounds, each looked at": bench.rounds,
        "kills": toll.total,
        **{f"  of {role}": many for role, many in sorted(toll.kills.items())},
        **{f"  while {doing}": many for doing, many in toll.during.items()},
        "  all at once, times": toll.all_at_once,
        "database connections ended by the server": f"{toll.cuts.total()} {dict(toll.cuts) if toll.cuts else ''}",
        "acts acknowledged": told["done"],
        "acts whose answer never came": f"{told['unknown']} (bearing a word: {bearing}, of these there: {found})",
        "acts of which a page said that nothing was changed": told["not_done"],
        **counted, "mails taken": mailed.total(), "mails taken again, same Message-ID": mailed.total() - len(mailed),
        "hang-ups after DATA": toll.hang_ups, "faults": len(bench.faults),
    }  # fmt: skip


def table(figures: dict[str, object]) -> str:
    width = max(map(len, figures))
    return "\n".join(f"{name:{width}}  {figure}" for name, figure in figures.items())


def logged(folder: Path) -> str:
    """The last lines of each sort of error that the processes logged, counted: the bench does not hide them."""
    lines: Counter[str] = Counter()
    for path in [folder / f"{role}.log" for role in ROLES if (folder / f"{role}.log").exists()]:
        for line in path.read_text("utf-8", "replace").splitlines():
            if line and not line.startswith((" ", "Traceback")):
                lines[f"{path.name}: {_without_figures(line)[:150]}"] += 1
    return "\n".join(f"{many:6} {line}" for line, many in lines.most_common(25))


def _without_figures(line: str) -> str:
    return "".join("#" if letter.isdigit() else letter for letter in line)


def there(engine: sa.Engine, acts: Sequence[Act], state: str) -> tuple[int, int]:
    """Of the acts in that state that bear a word: how many there are, and how many are in the database."""
    with engine.connect() as connection:
        texts = connection.scalars(sa.text("SELECT text FROM event_text WHERE text LIKE '% n%'"))
        said = {text.rpartition(" ")[2] for text in texts}
    words = [act.nonce for act in acts if act.nonce and act.state == state]
    return len(words), sum(word in said for word in words)


def _counted(engine: sa.Engine) -> dict[str, object]:
    with engine.connect() as connection:
        return {name: connection.scalar(sa.text(statement)) for name, statement in COUNTED.items()}
