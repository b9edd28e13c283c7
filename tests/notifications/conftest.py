"""A place in which everything has happened once."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.builders import Place, make_place
from tests.notifications.walks import walk_everything


@pytest.fixture
def place(session: Session) -> Place:
    return make_place(session)


@pytest.fixture
def lived_in(place: Place) -> Place:
    """Every letter of the kinds was written and every form of paper issued."""
    walk_everything(place)
    return place
