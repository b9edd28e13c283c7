"""A process watches its own clock: what it notices, by which witness, and how a doubt ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.engine.clock import (
    ABSENCE,
    LEAP,
    ClockWatch,
    Doubted,
    confirm_time,
    doubt_at,
    forget_ended,
    open_doubts,
    refuse_doubted,
)
from cases.engine.recount import load
from cases.model.tables import ClockDoubt, Event
from cases.scheduler.tasks import Means, last_beat, note_beat, run
from commands.clockwork import first_beat, works
from config import Clock, Settings
from extensions import transaction
from notifications.channels import NoMail
from tests.builders import WORLD, Place
from tests.conftest import NOW
from tests.web.signing import sign_in

pytestmark = pytest.mark.both_databases

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
CALENDAR = """name = "cn"
known_from = 2027-01-01
known_until = 2027-12-31
weekend = [6, 7]
off = [2027-01-01]
work = []
source = "invented"
"""


class Machine:
    """Two clocks of one machine, real time by default: the one on the wall can be set, the other cannot."""

    def __init__(self) -> None:
        self.ahead, self.passed = timedelta(), timedelta()
        self._began = datetime.now(UTC)

    def wall(self) -> datetime:
        return self._began + self.passed + self.ahead

    def steadily(self) -> float:
        return self.passed.total_seconds()

    def watch(self, absence: timedelta | None = None) -> ClockWatch:
        """A process begins."""
        return ClockWatch(Clock(), absence, self.wall, self.steadily)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.mark.parametrize("ahead", [-400 * DAY, -timedelta(hours=1), timedelta(), LEAP - MINUTE], ids=str)
def test_a_clock_that_is_right_or_put_back_or_ahead_by_minutes_is_believed(
    session: Session, machine: Machine, ahead: timedelta
) -> None:
    watch = machine.watch()
    assert watch.look(session) is None
    machine.ahead = ahead
    assert watch.look(session) is None
    assert open_doubts(session) == []


@pytest.mark.parametrize("ahead", [LEAP + MINUTE, timedelta(hours=1), 30 * DAY], ids=str)
def test_one_that_is_put_forward_is_in_doubt_until_it_is_right(
    session: Session, machine: Machine, ahead: timedelta
) -> None:
    watch = machine.watch()
    watch.look(session)
    real, machine.ahead = machine.wall(), ahead
    doubt = watch.look(session)
    assert doubt
    assert (doubt.said_at, doubt.should_be) == (real + ahead, doubt.since)
    assert abs(doubt.should_be - real) < MINUTE
    with pytest.raises(Doubted):
        run("sweep", Means(session, WORLD, NoMail()), machine.wall())
    assert last_beat(session) is None
    refuse_doubted(session, real)  # whoever reads the right time is not concerned
    machine.ahead = timedelta()
    refuse_doubted(session, machine.wall())
    assert watch.look(session) is None
    assert open_doubts(session) == []
    row = session.scalars(select(ClockDoubt)).one()
    assert (row.settled_at, row.settled_by_id) == (machine.wall(), None)


def test_the_databases_clock_is_a_witness_where_it_has_one(session: Session, machine: Machine) -> None:
    """A process that begins with a wrong clock has nothing of its own to tell it by."""
    machine.ahead = DAY
    doubt = machine.watch().look(session)
    if session.get_bind().dialect.name == "sqlite":
        assert doubt is None
        return
    assert doubt
    assert doubt.why == "database"
    told = session.scalar(select(func.clock_timestamp()))
    assert told
    assert abs(doubt.should_be - told) < MINUTE


@pytest.mark.postgresql
def test_of_two_schedulers_whose_clocks_differ_the_one_that_is_ahead_waits_and_the_other_does_the_work(
    place: Place, machine: Machine
) -> None:
    ahead = Machine()
    ahead.ahead = 30 * DAY
    case = place.file(machine.wall() - 4 * DAY)
    ours, theirs = machine.watch(), ahead.watch()
    means = Means(place.session, WORLD, NoMail())
    assert ours.look(place.session) is None
    assert theirs.look(place.session)
    with pytest.raises(Doubted):
        run("sweep", means, ahead.wall())
    forget_ended(machine.wall())
    run("sweep", means, machine.wall())
    run("displays", means, machine.wall())
    events = place.session.scalars(select(Event).where(Event.case_id == case.id)).all()
    assert len(events) > 1
    assert max(event.at for event in events) <= machine.wall()
    assert theirs.look(place.session)
    ahead.ahead = timedelta()
    assert theirs.look(place.session) is None
    assert open_doubts(place.session) == []


def test_a_time_that_somebody_confirms_is_believed_by_every_process_that_reckoned_otherwise(
    place: Place, machine: Machine
) -> None:
    session = place.session
    noticed, quiet = machine.watch(), machine.watch()
    machine.passed, machine.ahead = DAY, timedelta(hours=3)
    if session.get_bind().dialect.name == "postgresql":
        machine.passed, machine.ahead = timedelta(), timedelta(hours=3)  # its clock has not moved on by a day
    assert noticed.look(session)
    machine.passed += MINUTE
    with transaction() as opened:
        assert confirm_time(opened, machine.wall(), place.people["chief"].id) == 1
    machine.passed += MINUTE
    assert noticed.look(session) is None
    assert quiet.look(session) is None  # it had not looked since: the confirmation holds for it too
    restarted = machine.watch()
    assert session.get_bind().dialect.name == "postgresql" or restarted.look(session) is None
    assert open_doubts(session) == []
    machine.ahead += DAY
    assert noticed.look(session)  # what is put forward later is not covered by it


def test_a_confirmed_time_that_was_wrong_vouches_for_no_later_jump(place: Place, machine: Machine) -> None:
    watch = machine.watch()
    machine.ahead = 30 * DAY
    watch.look(place.session)
    with transaction() as opened:
        confirm_time(opened, machine.wall(), place.people["chief"].id)
    machine.ahead = timedelta()
    assert machine.watch().look(place.session) is None
    other = machine.watch()
    machine.ahead = timedelta(hours=2)
    assert other.look(place.session)


def test_a_doubt_outlives_its_process_and_ends_when_the_next_one_reads_the_right_time(
    session: Session, machine: Machine
) -> None:
    machine.watch().look(session)
    killed = machine.watch()
    machine.ahead = timedelta(hours=2)
    killed.look(session)
    machine.passed += 10 * MINUTE
    assert doubt_at(session, machine.wall())  # whatever process asks, as long as the clock says so
    forget_ended(machine.wall())
    assert doubt_at(session, machine.wall())
    machine.ahead = timedelta()
    forget_ended(machine.wall())
    assert open_doubts(session) == []


def test_another_hosts_doubt_that_is_looked_at_still_is_left_to_it(session: Session, machine: Machine) -> None:
    other = Machine()
    watch = other.watch()
    other.ahead = DAY
    watch.look(session)
    machine.passed = other.passed = 4 * MINUTE
    forget_ended(machine.wall())
    assert doubt_at(session, other.wall())
    refuse_doubted(session, machine.wall())


@pytest.mark.sqlite
@pytest.mark.parametrize(("silent", "doubted"), [(3 * DAY, False), (ABSENCE, False), (ABSENCE + MINUTE, True)], ids=str)
def test_after_more_than_ten_days_without_a_beat_somebody_says_what_time_it_is(
    place: Place, machine: Machine, silent: timedelta, doubted: bool
) -> None:
    note_beat(place.session, machine.wall() - silent)
    place.session.commit()
    watch = machine.watch(ABSENCE)
    found = watch.look(place.session)
    assert bool(found) is doubted
    if found:
        assert (found.why, found.since) == ("silent", machine.wall() - silent)
        with transaction() as opened:
            confirm_time(opened, machine.wall(), place.people["chief"].id)
        machine.passed += MINUTE
        assert watch.look(place.session) is None


def set_clock(app: Flask, machine: Machine, ahead: timedelta) -> None:
    """Set the clock of the machine on which the application runs."""
    settings: Settings = app.config["SETTINGS"]
    shift = settings.clock.shift + ahead - machine.ahead
    machine.ahead = ahead
    app.config["SETTINGS"] = replace(settings, clock=Clock(shift))


@pytest.fixture
def here(app: Flask, machine: Machine) -> Machine:
    """The machine on which the application runs."""
    shift = app.config["SETTINGS"].clock.shift
    app.extensions["watch"] = ClockWatch(Clock(shift), None, machine.wall, machine.steadily)
    return machine


def test_a_scheduler_in_doubt_does_none_of_its_work_and_notes_no_beat(app: Flask, place: Place, here: Machine) -> None:
    place.file(NOW - 9 * DAY)
    before = events(place.session)
    set_clock(app, here, 30 * DAY)
    first_beat(app)
    for work in works(app).values():
        work()
    assert last_beat(place.session) is None
    assert events(place.session) == before
    set_clock(app, here, timedelta())
    works(app)["sweep"]()
    assert events(place.session) > before


def events(session: Session) -> int:
    found = session.scalar(select(func.count(Event.id))) or 0
    session.commit()
    return found


def test_an_act_on_a_page_is_refused_with_the_reason_and_keeps_what_was_written(
    app: Flask, client: FlaskClient, place: Place, here: Machine
) -> None:
    case = place.file(NOW - DAY)
    set_clock(app, here, 30 * DAY)
    asked = {"missing": "缺少现场照片", "shown": "1"}
    answer = sign_in(client, place, "office").post(f"/cases/{case.number}/ask_papers", data=asked)
    assert answer.status_code == 409
    assert "时钟可能偏快" in answer.text
    assert "缺少现场照片" in answer.text
    assert place.case(case.number).length == 1
    assert client.get(f"/cases/{case.number}").status_code == 200  # to read is no act
    set_clock(app, here, timedelta())
    assert client.post(f"/cases/{case.number}/ask_papers", data=asked).status_code == 302


def test_nothing_is_filed_and_no_calendar_loaded_meanwhile(
    app: Flask, place: Place, here: Machine, session: Session
) -> None:
    set_clock(app, here, DAY)
    app.extensions["watch"].look(session)
    now = app.config["SETTINGS"].clock.now()
    with pytest.raises(Doubted):
        place.file(now)
    with pytest.raises(Doubted):
        load(WORLD, CALENDAR, now)
    assert events(session) == 0
