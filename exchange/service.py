"""The rung "service": one image a message, posted over HTTPS and signed as Standard Webhooks has it."""

import base64
import binascii
import hashlib
import hmac
import json
import ssl
import time
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from exchange.connections import Connection, Receipt, receipt_of

TIMEOUT_SECONDS: Final = 10
LONGEST_SECONDS: Final = 20
"""For a whole answer; the other limit is for each part of it."""
LONGEST_ANSWER: Final = 100_000
PREFIX: Final = "whsec_"


class NotReached(Exception):
    """The service did not take the message: what it said or what failed, in a few words."""


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
    said = post_signed(connection.address, "application/json", body.encode(), id, secret, ca_file)
    receipt = receipt_of(said.decode("utf-8", "replace"), hashlib.sha256(said).hexdigest())
    return receipt if receipt and receipt.id == int(id) else None


def post_signed(
    address: str, media_type: str, body: bytes, id: str, secret: str, ca_file: Path | None, most: int = LONGEST_ANSWER
) -> bytes:
    """Post a message that is signed with a shared secret; gives what was answered, cut at `most`. Raises NotReached.

    The timestamp is the true time, also where the clock of a demo stands elsewhere: the other side holds it against
    its own.
    """
    at = str(int(time.time()))
    headers = {"webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature(key_of(secret), id, at, body)}
    request = Request(address, body, {"Content-Type": media_type, **headers})
    opener = build_opener(HTTPSHandler(context=ssl.create_default_context(cafile=ca_file)), Stays)
    until = time.monotonic() + LONGEST_SECONDS
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return _read(answer, most, until)
    except HTTPError as refused:
        raise NotReached(f"HTTP {refused.code}") from None
    except (OSError, HTTPException) as failure:
        raise NotReached(str(getattr(failure, "reason", "")) or type(failure).__name__) from None


def _read(answer: Any, most: int, until: float) -> bytes:
    """An answer that trickles is no answer."""
    said = bytearray()
    while len(said) < most and (part := answer.read1(most - len(said))):
        said += part
        if time.monotonic() > until:
            raise NotReached("the answer takes too long")
    return bytes(said)


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
