"""Connections that nobody else has to wait for: a request that comes too slowly is cut off, and a crowd makes room.

Waitress alone waits as long as a byte comes now and then, and takes nobody in once it has as many connections as it
may: some hundred sockets, a byte every ten seconds each, and the site stands still.
"""

from typing import Any, Final

from waitress.channel import HTTPChannel

OPEN: Final = 800
"""Connections at once: with the database and files still below the 1024 files that a process may often open."""
CROWDED: Final = 700
"""From so many on, who comes makes the one leave that has been waiting longest."""
IDLE: Final = 30
"""Seconds after which a connection on which nothing happens is closed."""
PATIENCE: Final = 20
"""Seconds that a request may take to come, however slowly."""
SLOWEST: Final = 2000
"""Bytes a second that a longer one must bring: ten files of ten megabytes take less than an hour on the worst line."""
HEAD: Final = 32 * 1024
"""Bytes of the first line and the headers of a request."""


class TimedChannel(HTTPChannel):
    """A connection that knows since when its request has been coming."""

    began = 0.0
    """When the first bytes of the request came that is coming; 0 while none is."""
    came = 0

    def __init__(self, server: Any, *rest: Any, **more: Any) -> None:
        super().__init__(server, *rest, **more)  # type: ignore[no-untyped-call]
        others = [one for one in server.active_channels.values() if one is not self and not one.will_close]
        waiting = [one for one in others if not one.requests]
        if len(others) >= CROWDED and waiting:
            min(waiting, key=TimedChannel.patience).will_close = True

    def patience(self) -> tuple[bool, float]:
        """Who leaves first in a crowd: nobody who still receives a page, then by how long nothing whole has come."""
        return bool(self.total_outbufs_len), self.began or self.last_activity

    def received(self, data: bytes) -> bool:
        """Take in what has just come, at `last_activity`."""
        self.began, self.came = self.began or self.last_activity, self.came + len(data)
        took = self.last_activity - self.began
        if self.request is not None and took > PATIENCE:
            head = not self.request.headers_finished
            if head or self.came < SLOWEST * took:
                self.will_close = True
                return False
        taken = bool(super().received(data))  # type: ignore[no-untyped-call]
        if self.request is None:
            self.began, self.came = 0.0, 0
        return taken
