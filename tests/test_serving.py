"""The demo as `python3 run.py` starts it: a process that says where it is, answers, and leaves nothing behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Empty, Queue

import pytest

from config import ROOT
from tests.ports import quiet_port

PATIENCE = 240
"""Seconds to wait for anything, however busy the machine."""
BROWSERS = 40
"""Open at once, each with six connections."""
LATER_START = 5.0
"""Seconds of a processor within which a start after the first has to answer, however busy the machine is otherwise."""


def environment(folder: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    return {**kept, "MODE": "demo", "FLASK_APP": "wsgi", "UPGRADE_DATABASE": "1", "PYTHONUNBUFFERED": "1",
            "DATA_DIR": str(folder), "PORT": str(port), "DEMO_NOW": "2026-09-17T10:00+08:00"}  # fmt: skip


@contextmanager
def started(environ: Mapping[str, str]) -> Iterator[tuple[subprocess.Popen[str], Queue[str]]]:
    """The server as a process of its own group, and what it says, line by line."""
    process = subprocess.Popen([sys.executable, "-m", "flask", "serve"], cwd=ROOT, env=dict(environ), text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
                               preexec_fn=_heed_ctrl_c)  # fmt: skip
    said: Queue[str] = Queue()
    threading.Thread(target=_listen, args=(process, said), daemon=True).start()
    try:
        yield process, said
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(timeout=PATIENCE)


def _heed_ctrl_c() -> None:
    """A shell that runs the tests in its background has them ignore SIGINT, and so would the server."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _listen(process: subprocess.Popen[str], said: Queue[str]) -> None:
    assert process.stdout
    for line in process.stdout:
        said.put(line.rstrip())


def lines_until(said: Queue[str], wanted: str) -> list[str]:
    """What is said until a line has these words in it."""
    lines: list[str] = []
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            lines.append(said.get(timeout=0.1))
        except Empty:
            continue
        if wanted in lines[-1]:
            return lines
    pytest.fail(f"{wanted!r} was not said within {PATIENCE} s, only {lines}")


def answered(port: int, path: str, seconds: float = PATIENCE) -> dict[str, object]:
    """The answer, as soon as the server gives one."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
                body = answer.read()
                return json.loads(body) if path.startswith("/health") else {"text": body.decode()}
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


@contextmanager
def held_open(port: int, many: int) -> Iterator[None]:
    """So many connections on which nothing is asked, as browsers keep them."""
    with ExitStack() as connections:
        for _connection in range(many):
            connections.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))
        yield


def worked(process: int) -> float:
    """The seconds of a processor that a process has had, as Linux counts them; elsewhere none."""
    counted = Path(f"/proc/{process}/stat")
    if not counted.exists():
        return 0.0
    user, system = counted.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def nobody_left(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def test_the_demo_says_where_it_is_answers_and_ends(tmp_path: Path) -> None:
    port = quiet_port()
    with started(environment(tmp_path, port)) as (process, said):
        told = lines_until(said, "demo-only-624")
        assert any(f"http://127.0.0.1:{port}/" in line for line in told)
        for account in ("enterprise", "reviewer", "approver", "office", "chief", "auditor"):
            assert account in told[-1]
        health = answered(port, "/health")
        assert health["database"]
        assert health["scheduler_heartbeat"]
        assert "信诉" in str(answered(port, "/")["text"])
        with held_open(port, BROWSERS * 6):
            assert answered(port, "/health")["database"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE) == 0
        assert nobody_left(process.pid)
    with pytest.raises(OSError, match="refused"):
        answered(port, "/health", 0)

    with started(environment(tmp_path, port)) as (process, said):
        assert answered(port, "/health")["database"]
        took = worked(process.pid)
        lines_until(said, "demo-only-624")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=PATIENCE) in (0, 130)
        assert nobody_left(process.pid)
        assert "Traceback" not in "".join(said.queue)
    assert took < LATER_START, f"a later start took {took:.1f} s"
