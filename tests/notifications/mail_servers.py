"""A real mail server for tests, that can refuse an address, hang up after the text, or be down."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class MailServer:
    """What came in, and how to behave: `refuses` are addresses, `hang_ups` how many texts to take without a word."""

    port: int = 0
    refuses: dict[str, str] = field(default_factory=dict)
    hang_ups: int = 0
    taken: list[EmailMessage] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?from=office@redress.example"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, to: str, options: Any) -> str:
        if to in self.refuses:
            return self.refuses[to]
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.taken.append(cast(EmailMessage, message_from_bytes(envelope.content, policy=default)))
        if self.hang_ups:
            self.hang_ups -= 1
            assert server.transport is not None
            server.transport.abort()
        return "250 taken"


@contextmanager
def running(server: MailServer) -> Iterator[MailServer]:
    """The server, listening; on the port it had before, if any."""
    server.port = server.port or free_port()
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
