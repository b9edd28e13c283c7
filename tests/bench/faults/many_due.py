"""Thousands of deadlines due at once, and one, two or three schedulers: real processes, each with the real sweep.

`python -m tests.bench.faults.many_due --cases 5000` opens the cases once, then lets 1, 2 and 3 schedulers in turn have
a fresh copy of them, on SQLite and on PostgreSQL, and has the independent checker look at what they left. The seconds
run from the word to start until the last scheduler has ended; what a process needs to be there is not counted.
"""

import argparse
import multiprocessing
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

import sqlalchemy as sa

from cases.engine.sweep import BATCH
from tests.bench.faults.checker import check
from tests.bench.faults.copied import copy_rows
from tests.bench.faults.many_due_stage import DUE, build, make_tables
from tests.bench.faults.many_due_worker import work
from tests.bench.faults.stored import Stored, read_stored
from tests.databases import renew
from tests.postgres import Server, start_server

SORTS: Final = ("sqlite", "postgresql")
HEADINGS: Final = ("database", "schedulers", "seconds", "timers/s", "processor s", "fired by each", "events", "letters",
                   "duplicates", "faults")  # fmt: skip


@dataclass(frozen=True)
class Swept:
    """What some schedulers did with the due cases of one database."""

    schedulers: int
    seconds: float
    processor: float
    shares: tuple[int, ...]
    events: int
    letters: int
    duplicates: int
    faults: tuple[str, ...]


def sweep_together(
    url: str, schedulers: int, folder: Path, batch: int = BATCH, gate: AbstractContextManager[None] | None = None
) -> Swept:
    """Let so many schedulers sweep what is due in a database, all from one moment on, and look at what they left.

    Inside the `gate` they are told to begin; it may hold them until all of them have.
    """
    before = read_stored(url)
    with ExitStack() as stack:
        lines = [stack.enter_context(_scheduler(url, folder, batch)) for _ in range(schedulers)]
        for line in lines:
            assert line.recv() == "ready"
        began = perf_counter()
        with gate or nullcontext():
            for line in lines:
                line.send("go")
            for line in lines:
                assert line.recv() == "begun"
        told: list[tuple[int, float]] = [line.recv() for line in lines]
        seconds = perf_counter() - began
    after = read_stored(url)
    return Swept(
        schedulers, seconds, sum(processor for _, processor in told), tuple(fired for fired, _ in told),
        events=len(after["event"]) - len(before["event"]), letters=len(after["letter"]) - len(before["letter"]),
        duplicates=_duplicates(after), faults=tuple(check(url, now=DUE, drained=True)),
    )  # fmt: skip


@contextmanager
def _scheduler(url: str, folder: Path, batch: int) -> Iterator[Connection]:
    """A scheduler in a process of its own, and the line to it. It is forked from one that has loaded everything."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([work.__module__])
    ours, theirs = processes.Pipe()
    process = processes.Process(target=work, args=(url, folder, theirs, batch))
    process.start()
    theirs.close()  # ours then ends where the process does
    try:
        yield ours
        process.join()
    finally:
        process.kill()
        process.join()


def _duplicates(stored: Stored) -> int:
    """Events that tell of a rung again, and letters that say the same to the same again."""
    rungs = [(event.case_id, *(event.said["codes"][name] for name in ("deadline", "due", "rung")))
             for event in stored["event"] if event.actor == "clock"]  # fmt: skip
    letters = [(row.case_number, row.name, row.to_party, row.to_id, row.to_role, row.texts) for row in stored["letter"]]
    return len(rungs) - len(set(rungs)) + len(letters) - len(set(letters))


class Copies:
    """Fresh copies of the due cases, on each sort of database."""

    def __init__(self, file: Path, server: Server) -> None:
        self._file, self._server, self._base = file, server, ""

    def fresh(self, sort: str) -> str:
        """The address of a database that holds the cases, and that nobody has swept."""
        if sort == "sqlite":
            copy = self._file.with_name("swept.sqlite")
            renew(copy, self._file)
            return f"sqlite:///{copy}"
        return self._server.new_database("swept", self._template())

    def _template(self) -> str:
        if not self._base:
            url = self._server.new_database("due")
            make_tables(url, self._file.parent)
            copy_rows(f"sqlite:///{self._file}", url)
            self._base = str(sa.make_url(url).database)
        return self._base


def measure(folder: Path, cases: int, rounds: int, most: int) -> Iterator[tuple[str, Swept]]:
    """Each sort and number of schedulers in turn, round by round."""
    file = build(folder, cases)
    with start_server() as server:
        copies = Copies(file, server)
        for _ in range(rounds):
            for sort in SORTS:
                for schedulers in range(1, most + 1):
                    yield sort, sweep_together(copies.fresh(sort), schedulers, folder)


def _line(sort: str, found: Sequence[Swept]) -> tuple[object, ...]:
    """The medians of several rounds, and the worst of what must be nought."""
    seconds, fired = median(one.seconds for one in found), sum(found[0].shares)
    return (sort, found[0].schedulers, f"{seconds:.2f}", round(fired / seconds),
            f"{median(one.processor for one in found):.2f}", "+".join(map(str, found[0].shares)),
            *({getattr(one, name) for one in found}.pop() for name in ("events", "letters")),
            max(one.duplicates for one in found), max(len(one.faults) for one in found))  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3, help="each in turn, so often; the medians are told")
    parser.add_argument("--schedulers", type=int, default=3, help="from one to so many")
    asked = parser.parse_args()
    found: dict[tuple[str, int], list[Swept]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for sort, swept in measure(Path(folder), asked.cases, asked.rounds, asked.schedulers):
            found.setdefault((sort, swept.schedulers), []).append(swept)
            sys.stderr.write("".join(f"{fault}\n" for fault in swept.faults[:20]))
    lines: list[Sequence[object]] = [HEADINGS, ["---"] * len(HEADINGS)]
    for (sort, _), those in sorted(found.items(), key=lambda one: (SORTS.index(one[0][0]), one[0][1])):
        lines.append(_line(sort, those))
    sys.stdout.write("".join(f"| {' | '.join(map(str, line))} |\n" for line in lines))
    return int(any(one.faults or one.duplicates for those in found.values() for one in those))


if __name__ == "__main__":
    sys.exit(main())
