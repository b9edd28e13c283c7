"""A real mail server for tests, that can refuse an address, be slow, hang, hang up after the text, or be down."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.ports import quiet_port


@dataclass
class MailServer:
    """What came in, and how to behave: `refuses` are addresses, `hang_ups` how many texts to take without a word.

    `slow` are the seconds that it takes over every text. At the addresses in `hangs` it says nothing more; with
    `silent` it takes a text, says so by that event and nothing more. `hung` are the connections that it has left so.
    `drops` are addresses whose text it always takes without a word.
    """

    port: int = 0
    refuses: dict[str, str] = field(default_factory=dict)
    hang_ups: int = 0
    hangs: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    slow: float = 0
    silent: threading.Event | None = None
    hung: set[tuple[str, int]] = field(default_factory=set)
    host: str = "127.0.0.1"
    tls: ssl.SSLContext | None = None
    taken: list[EmailMessage] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp://{self.host}:{self.port}?from=office@redress.example"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, to: str, options: Any) -> str:
        if to in self.hangs:
            await self._hang(session)
        if to in self.refuses:
            return self.refuses[to]
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.taken.append(cast(EmailMessage, message_from_bytes(envelope.content, policy=default)))
        await asyncio.sleep(self.slow)
        if self.silent:
            self.silent.set()
            await self._hang(session)
        dropped = any(to in self.drops for to in envelope.rcpt_tos)
        if self.hang_ups or dropped:
            self.hang_ups -= not dropped
            assert server.transport is not None
            server.transport.abort()
        return "250 taken"

    async def _hang(self, session: Session) -> None:
        """Say nothing until the sender gives up, which ends this."""
        assert session.peer
        self.hung.add(session.peer)
        await asyncio.Event().wait()


@contextmanager
def running(server: MailServer) -> Iterator[MailServer]:
    """The server, listening; on the port it had before, if any."""
    server.port = server.port or quiet_port()
    controller = Controller(server, hostname=server.host, port=server.port, tls_context=server.tls, ready_timeout=60)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def to(server: MailServer) -> list[str]:
    """To whom it has taken mail."""
    return [str(mail["To"]) for mail in server.taken]
