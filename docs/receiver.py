#!/usr/bin/env python3
"""An example of a place's own side: takes records from Redress over HTTPS and keeps the newest image of each.

    SECRET=whsec_… python3 receiver.py --port 8443 --certificate cert.pem --key key.pem --store records.sqlite

Standard library only. What a real one must keep of it: check the signature before anything else; take the same
message twice as once; never put an older revision over a newer one; answer only what is written for good.
"""

import argparse
import base64
import hashlib
import hmac
import json
import os
import sqlite3
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MOST_BYTES = 1_000_000
MOST_APART = 300
"""Seconds by which the sender's clock may differ: an old message cannot be sent again by a stranger."""


class Store:
    """The newest image of each record, and every change that was made, in the order in which it was made."""

    def __init__(self, path: str) -> None:
        self.lock = threading.Lock()
        self.database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.database.execute("CREATE TABLE IF NOT EXISTS record (key TEXT PRIMARY KEY, revision INT, image TEXT)")
        self.database.execute("CREATE TABLE IF NOT EXISTS change (n INTEGER PRIMARY KEY, key TEXT, revision INT)")

    def take(self, sent: dict[str, Any]) -> dict[str, str]:
        """Put the image in its place, unless this or a newer one is there; gives the receipt."""
        key = json.dumps(sent["key"], sort_keys=True, ensure_ascii=False)
        with self.lock:
            held = self.database.execute("SELECT revision FROM record WHERE key = ?", (key,)).fetchone()
            if held is None or held[0] < sent["revision"]:
                image = json.dumps(sent["image"], ensure_ascii=False)
                self.database.execute("BEGIN IMMEDIATE")
                self.database.execute("REPLACE INTO record VALUES (?, ?, ?)", (key, sent["revision"], image))
                self.database.execute("INSERT INTO change (key, revision) VALUES (?, ?)", (key, sent["revision"]))
                self.database.execute("COMMIT")
        return {"id": sent["id"], "status": "taken"}


def is_signed(key: bytes, headers: Any, body: bytes, now: float) -> bool:
    """Whether the message comes from who knows the secret, and has just been sent."""
    id, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (at.isdecimal() and abs(now - int(at)) <= MOST_APART):
        return False
    made = hmac.new(key, f"{id}.{at}.".encode() + body, hashlib.sha256).digest()
    said = [one.removeprefix("v1,") for one in headers.get("webhook-signature", "").split(" ")]
    return any(hmac.compare_digest(base64.b64encode(made), one.encode()) for one in said)


class Receiver(BaseHTTPRequestHandler):
    """One message a request."""

    store: Store
    key: bytes

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            return self.reply(413, {})
        body = self.rfile.read(int(length))
        if not is_signed(self.key, self.headers, body, time.time()):
            return self.reply(401, {})
        try:
            sent = json.loads(body)["data"]
            whole = sent["id"] == self.headers["webhook-id"] and isinstance(sent["revision"], int) and sent["image"]
        except (ValueError, KeyError, TypeError):
            whole = None
        return self.reply(200, self.take(sent)) if whole else self.reply(422, {})

    def take(self, sent: dict[str, Any]) -> dict[str, str]:
        """The receipt; a place that cannot show the record says `refused` and why."""
        return self.store.take(sent)

    def reply(self, status: int, said: dict[str, str]) -> None:
        """An answer of JSON."""
        content = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: a message is no visitor."""


def serve(receiver: type[Receiver], port: int, certificate: str, key: str) -> None:
    """Serve until the process is ended; the first line says on which port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer(("127.0.0.1", port), receiver)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


def asked() -> argparse.Namespace:
    """What the command line says."""
    reads = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reads.add_argument("--port", type=int, default=8443)
    reads.add_argument("--certificate", required=True)
    reads.add_argument("--key", required=True)
    reads.add_argument("--store", default="records.sqlite")
    return reads.parse_args()


def main() -> None:
    """Serve what the command line says."""
    said = asked()
    Receiver.store = Store(said.store)
    Receiver.key = base64.b64decode(os.environ["SECRET"].removeprefix("whsec_"))
    serve(Receiver, said.port, said.certificate, said.key)


if __name__ == "__main__":
    main()
