"""The demo played on a database of its own, for what looks at it in a browser."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from flask import Flask

from cases.demo import play_demo
from commands.upgrade import bring_up_to_date
from config import Clock
from extensions import db
from tests.clocks import standing
from tests.conftest import make_settings
from wsgi import create_app


def played_demo(folder: Path, moment: str, stands: bool = False) -> Flask:
    """The demo in a folder, its clock at a moment (ISO, with zone), from where it runs on or where it stands."""
    begins = datetime.fromisoformat(moment)
    clock = standing(begins) if stands else Clock(begins - Clock().now())
    settings = make_settings(folder, f"sqlite:///{folder / 'demo.sqlite'}", "demo")
    app = create_app(replace(settings, clock=clock, demo_now=moment))
    with app.app_context():
        bring_up_to_date(app)
        play_demo(db.session(), app.extensions["law"], app.extensions["store"], clock.now())
        db.session.remove()
    return app
