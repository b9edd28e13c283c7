"""The demo that the album shows: played, its clock standing, under a checkpoint."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from flask import Flask

from cases.checkpoints import make_due
from extensions import db
from tests.played import played_demo

DEMO_NOW: Final = "2026-11-24T10:42+08:00"


def album_demo(folder: Path) -> Flask:
    """On a database of its own in this folder."""
    app = played_demo(folder, DEMO_NOW, stands=True)
    with app.app_context():
        make_due(db.session(), app.extensions["witness"], datetime.fromisoformat(DEMO_NOW))
        db.session.remove()
    return app
