"""What all processes of a bench see at once, in a mapped file: the clock, and what each of them is in the middle of.

A killed process leaves here what it was doing in the instant of its death.
"""

import mmap
import struct
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from config import Clock

HEAD: Final = struct.Struct("4d")
SLOTS: Final = 16
WRITING, READING, MAILING = range(3)
DOINGS: Final = ("writing", "reading", "mailing")


class Board:
    """The mapped file: the clock's start, when that was, how fast it runs, where it was stopped; then a row a slot."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(HEAD.size + SLOTS * len(DOINGS)))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)

    def start_clock(self, at: datetime, factor: float) -> None:
        """From now on the clock runs from `at`, so many times as fast as the real one."""
        self._write(at.timestamp(), time.monotonic(), factor, 0.0)

    def stop_clock(self, at: datetime | None = None) -> datetime:
        """The clock stands, at `at` or where it is."""
        at = at or self.now()
        start, origin, factor, _ = self._read()
        self._write(start, origin, factor, at.timestamp())
        return at

    def now(self) -> datetime:
        start, origin, factor, stopped = self._read()
        return datetime.fromtimestamp(stopped or start + (time.monotonic() - origin) * factor, UTC)

    @property
    def factor(self) -> float:
        return self._read()[2]

    def begin(self, slot: int, doing: int, change: int = 1) -> None:
        """One more, or with -1 one less, of that is under way in the process of that slot."""
        at = HEAD.size + slot * len(DOINGS) + doing
        self._map[at] = max(0, self._map[at] + change)

    def doing(self, slot: int) -> tuple[int, ...]:
        """How many writing and reading transactions and mails are under way there."""
        at = HEAD.size + slot * len(DOINGS)
        return tuple(self._map[at : at + len(DOINGS)])

    def clear(self, slot: int) -> None:
        at = HEAD.size + slot * len(DOINGS)
        self._map[at : at + len(DOINGS)] = bytes(len(DOINGS))

    def _read(self) -> tuple[float, float, float, float]:
        start, origin, factor, stopped = HEAD.unpack(self._map[: HEAD.size])
        return start, origin, factor, stopped

    def _write(self, *values: float) -> None:
        self._map[: HEAD.size] = HEAD.pack(*values)


@dataclass(frozen=True)
class BoardClock(Clock):
    """The product's clock, read from the board."""

    board: Board | None = None

    def now(self) -> datetime:
        assert self.board
        return self.board.now()
