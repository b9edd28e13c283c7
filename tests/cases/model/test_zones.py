"""Zones: a day is a day in the place, whatever the machine's zone is; and in a place that has summer time."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from cases.engine.sweep import sweep
from cases.model.tables import Case, Event
from config import ROOT
from notifications.letters import Letter
from tests.builders import FILING, START, Place, make_place
from tests.cases.lives import Act, Player, at, life, played_alone, settled, usual_beats
from workflow.calendar import Unit
from workflow.definition import Rung
from workflow.rules import load_jurisdiction
from workflow.snapshot import RuleContext
from workflow.timing import Timer, next_firing

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def machine_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The machine in another zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.sqlite
@pytest.mark.parametrize("machine_zone", ["UTC", "America/New_York", "Europe/Berlin"], indirect=True)
def test_the_same_events_and_letters_whatever_the_machines_zone_is(place: Place, machine_zone: str) -> None:
    """Filed at 00:30 in the banner, which is the day before in all of these; by the end a summer time has ended."""
    assert time.tzname[0] in ("UTC", "EST", "CET")
    file = dict(FILING)
    player = Player(place)
    player.play(
        [Act(at(9, 8, 0) + timedelta(minutes=30), "case", "enterprise", "file", file, "objection")],
        [at(9, 11, 0), at(9, 18, 0), at(10, 12, 0), at(11, 2, 0)],
    )
    case = place.session.scalars(select(Case)).one()
    assert case.filed_on == date(2026, 9, 8)
    told = [(event.action, event.at) for event in player.events()]
    assert told == EVENTS
    receipt = place.session.scalars(select(Letter).where(Letter.name == "filed")).one()
    assert "9月10日" in receipt.body("zh")


EVENTS = [
    ("file", at(9, 8, 0) + timedelta(minutes=30)),
    ("remind", at(9, 11, 0)), ("overdue", at(9, 18, 0)), ("supervise", at(9, 18, 0)),
    ("leading_group", at(10, 12, 0)), ("remind", at(10, 12, 0)), ("remind", at(10, 12, 0)),
    ("overdue", at(11, 2, 0)), ("supervise", at(11, 2, 0)), ("leading_group", at(11, 2, 0)),
]  # fmt: skip


@pytest.mark.postgresql
def test_a_connection_in_another_zone_reads_the_same_instants(place: Place) -> None:
    case = place.file(START)
    place.session.execute(text("SET TIME ZONE 'America/New_York'"))
    place.session.expire_all()
    event = place.session.scalars(select(Event)).one()
    assert (event.at, case.opened_at) == (START, START)
    assert event.at.tzinfo is UTC


@pytest.fixture(scope="module")
def summer(tmp_path_factory: pytest.TempPathFactory) -> RuleContext:
    """A place like the demo's, in a zone whose clocks are put forward in March and back in October."""
    folder = tmp_path_factory.mktemp("places")
    for shipped in (ROOT / "jurisdictions").iterdir():
        os.symlink(shipped, folder / shipped.name)
    _write(folder / "summer", 'extends = "cn-nm-demo"\nzone = "Europe/Berlin"\n')
    law = load_jurisdiction(folder, "summer")
    return RuleContext(law, law.calendar)


def _write(folder: Path, place: str) -> None:
    folder.mkdir()
    (folder / "place.toml").write_text(place, encoding="utf-8")


def there(month: int, day: int, hour: int, minute: int = 0, fold: int = 0) -> datetime:
    """An instant by the clocks of that place."""
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN, fold=fold).astimezone(UTC)


def fires_at(summer: RuleContext, due: date, rung: Rung) -> datetime:
    """When the rung of a deadline of one day fires that is due on `due`."""
    timer = Timer(id=1, deadline="x", rule="x", owner="bureau", round=1, started=due - timedelta(days=1), n=1,
                  unit=Unit.DAY, rolls=False)  # fmt: skip
    law = summer.jurisdiction
    firing = next_firing(timer, (rung,), summer.calendar, law.office_opens, law.zone)
    assert firing
    return firing.at


def test_a_day_ends_at_24_of_its_own_clock_also_where_it_has_25_or_23_hours(summer: RuleContext) -> None:
    exact = Rung(0, "papers_late", exact=True)
    assert fires_at(summer, date(2026, 10, 24), exact) == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert fires_at(summer, date(2026, 10, 25), exact) == datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert fires_at(summer, date(2026, 3, 28), exact) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert fires_at(summer, date(2026, 3, 29), exact) == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_the_office_opens_at_nine_by_the_clock_on_the_wall_before_and_after(summer: RuleContext) -> None:
    overdue = Rung(0, "overdue")
    assert fires_at(summer, date(2026, 10, 22), overdue) == datetime(2026, 10, 23, 7, tzinfo=UTC)
    assert fires_at(summer, date(2026, 10, 23), overdue) == datetime(2026, 10, 26, 8, tzinfo=UTC)
    assert fires_at(summer, date(2026, 3, 26), overdue) == datetime(2026, 3, 27, 8, tzinfo=UTC)
    assert fires_at(summer, date(2026, 3, 27), overdue) == datetime(2026, 3, 30, 7, tzinfo=UTC)


@pytest.mark.sqlite
def test_in_the_doubled_hour_the_later_act_is_the_later_one_and_both_belong_to_the_day(
    place: Place, summer: RuleContext
) -> None:
    first, second = there(10, 25, 2, 45), there(10, 25, 2, 15, fold=1)
    assert second - first == timedelta(minutes=30)
    acts = [Act(first, "case", "enterprise", "file", dict(FILING), "objection"),
            Act(second, "case", "enterprise", "add", {"words": "补充。", "files": ()})]  # fmt: skip
    player = Player(place, world=summer)
    player.play(acts, [])
    assert [event.at for event in player.events()] == [first, second]
    assert not any('"behind"' in event.body for event in player.events())
    case = place.session.scalars(select(Case)).one()
    assert (case.filed_on, case.due_on) == (date(2026, 10, 25), date(2026, 10, 27))


@pytest.mark.sqlite
def test_in_the_night_of_the_missing_hour_nothing_is_lost_or_early(session: Session, summer: RuleContext) -> None:
    """Filed at 01:59:59, a second before 03:00; it is Sunday the 29th all the same, and Tuesday is the last day."""
    place = make_place(session)
    player = Player(place, world=summer)
    filed = there(3, 29, 3) - timedelta(seconds=1)
    player.play([Act(filed, "case", "enterprise", "file", dict(FILING), "objection")], [])
    case = place.session.scalars(select(Case)).one()
    assert (case.filed_on, case.due_on) == (date(2026, 3, 29), date(2026, 3, 31))
    assert [written.action for written in sweep(summer, there(3, 30, 9))] == ["remind"]
    assert sweep(summer, there(4, 1, 8, 59)) == []
    assert [written.action for written in sweep(summer, there(4, 1, 9))] == ["overdue"]


@pytest.mark.sqlite
def test_over_the_end_of_summer_a_scheduler_that_sleeps_does_what_one_that_beats_does(
    session: Session, summer: RuleContext, tmp_path: Path, sqlite_template: Path
) -> None:
    later = [at(10, 13, 16) + timedelta(days=n) for n in range(20)]
    beating = played_alone(tmp_path, sqlite_template, [*usual_beats(), *later], summer)
    place = settled(make_place(session))
    sleeping = Player(place, world=summer)
    sleeping.play(life(place), [*usual_beats()[::7], later[-1]])
    assert sleeping.facts() == beating
    told = str(beating)
    assert "2026-10-22T07:00:00" in told
    assert "2026-10-26T08:00:00" in told
