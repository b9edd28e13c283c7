"""What a watcher learns from /health."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from cases.engine.sweep import note_stuck
from cases.model.tables import ClockDoubt, StuckCase
from cases.scheduler.tasks import note_beat
from tests.builders import make_place
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


def test_a_case_that_the_clock_cannot_move_for_five_minutes_is_an_alarm_of_its_own(
    client: FlaskClient, session: Session
) -> None:
    case = make_place(session).file(NOW)
    note_beat(session, NOW)
    note_stuck(case.id, RuntimeError("broken"), NOW)
    assert client.get("/health/scheduler").status_code == 200
    note_stuck(case.id, RuntimeError("broken"), NOW - timedelta(minutes=6))
    assert client.get("/health/scheduler").status_code == 200  # since when: the first time counts
    session.execute(update(StuckCase).values(since=NOW - timedelta(minutes=6)))
    session.commit()
    answer = client.get("/health/scheduler")
    assert answer.status_code == 503
    assert (answer.json["scheduler"], answer.json["stuck_cases"]) == ("stuck", 1)


def test_a_clock_in_doubt_is_an_alarm_though_another_scheduler_beats(client: FlaskClient, session: Session) -> None:
    note_beat(session, NOW)
    ahead = NOW + timedelta(days=30)
    session.add(ClockDoubt(why="database", noticed_at=NOW, said_at=ahead, seen_at=NOW))
    session.commit()
    answer = client.get("/health/scheduler")
    assert (answer.status_code, answer.json["scheduler"]) == (503, "clock")
    assert client.get("/health").status_code == 200
