"""A body's system that is told: a server that runs, checks each signature by its own means, and does as it is bid."""

import base64
import hashlib
import hmac
import json
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class Receiver:
    """What came, and the versions of cases that the system now knows. `answers` are given in turn, then 200.

    An answer is a status, `hangs` (a byte now and then), or `drops` (takes it and hangs up).
    """

    def __init__(self) -> None:
        self.secrets: list[str] = []
        self.answers: deque[int | str] = deque()
        self.came: list[dict[str, Any]] = []
        self.known: dict[str, int] = {}
        self.unsigned = 0
        self.address = ""

    def take(self, headers: Any, body: bytes) -> int:
        if not any(self._fits(secret, headers, body) for secret in self.secrets):
            self.unsigned += 1
            return 401
        said = json.loads(body)
        assert said["id"] == headers["webhook-id"]
        self.came.append(said)
        data = said["data"]
        if said["type"] == "case.changed":
            self.known[data["ref"]] = max(data["version"], self.known.get(data["ref"], 0))
        return 200

    @staticmethod
    def _fits(secret: str, headers: Any, body: bytes) -> bool:
        id, at = headers["webhook-id"], headers["webhook-timestamp"]
        assert abs(time.time() - int(at)) < 60
        key = base64.b64decode(secret.removeprefix("whsec_"))
        made = hmac.new(key, f"{id}.{at}.".encode() + body, hashlib.sha256).digest()
        given = [one.partition(",") for one in headers["webhook-signature"].split(" ")]
        return ("v1", ",", base64.b64encode(made).decode()) in given

    @property
    def ids(self) -> set[str]:
        return {one["id"] for one in self.came}


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that runs on a port of its own."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            bid = receiver.answers.popleft() if receiver.answers else 0
            status = bid or receiver.take(self.headers, body)
            if bid == "drops":
                receiver.take(self.headers, body)
            elif bid == "hangs":
                for _ in range(60):
                    self.wfile.write(b"H")
                    time.sleep(0.05)
            else:
                self.send_response(int(status))
                self.send_header("Location", f"{receiver.address}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *_words: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        receiver.address = f"http://127.0.0.1:{server.server_port}/redress"
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield receiver
        server.shutdown()
