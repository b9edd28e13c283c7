"""How often a token may ask: so many requests at once, so many a second in the long run; each process counts."""

from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from threading import Lock
from typing import Final

AT_ONCE: Final = 120
A_SECOND: Final = 10


@dataclass
class Pace:
    """What each token has left, and as of when."""

    left: dict[int, tuple[float, datetime]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def wait(self, token_id: int, now: datetime) -> int:
        """Count a request; gives the seconds until one is heard again, 0 where this one is."""
        with self.lock:
            left, then = self.left.get(token_id, (float(AT_ONCE), now))
            left = min(AT_ONCE, left + max((now - then).total_seconds(), 0) * A_SECOND)
            self.left[token_id] = (max(left - 1, 0) if left >= 1 else left, now)
            return 0 if left >= 1 else ceil((1 - left) / A_SECOND)
