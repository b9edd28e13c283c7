"""The killer: at random instants it ends one process or all of them, takes a connection away, hangs up on a mail."""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa

from tests.bench.faults.board import DOINGS, MAILING, WRITING, Board
from tests.bench.faults.herd import Death, Herd, Member
from tests.bench.faults.load import Load
from tests.bench.faults.lot import dice
from tests.bench.faults.outside import NAME, from_outside
from tests.notifications.mail_servers import MailServer

ALL_AT_ONCE: Final = 0.04
"""How many of the strokes end every process."""
AIMED: Final = 0.5
"""How many of the others wait for somebody to be in the middle of something, and strike a few milliseconds later."""
AT: Final = (WRITING, WRITING, WRITING, MAILING)
WITHIN: Final = 0.006
PATIENCE: Final = 0.4
ANSWERS: Final = 2.5
"""How many pages are answered between two strokes, on the average, at least."""
LONGEST: Final = 4.0
HANG_UP: Final = 0.1
CUT: Final = 0.1
CUT_ONE: Final = sa.text(
    "SELECT state, pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND application_name <> :bench ORDER BY random() LIMIT 1"
)


@dataclass
class Toll:
    """What was done to the processes, counted."""

    kills: Counter[str] = field(default_factory=Counter)
    during: Counter[str] = field(default_factory=Counter)
    cpu: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    cuts: Counter[str] = field(default_factory=Counter)
    ended: list[str] = field(default_factory=list)
    hang_ups: int = 0
    all_at_once: int = 0

    def count(self, death: Death) -> None:
        self.kills[death.role] += 1
        self.cpu[death.role] += death.cpu
        self.ended += [f"a {death.role} had ended by itself: see its log"] if death.by_itself else []
        for name, many in zip(DOINGS, death.doing, strict=True):
            self.during[name] += bool(many)

    @property
    def total(self) -> int:
        return self.kills.total()


class Killer:
    """Strikes until so many processes were killed, `pause` seconds apart on the average.

    On a machine that is busy with something else it waits until some pages were answered: a process that has not
    begun to work is not worth a stroke.
    """

    def __init__(
        self, herd: Herd, board: Board, mail: MailServer, url: str, pause: float, toll: Toll, load: Load
    ) -> None:  # fmt: skip
        self.herd, self.board, self.mail, self.pause, self.toll, self.load = herd, board, mail, pause, toll, load
        self._engine = from_outside(url, isolation_level="AUTOCOMMIT") if url.startswith("postgresql") else None

    def strike(self, kills: int) -> None:
        wanted = self.toll.total + kills
        while self.toll.total < wanted:
            self._wait()
            self._hang_up()
            self._cut()
            if dice().random() < ALL_AT_ONCE:
                self.toll.all_at_once += 1
                self._end(*self.herd.members)
            else:
                self._end(self._one())
        if self._engine:
            self._engine.dispose()

    def _wait(self) -> None:
        """Some time, and some answers; then a little more, so that the stroke falls at no answer in particular."""
        time.sleep(dice().expovariate(1 / self.pause))
        until, answers = time.monotonic() + LONGEST, self.load.answered + dice().expovariate(1 / ANSWERS)
        while self.load.answered < answers and time.monotonic() < until:
            time.sleep(dice().uniform(0, 0.1))

    def _end(self, *members: Member) -> None:
        for death in self.herd.kill(*members):
            self.toll.count(death)
        for member in members:
            self.herd.start(member)

    def _one(self) -> Member:
        """Any process; in one of two strokes one that writes, or sends a mail, where one soon does."""
        doing = dice().choice(AT)
        until = time.monotonic() + (PATIENCE if dice().random() < AIMED else 0)
        while time.monotonic() < until:
            busy = [member for member in self.herd.members if self.board.doing(member.slot)[doing]]
            if busy:
                time.sleep(dice().uniform(0, WITHIN))
                return dice().choice(busy)
            time.sleep(0.0005)
        return dice().choice(self.herd.members)

    def _hang_up(self) -> None:
        """Now and then the mail server takes a text and goes without a word."""
        if dice().random() < HANG_UP and not self.mail.hang_ups:
            self.mail.hang_ups = 1
            self.toll.hang_ups += 1

    def _cut(self) -> None:
        """Now and then the database server ends a connection."""
        if self._engine is None or dice().random() >= CUT:
            return
        with self._engine.connect() as connection:
            for state, _ in connection.execute(CUT_ONE, {"bench": NAME}):
                self.toll.cuts[state or "starting"] += 1
