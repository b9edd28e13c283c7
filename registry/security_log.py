"""The security log: who came in, who was kept out, and who changed who may do what; a line of JSON each.

A file a day, which nothing here ever shortens or removes; beside it a syslog, where one is named. It holds no password,
no code, no token, and of a name that was typed only whose it is. It decides nothing: what cannot be written is an error
in the ordinary log, and no act fails for it.
"""

import json
import logging
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from logging.handlers import SysLogHandler
from pathlib import Path
from typing import Any, Final

log = logging.getLogger("redress.security")

KEPT: Final = timedelta(days=184)
"""At least so long each file must be kept: six months, the shorter half of a year."""
CHUNK: Final = 64 * 1024


class SecurityLog:
    """Where the lines are written to and read from."""

    def __init__(self, data_dir: Path, syslog: str = "") -> None:
        self._folder = data_dir / "security"
        self._syslog = _to_syslog(syslog) if syslog else None

    def write(self, at: datetime, what: str, **more: Any) -> None:
        """Add a line. Of several processes each writes its line whole: one call to a file that is appended to."""
        line = json.dumps({"at": at.astimezone(UTC).isoformat(), "what": what, **more}, ensure_ascii=False)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(self._path(at.astimezone(UTC).date()), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(file, f"{line}\n".encode())
            finally:
                os.close(file)
        except OSError as error:
            log.error("a line of the security log could not be written (%s): %s", type(error).__name__, what)
        if self._syslog:
            self._syslog.handle(logging.makeLogRecord({"msg": f"redress {line}", "levelno": logging.INFO}))

    def lines(self, since: date, about: int | None = None) -> Iterator[Mapping[str, Any]]:
        """The lines of that day and those after, the newest first, of one person where that is said.

        What is no line of ours is left out. Looked for in the text first: most lines of half a year are others'.
        """
        marks = (f'"by": {about},', f'"whose": {about},')
        files = sorted(self._folder.glob("*.jsonl"), reverse=True) if self._folder.is_dir() else []
        for path in files:
            if path.stem < since.isoformat():
                return
            for text in _backwards(path):
                if about is not None and not any(mark in text for mark in marks):
                    continue
                try:
                    found = json.loads(text)
                except ValueError:
                    continue
                if isinstance(found, dict) and {"at", "what"} <= found.keys():
                    yield found

    def _path(self, day: date) -> Path:
        return self._folder / f"{day.isoformat()}.jsonl"


def _to_syslog(where: str) -> SysLogHandler:
    """A path such as /dev/log, or host:port, to which each line goes in one datagram."""
    host, _, port = where.rpartition(":")
    return SysLogHandler(where if where.startswith("/") else (host, int(port)), facility=SysLogHandler.LOG_AUTHPRIV)


def _backwards(path: Path) -> Iterator[str]:
    """The lines of a file from its end, without holding more of it than a piece."""
    with path.open("rb") as file:
        at, rest = file.seek(0, os.SEEK_END), b""
        while at:
            step = min(CHUNK, at)
            at -= step
            file.seek(at)
            first, *lines = (file.read(step) + rest).split(b"\n")
            yield from (line.decode(errors="replace") for line in reversed(lines) if line)
            rest = first
        if rest:
            yield rest.decode(errors="replace")
