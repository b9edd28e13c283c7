"""How many statements a page asks of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa


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
