"""Clients in processes of their own, ours and the hand-written: each acts until its time is over and says how often."""

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.engine.advance import Command, advance
from cases.engine.sweep import sweep
from cases.model.tables import Case
from cases.model.visibility import person_in
from extensions import db
from registry.identity import identity_of
from registry.in_force import world_in_force
from registry.people import User
from tests.bench.speed.limits import Acts
from tests.bench.speed.stage import NOW, application

QUESTION: Final = "请核对罚款金额。"
SHARED: Final = 24
"""Rounds among which the waiting cases are shared out, so that each has some."""


class OurActs:
    """An officer accepts objections that wait, and then refers each: `advance`, as the page calls it."""

    def __init__(self, url: str, folder: Path, client: int, clients: int) -> None:
        app = application(url, folder)
        self.context = app.app_context()
        self.context.push()
        session = db.session()
        self.officer = session.scalars(select(User).where(User.username == "office")).one().id
        self.law = app.extensions["law"]
        waiting = select(Case.id).where(Case.kind == "objection", Case.state == "filed").order_by(Case.id)
        ids = session.scalars(waiting).all()[client::clients]
        self.most = max(1, 2 * len(ids) // SHARED)
        self.left = [(id, *what) for id in ids for what in (("accept", {}), ("refer", {"question": QUESTION}))][::-1]
        session.rollback()

    def __call__(self) -> None:
        case_id, action, answers = self.left.pop()
        session: Session = db.session()
        identity = identity_of(session, session.get_one(User, self.officer))
        person = person_in(identity, session.get_one(Case, case_id))
        advance(world_in_force(session, self.law), Command(case_id, action, answers), person, NOW)
        db.session.remove()


def work(line: Connection, what: str, url: str, folder: Path, client: int, clients: int, cases: int) -> None:
    """Act for so many seconds each time that the line says so; answers with how often and in how long."""
    act = OurActs(url, folder, client, clients) if what == "ours" else Acts(url, cases, client, clients)
    line.send("ready")
    while seconds := line.recv():
        began, n, most = time.perf_counter(), 0, act.most
        while time.perf_counter() - began < seconds and n < most:
            act()
            n += 1
        line.send((n, time.perf_counter() - began))


def sweep_at(line: Connection, url: str, folder: Path) -> None:
    """Sweep as a scheduler does, as at the moment that the line says; answers with how many rungs and in how long."""
    app = application(url, folder)
    with app.app_context():
        world = world_in_force(db.session(), app.extensions["law"])
        db.session.remove()
        line.send("ready")
        while moment := line.recv():
            began = time.perf_counter()
            line.send((len(sweep(world, moment)), time.perf_counter() - began))
            db.session.remove()


@contextmanager
def processes(target: Callable[..., None], *of_each: Sequence[Any]) -> Iterator[list[Connection]]:
    """A process for each tuple of arguments, all ready; the line to each."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([target.__module__])
    started, lines = [], []
    try:
        for arguments in of_each:
            ours, theirs = context.Pipe()
            process = context.Process(target=target, args=(theirs, *arguments))
            process.start()
            theirs.close()
            started.append(process)
            lines.append(ours)
        for line in lines:
            assert line.recv() == "ready"
        yield lines
        for line in lines:
            line.send(None)
    finally:
        for process in started:
            process.join(5)
            process.kill()


def together(lines: Sequence[Connection], word: object) -> tuple[int, float]:
    """Say a word to all; how many they did, and the seconds of the slowest."""
    for line in lines:
        line.send(word)
    done = [line.recv() for line in lines]
    return sum(n for n, _ in done), max(seconds for _, seconds in done)
