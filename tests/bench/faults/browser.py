"""A browser without a window: cookies, one connection a request, and trying again where a worker went away.

A request that was refused before it was sent is sent to another worker; one that broke may have been done or not.
"""

import http.client
import secrets
import threading
import urllib.parse
from collections.abc import Sequence
from dataclasses import dataclass
from http.cookies import SimpleCookie

from tests.bench.faults.lot import dice
from tests.bench.faults.page import Page

TIMEOUT = 20.0
PATIENCE = 200
"""How often a request that broke is sent again; a worker is back within a tenth of a second."""


@dataclass(frozen=True)
class Answer:
    """What came back. `broken`: how many tries before this one broke after they had been sent."""

    status: int
    location: str
    text: str
    broken: int = 0

    @property
    def page(self) -> Page:
        return Page(self.text)


class Gone(Exception):
    """No worker answers any more."""


class Browser:
    """Somebody's cookies and the ports of the workers."""

    def __init__(self, ports: Sequence[int], over: threading.Event) -> None:
        self.ports, self.over, self.answered = ports, over, 0
        self._cookies: SimpleCookie = SimpleCookie()

    def get(self, path: str) -> Answer:
        """The page, wherever it leads."""
        for _ in range(8):
            answer = self._send("GET", path)
            if answer.status not in (301, 302, 303):
                return answer
            path = answer.location
        raise Gone(f"{path} leads in a circle")

    def post(self, path: str, sent: Sequence[tuple[str, str]], files: Sequence[tuple[str, str]] = ()) -> Answer:
        """Sends a form, and again where the answer did not come, as somebody would who presses the button again."""
        body, kind = (_multipart(sent, files) if files else
                      (urllib.parse.urlencode(sent).encode(), "application/x-www-form-urlencoded"))  # fmt: skip
        return self._send("POST", path, body, {"Content-Type": kind})

    def _send(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        broken = 0
        for _ in range(PATIENCE):
            try:
                answer = self._try(method, path, body, headers or {})
            except ConnectionRefusedError:
                self.over.wait(0.03)
            except (OSError, http.client.HTTPException):
                broken += 1
                self.over.wait(0.03)
            else:
                self.answered += 1
                return Answer(answer.status, answer.location, answer.text, broken)
        raise Gone(f"{method} {path}: nobody answers")

    def _try(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", dice().choice(self.ports), timeout=TIMEOUT)
        try:
            cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in self._cookies.items())
            connection.request(method, path, body or None, {**headers, "Cookie": cookies})
            reply = connection.getresponse()
            text = reply.read().decode("utf-8", "replace")
            for name, value in reply.getheaders():
                if name.lower() == "set-cookie":
                    self._cookies.load(value)
            return Answer(reply.status, reply.getheader("Location") or "", text)
        finally:
            connection.close()


def _multipart(sent: Sequence[tuple[str, str]], files: Sequence[tuple[str, str]]) -> tuple[bytes, str]:
    mark = secrets.token_hex(12)
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in sent]
    parts += [f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="paper.pdf"\r\n'
              f"Content-Type: application/pdf\r\n\r\n{content}\r\n" for name, content in files]  # fmt: skip
    return ("".join(parts) + f"--{mark}--\r\n").encode(), f"multipart/form-data; boundary={mark}"
