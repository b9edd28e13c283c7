"""Answers that no browser gives: each is refused in a sentence."""

import json
from base64 import urlsafe_b64encode
from hashlib import sha256

import cbor2
import pytest
from sqlalchemy.orm import Session

from registry.passkeys import REFUSED, Site, make, shown_passkey
from registry.people import User
from tests.conftest import NOW
from workflow.refusal import Incomplete

SITE = Site("http://localhost:8000", "Redress")
CHALLENGE = b"c" * 32
ID = b"i" * 16


def text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def made(key: object, statement: object) -> str:
    """What a browser would answer whose device has made this key."""
    asked = {"type": "webauthn.create", "challenge": text(CHALLENGE), "origin": SITE.origin}
    known = sha256(b"localhost").digest() + b"\x45" + bytes(4) + bytes(16) + len(ID).to_bytes(2) + ID
    attested = {"fmt": "none", "attStmt": statement, "authData": known + cbor2.dumps(key)}
    said = {"clientDataJSON": text(json.dumps(asked).encode()), "attestationObject": text(cbor2.dumps(attested))}
    return json.dumps({"id": text(ID), "rawId": text(ID), "type": "public-key", "response": said})


@pytest.mark.parametrize(
    "answer",
    [made({3: -7}, {}), made(5, {}), made([], {}), made({1: 2, 3: -7}, {}), "[" * 100_000, "", "5"],
    ids=["no type", "a number", "a list", "no curve", "deep", "empty", "no object"],
)
def test_what_no_browser_makes_or_shows_is_refused(answer: str) -> None:
    with pytest.raises(Incomplete) as refused:
        make(Session(), SITE, User(id=1, username="gao", name="高"), answer, CHALLENGE, "", NOW)
    assert refused.value.fields == {"credential": REFUSED}
    assert shown_passkey(SITE, [], answer, CHALLENGE) is REFUSED
