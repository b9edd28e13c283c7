"""What tests of record sheets stand on."""

import pytest
from sqlalchemy.orm import Session

from tests.registry.sheets import place


@pytest.fixture
def bureaus_of_the_demo(session: Session) -> None:
    """The bodies whom sheets name."""
    place(session)
