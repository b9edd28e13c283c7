"""What a watcher learns from /health."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cases.scheduler import note_beat
from tests.conftest import NOW


def test_health_tells_of_database_scheduler_and_version(client: FlaskClient, session: Session) -> None:
    note_beat(session, NOW)
    session.commit()
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json["database"] == "ok"
    assert answer.json["version"]
    assert answer.json["scheduler_heartbeat"].startswith("2026-11-24T02:42")


def test_a_scheduler_that_beat_just_now_is_well(client: FlaskClient, session: Session) -> None:
    note_beat(session, NOW)
    session.commit()
    assert client.get("/health/scheduler").status_code == 200


def test_a_scheduler_silent_for_more_than_five_minutes_is_an_alarm(client: FlaskClient, session: Session) -> None:
    note_beat(session, NOW - timedelta(minutes=6))
    session.commit()
    assert client.get("/health/scheduler").status_code == 503
