"""Slow clients on real sockets: nobody waits for them, and what they cannot have is said in a page.

The server's loop goes a turn at a time and its clock is the test's own, so that nobody waits for a minute to pass.
"""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from commands import connections
from commands.connections import HEAD, IDLE, PATIENCE, SLOWEST, make_server

HELLO = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n"
LONG = b"POST /status HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\n"


class Served:
    """The server of the application, which does nothing between two calls."""

    def __init__(self, server: Any) -> None:
        self.server, self.now, self.lines = server, 1000.0, ExitStack()

    def line(self, sent: bytes = b"") -> socket.socket:
        """A new connection, taken in."""
        line = self.lines.enter_context(socket.create_connection(("127.0.0.1", self.server.effective_port), timeout=60))
        self.turns()
        self.send(line, sent)
        return line

    def send(self, line: socket.socket, sent: bytes) -> None:
        line.sendall(sent)
        self.turns()

    def turns(self, many: int = 3) -> None:
        """Some turns of the loop; one ends as soon as something has happened."""
        self.server.asyncore.loop(timeout=0.005, use_poll=True, map=self.server._map, count=many)

    def after(self, seconds: float) -> None:
        self.now += seconds
        self.turns()

    def answer(self, line: socket.socket) -> bytes:
        """All that comes, up to the end of the connection or of a pause."""
        line.settimeout(0.001)
        got = b""
        for _turn in range(2000):
            self.turns(1)
            try:
                more = line.recv(2**20)
            except TimeoutError:
                if got:
                    return got
                continue
            except ConnectionResetError:
                return got
            if not more:
                return got
            got += more
        pytest.fail("no answer and no end")


@pytest.fixture
def served(shared_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    server = make_server(shared_app, replace(shared_app.config["SETTINGS"], port=0))
    served = Served(server)
    clock = SimpleNamespace(time=lambda: served.now)
    for module in ("channel", "server"):
        monkeypatch.setattr(f"waitress.{module}.time", clock)
    with served.lines:
        yield served
    server.task_dispatcher.shutdown()
    server.close()


def ended(served: Served, line: socket.socket) -> bool:
    """Whether the server has ended the connection without a word."""
    served.turns()
    line.settimeout(0.001)
    try:
        return line.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionResetError:
        return True


def test_headers_that_never_end_are_cut_off(served: Served) -> None:
    line = served.line(HELLO)
    for _byte in range(PATIENCE // 5):
        served.after(5)
        served.send(line, b"X-More: 1\r\n")
    assert not ended(served, line)
    served.after(1)
    served.send(line, b"\r\n")
    assert ended(served, line)


def test_a_body_comes_at_some_speed_or_not_at_all(served: Served) -> None:
    slow, fair = served.line(LONG), served.line(LONG)
    for _time in range(5):
        served.after(5)
        served.send(slow, b"x")
        served.send(fair, b"x" * 7 * SLOWEST)
    assert ended(served, slow)
    assert not ended(served, fair)


def test_a_connection_on_which_nothing_happens_is_closed(served: Served) -> None:
    line = served.line()
    served.after(IDLE - 1)
    assert not ended(served, line)
    served.after(IDLE)
    assert ended(served, line)


def test_a_crowd_makes_room_the_slowest_first(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "CROWDED", 4)
    sending = served.line(LONG)
    crowd = [served.line(HELLO)]
    for _one in range(2):
        served.after(1)
        crowd.append(served.line(HELLO))
    served.send(sending, b"x" * 100 * SLOWEST)
    served.after(1)
    assert b"200 OK" in served.answer(served.line(HELLO + b"\r\n"))
    assert [ended(served, line) for line in (*crowd, sending)] == [True, False, False, False]
    served.line(HELLO)
    assert [ended(served, line) for line in (*crowd[1:], sending)] == [True, False, False]


def test_who_reads_slowly_holds_no_thread_and_makes_room(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "CROWDED", 10)

    def much(_environ: Any, start: Any) -> Iterator[bytes]:
        start("200 OK", [("Content-Length", str(20 * 2**20))])
        return iter([b"x" * 2**20] * 20)

    with monkeypatch.context() as patched:
        patched.setattr(served.server, "application", much)
        readers = [served.line(HELLO + b"\r\n") for _one in range(9)]  # one more than there are threads
        for _turn in range(2000):
            if not any(channel.requests for channel in served.server.active_channels.values()):
                break
            served.turns(1)
    served.after(1)
    assert b"200 OK" in served.answer(served.line(HELLO + b"\r\n"))
    served.after(1)
    assert b"200 OK" in served.answer(served.line(HELLO + b"\r\n"))
    held = [channel for channel in served.server.active_channels.values() if channel.total_outbufs_len]
    assert len(held) == len(readers) - 1
    served.after(2 * IDLE)
    served.after(0)
    assert not any(channel.total_outbufs_len for channel in served.server.active_channels.values())


@pytest.mark.parametrize(
    ("language", "said"),
    [(b"en-GB,en", "Your browser sends too much at once"), (b"zh-CN,zh", "浏览器一次发送的信息太多")],
)
def test_headers_without_measure_get_a_page(served: Served, language: bytes, said: str) -> None:
    line = served.line(HELLO + b"Accept-Language: " + language + b"\r\nCookie: " + b"x" * HEAD + b"\r\n\r\n")
    head, _, page = served.answer(line).decode().partition("\r\n\r\n")
    assert head.split()[1] == "431"
    assert "Content-Security-Policy" in head
    assert (page.count("<h1"), said in page) == (1, True)


@pytest.mark.parametrize(("language", "said"), [(b"en", "That is too much at once"), (b"zh", "一次提交的太多了")])
def test_a_body_without_measure_gets_a_page_before_it_is_sent(served: Served, language: bytes, said: str) -> None:
    line = served.line(
        b"POST /cases/2026-YY-000001/act/note HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: language="
        + language
        + b"\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 200000000\r\n\r\n"
    )
    head, _, page = served.answer(line).decode().partition("\r\n\r\n")
    assert head.split()[1] == "413"
    assert "Connection: close" in head
    assert (page.count("<h1"), said in page) == (1, True)
