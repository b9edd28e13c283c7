"""One open case a record, kind and filer (D19), kept by the database where two come at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cases.model.reading import other_open
from workflow.guards import is_open_already
from workflow.refusal import Impossible

BROKEN = ("uq_case_open", "case_.record_id")
"""How PostgreSQL and SQLite name the index of open cases."""


@contextmanager
def one_open(session: Session, record_id: int | None, kind: str, enterprise_id: int) -> Iterator[None]:
    """Write what opens a case. Raises Impossible with the number of the case that another has just opened."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        if not any(name in str(error.orig) for name in BROKEN):
            raise
        numbers = other_open(session, record_id, kind, enterprise_id)
        raise Impossible(is_open_already(numbers[0] if numbers else "")) from error
