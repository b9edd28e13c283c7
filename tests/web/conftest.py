"""A person with a password, for tests of signing in and of what only its owner may do."""

import pytest
from sqlalchemy.orm import Session

from registry.people import User
from tests.web.gao import add_gao


@pytest.fixture
def gao(session: Session) -> User:
    return add_gao(session)
