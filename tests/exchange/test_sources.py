"""A bureau puts a sheet into its folder: it is read dry, waits for two people or goes in, once, and is answered."""

import hashlib
import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.engine import batches, held_sheets
from cases.engine.batches import take_batches
from cases.engine.held_sheets import held_sheet_store
from cases.model.evidence import Store
from exchange.connections import BadConnection, Connection, read_connections
from exchange.sources import SourceBatch, left_alone
from registry.credit_records import CreditRecord
from registry.sheets.opening import open_records
from tests.builders import START, VALUES, WORLD, Place, later
from tests.cases.courses import GRANTED, answered
from tests.registry.sheets import csv_of
from tests.web.signing import sign_in

ROW = {
    **VALUES,
    "determined_by": "示范旗生态环境局",
    "supplied_by": "示范旗生态环境局",
    "document_number": "示环罚〔2026〕77号",
}


@pytest.fixture
def source(place: Place, tmp_path: Path) -> Connection:
    code = str(place.bureau.code)
    return Connection(
        name="water", rung="folder", direction="in", address=str(tmp_path), kind="penalty", owners=(code,), on=True
    )


@pytest.fixture
def sheets(app: Flask) -> Store:
    return held_sheet_store(app.config["SETTINGS"].data_dir)


def lay(source: Connection, content: bytes, name: str = "a.csv") -> None:
    folder = Path(source.address) / "in"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    (folder / f"{name}.sha256").write_text(f"{hashlib.sha256(content).hexdigest()}  {name}\n")


def beat(source: Connection, sheets: Store, hours: int = 0) -> list[str]:
    return take_batches(WORLD, {source.name: source}, sheets, later(START, hours=hours))


def answer_to(source: Connection, name: str = "a.csv") -> dict[str, object]:
    said: dict[str, object] = json.loads((Path(source.address) / "done" / f"{name}.ack").read_text("utf-8"))
    return said


def rows(place: Place, **cells: object) -> dict[str, object]:
    name = place.bureau.name
    return {**ROW, "determined_by": name, "supplied_by": name, **cells}


def records(session: Session) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(CreditRecord)) or 0


def trusted(session: Session, source: Connection) -> None:
    """An earlier batch of it was taken in."""
    batch = SourceBatch(source=source.name, name="0.csv", sha256="0" * 64, kind="penalty", owners=[])
    batch.received_at = START
    batch.settle("taken", {})
    session.add(batch)
    session.commit()


@pytest.mark.both_databases
def test_the_first_batch_waits_for_two_people_and_the_next_goes_in_at_once(
    client: FlaskClient, place: Place, session: Session, source: Connection, sheets: Store
) -> None:
    before = records(session)
    lay(source, csv_of(rows(place)))
    assert beat(source, sheets) == [
        "source water a.csv waits imported 1 updated 0 unchanged 0 rejected 0 conflicts 0 repeated 0"
    ]
    assert answer_to(source)["status"] == "waits"
    assert records(session) == before
    assert not list((Path(source.address) / "in").iterdir())
    office = sign_in(client, place, "office")
    there = office.get("/records/import").text.split('data-batch="')[1].split('"')[0]
    assert 'data-counts="1 0 0 0"' in office.get(f"/batches/{there}").text
    held = office.post(f"/batches/{there}").location
    assert office.post(f"/batches/{there}").status_code == 409, "it is put forward once"
    assert records(session) == before
    head = sign_in(client, place, "chief")
    assert "该渠道首次报送" in head.get(held).text
    assert head.post(held, data={"release": "1"}).status_code == 200
    assert records(session) == before + 1
    beat(source, sheets, hours=1)
    assert (answer_to(source)["status"], answer_to(source)["imported"]) == ("taken", 1)
    lay(source, csv_of(rows(place, document_number="示环罚〔2026〕78号")), "b.csv")
    assert " taken imported 1 " in beat(source, sheets, hours=2)[0]
    assert records(session) == before + 2


def test_one_sheet_is_put_before_the_head_once_whichever_way_it_came(
    client: FlaskClient, place: Place, session: Session, source: Connection, sheets: Store
) -> None:
    for one in (source, source.model_copy(update={"name": "second"})):
        lay(one, csv_of(rows(place)))
        beat(one, sheets)
    office = sign_in(client, place, "office")
    first, second = session.scalars(select(SourceBatch.id).order_by(SourceBatch.id)).all()
    held = office.post(f"/batches/{first}").location
    refused = office.post(f"/batches/{second}")
    assert (refused.status_code, "同一张表已提交" in refused.text) == (409, True)
    head = sign_in(client, place, "chief")
    head.post(held, data={"return": "1", "reasons": "请核对第二列。"})
    returned = head.get(f"/batches/{first}").text
    assert "未写入任何内容" in returned
    assert "data-counts" not in returned, "what would have become of rows is not said of rows that were returned"


def test_the_same_bytes_get_the_first_answer_again(
    place: Place, session: Session, source: Connection, sheets: Store
) -> None:
    trusted(session, source)
    for name in ("a.csv", "again.csv"):
        lay(source, csv_of(rows(place)), name)
        beat(source, sheets)
    assert {**answer_to(source), "at": ""} == {**answer_to(source, "again.csv"), "at": ""}
    assert answer_to(source)["imported"] == 1
    assert session.scalar(select(func.count()).select_from(SourceBatch)) == 2


def test_rows_that_are_wrong_or_another_s_come_back_with_the_reasons(
    place: Place, session: Session, source: Connection, sheets: Store
) -> None:
    trusted(session, source)
    other = place.other_bureau.name
    wrong = rows(place, document_number="示环罚〔2026〕78号", uscc="wrong")
    others = rows(place, document_number="示环罚〔2026〕79号", supplied_by=other)
    lay(source, csv_of(rows(place), wrong, others))
    beat(source, sheets)
    assert (answer_to(source)["imported"], answer_to(source)["rejected"]) == (1, 2)
    back = open_records((Path(source.address) / "rejects" / "a.csv.xlsx").read_bytes(), "penalty")
    assert any(other in str(cell) and "渠道" in str(cell) for _row, cells in back.rows for cell in cells)


def test_many_rejected_rows_and_what_speaks_against_many_decisions_wait(
    place: Place, session: Session, source: Connection, sheets: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted(session, source)
    monkeypatch.setattr(batches, "MOST_REJECTED", 0)
    lay(source, csv_of(rows(place), rows(place, document_number="示环罚〔2026〕78号", uscc="wrong")))
    assert " waits " in beat(source, sheets)[0]
    answered(place, GRANTED)
    monkeypatch.setattr(held_sheets, "MOST", 0)
    lay(source, csv_of(rows(place, **place.record.values) | {"fine": "0.70"}), "b.csv")
    assert " waits " in beat(source, sheets)[0]
    found = session.scalars(select(SourceBatch.why).order_by(SourceBatch.id)).all()
    assert found == ["", "rejected", "against"]


def test_what_is_no_sheet_is_answered_and_what_is_not_whole_is_left_alone(
    place: Place, session: Session, source: Connection, sheets: Store, tmp_path: Path
) -> None:
    lay(source, b"no sheet", "a.csv")
    lay(source, csv_of(rows(place)), "b.csv")
    (tmp_path / "in" / "b.csv.sha256").write_text("0" * 64)
    (tmp_path / "in" / "c.csv").write_bytes(b"still coming")
    (tmp_path / "in" / "d.csv.part").write_bytes(b"")
    (tmp_path / "in" / "e.csv").symlink_to(tmp_path / "in" / "c.csv")
    assert beat(source, sheets) == ["source water a.csv unreadable"]
    assert answer_to(source)["reason"]
    assert left_alone(source) == ["b.csv", "b.csv.sha256", "c.csv", "d.csv.part", "e.csv"]


def test_an_answer_that_could_not_be_written_comes_with_the_next_beat(
    place: Place, session: Session, source: Connection, sheets: Store, tmp_path: Path
) -> None:
    trusted(session, source)
    lay(source, csv_of(rows(place)))
    (tmp_path / "done").write_text("in the way")
    assert beat(source, sheets) == []
    (tmp_path / "done").unlink()
    assert " taken imported 1 " in beat(source, sheets, hours=1)[0], "taken in once, and answered now"


def test_a_source_that_is_off_is_not_looked_at(place: Place, source: Connection, sheets: Store) -> None:
    lay(source, csv_of(rows(place)))
    assert beat(source.model_copy(update={"on": False}), sheets) == []


def test_a_way_in_says_what_it_brings(tmp_path: Path) -> None:
    file = tmp_path / "connections.toml"
    file.write_text('[[connection]]\nname = "water"\nrung = "folder"\ndirection = "in"\naddress = "x"\n')
    with pytest.raises(BadConnection, match="owners"):
        read_connections((file,), tmp_path)
