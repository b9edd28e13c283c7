"""A place in which everything has happened once, and a mail server."""

from collections.abc import Iterator

import pytest
from flask import Flask

from extensions import db
from tests.builders import Place, make_place
from tests.notifications.mail_servers import MailServer, running
from tests.notifications.walks import walk_everything


@pytest.fixture(scope="module")
def lived_in(shared_app: Flask) -> Place:
    """Every letter of the kinds was written and every form of paper issued: for tests that only read."""
    place = make_place(db.session())
    walk_everything(place)
    return place


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with running(MailServer()) as server:
        yield server
