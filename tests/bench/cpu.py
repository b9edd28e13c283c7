"""Seconds of the processor that pages and an act take: `python -m tests.bench.cpu --against FOLDER` asks this clone and
another by turns and prints the medians of both, on SQLite and on PostgreSQL.

Each clone runs in a process of its own with the demo played and with a small place; what another clone lacks of
`tests/bench` is copied there by hand. Only this process's own time counts, not that of a PostgreSQL server.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Final

from sqlalchemy import text

from application import create_app
from commands.upgrade import bring_up_to_date
from config import ROOT
from extensions import db
from registry.people import DEMO_PASSWORD
from tests.bench.small import SmallPlace
from tests.conftest import make_settings
from tests.played import MOMENT, play_demo
from tests.postgres import start_server

PAGES: Final = (
    ("", "/"), ("enterprise", "/records"), ("enterprise", "/cases/{own}"), ("reviewer", "/desk"),
    ("reviewer", "/cases/{referred}"), ("reviewer", "/cases/{referred}/propose"), ("approver", "/approvals"),
    ("office", "/intake"), ("chief", "/overdue"), ("auditor", "/audit"),
)  # fmt: skip
OWN: Final = """SELECT min(number) FROM case_ WHERE kind = 'objection' AND state = 'with_bureau' AND enterprise_id =
(SELECT enterprise_id FROM membership JOIN user_ ON user_.id = user_id WHERE username = 'enterprise')"""
REFERRED: Final = """SELECT min(number) FROM case_ WHERE kind = 'objection' AND state = 'with_bureau' AND bureau_id =
(SELECT bureau_id FROM membership JOIN user_ ON user_.id = user_id WHERE username = 'reviewer')"""
ACT: Final = "office POST accept"


class Measured:
    """One clone's applications on a database: asked once for warmth, then a round at a time."""

    def __init__(self, folder: Path, demo_url: str, small_url: str) -> None:
        settings = replace(make_settings(folder, demo_url, "demo"), demo_now=MOMENT)
        app = create_app(settings, WTF_CSRF_ENABLED=False)
        with app.app_context():
            bring_up_to_date(app)
            play_demo(db.session(), app.extensions["law"], app.extensions["store"], settings.clock.now())
            names = {name: db.session.scalar(text(asked)) for name, asked in (("own", OWN), ("referred", REFERRED))}
            db.session.remove()
        self.asked = []
        for who, address in PAGES:
            client = app.test_client()
            if who:
                signed = client.post("/sign-in", data={"username": who, "password": DEMO_PASSWORD})
                assert signed.status_code == 302, who
            self.asked.append((f"{who or 'nobody'} {address}", client, address.format_map(names)))
        (folder / "small").mkdir()
        self.small = SmallPlace(folder / "small", small_url)
        self.round()

    def round(self) -> dict[str, float]:
        found = {}
        for name, client, address in self.asked:
            begun = time.process_time()
            answer = client.get(address)
            found[name] = time.process_time() - begun
            assert answer.status_code == 200, f"{name}: {answer.status}"
        accept = self.small.ready_to_accept()
        begun = time.process_time()
        accept.send()
        found[ACT] = time.process_time() - begun
        return found


def work(demo_url: str, small_url: str) -> None:
    """Answer each line of the input with a round of figures."""
    with tempfile.TemporaryDirectory() as folder:
        one = Measured(Path(folder), demo_url or f"sqlite:///{folder}/demo.sqlite",
                       small_url or f"sqlite:///{folder}/small.sqlite")  # fmt: skip
        print("ready", flush=True)  # noqa: T201
        for _ in sys.stdin:
            print(json.dumps(one.round()), flush=True)  # noqa: T201


class Worker:
    """A clone in a process of its own."""

    def __init__(self, clone: Path, demo_url: str, small_url: str) -> None:
        command = [str(clone / ".venv/bin/python"), "-m", "tests.bench.cpu", "--work", demo_url, small_url]
        self.process = subprocess.Popen(
            command, cwd=clone, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.rounds: list[dict[str, float]] = []

    def _line(self) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, f"the worker has ended: {self.process.wait()}"
        return line

    def wait(self) -> None:
        while self._line().strip() != "ready":
            pass

    def round(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.rounds.append(json.loads(self._line()))

    def milliseconds(self, name: str) -> float:
        return 1000 * median(one[name] for one in self.rounds)


def compare(clones: list[Path], rounds: int, database: str) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(start_server()) if database == "postgresql" else None
        workers = []
        for n, clone in enumerate(clones):
            urls = [server.new_database(f"{what}{n}") for what in ("demo", "small")] if server else ["", ""]
            workers.append(Worker(clone, *urls))
            stack.callback(workers[-1].process.kill)
            workers[-1].wait()
        for n in range(rounds):
            for worker in workers if n % 2 else reversed(workers):
                worker.round()
        print(f"| {database}, ms of the processor | {' | '.join(clone.name for clone in clones)} |")  # noqa: T201
        print("|---|" + "---|" * len(clones))  # noqa: T201
        for name in workers[0].rounds[0]:
            found = " | ".join(f"{worker.milliseconds(name):.1f}" for worker in workers)
            print(f"| {name} | {found} |")  # noqa: T201
        print(flush=True)  # noqa: T201


def main(arguments: list[str]) -> None:
    reads = argparse.ArgumentParser(prog="python -m tests.bench.cpu", description=__doc__)
    reads.add_argument("--against", type=Path, help="another clone, with its own .venv")
    reads.add_argument("--rounds", type=int, default=21)
    reads.add_argument("--databases", nargs="*", default=["sqlite", "postgresql"])
    reads.add_argument("--work", nargs=2, help=argparse.SUPPRESS)
    asked = reads.parse_args(arguments)
    if asked.work:
        work(*asked.work)
        return
    for database in asked.databases:
        compare([*([asked.against] if asked.against else []), ROOT], asked.rounds, database)


if __name__ == "__main__":
    main(sys.argv[1:])
