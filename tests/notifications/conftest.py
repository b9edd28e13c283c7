"""A place in which everything has happened once."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from extensions import db
from tests.builders import Place, make_place
from tests.notifications.walks import walk_everything


@pytest.fixture
def place(session: Session) -> Place:
    return make_place(session)


@pytest.fixture(scope="module")
def lived_in(shared_app: Flask) -> Place:
    """Every letter of the kinds was written and every form of paper issued: for tests that only read."""
    place = make_place(db.session())
    walk_everything(place)
    return place
