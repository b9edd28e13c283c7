"""One process's share of the long walks, each place from nothing, and what all shares come to together."""

from __future__ import annotations

import argparse
import logging
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from application import create_app
from cases.ledger.witness import Witness
from commands.upgrade import bring_up_to_date
from extensions import db
from tests.cases.walks.rounds import play_round
from tests.cases.walks.watching import Tally
from tests.conftest import make_settings
from tests.databases import empty, renew, settle
from tests.postgres import start_server
from tests.workflow.guide import Key

IN_ONE_PLACE = 8
OFTEN = 10


@dataclass
class Results:
    """What walks came to, as one process tells it to another: sums, and by kind in how many walks each row was seen."""

    sums: Counter[str] = field(default_factory=Counter)
    seen: dict[str, Counter[Key]] = field(default_factory=dict)
    broken: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, several: Iterable[Results]) -> Results:
        whole = cls()
        for one in several:
            whole.sums.update(one.sums)
            for kind, seen in one.seen.items():
                whole.seen.setdefault(kind, Counter()).update(seen)
            for what, ways in one.broken.items():
                whole.broken.setdefault(what, []).extend(ways)
        return whole

    @classmethod
    def from_tally(cls, tally: Tally) -> Results:
        names = ("events", "one_by_one", "refusals", "counted", "looks")
        sums = Counter({name: getattr(tally, name) for name in names})
        for what in ("walked", "joined", "helped"):
            sums.update({f"{what} {kind}": count for kind, count in getattr(tally, what).items()})
        # counts of nothing stand too: what was never seen is said first
        seen = {kind: Counter({key: guide.seen[key] for key in guide.wanted}) for kind, guide in tally.guides.items()}
        return cls(sums, seen, tally.broken)

    def seldom(self, kind: str) -> list[Key]:
        return [key for key, count in self.seen[kind].items() if count < OFTEN]


def walk(share: tuple[argparse.Namespace, int, int]) -> Results:
    """One process's walks, each place from nothing."""
    asked, worker, walks = share
    logging.getLogger("redress").setLevel(logging.ERROR)
    tally, began = Tally(), time.monotonic()
    with _databases(asked.database) as fresh:
        place = asked.seed + worker * 10_000
        while left := {kind: walks - tally.walked[kind] for kind in asked.kind if tally.walked[kind] < walks}:
            fresh()
            with tempfile.TemporaryDirectory() as folder:
                starts = {kind: min(IN_ONE_PLACE, number) for kind, number in left.items()}
                play_round(tally, starts, f"place {place}", witness=Witness(Path(folder)))
            place += 1
            if place % 5 == 0:
                seldom = {kind: _named(tally.missing(kind, OFTEN)) for kind in asked.kind}
                so_far = f"{dict(tally.walked)} walks; seldom {seldom}; broken {sorted(tally.broken)}"
                print(f"{time.monotonic() - began:7.0f} s: {so_far}", flush=True)  # noqa: T201
    return Results.from_tally(tally)


def _named(seldom: dict[str, int]) -> object:
    """How many are seldom; which, where they are few."""
    return len(seldom) if len(seldom) > 5 else seldom


@contextmanager
def _databases(sort: str) -> Iterator[Callable[[], None]]:
    """An application on a database of that sort, and what makes that database as new."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if sort == "sqlite":
            yield from _on_sqlite(folder)
        else:
            with start_server() as server:
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
