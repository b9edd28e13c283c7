"""What every page needs of the application: law, calendar, files, whole addresses; read once a request."""

from datetime import date
from typing import Any, cast

from flask import current_app, g, url_for

from cases.ledger.witness import Witness
from cases.model.evidence import Store
from extensions import db
from registry.in_force import world_in_force
from web.site.access import now, settings
from workflow.jurisdiction import Jurisdiction
from workflow.snapshot import RuleContext


def whole_address(endpoint: str, **values: Any) -> str:
    """The address of a page, with the host before it."""
    site = settings().site_url
    return site + url_for(endpoint, **values) if site else url_for(endpoint, **values, _external=True)


def law() -> Jurisdiction:
    """The place as its files say it: names, zone, grounds, displays; no database is asked. Its limits are asked of
    `world()`, which knows what was promised since."""
    return cast(Jurisdiction, current_app.extensions["law"])


def store() -> Store:
    return cast(Store, current_app.extensions["store"])


def witness() -> Witness:
    """What is known of the ledger outside the database."""
    return cast(Witness, current_app.extensions["witness"])


def world() -> RuleContext:
    """The law of the place with what it has promised, and the calendar, as they are in force."""
    if "world" not in g:
        g.world = world_in_force(db.session(), law())
    return cast(RuleContext, g.world)


def today() -> date:
    """The day it is in the jurisdiction."""
    return law().day_of(now())
