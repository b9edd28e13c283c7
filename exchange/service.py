"""Messages posted over HTTPS and signed as Standard Webhooks has it: images by the rung "service", what endpoints are
told, papers to be sealed."""

import base64
import binascii
import hashlib
import hmac
import json
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from threading import Timer
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import HTTPHandler, HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from exchange.connections import Connection, Receipt, receipt_of

TIMEOUT_SECONDS: Final = 10
LONGEST_SECONDS: Final = 20
"""For a whole answer; the other limit is for each part of it."""
LONGEST_ANSWER: Final = 100_000
PREFIX: Final = "whsec_"


class NotReached(Exception):
    """The service did not take the message: what it said or what failed, in a few words; `status` where it answered."""

    def __init__(self, said: str, status: int = 0) -> None:
        super().__init__(said)
        self.status = status


class Stays(HTTPRedirectHandler):
    """Follows no redirect: what is posted goes to the address that was set, or nowhere."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


def post(
    connection: Connection, envelope: Mapping[str, Any], secrets: Mapping[str, str], ca_file: Path | None
) -> Receipt | None:
    """Post one image; gives the service's receipt, None where it took it and says nothing yet. Raises NotReached.

    The same delivery has the same id however often it is sent.
    """
    id, secret = str(envelope["id"]), secrets.get(connection.secret or "", "")
    body = json.dumps({"type": "record.image", "timestamp": envelope["made_at"], "data": envelope}, ensure_ascii=False)
    said = post_signed(connection.address, "application/json", body.encode(), id, (secret,), ca_file)
    receipt = receipt_of(said.decode("utf-8", "replace"), hashlib.sha256(said).hexdigest())
    return receipt if receipt and receipt.id == int(id) else None


def post_signed(
    address: str,
    media_type: str,
    body: bytes,
    id: str,
    secrets: Sequence[str],
    ca_file: Path | None,
    most: int = LONGEST_ANSWER,
    only_at: str = "",
) -> bytes:
    """Post a message signed with each shared secret; gives what was answered, cut at `most`. Raises NotReached.

    The timestamp is the true time, also where the clock of a demo stands elsewhere: the other side holds it against
    its own. `only_at` is the network address that is called, whatever the host's name leads to by now, with nothing
    between it and us.
    """
    at = str(int(time.time()))
    signed = " ".join(signature(key_of(secret), id, at, body) for secret in secrets)
    headers = {"webhook-id": id, "webhook-timestamp": at, "webhook-signature": signed}
    request = Request(address, body, {"Content-Type": media_type, **headers})
    context = ssl.create_default_context(cafile=ca_file)
    straight = _Straight(only_at, context) if only_at else None
    handlers = (ProxyHandler({}), straight) if straight else (HTTPSHandler(context=context),)
    until = time.monotonic() + LONGEST_SECONDS
    try:
        with build_opener(*handlers, Stays).open(request, timeout=TIMEOUT_SECONDS) as answer:
            return _read(answer, most, until)
    except HTTPError as refused:
        refused.close()
        raise NotReached(f"HTTP {refused.code}", refused.code) from None
    except (OSError, HTTPException) as failure:
        raise NotReached(str(getattr(failure, "reason", "")) or type(failure).__name__) from None
    finally:
        if straight:
            straight.let_go()


def _read(answer: Any, most: int, until: float) -> bytes:
    """An answer that trickles is no answer."""
    said = bytearray()
    while len(said) < most and (part := answer.read1(most - len(said))):
        said += part
        if time.monotonic() > until:
            raise NotReached("the answer takes too long")
    return bytes(said)


class _Straight(HTTPSHandler, HTTPHandler):
    """Calls one network address, and hangs up after the whole time, however slowly the other side speaks."""

    def __init__(self, only_at: str, context: ssl.SSLContext) -> None:
        super().__init__(context=context)
        self._only_at, self._tls = only_at, context
        self._held: list[tuple[socket.socket, Timer]] = []

    def https_open(self, request: Request) -> Any:
        return self.do_open(partial(self._line, HTTPSConnection, context=self._tls), request)

    def http_open(self, request: Request) -> Any:
        return self.do_open(partial(self._line, HTTPConnection), request)

    def let_go(self) -> None:
        for held, end in self._held:
            end.cancel()
            held.close()

    def _line(self, kind: type[HTTPConnection], host: str, **more: Any) -> HTTPConnection:
        line = kind(host, **more)

        def called(_address: object, timeout: float, *_more: object) -> socket.socket:
            made = socket.create_connection((self._only_at, line.port), timeout)
            held = made.dup()  # the line itself is lost to TLS
            end = Timer(TIMEOUT_SECONDS, partial(_hang_up, held))
            end.daemon = True
            end.start()
            self._held.append((held, end))
            return made

        line._create_connection = called  # type: ignore[attr-defined]
        return line


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def signature(key: bytes, id: str, at: str, body: bytes) -> str:
    """The signature of a message, version 1: HMAC-SHA-256 over id, timestamp and body."""
    signed = hmac.new(key, f"{id}.{at}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(signed.digest()).decode()


def key_of(secret: str) -> bytes:
    """The key that a secret spells. Raises NotReached where it is none."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if len(key) < 24:
        raise NotReached("the secret shared with the service is missing or too short")
    return key
