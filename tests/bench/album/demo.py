"""The demo that the album shows: played, its clock standing, under a checkpoint."""

from pathlib import Path

import pytest
from flask import Flask

from cases.ledger.checkpoints import make_due
from extensions import db
from tests.played import copied_demo, played_demo


def album_demo(folder: Path, factory: pytest.TempPathFactory | None = None) -> Flask:
    """On a database of its own in this folder; for a test, which has a factory, copied from the one of this run."""
    app = copied_demo(factory, folder, stands=True) if factory else played_demo(folder, stands=True)
    with app.app_context():
        make_due(db.session(), app.extensions["witness"], app.config["SETTINGS"].clock.now())
        db.session.remove()
    return app
