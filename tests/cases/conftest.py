"""A place in a fresh database, for tests of cases; and a kind that has changed."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.builders import Place, make_place
from tests.cases.engine.mapped import now_is
from workflow.definition import Definition


@pytest.fixture
def place(session: Session) -> Place:
    return make_place(session)


@pytest.fixture
def verifying() -> Definition:
    """`with_bureau` is called `verifying` now; the test says from when on by entering it."""
    return now_is(with_bureau="verifying")
