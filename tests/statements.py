"""How many statements a page asks of the database, and how long it takes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from extensions import db


@contextmanager
def counting(engine: sa.Engine) -> Iterator[list[int]]:
    """Count what is asked until the block ends: in the one number of the list."""
    seen = [0]

    def one(*_: object) -> None:
        seen[0] += 1

    sa.event.listen(engine, "before_cursor_execute", one)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", one)


@contextmanager
def asked(engine: sa.Engine) -> Iterator[list[tuple[str, Any]]]:
    """What is asked until the block ends, with its values."""
    found: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            found.append((statement, values))

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


class Timed(NamedTuple):
    """A page asked several times: seconds by the clock and of the processor each time, and of the last time the
    statements and the bytes."""

    clock: list[float]
    processor: list[float]
    statements: int
    size: int


def timed(app: Flask, client: FlaskClient, address: str, times: int) -> Timed:
    with app.app_context():
        engine = db.engine
    clock, processor = [], []
    for _ in range(times):
        with counting(engine) as seen:
            began, worked = time.perf_counter(), time.process_time()
            answer = client.get(address)
            size = len(answer.data)  # a sheet is read from the database as it is sent
            clock.append(time.perf_counter() - began)
            processor.append(time.process_time() - worked)
        assert answer.status_code == 200, f"{address}: {answer.status}"
    return Timed(clock, processor, seen[0], size)
