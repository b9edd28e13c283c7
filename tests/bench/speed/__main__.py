"""Our own operations beside hand-written limits, by the clock, in one run: `python3 run.py bench [--quick]`.

A line an operation, its name first, the ratio to its limit last: how many times worse. Limits and ours take turns, and
medians are told, so that a machine that drifts moves both.
"""

import argparse
import csv
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final

import sqlalchemy as sa

from cases.ledger.verify import verify
from cases.lists.queues import urgencies
from cases.lists.worklists import counts
from cases.model.tables import Case, TimerRow
from config import ROOT
from extensions import db
from registry.credit_records import CreditRecord
from registry.identity import identity_of
from registry.in_force import world_in_force
from registry.organisations import Bureau
from registry.people import Membership, User
from registry.sheets.opening import open_records
from registry.sheets.reading import layout
from tests.bench.lighthouse import signed_in
from tests.bench.speed import limits, stage
from tests.bench.speed.clients import processes, sweep_at, together, work
from tests.postgres import start_server
from tests.statements import asked, timed

DURABLE: Final = "-c shared_buffers=512MB -c max_wal_size=8GB -c checkpoint_timeout=30min -c jit=off"
"""A server that keeps what it says it keeps, unlike that of the tests."""
ROUNDS: Final = 5
TIMES: Final = 5
SAMPLE: Final = ROOT / "tests/data/penalties.xlsx"
CLIENTS: Final = 4
FAIR: Final = 0.7
"""Of what pgbench gets from the same script the limit must reach so much."""
DUE: Final = 3000
"""Rungs of a sweep, at least."""
PAGES: Final = {
    "desk": ("office", "/desk"), "board": ("chief", "/overdue"), "case": ("reviewer", "/cases/{number}"),
    "search": ("office", "/search?q=2026"), "intake": ("office", "/intake"), "cases": ("office", "/cases"),
    "records": ("office", "/records"), "inbox": ("office", "/inbox"),
}  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """One measured operation: `ratio` is how many times worse than the `anchor`, None without one."""

    name: str
    database: str
    open_cases: int
    value: float
    unit: str
    anchor: float | None = None
    ratio: float | None = None

    @property
    def line(self) -> str:
        value = f"{self.value:,.0f}" if self.value >= 100 or self.unit == "count" else f"{self.value:.1f}"
        beside = f"limit {self.anchor:,.0f}" if self.anchor else ""
        return f"{self.name:18} {self.database:10} {value:>10} {self.unit:5} {beside:16} {_times(self.ratio)}"


def _times(ratio: float | None) -> str:
    return f"{ratio:.1f}" if ratio else "-"


class Bench:
    """One database of ours with its limit beside it."""

    def __init__(self, folder: Path, database: str, url: str, limit: str, open_cases: int) -> None:
        self.folder, self.database, self.url, self.limit, self.open_cases = folder, database, url, limit, open_cases
        self.app = stage.application(url, folder)

    def figure(self, name: str, value: float, unit: str, anchor: float | None = None) -> Figure:
        worse = None
        if anchor:
            worse = anchor / value if unit == "per_s" else value / anchor
        return Figure(name, self.database, self.open_cases, round(value, 2), unit,
                      anchor and round(anchor, 2), worse and round(worse, 2))  # fmt: skip

    def acts(self, seconds: float, clients: int, cases: int) -> Figure:
        """Acts a second of so many clients, ours and the limit by turns."""
        ours = [("ours", self.url, self.folder, n, clients, cases) for n in range(clients)]
        theirs = [("limit", self.limit, self.folder, n, clients, cases) for n in range(clients)]
        with processes(work, *ours) as our_lines, processes(work, *theirs) as their_lines:
            rates: list[tuple[float, float]] = []
            together(their_lines, 0.2)
            for _ in range(ROUNDS):
                (n, took), (best, limit_took) = together(our_lines, seconds), together(their_lines, seconds)
                rates.append((n / took, best / limit_took))
        return self.figure(f"act-{clients}", median(a for a, _ in rates), "per_s", median(b for _, b in rates))

    def sweep(self, schedulers: int) -> Figure:
        """Rungs a second of what falls due next."""
        with self.app.app_context():
            due = sa.select(TimerRow.next_at).where(TimerRow.next_at.is_not(None)).order_by(TimerRow.next_at)
            moment = db.session.scalars(due.offset(DUE).limit(1)).first() or stage.NOW + timedelta(days=30)
            db.session.remove()
        with processes(sweep_at, *[(self.url, self.folder)] * schedulers) as lines:
            fired, seconds = together(lines, moment)
        return self.figure(f"sweep-{schedulers}", fired / seconds, "per_s")

    def verify(self) -> Figure:
        """Events a second on one core; the limit fetches and hashes events of its own."""
        began = time.perf_counter()
        best = limits.verify(self.limit) / (time.perf_counter() - began)
        with self.app.app_context():
            began = time.perf_counter()
            verdict = verify(db.session())
            rate = verdict.events / (time.perf_counter() - began)
            assert verdict.ok, verdict.faults[:3]
            db.session.remove()
        return self.figure("verify", rate, "per_s", best)

    def pages(self, only: Sequence[str] = ()) -> Iterator[Figure]:
        """Each page by the clock, its processor and its statements."""
        number = self._a_case()
        for name, (who, address) in PAGES.items():
            if only and name not in only:
                continue
            took = timed(self.app, signed_in(self.app, who), address.format(number=number), TIMES)
            yield self.figure(name, 1000 * median(took.clock), "ms")
            yield self.figure(f"cpu-{name}", 1000 * median(took.processor), "ms")
            yield self.figure(f"statements-{name}", took.statements, "count")

    def plans(self) -> Iterator[str]:
        """How the database reads for each page: every statement's tables, a line a step of its plan."""
        number = self._a_case()
        with self.app.app_context():
            engine = db.engine
        for name, (who, address) in PAGES.items():
            client, at = signed_in(self.app, who), address.format(number=number)
            client.get(at)  # what is read once a process has been read
            with asked(engine) as statements:
                client.get(at)
            with engine.connect() as connection:
                for n, (statement, values) in enumerate(statements, start=1):
                    plan = connection.exec_driver_sql(f"EXPLAIN (COSTS OFF) {statement}", values).scalars()
                    yield f"{name} {n}: {' '.join(statement.split())[:100]}"
                    yield from (f"    {step}" for step in plan if "Scan" in step or "Sort" in step)

    def bring_in(self, rows: int) -> Figure:
        """Rows a second of a sheet of new penalties, read, checked and written by the command."""
        sheet = self._sheet(rows)
        with self.app.app_context():
            began = time.perf_counter()
            done = self.app.test_cli_runner().invoke(args=["records", "import", str(sheet)])
            rate = rows / (time.perf_counter() - began)
            assert int(done.output.split()[1]) > 0.95 * rows, done.output
        began = time.perf_counter()
        best = limits.bring_in(self.limit, sheet) / (time.perf_counter() - began)
        return self.figure("import", rate, "per_s", best)

    def _sheet(self, rows: int) -> Path:
        """The sample's good rows again and again, each under a number of its own."""
        with self.app.app_context():
            known = set(db.session.scalars(sa.select(CreditRecord.known_as)))
            db.session.remove()
        sample = open_records(SAMPLE, "penalty")
        named = {place.column.key: place.index for place in layout("penalty", sample.heading)}
        place = named["document_number"]
        good = [list(row) for _, row in sample.rows if row[place] in known]
        file = self.folder / "sheet.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            lines = csv.writer(out)
            lines.writerow(sample.heading)
            for n in range(rows):
                row = list(good[n % len(good)])
                row[place] = f"{row[place]}之{n}"
                lines.writerow(row)
        return file

    def counts(self) -> Figure:
        """What an officer's desk counts under its headings."""
        with self.app.app_context():
            session = db.session()
            officer = session.scalars(sa.select(User).where(User.username == "office")).one()
            world = world_in_force(session, self.app.extensions["law"])
            cut = urgencies(world.calendar, world.jurisdiction.day_of(stage.NOW))
            identity = identity_of(session, officer)
            took = [_seconds(lambda: counts(session, identity, cut)) for _ in range(TIMES)]
            db.session.remove()
        return self.figure("counts", 1000 * median(took), "ms")

    def bureaus(self, cases: int) -> Iterator[Figure]:
        """An act and a desk with 5,000 bureaus more, beside the same without."""
        before = 1000 / self.acts(0.4, 1, cases).value, next(self.pages(["desk"])).value
        with self.app.app_context():
            rows = [{"name": f"示范第{n}局（演示）"} for n in range(5000)]
            db.session.execute(sa.insert(Bureau), rows)
            db.session.commit()
            db.session.remove()
        after = 1000 / self.acts(0.4, 1, cases).value, next(self.pages(["desk"])).value
        for name, was, now in zip(("bureaus-act", "bureaus-desk"), before, after, strict=True):
            yield self.figure(name, now, "ms", was)

    def _a_case(self) -> str:
        """A case of the reviewer's bureau with a long history."""
        with self.app.app_context():
            session = db.session()
            reviewer = sa.select(Membership.bureau_id).join(User, User.id == Membership.user_id)
            bureau = reviewer.where(User.username == "reviewer").limit(1).scalar_subquery()
            query = sa.select(Case.number).where(Case.bureau_id == bureau, Case.closed_at.is_(None))
            number = session.scalars(query.order_by(Case.length.desc(), Case.id).limit(1)).one()
            db.session.remove()
        return number


def _seconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def measure(bench: Bench, cases: int) -> Iterator[Figure]:
    """Everything of one database, reading before writing."""
    seconds = 0.6
    if bench.database == "postgresql":
        yield bench.counts()
        yield from bench.pages()
        yield bench.verify()
        yield bench.bring_in(max(5000, cases // 5))
    yield bench.acts(seconds, 1, cases)
    yield bench.acts(seconds, CLIENTS, cases)
    if bench.database == "postgresql":
        yield from bench.bureaus(cases)
    yield bench.sweep(1)
    yield bench.sweep(2)


def main(arguments: list[str]) -> int:
    reads = argparse.ArgumentParser(prog="run.py bench", description=__doc__)
    reads.add_argument("--quick", action="store_true", help="10,000 open cases instead of 100,000")
    reads.add_argument("--open", type=int, help="so many open cases")
    reads.add_argument("--plans", type=Path, help="where the plans of the pages' statements go, PostgreSQL's")
    reads.add_argument("--json", type=Path, help="where the figures go, a list of objects")
    asked_for = reads.parse_args(arguments)
    open_cases = asked_for.open or (10_000 if asked_for.quick else 100_000)
    found: list[Figure] = []
    fair = True
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(start_server(DURABLE))
        plays = [_told(f"demo of {age} days ago", lambda age=age: stage.played(folder, age))  # type: ignore[misc]
                 for age in stage.AGES[: 2 if asked_for.quick else 6]]  # fmt: skip
        for database in ("postgresql", "sqlite"):
            many = open_cases if database == "postgresql" else min(open_cases, 10_000)
            if database == "postgresql":
                url, limit = server.new_database("bench"), server.new_database("limit").replace("+psycopg", "")
            else:
                url, limit = f"sqlite:///{folder}/bench.sqlite", f"sqlite:///{folder}/limit.sqlite"
            there = _told(f"{many:,} open cases on {database}", lambda: stage.make(url, folder, many, plays))  # noqa: B023
            _told("its limit", lambda: limits.make(limit, many))  # noqa: B023
            if asked_for.plans and database == "postgresql":
                told = Bench(folder, database, url, limit, there).plans()
                asked_for.plans.write_text("\n".join(told) + "\n")
            for figure in measure(Bench(folder, database, url, limit, there), many):
                print(figure.line, flush=True)  # noqa: T201
                found.append(figure)
            fair = fair and (database == "sqlite" or _check_anchor(limit, folder, many))
    if asked_for.json:
        asked_for.json.write_text(json.dumps([asdict(figure) for figure in found], indent=1))
    return 0 if fair else 1


def _told(what: str, do: Callable[[], Any]) -> Any:
    began = time.perf_counter()
    done = do()
    print(f"{what}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)  # noqa: T201
    return done


def _check_anchor(limit: str, folder: Path, cases: int) -> bool:
    """Whether the hand-written limit comes near what the database's own client gets; without, the run is void."""
    act, rates = limits.Acts(limit, cases), []
    for _ in range(3):
        until, n = time.perf_counter() + 1, 0
        while time.perf_counter() < until:
            act()
            n += 1
        rates.append((n, limits.by_pgbench(limit, folder, cases, 1)))
    act.close()
    ours, theirs = median(n for n, _ in rates), median(rate or 0 for _, rate in rates)
    fair = ours >= FAIR * theirs
    void = "" if fair else ": THIS RUN IS VOID"
    print(f"anchor: {ours:,.0f} acts/s, pgbench {theirs:,.0f}{void}", file=sys.stderr, flush=True)  # noqa: T201
    return fair


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
