"""Who read what, as rows: once a minute, in haste, by a file where the database is held, and not kept for ever."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from cases.model.readings import (
    NewReading,
    ReadingQuery,
    ReadingRow,
    ReadingSpool,
    dispose,
    keep,
    kept_since,
    people_of,
    read_things,
    readers_of,
    take_in,
)
from cases.scheduler.tasks import Means, run
from extensions import db, transaction
from notifications.channels import NoMail
from tests.builders import LAW, WORLD, Place
from tests.conftest import NOW

pytestmark = pytest.mark.both_databases


def of(place: Place, who: str, **values: Any) -> NewReading:
    new = NewReading(place.people[who].id, NOW, "case", "2026-YY-000001", "office")
    return replace(new, **values)


def keep_all(place: Place, *readings: NewReading) -> None:
    place.session.commit()  # the test holds no lock while others write
    for new in readings:
        keep(db.engine, new)


def count(session: Session) -> int:
    session.commit()
    return session.scalar(select(func.count()).select_from(ReadingRow)) or 0


def test_a_person_and_a_thing_stand_once_a_minute(place: Place, session: Session) -> None:
    for seconds in (0, 10, 60):
        keep(db.engine, of(place, "office", at=NOW.replace(second=0) + timedelta(seconds=seconds)))
    keep(db.engine, of(place, "chief"))
    keep(db.engine, of(place, "office", what="audit"))
    assert count(session) == 4


def test_what_waits_in_files_is_taken_in_once_whoever_dies(place: Place, session: Session, tmp_path: Path) -> None:
    waiting = ReadingSpool(tmp_path)
    assert (waiting.count(), take_in(waiting)) == (0, 0)
    for who in ("office", "chief"):
        waiting.put(of(place, who))
    kept = waiting.take()
    run("readings", Means(session, WORLD, NoMail(), waiting=waiting), NOW)
    assert (count(session), waiting.count()) == (2, 0)
    for _path, new in kept:  # as if it had been killed before it removed the files
        waiting.put(new)
    assert take_in(waiting) == 2
    assert (count(session), waiting.count()) == (2, 0)
    assert session.scalars(select(ReadingRow.minute)).all() == [NOW.replace(second=0, microsecond=0)] * 2


def test_a_reading_that_cannot_be_taken_in_is_set_aside_and_holds_up_no_other(
    place: Place, session: Session, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    waiting = ReadingSpool(tmp_path)
    bad = (of(place, "office", user_id=987654), of(place, "office", party=None))
    for new in (of(place, "office"), *bad, of(place, "chief")):
        waiting.put(new)
    for name, text in (("half", "{"), ("old", '{"user_id": 1}'), ("list", "[]")):
        (tmp_path / "readings" / f"{name}.json").write_text(text)
    session.commit()
    assert take_in(waiting) == 2
    assert (count(session), waiting.count(), take_in(waiting)) == (2, 0, 0)
    assert len(list((tmp_path / "readings").glob("*.bad"))) == 5 == caplog.text.count("was set aside")


def test_an_answer_does_not_wait_for_a_database_that_others_hold(place: Place) -> None:
    """On PostgreSQL only whoever writes the same reading just now holds it; on SQLite any writer does."""
    with transaction() as session:
        session.add(ReadingRow(**of(place, "office").row()))
        session.flush()
        with pytest.raises(OperationalError):
            keep(db.engine, of(place, "office"), haste=20)
    keep(db.engine, of(place, "office"), haste=20)
    usual = "PRAGMA busy_timeout" if db.engine.dialect.name == "sqlite" else "SHOW lock_timeout"
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql(usual).scalar() in (8000, "8s"), "the next one has its usual patience"


def test_readings_are_kept_for_as_many_years_as_the_place_says(place: Place, session: Session) -> None:
    begins = kept_since(LAW, NOW)
    assert begins.isoformat() == "2023-11-24T00:00:00+08:00"
    for at in (begins, begins - timedelta(minutes=1), begins - timedelta(days=99)):
        keep(db.engine, of(place, "office", at=at))
    assert dispose(LAW, NOW) == 2
    assert dispose(LAW, NOW) == 0
    session.commit()
    assert session.scalars(select(ReadingRow.minute)).all() == [begins]
    leap = kept_since(LAW, NOW.replace(year=2028, month=2, day=29))
    assert (leap.month, leap.day) == (2, 28)


def test_the_readers_of_a_case_are_told_with_first_last_and_how_often(place: Place, session: Session) -> None:
    noise = place.file(record=place.other_record, by="enterprise2")
    noise_of = {"ref": noise.number, "case_id": noise.id}
    case = place.file()
    of_case = {"ref": case.number, "case_id": case.id}
    keep_all(
        place, *(of(place, "office", at=NOW + timedelta(minutes=late), **of_case) for late in (0, 1, 9)),
        of(place, "enterprise", what="paper", ref="1", party="enterprise", place_id=1, case_id=case.id),
        of(place, "chief", **noise_of),
    )  # fmt: skip
    first, second = readers_of(session, case)
    assert (first.user_id, first.times, first.last - first.first) == (
        place.people["office"].id,
        3,
        timedelta(minutes=9),
    )
    assert (second.what, second.party) == ("paper", "enterprise")
    assert people_of(session, case) == 2


def test_what_is_kept_from_a_reader_is_told_of_no_case_to_them(place: Place, session: Session) -> None:
    """D16: a deputy of the head is an officer, and hears nothing of a complaint about one."""
    cases = place.complain(complained_of="officer", body=None), place.file()
    secret, plain = ((case.number, case.id) for case in cases)
    keep_all(place, *(of(place, "chief", ref=number, case_id=id) for number, id in (secret, plain)))
    asked = ReadingQuery(place.people["chief"].id, since=NOW - timedelta(days=1), before=NOW + timedelta(days=1))
    assert [one.case for one in read_things(session, place.identity("chief"), asked)] == [plain[0], secret[0]]
    assert [one.case for one in read_things(session, place.identity("office"), asked)] == [plain[0]]
    assert read_things(session, place.identity("chief"), replace(asked, before=asked.since)) == []
