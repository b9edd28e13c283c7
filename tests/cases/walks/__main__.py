"""Long random walks through the use cases: `python -m tests.cases.walks --walks 1000 --database postgresql`.

It prints what did not hold, the rows that were seldom taken, and ends with 1 where anything is to be said.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cases.kinds import all_kinds
from cases.witness import Witness
from commands.upgrade import bring_up_to_date
from extensions import db
from tests.cases.walks.rounds import play_round
from tests.cases.walks.watching import Tally
from tests.conftest import make_settings
from tests.databases import empty, renew, settle
from tests.postgres import start_server
from wsgi import create_app

IN_ONE_PLACE = 8
OFTEN = 10


def main(arguments: list[str]) -> int:
    asked = _asked(arguments)
    logging.getLogger("redress").setLevel(logging.ERROR)
    tally, began = Tally(), time.monotonic()
    with _databases(asked.database) as fresh:
        place = asked.seed
        while left := {
            kind: asked.walks - tally.walked[kind] for kind in asked.kind if tally.walked[kind] < asked.walks
        }:
            fresh()
            with tempfile.TemporaryDirectory() as folder:
                starts = {kind: min(IN_ONE_PLACE, number) for kind, number in left.items()}
                play_round(tally, starts, f"place {place}", witness=Witness(Path(folder)))
            place += 1
            if place % 10 == 0:
                seldom = {kind: len(tally.missing(kind, OFTEN)) for kind in asked.kind}
                so_far = f"{dict(tally.walked)} walks; seldom {seldom}; broken {sorted(tally.broken)}"
                print(f"{time.monotonic() - began:7.0f} s: {so_far}", flush=True)  # noqa: T201
    print(told(tally, asked.kind, asked.database, time.monotonic() - began))  # noqa: T201
    enough = asked.walks < 1000 or not any(tally.missing(kind, OFTEN) for kind in asked.kind)
    return 0 if enough and not tally.broken else 1


def told(tally: Tally, kinds: list[str], database: str, seconds: float) -> str:
    """What the walks came to, for people."""
    lines = [
        f"{database}: {sum(tally.walked.values())} walks in {seconds:.0f} s: {tally.events} events,"
        f" {tally.one_by_one} of them looked at one by one; {tally.looks} looks at all rows of a case",
        f"{tally.refusals} refusals, {tally.counted} with the rows of every table counted before and after",
    ]  # fmt: skip
    for kind in kinds:
        guide, seldom = tally.guides[kind], len(tally.missing(kind, OFTEN))
        rarest = sorted((guide.seen[key], " ".join(key)) for key in guide.wanted)
        lines.append(
            f"{kind}: {tally.walked[kind]} walks, {tally.joined[kind]} of them opened by another case,"
            f" {tally.helped[kind]} short ones beside; {len(guide.wanted)} rows and rungs, by role and variant,"
            f" {seldom} of them in fewer than {OFTEN} walks"
        )
        lines += [f"    {count:4} {key}" for count, key in rarest[:8]]
    lines.append("nothing broken" if not tally.broken else "BROKEN:")
    for what, ways in tally.broken.items():
        lines += [what, *(f"    {way}" for way in ways)]
    return "\n".join(lines)


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.cases.walks", description=__doc__)
    parser.add_argument("--walks", type=int, default=1000, help="of each kind")
    parser.add_argument("--kind", nargs="*", default=sorted(all_kinds()))
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=0, help="the number of the first place")
    return parser.parse_args(arguments)


@contextmanager
def _databases(sort: str) -> Iterator[Callable[[], None]]:
    """An application on a database of that sort, and what makes that database as new."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if sort == "sqlite":
            yield from _on_sqlite(folder)
        else:
            with start_server(None) as server:  # type: ignore[arg-type]
                yield from _on_postgres(folder, server.new_database("walks"))


def _on_sqlite(folder: Path) -> Iterator[Callable[[], None]]:
    template, file = folder / "template.sqlite", folder / "walks.sqlite"
    _build(f"sqlite:///{template}", folder)
    settle(template)
    renew(file, template)
    app = create_app(make_settings(folder, f"sqlite:///{file}"))
    with app.app_context():

        def fresh() -> None:
            db.session.remove()
            db.engine.dispose()
            renew(file, template)

        yield fresh


def _on_postgres(folder: Path, url: str) -> Iterator[Callable[[], None]]:
    _build(url, folder)
    app = create_app(make_settings(folder, url))
    with app.app_context():
        yield lambda: empty(url)


def _build(url: str, folder: Path) -> None:
    app = create_app(make_settings(folder, url))
    with app.app_context():
        bring_up_to_date(app)
        db.session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
