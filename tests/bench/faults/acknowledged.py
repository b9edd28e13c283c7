"""The acknowledgements: what somebody was told is done, on disk before anything else happens. Its writer lives."""

import json
import os
import threading
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

DONE: Final = "done"
UNKNOWN: Final = "unknown"
"""The answer did not come: it is there once or not at all."""
NOT_DONE: Final = "not_done"
"""A page said that nothing was changed: it is not there."""


@dataclass(frozen=True)
class Act:
    """What somebody asked for and what they were told. `nonce`: a word that stands in a text of the event, if any."""

    case: str | None
    action: str
    state: str
    version_shown: int | None
    who: str
    nonce: str


class Acknowledged:
    """The file, one JSON object a line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.counts: Counter[str] = Counter()
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()

    def note(self, act: Act) -> None:
        with self._lock:
            self.counts[act.state] += 1
            self._file.write(json.dumps(asdict(act), ensure_ascii=False) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def read(path: Path) -> list[Act]:
    return [Act(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]
