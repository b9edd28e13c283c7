"""Bringing the database to the newest version before anything else is done with it."""

import logging

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade

from cases.engine.closings import count_missing
from cases.engine.signalling import write_missing
from cases.engine.standing import stand_missing
from commands.calendar import world_in_use
from config import ROOT
from extensions import db


def bring_up_to_date(app: Flask) -> bool:
    """Run the migrations that are missing, and derive what an earlier version has not; gives whether there were any."""
    with app.app_context():
        with db.engine.connect() as connection:
            standing = MigrationContext.configure(connection).get_current_revision()
        if standing == ScriptDirectory(str(ROOT / "migrations")).get_current_head():
            return False
        logging.getLogger("alembic").setLevel(logging.WARNING)
        upgrade(directory=str(ROOT / "migrations"))
        world = world_in_use()
        count_missing(world)
        stand_missing(world)
        write_missing(world)
        db.session.remove()
        db.engine.dispose()
        return True
