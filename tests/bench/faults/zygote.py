"""The process from which all others are forked: it imports the product once and holds no connection to the database.

A worker that was killed is back within milliseconds. Orders come as JSON lines over a socket: start a role in a slot,
bury a child. One such process serves any number of benches, each through a fork of its own.
"""

import ctypes
import gc
import json
import os
import random
import signal
import socket
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TextIO

from flask import Flask

import notifications.deliver
import registry.sessions
from application import create_app
from commands.upgrade import bring_up_to_date
from config import Settings
from extensions import db
from registry.people import anybody
from registry.sessions import IDLE
from tests.bench.faults import plants, roles
from tests.bench.faults.board import Board, BoardClock
from tests.bench.faults.stage import populate
from tests.bench.faults.warm import warm_up
from tests.bench.faults.watched import watch

PR_SET_PDEATHSIG: Final = 1
CLAIM_SECONDS: Final = 10.0
"""A sender's claim in real seconds: it covers the sending of a batch as its minutes do by the real clock."""


@dataclass(frozen=True)
class Plan:
    """What a bench runs on. `planted`: a fault that is put in on purpose; `warm`: acts of each before it begins."""

    folder: str
    database_url: str
    smtp_url: str
    planted: str = ""
    warm: int = 4

    def settings(self, board: Board) -> Settings:
        return Settings(
            mode="test", host="127.0.0.1", port=0, data_dir=Path(self.folder), database_url=self.database_url,
            secret_key="f" * 32, smtp_url=self.smtp_url, jurisdiction="cn-nm-demo", clock=BoardClock(board=board),
        )  # fmt: skip


def main(path: str) -> None:
    """Listens at the path; whoever connects gives a plan in one line and has a zygote of its own until they hang up."""
    die_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        gc.freeze()
        print("ready", flush=True)  # noqa: T201
        while True:
            connection, _ = listener.accept()
            if not os.fork():
                listener.close()
                _serve(connection)
            connection.close()


def _serve(connection: socket.socket) -> None:
    """A bench's own zygote: builds the application by the plan and obeys, until the bench hangs up or is gone."""
    die_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        with connection.makefile("rw") as line:
            plan = Plan(**json.loads(line.readline()))
            board = Board(Path(plan.folder) / "board")
            app = _build(plan, board)
            _say(line, ready=True)
            for order in line:
                _obey(line, app, board, plan, json.loads(order))
        os._exit(0)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        os._exit(1)


def _build(plan: Plan, board: Board) -> Flask:
    """The application on its database, filled where it is empty; no connection is left open."""
    app = create_app(plan.settings(board), PROPAGATE_EXCEPTIONS=False)
    notifications.deliver.CLAIM = timedelta(seconds=CLAIM_SECONDS * board.factor)
    # a session lasts as long by the real clock as it does in life
    registry.sessions.IDLE = registry.sessions.LONGEST_SESSION = IDLE * board.factor
    if plan.planted:
        plants.PLANTS[plan.planted]()
    with app.app_context():
        bring_up_to_date(app)
        if not anybody(db.session()):
            populate(db.session())
        db.session.remove()
    warm_up(app, board, Path(plan.folder), plan.warm)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    gc.collect()
    gc.freeze()
    return app


def _obey(line: TextIO, app: Flask, board: Board, plan: Plan, order: dict[str, Any]) -> None:
    if "bury" in order:
        _, status, used = os.wait4(order["bury"], 0)
        _say(line, status=status, cpu=used.ru_utime + used.ru_stime)
    elif child := os.fork():
        _say(line, pid=child)
    else:
        _live(app, board, plan, **order)


def _live(app: Flask, board: Board, plan: Plan, start: str, slot: int, port: int) -> None:
    """The child: a process of its own, with its own connections, that ends with its parent."""
    die_with_parent()
    try:
        log = os.open(Path(plan.folder) / f"{start}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        random.seed()
        with app.app_context():
            db.engine.dispose(close=False)
            watch(db.engine, board, slot)
        roles.ROLES[start](app, board, port)
        os._exit(0)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        os._exit(1)


def die_with_parent() -> None:
    """The kernel ends this process as soon as the one that made it ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _say(line: TextIO, **words: Any) -> None:
    line.write(json.dumps(words) + "\n")
    line.flush()


if __name__ == "__main__":
    main(sys.argv[1])
