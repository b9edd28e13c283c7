"""The demo played on a database of its own, for what looks at it in a browser and for what only reads it."""

import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

import pytest
from flask import Flask

from application import create_app
from cases.demo.play import play_demo
from commands.upgrade import bring_up_to_date
from config import Clock
from extensions import db
from tests.clocks import stopped_at
from tests.conftest import make_settings
from tests.databases import settle
from tests.once import made_once

DATABASE: Final = "demo.sqlite"
MOMENT: Final = "2026-11-24T10:42+08:00"
"""When it is; the same as `tests.conftest.NOW`."""


def played_demo(folder: Path, stands: bool = False) -> Flask:
    """The demo in a folder, its clock at MOMENT, from where it runs on or where it stands."""
    app = _demo_in(folder, stands)
    with app.app_context():
        bring_up_to_date(app)
        known, at = app.extensions, app.config["SETTINGS"].clock.now()
        play_demo(db.session(), known["law"], known["store"], at, known["ways"])
        db.session.remove()
    return app


def copied_demo(factory: pytest.TempPathFactory, folder: Path, stands: bool = False) -> Flask:
    """The same in a folder that is there and empty, as it was played once for all processes of this run."""
    shutil.copytree(made_once(factory, "played", _play), folder, dirs_exist_ok=True)
    return _demo_in(folder, stands)


def _demo_in(folder: Path, stands: bool) -> Flask:
    begins = datetime.fromisoformat(MOMENT)
    clock = stopped_at(begins) if stands else Clock(begins - Clock().now())
    settings = make_settings(folder, f"sqlite:///{folder / DATABASE}", "demo")
    return create_app(replace(settings, clock=clock, demo_now=MOMENT))


def _play(folder: Path) -> None:
    with played_demo(folder, stands=True).app_context():
        db.engine.dispose()
    settle(folder / DATABASE)
