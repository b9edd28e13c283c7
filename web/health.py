"""`/health` for whoever watches the service: does the database answer, does a scheduler beat."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from cases.tables import Heartbeat
from config import VERSION
from extensions import db
from web.doors import door, moment

pages = Blueprint("health", __name__)

SILENT = timedelta(minutes=5)


@pages.get("/health")
@door(public=True)
def health() -> ResponseReturnValue:
    """200 with what is known, 503 when the database fails."""
    try:
        beat = _last_beat()
    except SQLAlchemyError:
        db.session.rollback()
        return jsonify(database="failed", scheduler_heartbeat=None, version=VERSION), 503
    return jsonify(database="ok", scheduler_heartbeat=beat.at.isoformat() if beat else None, version=VERSION)


@pages.get("/health/scheduler")
@door(public=True)
def scheduler() -> ResponseReturnValue:
    """503 when no scheduler has beaten for five minutes."""
    try:
        beat = _last_beat()
    except SQLAlchemyError:
        db.session.rollback()
        return jsonify(scheduler="unknown"), 503
    if beat is None or moment() - beat.at > SILENT:
        return jsonify(scheduler="silent", scheduler_heartbeat=beat.at.isoformat() if beat else None), 503
    return jsonify(scheduler="beating", scheduler_heartbeat=beat.at.isoformat())


def _last_beat() -> Heartbeat | None:
    return db.session().scalars(select(Heartbeat).where(Heartbeat.name == "scheduler")).one_or_none()
