"""`python -m tests.bench.faults --kills 1000 --database postgresql`: a long round. Ends with 1 on a fault."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.faults.bench import set_up
from tests.bench.faults.figures import figures_of, logged, table
from tests.bench.faults.herd import zygote
from tests.bench.faults.plants import PLANTS
from tests.postgres import start_server


def main() -> int:
    asked = _asked()
    folder = Path(tempfile.mkdtemp(prefix="redress-faults-"))
    with (
        zygote() as ready, _database(asked.database, folder) as url,
        set_up(ready, folder, url, pause=asked.pause, planted=asked.plant, seed=asked.seed) as bench,
    ):  # fmt: skip
        for number in range(1, asked.rounds + 1):
            found = bench.round(asked.kills // asked.rounds)
            _say(f"round {number}: {bench.toll.total} kills, {bench.told.counts['done']} acts, {len(found)} faults")
            for fault in found[:20]:
                _say(f"  {fault}")
            _say(table(figures_of(bench)) + "\n")
        _say(f"answers: {dict(bench.seen.most_common())}\nin the logs:\n{logged(folder)}")
    if bench.faults or asked.keep:
        _say(f"kept: {folder}")
    else:
        shutil.rmtree(folder)
    return 1 if bench.faults else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.faults", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=4, help="in so many rounds, each of them looked at")
    parser.add_argument("--pause", type=float, default=0.3, help="seconds between two strokes, on the average")
    parser.add_argument("--seed", type=int, default=1, help="which draws everybody makes")
    parser.add_argument("--plant", choices=("", *PLANTS), default="", help="with a fault put in on purpose")
    parser.add_argument("--keep", action="store_true", help="keep the folder and its database")
    return parser.parse_args()


@contextmanager
def _database(sort: str, folder: Path) -> Iterator[str]:
    if sort == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite'}"
    else:
        with start_server() as server:
            yield server.new_database("faults")


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
