"""`/health` for whoever watches the service: does the database answer, does a scheduler beat."""

from datetime import datetime, timedelta

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from cases.engine.sweep import stuck_cases
from cases.scheduler.tasks import last_beat, last_beat_and_doubts
from config import VERSION
from extensions import db
from web.site.access import now, requires

pages = Blueprint("health", __name__)

SILENT = timedelta(minutes=5)


@pages.get("/health")
@requires(public=True)
def health() -> ResponseReturnValue:
    """200 with what is known, 503 when the database fails."""
    try:
        beat = last_beat(db.session())
    except SQLAlchemyError:
        db.session.rollback()
        return jsonify(database="failed", scheduler_heartbeat=None, version=VERSION), 503
    return jsonify(database="ok", scheduler_heartbeat=_written(beat), version=VERSION)


@pages.get("/health/scheduler")
@requires(public=True)
def scheduler() -> ResponseReturnValue:
    """503 when a task of the scheduler has not gone well for five minutes, it could not move a case for as long, or a
    clock is in doubt, so that it waits."""
    try:
        (beat, doubts), stuck = last_beat_and_doubts(db.session()), stuck_cases(db.session())
    except SQLAlchemyError:
        db.session.rollback()
        return jsonify(scheduler="unknown"), 503
    said = {"scheduler_heartbeat": _written(beat), "stuck_cases": len(stuck)}
    if doubts:
        return jsonify(scheduler="clock", **said), 503
    if beat is None or now() - beat > SILENT:
        return jsonify(scheduler="silent", **said), 503
    if any(now() - case.since > SILENT for case in stuck):
        return jsonify(scheduler="stuck", **said), 503
    return jsonify(scheduler="beating", **said)


def _written(beat: datetime | None) -> str | None:
    return beat.isoformat() if beat else None
