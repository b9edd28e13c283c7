"""`python -m tests.bench.faults.long_ledger --events 1000000 --database postgresql`: how fast a long ledger is checked.

Beside it, in the same run, what no check can do without: the start of the process, and fetching every event and
hashing it once. Memory is read from /proc, so on Linux alone.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from application import create_app
from cases.ledger.checkpoints import make_due
from cases.ledger.sealing import NewEvent, Tip, link, salted
from cases.model.tables import Case, CaseBureau, Event, EventText
from commands.upgrade import bring_up_to_date
from config import ROOT, Settings
from extensions import db
from registry.organisations import Bureau, Enterprise
from tests.cases.ledger.ledgers import AT
from tests.postgres import start_server

LENGTH = 10
"""Events a case, half of them with words."""
PAGE = 1000
"""Cases written at a time."""

ANCHOR = """
import hashlib, sys
from sqlalchemy import create_engine, text
engine = create_engine(sys.argv[1])
with engine.connect().execution_options(yield_per=5000) as connection:
    for row in connection.execute(text("SELECT case_id, seq, actor, action, body, previous, hash FROM event")):
        hashlib.sha256(f"{row[2]}{row[3]}{row[4]}{row[5]}{row[0]}{row[1]}".encode()).hexdigest()
"""


@dataclass(frozen=True)
class Took:
    """What a process took: seconds by the clock and of the processor, and the most memory in MB."""

    wall: float
    processor: float
    memory: float


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.faults.long_ledger", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--events", type=int, default=1_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="redress-ledger-") as name:
        folder = Path(name)
        if asked.database == "sqlite":
            _measure(f"sqlite:///{folder / 'long.sqlite'}", folder, asked.events)
        else:
            with start_server() as server:
                _measure(server.new_database("long"), folder, asked.events)
    return 0


def _measure(url: str, folder: Path, events: int) -> None:
    began = time.monotonic()
    write(url, folder, events)
    _say(f"written: {events:,} events in {time.monotonic() - began:.0f} s")
    environ = {**os.environ, "MODE": "test", "DATABASE_URL": url, "DATA_DIR": str(folder), "FLASK_APP": "wsgi"}
    flask = [sys.executable, "-m", "flask"]
    for name, command in (
        ("start", [*flask, "audit", "key"]), ("verify", [*flask, "audit", "verify"]),
        ("anchor", [sys.executable, "-c", ANCHOR, url]),
    ):  # fmt: skip
        took = _run(command, environ)
        _say(f"{name}: {took.wall:.1f} s, {took.processor:.1f} s of processor, {took.memory:.0f} MB,"
             f" {events / took.wall:,.0f} events/s, {events / took.processor:,.0f} a second of processor")  # fmt: skip


def _run(command: list[str], environ: dict[str, str]) -> Took:
    """A process of its own, looked at until it ends: what `wait` knows of memory counts its parent's too."""
    began, memory = time.monotonic(), 0.0
    before = os.times()
    with subprocess.Popen(command, env=environ, cwd=ROOT, stdout=subprocess.DEVNULL) as child:
        while child.poll() is None:
            memory = max(memory, _most_memory(child.pid))
            time.sleep(0.05)
    after = os.times()
    assert child.returncode == 0, command
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    return Took(time.monotonic() - began, processor, memory)


def _most_memory(pid: int) -> float:
    """The most that a process and those it started have held so far, in MB, pages that they share counted for each."""
    try:
        told = Path(f"/proc/{pid}/status").read_text()
        started = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:  # it has ended
        return 0.0
    own = next((int(line.split()[1]) / 1024 for line in told.splitlines() if line.startswith("VmHWM")), 0.0)
    return own + sum(_most_memory(int(child)) for child in started.split())


def write(url: str, folder: Path, events: int) -> None:
    """A ledger of so many events, under one checkpoint."""
    app = create_app(Settings(mode="test", host="127.0.0.1", port=0, data_dir=folder, database_url=url,
                              secret_key="t" * 32, smtp_url="", jurisdiction="cn-nm-demo"))  # fmt: skip
    with app.app_context():
        bring_up_to_date(app)
        with db.engine.begin() as connection:
            firm, bureau = _bodies(connection)
            cases = _cases(firm, bureau, events // LENGTH)
            while page := list(islice(cases, PAGE)):
                for table, rows in zip((Case, Event, EventText, CaseBureau), _gathered(page), strict=True):
                    connection.execute(insert(table), rows)
        assert make_due(db.session(), app.extensions["witness"], AT + timedelta(days=30))
        db.session.remove()
        db.engine.dispose()


def _bodies(connection: Connection) -> tuple[int, int]:
    firm = {"code": "91110000600037341L", "name": "诚达建材经销部（演示）"}
    bureau = {"code": "11150000000000001A", "name": "示范旗生态环境分局"}
    return (connection.execute(insert(Enterprise).returning(Enterprise.id), firm).scalar_one(),
            connection.execute(insert(Bureau).returning(Bureau.id), bureau).scalar_one())  # fmt: skip


Rows = list[dict[str, Any]]


def _cases(firm: int, bureau: int, count: int) -> Iterator[tuple[dict[str, Any], Rows, Rows, dict[str, Any]]]:
    """Each case with its events, its texts and its route."""
    for id in range(1, count + 1):
        entries, texts = [], []
        for seq in range(1, LENGTH + 1):
            sealed = {}
            if seq % 2:
                salt, sealed["reasons"] = salted(f"第 {seq} 步的理由：决定书写的是八千元，不是八万元。")
                texts.append({"event_id": (id - 1) * LENGTH + seq, "case_id": id, "name": "reasons", "salt": salt,
                              "text": f"第 {seq} 步的理由：决定书写的是八千元，不是八万元。"})  # fmt: skip
            entries.append(
                NewEvent(id, AT + timedelta(hours=seq), f"user:{seq}", "note", _body(seq, firm, bureau, sealed))
            )
        number = f"2026-YY-{id:06d}"
        events, moved = link({id: Tip(id, number)}, entries)
        for seq, event in enumerate(events, 1):
            event["id"] = (id - 1) * LENGTH + seq
        yield _case(id, number, firm, bureau, moved[id]), events, texts, {
            "case_id": id, "from_seq": 1, "bureau_id": bureau, "until_seq": None}  # fmt: skip


def _case(id: int, number: str, firm: int, bureau: int, end: Tip) -> dict[str, Any]:
    return {
        "id": id, "number": number, "check_code": "ABCDEFGHJK", "kind": "objection", "definition": "0123456789abcdef",
        "state": "comparing", "desk": "office", "bureau_id": bureau, "enterprise_id": firm, "round": 1,
        "filed_on": date(2026, 11, 24), "opened_at": AT + timedelta(hours=1), "head": end.head, "length": end.length,
    }  # fmt: skip


def _body(seq: int, firm: int, bureau: int, texts: dict[str, str]) -> dict[str, object]:
    """As long as those of the demo."""
    opens = {"opens": {"kind": "objection", "enterprise": firm, "record": None, "filed_on": "2026-11-24"}}
    return {
        "on": "2026-11-24", "by_bureau": None, "source": "start" if seq == 1 else "comparing", "target": "comparing",
        "round": 1, "variant": "", "desk": "office", "bureau": bureau, "outcome": "", "role": "officer", "codes": {},
        "holder": None, "complained_of": "", "complained_bureau": None, "texts": texts, "files": {}, "effects": [],
        "changes": [], "definition": "0123456789abcdef", **(opens if seq == 1 else {}),
    }  # fmt: skip


def _gathered(page: list[Any]) -> tuple[Rows, Rows, Rows, Rows]:
    return ([case for case, *_ in page], [row for _, events, _, _ in page for row in events],
            [row for _, _, texts, _ in page for row in texts], [route for *_, route in page])  # fmt: skip


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
