"""The beats go on, whatever the wall clock does."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo

import apscheduler.schedulers.base as base
import pytest
from flask import Flask
from sqlalchemy import select

from cases.model.tables import Event
from cases.scheduler.beat import BeatingScheduler
from cases.scheduler.tasks import Means, run
from extensions import db
from notifications.channels import NoMail
from tests.builders import START, WORLD, Place, day

EVERY = timedelta(seconds=0.1)


class Wall(datetime):
    """A wall clock that can be put back or forward."""

    shift = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime.now(tz) + cls.shift


@pytest.fixture(autouse=True)
def wall(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Wall]]:
    monkeypatch.setattr(base, "datetime", Wall)
    monkeypatch.setattr(Wall, "shift", timedelta())
    return Wall


class Count:
    """A work that counts its beats; it fails where it is told to."""

    def __init__(self, fails: bool = False) -> None:
        self.beats, self.fails, self.together, self._in = 0, fails, 0, threading.Lock()

    def __call__(self) -> None:
        self.together += not self._in.acquire(blocking=False)
        self.beats += 1
        time.sleep(0.15)  # longer than an interval
        self._in.release()
        if self.fails:
            raise RuntimeError("broken")


def until(true: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


def beating(*works: Count) -> BeatingScheduler:
    drum = BeatingScheduler({f"work {n}": work for n, work in enumerate(works)}, EVERY, lambda: Wall.now(UTC))
    drum.start()
    return drum


@pytest.mark.parametrize("shift", [timedelta(hours=-1), timedelta(days=-400), timedelta(hours=1)])
def test_it_beats_on_when_the_wall_clock_is_put_back_or_forward(wall: type[Wall], shift: timedelta) -> None:
    work = Count()
    drum = beating(work)
    try:
        assert until(lambda: work.beats >= 2)
        wall.shift = shift
        before = work.beats
        assert until(lambda: work.beats >= before + 3)
    finally:
        drum.shutdown()


def test_the_first_beat_comes_at_once_and_a_failing_work_keeps_no_other_and_is_tried_again() -> None:
    for every, beats in ((timedelta(hours=1), 1), (EVERY, 2)):
        bad, good = Count(fails=True), Count()
        drum = BeatingScheduler({"bad": bad, "good": good}, every)
        drum.start()
        try:
            assert until(lambda: min(bad.beats, good.beats) >= beats)  # noqa: B023
        finally:
            drum.shutdown()


def test_a_work_never_runs_twice_at_a_time_and_ends_with_the_drum() -> None:
    work = Count()
    drum = beating(work)
    assert until(lambda: work.beats >= 3)
    drum.shutdown()
    ended = work.beats
    time.sleep(0.3)
    assert (work.together, work.beats) == (0, ended)


@pytest.mark.sqlite
def test_a_sweep_that_it_beats_over_a_step_there_and_back_fires_each_rung_once(
    app: Flask, place: Place, wall: type[Wall]
) -> None:
    """The clock is stepped over the moment of a rung, put back before it, and stepped over it again."""
    case = place.file(START)
    place.session.commit()
    seen: list[datetime] = []

    def sweep() -> None:
        with app.app_context():
            now = Wall.now(UTC)
            run("sweep", Means(db.session(), WORLD, NoMail()), now)
            seen.append(now)
            db.session.remove()

    def set_to(moment: datetime) -> None:
        wall.shift = moment - datetime.now(UTC)
        assert until(lambda: sum(moment <= now < moment + timedelta(minutes=1) for now in seen[-3:]) >= 2)

    rung = day(2026, 9, 8, 9)
    wall.shift = rung - timedelta(minutes=30) - datetime.now(UTC)
    drum = BeatingScheduler({"sweep": sweep}, EVERY, lambda: Wall.now(UTC))
    drum.start()
    try:
        for minutes in (-30, 1, -59, 4):
            set_to(rung + timedelta(minutes=minutes))
    finally:
        drum.shutdown()
    place.session.expire_all()
    acts = place.session.scalars(select(Event).where(Event.case_id == case.id).order_by(Event.seq)).all()
    assert [event.action for event in acts] == ["file", "remind"]
    assert rung + timedelta(minutes=1) <= acts[1].at < rung + timedelta(minutes=2)
