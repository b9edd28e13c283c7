"""Who has an open case on a record learns that it changed, batch by batch, whatever the number of records."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from cases.engine.record_news import IMPORTED, tell_of, tell_of_sheet
from notifications.letters import Letter
from tests.builders import START, VALUES, WORLD, Place
from tests.registry.sheets import csv_of
from tests.statements import counting


def told(place: Place) -> list[str]:
    place.session.expire_all()
    found = select(Letter.case_number).where(Letter.name == "note", Letter.to_party == "enterprise")
    return list(place.session.scalars(found.order_by(Letter.id)))


def changed_sheet(place: Place) -> bytes:
    records = (place.record, place.other_record)
    return csv_of(*({**VALUES, **record.values, "fine": "0.70", "display_until": date(2029, 3, 18),
                     "decided_on": date(2026, 3, 18)} for record in records))  # fmt: skip


def test_so_many_records_are_told_of_at_once_as_no_database_takes_in_one_statement(place: Place) -> None:
    case = place.file(START)
    assert tell_of(place.session, WORLD, range(70_000), IMPORTED, START) == 1
    place.session.commit()
    assert told(place) == [case.number]


def test_more_cases_ask_the_database_no_more_often(place: Place) -> None:
    place.file(START)
    place.file(START, place.other_record, by="enterprise2")
    ids = [place.record.id, place.other_record.id]
    place.session.commit()
    engine = place.session.get_bind()
    assert isinstance(engine, Engine)
    asked = []
    for some in (ids[:1], ids):
        with counting(engine) as seen:
            assert tell_of(place.session, WORLD, some, IMPORTED, START) == len(some)
        asked.append(seen[0])
        place.session.rollback()
    assert asked[0] == asked[1]


def test_each_batch_of_an_import_tells_of_its_own_records_before_it_is_kept(
    app: Flask, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [place.file(START).number, place.file(START, place.other_record, by="enterprise2").number]
    file = tmp_path / "again.csv"
    file.write_bytes(changed_sheet(place))
    place.session.commit()
    monkeypatch.setattr("registry.sheets.importing.BATCH", 1)
    result = app.test_cli_runner().invoke(args=["records", "import", str(file)])
    assert "updated 2" in result.output, result.output
    assert told(place) == cases


def test_what_was_kept_before_an_import_broke_off_has_been_told(
    app: Flask, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [place.file(START).number, place.file(START, place.other_record, by="enterprise2").number]
    file = tmp_path / "again.csv"
    file.write_bytes(changed_sheet(place))
    place.session.commit()
    monkeypatch.setattr("registry.sheets.importing.BATCH", 1)
    batches = iter([tell_of_sheet])

    def broken_off(*arguments: object) -> int:
        return next(batches)(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("commands.records.tell_of_sheet", broken_off)
    assert isinstance(app.test_cli_runner().invoke(args=["records", "import", str(file)]).exception, Exception)
    assert told(place) == cases[:1]
    place.session.expire_all()
    assert [record.values["fine"] for record in (place.record, place.other_record)] == ["0.70", "8.00"]
