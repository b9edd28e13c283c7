"""The server's connections, none of which another has to wait for: who is too slow is cut off, and a crowd makes room.

Waitress alone waits as long as a byte comes now and then, and takes nobody in once it has as many connections as it
may: some hundred sockets, a byte every ten seconds each, and the site stands still. No setting of it counts the whole
time of a request, and gunicorn gives each such socket a thread: both count on a proxy in front.
"""

import re
from typing import Any, Final

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ErrorTask, Task, WSGITask

from config import Settings

OPEN: Final = 800
"""Connections at once: with the database and files still below the 1024 files that a process may often open."""
CROWDED: Final = 700
"""From so many on, who comes makes the one leave that has been slow for longest."""
IDLE: Final = 30
"""Seconds after which a connection on which nothing happens is closed."""
PATIENCE: Final = 20
"""Seconds that a request may take to come, however slowly."""
SLOWEST: Final = 2000
"""Bytes a second that a longer one must bring: a file of ten megabytes then takes less than an hour and a half."""
HEAD: Final = 32 * 1024
"""Bytes of the first line and the headers of a request."""
MEGABYTE: Final = 1024 * 1024
UNREAD: Final = (413, 431)
"""What is refused here, before the application reads it, and what the application has a page for."""
LANGUAGE: Final = re.compile(rb"\r\nAccept-Language: *([^\r]+)\r", re.I)


class TimedChannel(HTTPChannel):
    """A connection that knows since when its request has been coming."""

    began = 0.0
    """When the first bytes of its newest request came, or the connection did."""
    came = 0
    """Bytes of that request."""

    def __init__(self, server: Any, *rest: Any, **more: Any) -> None:
        super().__init__(server, *rest, **more)  # type: ignore[no-untyped-call]
        self.error_task_class = _unread  # type: ignore[assignment]  # it is only called
        self.began = self.creation_time
        others = [one for one in server.active_channels.values() if one is not self and not one.will_close]
        waiting = [one for one in others if not one.requests]
        if len(others) >= CROWDED and waiting:
            min(waiting, key=lambda one: (one.keeps_up(self.began), one.began)).will_close = True

    def keeps_up(self, now: float) -> bool:
        """Whether what has come is enough for its time; of an idle one, and of one that only reads, it is not."""
        return self.came >= SLOWEST * (now - self.began)

    def received(self, data: bytes) -> bool:
        """Take in what has just come, at `last_activity`."""
        if self.request is None:
            self.began, self.came = self.last_activity, 0
        self.came += len(data)
        late = self.last_activity - self.began > PATIENCE
        if late and self.request and not (self.request.headers_finished and self.keeps_up(self.last_activity)):
            self.will_close = True
            return False
        return bool(super().received(data))  # type: ignore[no-untyped-call]

    def writable(self) -> bool:
        """Whether there is something to send; who has to leave leaves here, since a reader that takes nothing in is
        never ready to be sent the end."""
        if self.will_close:
            self.handle_close()  # type: ignore[no-untyped-call]
            return False
        return bool(super().writable())  # type: ignore[no-untyped-call]


class UnreadTask(WSGITask):
    """Lets the application say that a request was too large to be read, and ends the connection with the rest of it."""

    def get_environment(self) -> dict[str, Any]:
        """What is known of the request: of headers that never ended, the language where it came early enough."""
        environ: dict[str, Any] = super().get_environment()  # type: ignore[no-untyped-call]
        self.set_close_on_finish()
        language = LANGUAGE.search(self.request.header_plus)
        if language:
            environ.setdefault("HTTP_ACCEPT_LANGUAGE", language[1].decode("latin-1"))
        return environ | {"redress.unread": self.request.error.code, "CONTENT_LENGTH": "0"}


def _unread(channel: HTTPChannel, request: Any) -> Task:
    """What answers a request that was not read: a page of ours where it asks too much, else a line."""
    return (UnreadTask if request.error.code in UNREAD else ErrorTask)(channel, request)


def make_server(app: Flask, settings: Settings) -> Any:
    """The server, listening. It hands on what a proxy adds in the demo, where the application refuses it, and where
    proxies are named, whose word alone it takes.

    A browser holds six connections open: of the hundred that the server knows by itself, seventeen readers would take
    all, and the next would wait two minutes.
    """
    server = create_server(
        app,
        host=settings.host,
        port=settings.port,
        threads=8,
        ident="redress",
        connection_limit=OPEN,
        channel_timeout=IDLE,
        cleanup_interval=IDLE // 2,
        asyncore_use_poll=True,
        max_request_header_size=HEAD,
        max_request_body_size=app.config["MAX_CONTENT_LENGTH"] + MEGABYTE,  # so that a page says what is too much
        outbuf_high_watermark=1024 * MEGABYTE,  # an answer waits for its reader in a file, not in a thread
        clear_untrusted_proxy_headers=not (settings.demo or settings.proxies),
    )
    for listening in list(server._map.values()):
        if isinstance(listening, BaseWSGIServer):  # one an address that the name of the host has
            listening.channel_class = TimedChannel
    return server
