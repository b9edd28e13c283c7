"""The ways out: SMTP, or nothing where no server is set up (letters then stay in the inbox).

A channel sends one message and says what became of it; it knows no letter, no table and no repetition.
"""

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT_SECONDS = 10
Send = Callable[[EmailMessage], None]


class Refused(Exception):
    """This one message will never be taken, so for its address (5xx). `code` names no person."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Deferred(Refused):
    """This one message is not taken now (4xx)."""


class Unreachable(Refused):
    """The server itself does not serve now: no other message would go out either."""


class Channel(Protocol):
    """A way out. `open` gives the function that sends one message; it raises Refused, Deferred or Unreachable."""

    @property
    def sender(self) -> str: ...

    def open(self) -> AbstractContextManager[Send]: ...


@dataclass(frozen=True)
class NoMail:
    """No server is set up."""

    sender: str = ""

    @contextmanager
    def open(self) -> Iterator[Send]:
        raise Unreachable("no_server")
        yield


@dataclass(frozen=True)
class Smtp:
    """A mail server: `smtp://` with STARTTLS where it is offered, `smtps://` with TLS from the first byte."""

    host: str
    port: int
    tls: bool
    user: str
    password: str
    sender: str
    timeout: float = TIMEOUT_SECONDS

    @contextmanager
    def open(self) -> Iterator[Send]:
        with _failures_of_the_server():
            server = self._connected()
        try:
            yield lambda message: _send(server, message)
        finally:
            _leave(server)

    def _connected(self) -> smtplib.SMTP:
        if self.tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.timeout, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            self._introduce(server)
        except BaseException:
            _leave(server)
            raise
        return server

    def _introduce(self, server: smtplib.SMTP) -> None:
        server.ehlo()
        if not self.tls and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        elif self.user and not self.tls and self.host not in ("localhost", "127.0.0.1", "::1"):
            raise Unreachable("no_tls")  # a password never goes out in clear
        if self.user:
            server.login(self.user, self.password)


def channel_for(url: str) -> Channel:
    """The channel of an SMTP_URL: `smtp://user:password@host:587?from=office@example.cn`; of an empty one, no mail.

    Without `from` the user's address is the sender, else `redress@host`. Raises ValueError for any other address.
    """
    if not url:
        return NoMail()
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("SMTP_URL must read smtp://host:port or smtps://user:password@host:port?from=address")
    tls, user = parts.scheme == "smtps", unquote(parts.username or "")
    given = parse_qs(parts.query).get("from", [""])[0]
    return Smtp(
        host=parts.hostname,
        port=parts.port or (465 if tls else 25),
        tls=tls,
        user=user,
        password=unquote(parts.password or ""),
        sender=given or (user if "@" in user else f"redress@{parts.hostname}"),
    )


def _send(server: smtplib.SMTP, message: EmailMessage) -> None:
    with _failures_of_the_server():
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            code = next(code for code, _ in refused.recipients.values())
            raise _for_this_message(code) from None
        except smtplib.SMTPDataError as error:
            raise _for_this_message(error.smtp_code) from None
        except smtplib.SMTPNotSupportedError:
            raise Refused("address_not_supported") from None


def _for_this_message(code: int) -> Refused:
    if code == 421:  # the server closes the line: the next message would fail too
        return Unreachable("421")
    return Refused(str(code)) if code >= 500 else Deferred(str(code))


@contextmanager
def _failures_of_the_server() -> Iterator[None]:
    """Failures that say nothing about one message. A line lost after the text may have delivered it all the same."""
    try:
        yield
    except TimeoutError:
        raise Unreachable("timeout") from None
    except smtplib.SMTPResponseException as error:
        raise Unreachable(f"server_{error.smtp_code}") from None
    except smtplib.SMTPServerDisconnected as error:  # also where it was we who had waited long enough
        waited = isinstance(error.__context__, TimeoutError)
        raise Unreachable("timeout" if waited else "disconnected") from None
    except ssl.SSLError:
        raise Unreachable("bad_tls") from None
    except (smtplib.SMTPException, socket.gaierror, OSError):
        raise Unreachable("unreachable") from None


def _leave(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()
