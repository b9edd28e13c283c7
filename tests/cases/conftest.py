"""A place in a fresh database, for tests of cases."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.builders import Place, make_place


@pytest.fixture
def place(session: Session) -> Place:
    return make_place(session)
