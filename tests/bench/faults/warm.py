"""Warming up: the cast does a little within one process, without a network, before the first worker is forked."""

import threading
from pathlib import Path

from flask import Flask

from commands.clockwork import beat
from extensions import db
from tests.bench.faults.acknowledged import Acknowledged
from tests.bench.faults.board import Board
from tests.bench.faults.browser import Answer, Browser
from tests.bench.faults.load import Desks, Somebody
from tests.bench.faults.stage import CAST


class Within(Browser):
    """A browser that asks the application in its own process."""

    def __init__(self, app: Flask) -> None:
        super().__init__((), threading.Event())
        self._client = app.test_client()

    def _try(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        reply = self._client.open(path, method=method, data=body, headers=headers)
        return Answer(reply.status_code, reply.headers.get("Location", ""), reply.text)


def warm_up(app: Flask, board: Board, folder: Path, rounds: int) -> None:
    """What is acknowledged here counts as any other act."""
    told = Acknowledged(folder / "acknowledged.jsonl")
    with app.app_context():
        desks = Desks(db.engine)
    people = [Somebody(person, desks, Within(app), board, told) for person in CAST]
    for person in people:
        person.sign_in()
    for _ in range(rounds):
        desks.look()
        for person in people:
            person.step()
        beat(app)
    told.close()
