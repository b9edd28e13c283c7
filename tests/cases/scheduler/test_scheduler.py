"""A beat: each task alone, and a heartbeat only of work that went well."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.model.tables import Heartbeat
from cases.scheduler.tasks import TASKS, Means, last_beat, note_beat, run, tick
from notifications.channels import NoMail
from tests.builders import WORLD, Place
from tests.conftest import NOW

pytestmark = pytest.mark.both_databases

EARLIER = NOW - timedelta(minutes=6)


def break_task(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def broken(*_: object) -> list[str]:
        raise RuntimeError(f"{name} is broken")

    monkeypatch.setitem(TASKS, name, broken)


def beats(session: Session) -> dict[str, object]:
    return {beat.name: beat.at for beat in session.scalars(select(Heartbeat).execution_options(populate_existing=True))}


@pytest.mark.parametrize("broken", TASKS)
def test_a_task_that_fails_keeps_no_other_and_its_last_good_beat(
    place: Place, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    note_beat(place.session, EARLIER)
    place.session.commit()
    break_task(monkeypatch, broken)
    with pytest.raises(ExceptionGroup) as failed:
        tick(Means(place.session, WORLD, NoMail()), NOW)
    assert [str(one) for one in failed.value.exceptions] == [f"{broken} is broken"]
    assert beats(place.session) == {task: EARLIER if task == broken else NOW for task in TASKS}
    assert last_beat(place.session) == EARLIER


@pytest.mark.parametrize("broken", TASKS)
def test_the_watcher_is_told_when_one_task_fails_at_every_beat(
    client: FlaskClient, place: Place, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    note_beat(place.session, EARLIER)
    place.session.commit()
    break_task(monkeypatch, broken)
    for task in TASKS:
        try:
            run(task, Means(place.session, WORLD, NoMail()), NOW)
        except RuntimeError:
            continue
    assert client.get("/health/scheduler").status_code == 503
    monkeypatch.undo()
    tick(Means(place.session, WORLD, NoMail()), NOW)
    assert client.get("/health/scheduler").status_code == 200


def test_a_scheduler_that_never_finished_a_task_has_not_beaten(session: Session) -> None:
    note_beat(session, NOW, "sweep", "mail")
    assert last_beat(session) is None
