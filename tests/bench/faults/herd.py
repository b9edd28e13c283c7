"""The processes of a bench: started through the zygote, killed outright, buried, and started again."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from config import ROOT
from tests.bench.faults.board import Board
from tests.bench.faults.zygote import Plan
from tests.ports import quiet_port


@dataclass
class Member:
    """A process with its place on the board; `port` where it serves pages."""

    role: str
    slot: int
    port: int = 0
    pid: int = 0


@dataclass
class Death:
    """Who was killed, what it was in the middle of (writing and reading transactions, mails), its processor seconds;
    whether it had ended by itself before, which none should."""

    role: str
    doing: tuple[int, ...] = (0, 0, 0)
    cpu: float = 0.0
    by_itself: bool = False


@contextmanager
def zygote() -> Iterator[Path]:
    """The process that has imported the product, and the path at which it listens."""
    with tempfile.TemporaryDirectory(prefix="redress-zygote-") as folder:
        path = Path(folder) / "line"
        command = [sys.executable, "-m", "tests.bench.faults.zygote", str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
            try:
                assert process.stdout
                assert process.stdout.readline() == "ready\n", "the zygote did not start"
                yield path
            finally:
                process.kill()


class Herd:
    """A zygote and its children. Everything of it ends with this process, however that ends."""

    def __init__(self, zygote: Path, plan: Plan, board: Board, webs: int = 2, schedulers: int = 2) -> None:
        self.plan, self.board = plan, board
        roles = ["web"] * webs + ["scheduler"] * schedulers + ["ticker"]
        self.members = [Member(role, slot, quiet_port() if role == "web" else 0) for slot, role in enumerate(roles)]
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(zygote))
        self._line = self._socket.makefile("rw")
        self._tell(asdict(plan))

    @property
    def ports(self) -> list[int]:
        return [member.port for member in self.members if member.port]

    def start(self, member: Member) -> None:
        self.board.clear(member.slot)
        member.pid = self._ask(start=member.role, slot=member.slot, port=member.port)["pid"]

    def start_all(self) -> None:
        for member in self.members:
            self.start(member)

    def kill(self, *members: Member) -> list[Death]:
        """SIGKILL to all of these at once."""
        for member in members:
            os.kill(member.pid, signal.SIGKILL)
        return [self._bury(member) for member in members]

    def drain(self) -> None:
        """With everybody else gone: one process brings to its end what is due; gives once it has ended well."""
        slot = len(self.members)
        pid = self._ask(start="drain", slot=slot, port=0)["pid"]
        status = self._ask(bury=pid)["status"]
        assert status == 0, f"the drain ended with {status}: see {self.plan.folder}/drain.log"

    def end(self) -> None:
        """Whoever is still there ends with the zygote, which ends when nobody holds the line."""
        self._line.close()
        self._socket.close()

    def _bury(self, member: Member) -> Death:
        buried = self._ask(bury=member.pid)
        member.pid = 0
        by_itself = buried["status"] != signal.SIGKILL
        return Death(member.role, self.board.doing(member.slot), buried["cpu"], by_itself)

    def _ask(self, **order: Any) -> dict[str, Any]:
        return self._tell(order)

    def _tell(self, words: dict[str, Any]) -> dict[str, Any]:
        self._line.write(json.dumps(words) + "\n")
        self._line.flush()
        answer = self._line.readline()
        assert answer, "the zygote has ended: its last words are on standard error"
        said: dict[str, Any] = json.loads(answer)
        return said
