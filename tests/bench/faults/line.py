"""A line to a PostgreSQL server that loses the answer to one commit: it is done, and nobody hears of it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Self

import sqlalchemy as sa

COMMIT = b"COMMIT\0"


class Line:
    """Listens on a port and passes on to the server what comes; `url` is the server's address by this line."""

    def __init__(self, url: str) -> None:
        self._to = sa.make_url(url)
        self._lost = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        query = {"sslmode": "disable", "gssencmode": "disable"}
        by_line = self._to.set(host="127.0.0.1", port=port, query=query)
        self.url = by_line.render_as_string(hide_password=False)
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    @contextmanager
    def losing_the_answer_to(self, written: str) -> Iterator[None]:
        """The commit of a transaction that writes into this table reaches the server; its answer reaches nobody."""
        self._lost = f"INSERT INTO {written}".encode()
        yield
        self._lost = b""

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = self._reach_server()
                cut = threading.Event()
                threading.Thread(target=self._ask, args=(client, server, cut), daemon=True).start()
                threading.Thread(target=self._answer, args=(server, client, cut), daemon=True).start()

    def _reach_server(self) -> socket.socket:
        host, port = self._to.query.get("host") or self._to.host or "localhost", self._to.query.get("port")
        port = port or self._to.port or 5432
        if str(host).startswith("/"):
            server = socket.socket(socket.AF_UNIX)
            server.connect(f"{host}/.s.PGSQL.{port}")
            return server
        return socket.create_connection((str(host), int(str(port))))

    def _ask(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        wrote = False
        with suppress(OSError):
            while asked := client.recv(65536):
                wrote = wrote or bool(self._lost and self._lost in asked)
                if wrote and COMMIT in asked:
                    cut.set()
                server.sendall(asked)
        server.close()

    def _answer(self, server: socket.socket, client: socket.socket, cut: threading.Event) -> None:
        with suppress(OSError):
            while answered := server.recv(65536):
                if cut.is_set():
                    break
                client.sendall(answered)
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
        client.close()
