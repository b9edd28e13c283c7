"""One bench: a database, its processes, a mail server, people at work and the killer; a round ends with the checks."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from extensions import only_reading
from tests.bench.faults.acknowledged import Acknowledged
from tests.bench.faults.board import Board
from tests.bench.faults.checker import check
from tests.bench.faults.herd import Herd
from tests.bench.faults.killer import Killer, Toll
from tests.bench.faults.load import Load
from tests.bench.faults.lot import sow
from tests.bench.faults.outside import from_outside
from tests.bench.faults.roles import drained
from tests.bench.faults.told_of import untold
from tests.bench.faults.zygote import Plan
from tests.notifications.mail_servers import MailServer, running

START: Final = datetime(2026, 9, 7, 0, 0, tzinfo=UTC)
A_SECOND: Final = timedelta(hours=6)
"""So long is a real second by the clock of the bench: deadlines fall due all the time."""


@dataclass
class Bench:
    """What runs, what was done to it and what was found."""

    folder: Path
    url: str
    board: Board
    mail: MailServer
    herd: Herd
    told: Acknowledged
    pause: float
    seed: int
    toll: Toll = field(default_factory=Toll)
    seen: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0
    rounds: int = 0

    def round(self, kills: int) -> list[str]:
        """Everybody at work until so many more are killed; then all is brought to its end and looked at."""
        begun = time.monotonic()
        sow(f"{self.seed} {self.rounds}")
        self.herd.start_all()
        load = Load(self.url, self.herd.ports, self.board, self.told)
        load.start()
        try:
            Killer(self.herd, self.board, self.mail, self.url, self.pause, self.toll, load).strike(kills)
        finally:
            load.stop()
        self.seen += load.seen
        for death in self.herd.kill(*self.herd.members):
            self.toll.count(death)
        self.seconds += time.monotonic() - begun
        self.rounds += 1
        found = [*self.toll.ended, *self.look()]
        self.toll.ended.clear()
        self.faults += [fault for fault in found if fault not in self.faults]
        return found

    def look(self) -> list[str]:
        """Nobody is at work: what is due is done, the letters go out, and the checks read what stands there."""
        self.mail.hang_ups = 0
        self.board.stop_clock()
        self.herd.drain()
        at, found = drained(self.folder)
        found += check(self.url, self.told.path, self.mailed, at, drained=True, evidence=self.folder / "evidence")
        with self.reading() as engine:
            found += untold(engine)
        self.board.start_clock(at, self.board.factor)
        return found

    @property
    def mailed(self) -> list[str]:
        """The Message-IDs that the server took, as often as it took them."""
        return [str(mail["Message-ID"]).strip("<>") for mail in self.mail.taken]

    @contextmanager
    def reading(self) -> Iterator[sa.Engine]:
        """The database, looked at from outside."""
        engine = from_outside(self.url)
        try:
            with only_reading():
                yield engine
        finally:
            engine.dispose()


@contextmanager
def set_up(
    zygote: Path, folder: Path, url: str, *, pause: float = 0.3, planted: str = "", warm: int = 4, seed: int = 1
) -> Iterator[Bench]:
    """A bench on an empty database, everything ready to start."""
    board = Board(folder / "board")
    board.start_clock(START, A_SECOND.total_seconds())
    told = Acknowledged(folder / "acknowledged.jsonl")
    with running(MailServer()) as mail:
        plan = Plan(str(folder), url, mail.url, planted, warm)
        herd = Herd(zygote, plan, board)
        try:
            yield Bench(folder, url, board, mail, herd, told, pause, seed)
        finally:
            herd.end()
            told.close()
